"""What an import would do, decided before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from inventory.importing import entries, tables, values
from inventory.importing.entries import MODELS, Fields, Known, Line
from inventory.importing.files import read
from inventory.importing.sheets import ImportRefused, Sheet, SheetProblem
from inventory.importing.tables import Kind, Table
from inventory.importing.words import Words, shipped
from inventory.models import Column, Device, Headings, Host, Inventory, Website
from inventory.problems import shown

_NOT_TAKEN = "rahasia tidak diambil; simpan di luar lembar ini dan tulis rujukannya di credentials.yaml"

Action = Literal["add", "update", "differs", "same"]
"""`differs`: the sheet has an entry otherwise, and it is left as it is."""


@dataclass(frozen=True)
class Choices:
    """What the person asked for. `opd` and `credentials` stand in for cells that say nothing; `sheet` "" means all."""

    update: bool = False
    with_opd: bool = False
    opd: str = ""
    credentials: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Change:
    """One entry: keys that are new (`fields`), what stood there `before` of the same keys, the row it is from."""

    table: str
    slug: str
    action: Action
    sheet: str
    row: int
    fields: Fields
    before: Fields = field(default_factory=dict)
    guessed_from: str = ""
    """Words of the row that `platform` was guessed from; "" when it was said."""

    @property
    def is_written(self) -> bool:
        return self.action in ("add", "update")


@dataclass(frozen=True)
class ImportPlan:
    """Everything a person has to know before anything is written. `left_out` is no fault, but not imported either."""

    file: str
    tables: Sequence[Table]
    changes: Sequence[Change]
    problems: Sequence[SheetProblem]
    left_out: Sequence[SheetProblem]

    @property
    def to_write(self) -> list[Change]:
        return [each for each in self.changes if each.is_written]


def plan_import(path: Path, inventory: Inventory, platforms: Collection[str], choices: Choices) -> ImportPlan:
    """What importing the file `path` would do. `platforms` are the names that a device's may be.

    Raises ImportRefused when the file cannot be read as sheets, or holds no table.
    """
    words = Words(inventory.headings or Headings(), shipped())
    found, left_out = _tables(path, words, choices.sheet)
    known = Known(inventory, platforms, words, choices.with_opd)
    drafts = _Drafts(known, choices)
    for table in found:
        drafts.take(table)
    problems = [fault for table in found for fault in tables.repeated(table)] + drafts.problems
    changes = [*_agencies(known, drafts.changes), *drafts.changes]
    return ImportPlan(path.name, found, changes, problems, left_out + drafts.left_out)


def _tables(path: Path, words: Words, wanted: str) -> tuple[list[Table], list[SheetProblem]]:
    """The tables of a file, and what is left out of them."""
    sheets = read(path)
    names = [each.name for each in sheets]
    if wanted and wanted not in names:
        listed = ", ".join(shown(each) for each in names if each) or "berkas ini tidak berlembar"
        raise ImportRefused(f'{shown(path.name)}: tidak ada lembar "{shown(wanted)}"; yang ada: {listed}')
    found = [(each, tables.find(path.name, each, words)) for each in sheets if wanted in ("", each.name)]
    kept = [table for _, table in found if table is not None]
    if not kept:
        raise ImportRefused(
            f"{shown(path.name)}: tidak ada baris judul dengan kolom nama dan alamat IP (perangkat) "
            "atau kolom domain (website)"
        )
    empty = [_without_table(path.name, sheet) for sheet, table in found if table is None and sheet.rows]
    return kept, empty + [each for table in kept for each in _columns_left_out(table)]


def _without_table(file: str, sheet: Sheet) -> SheetProblem:
    return SheetProblem(file, sheet.name, 0, "", "", "tidak ada tabel perangkat atau website di lembar ini")


def _columns_left_out(table: Table) -> Iterator[SheetProblem]:
    for each in table.secrets:
        yield SheetProblem(table.file, table.sheet, 0, each.letter, each.words, _NOT_TAKEN)
    for each in table.unknown:
        yield SheetProblem(table.file, table.sheet, 0, each.letter, each.words, "kolom ini tidak dipakai")


def _agencies(known: Known, changes: Sequence[Change]) -> Iterator[Change]:
    """New agencies that an entry refers to, each from the first row that does."""
    for slug, name in known.new_agencies.items():
        named = next((each for each in changes if each.is_written and each.fields.get("opd") == slug), None)
        if named is not None:
            yield Change("opd", slug, "add", named.sheet, named.row, {"name": name})


class _Drafts:
    """Turns rows into changes, one after the other, each checked against the inventory and the rows before it."""

    def __init__(self, known: Known, choices: Choices) -> None:
        self._known, self._update = known, choices.update
        self._stand_ins = _stand_ins(known, choices)
        self._rows: dict[tuple[str, str], str] = {}
        self._owners = _owners(known.inventory)
        self.changes: list[Change] = []
        self.problems: list[SheetProblem] = []
        self.left_out: list[SheetProblem] = []

    def take(self, table: Table) -> None:
        for row in table.rows:
            line = Line(table, row)
            status = line.said("status")
            if self._known.words.is_retired(status):
                self.left_out.append(table.problem(row, "status", f'tidak diambil: "{shown(status)}"'))
            elif unusable := list(table.unusable(row)):
                self.problems += unusable
            else:
                self._draft(line)

    def _draft(self, line: Line) -> None:
        change = self._change(line)
        self.problems += line.faults.values()
        if not line.faults:
            self.changes.append(change)

    def _change(self, line: Line) -> Change:
        slug, said = self._slug(line), entries.fields(line, self._known)
        old = getattr(self._known.inventory, line.table.kind).get(slug)
        return self._added(line, slug, said) if old is None else self._compared(line, slug, said, old)

    def _slug(self, line: Line) -> str:
        """The entry's name; of a website whose domain the inventory has, the name it has there."""
        slug = self._owners.get(("domain", values.domain(line.said("domain")))) or entries.slug(line)
        here = f'lembar "{shown(line.table.sheet)}" baris {line.row.number}'.removeprefix('lembar "" ')
        if (first := self._rows.setdefault((line.table.kind, slug), here)) != here:
            line.refuse("name", f'menjadi "{slug}", sama dengan {first}; beri nama yang berbeda')
        return slug

    def _added(self, line: Line, slug: str, said: Fields) -> Change:
        guess, guessed_from = "", ""
        if line.table.kind == "devices" and "platform" not in said:
            guess, guessed_from = self._known.platform(line)
        merged = {**self._stand_ins, "platform": guess, **said}
        entry = {key: merged[key] for key in MODELS[line.table.kind].model_fields if merged.get(key, "") != ""}
        entries.check(line, entry)
        for column in entries.missing(line, entry):
            line.refuse(column, self._how_to_say(column, guessed_from))
        self._own(line, slug, entry)
        return Change(line.table.kind, slug, "add", line.table.sheet, line.row.number, entry, {}, guessed_from)

    def _compared(self, line: Line, slug: str, said: Fields, old: Device | Website) -> Change:
        entry = {**old.model_dump(by_alias=True, exclude_unset=True), **said}
        new = entries.check(line, entry)
        fields = {key: value for key, value in said.items() if new and getattr(new, key) != getattr(old, key)}
        before = {key: old.model_dump(mode="json")[key] for key in fields}
        action: Action = "same" if not fields else "update" if self._update else "differs"
        if action == "update":
            self._own(line, slug, entry)
        return Change(line.table.kind, slug, action, line.table.sheet, line.row.number, fields, before)

    def _own(self, line: Line, slug: str, entry: Fields) -> None:
        """Refuse an address with its port, or a domain, that another entry has."""
        column, key = _owned(line.table.kind, entry)
        if (owner := self._owners.setdefault(key, slug)) != slug and all(key):
            line.refuse(column, f"sudah dipakai oleh {owner}")

    def _how_to_say(self, column: Column, guessed_from: str) -> str:
        """Indonesian: what is missing, and how to say it."""
        if column == "platform" and guessed_from:
            return f'platform tidak dapat ditebak dari "{shown(guessed_from)}"; isi kolom Platform'
        return {
            "opd": "OPD kosong; isi kolomnya, atau sebut satu untuk semua dengan --opd",
            "credentials": "kredensial kosong; isi kolomnya, atau sebut satu untuk semua dengan --credentials "
            f"({self._known.existing})",
            "platform": "platform, merk dan tipe kosong; isi salah satunya",
            "address": "alamat IP kosong",
            "domain": "domain kosong",
            "host": "server kosong; isi kolom Server dengan nama atau alamatnya di hosts.yaml",
            "kind": "jenis website kosong",
        }[column]


def _stand_ins(known: Known, choices: Choices) -> Fields:
    """Raises ImportRefused when a choice names what is not there."""
    try:
        opd = known.agency(choices.opd) if choices.opd else ""
        credentials = known.credentials(choices.credentials) if choices.credentials else ""
    except ValueError as error:
        raise ImportRefused(str(error)) from None
    return {"opd": opd, "credentials": credentials}


_Owned = tuple[str, ...]
"""What only one entry may have: an address with its port, or a domain."""


def _owners(inventory: Inventory) -> dict[_Owned, str]:
    machines: dict[str, Host | Device] = {**inventory.hosts, **inventory.devices}
    places: dict[_Owned, str] = {("address", each.address, str(each.port)): slug for slug, each in machines.items()}
    return {**places, **{("domain", each.domain): slug for slug, each in inventory.websites.items()}}


def _owned(kind: Kind, entry: Fields) -> tuple[Column, _Owned]:
    if kind == "websites":
        return "domain", ("domain", entry.get("domain", ""))
    return "address", ("address", entry.get("address", ""), str(entry.get("port", 22)))
