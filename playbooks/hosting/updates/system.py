"""Bring a host's packages up to date, one after the other: every site of the host is asked before and after each."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from playbooks.findings import Reason, TargetError
from playbooks.hosting import health, releases, webservers
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal, OnStep
from playbooks.hosting.site import Site
from playbooks.hosting.updates import packages, securing
from playbooks.hosting.updates.packages import Outdated
from playbooks.hosting.updates.telling import State, Telling
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

READ_S, INSTALL_S = 300, 900
BEFORE_S = 1.0
"""For each site to answer before anything is done; of one that does not, nothing is proven."""
AFTER_S = 3.0
"""For each site to answer as before."""
ASKED = 8
"""Sites asked at a time: all of them are on the one host that just took on something new."""
SETTLE_S = 2.0
"""Opcache keeps old PHP for this long."""
MOST = 40
"""Updates of one plan."""
BY_HAND = (
    (r"linux-image-.*|grub.*|systemd.*|init|dpkg|apt|libapt-.*|libc6", "menyangkut seluruh host"),
    (r"openssh-.*|sudo", "jalan masuk Pelihara sendiri"),
    (r"mariadb-.*|mysql-.*|postgresql.*", "basis data yang sudah naik versi tidak dapat turun lagi"),
)
"""Packages that have no way back that could be trusted from here, and why (Indonesian)."""
_TRY = """
for each; do
    printf '>%s\\n' "$each"
    LC_ALL=C apt-get -s -qq -o Debug::NoLocking=1 --no-remove --no-install-recommends install "$each" 2>&1 || echo Fail
