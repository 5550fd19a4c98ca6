"""What each document says, as values: times are aware datetimes, durations working time, texts still unescaped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal


@dataclass(frozen=True)
class Letterhead:
    """Kop surat. `logo` is the content of a PNG, JPEG or SVG file, empty for none; `zone` rules every printed time."""

    region: str
    office: str
    address: str
    place: str
    phone: str = ""
    email: str = ""
    website: str = ""
    zone: str = "Asia/Jakarta"
    logo: bytes = b""


@dataclass(frozen=True)
class Signatory:
    """Who signs: `title` is the post ("Kepala Dinas"), `acting` stands before it, `heading` above ("Mengetahui,")."""

    name: str
    title: str
    nip: str = ""
    acting: Literal["", "plt", "plh"] = ""
    heading: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What every paper bears. An empty `number` leaves a dotted line; `audit_tip` goes into the footer of each page."""

    head: Letterhead
    case_id: str
    written_at: datetime
    audit_tip: str
    number: str = ""


@dataclass(frozen=True)
class Disposition:
    giver: str
    receiver: str
    at: datetime
    note: str
    answer: str = ""
    paraf: str = ""


@dataclass(frozen=True, kw_only=True)
class DispositionSheet(Document):
    """Lembar disposisi; `blank_rows` are left for ink."""

    sender: str
    about: str
    received_at: datetime
    letter_number: str = ""
    letter_date: date | None = None
    letter_name: str = ""
    letter_sha256: str = ""
    agenda_number: str = ""
    urgency: str = "Biasa"
    dispositions: tuple[Disposition, ...] = ()
    blank_rows: int = 3


@dataclass(frozen=True)
class Target:
    """A device or website of the case; `before` and `after` are statuses of a reading (ok, findings, failed, "")."""

    name: str
    kind: str
    address: str
    before: str = ""
    after: str = ""
    reason: str = ""


@dataclass(frozen=True)
class FindingRow:
    """A finding of a playbook; `severity` is info, warning, major or critical.

    `title` is what the code means in words, `cause` the `name` of the finding that explains it.
    """

    target: str
    code: str
    severity: str
    subject: str
    evidence: str
    advice: str
    title: str = ""
    cause: str = ""

    @property
    def name(self) -> str:
        return f"{self.title or self.code}: {self.subject}"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.target, self.code, self.subject


FindingState = Literal["teratasi", "tersisa", "baru", "belum"]


@dataclass(frozen=True)
class Comparison:
    """One finding before and after the work. `belum` means that its target was not read again."""

    finding: FindingRow
    state: FindingState
    evidence_after: str = ""


@dataclass(frozen=True)
class Action:
    at: datetime
    target: str
    text: str


@dataclass(frozen=True)
class Backup:
    """A configuration or site backup: ok, unchanged, unproven or failed; `commit` is a version of the history.

    Of a website `sha256` is its files', and `off_host` says whether a copy lies off its host; None of a device.
    """

    target: str
    status: str
    at: datetime
    bytes: int = 0
    sha256: str = ""
    commit: str = ""
    reason: str = ""
    database_sha256: str = ""
    off_host: bool | None = None


@dataclass(frozen=True)
class PlanLine:
    """A planned change and who approved exactly it; `ladder` is the class of the repair ladder."""

    hash: str
    action: str
    target: str
    ladder: str
    state: str
    summary: str = ""
    confirmed_by: str = ""
    """Of another team whose part of the office it changes."""
    approved_by: str = ""
    approved_at: datetime | None = None
    changes: tuple[str, ...] = ()
    way_back: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """What was looked for and is not done, each with the reason."""


@dataclass(frozen=True)
class Picture:
    """A network as SVG. A `large` one gets a page of its own, at the end."""

    title: str
    svg: bytes
    large: bool = False


@dataclass(frozen=True)
class Runbook:
    """What a person has to do by hand about a finding; in `lines`, commands stand between backquotes."""

    target: str
    finding: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class StepLine:
    """A step of the SOP as it went: time waited for a signature and time worked stand apart."""

    no: int
    activity: str
    by: str
    standard: str
    done_at: datetime | None = None
    waiting: timedelta | None = None
    working: timedelta | None = None
    late: bool = False


@dataclass(frozen=True)
class Recommendation:
    target: str
    text: str


@dataclass(frozen=True)
class Tally:
    """The report in numbers."""

    found: int
    resolved: int
    remaining: int
    new: int
    unchecked: int
    backups: int
    backups_failed: int
    late_steps: int


@dataclass(frozen=True, kw_only=True)
class Report(Document):
    """Laporan hasil pemeliharaan, for networks and websites. `after` is None when nothing was read again."""

    title: str
    procedure: str
    revision: str
    opd: str
    about: str
    origin: str
    opened_at: datetime
    letter_name: str = ""
    letter_sha256: str = ""
    targets: tuple[Target, ...] = ()
    before: tuple[FindingRow, ...] = ()
    after: tuple[FindingRow, ...] | None = None
    actions: tuple[Action, ...] = ()
    backups: tuple[Backup, ...] = ()
    plans: tuple[PlanLine, ...] = ()
    steps: tuple[StepLine, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    pictures: tuple[Picture, ...] = ()
    runbooks: tuple[Runbook, ...] = ()

    def comparisons(self) -> tuple[Comparison, ...]:
        """Findings before, each with what became of it, then those that only appeared after."""
        later = {finding.key: finding for finding in self.after or ()}
        unread = {target.name for target in self.targets if target.after in ("", "failed")}
        known = {finding.key for finding in self.before}
        fresh = [Comparison(each, "baru", each.evidence) for key, each in later.items() if key not in known]
        return (*(self._compare(each, later, unread) for each in self.before), *fresh)

    def _compare(
        self, finding: FindingRow, later: dict[tuple[str, str, str], FindingRow], unread: set[str]
    ) -> Comparison:
        if self.after is None or finding.target in unread:
            return Comparison(finding, "belum")
        if finding.key in later:
            return Comparison(finding, "tersisa", later[finding.key].evidence)
        return Comparison(finding, "teratasi")

    def tally(self) -> Tally:
        states = Counter(each.state for each in self.comparisons())
        failed = sum(backup.status not in ("ok", "unchanged") for backup in self.backups)
        late = sum(step.late for step in self.steps)
        return Tally(
            found=len(self.before),
            resolved=states["teratasi"],
            remaining=states["tersisa"],
            new=states["baru"],
            unchecked=states["belum"],
            backups=len(self.backups) - failed,
            backups_failed=failed,
            late_steps=late,
        )


@dataclass(frozen=True)
class Item:
    """One thing handed over."""

    name: str
    description: str
    condition: str


@dataclass(frozen=True, kw_only=True)
class Handover(Document):
    """Berita acara serah terima: `giver` for the office, `receiver` for the OPD, `witness` the superior, if any."""

    title: str
    opd: str
    about: str
    giver: Signatory
    receiver: Signatory
    report_number: str = ""
    items: tuple[Item, ...] = ()
    remaining: tuple[str, ...] = ()
    witness: Signatory | None = None
