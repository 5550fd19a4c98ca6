"""How backups of websites are shown: where each is, why it stays, and what goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from flows.cli.answer import plain, status, table

if TYPE_CHECKING:
    from flows.jobs.site_care import Cared, Listed
    from playbooks.hosting.retention import Fate


def print_listed(found: Sequence[Listed], to: Console) -> None:
    """A table a website, newest backup first."""
    for each in found:
        to.print(plain(each.name, "bold"))
        if each.trouble:
            to.print(status("failed", each.trouble))
        elif each.host or each.off_host:
            to.print(table(("Cadangan", "MB", "Di server", "Di luar server", "Terbukti pulih"), _rows(each)))
        else:
            to.print(plain("  belum ada cadangan"))


def _rows(found: Listed) -> Iterator[tuple[object, ...]]:
    host, off = ({fate.backup.name: fate for fate in fates} for fates in (found.host, found.off_host))
    backups = {name: fate.backup for name, fate in (off | host).items()}
    for name in sorted(backups, reverse=True):
        proven = found.proven.get(name)
        size = f"{backups[name].bytes / 1e6:.1f}"
        yield name, size, _told(host.get(name)), _told(off.get(name)), f"{proven:%Y-%m-%d}" if proven else ""


def _told(fate: Fate | None) -> Text:
    if fate is None:
        return plain("tidak ada", "dim")
    return plain(", ".join(fate.reasons)) if fate.stays else plain("DIBUANG", "yellow")


def print_pruned(done: Sequence[Cared], going: Sequence[str], to: Console) -> None:
    """What was thrown away, or what to do so that it will be."""
    if not going:
        to.print(plain("Tidak ada yang lewat masa simpan."))
    elif not done:
        to.print(plain("Belum ada yang dibuang; ulangi dan jawab ya, atau dengan --yes."))
    for each in done:
        said = each.detail or f"{len(each.removed)} dibuang"
        to.print(status("ok" if each.status == "ok" else "failed", f"{each.name}: {said}"))
