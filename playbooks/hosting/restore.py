"""Bring a website back from a finished backup, loaded into a scratch database first; what was is kept till the end."""

from __future__ import annotations

from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup, copies, database, health, releases, tables, unpacking
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import Ladder, Outcome, Permit, Plan

# What was there stays until the site has proven itself; a second run finds it and does not take its place.
_SWAP = """
new=$1 live=$2 old=$3
[ -d "$new" ] || exit 0
chmod -R g+rwX "$new"
[ -e "$old" ] || [ ! -e "$live" ] || mv -T "$live" "$old"
rm -rf "$live"
mv -T "$new" "$live"
"""
_UNSWAP = '[ ! -e "$2" ] || { rm -rf "$1"; mv -T "$2" "$1"; }'


def plan(site: Site, shell: Shell, name: str = "") -> Plan:
    """Restore the backup `name` (a folder name as listed), or the newest. Raises SiteError when there is none."""
    chosen = _chosen(site, shell, name)
    return Plan(
        action="restore",
        target=site.slug,
        ladder=Ladder.B,
        summary=f"Pulihkan {site.domain} dari cadangan {chosen.name}",
        changes=tuple(_lines(site, chosen)),
        way_back=("basis data, berkas unggahan dan rilis sebelum pemulihan dikembalikan",),
        details={"backup": chosen.name, "files_sha256": chosen.files_sha256, "database_sha256": chosen.database_sha256},
    )


def _chosen(site: Site, shell: Shell, name: str) -> SiteBackup:
    found = [each for each in copies.candidates(site, shell) if name in ("", each.name)]
    if not found:
        raise SiteError(f"{site.slug}: tidak ada cadangan yang selesai{f' bernama {name!r}' if name else ''}")
    return found[0]


def _lines(site: Site, chosen: SiteBackup) -> list[str]:
    lines = [f"ganti {site.layout.shared}/{name} dengan isi cadangan" for name in site.shared]
    if chosen.database_sha256:
        lines.append(f"ganti basis data {database.name(site)} dengan isi cadangan")
    return [*lines, f"layani rilis {chosen.release or '(tidak ada)'} dari cadangan {chosen.name}"]


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan; always does the work, for the content of a site is not compared.

    Raises ChangedSincePlan, TargetError before the first write, and what permit raises.
    """
    journal = Journal(permit, on_step)
    chosen = _chosen(site, shell, approved.details["backup"])
    now = plan(site, shell, chosen.name)
    return carry_out(approved, now, journal, lambda: _Restore(site, shell, journal, chosen).work())


class _Restore:
    """One restore: where its parts are, and how each is put in place and taken back."""

    def __init__(self, site: Site, shell: Shell, journal: Journal, chosen: SiteBackup) -> None:
        self.site, self.shell, self.journal, self.chosen = site, shell, journal, chosen
        self.layout = site.layout
        self.unpacked = f"{self.layout.incoming}/restore"
        self.marker = f"{self.layout.incoming}/restoring"
        self.before = releases.read(self.layout, shell).last_good
        self.live = database.name(site) if chosen.database_sha256 else ""
        self.scratch, self.kept = f"{self.live}__new", f"{self.live}__old"

    def work(self) -> Outcome:
        self._secure()
        with self.journal.write("membuka berkas cadangan"):
            self._begin()
            unpacking.unpack(self.site, self.shell, self.chosen, self.unpacked)
            unpacking.lend_secrets(self.site, self.shell, self.unpacked, self.site.kind.secrets)
            self._adopt_release()
        if self.live:
            with self.journal.write("memuat basis data cadangan ke basis data sementara"):
                self._load()
        with self.journal.write(f"mengganti isi situs dengan cadangan {self.chosen.name}"):
            try:
                self._swap()
            except TargetError:
                self._swap_back()
                raise
        trouble = health.problem(self.site)
        if trouble:
            self._swap_back()
            self.journal.note("situs tidak menjawab dengan benar; isi sebelum pemulihan dikembalikan")
            return self.journal.outcome("rolled_back", trouble)
        self.journal.note("situs menjawab dengan benar")
        # No permit is asked: what was kept must not stay, or a later restore would take it for its own.
        self._forget()
        self.journal.note("isi sebelum pemulihan dibuang")
        return self.journal.outcome("applied")

    def _secure(self) -> None:
        """Have the backup whole on the host. Raises TargetError before the first write when it is whole nowhere."""
        if copies.whole(self.chosen, self.shell):
            return
        place = copies.sound(self.site, self.chosen)
        with self.journal.write("mengambil cadangan dari salinan di luar host, karena yang di host tidak utuh"):
            copies.bring_back(place, self.chosen, self.shell)

    def _begin(self) -> None:
        """Note which restore is under way: what it kept may only be put back by a second run of the same one."""
        other = self.shell.read(self.marker)
        if self.live and other not in ("", self.chosen.name) and self._tables(self.kept):
            detail = f"pemulihan {other} belum selesai; jalankan rencana itu lagi lebih dulu"
            raise TargetError(self.site.slug, Reason.ERROR, detail)
        self.shell.write(self.marker, self.chosen.name)

    def _adopt_release(self) -> None:
        if not self.chosen.release:
            return
        source = f"{self.unpacked}/releases/{self.chosen.release}"
        target = f"{self.layout.releases}/{self.chosen.release}"
        self.shell.script('[ ! -d "$1" ] || [ -e "$2" ] || mv -T "$1" "$2"', source, target)

    def _load(self) -> None:
        self._unswap_database()
        archive = f"{self.chosen.path}/database.sql.gz"
        tables.load(self.site, self.shell, archive, self.scratch, backup.LONG_S)
        if not self._tables(self.scratch):
            raise TargetError(self.site.slug, Reason.INCOMPLETE, "basis data cadangan tidak berisi tabel")

    def _tables(self, schema: str) -> list[str]:
        return tables.names(self.site, self.shell, schema)

    def _move_tables(self, *moves: tuple[str, str]) -> None:
        tables.move(self.site, self.shell, *moves)

    def _swap(self) -> None:
        if self.live:
            self._move_tables((self.live, self.kept), (self.scratch, self.live))
        for name in self.site.shared:
            live = f"{self.layout.shared}/{name}"
            self.shell.script(_SWAP, f"{self.unpacked}/shared/{name}", live, self._kept_folder(name))
        if self.chosen.release:
            releases.point(self.shell, self.layout.current, self.chosen.release)

    def _swap_back(self) -> None:
        for name in self.site.shared:
            self.shell.script(_UNSWAP, f"{self.layout.shared}/{name}", self._kept_folder(name))
        if self.live:
            self._unswap_database()
        releases.point(self.shell, self.layout.current, self.before)

    def _unswap_database(self) -> None:
        """Tables kept by a swap that was never confirmed go back; without any there is nothing to undo."""
        if self._tables(self.kept):
            self._move_tables((self.live, self.scratch), (self.kept, self.live))

    def _forget(self) -> None:
        if self.chosen.release:
            releases.prove(self.layout, self.shell, self.chosen.release)
        kept = [self._kept_folder(name) for name in self.site.shared]
        unpacking.discard(self.shell, self.unpacked, *kept)
        if self.live:
            tables.drop(self.site, self.shell, self.scratch, self.kept)
        self.shell.run("rm", "-f", self.marker)
        backup.prove(self.chosen, self.shell)

    def _kept_folder(self, name: str) -> str:
        return f"{self.layout.incoming}/before-{name.replace('/', '-')}"
