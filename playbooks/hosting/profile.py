"""What a website stands on: its release, the versions under it, and until when its certificate holds. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from inventory.causes import cause
from playbooks.findings import Reason, TargetError
from playbooks.hosting import certificates
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site
from playbooks.hosting.updates import components

PARTS_S = 20
_MOST, _LONGEST = 200, 120
"""Components told of, and characters of each: names and versions are what the site's files say of themselves."""
_VERSIONS = r"""
PATH=$PATH:/usr/sbin
say() { [ -z "$2" ] || printf '%s\t%s\n' "$1" "$2"; }
site=$1/current server=$2 php=$3
say 'Sistem operasi' "$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")"
case $server in
    nginx) say nginx "$(nginx -v 2>&1 | sed -n 's|.*nginx/\([^ ]*\).*|\1|p')" ;;
    apache) say Apache "$(apache2 -v 2>/dev/null | sed -n 's|.*Apache/\([^ ]*\).*|\1|p')" ;;
esac
if [ -n "$php" ]; then
    for fpm in /usr/sbin/php-fpm[0-9]*; do :; done
    [ ! -x "$fpm" ] || say PHP "$("$fpm" -v | sed -n '1s/^PHP \([^ ]*\).*/\1/p')"
fi
say Rilis "$(basename "$(readlink "$site" || echo)")"
"""


@dataclass(frozen=True)
class Profile:
    """`versions` by component, as an official calls it; `missing` says what could not be read and why (Indonesian)."""

    versions: dict[str, str] = field(default_factory=dict)
    certificate_until: datetime | None = None
    registered_until: date | None = None
    """Of the domain, as the inventory has it."""
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        certificate, registered = self.certificate_until, self.registered_until
        return {
            "versions": self.versions,
            "certificate_until": certificate.isoformat() if certificate else "",
            "registered_until": registered.isoformat() if registered else "",
            "missing": [*self.missing],
        }


def read(site: Site, shell: Shell | None) -> Profile:
    """The profile of a site, without the host's side when there is no shell."""
    missing: list[str] = []
    versions = _versions(site, shell, missing)
    return Profile(versions, _certificate(site, missing), site.registered_until, tuple(missing))


def _versions(site: Site, shell: Shell | None, missing: list[str]) -> dict[str, str]:
    try:
        if shell is None:
            raise TargetError(site.website.host, Reason.UNREACHABLE)
        php = "" if site.website.kind == "static" else "php"
        about = (site.layout.base, site.host.webserver, php)
        read = parse(shell.script(_VERSIONS, *about, timeout_s=PARTS_S))
        parts = components.read(site.layout.current, shell.within(PARTS_S)).values()
        return dict([*read.items(), *((each.label, each.version) for each in parts)][:_MOST])
    except TargetError as error:
        missing.append(f"versi perangkat lunak: {error}")
        return {}


def parse(output: str) -> dict[str, str]:
    """Versions from the lines of `_VERSIONS` (component, tab, version); other lines are passed over."""
    pairs = (line.split("\t") for line in output.splitlines())
    read = [(pair[0][:_LONGEST], pair[1][:_LONGEST]) for pair in pairs if len(pair) == 2 and all(pair)]
    return dict(read[:_MOST])


def _certificate(site: Site, missing: list[str]) -> datetime | None:
    if site.website.tls.issuer == "none":
        return None
    try:
        return certificates.served(site, PARTS_S).until
    except (OSError, ValueError) as error:
        missing.append(f"sertifikat: {cause(error)}")
        return None
