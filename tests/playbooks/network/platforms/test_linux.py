"""Plain Linux: outputs in its form, recordings where they are at hand, its configuration command in a shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from playbooks.network.backup import NotComplete, check_complete, digest
from playbooks.network.diagnose import parse
from playbooks.network.platforms import get
from playbooks.network.platforms.linux import FILES, up_s
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
NAME = "linux"
LINUX = get(NAME)

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "uname -snr": ("Linux srv-contoh 6.1.0-13-amd64\n", {"hostname": "srv-contoh"}),
    "cat /etc/os-release": (
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n',
        {"version": "Debian GNU/Linux 12 (bookworm)"},
    ),
    "cat /proc/uptime": ("93601.25 180000.10\n", {"uptime_s": 93601.25}),
    "ip route show": (
        "default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.2 metric 100 \n"
        "default via 192.0.2.5 dev eth1 proto static metric 20 linkdown \n"
        "default proto static metric 200 \n\tnexthop via 192.0.2.9 dev eth2 weight 1 \n\tnexthop dev ppp0 weight 1 \n"
        "198.51.100.0/24 dev eth1 proto kernel scope link src 198.51.100.1 linkdown \n"
        "unreachable 203.0.113.0/24 \n",
        {
            "default_routes": [
                {"prefix": "0.0.0.0/0", "gateway": g, "interface": i, "protocol": p, "active": a, "distance": 1}
                for g, i, p, a in (
                    ("192.0.2.1", "eth0", "dhcp", True),
                    ("192.0.2.5", "eth1", "static", False),
                    ("192.0.2.9", "eth2", "static", False),
                    ("", "ppp0", "static", False),
                )
            ]
        },
    ),
    "ip neighbour show": (
        "192.0.2.1 dev eth0 lladdr 00:00:5e:00:53:01 REACHABLE\n192.0.2.7 dev eth0  FAILED\n"
        "fe80::1 dev eth0 lladdr 00:00:5e:00:53:01 router STALE\n",
        {
            "arp": [
                {"address": "192.0.2.1", "mac": "00:00:5e:00:53:01", "interface": "eth0"},
                {"address": "fe80::1", "mac": "00:00:5e:00:53:01", "interface": "eth0"},
            ]
        },
    ),
    "arp -a": (
        "gw.example.go.id (192.0.2.1) at 00:00:5e:00:53:01 [ether] on eth0\n"
        "? (192.0.2.7) at <incomplete> on eth0\n",
        {"arp": [{"address": "192.0.2.1", "mac": "00:00:5e:00:53:01", "interface": "eth0"}]},
    ),
    "lldpctl -f keyvalue": (
        "lldp.eth0.via=LLDP\nlldp.eth0.rid=1\nlldp.eth0.chassis.mac=00:00:5e:00:53:01\nlldp.eth0.chassis.name=sw-pusat\n"
        "lldp.eth0.chassis.descr=Contoh OS\nlldp.eth0.chassis.mgmt-ip=192.0.2.1\nlldp.eth0.port.ifname=Gi0/1\n",
        {
            "neighbors": [
                {"interface": "eth0", "name": "sw-pusat", "port": "Gi0/1", "address": "192.0.2.1",
                 "platform": "Contoh OS"}
            ]
        },
    ),
    "vmstat 1 2": (
        "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n"
        " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n"
        " 1  0      0 100000  20000 300000    0    0     5     5   50   60 90  5  5  0  0\n"
        " 0  0      0 100000  20000 300000    0    0     0     0   55   70  8  4 88  0  0\n",
        {"cpu_percent": 12.0},
    ),
    "cat /proc/meminfo": (
        "MemTotal:        8000000 kB\nMemFree:          500000 kB\nMemAvailable:    6000000 kB\n",
        {"memory_percent": 25.0},
    ),
    "df -P /": (
        "Filesystem     1024-blocks     Used Available Capacity Mounted on\n"
        "/dev/sda1         20000000 18000000   1000000      95% /\n",
        {"storage_percent": 95.0},
    ),
    "timedatectl": (
        "               Local time: Sat 2026-11-21 08:00:00 WIB\nSystem clock synchronized: no\n"
        "              NTP service: active\n",
        {"clock_synchronised": False, "clock_line": "System clock synchronized: no"},
    ),
    "chronyc -n tracking": (
        "Reference ID    : C0000209 (192.0.2.9)\nStratum         : 3\nLeap status     : Normal\n",
        {"clock_synchronised": True, "clock_line": "Leap status     : Normal"},
    ),
    "ntpq -pn": (
        "     remote           refid      st t when poll reach   delay   offset  jitter\n"
        "==============================================================================\n"
        " 192.0.2.9       .INIT.          16 -    - 1024    0    0.000    0.000 4000.00\n",
        {"clock_synchronised": False, "clock_line": ""},
    ),
    "dmidecode -t system": (
        "# dmidecode 3.4\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: Contoh\n"
        "\tProduct Name: Server 1\n\tSerial Number: To be filled by O.E.M.\n",
        {"model": "Server 1", "serial": ""},
    ),
}  # fmt: skip
LINKS = """1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq master br0 state UP group default qlen 1000
    link/ether 00:00:5e:00:53:01 brd ff:ff:ff:ff:ff:ff
    alias ke pusat
    inet 192.0.2.2/30 brd 192.0.2.3 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 2001:db8::2/64 scope global
       valid_lft forever preferred_lft forever
    inet6 fe80::200:5eff:fe00:5301/64 scope link
       valid_lft forever preferred_lft forever
    RX:  bytes packets errors dropped  missed   mcast
       1000000   10000     12       0       0       0
    TX:  bytes packets errors dropped carrier collsns
       2000000   20000      3       0       0       0
