"""Juniper Junos: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network.backup import NotComplete, agreed, check_complete, digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.facts import Facts, Interface, Route
from playbooks.network.platforms import get
from playbooks.network.platforms.juniper_junos import statements
from playbooks.network.platforms.platform import OUR_END, Situation
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
NAME = "juniper_junos"
JUNOS = get(NAME)

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "show version": (
        "Hostname: sw-contoh\nModel: ex2300-24t\nJunos: 21.4R3-S5.4\nJUNOS OS Kernel 32-bit  [20230101.1]\n",
        {"hostname": "sw-contoh", "model": "ex2300-24t", "version": "21.4R3-S5.4"},
    ),
    "show chassis hardware": (
        "Hardware inventory:\n"
        "Item             Version  Part number  Serial number     Description\n"
        "Chassis                                JN0000000001      EX2300-24T\n",
        {"serial": "JN0000000001", "model": "EX2300-24T"},
    ),
    "show system uptime": (
        "Current time: 2026-11-21 08:00:00 WIB\nSystem booted: 2026-11-14 07:00:00 WIB (1w0d 01:00 ago)\n",
        {"uptime_s": 608400.0},
    ),
    "show system processes brief": (
        "last pid: 1;  load averages:  0.1,  0.1,  0.1  up 1+02:00:01    15:51:17\n"
        "CPU: 14.7% user,  0.0% nice,  4.2% system,  0.2% interrupt, 80.9% idle\n",
        {"cpu_percent": 19.1, "uptime_s": 93601.0},
    ),
    "show chassis routing-engine": (
        "Routing Engine status:\n"
        "  Slot 0:\n    Current state                  Backup\n    Memory utilization          99 percent\n"
        "    CPU utilization:\n      Idle                       1 percent\n"
        "  Slot 1:\n    Current state                  Master\n    Memory utilization          35 percent\n"
        "    5 sec CPU utilization:\n      User                       5 percent\n"
        "      Idle                      92 percent\n"
        "    1 min CPU utilization:\n      Idle                      50 percent\n",
        {"cpu_percent": 8.0, "memory_percent": 35.0},
    ),
    "show system storage": (
        "Filesystem              Size       Used      Avail  Capacity   Mounted on\n"
        "/dev/gpt/junos          1.2G       500M       600M        45%  /.mount\n"
        "/dev/md0                 20M        20M         0B       100%  /\n"
        "/dev/gpt/var            1.0G       900M       100M        91%  /.mount/var\n",
        {"storage_percent": 91.0},
    ),
    "show chassis alarms": (
        "1 alarms currently active\nAlarm time               Class  Description\n"
        "2026-11-20 10:00:00 WIB  Major  PEM 1 Not OK\n",
        {"alarms": [{"subject": "PEM 1 Not OK", "line": "2026-11-20 10:00:00 WIB  Major  PEM 1 Not OK"}]},
    ),
    "show arp no-resolve": (
        "MAC Address       Address         Interface                Flags\n"
        "00:00:5e:00:53:01 192.0.2.2       irb.20 [ge-0/0/1.0]      none\nTotal entries: 1\n\n{master:0}\n",
        {"arp": [{"address": "192.0.2.2", "mac": "00:00:5e:00:53:01", "interface": "irb.20"}]},
    ),
    "show lldp neighbors": (
        "Local Interface    Parent Interface    Chassis Id          Port info          System Name\n"
        "ge-0/0/1           ae0                 00:00:5e:00:53:01   ke gedung B        sw-b\n"
        "ge-0/0/2           -                   00:00:5e:00:53:02   xe-0/0/0 r-pusat\n",
        {
            "neighbors": [
                {"interface": "ge-0/0/1", "name": "sw-b", "port": "ke gedung B", "address": "", "platform": ""},
                {"interface": "ge-0/0/2", "name": "r-pusat", "port": "xe-0/0/0", "address": "", "platform": ""},
            ]
        },
    ),
    "show spanning-tree interface": (
        "\nSpanning tree interface parameters for instance 0\n\n"
        "Interface                  Port ID    Designated         Designated         Port    State  Role\n"
        "                                       port ID           bridge ID          Cost\n"
        "ge-0/0/0                   128:513      128:513   8192.0019e2500340          1000   FWD    ROOT\n"
        "ge-0/0/2                   128:515      128:515  32768.0019e2503f00         20000   BLK    ALT\n",
        {
            "stp_ports": [
                {"interface": "ge-0/0/0", "role": "root", "state": "forwarding", "instance": "0"},
                {"interface": "ge-0/0/2", "role": "alternate", "state": "blocking", "instance": "0"},
            ]
        },
    ),
    "show bgp summary": (
        "Threading mode: BGP I/O\nGroups: 2 Peers: 3 Down peers: 1\n"
        "Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received\n"
        "192.0.2.1             64496       1165       1238       0       1 9w2d 5:23:37 Establ\n"
        "  inet.0: 23/224/224/0\n"
        "192.0.2.5             64497          0          0       0       0       41:23 Active\n"
        "2001:db8::1           64498          5          6       0       0     2:03:04 1/2/2/0              0/0/0/0\n",
        {
            "bgp_peers": [
                {"address": a, "remote_as": n, "state": s, "note": f"{a} AS {n} {w}"}
                for a, n, s, w in (
                    ("192.0.2.1", "64496", "Established", "Establ 9w2d 5:23:37"),
                    ("192.0.2.5", "64497", "Active", "Active 41:23"),
                    ("2001:db8::1", "64498", "Established", "1/2/2/0 2:03:04"),
                )
            ]
        },
    ),
    "show ospf neighbor": (
        "Address          Interface              State           ID               Pri  Dead\n"
        "192.0.2.2        ge-0/0/1.0             Full            10.255.0.2       128    35\n",
        {
            "ospf_neighbors": [
                {"router_id": "10.255.0.2", "address": "192.0.2.2", "interface": "ge-0/0/1.0", "state": "Full"}
            ]
        },
    ),
    "show ospf interface detail": (
        "Interface           State   Area            DR ID           BDR ID          Nbrs\n"
        "ge-0/0/1.0          PtToPt  0.0.0.1         0.0.0.0         0.0.0.0            1\n"
        "  Type: P2P, Address: 192.0.2.1, Mask: 255.255.255.252, MTU: 1500, Cost: 1\n"
        "  Adj count: 1\n  Hello: 10, Dead: 40, ReXmit: 5, Not Stub\n"
        "lo0.0               DRother 0.0.0.0         0.0.0.0         0.0.0.0            0\n"
        "  Type: LAN, Address: 10.255.0.1, Mask: 255.255.255.255, MTU: 65535, Cost: 0\n"
        "  Adj count: 0, Passive\n  Hello: 10, Dead: 40, ReXmit: 5, Not Stub\n",
        {
            "ospf_interfaces": [
                {"name": "ge-0/0/1.0", "area": "0.0.0.1", "hello_s": 10, "dead_s": 40, "mtu": 1500, "passive": False,
                 "kind": "P2P", "neighbors": 1},
                {"name": "lo0.0", "area": "0.0.0.0", "hello_s": 10, "dead_s": 40, "mtu": 65535, "passive": True,
                 "kind": "LAN", "neighbors": 0},
            ]
        },
    ),
    "show route 0.0.0.0/0 exact": (
        "\ninet.0: 5 destinations, 6 routes (5 active, 0 holddown, 0 hidden)\n"
        "+ = Active Route, - = Last Active, * = Both\n\n"
        "0.0.0.0/0          *[Static/5] 1w2d 03:04:05\n                    > to 192.0.2.1 via ge-0/0/0.0\n"
        "                    [OSPF/150] 00:01:00, metric 1, tag 0\n                    > to 192.0.2.5 via ge-0/0/1.0\n"
        "\nlain.inet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n\n"
        "0.0.0.0/0          *[Static/5] 00:00:01\n                    > to 192.0.2.9 via ge-0/0/9.0\n",
        {
            "default_routes": [
                {"prefix": "0.0.0.0/0", "gateway": g, "interface": i, "protocol": p, "active": a, "distance": d}
                for g, i, p, a, d in (
                    ("192.0.2.1", "ge-0/0/0.0", "static", True, 5),
                    ("192.0.2.5", "ge-0/0/1.0", "ospf", False, 150),
                )
            ]
        },
    ),
    "show ntp associations no-resolve": (
        "     remote           refid      st t when poll reach   delay   offset  jitter\n"
        "==============================================================================\n"
        "+192.0.2.8       198.51.100.1     4 -  118 1024  377    0.908   -0.039   0.016\n"
        "*192.0.2.9       198.51.100.1     4 -  455 1024  375    0.990   -0.058   0.020\n",
        {
            "clock_synchronised": True,
            "clock_line": "*192.0.2.9       198.51.100.1     4 -  455 1024  375    0.990   -0.058   0.020",
        },
    ),
}  # fmt: skip
INTERFACES = """Physical interface: ge-0/0/0, Enabled, Physical link is Up
  Interface index: 134, SNMP ifIndex: 502
  Description: ke pusat
  Link-level type: Ethernet, MTU: 1514, LAN-PHY mode, Link-mode: Full-duplex, Speed: 10Gbps, BPDU Error: None,
  Input errors: 3, Output errors: 4

  Logical interface ge-0/0/0.0 (Index 74) (SNMP ifIndex 535)
    Flags: Up SNMP-Traps 0x4004000 Encapsulation: ENET2
    Protocol inet, MTU: 1500
      Addresses, Flags: Is-Preferred Is-Primary
        Destination: 192.0.2.0/30, Local: 192.0.2.1, Broadcast: 192.0.2.3
    Protocol inet6, MTU: 1500
      Addresses, Flags: Is-Preferred
        Destination: fe80::/64, Local: fe80::200:5eff:fe00:5301
      Addresses, Flags: Is-Preferred
        Destination: 2001:db8::/64, Local: 2001:db8::1

