"""Record sets of a zone: what a site wants there, whether it may have it, and the lines a person approves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.rrset

from inventory.models import RecordType
from playbooks.hosting.site import Site, SiteError

TTL_S = 300
ADDRESSES = ("A", "AAAA", "CNAME")
"""Records that say where a name leads; a name that leads somewhere has exactly one of them."""
OTHERS = ("CAA", "TXT", "MX", "SRV", "NS")
"""What else may stand at a name, so that no CNAME is put beside it (RFC 1034, section 3.6.2)."""


class Key(NamedTuple):
    """A record set's place: `name` with small letters and without the last dot."""

    name: str
    type: str


@dataclass(frozen=True)
class RecordSet:
    """`values` as DNS writes them, sorted."""

    ttl: int
    values: tuple[str, ...]


Records = Mapping[Key, RecordSet]


def of_rrset(rrset: dns.rrset.RRset) -> tuple[Key, RecordSet]:
    name = rrset.name.to_text(omit_final_dot=True).lower()
    values = tuple(sorted(rdata.to_text() for rdata in rrset))
    return Key(name, dns.rdatatype.to_text(rrset.rdtype)), RecordSet(rrset.ttl, values)


def parsed(kind: str, value: str) -> str:
    """A value as DNS writes it; names count from the root. TXT: plain text. Raises ValueError."""
    if kind == "TXT" and not value.startswith('"'):
        return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, _pieces(value.encode())).to_text()
    try:
        return dns.rdata.from_text("IN", kind, value, origin=dns.name.root, relativize=False).to_text()
    except dns.exception.DNSException as error:
        raise ValueError(str(error)) from None


def _pieces(text: bytes) -> list[bytes]:
    """A character-string holds 255 bytes (RFC 1035, section 3.3)."""
    return [text[start : start + 255] for start in range(0, len(text), 255)] or [b""]


def wanted(site: Site) -> dict[Key, tuple[str, ...]]:
    """What each of the site's record sets should be; empty: it should not be there. Raises SiteError."""
    address = "AAAA" if ":" in site.ip else "A"
    asked: dict[Key, tuple[str, ...]] = {Key(site.domain, kind): () for kind in ADDRESSES}
    asked[Key(site.domain, address)] = (site.ip,)
    for name, sets in site.website.records.items():
        _check_name(site, name, sets)
        leads = any(values for kind, values in sets.items() if kind in ADDRESSES)
        asked |= {Key(name, kind): () for kind in ADDRESSES if leads}
        asked |= {Key(name, kind): _values(site, name, kind, values) for kind, values in sets.items()}
    return asked


def _values(site: Site, name: str, kind: str, values: Iterable[str]) -> tuple[str, ...]:
    try:
        return tuple(sorted({parsed(kind, value) for value in values}))
    except ValueError:
        raise SiteError(f"{site.slug}: records {name} {kind} bukan isi yang sah untuk DNS") from None


def _check_name(site: Site, name: str, sets: Mapping[RecordType, Iterable[str]]) -> None:
    """A site has its own domain and what is below it, as far as that is not another site's."""
    if name != site.domain and not name.endswith(f".{site.domain}"):
        raise SiteError(f"{site.slug}: {name} bukan {site.domain} dan tidak di bawahnya")
    if name == site.domain and any(kind in sets for kind in ADDRESSES):
        raise SiteError(f"{site.slug}: alamat {name} mengikuti hosts.yaml, bukan records")
    for other in site.inventory.websites.values():
        nearer = other.domain != site.domain and other.domain.endswith(f".{site.domain}")
        if nearer and (name == other.domain or name.endswith(f".{other.domain}")):
            raise SiteError(f"{site.slug}: {name} milik website lain ({other.domain})")
    present = [kind for kind, values in sets.items() if [*values]]
    if "CNAME" in present and len(present) > 1:
        raise SiteError(f"{site.slug}: di {name} CNAME tidak boleh bersama {', '.join(present)}")


def check_zone(site: Site, names: Iterable[str]) -> None:
    """Refuses what is not a site's but the zone's: its own name, and names outside. Raises SiteError."""
    zone = site.zone[0]
    for name in names:
        if name == zone:
            raise SiteError(f"{site.slug}: {name} adalah puncak zona; hanya tim jaringan yang mengubahnya")
        if not name.endswith(f".{zone}"):
            raise SiteError(f"{site.slug}: {name} di luar zona {zone}")


def check_beside(site: Site, found: Records, after: Records) -> None:
    """Refuses a CNAME beside anything else that stands at its name and is not ours to take away. Raises SiteError."""
    kept = [key for key in found if key not in after or after[key].values]
    for name, kind in [*(key for key, records in after.items() if records.values), *kept]:
        beside = {key.type for key in [*kept, *(key for key in after if after[key].values)] if key.name == name}
        if kind == "CNAME" and beside != {"CNAME"}:
            others = ", ".join(sorted(beside - {"CNAME"}))
            raise SiteError(f"{site.slug}: di {name} ada {others}; CNAME tidak boleh bersamanya")


def goal(found: Records, asked: Mapping[Key, tuple[str, ...]]) -> dict[Key, RecordSet]:
    """Each set of `asked` as it should be; one that says the same already keeps its TTL."""
    none = RecordSet(TTL_S, ())
    same = {key: found.get(key, none) for key, values in asked.items() if found.get(key, none).values == values}
    return {key: same.get(key, RecordSet(TTL_S, values)) for key, values in asked.items()}


def owned(found: Records, keys: Iterable[Key]) -> dict[Key, RecordSet]:
    """Each set of `keys` as it is; empty where there is none."""
    return {key: found.get(key, RecordSet(TTL_S, ())) for key in keys}


def difference(before: Records, after: Records) -> tuple[str, ...]:
    """The lines of a change, what goes before what comes."""
    changed = [key for key in before if before[key] != after[key]]
    return (*_lines("hapus", before, changed), *_lines("tambah", after, changed))


def _lines(verb: str, records: Records, keys: Iterable[Key]) -> Iterator[str]:
    for name, kind in keys:
        held = records[Key(name, kind)]
        for value in held.values:
            yield f"{verb} {name}. {held.ttl} {kind} {value}"


def as_json(records: Mapping[Key, tuple[str, ...]]) -> dict[str, list[str]]:
    """What is wanted, for a plan's details."""
    return {f"{name}. {kind}": list(values) for (name, kind), values in records.items()}


_BY_THE_SERVER = ("RRSIG", "NSEC", "NSEC3")
"""Made anew by whoever signs the zone."""


def zone_text(zone: str, held: Records) -> str:
    """A zone as a master file (RFC 1035, section 5.1) in one order always: its SOA, then by name and type."""
    kept = [key for key in held if key.type not in _BY_THE_SERVER]
    ordered = sorted(kept, key=lambda key: (key != Key(zone, "SOA"), key.name.split(".")[::-1], key.type))
    lines = [f"{key.name}. {held[key].ttl} IN {key.type} {value}" for key in ordered for value in held[key].values]
    return "".join(f"{line}\n" for line in lines)
