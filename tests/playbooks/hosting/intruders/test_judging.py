"""Files judged by what they are, where they lie and what they bear: back doors are told from honest files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.findings import Finding, Severity
from playbooks.hosting.intruders import cms, exposed, judging, support
from playbooks.hosting.intruders.judging import Meant
from playbooks.hosting.intruders.listing import Entry, Listing
from playbooks.hosting.intruders.marks import marks
from playbooks.hosting.sentinel.lexicon import lexicon
from playbooks.hosting.session import Answer

RELEASE = "0001-0123456789ab"
TOP = f"releases/{RELEASE}"
UPLOADS = "shared/wp-content/uploads"
A, B = "a" * 64, "b" * 64
MEANT = Meant(
    {"index.php": A, "wp-content/index.php": A},
    links={
        "wp-content/uploads": f"{'../' * 3}shared/wp-content/uploads",
        "wp-config.php": f"{'../' * 2}shared/wp-config.php",
    },
    settings={"wp-config.php": frozenset({A})},
    own=frozenset({"wp-secrets.php"}),
)
CLEAN = {
    f"{TOP}/index.php": Entry("f", 10, sha256=A),
    f"{TOP}/wp-content/index.php": Entry("f", 10, sha256=A),
    f"{TOP}/wp-content/uploads": Entry("l", 1, f"{'../' * 3}shared/wp-content/uploads"),
    f"{TOP}/wp-config.php": Entry("l", 1, f"{'../' * 2}shared/wp-config.php"),
    "shared/wp-config.php": Entry("f", 10, sha256=A),
    "shared/wp-secrets.php": Entry("f", 10),
    f"{UPLOADS}/foto.jpg": Entry("f", 10),
}
SHELLS = [
    "<?php @eval($_POST['c']);",
    "<?php $a='ass'.'e'.'r'.'t'; $a($_POST[1]);",
    "<?php eval(gzinflate(base64_decode('abc')));",
    "<?php system($_GET['cmd']);",
    "<?php if(isset($_REQUEST['x'])){echo `{$_REQUEST['x']}`; eval($_REQUEST['y']);}",
    "GIF89a<?php $_GET['f']($_GET['a']); move_uploaded_file($_FILES['a']['tmp_name'], $_FILES['a']['name']);",
    "<?php call_user_func($_GET['f'], $_POST['a']); error_reporting(0);",
    "<?php file_put_contents($_POST['n'], $_POST['d']); @ini_set('display_errors', 0);",
    "<?php if(strpos($_SERVER['HTTP_USER_AGENT'],'Googlebot')!==false){include 'x.txt'; exit;}",
]
HONEST = [
    "<?php // Silence is golden.",
    "<?php return ['title' => 'Dinas'];",
    "<?php foreach (glob(__DIR__ . '/*.php') as $f) { require $f; }",
    "<?php $data = base64_decode($row['gambar']); header('Content-Type: image/png'); echo $data;",
    "<?php $v = $wpdb->exec($sql); $pdo->exec('delete from x');",
    "<?php if (move_uploaded_file($_FILES['surat']['tmp_name'], $folder . '/' . uniqid())) { simpan(); }",
    "<?php echo htmlspecialchars($_GET['q'] ?? '');",
]


def found(
    entries: Mapping[str, Entry], shown: Mapping[str, bytes], meant: Meant = MEANT, **listed: object
) -> list[Finding]:
    held = replace(Listing(RELEASE, {**CLEAN, **entries}), **listed)
    every = list(judging.judge(held, meant, judging.strays(held, meant), shown, marks(), lexicon()))
    return list(judging.told(every))


def codes(found: list[Finding]) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in found}


def test_a_site_as_it_is_meant_to_be_has_no_findings() -> None:
    assert found({}, {}) == []


@pytest.mark.parametrize("text", SHELLS)
def test_a_back_door_is_told_by_what_it_bears(text: str) -> None:
    path = f"{UPLOADS}/x.php"
    told = found({path: Entry("f", 9)}, {path: text.encode()})
    assert {("files.webshell", path), ("files.unknown", path)} <= codes(told)


@pytest.mark.parametrize("text", HONEST)
def test_honest_php_is_no_back_door(text: str) -> None:
    path = f"{UPLOADS}/x.php"
    assert "files.webshell" not in {code for code, _ in codes(found({path: Entry("f", 9)}, {path: text.encode()}))}


def test_a_guard_against_listing_a_folder_is_nothing() -> None:
    path = f"{UPLOADS}/index.php"
    assert found({path: Entry("f", 9)}, {path: b"<?php // Silence is golden."}) == []


def test_what_differs_from_the_release_is_told() -> None:
    told = found({f"{TOP}/index.php": Entry("f", 9, sha256=B), f"{TOP}/baru.php": Entry("f", 9, sha256=B)}, {})
    assert codes(told) == {("files.changed", f"{TOP}/index.php"), ("files.unknown", f"{TOP}/baru.php")}


def test_a_link_that_leads_elsewhere_is_told() -> None:
    told = found(
        {f"{TOP}/wp-config.php": Entry("l", 1, "/tmp/x"), f"{UPLOADS}/a.png": Entry("l", 1, "/etc/passwd")}, {}
    )
    assert codes(told) == {("files.changed", f"{TOP}/wp-config.php"), ("files.unknown", f"{UPLOADS}/a.png")}


def test_without_a_known_release_its_files_are_not_judged() -> None:
    assert found({f"{TOP}/baru.php": Entry("f", 9, sha256=B)}, {}, replace(MEANT, files=None)) == []


def test_caches_where_the_site_writes_php_are_nothing_unless_they_bear_marks() -> None:
    meant, path = replace(MEANT, writes=("storage/framework",)), "shared/storage/framework/views/1.php"
    assert found({path: Entry("f", 9)}, {path: b"<?php echo e($title);"}, meant) == []
    shell = found({path: Entry("f", 9)}, {path: b"<?php @eval($_POST['c']);"}, meant)
    assert codes(shell) == {("files.webshell", path)}


def test_a_page_of_gambling_that_nothing_leads_to_is_told() -> None:
    path = f"{UPLOADS}/berita/index.html"
    page = b"<title>Slot Gacor</title><h1>Daftar situs slot gacor maxwin, deposit pulsa, bandar togel online</h1>"
    assert ("content.gambling", path) in codes(found({path: Entry("f", 9)}, {path: page}))
    calm = b"<title>Jadwal</title><p>Slot waktu pelayanan tersedia.</p>"
    assert found({path: Entry("f", 9)}, {path: calm}) == []


def test_many_findings_of_a_code_are_told_as_a_number() -> None:
    told = found({f"{TOP}/{n}.txt": Entry("f", 9, sha256=B) for n in range(100)}, {})
    assert len(told) == judging.TOLD + 1
    assert "75 lagi" in told[-1].evidence


@given(st.binary(min_size=1, max_size=60))
def test_no_file_name_reaches_a_report_as_more_than_one_printable_line(name: bytes) -> None:
    told = judging.named(name.decode("utf-8", "surrogateescape"))
    assert told.isprintable()
    told.encode()


def test_an_admin_whom_nobody_knows_is_told() -> None:
    found = [cms.Admin("Admin", "2024", 1), cms.Admin("x'--", "2026", 2)]
    told = list(cms.judge_administrators("portal", found, ["admin"]))
    assert [(each.code, each.severity) for each in told] == [("cms.unknown_admin", Severity.CRITICAL)]


def test_an_older_wordpress_than_the_archive_is_told_by_number() -> None:
    assert [*cms.judge_version("portal", "6.9", "6.10.1")] != []
    assert [*cms.judge_version("portal", "6.10.1", "6.9"), *cms.judge_version("portal", "6.1", "")] == []
    assert cms.version("<?php\n$wp_version = '6.1.1-alpha';\n") == "6.1.1"


def test_what_no_longer_gets_fixes_is_told_unless_the_system_mends_it() -> None:
    day = support.support().os["debian 12"].until
    held = support.support()
    assert [*support.judge("web-1", "debian 12", "8.2", day, held)] == []
    assert {each.code for each in support.judge("web-1", "debian 10", "7.3", day, held)} == {"os.eol", "php.eol"}
    assert [*support.judge("web-1", "", "", day, held)] == []


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer("http://portal.contoh.test/.env", status, {}, body)


@pytest.mark.parametrize(
    ("body", "status", "open_"),
    [
        (b"APP_KEY=rahasia\nDB_PASSWORD=x\n", 200, True),
        (b"APP_KEY=rahasia\n", 403, False),
        (b"<!doctype html><p>APP_KEY=rahasia</p>\n", 200, False),
        (b"halaman tidak ada", 200, False),
    ],
)
def test_a_door_is_open_by_its_content_not_by_its_status(body: bytes, status: int, open_: bool) -> None:
    doors = exposed.worth_asking("laravel", "portal.contoh.test", None)["/.env"]
    told = list(exposed.judge("http://portal.contoh.test/.env", answer(body, status), doors))
    assert [each.code for each in told] == (["exposed.file"] if open_ else [])
    assert all("rahasia" not in each.evidence for each in told)


def test_a_host_that_was_read_is_asked_for_little() -> None:
    served = frozenset({"index.php", "portal.contoh.test.sql"})
    asked = {*exposed.worth_asking("wordpress", "portal.contoh.test", served)}
    assert asked == {"/.env", "/.git/HEAD", "/", "/pelihara-tidak-ada", "/portal.contoh.test.sql"}
    assert asked < {*exposed.worth_asking("wordpress", "portal.contoh.test", None)}