Physical interface: ge-0/0/1, Administratively down, Physical link is Down
  Link-level type: Ethernet, MTU: 1514, Link-mode: Auto, Speed: Auto

  Logical interface ge-0/0/1.0 (Index 75) (SNMP ifIndex 536)
    Flags: Hardware-Down Device-Down SNMP-Traps 0x4000 Encapsulation: ENET2

Physical interface: lo0, Enabled, Physical link is Up
  Type: Loopback, MTU: Unlimited

  Logical interface lo0.0 (Index 76) (SNMP ifIndex 16)
    Flags: SNMP-Traps Up Encapsulation: Unspecified
    Protocol inet, MTU: Unlimited
      Addresses, Flags: Is-Default Is-Primary
        Local: 10.255.0.1
"""
OPTICS = """Physical interface: xe-0/0/0
    Laser output power                        :  0.5000 mW / -3.01 dBm
    Laser receiver power                      :  0.0100 mW / -20.00 dBm
    Laser rx power low alarm threshold        :  0.0100 mW / -20.00 dBm
    Laser rx power low warning threshold      :  0.0158 mW / -18.01 dBm
Physical interface: xe-0/0/1
    Receiver signal average optical power     :  0.0000 mW / - Inf dBm
"""
CONFIG = """## Last commit: 2026-11-20 10:00:00 WIB by otomasi
version 21.4R3-S5.4;
system {
    host-name sw-contoh;
    root-authentication {
        encrypted-password "$6$abc$rahasiaakar"; ## SECRET-DATA
    }
    login {
        message "Hanya yang berwenang\\nsw-contoh> ";
        user otomasi {
            class super-user;
            authentication {
                encrypted-password "$6$def$rahasiauser"; ## SECRET-DATA
                ssh-rsa "ssh-rsa AAAAB3contoh otomasi@contoh";
            }
        }
    }
    radius-server {
        192.0.2.8 secret "$9$rahasiaradius"; ## SECRET-DATA
    }
    authentication-order [ password radius ];
}
interfaces {
    ge-0/0/0 {
        unit 0 {
            family inet {
                address 192.0.2.2/30;
            }
        }
    }
    ge-0/0/1 {
        disable;
    }
    ge-0/0/2 {
        unit 5 {
            disable;
        }
    }
}
snmp {
    community rahasiasnmp {
        authorization read-only;
    }
    community rahasiakedua;
}
routing-options {
    static {
        route 0.0.0.0/0 next-hop 192.0.2.9;
    }
}
policy-options {
    community LOKAL members 64496:1;
}
protocols {
    bgp {
        group luar {
            authentication-key "$9$rahasiabgp"; ## SECRET-DATA
        }
    }
    ospf {
        area 0.0.0.0 {
            interface ge-0/0/0.0 {
                authentication {
                    md5 1 key rahasiaospf;
                }
            }
        }
    }
}
security {
    ike {
        policy kantor {
            pre-shared-key ascii-text "$9$rahasiaike"; ## SECRET-DATA
        }
    }
}
"""
SECRETS = ("$6$abc$rahasiaakar", "$6$def$rahasiauser", "$9$rahasiaradius", "rahasiasnmp", "rahasiakedua",
           "$9$rahasiabgp", "rahasiaospf", "$9$rahasiaike")  # fmt: skip
WHOLE = CONFIG + OUR_END + "\n"


@pytest.mark.parametrize("command", SAMPLES)
def test_an_output_gives_exactly_these_facts(command: str) -> None:
    output, facts = SAMPLES[command]
    assert parse(NAME, command, output) == facts


@pytest.mark.parametrize("command", SAMPLES)
def test_another_commands_output_tells_nothing(command: str) -> None:
    for other, (output, _) in SAMPLES.items():
        if other != command:
            assert parse(NAME, command, output) == {"unparsed": True}, other


def test_ports_and_their_units() -> None:
    found = {one["name"]: one for one in parse(NAME, "show interfaces statistics", INTERFACES)["interfaces"]}
    port = found["ge-0/0/0"]
    assert (port["up"], port["description"], port["mtu"]) == (True, "ke pusat", 1514)
    assert (port["speed_mbps"], port["duplex"], port["errors"]) == (10000, "full", 7)
    assert found["ge-0/0/0.0"]["addresses"] == ["192.0.2.1/30", "2001:db8::1/64"]
    assert found["lo0.0"]["addresses"] == ["10.255.0.1/32"]
    assert [(found[name]["enabled"], found[name]["up"]) for name in ("ge-0/0/1", "ge-0/0/1.0", "lo0.0")] == [
        (False, False), (False, False), (True, True)]  # fmt: skip


def test_the_light_of_an_optic() -> None:
    (one,) = parse(NAME, "show interfaces diagnostics optics", OPTICS)["interfaces"]
    assert (one["name"], one["rx_dbm"], one["rx_low_dbm"]) == ("xe-0/0/0", -20.0, -18.01)


@pytest.mark.parametrize(
    ("command", "output", "facts"),
    [
        ("show chassis alarms", "No alarms currently active\n", {"alarms": []}),
        ("show route 0.0.0.0/0 exact", "\n{master:0}\n", {"default_routes": []}),
        ("show bgp summary", "BGP is not running\n", {"unparsed": True}),
        ("show ospf neighbor", "OSPF instance is not running\n", {"unparsed": True}),
    ],
)
def test_nothing_there_is_a_fact_where_it_could_be_missed(command: str, output: str, facts: dict[str, Any]) -> None:
    assert parse(NAME, command, output) == facts


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show bgp summary", SAMPLES["show bgp summary"][0].replace("Peers: 3", "Peers: 4")),
        ("show chassis alarms", SAMPLES["show chassis alarms"][0].replace("1 alarms", "2 alarms")),
        ("show arp no-resolve", SAMPLES["show arp no-resolve"][0].replace("entries: 1", "entries: 2")),
        ("show system uptime", SAMPLES["show system uptime"][0] * 2),
        ("show lldp neighbors", SAMPLES["show lldp neighbors"][0].replace("xe-0/0/0 r", "ke lantai dua r")),
    ],
)
def test_what_is_not_read_whole_or_not_certain_tells_nothing(command: str, output: str) -> None:
    assert parse(NAME, command, output) == {"unparsed": True}


def test_exactly_the_secrets_are_hidden() -> None:
    shown = redact(NAME, CONFIG, hidden)
    assert not [secret for secret in SECRETS if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())
    assert redact(NAME, shown, hidden).count("<disamarkan>") == len(SECRETS)


def test_a_commit_without_a_change_is_no_change() -> None:
    assert digest(NAME, CONFIG.replace("10:00:00", "11:30:00")) == digest(NAME, WHOLE)
    assert digest(NAME, CONFIG.replace("192.0.2.9;", "192.0.2.1;")) != digest(NAME, CONFIG)


def accepted(text: str, previous: str | None = None, prompt: str = "") -> bool:
    try:
        check_complete(NAME, text, previous, prompt)
    except NotComplete:
        return False
    return True


def test_two_readings_that_agree_are_whole_and_no_truncation_is() -> None:
    assert agreed(NAME, CONFIG, CONFIG.replace("10:00:00", "10:00:09"), None).endswith(f"}}\n{OUR_END}\n")
    assert accepted(WHOLE, WHOLE, "sw-contoh")
    data = WHOLE.encode()
    assert [at for at in range(len(data)) if accepted(data[:at].decode())] == []


def test_two_readings_cut_alike_are_not_whole() -> None:
    """Inside of a block never; behind one only until a former copy shows what is missing."""
    inside = CONFIG[: CONFIG.index("    ospf {")]
    assert not accepted(normalised(NAME, agreed(NAME, inside, inside, None)))
    behind = CONFIG[: CONFIG.index("security {")]
    assert not accepted(normalised(NAME, agreed(NAME, behind, behind, WHOLE)))


def test_refusals_and_another_devices_configuration_are_no_backup() -> None:
    for text in ("", "error: permission denied\n}\n", "               ^\nunknown command.\n"):
        assert not accepted(text)
    assert not accepted(WHOLE, prompt="router-lain")


def situation(code: str, subject: str, config: str = CONFIG, gateway: str = "") -> Situation:
    facts = Facts(interfaces=(Interface("ge-0/0/0.0", addresses=("192.0.2.2/30",)),))
    before = Facts(default_routes=(Route("0.0.0.0/0", "192.0.2.1", protocol="static"),))
    return Situation(Finding(code, Severity.MAJOR, subject, "", ""), facts, before, config, gateway)


def test_statements_are_named_as_set_names_them() -> None:
    found = statements(CONFIG)
    assert "interfaces ge-0/0/2 unit 5 disable" in found
    assert "routing-options static route 0.0.0.0/0 next-hop 192.0.2.9" in found
    assert "system authentication-order [ password radius ]" in found


@pytest.mark.parametrize(
    ("port", "where"),
    [("ge-0/0/1", "ge-0/0/1"), ("ge-0/0/1.0", "ge-0/0/1"), ("ge-0/0/2.5", "ge-0/0/2 unit 5")],
)
def test_a_port_that_is_switched_off_is_switched_on_for_three_minutes(port: str, where: str) -> None:
    change = JUNOS.repairs["link.admin_down"](situation("link.admin_down", port))
    assert change is not None
    assert change.commands == (f"delete interfaces {where} disable",)
    assert change.inverse == (f"set interfaces {where} disable",)
    assert JUNOS.leave_armed[0] == "commit confirmed 3"


def test_a_port_that_the_configuration_does_not_switch_off_is_left_alone() -> None:
    assert JUNOS.repairs["link.admin_down"](situation("link.admin_down", "ge-0/0/0")) is None


def test_the_default_route_goes_back_to_its_gateway() -> None:
    change = JUNOS.repairs["gateway.unreachable"](situation("gateway.unreachable", "192.0.2.9"))
    head = "routing-options static route 0.0.0.0/0 next-hop"
    assert change is not None
    assert change.commands == (f"set {head} 192.0.2.1", f"delete {head} 192.0.2.9")
    assert change.inverse == (f"set {head} 192.0.2.9", f"delete {head} 192.0.2.1")


@pytest.mark.parametrize(
    "route",
    ["route 0.0.0.0/0 reject;", "route 0.0.0.0/0 next-hop 192.0.2.1;", "inactive: route 0.0.0.0/0 next-hop 192.0.2.9;",
     "route 0.0.0.0/0 next-hop [ 192.0.2.9 192.0.2.10 ];"],
)  # fmt: skip
def test_a_default_route_that_somebody_shaped_is_left_alone(route: str) -> None:
    config = CONFIG.replace("route 0.0.0.0/0 next-hop 192.0.2.9;", route)
    assert JUNOS.repairs["gateway.unreachable"](situation("gateway.unreachable", "", config)) is None


PROMPT = re.compile(r"(?:\A|\n)" + JUNOS.prompt.replace("NAME", "sw-contoh") + r"[ \t]*\Z")


@pytest.mark.parametrize(
    "prompt",
    [
        "otomasi@sw-contoh> ",
        "\n{master:0}\notomasi@sw-contoh> ",
        "\n{primary:node0}\notomasi@sw-contoh> ",
        "\n{master}[edit]\notomasi@sw-contoh# ",
        "\n[edit interfaces ge-0/0/0]\notomasi@sw-contoh# ",
        "\n# commit confirmed will be rolled back in 3 minutes\n[edit]\notomasi@sw-contoh# ",
    ],
)
def test_prompts_of_every_mode_are_prompts_with_what_belongs_to_them(prompt: str) -> None:
    found = PROMPT.search("    }\n}\n" + prompt)
    assert found is not None
    assert "{master" not in ("    }\n}\n" + prompt)[: found.start()]
    assert "[edit" not in ("    }\n}\n" + prompt)[: found.start()]
    assert "commit" not in ("    }\n}\n" + prompt)[: found.start()]


@pytest.mark.parametrize("line", ["sw-contoh>", "    message otomasi@sw-contoh> ", "otomasi@sw-lain> ", "}", "[edit]"])
def test_lines_that_look_alike_are_no_prompts(line: str) -> None:
    assert PROMPT.search("\n" + line) is None


@pytest.mark.parametrize("text", ["syntax error, expecting <command>.", "error: configuration database modified"])
def test_refusals_are_recognised_and_warnings_are_none(text: str) -> None:
    assert JUNOS.refuses(text)
    assert not JUNOS.refuses("warning: statement not found")


def recorded() -> list[Path]:
    return sorted((RECORDINGS / "cli" / NAME).glob("*/*.raw"))


def words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [word for key, each in value.items() if key not in ("line", "note") for word in words(each)]
    return [word for each in value for word in words(each)] if isinstance(value, list) else []


def test_facts_of_recordings_stand_in_them() -> None:
    if not recorded():
        pytest.skip(f"no recordings at {RECORDINGS}")
    read = 0
    for file in recorded():
        text = file.read_text(errors="replace")
        facts = parse(NAME, file.parent.name, text)
        read += "unparsed" not in facts
        for word in words(facts):
            assert word.partition("/")[0].removesuffix("ished").lower() in text.lower(), (file, word)
    assert read >= 14


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("show_system_uptime/juniper_junos_show_system_uptime.raw", "uptime_s", 13374960.0),
        ("show_chassis_hardware/juniper_junos_show_chassis_hardware3.raw", "model", "JNP204 [MX204]"),
        ("show_chassis_hardware/juniper_junos_show_chassis_hardware_dac_no_revision.raw", "model", ""),
        ("show_version/juniper_junos_show_version_ex.raw", "version", "13.2X51-D35.3"),
        ("show_version/juniper_junos_show_version_vmhost.raw", "version", ""),
        ("show_system_processes_summary/juniper_junos_show_system_processes_summary.raw", "cpu_percent", 19.0),
    ],
)
def test_recordings_are_read_rightly(name: str, key: str, value: Any) -> None:
    file = RECORDINGS / "cli" / NAME / name
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    assert parse(NAME, file.parent.name, file.read_text())[key] == value


def test_recorded_tables_are_read_rightly() -> None:
    if not recorded():
        pytest.skip(f"no recordings at {RECORDINGS}")
    texts = {file.name.removeprefix(f"{NAME}_"): file.read_text() for file in recorded()}
    ports = parse(NAME, "show ethernet-switching interfaces", texts["show_ethernet-switching_interfaces.raw"])
    shut = {one["name"]: one["error_disabled"] for one in ports["interfaces"] if one["error_disabled"]}
    assert shut == {
        "ge-0/0/4.0": "MAC limit exceeded",
        "ge-0/0/5.0": "MAC move limit exceeded",
        "ge-0/0/6.0": "Storm control in effect",
        "ge-0/0/17.0": "Disabled by bpdu-control",
    }
    unit = parse(NAME, "show interfaces", texts["show_interfaces.raw"])["interfaces"][1]
    assert (unit["name"], unit["addresses"]) == ("ge-0/0/0.2036", ["10.10.199.180/29"])
    assert len(parse(NAME, "show bgp summary", texts["show_bgp_summary.raw"])["bgp_peers"]) == 6
    assert len(parse(NAME, "show arp no-resolve", texts["show_arp_no-resolve.raw"])["arp"]) == 9
