"""Shapes of back doors as intruders write them are each found; trees as honest sites have them give no finding."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from playbooks.findings import Finding, Severity
from playbooks.hosting.intruders import exposed, judging
from playbooks.hosting.intruders.judging import Meant
from playbooks.hosting.intruders.listing import Entry, Listing
from playbooks.hosting.intruders.marks import marks
from playbooks.hosting.kinds import KINDS
from playbooks.hosting.sentinel.lexicon import lexicon

RELEASE = "0001-0123456789ab"
UPLOADS = {"wordpress": "wp-content/uploads", "laravel": "storage/app/public", "opensid": "desa/upload"}


def found(kind: str, files: Mapping[str, str], code: str = "") -> list[Finding]:
    """Findings of files below `shared/`; which of them hold PHP is seen as the host's own search sees it."""
    shape, shown = KINDS[kind], {f"shared/{name}": text.encode() for name, text in files.items()}
    meant = Meant({}, own=frozenset(shape.secrets), writes=shape.makes, seeds=shape.seeds, docroot=shape.docroot)
    php = frozenset(path for path, data in shown.items() if b"<?php" in data.lower() or b"<?=`" in data)
    held = Listing(RELEASE, {path: Entry("f", len(data)) for path, data in shown.items()}, php)
    every = judging.judge(held, meant, judging.strays(held, meant), shown, marks(), lexicon())
    return [each for each in every if each.code.startswith(code)]


BACK_DOORS = {
    "eval of a post": "<?php @eval($_POST['c']);",
    "eval of base64": "<?php eval(base64_decode('ZWNobyAxOw=='));@ini_set('display_errors', 0);",
    "eval of base64 from a post": "<?php eval(base64_decode($_POST['z']));",
    "layers": "<?php eval(gzinflate(str_rot13(base64_decode('abc'))));",
    "assert of a request": "<?php assert($_REQUEST['a']);",
    "callback assert": "<?php array_map('assert', array($_POST['x']));",
    "preg_replace /e": "<?php @preg_replace('/.*/e', $_POST['x'], '');",
    "create_function": "<?php $f = create_function('', $_POST['x']); $f();",
    "input kept, then run": "<?php $c = $_GET['c']; if ($c) { system($c . ' 2>&1'); }",
    "input kept, then called": "<?php $f = $_GET['f']; $x = $_GET['x']; echo $f($x);",
    "input called": "<?php $_GET[0]($_GET[1]);",
    "reflection": "<?php (new ReflectionFunction($_GET['f']))->invoke($_GET['a']);",
    "name of pieces": "<?php $a = 's'.'y'.'s'.'tem'; $a($_GET[1]);",
    "name of characters": "<?php $f = chr(115).chr(121).chr(115).chr(116).chr(101).chr(109); $f($_POST['c']);",
    "name of escapes": '<?php $f = "\\x73\\x79\\x73\\x74\\x65\\x6d"; $f($_POST["c"]);',
    "letters of XOR": "<?php $_=('!'^'@').('%'^'`'); $__='_POST'; $$__; $_($_POST[1]);",
    "goto": '<?php goto Zk1x; Zk1x: $u = "\\150\\164\\x74\\x70\\x73\\x3a"; goto p3Qw; p3Qw: echo 1;',
    "backtick": "<?php echo `$_GET[0]`;",
    "include of a picture": "<?php include 'logo.png';",
    "include of a hidden name": '<?php\n/*1a2b3*/\n@include "\\x2f\\x73\\x72\\x76\\x2f\\x78";\n/*1a2b3*/',
    "include of input": "<?php include $_GET['hal'];",
    "writer": "<?php file_put_contents($_POST['n'], $_POST['d']); error_reporting(0);",
    "cloaker": "<?php if (stripos($_SERVER['HTTP_USER_AGENT'], 'googlebot') !== false) { include 'x.html'; exit; }",
    "polyglot": "GIF89a;<?php @eval($_POST['c']); ?>",
}
RULES = {
    ".user.ini": "auto_prepend_file = logo.png\n",
    ".htaccess": '<FilesMatch "\\.jpg$">\n  SetHandler application/x-httpd-php\n</FilesMatch>\n',
    "a/.htaccess": "AddType application/x-httpd-php .png\n",
    "b/.htaccess": "Options +ExecCGI\nAddHandler cgi-script .jpg\n",
    "c/.htaccess": (
        "RewriteEngine On\nRewriteCond %{HTTP_REFERER} (google|bing)\\.\nRewriteRule ^(.*)$ http://x.invalid/$1 [R,L]\n"
    ),
    "web.config": '<add name="x" path="*.jpg" verb="*" scriptProcessor="C:\\php\\php-cgi.exe" />\n',
}
BY_PLACE = {
    "x.phtml": "<?php echo 1;",
    "x.php5": "<?php echo 1;",
    "x.phar": "<?php echo 1;",
    "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'><?php echo 1; ?></svg>",
    "foto.jpg": "\xff\xd8 <?php echo 1;",
    "foto.gif": "GIF89a<?=`id`?>",
    "x.cgi": "#!/bin/sh\nid\n",
    "x.pl": "#!/usr/bin/perl\nprint 1;\n",
    "x.jsp": "<% out.print(1); %>",
    "comment.php": "<?php //?><?php include 'x';",
    "attribute.php": "<?php #[A] class B {} include 'x';",
    "outside.php": "<?php ?> exit; <?php include 'x';",
}


