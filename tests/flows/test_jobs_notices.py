"""Who is told by mail: those whose turn it is, once, and a mail server that is down blocks nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows.jobs import duties, notices, reports
from flows.office import Office
from sop.mail import MailError
from tests.flows.conftest import Pelihara


@dataclass
class Post:
    """A mail server: letters as (to, subject, names of attachments)."""

    down: bool = False
    sent: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def send(self, _: Any, to: str, subject: str, text: str, attachments: Any, folder: Path) -> None:
        if self.down:
            raise MailError(f"surel ke {to} tidak terkirim: tidak ada jawaban")
        assert text
        assert folder.is_dir()
        self.sent.append((to, subject, [each.name for each in attachments]))


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch, home: Path) -> Post:
    office = home.parent / "inventory" / "office.yaml"
    if "\nmail:" not in office.read_text():
        office.write_text(office.read_text() + "\nmail: {host: 127.0.0.1, port: 25, sender: pelihara@example.go.id}\n")
    server = Post()
    monkeypatch.setattr(notices.mail, "send", server.send)
    return server


def test_whose_turn_it_is_gets_one_mail_with_the_papers(post: Post, office: Office, submit: Callable[..., str]) -> None:
    post.down = True
    case = submit()
    post.down = False
    reports.report_case(office, case)
    assert notices.tell_turn(office, case) == []
    assert notices.tell_turn(office, case) == []
    ((to, subject, papers),) = post.sent
    assert to == "kadis@example.go.id"
    assert subject == f"{case}: menunggu tindakan Anda"
    assert sorted(papers) == [f"{kind}-{case}.pdf" for kind in ("berita_acara", "laporan", "lembar_disposisi")]


def test_the_next_in_the_chain_is_told_in_turn(post: Post, office: Office, submit: Callable[..., str]) -> None:
    case = submit()
    notices.tell_turn(office, case)
    office.register.act(case, "kadis", "YA")
    notices.tell_turn(office, case)
    assert [to for to, _, _ in post.sent][1:] == ["aptika@example.go.id", "infrastruktur@example.go.id"]


def test_a_mail_that_fails_is_told_and_tried_again(post: Post, office: Office, submit: Callable[..., str]) -> None:
    post.down = True
    case = submit()
    (why,) = notices.tell_turn(office, case)
    assert "kadis@example.go.id" in why
    post.down = False
    assert notices.tell_turn(office, case) == []
    assert len(post.sent) == 1


def test_the_agency_is_told_how_its_request_ended(post: Post, office: Office, submit: Callable[..., str]) -> None:
    case = submit()
    office.register.act(case, "kadis", "TIDAK", "Bukan kewenangan kami")
    notices.tell_turn(office, case)
    assert post.sent[-1][:2] == ("pic@dinkes.example.go.id", f"{case}: permohonan ditolak")


def test_a_letters_case_tells_the_next_when_an_official_answers(
    post: Post, pelihara: Pelihara, submit: Callable[..., str]
) -> None:
    case = submit()
    assert pelihara("case", "act", case, "--as", "kadis", "--answer", "YA").code == 0
    assert [to for to, _, _ in post.sent] == [
        "kadis@example.go.id",
        "aptika@example.go.id",
        "infrastruktur@example.go.id",
    ]


def test_a_mail_server_that_is_down_holds_up_no_act(post: Post, pelihara: Pelihara, submit: Callable[..., str]) -> None:
    case = submit()
    post.down = True
    said = pelihara("case", "act", case, "--as", "kadis", "--answer", "YA", "--json")
    assert (said.code, said.json["step"]) == (0, 3)
    assert "tidak terkirim" in said.err


def test_the_yearly_sweep_opens_each_case_once_and_informs_the_chain(post: Post, office: Office) -> None:
    opened = duties.open_due_cases(office)
    assert {case.origin for case in opened} == {"berkala"}
    assert {case.position.step for case in opened} == {6}
    assert opened
    assert duties.open_due_cases(office) == []
    told = {to for to, _, _ in post.sent}
    assert {"kadis@example.go.id", "sekretaris@example.go.id", "aptika@example.go.id"} <= told
