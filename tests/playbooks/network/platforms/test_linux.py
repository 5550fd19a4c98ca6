"""Plain Linux: outputs in its form, recordings where they are at hand, its configuration command in a shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from playbooks.network.platforms import get
from playbooks.network.platforms.linux import FILES, up_s
from tests.playbooks.network.samples import samples

NAME = "linux"
OF = samples(NAME)
LINUX = get(NAME)


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


def test_recordings_are_read_rightly() -> None:
    assert OF.recorded("top") == {"cpu_percent": 37.5, "memory_percent": 26.3, "uptime_s": 7860.0}
    assert OF.recorded("dmidecode_-t_system") == {"model": "ProG4 Deepseek G6", "serial": "AA111100AA"}
    (route,) = OF.recorded("ip_route_show", "_linkdown")["default_routes"]
    assert (route["gateway"], route["interface"], route["active"]) == ("192.168.1.1", "enp0s25", True)
    addresses = {one["name"]: one["addresses"] for one in OF.recorded("ip_address_show", "2")["interfaces"]}
    assert addresses["eth0"] == ["192.168.121.241/24", "192.168.121.45/24"]
    states = {one["name"]: (one["up"], one["master"]) for one in OF.recorded("ip_link_show")["interfaces"]}
    assert (states["br-218f5e637867"], states["brblue"]) == ((False, ""), (True, ""))
    assert [one["up"] for one in OF.recorded("ip_link_show", "_2")["interfaces"]] == [True, True, False]
