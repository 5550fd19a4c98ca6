"""A real-shaped configuration of every platform, shown by a device: what is whole, what is not, what nobody can tell.

What this does not prove: that a vendor's filters (`| begin`, `| grep`) print what is pretended here. A device whose
answer is another one is never believed for that; its copy is unproven.
"""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.findings import Reason, TargetError
from playbooks.network import platforms
from playbooks.network.backup import ConfigCopy, agreed, digest, normalised, significant
from playbooks.network.redaction import hidden, redact
from tests.playbooks.network.readers import REFUSAL, Reader, copied, hostname, printed, stored, verdict
from tests.playbooks.network.samples import NAMES, samples

UNMARKED = [name for name in NAMES if platforms.get(name).may_lack_mark]


def unmarked(name: str) -> str:
    """What a device prints that does not know how to print the mark it is asked for."""
    shape, text = platforms.get(name), printed(name)
    return text.replace(f"{shape.last_line}\n", "") if shape.mark_asked else text


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_configuration_is_good_after_two_questions_at_most(name: str) -> None:
    reader = Reader(name, [printed(name)], printed(name))
    copy = copied(reader)
    assert isinstance(copy, ConfigCopy)
    assert (copy.proven, copy.text) == (True, stored(name, printed(name)))
    assert len(reader.asked) == 1 + (not platforms.get(name).last_line)
    assert verdict(Reader(name, [printed(name)], printed(name)), previous=copy.text) == "good"


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_asked_for(name: str) -> None:
    reader, text = Reader(name, [unmarked(name)], unmarked(name)), unmarked(name)
    verdict(reader)
    before, after = (each.split("\n") for each in (text, redact(name, text, hidden)))
    secret = {line for line, shown in zip(before, after, strict=True) if line != shown}
    words = {command.rpartition(" ")[2].strip('"') for command in reader.asked[1:]}
    assert not [line for line in secret for word in words if word in line]


