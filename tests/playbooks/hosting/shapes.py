"""Releases in the shape of frameworks: the files, commands and settings that a deploy meets, without the frameworks.

Each shows on its front page what its version is, and the last line of its table `catatan`.
"""

from __future__ import annotations

_PAGE = """
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$row = $link->query('select teks from catatan order by id desc limit 1')->fetch_row();
echo "<h1>$release $row[0]</h1>";
"""
_ENV = """<?php
function env($key) {
    static $env;
    $env = $env ?? parse_ini_file(dirname(__DIR__) . '/.env', false, INI_SCANNER_RAW);
    return $env[$key] ?? '';
}
"""
_MIGRATE = """
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$link->query('create table if not exists migrations (name varchar(100) primary key)');
foreach (glob(__DIR__ . '/MIGRATIONS/*.sql') as $file) {
    $name = basename($file);
    if ($link->query("select 1 from migrations where name = '$name'")->num_rows) continue;
    foreach (explode(';', trim(file_get_contents($file), "; \\n")) as $statement) $link->query($statement);
    $link->query("insert into migrations values ('$name')");
}
"""
FIRST = {"0001.sql": "create table catatan (id int auto_increment primary key, teks text);"}
FIRST["0002.sql"] = "insert into catatan (teks) values ('awal');"


def laravel(release: str, migrations: dict[str, str] | None = None) -> dict[str, str]:
    """Reads its configuration from bootstrap/cache/config.php, which only `artisan config:cache` makes."""
    connect = "$link = new mysqli(null, $c['user'], $c['password'], $c['database'], 0, $c['socket']);\n"
    cache = """
file_put_contents(__DIR__ . '/bootstrap/cache/config.php', '<?php return ' . var_export([
    'user' => env('DB_USERNAME'), 'password' => env('DB_PASSWORD'), 'database' => env('DB_DATABASE'),
    'socket' => env('DB_SOCKET'), 'key' => env('APP_KEY'), 'base' => __DIR__,
], true) . ';');
"""
    return {
        "artisan": f"""<?php
require __DIR__ . '/bootstrap/app.php';
if ($argv[1] === 'config:cache') {{ {cache} exit; }}
$c = require __DIR__ . '/bootstrap/cache/config.php';
{connect}{_MIGRATE.replace("MIGRATIONS", "database/migrations")}
file_put_contents(__DIR__ . '/storage/logs/laravel.log', "migrated\\n", FILE_APPEND);
""",
        "bootstrap/app.php": _ENV,
        "bootstrap/cache/.gitignore": "*\n",
        "public/index.php": f"""<?php
$release = '{release}';
$c = require dirname(__DIR__) . '/bootstrap/cache/config.php';
if ($c['base'] !== dirname(__DIR__) || strlen($c['key']) < 40) throw new Exception('not my configuration');
file_put_contents(dirname(__DIR__) . '/storage/logs/laravel.log', "seen\\n", FILE_APPEND);
{connect}{_PAGE}""",
        "public/lain.php": "<?php echo 'lain';",
        **{f"database/migrations/{name}": sql for name, sql in {**FIRST, **(migrations or {})}.items()},
    }


def codeigniter(release: str, migrations: dict[str, str] | None = None) -> dict[str, str]:
    """CodeIgniter 4: settings in .env, `spark migrate`, files in writable/."""
    connect = """
$k = 'database.default.';
$link = new mysqli(null, env($k . 'username'), env($k . 'password'), env($k . 'database'), 0, env($k . 'hostname'));
"""
    return {
        "spark": f"""<?php
require __DIR__ . '/app/Env.php';
{connect}{_MIGRATE.replace("MIGRATIONS", "app/Database/Migrations")}""",
        "app/Env.php": _ENV,
        "app/Config/App.php": "<?php",
        "public/index.php": f"""<?php
$release = '{release}';
require dirname(__DIR__) . '/app/Env.php';
if (strlen(env('encryption.key')) < 64) throw new Exception('no key');
file_put_contents(dirname(__DIR__) . '/writable/logs/log.php', 'seen');
{connect}{_PAGE}""",
        **{f"app/Database/Migrations/{name}": sql for name, sql in {**FIRST, **(migrations or {})}.items()},
    }


def codeigniter3(release: str) -> dict[str, str]:
    """CodeIgniter 3: everything beside index.php; application/config/database.php is the host's."""
    return {
        "index.php": f"""<?php
define('BASEPATH', __DIR__ . '/system/');
require __DIR__ . '/application/config/database.php';
$d = $db['default'];
$link = new mysqli(null, $d['username'], $d['password'], $d['database'], 0, $d['hostname']);
file_put_contents(__DIR__ . '/application/cache/halaman', 'seen');
echo '<h1>{release} ' . $link->query('select database()')->fetch_row()[0] . '</h1>';
""",
        "system/core/CodeIgniter.php": "<?php",
        "application/config/config.php": "<?php $config['encryption_key'] = 'rahasia';",
        "application/config/database.php": "<?php $db = [];",
        "application/cache/index.html": "",
        "application/sql.txt": "rahasia",
    }


def opensid(release: str) -> dict[str, str]:
    """OpenSID: the village's folder desa/ begins as desa-contoh/ and belongs to the site from then on."""
    return {
        "index.php": f"""<?php
require __DIR__ . '/desa/config/database.php';
$d = $db['default'];
$link = new mysqli($d['hostname'], $d['username'], $d['password'], $d['database']);
if (strlen(file_get_contents(__DIR__ . '/desa/app_key')) < 40) throw new Exception('no key');
$nama = require __DIR__ . '/desa/config/config.php';
file_put_contents(__DIR__ . '/desa/upload/tulis.txt', 'seen');
echo "<h1>{release} $nama</h1>";
""",
        "donjo-app/config/config.php": "<?php",
        "desa-contoh/config/config.php": "<?php return 'Desa Contoh';",
        "desa-contoh/config/database.php": "<?php",
        "desa-contoh/upload/contoh.php": "<?php echo 'jalan';",
        "desa-contoh/arsip/surat.txt": "rahasia",
    }
