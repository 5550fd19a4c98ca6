"""What real devices printed: read rightly or not at all, also when it is cut off, mixed up or in unknown words.

Own samples run everywhere; the recordings where there are any.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbooks.network import platforms
from playbooks.network.diagnose import parse
from playbooks.network.recordings import Recording, recordings, table

FOLDER = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[4] / "shared" / "recordings")) / "cli"

OWN = [
    ("cisco_ios", "show interfaces description", """Interface                      Status         Protocol Description
Gi0/1                          up             up       ke gedung B
Gi0/2                          admin down     down
Gi0/3                          down           down     cadangan
"""),
    ("cisco_ios", "show ip bgp summary", """BGP router identifier 192.0.2.1, local AS number 65001
Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2       4        65002     100     101       10    0    0 1d02h           5
192.0.2.6       4        65003       0       0        1    0    0 never    Idle (Admin)
"""),
    ("arista_eos", "show ip interface brief",
     """Interface              IP Address         Status     Protocol         MTU
Ethernet1              192.0.2.1/30       up         up              1500
Ethernet2              unassigned         down       notpresent      1500
Management1            198.51.100.9/24    admin down down            1500
"""),
    ("arista_eos", "show interfaces description",
     """Interface                      Status         Protocol           Description
Et1                            up             up                 ke pusat
Et2                            admin down     down
"""),
    ("cisco_nxos", "show port-channel summary",
     """Flags:  D - Down        P - Up in port-channel (members)
--------------------------------------------------------------------------------
Group Port-       Type     Protocol  Member Ports
      Channel
--------------------------------------------------------------------------------
1     Po1(SU)     Eth      LACP      Eth1/1(P)    Eth1/2(D)    Eth1/3(I)
2     Po2(SD)     Eth      NONE      --
"""),
    ("huawei_vrp", "display interface description", """PHY: Physical
*down: administratively down
Interface                     PHY     Protocol Description
GE0/0/1                       up      up       ke gedung B
GE0/0/2(10G)                  *down   down
Vlanif10                      up(s)   up(s)    pengelolaan
"""),
    ("huawei_vrp", "display eth-trunk", """Eth-Trunk1's state information is:
WorkingMode: NORMAL         Hash arithmetic: According to SIP-XOR-DIP
Operate status: up          Number Of Up Port In Trunk: 1
PortName                      Status      Weight
GigabitEthernet0/0/27         Up          1
Eth-Trunk2's state information is:
Operate status: down        Number Of Up Port In Trunk: 0
"""),
    ("hp_comware", "display interface", """GigabitEthernet1/0/1