done
"""
# A reload returns before the service has followed it: until its old workers are gone they answer as before.
_WORKERS = """
workers() { ps -eo pid=,user=,args= | awk -v title="^$1" '$2 != "root" { pid = $1; sub(/^ *[^ ]+ +[^ ]+ +/, "") }
    $0 ~ title { print pid }'; }
"""
_FOLLOWED = """
title=$1; shift
for try in $(seq 60); do
    workers "$title" | grep -qxF "$(printf '%s\\n' "$@")" || exit 0
    sleep 0.5
done
"""
_VERSIONS = """for each; do dpkg-query -W -f '${Package} ${Version}\\n' "$each"; done"""


@dataclass(frozen=True)
class Step:
    """Packages that can only be updated together; mostly one."""

    parts: tuple[Outdated, ...]

    @property
    def line(self) -> str:
        """As it is shown and approved."""
        return ", ".join(each.line for each in self.parts)

    def words(self, version: str) -> str:
        """Its packages at their `old` or `new` version, as the wrapper wants them."""
        return shlex.join(f"{each.name}={asdict(each)[version]}" for each in self.parts)

    def at(self, version: str, installed: Mapping[str, str]) -> bool:
        """Whether all of it is at its `old` or `new` version."""
        return all(installed.get(each.name) == asdict(each)[version] for each in self.parts)

    def as_json(self) -> list[dict[str, object]]:
        return [asdict(each) for each in self.parts]

    @classmethod
    def of(cls, parts: Sequence[Mapping[str, object]]) -> Step:
        return cls(tuple(Outdated(**each) for each in parts))  # type: ignore[arg-type]


def is_of_packages(plan: Plan) -> bool:
    return "packages" in plan.details


def touched(site: Site) -> list[str]:
    """Every website of the inventory on the site's host, also by another name of it; sorted."""
    hosts, at = site.inventory.hosts, site.host.address
    return sorted(slug for slug, each in site.inventory.websites.items() if hosts[each.host].address == at)


def plan(site: Site, shell: Shell) -> Plan:
    """What of the host's packages can be updated and taken back. Raises TargetError."""
    due = packages.read(shell)
    steps, refused = divide(due, *_tried(due, shell)) if due else ([], {})
    sites = touched(site)
    others = ", ".join(slug for slug in sites if slug != site.slug) or "tidak ada"
    return Plan(
        action="maintain",
        target=site.slug,
        ladder=Ladder.B,
        summary=f"Perbarui {len(steps)} paket {site.website.host}; situs lain yang ikut tersentuh: {others}",
        changes=tuple(each.line for each in steps),
        way_back=(
            f"{site.domain} dicadangkan sebelum paket pertama",
            "semua situs di host diperiksa sebelum dan sesudah tiap paket; bila ada yang rusak, versi lama dipasang",
        ),
        details={"host": site.website.host, "sites": sites, "packages": [each.as_json() for each in steps]},
        left_out=tuple(f"{line}, tidak ada jalan kembali (kelas C): {why}" for line, why in refused.items()),
    )


def _tried(due: Sequence[Outdated], shell: Shell) -> tuple[str, str]:
    """What apt says it would do for each package that can come back, and the versions that it can have of all."""
    known = shell.run("apt-cache", "madison", *(each.name for each in due), timeout_s=READ_S)
    possible = [each for each in due if not _for_good(each, _available(known))]
    return shell.script(_TRY, *(f"{each.name}={each.new}" for each in possible[:MOST]), timeout_s=READ_S), known


def divide(due: Sequence[Outdated], tried: str, known: str) -> tuple[list[Step], dict[str, str]]:
    """What can be done one after the other, and what cannot be taken back, by its line, with the reason. Pure."""
    blocks = dict(block.partition("\n")[::2] for block in f"\n{tried}".split("\n>")[1:])
    available = _available(known)
    steps: list[Step] = []
    refused: dict[str, str] = {}
    for each in due:
        if any(each in step.parts for step in steps):
            continue
        said = blocks.get(f"{each.name}={each.new}", "")
        step = Step(tuple(packages.parse(said)))
        if why := _for_good(each, available) or _obstacle(each, step, said, available):
            refused[each.line] = why
        else:
            steps.append(step)
    return steps, refused


def _available(known: str) -> set[tuple[str, ...]]:
    """Names and versions of what apt can have, as `apt-cache madison` lists them."""
    return {tuple(word.strip() for word in line.split("|")[:2]) for line in known.splitlines()}


def _for_good(each: Outdated, available: set[tuple[str, ...]]) -> str:
    """Why a package could not be taken back (Indonesian); empty when it can."""
    by_hand = [why for names, why in BY_HAND if re.fullmatch(names, each.name)]
    if by_hand:
        return f"{each.name}: {by_hand[0]}"
    return "" if (each.name, each.old) in available else f"{each.name} {each.old} tidak lagi tersedia bagi apt"


def _obstacle(each: Outdated, step: Step, said: str, available: set[tuple[str, ...]]) -> str:
    if not said:
        return f"paling banyak {MOST} dalam satu rencana; susun lagi sesudahnya"
    if each not in step.parts or re.search(r"^(Fail|Remv )", said, re.M):
        return "apt tidak dapat memasangnya tanpa membuang paket lain"
    if len(step.parts) != len(re.findall(r"^Inst ", said, re.M)):
        return "membawa paket baru"
    return next(filter(None, (_for_good(part, available) for part in step.parts)), "")


def unfinished(text: str) -> tuple[Step, list[str]]:
    """What a run was installing, and the sites that were well before. Raises ValueError, TypeError, KeyError."""
    said = json.loads(text)
    step = Step.of(said["packages"])
    for part in step.parts:
        versions = all(re.fullmatch(packages.VERSION, each) for each in (part.old, part.new))
        if not (versions and re.fullmatch(packages.NAME, part.name)):
            raise ValueError(f"no package: {part.name!r}")
    return step, [*said["well"]]


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan, one package after the other; one after which a site fails is taken back.

    Killed anywhere, the next run finishes or takes back what was being installed. Raises ChangedSincePlan, TargetError
    before the first write, and what permit raises.
    """
    sites, steps = touched(site), [Step.of(each) for each in approved.details["packages"]]
    if (site.website.host, sites) != (approved.details["host"], approved.details["sites"]):
        raise ChangedSincePlan(f"situs di {site.website.host} bukan lagi yang disebut rencana")
    places = [Site.of(site.inventory, slug, site.known_hosts, site.account_key) for slug in sites]
    return _Run(site, shell, Journal(permit, on_step), places).work(steps)


def _asked(places: Sequence[Site], seconds: float) -> list[tuple[Site, str]]:
    """What is wrong with each site (Indonesian), empty when it works."""
    with ThreadPoolExecutor(ASKED) as pool:
        return [*zip(places, pool.map(lambda each: health.problem(each, seconds), places), strict=True)]


class _Run:
    """The packages of one run, in order, and what became of each."""

    def __init__(self, site: Site, shell: Shell, journal: Journal, places: Sequence[Site]) -> None:
        self.site, self.shell, self.journal, self.places = site, shell, journal, places
        self.mark = f"{site.host.paths.sites}/.paket"
        self.telling = Telling(journal)
        self.secured = False

    def work(self, steps: Sequence[Step]) -> Outcome:
        try:
            self._finish()
            left = self._remaining(steps)
        except TargetError as error:
            if not self.journal.began:
                raise
            return self.telling.outcome(str(error))
        for step in left:
            self._tell(step, *self._became(step))
        return self.telling.outcome()

    def _became(self, step: Step) -> tuple[State, str]:
        if self.telling.failed:
            return "left", ""
        try:
            if not self.secured:
                self._secure()
            return self._update(step)
        except TargetError as error:
            if not self.journal.began:
                raise
            return "failed", str(error)

    def _secure(self) -> None:
        """The case's own site is backed up before the first package; of the others their nightly backup has to do."""
        if good := releases.read(self.site.layout, self.shell).last_good:
            securing.back_up(self.site, self.shell, self.journal, good)
        self.secured = True

    def _remaining(self, steps: Sequence[Step]) -> list[Step]:
        """What is neither installed nor judged yet. Raises ChangedSincePlan for a version that nobody approved."""
        names = [part.name for step in steps for part in step.parts]
        now = self._installed(names)
        strange = [part.line for step in steps for part in step.parts if now.get(part.name) not in (part.old, part.new)]
        if strange:
            raise ChangedSincePlan(f"paket bukan lagi pada versi rencana: {'; '.join(strange)}")
        left = [step for step in steps if not step.at("new", now)]
        self.telling.already(part.versions for step in steps if step not in left for part in step.parts)
        return [step for step in left if step.line not in self.telling.lines]

    def _installed(self, names: Sequence[str]) -> dict[str, str]:
        lines = self.shell.script(_VERSIONS, *names).splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def _tell(self, step: Step, state: State, why: str = "") -> None:
        self.telling.tell(step.line, [part.versions for part in step.parts], state, why)

    def _finish(self) -> None:
        """What a run that was killed left half installed is finished, and then proven or taken back."""
        if not (left := self.shell.read(self.mark)):
            return
        try:
            step, slugs = unfinished(left)
        except (ValueError, TypeError, KeyError):
            why = f"{self.mark} tidak terbaca; periksa paket di host, lalu hapus berkas itu"
            raise TargetError(self.shell.name, Reason.REFUSED_OUTPUT, why) from None
        well = [each for each in self.places if each.slug in slugs]
        with self.journal.write("menyelesaikan pemasangan paket yang terputus"):
            self._privileged("configure")
        if step.at("old", self._installed([each.name for each in step.parts])):
            self._unmark()
        else:
            self._tell(step, *self._proven(step, well))

    def _update(self, step: Step) -> tuple[State, str]:
        well = [each for each, why in _asked(self.places, BEFORE_S) if not why]
        if not well:
            raise TargetError(
                self.shell.name, Reason.ERROR, "tidak satu pun situsnya sehat, maka tidak ada yang terbukti"
            )
        with self.journal.write(f"memasang {step.line}"):
            slugs = [each.slug for each in well]
            self.shell.write(self.mark, json.dumps({"packages": step.as_json(), "well": slugs}))
            if sick := [each.slug for each in self.places if each not in well]:
                self.journal.note(f"sudah tidak sehat sebelumnya, maka tidak ikut menilai: {', '.join(sick)}")
            return self._proven(step, well)

    def _proven(self, step: Step, well: Sequence[Site]) -> tuple[State, str]:
        """The new version installed (again, where it is already) and the sites asked; or the old one is back."""
        if not (why := self._trouble(step, "new", well)):
            self._unmark()
            return "applied", ""
        self.journal.note(f"mengembalikan {step.line}: {why}")
        if still := self._trouble(step, "old", well):
            return "failed", f"{why}; sesudah versi lama dipasang: {still}"
        self._unmark()
        return "rolled_back", why

    def _trouble(self, step: Step, version: str, well: Sequence[Site]) -> str:
        """Installs one version of it; what does not work then (Indonesian), empty when all does."""
        try:
            self._privileged(f"install {step.words(version)}")
            self._reload()
        except TargetError as error:
            return str(error)
        return "; ".join(f"{each.slug}: {why}" for each, why in _asked(well, AFTER_S) if why)

    def _reload(self) -> None:
        """Services are tested, then reloaded, so that what the package brought is what the sites are asked on."""
        server, commands = webservers.of(self.site.host), self.site.host.commands
        self._follow(server.test, server.reload, server.workers)
        if any(each.kind.php for each in self.places):
            self._follow(commands.php_fpm_test, commands.php_fpm_reload, webservers.PHP_FPM_WORKERS)
        time.sleep(SETTLE_S)

    def _follow(self, test: str, reload: str, workers: str) -> None:
        old = self.shell.script(_WORKERS + 'workers "$1"', workers).split()
        self.shell.privileged(test)
        self.shell.privileged(reload)
        self.shell.script(_WORKERS + _FOLLOWED, workers, *old, timeout_s=READ_S)

    def _privileged(self, words: str) -> None:
        self.shell.within(INSTALL_S).privileged(f"{self.site.host.commands.packages} {words}")

    def _unmark(self) -> None:
        self.shell.run("rm", "-f", self.mark)
