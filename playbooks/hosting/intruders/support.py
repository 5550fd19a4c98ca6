"""Whether PHP and the operating system still get security fixes (support.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from playbooks.findings import Finding, Severity
from playbooks.hosting.connect import Shell

LIST = Path(__file__).with_name("support.yaml")
_VERSIONS = r"""
. /etc/os-release 2>/dev/null && echo "$ID ${VERSION_ID:-}" || echo
for fpm in /usr/sbin/php-fpm[0-9]*; do [ ! -x "$fpm" ] || latest=$fpm; done
[ -z "${latest:-}" ] || "$latest" -v | sed -n '1s/^PHP \([0-9]*\.[0-9]*\).*/\1/p'
"""


class System(BaseModel):
    """An operating system, and the PHP that it mends itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    until: date
    php: str = ""


class Support(BaseModel):
    """support.yaml: last days of security fixes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    php: Mapping[str, date]
    os: Mapping[str, System]


@cache
def support() -> Support:
    """The list as it is shipped. Raises ValidationError when somebody broke it."""
    return Support.model_validate(YAML(typ="safe").load(LIST))


def versions(shell: Shell) -> tuple[str, str]:
    """Operating system ("debian 12") and PHP ("8.2") of a host, empty where it does not say.

    The host is asked once a run. Raises TargetError.
    """
    system, php, *_ = [*shell.once(_VERSIONS).splitlines(), "", ""]
    known = re.fullmatch(r"([a-z]{2,20}) (\d+(\.\d+)?)", system.strip())
    return (known[0] if known else ""), (php if re.fullmatch(r"\d+\.\d+", php) else "")


def judge(host: str, system: str, php: str, today: date, held: Support) -> Iterator[Finding]:
    """Findings of what no longer gets fixes; what the list does not know is not judged."""
    entry = held.os.get(system)
    if entry and entry.until < today:
        advice = "Rencanakan pindah ke versi yang didukung; sampai saat itu batasi akses ke host."
        yield Finding("os.eol", Severity.MAJOR, host, f"{system}: perbaikan berakhir {entry.until}", advice)
    mended = bool(entry and entry.until >= today and entry.php == php)
    until = held.php.get(php)
    if until and until < today and not mended:
        advice = "Uji situs pada versi PHP yang didukung, lalu pindahkan pada waktu yang disepakati."
        yield Finding("php.eol", Severity.MAJOR, host, f"PHP {php}: perbaikan berakhir {until}", advice)
