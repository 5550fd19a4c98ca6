"""The sentinel on labelled pages, on pages that mean no good to it, and what it says of what it found."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inventory.models import Words
from playbooks.findings import Reason
from playbooks.hosting.sentinel import inspecting, maps, rules, scripts
from playbooks.hosting.sentinel.folding import words
from playbooks.hosting.sentinel.lexicon import lexicon
from playbooks.hosting.sentinel.page import decoded, take_apart
from playbooks.hosting.sentinel.styles import Look, declared
from playbooks.hosting.sentinel.styles import rules as sheet_rules
from tests.playbooks.hosting.sentinel.labelled import SETS, cases
from tests.playbooks.hosting.sentinel.measuring import measure

SITE = "https://dinas.contohkab.go.id/"
LABELS = {"clean", "near", "visible", "hidden", "cloaked", "script", "sitemap", "unicode", "defaced"}


def test_every_set_that_lies_here_is_measured() -> None:
    assert {path.parent.name for path in Path(__file__).parent.glob("*/*.yaml")} == {*SETS}


@pytest.mark.parametrize("name", SETS)
def test_a_set_of_labelled_pages_is_judged_as_well_as_it_must_be(name: str) -> None:
    measured = measure(name)
    assert measured.precision >= 0.98, "\n".join(measured.lines())
    assert measured.recall >= 0.95, "\n".join(measured.lines())


def test_the_first_set_is_large_and_has_pages_of_every_label() -> None:
    every = cases("known")
    assert len(every) >= 120
    assert {case.label for case in every} == LABELS
    assert len({case.name for case in every}) == len(every)


def codes(html: str, *extra: str) -> set[str]:
    return {each.code for each in rules.judge(lexicon(), take_apart(html, SITE), extra).findings}


TAGS = "html head title meta link style script body div p a h1 table tr td iframe noscript form svg marquee".split()
PIECES = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda tag, text: f"<{tag} {text}>", st.sampled_from(TAGS), st.text("abc='\"<>&;:/\\-0px{}", max_size=30)
    ),
    st.builds(lambda tag: f"</{tag}>", st.sampled_from(TAGS)),
    st.sampled_from(
        ["slot gacor", "<!--", "]]>", "&#x0;", "\x00", "\ud800", "<a href='https://slot88.xyz'>", "hacked by"]
    ),
    st.sampled_from(["<style>p{left:", "@media", "color:#f", "document.write('", "atob('!!", "<base href='http://['>"]),
)


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=20).map("".join))
@example("<base href='A://['>")
def test_no_page_however_broken_raises(html: str) -> None:
    found = rules.judge(lexicon(), take_apart(html, SITE, [html]), [html]).findings
    for each in found:
        assert not set(each.evidence) & set("<>\n\x00\u202e")


@given(st.binary(max_size=300), st.text(max_size=30))
def test_no_bytes_and_no_header_raise(body: bytes, content_type: str) -> None:
    take_apart(decoded(body, content_type), SITE)
    maps.places(maps.unpacked(body))
    maps.told(body.decode("latin-1"))


@given(st.text(max_size=200))
def test_no_script_and_no_sheet_raises(text: str) -> None:
    scripts.read(text)
    sheet_rules(text)
    Look().within(declared(text))


BOMBS = {
    "deep": "<div>" * 300_000 + "slot gacor maxwin togel",
    "formatting": "".join(f"<b a={each}>" for each in range(500)) + "<p>x" * 100_000,
    "links": "<a href=x>" * 200_000,
    "attributes": "<a " + " ".join(f"a{each}=1" for each in range(200_000)) + ">x",
    "comments": "<style>" + "/*" * 500_000,
    "braces": "<style>" + "a{" * 500_000,
    "selectors": "<style>" + "* " * 300 + "p{color:red}</style>" + "<p>x" * 20_000,
    "quotes": "<script>" + "'\\" * 500_000,
    "spelt": "s l o t " * 60_000,
    "glued": "slotgacor" * 100_000,
    "hosts": "<a href='https://slot.xyz'>slot</a>" * 20_000,
    "refresh": "<meta http-equiv=refresh content='0;url=" + " " * 1_000_000 + "x'>",
    "brackets": "<" * 1_900_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_page_made_to_be_slow_is_done_in_seconds(bomb: str) -> None:
    began = time.process_time()
    codes(BOMBS[bomb])
    assert time.process_time() - began < 15


def test_what_stands_deeper_than_the_parser_reads_is_read_all_the_same() -> None:
    assert "content.gambling" in codes(BOMBS["deep"])


def test_evidence_is_one_line_that_is_no_markup_and_no_link() -> None:
    html = (
        "<title>Slot gacor &lt;script&gt;x()&lt;/script&gt;\u202e</title><a href='https://slot88.xyz/'>slot gacor</a>"
    )
    (found,) = [
        each for each in rules.judge(lexicon(), take_apart(html, SITE)).findings if each.code == "content.gambling"
    ]
    assert "slot gacor" in found.evidence
    assert "https://" not in found.evidence
    assert not set(found.evidence) & set("<>\u202e\n")
    assert found.advice


@pytest.mark.parametrize(
    "text", ["slot", "sl0t", "ѕlоt", "ｓｌｏｔ", "s\u200bl\u200bo\u200bt", "𝐬𝐥𝐨𝐭", "s.l.o.t", "sloooot", "ꜱʟᴏᴛ"]
)
def test_a_word_is_known_in_every_disguise(text: str) -> None:
    assert [word.said for word in lexicon().read(text)] == ["slot"]


@given(st.text(max_size=60))
def test_any_text_has_words_without_capitals(text: str) -> None:
    assert all(word.said == word.said.lower() for word in words(text))


@pytest.mark.parametrize(
    ("style", "hidden"),
    [
        ("left:-9999px;position:absolute", True),
        ("left:-9999px", False),
        ("left:-10px;position:absolute", False),
        ("height:0;overflow:hidden", True),
        ("height:0", False),
        ("color:#fff", True),
        ("color:#fff;background:#036", False),
        ("color:#fff;background:url(x)", False),
        ("font-size:0", True),
        ("opacity:.05", True),
        ("opacity:.5", False),
        ("clip-path:inset(50%)", True),
        ("clip-path:inset(5px)", False),
        ("display:none", True),
        ("display:block", False),
    ],
)
def test_a_style_hides_or_does_not(style: str, hidden: bool) -> None:
    assert bool(Look().within(declared(style)).unseen) is hidden


def test_a_rule_for_paper_or_for_telephones_hides_nothing_on_a_screen() -> None:
    sheet = "@media print{.a{display:none}} @media (max-width:600px){.b{display:none}} @media screen{.c{display:none}}"
    assert [rule.selector for rule in sheet_rules(sheet)] == [".c"]


def test_the_words_of_an_office_count_before_those_of_the_program() -> None:
    own = lexicon(Words(promotion={"slot gacor": 0, "kuda merah": 4}, ordinary=("judi bola",), brands=("rusa",)))
    said = [(hit.term, hit.weight) for hit in own.gambling_hits("slot gacor, kuda merah, judi bola, rusa77")]
    assert said == [("slot", 1), ("gacor", 1), ("kuda merah", 4), ("rusa77", 3)]
    assert ("slot gacor", 4) in [(hit.term, hit.weight) for hit in lexicon().gambling_hits("slot gacor")]


def test_an_internal_address_is_not_inspected_unless_it_is_said_so() -> None:
    refused = inspecting.inspect("http://127.0.0.1:9/", deadline_s=2)
    assert (refused.status, refused.reason) == ("failed", Reason.ERROR)
    assert inspecting.inspect("http://127.0.0.1:9/", allow_internal=True, deadline_s=2).reason is Reason.UNREACHABLE


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", ["\n", " \n", "\r\n", "sitemap:\n", "https://\n"])
def test_a_long_file_of_empty_lines_keeps_nobody_busy(line: str) -> None:
    text = line * (maps.LARGEST // 10 // len(line))
    assert maps.told(text) == ([], [])
    assert maps.places(text) == []
