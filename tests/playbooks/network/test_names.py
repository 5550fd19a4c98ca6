"""DNS servers asked by the device, or by us: real questions over UDP to a server of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import dns.message
import dns.rcode
import pytest

from inventory.models import Expectation
from playbooks.network import names, platforms
from playbooks.network.facts import Facts, Resolver
from playbooks.network.rules import findings
from tests.playbooks.network.rules.known import device, shown


@contextmanager
def serving(code: dns.rcode.Rcode, silent: int = 0) -> Iterator[int]:
    """The port of a DNS server that answers every question with `code`, the first `silent` ones not at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            for number in range(silent + 1):
                asked, who = server.recvfrom(512)
                reply = dns.message.make_response(dns.message.from_wire(asked))
                reply.set_rcode(code)
                if number >= silent:
                    server.sendto(reply.to_wire(), who)

        threading.Thread(target=answer, daemon=True).start()
        yield int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("code", "answers"),
    [(dns.rcode.NOERROR, True), (dns.rcode.NXDOMAIN, True), (dns.rcode.SERVFAIL, False), (dns.rcode.REFUSED, False)],
)
def test_any_answer_about_the_name_counts(code: dns.rcode.Rcode, answers: bool) -> None:
    with serving(code) as port:
        told = names.looked_up("127.0.0.1", port)
    assert (told.answers, told.from_here) == (answers, True)
    assert told.line == f"127.0.0.1 ditanya go.id dari mesin Pelihara: {dns.rcode.to_text(code)}"


def test_one_lost_question_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "ASK_S", 0.3)
    with serving(dns.rcode.NOERROR, silent=1) as port:
        assert names.looked_up("127.0.0.1", port).answers
    assert names.looked_up("127.0.0.1", port).line.endswith(": tidak ada jawaban")


ROUTEROS = {
    "103.19.111.1\n": True,
    "failure: dns name does not exist\n": True,
    "failure: dns server failure\n": False,
    "failure: dns server timeout\n": False,
    "expected end of command (line 1 column 9)\n": None,
}


@pytest.mark.parametrize(("said", "answers"), ROUTEROS.items())
def test_routeros_asks_by_itself(said: str, answers: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words are those of MikroTik's manual; what it does not understand is asked from here."""
    monkeypatch.setattr(names, "looked_up", lambda server: Resolver(server, answers=True, from_here=True))
    session, raw = SimpleNamespace(platform=platforms.get("mikrotik_routeros"), ask=lambda *_: said), {}
    (told,) = names.ask(session, ["10.0.0.53"], raw, lambda _: None)  # type: ignore[arg-type]
    assert list(raw) == [":put [:resolve go.id server=10.0.0.53]"]
    assert (told.answers, told.from_here) == ((True, True) if answers is None else (answers, False))


def test_who_never_answered_us_may_not_serve_strangers() -> None:
    silent = Resolver("10.0.0.53", answers=False, line="x", from_here=True)
    now = Facts(resolvers=(silent,))
    then = Facts(resolvers=(replace(silent, answers=True),))
    entry = device(expect=Expectation(dns=("10.0.0.53",)))
    assert shown(findings(now, entry)) == [("dns.not_answering", "info", "10.0.0.53")]
    assert shown(findings(now, entry, then)) == [("dns.not_answering", "major", "10.0.0.53")]
    assert shown(findings(Facts(resolvers=(replace(silent, from_here=False),)), entry))[0][1] == "major"


def test_the_inventory_says_whom_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from playbooks.network.diagnose import diagnose
    from tests.playbooks.network import doubles

    monkeypatch.setattr(names, "looked_up", lambda server: Resolver(server, answers=False, from_here=True))
    with doubles.device(doubles.Double(), tmp_path) as endpoint:
        reading = diagnose(endpoint, device(expect=Expectation(dns=("10.0.0.53",))), deadline_s=20)
    assert ("dns.not_answering", "10.0.0.53") in [(one.code, one.subject) for one in reading.findings]
