"""Which archive takes the place of an installed part, and why a newer one cannot. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.hosting.updates import components, versions
from playbooks.hosting.updates.catalogue import Available, Catalogue
from playbooks.hosting.updates.components import Component, Kind
from playbooks.hosting.updates.release import Update

ORDER: tuple[Kind, ...] = ("plugin", "theme", "core")
"""Plugins before WordPress: their authors make them ready for it beforehand."""
Installed = Mapping[tuple[Kind, str], Component]


@dataclass(frozen=True)
class Held:
    """A newer version on hand that cannot be installed, and why (Indonesian)."""

    update: Update
    why: str

    @property
    def line(self) -> str:
        return f"{self.update.label}: {self.why}"


@dataclass(frozen=True)
class Choice:
    """`due` stand in the order in which they are done."""

    due: tuple[Update, ...] = ()
    held: tuple[Held, ...] = ()


def choose(found: Installed, on_hand: Catalogue, php: str) -> Choice:
    """Of each part the newest version that fits under it; the newest of all is `held` when it does not.

    `php` is the version that the site runs on, empty when the host does not tell.
    """
    core = found.get(("core", components.CORE))
    due, held = [], []
    for old in sorted(found.values(), key=lambda each: (ORDER.index(each.kind), each.slug)):
        fates = [(_update(old, new), obstacle(old, new, core, php)) for new in on_hand.newer(old)]
        held += [Held(update, why) for update, why in fates[:1] if why]
        due += [update for update, why in fates if not why][:1]
    return Choice(tuple(due), tuple(held))


def _update(old: Component, new: Available) -> Update:
    return Update(old.kind, old.slug, old.main, old.version, new.version, new.archive, new.sha256)


def obstacle(old: Component, new: Available, core: Component | None, php: str) -> str:
    """Why a newer version cannot take the place of the installed one (Indonesian); empty when it can."""
    if new.main != old.main:
        return f"berkas utamanya {new.main}, yang terpasang {old.main}: WordPress akan mematikannya"
    if old.lone and not new.single:
        return "terpasang sebagai satu berkas, arsipnya satu folder: WordPress akan mematikannya"
    if new.requires and core and versions.newer(new.requires, core.version):
        return f"memerlukan WordPress {new.requires}, yang terpasang {core.version}"
    if new.requires_php and not php:
        return f"memerlukan PHP {new.requires_php}; versi PHP di host tidak terbaca"
    if versions.newer(new.requires_php, php):
        return f"memerlukan PHP {new.requires_php}, yang terpasang {php}"
    return ""
