"""A device's configuration, taken whole or not at all. Everything but `fetch_config` is pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
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
PROOF_S = 60.0
"""A device may have to write all of its configuration once more before it can say how it ends."""
ALIKE = 0.5
"""Part of the lines shared with the last good one from which on a changed host name is a renamed device."""


class NotComplete(Exception):
    """Text that is not the whole configuration of this device; `reason` is INCOMPLETE, UNPROVEN or REFUSED_OUTPUT."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Unproven(NotComplete):
    """`text` is the whole configuration as far as one can see, and nothing but its looks says where it ends."""

    def __init__(self, text: str) -> None:
        super().__init__(Reason.UNPROVEN, UNPROVEN)
        self.text = text


UNPROVEN = "perangkat tidak membuktikan di mana konfigurasinya berakhir"


@dataclass(frozen=True)
class ConfigCopy:
    """One copy. `text` holds the secrets of the device: keep it sealed."""

    text: str = field(repr=False)
    digest: str
    """SHA-256 without volatile lines: equal digests mean that nothing was changed."""
    redacted: str = field(repr=False)
    bytes: int
    proven: bool = True
    """False: it may be cut at a line's end, and must not stand for a good copy."""


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
                self.answers.append(self._asked(again=number > 0))
            yield normalised(self.session.platform.name, self.answers[number])

    def _asked(self, again: bool) -> str:
        """A line that looks like the prompt may end an answer too early only where the missing last line tells."""
        platform = self.session.platform
        careful = again or platform.may_lack_mark
        return self.session.ask(platform.config_command, self.timeout_s, careful=careful)


def fetch_config(session: Session, shown: Iterable[str] | None = None) -> ConfigCopy:
    """The running configuration; asked a second time when the first answer proves nothing.

    `shown` is what this session showed already. A copy that looks whole, but whose end nothing proves, is not `proven`.
    Raises TargetError: INCOMPLETE, REFUSED_OUTPUT and others.
    """
    platform = session.platform.name
    try:
        return copy_of(platform, proven(session, shown or Shown(session)))
    except Unproven as found:
        return replace(copy_of(platform, found.text), proven=False)
    except NotComplete as error:
        raise TargetError(session.endpoint.name, error.reason, error.detail) from None


def proven(session: Session, shown: Iterable[str]) -> str:
    """The first answer if it is whole, else the text on which two answers in a row agree, if that is.

    Raises NotComplete; Unproven when the text is credible and the device does not tell whether it ends there.
    """
    command, answers = session.platform.config_command, iter(shown)
    first = next(answers)
    with suppress(NotComplete):
        return whole(session, command, first, session.prompt)
    second = next(answers)
    text = agreed(session.platform.name, first, second)
    try:
        return whole(session, command, text or second, session.prompt)
    except Unproven as found:
        if text:
            raise
        raise NotComplete(Reason.INCOMPLETE, f"dua pembacaan berbeda, dan {found.detail}") from None


def agreed(platform: str, first: str, second: str) -> str:
    """What two answers say alike once log lines printed into them are out; "" when they differ."""
    text = without_log(second)
    return text if significant(platform, without_log(first)) == significant(platform, text) else ""


def whole(session: Session, command: str, text: str, prompt: str = "") -> str:
    """`text`, the answer to `command`, ended by our mark where the device's own word stands for one.

    Raises as `proven`; `prompt` as for `check_complete`.
    """
    shape = session.platform
    lacks = shape.may_lack_mark and text.endswith("\n") and not text.endswith(f"\n{shape.end_mark}\n")
    marked = f"{text}{shape.end_mark}\n" if lacks else text
    check_complete(shape.name, marked, prompt)
    if lacks:
        _prove_end(session, command, text)
    return marked


def _prove_end(session: Session, command: str, text: str) -> None:
    """Have the device itself say that `text`, its answer to `command`, ends where its configuration does.

    Raises NotComplete when there is more, Unproven when it does not say.
    """
    shape = session.platform
    asked = shape.proof and shape.proof.question(command, text, lambda: redact(shape.name, text, hidden))
    if not (shape.proof and asked):
        raise Unproven(text)
    answer = without_log(session.ask(asked.command, PROOF_S, careful=True))
    verdict = shape.proof.means(asked.expected, answer)
    if verdict is None:
        raise Unproven(text)
    if not verdict:
        raise NotComplete(Reason.INCOMPLETE, f"menurut perangkat ({asked.command}) masih ada baris sesudahnya")


def copy_of(platform: str, text: str) -> ConfigCopy:
    """A ConfigCopy of a text that is known to be complete."""
    return ConfigCopy(text, digest(platform, text), redact(platform, text, hidden), len(text.encode()))


def normalised(platform: str, text: str) -> str:
    """Without the headings before the configuration; one newline at the end."""
    return re.sub(platforms.get(platform).noise, "", text.replace("\r\n", "\n")).strip("\n") + "\n"


def check_complete(platform: str, text: str, prompt: str = "") -> None:
    """Prove that `text` is the whole configuration of the device it was taken from, or raise NotComplete.

    `prompt`: of the session it came from.
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
    names = _names(platform, text)
    if prompt and names and not any(name[:16].rstrip(".") in prompt or prompt in name for name in names):
        raise NotComplete(Reason.REFUSED_OUTPUT, f"konfigurasi {sorted(names)} bukan milik perangkat {prompt!r}")


def check_plausible(platform: str, text: str, previous: str) -> None:
    """Hold a whole configuration against the last good one of its device. Raises NotComplete.

    `previous` may be redacted: sizes and names are told from it too.
    """
    names, before = _names(platform, text), _names(platform, previous)
    if names and before and not names & before and _alike(text, previous) < ALIKE:
        raise NotComplete(
            Reason.REFUSED_OUTPUT, f"konfigurasi perangkat lain: {sorted(names)}, dahulu {sorted(before)}"
        )
    if len(text) < SHRUNK * len(previous):
        raise NotComplete(
            Reason.INCOMPLETE, f"ukuran {len(text)} jauh lebih kecil dari cadangan terakhir {len(previous)}"
        )


def _names(platform: str, text: str) -> set[str]:
    return set(re.findall(platforms.get(platform).hostname, text, re.MULTILINE))


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
