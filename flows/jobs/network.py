"""Network jobs: the devices of an office diagnosed and backed up, and the register told of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from flows.jobs.targets import BackedUp, batches, picked
from flows.office import Office
from inventory.credentials import CredentialError
from playbooks.findings import Reason, TargetError, TargetResult
from playbooks.network import platforms
from playbooks.network.backup import NotComplete, check_plausible
from playbooks.network.endpoints import Endpoint, endpoint
from playbooks.network.errands import Errand, Visit
from playbooks.network.fleet import Crew, crew
from playbooks.network.history import History, HistoryError
from sop.register.records import SOFTWARE, Actor, BackupNote, ConfigVersion, NewConfig

if TYPE_CHECKING:
    from flows.jobs.changes import Progress
    from inventory.models import Inventory
    from playbooks.network.diagnose import Baseline, DeviceReading
    from sop.register import Register

log = logging.getLogger("pelihara.network")

BATCH = 50
"""Devices that are recorded in one transaction."""
GATHER_S = 0.3
"""How long a device that came home waits for others to be recorded with."""

_UNPROVEN = (
    "dua pembacaan sama dan disimpan, tetapi belum dihitung cadangan baik: perangkat tidak dapat menunjukkan di mana"
    " konfigurasinya berakhir; cocokkan akhirnya di perangkat, dan perbarui firmware bila bisa"
)
_IF_REPLACED = "bila perangkat ini memang diganti atau dikosongkan: pelihara network backup {name} --replaced"


@dataclass(frozen=True)
class DeviceBackedUp(BackedUp):
    commit: str = ""
    """Of the history, when the configuration changed."""


@dataclass(frozen=True)
class Purpose:
    """What devices are examined for."""

    read: bool = True
    """A diagnosis."""
    back_up: bool = True
    settle: bool = True
    """False when the caller settles the readings, together with others."""
    replaced: bool = False
    """The devices were replaced or emptied, a person says: a copy need not be like the last good one."""


@dataclass(frozen=True)
class Examined:
    """One device, read in one session: its diagnosis, its backup, or both."""

    name: str
    reading: DeviceReading | None = None
    backup: DeviceBackedUp | None = None


BOTH = Purpose()


def chosen(office: Office, names: Sequence[str], opd: str = "", every: bool = False) -> list[str]:
    """The devices meant, each once, in the order given. Raises BadInput for what the inventory does not know."""
    return picked("perangkat", office.inventory.devices, office.inventory.opd, names, opd, every)


def diagnose_devices(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
) -> list[TargetResult]:
    """Diagnose devices in parallel; a device that cannot be read has its reason and holds up no other.

    Raw outputs and findings become evidence; a run without serious findings becomes the next baseline.
    """
    done = examine(office, names, case_id, on_progress, actor, Purpose(back_up=False))
    return [each.reading for each in done if each.reading]


def back_up_devices(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    replaced: bool = False,
) -> list[DeviceBackedUp]:
    """Back up devices in parallel: full text sealed, redacted text to the history, one commit a run.

    `replaced`: see Purpose.
    """
    done = examine(office, names, case_id, on_progress, actor, Purpose(read=False, replaced=replaced))
    return [each.backup for each in done if each.backup]


def examine(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    purpose: Purpose = BOTH,
) -> list[Examined]:
    """Diagnose and back up devices with one log-in each; in the order of `names`."""
    wanted = list(names)
    backups: dict[str, DeviceBackedUp] = {}
    readings: dict[str, DeviceReading] = {}
    for home in _visits(office, wanted, purpose):
        if purpose.back_up:
            backups |= _keep_backups(office, home, case_id, actor)
        for found in home:
            if purpose.read:
                readings[found.name] = found.seen
            if on_progress:
                on_progress(found.name, found.said)
    in_order = [readings[name] for name in wanted if name in readings]
    if in_order and purpose.settle:
        in_order = _settled(office, in_order, case_id, actor)
    joined = {each.name: each for each in in_order}
    commits = project(office, [each.name for each in backups.values() if each.status != "failed"], case_id)
    return [Examined(name, joined.get(name), _with_commit(backups.get(name), commits)) for name in wanted]


def _settled(office: Office, readings: list[DeviceReading], case_id: str, actor: Actor) -> list[DeviceReading]:
    # What judges takes a while to load, and a backup judges nothing.
    from flows.jobs.readings import settle

    return settle(office, readings, case_id, actor)


def read_devices(office: Office, names: Iterable[str], on_progress: Progress | None = None) -> list[DeviceReading]:
    """Readings that have yet to be settled; nothing is kept."""
    done = examine(office, names, on_progress=on_progress, purpose=Purpose(back_up=False, settle=False))
    return [each.reading for each in done if each.reading]


def _visits(office: Office, names: list[str], purpose: Purpose) -> Iterator[list[Visit]]:
    """Visits as they come home, those of about one moment together.

    Only the sessions run side by side; the register is spoken to here.
    """
    fleet, away = batches(names, BATCH), 0
    with crew(len(names)) as sent:
        while True:
            while away < sent.size + BATCH and (some := next(fleet, None)):
                _send(office, some, purpose, sent)
                away += len(some)
            if not away:
                return
            register = office.register  # the first time it is loaded and opened, while the devices answer
            home = _gathered(sent.home, min(away, BATCH))
            away -= len(home)
            yield home if purpose.replaced else _held_to_the_last(register, office.inventory, home)


def _gathered(came: SimpleQueue[Visit], most: int) -> list[Visit]:
    """Up to `most` that came: the first, and who follows it within GATHER_S."""
    home = [came.get()]
    end = monotonic() + GATHER_S
    with suppress(Empty):
        while len(home) < most:
            home.append(came.get(timeout=max(0.0, end - monotonic())))
    return home


def _send(office: Office, names: list[str], purpose: Purpose, to: Crew) -> None:
    known = _baselines(office, names) if purpose.read else {}
    for name in names:
        try:
            where = device_endpoint(office, name)
        except TargetError as error:
            to.home.put(Visit(name, reason=error.reason, detail=error.detail))
            continue
        device = office.inventory.devices[name] if purpose.read else None
        to.send(Errand(where, device, known.get(name), purpose.back_up))


def _baselines(office: Office, names: list[str]) -> dict[str, Baseline]:
    from flows.jobs.readings import last_baselines

    return last_baselines(office, names)


def device_endpoint(office: Office, name: str) -> Endpoint:
    """How a device is reached and logged into. Raises TargetError when a secret or its platform is not there."""
    try:
        platforms.get(office.inventory.devices[name].platform)
        return endpoint(office.inventory, name, office.known_hosts)
    except (platforms.UnknownPlatform, CredentialError) as error:
        # Nobody refused anything: the login could not even be tried.
        raise TargetError(name, Reason.ERROR, str(error)) from None


def _keep_backups(office: Office, home: list[Visit], case_id: str, actor: Actor) -> dict[str, DeviceBackedUp]:
    """In one transaction; a failed backup is noted and leaves the last good one alone (invariant 4)."""
    copies = [(found.name, found.config) for found in home if found.config]
    new = [NewConfig(name, copy.text, copy.redacted, copy.digest, copy.proven) for name, copy in copies]
    with office.register.at_once():
        kept = {version.device: version for version in office.register.keep_configs(new, case_id, actor)}
        done = {found.name: _backed_up(found, kept.get(found.name)) for found in home}
        now = office.register.clock()
        notes = [BackupNote(b.name, now, b.status, b.reason, b.detail, b.seconds) for b in done.values()]
        office.register.note_backups(notes, actor)
    return done


def _held_to_the_last(register: Register, inventory: Inventory, home: list[Visit]) -> list[Visit]:
    """A copy that cannot be of the same device, or lost most of what the last good one held, is refused."""
    copied = [found.name for found in home if found.config]
    last = register.newest_configs(copied) if copied else {}
    return [_held(found, inventory.devices[found.name].platform, last.get(found.name)) for found in home]


def _held(found: Visit, platform: str, last: str | None) -> Visit:
    try:
        if found.config and last:
            check_plausible(platform, found.config.text, last)
    except NotComplete as error:
        return found.refused(error.reason, f"{error.detail}; {_IF_REPLACED.format(name=found.name)}")
    return found


def _backed_up(found: Visit, version: ConfigVersion | None) -> DeviceBackedUp:
    if found.config is None or version is None:
        return DeviceBackedUp(found.name, "failed", found.seconds, str(found.reason or Reason.ERROR), found.detail)
    if version.quarantined:
        said = (str(Reason.UNPROVEN), _UNPROVEN, found.config.bytes)
        return DeviceBackedUp(found.name, "unproven", found.seconds, *said)
    status = "ok" if version.changed else "unchanged"
    return DeviceBackedUp(found.name, status, found.seconds, bytes=found.config.bytes)


def project(office: Office, names: list[str], case_id: str = "") -> dict[str, str]:
    """Bring the git history up to the register, in one commit; what was missed by a killed run comes along.

    A damaged history fails no backup: the register has it, and the nightly look (`jobs/archive.py`) writes it anew.
    """
    texts = office.register.newest_configs(names)
    if not texts:
        return {}
    try:
        return History(office.settings.configs).commit(texts, f"Cadangan konfigurasi {case_id}".rstrip())
    except HistoryError:
        log.exception("the history cannot be written")
        return {}


def _with_commit(backup: DeviceBackedUp | None, commits: dict[str, str]) -> DeviceBackedUp | None:
    return replace(backup, commit=commits.get(backup.name, "")) if backup else None
