"""Echoes of one address (RFC 792): whether it answers, how many are lost, how long they take.

A few first, for some systems wait a second for each that is lost; then more, for loss shows in numbers only. What the
ping commands print differs little: iputils and BSD, busybox, IOS, RouterOS, VRP and Comware, EdgeSwitch.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbooks.findings import TargetError

if TYPE_CHECKING:
    from playbooks.network.connect import Session

FEW, MANY, ENOUGH = 5, 15, 35
"""Echoes asked for at first, at a time after that, and at most, about."""
AGAIN_S = 4.0
"""No more are asked for once asking took so long, as on a system that sends one a second."""
ANSWER_S = 30.0
CHANNELS, APART_S, CUT_S = 8, 0.12, 2.3
"""Where ping cannot be told a number: so many at once, started so far apart, each cut off after so many seconds.

An SSH server allows ten channels unless told otherwise (sshd_config(5), MaxSessions); the terminal is one of them.
"""

COUNTED = (
    r"\b(?P<sent>\d{1,9}) packets?(?:\(s\))? transmitted[,\s]{1,9}"
    r"(?P<received>\d{1,9}) (?:packets?(?:\(s\))? )?received",
    r"\bSuccess rate is \d{1,3} percent \((?P<received>\d{1,9})/(?P<sent>\d{1,9})\)",
    r"\bsent=(?P<sent>\d{1,9}) received=(?P<received>\d{1,9})",
    r"\bSend count=(?P<sent>\d{1,9}), Receive count=(?P<received>\d{1,9})",
)
_MS = r"\d{1,9}(?:\.\d{1,9})?"
MEAN = (
    rf"\bmin/avg/max\S{{0,9}}(?: \(ms\))? {{0,9}}= {{0,9}}{_MS}/(?P<ms>{_MS})/",
    rf"\bAverage round trip time = (?P<ms>{_MS}) ms",
    r"\bavg-rtt=(?:(?P<whole>\d{1,9})ms)?(?:(?P<us>\d{1,9})us)?",
)
ANSWERED = r"(?:\bicmp_seq[= ](?P<number>\d{1,9})\b[^\n]{0,80}\btime|\bis alive\b)"
SILENT = r"(?i)\bunreachable\b|\bno route to host\b|\btimed out\b|\bdid not respond\b|\b100% packet loss\b"


@dataclass(frozen=True)
class Echoes:
    sent: int
    received: int
    rtt_ms: float | None = None
    """Mean round trip."""

    @property
    def lost(self) -> int:
        return max(0, self.sent - self.received)

    def __add__(self, more: Echoes) -> Echoes:
        known = [one for one in (self, more) if one.rtt_ms is not None and one.received]
        weight = sum(one.received for one in known)
        mean = sum((one.rtt_ms or 0.0) * one.received for one in known) / weight if weight else None
        return Echoes(self.sent + more.sent, self.received + more.received, mean)


def counted(output: str) -> Echoes | None:
    """What one ping tells; None when it tells nothing (refused, cut off before the first answer)."""
    for pattern in COUNTED:
        if found := list(re.finditer(pattern, output)):
            return Echoes(int(found[-1]["sent"]), int(found[-1]["received"]), _mean(output))
    answers = list(re.finditer(ANSWERED, output))
    if answers:
        numbers = [int(one["number"]) for one in answers if one["number"]]
        return Echoes(max([len(answers), *numbers]), len(answers))
    return Echoes(0, 0) if re.search(SILENT, output) else None


def _mean(output: str) -> float | None:
    for pattern in MEAN:
        if found := list(re.finditer(pattern, output)):
            told = found[-1].groupdict()
            return float(told["ms"]) if "ms" in told else int(told["whole"] or 0) + int(told["us"] or 0) / 1000
    return None


def ask(session: Session, address: str, raw: dict[str, str], on_progress: Callable[[str], None]) -> Echoes | None:
    """Echoes of `address` as the device itself gets them; outputs go to `raw`. None when the device tells nothing."""

    def some(number: int) -> Echoes | None:
        command = session.platform.ping.format(address=address, count=number)
        on_progress(command)
        outputs = _at_once(session, command) if session.platform.ping_endless else [session.ask(command, ANSWER_S)]
        raw[command] = raw.get(command, "") + "".join(outputs)
        told = [one for one in map(counted, outputs) if one]
        return sum(told[1:], told[0]) if told else None

    return _gathered(some, time.monotonic() + AGAIN_S)


def _gathered(some: Callable[[int], Echoes | None], end: float) -> Echoes | None:
    """More and more echoes: until none of a fair number was lost, enough were sent, or the time is up."""
    known = some(FEW)
    while (
        known
        and known.received
        and known.sent < ENOUGH
        and (known.sent < FEW + MANY or known.lost)
        and time.monotonic() < end
    ):
        more = some(MANY)
        if more is None:
            break
        known += more
    return known


def _at_once(session: Session, command: str) -> list[str]:
    """What each of several endless pings said until it was interrupted; a login that serves none tells nothing."""
    with suppress(TargetError):
        return session.run_endless(command, CHANNELS, APART_S, CUT_S)
    return []
