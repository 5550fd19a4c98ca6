"""A device's configuration, taken whole or not at all. Everything but `fetch_config` is pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from playbooks.findings import Reason, TargetError
from playbooks.network import platforms
from playbooks.network.platforms.platform import OUR_END
from playbooks.network.redaction import hidden, redact
from playbooks.network.syslog import log_line, without_log

if TYPE_CHECKING:
    from playbooks.network.connect import Session

SHRUNK = 0.5
"""A configuration that lost more than this part of its size against the last good one is not believed."""
ALIKE = 0.5
"""Part of the lines shared with the last good one from which on a changed host name is a renamed device."""


class NotComplete(Exception):
    """Text that is not the whole configuration of this device; `reason` is INCOMPLETE or REFUSED_OUTPUT."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class ConfigCopy:
    """One proven copy. `text` holds the secrets of the device: keep it sealed."""

    text: str = field(repr=False)
    digest: str
    """SHA-256 without volatile lines: equal digests mean that nothing was changed."""
    redacted: str = field(repr=False)
    bytes: int


class Shown:
    """The running configuration as a session shows it; what it showed once is not asked for again.

    A diagnosis and a backup of one session share it. After a change it is stale: make a new one.
    """

    def __init__(self, session: Session, timeout_s: float = 60) -> None:
        self.session, self.timeout_s = session, timeout_s
        self.answers: list[str] = []
        """As they came, secrets included."""

    def __iter__(self) -> Iterator[str]:
        """The answers, normalised; asked for as they are needed, without end."""
        for number in count():
            if number == len(self.answers):
                self.answers.append(
                    self.session.ask(self.session.platform.config_command, self.timeout_s, careful=True)
                )
            yield normalised(self.session.platform.name, self.answers[number])


def fetch_config(session: Session, previous: str | None = None, shown: Iterable[str] | None = None) -> ConfigCopy:
    """The running configuration, proven complete; asked a second time when the first answer proves nothing.

    `previous` is the text of the last good copy, if any; `shown` what this session showed already. Raises TargetError:
    INCOMPLETE, REFUSED_OUTPUT and others.
    """
    try:
        return copy_of(session.platform.name, proven(session, shown or Shown(session), previous))
    except NotComplete as error:
        raise TargetError(session.endpoint.name, error.reason, error.detail) from None


def proven(session: Session, shown: Iterable[str], previous: str | None = None) -> str:
    """The first answer that is whole by itself, or the text on which two answers in a row agree.

    Raises NotComplete.
    """
    platform, answers = session.platform.name, iter(shown)
    first = next(answers)
    with suppress(NotComplete):
        check_complete(platform, first, previous, session.prompt)
        return first
    second = next(answers)
    text = agreed(platform, first, second, previous) or second
    check_complete(platform, text, previous, session.prompt)
    return text


def agreed(platform: str, first: str, second: str, previous: str | None) -> str:
    """What two answers say alike once log lines printed into them are out; "" when they differ.

    Where the end mark is ours and the device does not print it (`Platform.mark_is_ours`), two whole answers, each
    ended by the device's prompt, stand for it, unless a section of the last good copy is gone.
    """
    shape, text = platforms.get(platform), without_log(second)
    if significant(platform, without_log(first)) != significant(platform, text):
        return ""
    if not shape.mark_is_ours or text.endswith(f"{shape.end_mark}\n"):
        return text
    sections = [set(re.findall(shape.section or r"(?!)", each, re.MULTILINE)) for each in (previous or "", text)]
    return f"{text}{shape.end_mark}\n" if sections[0] <= sections[1] else text


def copy_of(platform: str, text: str) -> ConfigCopy:
    """A ConfigCopy of a text that is known to be complete."""
    return ConfigCopy(text, digest(platform, text), redact(platform, text, hidden), len(text.encode()))


def normalised(platform: str, text: str) -> str:
    """Without the headings before the configuration; one newline at the end."""
    return re.sub(platforms.get(platform).noise, "", text.replace("\r\n", "\n")).strip("\n") + "\n"


def check_complete(platform: str, text: str, previous: str | None = None, prompt: str = "") -> None:
    """Prove that `text` is the whole configuration of the device it was taken from, or raise NotComplete.

    `previous`: the last good one; `prompt`: the prompt of the session it came from.
    """
    shape = platforms.get(platform)
    lines = text.rstrip("\n").split("\n")
    if not text.strip():
        raise NotComplete(Reason.INCOMPLETE, "konfigurasi kosong")
    if not text.endswith("\n"):
        raise NotComplete(Reason.INCOMPLETE, f"terpotong di tengah baris {lines[-1][:80]!r}")
    if shape.refuses("\n".join(lines[:5])):
        raise NotComplete(Reason.REFUSED_OUTPUT, f"perangkat menolak perintah: {lines[0].strip()[:120]}")
    if found := log_line(text):
        raise NotComplete(Reason.REFUSED_OUTPUT, f"baris log di tengah konfigurasi: {found[:120]}")
    if lines[-1] != shape.end_mark:
        raise NotComplete(
            Reason.INCOMPLETE, f"penanda akhir {shape.end_mark!r} tidak ada; baris terakhir {lines[-1][:80]!r}"
        )
    if shape.end_mark in lines[:-1]:
        raise NotComplete(Reason.REFUSED_OUTPUT, f"penanda akhir {shape.end_mark!r} ada di tengah konfigurasi")
    for section in (shape.first_line, *shape.sections):
        if not re.search(section, text, re.MULTILINE):
            raise NotComplete(Reason.INCOMPLETE, f"bagian wajib tidak ada: {section.strip('^ ')!r}")
    _check_identity(shape.hostname, text, previous, prompt)
    if previous and len(text) < SHRUNK * len(previous):
        raise NotComplete(
            Reason.INCOMPLETE, f"ukuran {len(text)} jauh lebih kecil dari cadangan terakhir {len(previous)}"
        )


def _check_identity(pattern: str, text: str, previous: str | None, prompt: str) -> None:
    names = set(re.findall(pattern, text, re.MULTILINE))
    if prompt and names and not any(name[:16].rstrip(".") in prompt or prompt in name for name in names):
        raise NotComplete(Reason.REFUSED_OUTPUT, f"konfigurasi {sorted(names)} bukan milik perangkat {prompt!r}")
    before = set(re.findall(pattern, previous or "", re.MULTILINE))
    if previous and names and before and not names & before and _alike(text, previous) < ALIKE:
        raise NotComplete(
            Reason.REFUSED_OUTPUT, f"konfigurasi perangkat lain: {sorted(names)}, dahulu {sorted(before)}"
        )


def _alike(text: str, previous: str) -> float:
    """Part of the former lines that still stand, lines that every configuration has left out."""
    old = {line for line in previous.splitlines() if len(line.strip()) > 6 and line[0] not in "/#!"}
    return len(old & set(text.splitlines())) / len(old) if old else 1.0


def significant(platform: str, text: str) -> str:
    """`text` without the lines that change by themselves."""
    shape = platforms.get(platform)
    volatile = re.compile(rf"{shape.volatile}|{re.escape(OUR_END)}$")
    return "\n".join(line.rstrip() for line in normalised(platform, text).splitlines() if not volatile.match(line))


def digest(platform: str, text: str) -> str:
    """SHA-256 (hex) of what matters in a configuration."""
    return hashlib.sha256(significant(platform, text).encode()).hexdigest()