@pytest.mark.parametrize("kind", UPLOADS)
@pytest.mark.parametrize("text", BACK_DOORS.values(), ids=BACK_DOORS)
def test_a_back_door_is_found_where_visitors_files_are_kept(kind: str, text: str) -> None:
    assert found(kind, {f"{UPLOADS[kind]}/x.php": text}, "files.webshell")


@pytest.mark.parametrize("text", BACK_DOORS.values(), ids=BACK_DOORS)
@pytest.mark.parametrize("place", ["storage/framework/views/3f2a.php", "storage/framework/cache/data/ab/x"])
def test_a_back_door_is_found_where_the_site_itself_writes_php(place: str, text: str) -> None:
    assert found("laravel", {place: text}, "files.webshell")


@pytest.mark.parametrize(("name", "text"), RULES.items())
def test_rules_that_make_programs_of_uploads_or_lead_searchers_away_are_found(name: str, text: str) -> None:
    assert found("wordpress", {f"wp-content/uploads/{name}": text}, "files.webshell")


@pytest.mark.parametrize(("name", "text"), BY_PLACE.items())
def test_code_among_uploads_is_found_whatever_it_bears(name: str, text: str) -> None:
    told = found("wordpress", {f"wp-content/uploads/2026/11/{name}": text}, "files.unknown")
    assert [each.severity for each in told] == [Severity.MAJOR]


