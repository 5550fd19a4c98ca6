"""The restore drill of FRR, which is at hand wherever its package is installed.

Its daemons are started anew in namespaces of their own (`frr_drill.sh`), without a cable to anywhere. The process must
be root for that.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from playbooks.network.backup import normalised
from playbooks.network.drill import CannotDrill, Drill
from playbooks.network.platforms import frr_diff
from playbooks.network.redaction import hidden, redact

PROGRAMS = Path("/usr/lib/frr")
SCRIPT = Path(__file__).with_name("frr_drill.sh")
LONGEST_S = 60
SHOWN = 20
"""As many lines that came out differently as are told."""
DAEMONS = {
    "ospfd": r"^router ospf|^ ip ospf ",
    "bgpd": r"^router bgp |^rpki",
    "ospf6d": r"^router ospf6|^ ipv6 ospf6 ",
    "ripd": r"^router rip$|^ ip rip ",
    "ripngd": r"^router ripng",
    "isisd": r"^router isis|^ ip router isis ",
    "eigrpd": r"^router eigrp",
    "pimd": r"^ ip (?:pim|igmp)|^ip pim",
    "bfdd": r"^bfd$",
    "vrrpd": r"^ vrrp ",
    "babeld": r"^router babel",
    "ldpd": r"^mpls ldp",
    "pbrd": r"^pbr-map|^ pbr-policy",
}
"""What in a configuration asks for which daemon; zebra and staticd run always."""
INTERFACE = re.compile(r"^interface ([A-Za-z0-9][A-Za-z0-9._-]{0,14})(?: vrf \S+)?$", re.MULTILINE)

HOSTNAME = re.compile(r"^hostname ([A-Za-z0-9][A-Za-z0-9._-]{0,62})$", re.MULTILINE)


def load(wanted: str) -> Drill:
    """Load a whole configuration into an FRR started for it alone. Raises CannotDrill where that cannot be."""
    _require_frr()
    daemons = ("zebra", "staticd", *_daemons(wanted))
    how = f"dimuat ke FRR baru yang terpisah ({', '.join(daemons)})"
    done = _load(wanted, daemons)
    if done is None:
        return Drill(False, how, f"tidak selesai dalam {LONGEST_S} detik")
    if done.returncode:
        said = redact("frr", done.stderr.decode("utf-8", "replace"), hidden).strip()
        return Drill(False, how, f"FRR menolak: {said[-300:]}")
    differences = _differences(wanted, normalised("frr", done.stdout.decode("utf-8", "replace")))
    detail = f"{len(differences)} baris keluar berbeda" if differences else "semua baris keluar sama"
    return Drill(not differences, how, detail, differences[:SHOWN])


def _require_frr() -> None:
    missing = [name for name in ("unshare", "ip", "vtysh", str(PROGRAMS / "zebra")) if shutil.which(name) is None]
    if missing:
        raise CannotDrill(f"FRR tidak lengkap di mesin ini: {', '.join(missing)} tidak ada")
    if os.geteuid() != 0:
        raise CannotDrill("FRR yang terpisah hanya dapat dijalankan oleh root")


def _daemons(text: str) -> tuple[str, ...]:
    wanted = [name for name, mark in DAEMONS.items() if re.search(mark, text, re.MULTILINE)]
    if missing := [name for name in wanted if not (PROGRAMS / name).exists()]:
        raise CannotDrill(f"FRR di mesin ini tidak punya {', '.join(missing)}")
    return tuple(wanted)


def _load(text: str, daemons: tuple[str, ...]) -> subprocess.CompletedProcess[bytes] | None:
    """None when it took too long; the namespaces end with it, whatever happens."""
    interfaces = sorted(set(INTERFACE.findall(text)) - {"lo"})
    apart = ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"]
    name = (HOSTNAME.findall(text) or ["uji"])[0]
    command = [*apart, "sh", str(SCRIPT), str(PROGRAMS), name, " ".join(daemons), " ".join(interfaces)]
    try:
        # Every argument is made here: daemons of our table, names that the patterns let through.
        return subprocess.run(  # noqa: S603
            command, input=text.encode(), capture_output=True, check=False, timeout=LONGEST_S, env=_environment()
        )
    except subprocess.TimeoutExpired:
        return None


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def _differences(wanted: str, got: str) -> tuple[str, ...]:
    """Lines by the blocks around them; what belongs to the installation (version, logging) left out."""
    old, new = (_significant(text) for text in (wanted, got))
    lines = [f"- {' / '.join(path)}" for path in old if path not in new]
    lines += [f"+ {' / '.join(path)}" for path in new if path not in old]
    return tuple(redact("frr", line, hidden) for line in lines)


def _significant(text: str) -> dict[frr_diff.Path, bool]:
    kept = ("frr ", "log ", "service ")
    return {path: block for path, block in frr_diff.paths(text).items() if not path[0].startswith(kept)}
