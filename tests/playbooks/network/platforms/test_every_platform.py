"""What holds for every platform there is, shown on the samples of each (tests/playbooks/network/samples)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest

from playbooks.network import platforms
from playbooks.network.backup import digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.recordings import Recording, recordings
from playbooks.network.redaction import hidden, redact
from tests.playbooks.network.samples import HIDDEN, NAMES, RECORDINGS, Output, Samples, samples

EVERY = pytest.mark.parametrize("name", NAMES)


def each(found: Callable[[Samples], list[Any]]) -> pytest.MarkDecorator:
    """One case for each thing that `found` finds in the samples of a platform."""
    cases = [(name, one) for name in NAMES for one in found(samples(name))]
    return pytest.mark.parametrize(("name", "one"), cases, ids=lambda value: _worded(value)[:60])


def _worded(value: Any) -> str:
    return f"{value.command} {value.says}".strip() if isinstance(value, Output) else str(value)


def bare(value: Any) -> Any:
    """Facts without what is as by default."""
    if is_dataclass(value):
        told = {one.name: (getattr(value, one.name), one.default) for one in fields(value)}
        return {name: bare(known) for name, (known, default) in told.items() if default is MISSING or known != default}
    return [bare(one) for one in value] if isinstance(value, tuple) else value


@each(lambda of: of.outputs)
def test_an_output_tells_exactly_its_facts(name: str, one: Output) -> None:
    told = platforms.get(name).parse_one(one.command, one.text)
    assert {field: bare(value) for field, value in told.items()} == one.facts


@EVERY
def test_another_commands_output_tells_nothing(name: str) -> None:
    shape, of = platforms.get(name), samples(name)
    for command in {one.command for one in of.outputs}:
        strange = [one for one in of.outputs if not _alike(of, command, one.command)]
        assert [one.command for one in strange if shape.parse_one(command, one.text)] == [], command


def _alike(of: Samples, *commands: str) -> bool:
    """Whether one parser reads both, or their outputs have the same form."""
    parsers = {platforms.get(of.name).parser_of(command) for command in commands}
    return len(parsers) == 1 or any(all(re.match(form, each) for each in commands) for form in of.lines("alike"))


@EVERY
def test_a_refusal_a_prompt_and_what_is_no_answer_tell_nothing(name: str) -> None:
    shape, of = platforms.get(name), samples(name)
    for text in ("", "{", "null", "Permission denied.", *of.lines("refusals"), *of.lines("prompts")):
        assert [command for command in shape.parsers if "unparsed" not in parse(name, command, text)] == [], text


@EVERY
def test_every_command_of_a_diagnosis_has_its_parser(name: str) -> None:
    assert [command for command in platforms.get(name).reads if not platforms.get(name).parser_of(command)] == []


@EVERY
def test_the_redacted_view_hides_exactly_the_secrets(name: str) -> None:
    of = samples(name)
    assert of.secrets
    assert redact(name, of.config, hidden) == of.redacted
    assert redact(name, of.redacted, hidden).count(HIDDEN) == len(of.secrets)


@EVERY
def test_what_changes_by_itself_is_no_change(name: str) -> None:
    text = later = samples(name).config
    for one in samples(name).lines("unchanged_by"):
        assert one["old"] in later
        later = later.replace(one["old"], one["new"])
    assert digest(name, f"\n{later}\n") == digest(name, text)


@each(lambda of: of.lines("changed_by"))
def test_a_change_is_one(name: str, one: dict[str, str]) -> None:
    text = samples(name).config
    assert digest(name, text.replace(one["old"], one["new"], 1)) != digest(name, text)


@EVERY
def test_a_configuration_has_what_every_one_has_and_names_its_device(name: str) -> None:
    shape, text = platforms.get(name), normalised(name, samples(name).config)
    assert [part for part in (shape.first_line, *shape.sections) if not re.search(part, text, re.MULTILINE)] == []
    assert set(re.findall(shape.hostname, text, re.MULTILINE)) == {samples(name).device}


@each(lambda of: of.lines("refusals"))
def test_a_refusal_is_known_and_a_configuration_is_none(name: str, one: str) -> None:
    assert platforms.get(name).refuses(one)
    assert not platforms.get(name).refuses(samples(name).config)


@EVERY
def test_what_is_read_was_not_refused(name: str) -> None:
    assert [one.command for one in samples(name).outputs if one.facts and platforms.get(name).refuses(one.text)] == []


def prompt(name: str) -> re.Pattern[str]:
    """As a terminal looks for it behind an answer."""
    pattern = platforms.get(name).prompt.replace("NAME", re.escape(samples(name).device))
    return re.compile(rf"(?:\A|\n)(?:{pattern})[ \t]*\Z")


SPOKEN = [name for name in NAMES if platforms.get(name).prompt]
"""RouterOS has a terminal class of its own."""


@pytest.mark.parametrize("name", SPOKEN)
def test_prompts_of_every_mode_are_prompts_with_what_belongs_to_them(name: str) -> None:
    assert samples(name).lines("prompts")
    for one in samples(name).lines("prompts"):
        found = prompt(name).search(f"baris terakhir\n{one}")
        assert found is not None, one
        assert found.start() == len("baris terakhir"), one


@pytest.mark.parametrize("name", SPOKEN)
def test_what_only_looks_like_a_prompt_is_none(name: str) -> None:
    assert samples(name).lines("no_prompts")
    for line in (*samples(name).lines("no_prompts"), *samples(name).config.splitlines()):
        assert prompt(name).search(f"\n{line}") is None, line


@EVERY
def test_hostile_text_cannot_keep_redaction_busy(name: str) -> None:
    """The words that secrets stand beside, over and over."""
    for line in {line.split("«")[0] for line in samples(name).marked.splitlines() if "«" in line} | {"\n", " "}:
        text = line * (20_000 // len(line)) if line else ""
        began = time.process_time()
        redact(name, text, hidden)
        digest(name, text)
        assert time.process_time() - began < 1, line


OWN_WORDS = ("line", "note", "duplex", "kind", "protocol", "prefix", "role")
"""Put together by us, or said in words of our own; states of BGP sessions and of a spanning tree are, too."""
STATES = ("Established", "forwarding", "discarding", "blocking", "listening", "learning", "disabled")


def words(value: Any, key: str = "") -> Iterator[str]:
    """Every text in facts that has to stand in the output."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from words(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner, key)
    elif isinstance(value, str) and key not in OWN_WORDS and (key, value) not in [("state", state) for state in STATES]:
        yield value


def stands(word: str, text: str) -> bool:
    """In one piece, over a line's end, or an address without the length of its prefix, which may stand elsewhere."""
    return word in text or word in " ".join(text.split()) or word.partition("/")[0] in text


@EVERY
def test_what_is_read_from_recordings_stands_in_them(name: str) -> None:
    known = samples(name).data.get("recorded", {"read": 0})
    found = [one for one in recordings(RECORDINGS / "cli") if one.platform == name]
    if not RECORDINGS.is_dir():
        pytest.skip(f"no recordings at {RECORDINGS}")
    read = [one for one in found if _agrees(one, known.get("unread", ()))]
    assert len(read) >= known["read"]


def _agrees(one: Recording, unread: list[str]) -> bool:
    """Whether it is read: it is when its command is known, but for those that are not."""
    facts = one.facts()
    wanted = platforms.get(one.platform).parser_of(one.command) is not None and one.file.stem not in unread
    assert ("unparsed" not in facts) == wanted, one.file
    if wanted:
        text = f"{one.text} {one.command}"
        assert [word for word in words(facts) if not stands(word, text)] == [], one.file
    return wanted
