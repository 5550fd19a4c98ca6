"""The web host's doubles refuse what the real services refuse."""

from __future__ import annotations

import asyncio
import http.client
import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import asyncssh
import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.tsigkeyring
import dns.update
import pytest

from flows.demo import doubles
from flows.demo.parts import LOOPBACK, Loop
from flows.demo.postbox import postbox
from flows.demo.webhost import TSIG_NAME, ZONE, ZONE_FILE, new_key

SECRET, OTHER = "c2VjcmV0LXVudHVrLWRlbW8=", "bGFpbg=="


@pytest.fixture
def loop() -> Iterator[Loop]:
    with Loop() as running:
        yield running


@pytest.fixture
def name_server(loop: Loop) -> int:
    return loop.run(doubles.name_server(loop, ZONE, ZONE_FILE, {TSIG_NAME: SECRET}))


def changed(port: int, update: dns.update.UpdateMessage) -> str:
    return dns.rcode.to_text(dns.query.tcp(update, LOOPBACK, port=port, timeout=60).rcode())


def signed(secret: str = SECRET) -> dns.update.UpdateMessage:
    return dns.update.UpdateMessage(ZONE, keyring=dns.tsigkeyring.from_text({TSIG_NAME: secret}))


def asked(port: int, name: str, kind: str = "A") -> list[str]:
    answer = dns.query.udp(dns.message.make_query(name, kind), LOOPBACK, port=port, timeout=60).answer
    return [record.to_text() for group in answer for record in group]


def test_a_signed_update_is_answered_from_then_on_and_raises_the_serial(name_server: int) -> None:
    before = asked(name_server, ZONE, "SOA")
    update = signed()
    update.absent("web", "A")
    update.add("web", 300, "A", "127.0.0.1")
    assert changed(name_server, update) == "NOERROR"
    assert asked(name_server, f"web.{ZONE}") == ["127.0.0.1"]
    assert asked(name_server, ZONE, "SOA") != before
    assert changed(name_server, update_like(update)) == "YXRRSET"


def update_like(update: dns.update.UpdateMessage) -> dns.update.UpdateMessage:
    again = signed()
    again.sections = update.sections
    return again


def test_an_unsigned_or_wrongly_signed_update_changes_nothing(name_server: int) -> None:
    unsigned = dns.update.UpdateMessage(ZONE)
    wrong = signed(OTHER)
    for update in (unsigned, wrong):
        update.add("web", 300, "A", "127.0.0.1")
    assert changed(name_server, unsigned) == "REFUSED"
    with pytest.raises(dns.tsig.PeerError):
        changed(name_server, wrong)
    assert asked(name_server, f"web.{ZONE}") == []


@pytest.fixture
def web(tmp_path: Path, loop: Loop) -> int:
    sites, root = tmp_path / "sites", tmp_path / "situs"
    sites.mkdir()
    root.mkdir()
    (root / "index.html").write_text("halo")
    (root / ".rahasia").write_text("rahasia")
    (tmp_path / "luar.txt").write_text("rahasia")
    (root / "keluar").symlink_to(tmp_path / "luar.txt")
    config = f"server {{\n  server_name a.example.go.id;\n  add_header X-Contoh ya always;\n  root {root};\n}}\n"
    (sites / "a.conf").write_text(config)
    return loop.run(doubles.web_server(loop, sites))


def got(port: int, path: str, host: str = "a.example.go.id") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers.get("X-Contoh", "")


def test_a_site_is_served_under_its_own_name_only(web: int) -> None:
    assert got(web, "/") == (200, "halo", "ya")
    assert got(web, "/", "lain.example.go.id")[0] == 404


@pytest.mark.parametrize("path", ["/../luar.txt", "/keluar", "/.rahasia", "//etc/passwd", "/tidak-ada", "/%00"])
def test_nothing_outside_the_release_is_served(web: int, path: str) -> None:
    status, body, _ = got(web, path)
    assert status == 404
    assert "rahasia" not in body


def test_commands_run_for_the_known_key_only(tmp_path: Path, loop: Loop) -> None:
    host, own, other = (new_key(tmp_path / name) for name in ("host", "own", "other"))
    port = loop.run(doubles.shell_server(loop, host, Path(f"{own}.pub")))

    async def run(key: Path) -> tuple[int | None, str]:
        options = {"client_keys": [str(key)], "known_hosts": None, "username": "x", "config": None}
        async with asyncssh.connect(LOOPBACK, port, **options) as connection:
            done = await connection.run("cat; head -c 200000 /dev/zero | tr '\\0' x; exit 3", input="masuk")
            return done.exit_status, str(done.stdout)

    status, output = asyncio.run(run(own))
    assert (status, output[:6], len(output)) == (3, "masukx", 200005)
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(run(other))


def test_every_mail_is_kept_whole_under_its_recipient_and_nowhere_else(tmp_path: Path, loop: Loop) -> None:
    port, _ = loop.run(postbox(loop, tmp_path / "surel"))
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "kadis@example.go.id", "laporan"
    mail.set_content("baris satu\n.\n.titik di depan\n")
    mail.add_attachment(bytes(range(256)) * 400, maintype="application", subtype="pdf", filename="laporan.pdf")
    with smtplib.SMTP(LOOPBACK, port, timeout=60) as client:
        client.send_message(mail, "pelihara@example.go.id", ["kadis@example.go.id"])
        client.sendmail("pelihara@example.go.id", ["../../keluar@x"], b"Subject: nakal\r\n\r\nx")
    kept = sorted(tmp_path.rglob("*"))
    assert [path.relative_to(tmp_path).as_posix() for path in kept] == [
        "surel",
        "surel/01-kadis@example.go.id.eml",
        "surel/02-.._.._keluar@x.eml",
    ]
    leaves = [part for part in message_from_bytes(kept[1].read_bytes()).walk() if not part.is_multipart()]
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in leaves}
    assert parts["application/pdf"] == bytes(range(256)) * 400
    assert parts["text/plain"].replace(b"\r", b"") == b"baris satu\n.\n.titik di depan\n"