HONEST = {
    "wordpress": {
        "index.php": "<?php // Silence is golden.",
        "a/index.php": "<?php\n/**\n * Guard.\n */\nexit;\n",
        "b/index.php": "<?php\n# nothing here\n",
        "sucuri/sucuri-auditqueue.php": '<?php exit(0); ?>\n{"created_on":1700000000}\n1700000000:"login"\n',
        "logs/x.php": "<?php die('Access denied.'); ?> 2026-11-21 eval() was called",
        "woocommerce_uploads/.htaccess": "deny from all\n",
        "wpforms/.htaccess": (
            "<Files *>\n  SetHandler none\n  SetHandler default-handler\n  RemoveHandler .cgi .php .php3 .phtml\n"
            "  RemoveType .cgi .php\n  php_flag engine off\n  Options -ExecCGI\n</Files>\n"
        ),
        "wordfence/.htaccess": (
            "<IfModule mod_php5.c>\nphp_flag engine 0\n</IfModule>\n"
            "AddHandler cgi-script .php .phtml .php3 .pl .py .jsp .sh .cgi\nOptions -ExecCGI\n"
        ),
        "plain/.htaccess": "AddType text/plain .php .phtml\nForceType text/plain\n",
        "hotlink/.htaccess": (
            "RewriteEngine on\nRewriteCond %{HTTP_REFERER} !^$\n"
            "RewriteCond %{HTTP_REFERER} !^https?://(www\\.)?google\\. [NC]\nRewriteRule \\.(jpg|png)$ - [F]\n"
        ),
        "bots/.htaccess": "RewriteCond %{HTTP_USER_AGENT} (semrush|ahrefs|mj12)bot [NC]\nRewriteRule ^ - [F,L]\n",
        "backup/web.config": '<configuration><system.webServer><authorization><deny users="*"/></authorization>\n',
        "elementor/css/post-7.css": ".a{background:url(data:image/png;base64,iVBOR)}",
        "2026/11/logo.svg": "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
        "2026/11/foto.jpg": "\xff\xd8\xff\xe1 <?xpacket begin=''?>",
    },
    "laravel": {
        "framework/views/3f2a.php": (
            "<?php $__env->startSection('isi'); ?>\n<h1><?php echo e($judul); ?></h1>\n"
            "<?php if($errors->any()): ?><?php echo e(request('q')); ?><?php endif; ?>\n"
            "<?php echo $__env->make('menu', \\Illuminate\\Support\\Arr::except(get_defined_vars(), []))->render(); ?>"
        ),
        "framework/cache/data/0a/1b/0a1b2c": 'a:1:{s:4:"nama";s:9:"<?php echo";}',
        "framework/maintenance.php": "<?php if (! isset($_COOKIE['laravel_maintenance'])) { http_response_code(503); }",
        "framework/sessions/x": 'a:1:{s:6:"_token";s:4:"abcd";}',
        "logs/laravel.log": "[2026-11-21 09:00:00] production.ERROR: syntax error in <?php echo at view\n#0 system()\n",
        "app/public/surat/1.pdf": "%PDF-1.4",
        "app/public/.gitignore": "*\n!.gitignore\n",
        "app/.htaccess": "Require all denied\n",
    },
    "opensid": {
        "config/config.php": "<?php\ndefined('BASEPATH') or exit('No direct script access');\n$config['admin'] = 1;\n",
        "config/database.php": "<?php\n$db['default']['password'] = '';\n",
        "themes/desa/template.php": "<?php $this->load->view('desa/header'); echo $judul; ?>",
        "upload/dokumen/.htaccess": "<Files *.*>\n  Order Deny,Allow\n  Deny from all\n</Files>\n",
        "upload/media/index.html": "<html><head><title>403 Forbidden</title></head><p>Access is forbidden.</p>",
        "arsip/surat_ket_usaha.rtf": "{\\rtf1 Surat}",
    },
}
FOLDERS = {"wordpress": "wp-content/uploads", "laravel": "storage", "opensid": "desa"}


@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_site_has_no_finding_above_information(kind: str) -> None:
    tree = {f"{FOLDERS[kind]}/{name}": text for name, text in HONEST[kind].items()}
    assert [each for each in found(kind, tree) if each.severity > Severity.INFO] == []


HOSTILE = {
    "newlines": "\n" * 60_000,
    "spaces": " " * 60_000,
    "runs": ("A" * 999 + ".") * 60,
    "superglobals": "$_GET['a" * 8_000,
    "calls": "eval(  system(  " * 4_000,
    "quotes": "'a'." * 15_000,
    "agents": "http_user_agent" * 4_000,
    "comments": "/*" * 30_000,
    "rules": "rewritecond %{http_user_agent} google\n" * 1_500,
    "assignments": "$a=$_GET;" * 7_000,
    "includes": "include 'x" * 6_000,
    "errors": "Notice: a in /b in /b in /b on line " * 1_600,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_file_keeps_a_check_busy(text: str) -> None:
    began = time.process_time()
    for kind in (marks().php, marks().rules, marks().cron):
        marks().told(kind, text)
    judging.blank(b"<?php " + text.encode())
    judging._DEBUG.search(judging._COMMENT.sub(b"", text.encode()))
    for door in exposed.doors():
        door.contains.search(text)
    assert time.process_time() - began < 4