Current state: UP
Line protocol state: UP
Description: ke gedung B
GigabitEthernet1/0/2
Current state: Administratively DOWN
Line protocol state: DOWN
"""),
]  # fmt: skip
"""Platform, command and output in the form the system prints it."""


def all_outputs() -> Iterator[tuple[str, str, str]]:
    yield from OWN
    for one in recordings(FOLDER):
        yield one.platform, one.command, one.text


@functools.cache
def readable() -> list[tuple[str, str, str, dict[str, Any]]]:
    every = [(*each, parse(*each)) for each in all_outputs()]
    return [each for each in every if each[3] != {"unparsed": True}]


def test_own_samples_are_read() -> None:
    def states(number: int) -> list[tuple[str, bool, bool]]:
        return [(one["name"], one["enabled"], one["up"]) for one in parse(*OWN[number])["interfaces"]]

    assert states(0) == [("Gi0/1", True, True), ("Gi0/2", False, False), ("Gi0/3", True, False)]
    assert [one["state"] for one in parse(*OWN[1])["bgp_peers"]] == ["Established", "Idle (Admin)"]
    assert states(2) == [("Ethernet1", True, True), ("Ethernet2", True, False), ("Management1", False, False)]
    assert parse(*OWN[2])["interfaces"][0]["addresses"] == ["192.0.2.1/30"]
    assert states(3) == [("Et1", True, True), ("Et2", False, False)]
    assert states(4) == [("Po1", True, True), ("Eth1/1", True, True), ("Eth1/2", True, False), ("Po2", True, False)]
    assert states(5) == [("GE0/0/1", True, True), ("GE0/0/2", False, False), ("Vlanif10", True, True)]
    assert states(6) == [("Eth-Trunk1", True, True), ("Eth-Trunk2", True, False)]
    assert states(7) == [("GigabitEthernet1/0/1", True, True), ("GigabitEthernet1/0/2", False, False)]


def test_every_recording_parses_or_is_counted_as_unparsed(capsys: pytest.CaptureFixture[str]) -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"no recordings at {FOLDER}")
    for *_, facts in readable():
        json.dumps(facts)
    counted = table(FOLDER)
    with capsys.disabled():
        print(f"\n{counted}", end="")
    parsed = {line.split()[0]: int(line.split("|")[2]) for line in counted.splitlines()[1:]}
    assert parsed["mikrotik_routeros"] >= 38
    assert parsed["cisco_ios"] >= 74
    assert parsed["all"] >= 328


def test_aliases_are_counted_with_their_platform(tmp_path: Path) -> None:
    for name, text in (("cisco_xe", OWN[0][2]), ("cisco_ios", "nothing\n")):
        folder = tmp_path / name / "show_interfaces_description"
        folder.mkdir(parents=True)
        (folder / "one.raw").write_text(text)
    (line,) = [line for line in table(tmp_path).splitlines() if line.startswith("cisco_ios")]
    assert [int(cell) for cell in line.split("|")[1:]] == [2, 1, 1]
    assert Recording("cisco_xe", "show_interfaces_description", tmp_path / "cisco_xe").platform == "cisco_xe"


FIRM = ("up", "enabled", "state", "role", "remote_as", "active")
"""What a cut-off reading must not say otherwise than the whole one; of the rest it may say less."""
LESS = ("", 0, None, [], False)


def agrees(part: dict[str, Any], whole: dict[str, Any]) -> bool:
    return all(
        whole[key] == value
        or (
            key not in FIRM
            and (value in LESS or key in ("line", "note", "rx_dbm", "rx_low_dbm", "addresses", "errors"))
        )
        or (key == "state" and not value)
        for key, value in part.items()
    )


CUTS = 6
"""So many a recording; where they fall differs from one to the next."""
MEMBERS = ("model", "serial", "uptime_s", "cpu_percent", "memory_percent", "restart_reason", "clock_line")
"""A stack cut off behind its first member is a whole stack of one."""
COMPLAINTS = ("alarms", "loops", "address_conflicts", "dhcp_strangers")


def test_an_output_that_is_cut_off_says_nothing_that_the_whole_one_denies() -> None:
    wrong = []
    for platform, command, text, whole in readable():
        lines = text.splitlines(keepends=True)
        for at in range(0, len(lines), 1 + len(lines) // CUTS):
            part = parse(platform, command, "".join(lines[:at]))
            for name in set(part) - {"unparsed", *MEMBERS, *COMPLAINTS}:
                wrong += [(platform, command, at, name)] * (not _within(part[name], whole.get(name)))
    assert wrong == []


def _within(part: Any, whole: Any) -> bool:
    if isinstance(part, list) and isinstance(whole, list):
        return bool(part) >= bool(whole) and all(any(agrees(one, each) for each in whole) for one in part)
    return bool(part == whole or not part)


STATES = re.compile(r"(?i)\b(?:up|down|connected|notconnect|disabled|estab\w*|idle|active|full|fwd|blk|forwarding)\b")
TOLD = ("interfaces", "ospf_neighbors", "bgp_peers", "stp_ports", "tunnels", "default_routes")


def test_a_state_in_unknown_words_is_neither_up_nor_down_nor_left_out() -> None:
    wrong = []
    for platform, command, text, whole in readable():
        for word in sorted(set(STATES.findall(text))):
            facts = parse(platform, command, re.sub(rf"\b{word}\b", "wibble", text))
            for name in set(TOLD) & set(facts) & set(whole):
                wrong += [(platform, command, word, name)] * (not _same_states(facts[name], whole[name]))
    assert wrong == []


def _same_states(mixed: list[dict[str, Any]], whole: list[dict[str, Any]]) -> bool:
    """As many things in the same states, but for what shows the unknown word itself."""
    firm = [[{key: one[key] for key in FIRM if key in one} for one in side] for side in (mixed, whole)]
    pairs = zip(*firm, strict=False)
    return len(mixed) == len(whole) and all(
        one[key] == two[key] or "wibble" in str(one[key]) for one, two in pairs for key in one
    )


def test_what_no_parser_knows_is_not_read_by_that_of_another_command() -> None:
    unknown = {(one.platform, one.command): one.text for one in recordings(FOLDER)
               if platforms.get(one.platform).parser_of(one.command) is None}  # fmt: skip
    unknown |= {("cisco_ios", "show vtp status"): "VTP Version : 2\n----------------\nConfiguration Revision : 5\n"}
    read = [
        (platform, command, known)
        for (platform, command), text in unknown.items()
        for known in {parser: known for known, parser in platforms.get(platform).parsers.items()}.values()
        if parse(platform, known, text) != {"unparsed": True}
    ]
    assert read == []


@pytest.mark.parametrize(
    "spelling",
    [
        "show interfaces description",
        "Show  Interfaces   description",
        "show_interfaces_description",
        "cisco_ios_show_interfaces_description",
        "cisco_ios_show_interfaces_description.textfsm",
        "sh int desc",
    ],
)
def test_a_command_is_known_however_it_is_written(spelling: str) -> None:
    assert parse("cisco_ios", spelling, OWN[0][2]) == parse(*OWN[0])


@pytest.mark.parametrize("spelling", ["s", "show", "show i", "", "show interfaces description extra"])
def test_what_could_mean_several_commands_is_none(spelling: str) -> None:
    assert parse("cisco_ios", spelling, OWN[0][2]) == {"unparsed": True}


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff", "\x00\x00", "\r\r\n", "R1#"])
def test_an_output_without_text_is_unparsed(text: str) -> None:
    for platform in platforms.ALL.values():
        for command in platform.parsers:
            assert parse(platform.name, command, text) == {"unparsed": True}, (platform.name, command)
