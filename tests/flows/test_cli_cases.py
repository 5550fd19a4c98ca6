"""Letters and officials at the command line: what is let in, what is refused, and that a refusal does nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.conftest import PDF, Pelihara, Said

Submit = Callable[..., str]


def act(pelihara: Pelihara, case: str, official: str, answer: str = "YA", *more: str) -> Said:
    return pelihara("case", "act", case, "--as", official, "--answer", answer, *more, "--json")


def approve(pelihara: Pelihara, case: str) -> None:
    for official in ("kadis", "kabid-aptika", "koordinator"):
        assert act(pelihara, case, official).code == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"--sop": "listrik"}, "unknown_procedure"),
        ({"--opd": "dinas"}, "unknown_agency"),
        ({"--device": "disdik-r1"}, "unknown_target"),
        ({"--device": "tidak-ada"}, "unknown_target"),
        ({"--about": " "}, "reason_missing"),
        ({"--letter": "/tidak/ada.pdf"}, "letter_refused"),
        ({"--letter": "/"}, "letter_refused"),
    ],
)
def test_a_request_that_names_what_is_not_there_is_refused(
    pelihara: Pelihara, letter: Path, change: dict[str, str], code: str
) -> None:
    given = {"--sop": "jaringan", "--opd": "dinkes", "--about": "Lambat", "--letter": str(letter)} | change
    said = pelihara("request", "submit", *(word for pair in given.items() for word in pair), "--json")
    assert said.code == 2
    assert said.json["error"]["code"] == code
    assert pelihara("case", "list", "--json").json["cases"] == []


def test_a_subject_longer_than_a_letters_is_refused_and_says_the_limit(pelihara: Pelihara, letter: Path) -> None:
    words = ("request", "submit", "--sop", "jaringan", "--opd", "dinkes", "--letter", letter, "--json", "--about")
    said = pelihara(*words, "x" * 501)
    assert (said.code, said.json["error"]["code"]) == (2, "subject_too_long")
    assert "500" in said.err
    assert pelihara("case", "list", "--json").json["cases"] == []
    assert pelihara(*words, "x" * 500).code == 0
    assert pelihara(*words, "Jaringan\n  lambat").json["about"] == "Jaringan lambat"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("surat.pdf", b"", "kosong"),
        ("surat.pdf", b"halo", "bukan PDF"),
        ("surat.png", PDF, "tidak sesuai dengan namanya"),
        ("surat.exe", PDF, "tidak sesuai dengan namanya"),
        ("surat.pdf", PDF + bytes(50_000_000), "50 MB"),
    ],
)
def test_a_letter_that_is_not_what_it_should_be_is_refused(
    pelihara: Pelihara, tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    said = pelihara("request", "submit", "--sop", "jaringan", "--opd", "dinkes", "--about", "x", "--letter", file)
    assert said.code == 2
    assert why in said.err
    assert pelihara("case", "list", "--json").json["cases"] == []


def test_a_letters_name_cannot_steer_the_terminal(pelihara: Pelihara, tmp_path: Path) -> None:
    file = tmp_path / "surat\x1b[2J\u202efdp.pdf"
    file.write_bytes(PDF)
    said = pelihara("request", "submit", "--sop", "jaringan", "--opd", "dinkes", "--about", "x", "--letter", file)
    assert said.code == 2
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err


def test_what_an_agency_writes_is_text_and_not_markup(pelihara: Pelihara, letter: Path) -> None:
    words = ("--sop", "jaringan", "--opd", "dinkes", "--letter", letter, "--about", "[red]lambat[/red] \x1b[31m")
    assert "[red]lambat[/red]" in pelihara("request", "submit", *words).out
    assert "\x1b" not in pelihara("case", "list").out


def test_a_case_goes_through_the_chain(pelihara: Pelihara, submit: Submit) -> None:
    case = submit("--device", "dinkes-r1")
    approve(pelihara, case)
    shown = pelihara("case", "show", case, "--json").json
    assert (shown["state"], shown["step"], shown["turn"]) == ("open", 5, ["tim_teknis"])
    assert [event["answer"] for event in shown["events"]] == ["YA"] * 4
    assert "langkah 5: Tim Teknis" in pelihara("case", "show", case).out


def test_an_act_says_who_recorded_it_and_from_which_paper(pelihara: Pelihara, submit: Submit, office: object) -> None:
    case = submit()
    act(pelihara, case, "kadis", "YA", "--paper", "lembar disposisi 12")
    row = office.register.audit_rows(case)[-1]  # type: ignore[attr-defined]
    event = next(r for r in office.register.audit_rows(case) if r.action == "event.answered")  # type: ignore[attr-defined]
    assert event.actor["via"] == "cli"
    assert event.actor["system_user"]
    assert event.actor["terminal"]
    assert event.actor["paper"] == "lembar disposisi 12"
    assert row.subject == case


@pytest.mark.parametrize(
    ("official", "answer", "more", "code"),
    [
        ("kabid-aptika", "YA", [], "not_your_turn"),
        ("auditor", "YA", [], "wrong_role"),
        ("bupati", "YA", [], "unknown_official"),
        ("kabid", "YA", [], "unknown_official"),
        ("kadis", "MUNGKIN", [], "unknown_answer"),
        ("kadis", "TIDAK", [], "reason_missing"),
        ("kadis", "YA", ["--plan", "00ff"], "unknown_plan"),
    ],
)
def test_an_act_that_is_not_ones_own_changes_nothing(
    pelihara: Pelihara, submit: Submit, official: str, answer: str, more: list[str], code: str
) -> None:
    case = submit()
    said = act(pelihara, case, official, answer, *more)
    assert said.code == 2
    assert said.json["error"]["code"] == code
    assert pelihara("case", "show", case, "--json").json["step"] == 2


def test_acting_twice_is_told_and_counts_once(pelihara: Pelihara, submit: Submit) -> None:
    case = submit()
    assert act(pelihara, case, "kadis").code == 0
    again = act(pelihara, case, "kadis")
    assert (again.code, again.json["error"]["code"]) == (2, "already_done")
    assert pelihara("case", "show", case, "--json").json["step"] == 3


def test_tidak_with_a_reason_rejects_the_request(pelihara: Pelihara, submit: Submit) -> None:
    case = submit()
    assert act(pelihara, case, "kadis", "tidak", "--note", "Bukan kewenangan kami").json["state"] == "ditolak"
    assert [each["id"] for each in pelihara("case", "list", "--state", "ditolak", "--json").json["cases"]] == [case]


def test_an_unknown_case_state_or_agency_is_bad_input(pelihara: Pelihara) -> None:
    assert pelihara("case", "show", "JAR-2026-0042").code == 2
    assert pelihara("case", "documents", "JAR-2026-0042").code == 2
    assert pelihara("report", "case", "JAR-2026-0042").code == 2
    assert pelihara("case", "list", "--state", "tutup").code == 2
    assert pelihara("case", "list", "--opd", "dinas").code == 2
    assert act(pelihara, "JAR-2026-0042", "kadis").json["error"]["code"] == "unknown_case"


def test_a_withdrawn_case_is_over(pelihara: Pelihara, submit: Submit) -> None:
    case = submit()
    said = pelihara("case", "withdraw", case, "--as", "opd", "--reason", "Sudah baik", "--json")
    assert (said.code, said.json["state"]) == (0, "ditarik")
    assert act(pelihara, case, "kadis").json["error"]["code"] == "already_done"


def test_papers_of_a_case_are_written_and_kept(pelihara: Pelihara, submit: Submit, home: Path) -> None:
    case = submit()
    papers = pelihara("report", "case", case, "--json").json["documents"]
    assert {each["kind"] for each in papers} == {"laporan", "berita_acara", "lembar_disposisi"}
    for each in papers:
        path = Path(each["path"])
        assert path.parent == home / "documents" / case
        assert path.read_bytes().startswith(b"%PDF-")
    kept = {each["sha256"] for each in pelihara("case", "show", case, "--json").json["evidence"]}
    assert {each["sha256"] for each in papers} <= kept
    assert {each["kind"] for each in pelihara("case", "documents", case, "--json").json["documents"]} == {
        "laporan",
        "berita_acara",
        "lembar_disposisi",
    }


def test_the_months_report_is_written_and_an_unreadable_month_is_not(pelihara: Pelihara, submit: Submit) -> None:
    submit()
    assert pelihara("report", "monthly", "2026-11", "--json").code == 0
    for month in ("2026-13", "november", "2026-11-01"):
        assert pelihara("report", "monthly", month).code == 2
    assert pelihara("report", "yearly", "2026", "--json").code == 0
    assert pelihara("report", "yearly", "26").code == 2


def test_an_edited_record_is_found(pelihara: Pelihara, submit: Submit, home: Path) -> None:
    import sqlite3

    submit()
    assert pelihara("audit", "verify").code == 0
    with sqlite3.connect(home / "register.sqlite") as database:
        database.execute("drop trigger if exists audit_no_update")
        names = [row[0] for row in database.execute("select name from sqlite_master where type = 'trigger'")]
        for name in names:
            database.execute(f'drop trigger "{name}"')
        database.execute("update audit set subject = 'JAR-2026-0009' where seq = 1")
    said = pelihara("audit", "verify", "--json")
    assert (said.code, said.json["ok"]) == (1, False)


def test_the_last_approval_says_what_goes_on_by_itself_and_how_to_do_it_by_hand(
    pelihara: Pelihara, submit: Submit
) -> None:
    case = submit()
    act(pelihara, case, "kadis")
    act(pelihara, case, "kabid-aptika")
    said = pelihara("case", "act", case, "--as", "koordinator", "--answer", "YA")
    assert "pelihara up" in said.out
    assert f"pelihara case act {case} --as PEJABAT --answer YA --note" in said.out
