"""What a reader of the history must not see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from playbooks.network.platforms import ALL, get
from playbooks.network.redaction import hidden, redact, words
from tests.playbooks.network.samples import NAMES, samples

GLUE = (
    " ",
    "\n",
    "\r\n",
    "=",
    '"',
    "5 ",
    "7 ",
    "s3cret",
    '"two\nlines"',
    "one\\\n    two",
    "description ",
    "no ",
    ";",
    "{",
)


@pytest.mark.parametrize("platform", NAMES)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_passed_by_at_a_glance_holds_no_secret(platform: str, data: st.DataObject) -> None:
    """Texts made of the very words that secrets stand beside, against the patterns applied to all of the text."""
    patterns = [re.compile(each, re.MULTILINE) for each in get(platform).secrets]
    told = {word for each in get(platform).secrets for word in words(each)}
    pieces = st.sampled_from([*sorted(told), *GLUE, *samples(platform).config.splitlines(keepends=True)])
    text = "".join(data.draw(st.lists(pieces, max_size=30)))
    assert redact(platform, text, lambda secret: "#" * len(secret)) == _by_place(patterns, text)


def _by_place(patterns: list[re.Pattern[str]], text: str) -> str:
    for pattern in patterns:
        for found in [*pattern.finditer(text)]:
            start, end = found.span("secret")
            text = text[:start] + "#" * (end - start) + text[end:]
    return text


def test_a_secret_is_looked_for_in_few_texts() -> None:
    found = {name: [each for each in get(name).secrets if not words(each)] for name in ALL}
    assert {name for name, some in found.items() if some} == {"fortinet"}, "only a bare line of base64 has no word"


def test_a_secret_over_two_lines_is_hidden_whole() -> None:
    text = '/user add password="satu\ndua" group=full\n/ppp secret add password=satu\\\n    dua name=x\n'
    shown = redact("mikrotik_routeros", text, lambda _: "#")
    assert shown == "/user add password=# group=full\n/ppp secret add password=# name=x\n"


CARRIERS: dict[str, str] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("secrets.yaml").read_text("utf-8"))


@pytest.mark.parametrize("platform", NAMES)
def test_everything_that_carries_a_secret_in_its_language_hides_it_and_nothing_else(platform: str) -> None:
    marked = CARRIERS[platform].replace("KIND", "PRIVATE")
    shown = redact(platform, re.sub("[«»]", "", marked), hidden)
    pairs = zip(shown.replace('"<disamarkan>"', "<disamarkan>").splitlines(), _wanted(marked), strict=True)
    assert [(got, wanted) for got, wanted in pairs if got != wanted] == []


def _wanted(marked: str) -> list[str]:
    """Quotes around a secret may go with it."""
    return re.sub("«[^»\n]*»", "<disamarkan>", marked).replace('"<disamarkan>"', "<disamarkan>").splitlines()