@pytest.mark.parametrize("name", NAMES)
def test_cut_at_any_byte_and_shown_twice_it_is_never_good(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether the device can tell how it goes on (then nobody believes that it ends there) or not."""
    data = printed(name).rstrip("\n").encode()
    cuts = [data[:at].decode("utf-8", "replace") + "\n" for at in range(len(data))]
    knowing = Counter(verdict(Reader(name, [cut], printed(name))) for cut in cuts)
    mute = Counter(verdict(Reader(name, [cut])) for cut in cuts) if name in UNMARKED else knowing
    with capsys.disabled():
        told = f"{knowing['good']} good, {knowing['unproven']} unproven; where it cannot tell: {mute['good']} good"
        print(f"\n{name:20} cut at each of {len(cuts):5} bytes: {told}, {mute['unproven']} unproven", end="")
    assert (knowing["good"], knowing["unproven"], mute["good"]) == (0, 0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_former_copy_makes_no_cut_good(name: str) -> None:
    lines, previous = printed(name).rstrip("\n").split("\n"), stored(name, printed(name))
    cuts = ["\n".join(lines[:at]) + "\n" for at in range(len(lines) // 2, len(lines))]
    assert not [cut for cut in cuts if verdict(Reader(name, [cut]), previous) == "good"]


@pytest.mark.parametrize("name", UNMARKED)
def test_a_device_that_cannot_tell_where_it_ends_is_backed_up_and_called_unproven(name: str) -> None:
    copy = copied(Reader(name, [unmarked(name)]))
    assert isinstance(copy, ConfigCopy)
    assert not copy.proven
    assert copy.text == normalised(name, unmarked(name))
    assert copy.digest == digest(name, stored(name, printed(name)))


@pytest.mark.parametrize("name", UNMARKED)
def test_what_is_unproven_has_to_be_read_twice_alike(name: str) -> None:
    lines = unmarked(name).rstrip("\n").split("\n")
    changed = "\n".join([*lines[:-2], lines[-2] + "x", lines[-1]]) + "\n"
    assert verdict(Reader(name, [unmarked(name), changed])) == str(Reason.INCOMPLETE)


@pytest.mark.parametrize("name", [name for name in UNMARKED if not platforms.get(name).last_line])
def test_one_that_shows_all_whatever_filter_is_asked_for_proves_nothing(name: str) -> None:
    class Deaf(Reader):
        def ask(self, command: str, timeout_s: float = 0, careful: bool = False) -> str:
            super().ask(command, timeout_s, careful)
            return self.shown[0]

    lines = printed(name).rstrip("\n").split("\n")
    for at in range(1, len(lines) + 1):
        assert verdict(Deaf(name, ["\n".join(lines[:at]) + "\n"])) != "good"


@pytest.mark.parametrize("name", [name for name in UNMARKED if not platforms.get(name).last_line])
def test_a_configuration_changed_between_two_questions_is_read_once_more(name: str) -> None:
    lines = printed(name).rstrip("\n").split("\n")
    older = "\n".join(lines[:-1]) + "\n"
    copy = copied(Reader(name, [older, printed(name)], printed(name)))
    assert isinstance(copy, ConfigCopy)
    assert (copy.proven, copy.text) == (True, stored(name, printed(name)))


def grown(name: str, count: int, seed: int) -> str:
    """A configuration of more lines: every line said again with other numbers, where it stands."""
    chance = random.Random(seed)
    lines = printed(name).rstrip("\n").split("\n")
    inner = [at for at, line in enumerate(lines) if line.startswith((" ", "set ", "add ", "snmp-server "))]
    inner = [at for at in inner if not line_opens(lines[at]) and hostname(name, printed(name)) not in lines[at]]
    for _ in range(count):
        at = chance.choice(inner)
        lines[at] += f"\n{lines[at].partition(chr(10))[0]}{chance.randrange(10**6)}"
    return "\n".join(lines) + "\n"


def line_opens(line: str) -> bool:
    """Whether a line begins, ends or continues something that would no longer fit."""
    return line.rstrip().endswith(("{", "}", "\\", ";", '"', "'", "next", "end")) or "config " in line


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None)
@given(count=st.integers(1, 300), seed=st.integers(0, 10**6), cut=st.floats(0, 1, exclude_max=True))
def test_no_configuration_however_it_reads_is_good_when_cut(name: str, count: int, seed: int, cut: float) -> None:
    text = grown(name, count, seed).rstrip("\n")
    assert verdict(Reader(name, [text + "\n"], text + "\n")) == "good"
    at = int(len(text) * cut)
    line = text.rfind("\n", 0, at) + 1
    for shown in (text[:at] + "\n", text[:line]):
        assert verdict(Reader(name, [shown], text + "\n")) not in ("good", "unproven")
        assert verdict(Reader(name, [shown])) != "good"


@pytest.mark.parametrize("name", NAMES)
def test_answers_cut_at_different_places_never_agree(name: str) -> None:
    text = normalised(name, printed(name))
    cuts = [text[:at] for at in range(0, len(text), 1 + len(text) // 40)]
    assert {agreed(name, one, text) for one in cuts if significant(name, one) != significant(name, text)} == {""}


ERRORS = [
    "",
    "\n\n",
    REFUSAL,
    "bad command name export (line 1 column 1)",
    "syntax error (line 1 column 9)",
    "not enough permissions (9)",
    "Error: Unrecognized command found at '^' position.",
    " % Unrecognized command found at '^' position.",
    "% Authorization failed.",
    "Command authorization failed.",
    "error: permission denied",
    "               ^\nunknown command.",
    "Invalid input: running-config",
    "Invalid command: [show]",
    "Unknown action 0",
    "Command fail. Return code -61",
    "-bash: for: command not found",
    "% Command not found / Incomplete command.",
    "Connection closed by foreign host.",
    "<html><body>502 Bad Gateway</body></html>",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_error_text_is_no_configuration(name: str) -> None:
    mark = platforms.get(name).last_line
    texts = [text for error in ERRORS for text in (error, f"{error}\n{mark}\n")]
    assert not [text for text in texts if verdict(Reader(name, [text], text)) in ("good", "unproven")]
    for one in samples(name).lines("refusals"):
        text = f"{one.rstrip()}\n{normalised(name, printed(name))}"
        assert verdict(Reader(name, [text], text)) == str(Reason.REFUSED_OUTPUT)


@pytest.mark.parametrize("name", NAMES)
def test_another_devices_configuration_is_refused_by_the_prompt_and_by_the_former_copy(name: str) -> None:
    text = printed(name)
    assert verdict(Reader(name, [text], text, "perangkat-lain")) == str(Reason.REFUSED_OUTPUT)
    assert verdict(Reader(name, [text], text), foreign(name, text)) == str(Reason.REFUSED_OUTPUT)


def foreign(name: str, text: str) -> str:
    """The same system on another device: other name, other content."""
    text = text.replace(hostname(name, text), "zz9")
    named = re.search(platforms.get(name).hostname, text, re.MULTILINE)
    assert named
    before, after = (re.sub("(?<=.)\n", "lain\n", each) for each in (text[: named.start()], text[named.end() :]))
    return f"{before}{named[0]}{after}"


@pytest.mark.parametrize("name", NAMES)
def test_a_renamed_device_is_still_itself(name: str) -> None:
    own = hostname(name, printed(name))
    renamed = printed(name).replace(own, "nama-baru")
    assert verdict(Reader(name, [renamed], renamed, "nama-baru"), stored(name, printed(name))) == "good"


@pytest.mark.parametrize("name", NAMES)
def test_every_other_platforms_configuration_is_refused(name: str) -> None:
    for other in NAMES:
        text = printed(other)
        if other != name:
            assert isinstance(copied(Reader(name, [text], text, "perangkat-ini")), TargetError), other


@pytest.mark.parametrize("name", NAMES)
def test_much_smaller_than_last_time_is_refused(name: str) -> None:
    text = printed(name)
    assert verdict(Reader(name, [text], text), stored(name, text) * 3) == str(Reason.INCOMPLETE)


LOG = {
    "IOS": "*Nov 21 08:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
    "IOS, numbered": "000123: Nov 21 08:00:01: %SYS-5-CONFIG_I: Configured from console by vty0",
    "IOS, time since start": "1w2d: %LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan1, changed state to up",
    "IOS, no time": "%SYS-5-CONFIG_I: Configured from console by otomasi on vty0",
    "NX-OS": "2026 Nov 21 08:00:01 sw1 %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)",
    "EOS": "Nov 21 08:00:01 sw1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to down",
    "VRP": "Nov 21 2026 08:00:01+07:00 sw1 %%01IFNET/4/LINK_STATE(l)[0]:The line protocol has entered the DOWN state.",
    "Comware": "%Nov 21 08:00:01:123 2026 sw1 IFNET/3/PHY_UPDOWN: Physical state on the interface GE1/0/1 changed.",
    "RouterOS": "08:00:01 echo: system,error,critical login failure for user admin from 192.0.2.66 via ssh",
    "Junos": "Message from syslogd@r1 at Nov 21 08:00:01  ...",
    "ArubaOS-Switch": "W 11/21/26 08:00:01 00077 ports: port 1 is now off-line",
    "EdgeSwitch": "<14> Nov 21 08:00:01 192.0.2.1-1 TRAPMGR[dot1s]: traputil.c(696) 123 %% Link Down: 0/1",
    "AOS-CX": "2026-11-21T08:00:01.123456+07:00 sw1 intfd[123]: Event|403|LOG_INFO|AMM|-|Link status is down",
}


def logged(name: str, line: str, place: float, middle: bool = False) -> str:
    """The configuration with a log line printed into it, between two lines or behind the beginning of one."""
    lines = printed(name).rstrip("\n").split("\n")
    at = int(len(lines) * place)
    if middle:
        at = next(number for number in range(at, len(lines)) if len(lines[number]) > 3)
        lines[at] = f"{lines[at][:-2]}{line}\n{lines[at][-2:]}"
    else:
        lines.insert(at, line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("line", LOG.values(), ids=list(LOG))
@pytest.mark.parametrize("name", NAMES)
def test_log_lines_in_both_answers_are_taken_out_when_the_rest_agrees(name: str, line: str) -> None:
    """So in the first alone, and in the answer that proves the end; the same line in both is none of it either."""
    one, two = logged(name, line, 0.4), logged(name, line, 0.6)
    for shown in ([one, two], [one, printed(name)], [one, one]):
        copy = copied(Reader(name, shown, logged(name, line, 0.99)))
        assert isinstance(copy, ConfigCopy), copy
        assert (copy.proven, copy.text) == (True, stored(name, printed(name)))


@pytest.mark.parametrize("kind", ["IOS", "VRP", "Comware"])
@pytest.mark.parametrize("name", NAMES)
def test_a_log_line_that_begins_in_the_middle_of_a_line_is_refused(name: str, kind: str) -> None:
    text = logged(name, LOG[kind], 0.5, middle=True)
    assert verdict(Reader(name, [text], printed(name))) == str(Reason.REFUSED_OUTPUT)


@pytest.mark.parametrize(
    "line",
    [
        " description 100% ke gedung B: %link utama",
        "! 21 Nov: diganti oleh petugas",
        ' event syslog pattern "LINK-3-UPDOWN"',
        "banner motd ^C Nov 21 pemeliharaan pukul 08:00:00 ^C",
        " info-center source IFNET channel 0 log level warning",
        " logging format %m/%d/%y",
    ],
)
def test_lines_of_a_configuration_that_look_a_little_like_a_log_are_kept(line: str) -> None:
    lines = printed("cisco_ios").split("\n")
    copy = copied(Reader("cisco_ios", ["\n".join([*lines[:14], line, *lines[14:]])]))
    assert isinstance(copy, ConfigCopy)
    assert f"{line}\n" in copy.text


@pytest.mark.parametrize("name", NAMES)
def test_hostile_blanks_take_no_longer_than_other_text(name: str) -> None:
    """Patterns that try every blank with every other would take minutes here."""
    text = stored(name, printed(name))
    for filler in ("\n" * 20_000, (" " * 200 + "\n") * 100, " " * 15_000 + "\n"):
        big = text.replace("\n", f"\n{filler}", 1)
        assert normalised(name, big)
        verdict(Reader(name, [big], big))
        platforms.get(name).refuses(big)
        redact(name, big, hidden)
