"""Packages of a host that are older than its own sources have them: read by a simulation, nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playbooks.findings import Finding, Severity
from playbooks.hosting.connect import Shell

NAME = r"[a-z0-9][a-z0-9+.-]{1,99}"
VERSION = r"[0-9](?:[A-Za-z0-9.+~:-]{0,98}[A-Za-z0-9~])?"
"""Debian Policy 5.6.1 and 5.6.12; the wrapper on the host knows the same (templates/pelihara-paket.sh)."""
_TOLD = 10
_OLD_DAYS = 14
# As `apt-get -s` prints it (APT, pkgSimulate): a package that is not there yet has no old version.
_INST = re.compile(rf"Inst (?P<name>{NAME})(?::[a-z0-9-]+)? \[(?P<old>{VERSION})\] \((?P<new>{VERSION}) (?P<origin>.*)")
# Apt's own failure must not pass for "nothing to do", nor must lists that nobody fetches any more.
_READ = """
command -v apt-get >/dev/null || exit 0
told=$(LC_ALL=C apt-get -s -qq -o Debug::NoLocking=1 dist-upgrade)
at=0
eval "$(apt-config shell lists Dir::State::lists/d)"
for each in "$lists" "$lists/partial"; do
    [ ! -e "$each" ] || [ "$(stat -c %Y "$each")" -le "$at" ] || at=$(stat -c %Y "$each")
done
echo "Days $((($(date +%s) - at) / 86400))"
printf '%s\\n' "$told"
"""


@dataclass(frozen=True)
class Outdated:
    """One installed package, its version and the one that apt would install."""

    name: str
    old: str
    new: str
    security: bool = False
    """Whether the new version comes from the distribution's security archive."""

    @property
    def line(self) -> str:
        return f"{self.name} {self.old} -> {self.new}"

    @property
    def versions(self) -> tuple[str, str, str]:
        """As an official calls it, its version and the new one."""
        return f"Paket {self.name}", self.old, self.new


def parse(output: str) -> list[Outdated]:
    """Packages from the lines of a simulation, those with security fixes first; any other line is passed over."""
    read = (_INST.match(line) for line in output.splitlines())
    found = {each["name"]: _outdated(each) for each in read if each}
    return sorted(found.values(), key=lambda each: (not each.security, each.name))


def _outdated(of: re.Match[str]) -> Outdated:
    return Outdated(of["name"], of["old"], of["new"], "security" in of["origin"].lower())


def read(shell: Shell) -> list[Outdated]:
    """As they are now. Raises TargetError."""
    return parse(shell.script(_READ))


def outdated(shell: Shell) -> list[Finding]:
    """Findings of a host whose packages have updates. The host is asked once a run. Raises TargetError."""
    said = shell.once(_READ)
    return [*judge(shell.name, parse(said), _days(said))]


def _days(output: str) -> int:
    """Age of the host's package lists; none where there is no apt."""
    said = re.match(r"Days (\d{1,6})\n", output)
    return int(said[1]) if said else 0


def judge(host: str, found: Sequence[Outdated], days: int) -> Iterator[Finding]:
    """One finding of a host, however many packages; another when its lists are too old to say."""
    if found:
        fixes = sum(each.security for each in found)
        rest = f"; dan {len(found) - _TOLD} lagi" if len(found) > _TOLD else ""
        evidence = f"{len(found)} paket, {fixes} di antaranya perbaikan keamanan: "
        evidence += "; ".join(each.line for each in found[:_TOLD]) + rest
        severity = Severity.MAJOR if fixes else Severity.WARNING
        advice = "Perbarui paket host satu per satu dan periksa semua situsnya sesudah tiap paket."
        yield Finding("packages.outdated", severity, host, evidence, advice)
    if days > _OLD_DAYS:
        evidence = f"daftar paket terakhir diambil {days} hari yang lalu; pembaruan yang baru tidak terlihat"
        yield Finding(
            "packages.outdated", Severity.WARNING, host, evidence, "Jalankan apt-get update di host tiap hari."
        )