3: eth0.10@eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default qlen 1000
    link/ether 00:00:5e:00:53:01 brd ff:ff:ff:ff:ff:ff
4: eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 9000 qdisc mq state DOWN group default qlen 1000
    link/ether 00:00:5e:00:53:02 brd ff:ff:ff:ff:ff:ff
5: ppp0: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1492 qdisc fq_codel state UNKNOWN group default qlen 3
    link/ppp
    inet 198.51.100.7 peer 198.51.100.1/32 scope global ppp0
       valid_lft forever preferred_lft forever
"""
CONFIG = """# file /etc/hostname
srv-contoh
# file /etc/hosts
127.0.0.1 localhost
192.0.2.2 srv-contoh.example.go.id srv-contoh
# file /etc/resolv.conf
# Generated by NetworkManager
nameserver 192.0.2.53
# file /etc/network/interfaces
auto eth0
iface eth0 inet static
    address 192.0.2.2/30
    gateway 192.0.2.1
    # root@srv-contoh:~# bukan prompt
iface wlan0 inet dhcp
    wpa-ssid kantor
    wpa-psk rahasia wifi
# file /etc/netplan/50-contoh.yaml
network:
  wifis:
    wlan1:
      access-points:
        kantor:
          password: "rahasianetplan"
  tunnels:
    wg0:
      key: rahasiakunci=
      peers:
        - keys:
            public: terbuka=
            shared: rahasiabersama=
