"""A whole, real-shaped configuration of every platform: cut at any byte, logged into, huge, another device's."""

from __future__ import annotations

import pytest

from playbooks.findings import Reason
from playbooks.network import platforms
from playbooks.network.backup import NotComplete, agreed, check_complete, normalised, significant
from playbooks.network.platforms.platform import OUR_END
from playbooks.network.redaction import hidden, redact
from tests.playbooks.network.samples import NAMES, samples


def whole(name: str) -> str:
    """As it is stored: the device's configuration and, where it prints no end, ours."""
    shape = platforms.get(name)
    text = normalised(name, samples(name).config)
    return text if text.endswith(f"\n{shape.end_mark}\n") else f"{text}{shape.end_mark}\n"


def refused(name: str, text: str) -> Reason | None:
    try:
        check_complete(name, text)
    except NotComplete as error:
        return error.reason
    return None


@pytest.mark.parametrize("name", NAMES)
def test_no_configuration_cut_at_any_byte_is_whole(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(name, whole(name)) is None
    data = whole(name).encode()
    good = [at for at in range(len(data)) if refused(name, data[:at].decode("utf-8", "replace")) is None]
    with capsys.disabled():
        print(f"\n{name:20} cut at each of {len(data):5} bytes: {len(good)} taken for whole", end="")
    assert good == []


@pytest.mark.parametrize("name", NAMES)
def test_answers_cut_at_different_places_never_agree(name: str) -> None:
    text = whole(name).removesuffix(f"{OUR_END}\n")
    cuts = [text[:at] for at in range(0, len(text), 1 + len(text) // 40)]
    proven = [agreed(name, one, text, None) for one in cuts if significant(name, one) != significant(name, text)]
    assert set(proven) == {""}


LOG = {
    "IOS": "*Nov 21 08:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
    "IOS, numbered": "000123: Nov 21 08:00:01: %SYS-5-CONFIG_I: Configured from console by vty0",
    "IOS, time since start": "1w2d: %LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan1, changed state to up",
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


@pytest.mark.parametrize("line", LOG.values(), ids=list(LOG))
@pytest.mark.parametrize("name", NAMES)
def test_a_log_line_inside_is_refused_and_taken_out_when_two_answers_agree(name: str, line: str) -> None:
    lines = whole(name).split("\n")
    one, two = ("\n".join([*lines[:at], line, *lines[at:]]) for at in (len(lines) // 3, len(lines) // 2))
    assert refused(name, one) is Reason.REFUSED_OUTPUT
    assert agreed(name, one, two, None) == whole(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["IOS", "VRP", "Comware"])
def test_a_log_line_that_begins_in_the_middle_of_a_line_is_refused(name: str, kind: str) -> None:
    text = whole(name)
    middle = text.index("\n", len(text) // 2) - 2
    assert refused(name, f"{text[:middle]}{LOG[kind]}\n{text[middle:]}") is Reason.REFUSED_OUTPUT


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
    lines = whole("cisco_ios").split("\n")
    assert refused("cisco_ios", "\n".join([*lines[:9], line, *lines[9:]])) is None


@pytest.mark.parametrize("name", NAMES)
def test_hostile_blanks_take_no_longer_than_other_text(name: str) -> None:
    """Patterns that try every blank with every other would take minutes here."""
    text = whole(name)
    for filler in ("\n" * 20_000, (" " * 200 + "\n") * 100, " " * 15_000 + "\n"):
        big = text.replace("\n", f"\n{filler}", 1)
        assert normalised(name, big)
        refused(name, big)
        platforms.get(name).refuses(big)
        redact(name, big, hidden)
