"""Cells as values of the inventory. Each raises ValueError with an Indonesian sentence; what is not sure is refused."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_interface

from slugify import slugify

_LONGEST_SLUG = 63


def slug(name: str) -> str:
    """The inventory's name for what people call `name`: always the same one, whatever else stands in the sheet."""
    made = slugify(name, regex_pattern=r"[^-a-z0-9_]+")[:_LONGEST_SLUG].strip("-_")
    if not made:
        raise ValueError("dari nama ini tidak dapat dibuat nama inventaris (huruf kecil, angka, - atau _)")
    return made


def address(cell: str) -> str:
    """An IP address or host name. A prefix length is dropped; an IPv6 address is written in its short form."""
    if re.search(r"[\s,;|]", cell):
        raise ValueError("lebih dari satu alamat; tulis satu saja, yang dipakai untuk SSH")
    if re.fullmatch(r"\d+", cell):
        raise ValueError(
            "titiknya hilang (lembar kerja menganggapnya bilangan); jadikan kolom ini Teks, lalu tulis ulang"
        )
    if re.fullmatch(r"[\d.]+(/\d+)?", cell) and re.search(r"\b0\d", cell):
        raise ValueError("ada nol di depan angka, artinya tidak pasti; tulis tanpa nol itu, misalnya 10.20.1.1")
    if re.fullmatch(r"[\d.]+:\d+", cell):
        raise ValueError("tulis alamatnya saja; port SSH ditulis di kolom Port")
    return _with_prefix(cell) if "/" in cell else _alone(cell)


def _with_prefix(cell: str) -> str:
    try:
        given = ip_interface(cell)
    except ValueError:
        raise ValueError("bukan alamat IP; tulis misalnya 10.20.1.1") from None
    if given.ip == given.network.network_address and given.network.num_addresses > 2:
        raise ValueError("ini alamat jaringan, bukan alamat perangkat")
    return _alone(str(given.ip))


def _alone(cell: str) -> str:
    try:
        given = ip_address(cell)
    except ValueError:
        return cell  # a host name, or something that the inventory's own rules refuse
    if given.is_unspecified or given.is_multicast:
        raise ValueError("ini bukan alamat sebuah perangkat")
    return str(given)


def port(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", cell):
        raise ValueError("harus nomor port SSH, misalnya 22")
    return int(cell)


def listed(cell: str) -> list[str]:
    """Names with commas, semicolons or lines between them."""
    return [name for name in (part.strip() for part in re.split(r"[,;]", cell)) if name]


def domain(cell: str) -> str:
    """A domain, also when the address of its front page was written."""
    return re.sub(r"^https?://|/$", "", cell.lower())