# file /etc/systemd/network/wg1.netdev
[WireGuard]
PrivateKey=rahasiawg=
[WireGuardPeer]
PublicKey=terbuka=
PresharedKey = rahasiapsk=
# file /etc/NetworkManager/system-connections/kantor.nmconnection
[wifi-security]
key-mgmt=wpa-psk
psk=rahasianm
[802-1x]
password=rahasiadot1x
private-key-password=rahasiaberkas
# file /etc/sysctl.d/99-contoh.conf
net.ipv4.ip_forward = 1
# end of configuration
"""
SECRETS = ("rahasia wifi", '"rahasianetplan"', "rahasiakunci=", "rahasiabersama=", "rahasiawg=", "rahasiapsk=",
           "rahasianm", "rahasiadot1x", "rahasiaberkas")  # fmt: skip


@pytest.mark.parametrize("command", SAMPLES)
def test_an_output_gives_exactly_these_facts(command: str) -> None:
    output, facts = SAMPLES[command]
    assert parse(NAME, command, output) == facts


@pytest.mark.parametrize("command", SAMPLES)
def test_another_commands_output_tells_nothing(command: str) -> None:
    for other, (output, _) in SAMPLES.items():
        if other != command:
            assert parse(NAME, command, output) == {"unparsed": True}, other


def test_links_with_addresses_and_counters() -> None:
    found = {one["name"]: one for one in parse(NAME, "ip -s address show", LINKS)["interfaces"]}
    assert list(found) == ["lo", "eth0", "eth0.10", "eth1", "ppp0"]
    one = found["eth0"]
    assert (one["addresses"], one["errors"]) == (["192.0.2.2/30", "2001:db8::2/64"], 15)
    assert (one["description"], one["master"], one["mtu"]) == ("ke pusat", "br0", 1500)
    states = {name: (each["enabled"], each["up"]) for name, each in found.items()}
    assert states == {"lo": (True, True), "eth0": (True, True), "eth0.10": (False, False), "eth1": (True, False),
                      "ppp0": (True, True)}  # fmt: skip
    assert found["ppp0"]["addresses"] == ["198.51.100.7/32"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (" 16:17:57 up 11 days,  6:15,  1 user,  load average: 0.09, 0.06, 0.01", 972900),
        ("top - 12:33:53 up  2:11,  5 users,  load average: 0.12", 7860),
        (" 08:00:00 up 1 day, 12 min,  2 users,  load average: 0", 87120),
        (" 08:00:00 up 7 min,  0 users,  load average: 0", 420),
    ],
)
def test_uptimes(text: str, seconds: int) -> None:
    assert up_s(text) == seconds


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("ip route show", "default via 192.0.2.1 dev eth0\nsesuatu yang lain\n"),
        ("ip neighbour show", "192.0.2.1 dev eth0 lladdr 00:00:5e:00:53:01 REACHABLE\n?\n"),
        ("ip address show", "sesuatu\n" + LINKS),
        ("vmstat 1 2", SAMPLES["vmstat 1 2"][0] + " 1 2 3\n"),
        ("chronyc -n tracking", "506 Cannot talk to daemon\n"),
        ("dmidecode -t system", "bash: dmidecode: command not found\n"),
    ],
)
def test_what_is_not_read_whole_or_not_certain_tells_nothing(command: str, output: str) -> None:
    assert parse(NAME, command, output) == {"unparsed": True}


def test_exactly_the_secrets_are_hidden() -> None:
    shown = redact(NAME, CONFIG, hidden)
    assert not [secret for secret in SECRETS if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())


def test_comments_are_no_change_and_settings_are() -> None:
    assert digest(NAME, CONFIG.replace("Generated by", "Ditulis oleh")) == digest(NAME, CONFIG)
    assert digest(NAME, CONFIG.replace("    gateway", "    #gateway")) != digest(NAME, CONFIG)


def accepted(text: str, previous: str | None = None, prompt: str = "") -> bool:
    try:
        check_complete(NAME, text, previous, prompt)
    except NotComplete:
        return False
    return True


def test_a_whole_configuration_is_accepted_and_no_truncation_is() -> None:
    assert accepted(CONFIG, CONFIG, "srv-contoh")
    data = CONFIG.encode()
    assert [at for at in range(len(data)) if accepted(data[:at].decode())] == []


def test_refusals_and_another_devices_configuration_are_no_backup() -> None:
    denied = "# file /etc/hostname\nawk: cannot open /etc/hostname (Permission denied)\n# end of configuration\n"
    for text in ("", "-bash: for: command not found\n", denied, "# end of configuration\n"):
        assert not accepted(text)
    assert not accepted(CONFIG, prompt="srv-lain")


def printed(folder: Path, shell: str = "sh") -> str:
    """What the configuration command prints in a shell, its files looked for below `folder`."""
    files = " ".join(f"{folder}{file}" for file in FILES.split())
    command = LINUX.config_command.replace(FILES, files)
    return subprocess.run([shell, "-c", command], capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_configuration_command_prints_the_files_that_are_there(tmp_path: Path, shell: str) -> None:
    netplan = tmp_path / "etc" / "netplan"
    netplan.mkdir(parents=True)
    (tmp_path / "etc" / "hostname").write_text("srv-contoh")
    (netplan / "01-a.yaml").write_text("network:\n  version: 2\n")
    assert printed(tmp_path, shell) == (
        f"# file {tmp_path}/etc/hostname\nsrv-contoh\n# file {netplan}/01-a.yaml\nnetwork:\n  version: 2\n"
        "# end of configuration\n"
    )


def test_a_file_that_may_not_be_read_leaves_the_end_mark_away(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "hostname").write_text("srv-contoh\n")
    unreadable = LINUX.config_command.replace(FILES, f"{tmp_path}/etc/hostname").replace("awk 1", "false")
    text = subprocess.run(["sh", "-c", unreadable], capture_output=True, text=True, check=False).stdout
    assert "srv-contoh" not in text
    assert "# end of configuration" not in text


PROMPT = re.compile(r"(?:\A|\n)" + LINUX.prompt.replace("NAME", "srv-contoh") + r"[ \t]*\Z")


@pytest.mark.parametrize(
    "prompt",
    ["otomasi@srv-contoh:~$ ", "root@srv-contoh:/etc/network# ", "[root@srv-contoh ~]# ", "srv-contoh:~# ",
     "(venv) otomasi@srv-contoh:~/kerja satu$ ", "srv-contoh$ "],
)  # fmt: skip
def test_prompts_of_users_and_root_are_prompts(prompt: str) -> None:
    assert PROMPT.search("# end of configuration\n" + prompt) is not None


@pytest.mark.parametrize(
    "line", [CONFIG.splitlines()[13], "srv-contoh", "192.0.2.2 srv-contoh", "otomasi@srv-lain:~$ ", "# ", "$ "]
)
def test_lines_that_look_alike_are_no_prompts(line: str) -> None:
    assert PROMPT.search("\n" + line) is None


def recorded() -> list[Path]:
    return sorted((RECORDINGS / "cli" / NAME).glob("*/*.raw"))


def words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [word for key, each in value.items() if key != "prefix" for word in words(each)]
    return [word for each in value for word in words(each)] if isinstance(value, list) else []


def test_facts_of_recordings_stand_in_them() -> None:
    if not recorded():
        pytest.skip(f"no recordings at {RECORDINGS}")
    read = 0
    for file in recorded():
        text = file.read_text(errors="replace")
        facts = parse(NAME, file.parent.name, text)
        read += "unparsed" not in facts
        assert [word for word in words(facts) if word not in text] == [], file
    assert read >= 6


def test_recordings_are_read_rightly() -> None:
    if not recorded():
        pytest.skip(f"no recordings at {RECORDINGS}")
    facts = {file.name.removeprefix("linux_"): parse(NAME, file.parent.name, file.read_text()) for file in recorded()}
    assert facts["top.raw"] == {"cpu_percent": 37.5, "memory_percent": 26.3, "uptime_s": 7860.0}
    assert facts["dmidecode_-t_system.raw"] == {"model": "ProG4 Deepseek G6", "serial": "AA111100AA"}
    (route,) = facts["ip_route_show_linkdown.raw"]["default_routes"]
    assert (route["gateway"], route["interface"], route["active"]) == ("192.168.1.1", "enp0s25", True)
    addresses = {one["name"]: one["addresses"] for one in facts["ip_address_show2.raw"]["interfaces"]}
    assert addresses["eth0"] == ["192.168.121.241/24", "192.168.121.45/24"]
    states = {one["name"]: (one["up"], one["master"]) for one in facts["ip_link_show.raw"]["interfaces"]}
    assert (states["br-218f5e637867"], states["brblue"]) == ((False, ""), (True, ""))
    assert [one["up"] for one in facts["ip_link_show_2.raw"]["interfaces"]] == [True, True, False]
