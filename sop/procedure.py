"""The SOP as data: reads, validates and prints procedures/<sop>/<revision>.yaml. How to add a revision: README.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from inventory.models import Role

FOLDER = Path(__file__).parent / "procedures"
RELEASED = "released.yaml"
"""File beside the procedures: `sop/revision.yaml: sha256` of every released revision, which may never change."""

Party = Role | Literal["opd"]
"""A role of the office, or the PIC of the agency that asks."""
Kind = Literal["letter", "disposition", "decision", "work", "report", "end"]
Answer = Literal["YA", "TIDAK"]
Ending = Literal["ditolak", "selesai"]
Unit = Literal["menit", "jam", "hari"]

WORK = frozenset("diagnose backup report inspect plan maintain host deploy domain tls".split())
"""What a flow can do by itself when a case arrives at a step."""
ALLOWS = frozenset("repair restore deploy rollback host domain tls maintain".split())
"""Plan actions that write; a step names those that are permitted while the case stands there."""
NEEDS = frozenset("findings analysis laporan berita_acara".split())
"""Kinds of evidence that a step can require before it is completed."""

READ_AS = "[dibaca sebagai]"


class ProcedureError(Exception):
    """A procedure is unknown, unreadable or contradicts itself; the message (Indonesian) names file and place."""


class Row(BaseModel):
    """Base of the form's parts: frozen, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Standard(Row):
    """A step's standard time; `hari` is a working day."""

    amount: Annotated[int, Field(gt=0)]
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


def _standard(value: object) -> object:
    """`8 menit` as Standard's fields; anything else is left to pydantic, whose error names the key."""
    if not isinstance(value, str):
        return value
    amount, _, unit = value.partition(" ")
    if not amount.isdigit() or unit not in get_args(Unit):
        raise ValueError(f"waktu {value!r}: tulis angka dan satuan menit, jam atau hari, misalnya '8 menit'")
    return {"amount": int(amount), "unit": unit}


class Origin(Row):
    """How a case can come in: the step where it begins, and who is told although they do not act."""

    begins: int
    informed: tuple[Party, ...] = ()


class Step(Row):
    """One row of the form, with what the register needs to carry it out."""

    no: int
    kind: Kind
    activity: str
    executors: tuple[Party, ...] = ()
    """The official column."""
    acts: tuple[Party, ...] = ()
    """Who may answer."""
    requirements: tuple[str, ...] = ()
    time: Annotated[Standard | None, BeforeValidator(_standard)] = None
    output: tuple[str, ...] = ()
    answers: dict[Answer, int | Ending] = {}
    work: tuple[str, ...] = ()
    """What a flow does by itself on arrival."""
    allows: tuple[str, ...] = ()
    """Plan actions permitted while the case stands here."""
    approves: tuple[Party, ...] = ()
    """Who approves a plan of ladder B that is proposed here."""
    needs: tuple[str, ...] = ()
    """Kinds of evidence that must exist before completion."""
    completes: Literal["by_flow", "by_person"] = "by_person"
    written: dict[Literal["executors"], str] = {}
    """The form's own words for a cell, where they differ from what the roles would print."""
    read_as: dict[Literal["executors", "time"], str] = {}
    """Cells that the scan does not show, with what was read into them ("" for the whole cell)."""

    @property
    def maintains(self) -> bool:
        """Whether its completion counts as the year's maintenance."""
        return "maintain" in self.work

    def marked(self, cell: Literal["executors", "time"], text: str) -> str:
        if cell not in self.read_as:
            return text
        part = self.read_as[cell]
        return f"{text} [{part} dibaca sebagai]" if part else f"{text} {READ_AS}"


class Procedure(Row):
    """A revision of an SOP. `sha256` is of the file's bytes: a case is pinned to it."""

    sop: str
    revision: str
    sha256: str = ""
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """First letters of its cases' numbers."""
    concerns: Literal["devices", "website"]
    """What a case is about: an agency's devices (all of them when it names none), or one website."""
    title: str
    number: str
    unit: str
    dates: dict[str, str]
    in_force: date
    legal_basis: tuple[str, ...]
    qualifications: tuple[str, ...]
    related: tuple[str, ...]
    equipment: tuple[str, ...]
    warnings: tuple[str, ...]
    records: tuple[str, ...]
    columns: tuple[str, str, str, str, str, str]
    executors: dict[Party, str]
    """The executors' columns of the form: role -> heading."""
    steps: tuple[Step, ...]
    origins: dict[str, Origin]

    def step(self, no: int) -> Step:
        """The step with this number; KeyError if there is none."""
        for step in self.steps:
            if step.no == no:
                return step
        raise KeyError(no)

    def label(self, party: str) -> str:
        """The heading of a role's column, or the role's own word where the form has no column for it."""
        return {str(role): heading for role, heading in self.executors.items()}.get(party, party)


def load(sop: str, revision: str | None = None, folder: Path = FOLDER, today: date | None = None) -> Procedure:
    """A revision of an SOP; without `revision` the newest in force on `today` (None: whatever its date).

    Raises ProcedureError when there is none, or the file cannot be read.
    """
    revisions = _revisions(sop, folder)
    if revision is not None:
        path = revisions.get(revision)
        if path is None:
            raise ProcedureError(f"SOP {sop!r} tidak punya revisi {revision!r}; yang ada: {', '.join(revisions)}")
        return read(path)
    in_force = [p for p in map(read, revisions.values()) if today is None or p.in_force <= today]
    if not in_force:
        raise ProcedureError(f"SOP {sop!r} belum ada yang berlaku pada {today}")
    return max(in_force, key=lambda procedure: (procedure.in_force, procedure.revision))


def available(folder: Path = FOLDER) -> list[Procedure]:
    """The newest revision of every SOP, by name."""
    return [load(name, folder=folder) for name in _names(folder)]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("*.yaml")))


def _revisions(sop: str, folder: Path) -> dict[str, Path]:
    names = _names(folder)
    if sop not in names:
        raise ProcedureError(f"SOP {sop!r} tidak dikenal; yang ada: {', '.join(names)}")
    return {path.stem: path for path in sorted((folder / sop).glob("*.yaml"))}


def read(path: Path) -> Procedure:
    """A procedure file. Raises ProcedureError naming file and key; duplicate keys are errors."""
    data = path.read_bytes()
    return _parse(path, data, hashlib.sha256(data).hexdigest())


@lru_cache(maxsize=64)
def _parse(path: Path, data: bytes, sha256: str) -> Procedure:
    try:
        fields = YAML(typ="safe", pure=True).load(data.decode())
        procedure = Procedure.model_validate({**fields, "sha256": sha256})
    except ValidationError as error:
        raise ProcedureError("\n".join(_complaint(path, problem) for problem in error.errors())) from None
    except (YAMLError, UnicodeDecodeError, TypeError) as error:
        raise ProcedureError(f"{_place(path)}: bukan YAML yang sah: {error}") from None
    if (procedure.sop, procedure.revision) != (path.parent.name, path.stem):
        raise ProcedureError(f"{_place(path)}: kunci 'sop' dan 'revision' harus sama dengan nama folder dan berkas")
    return procedure


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _complaint(path: Path, problem: ErrorDetails) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or "(berkas)"
    return f"{_place(path)}: {key}: {problem['msg']}"


def table(procedure: Procedure) -> list[tuple[str, str, str, str, str, str]]:
    """The rows in the official columns: No, Kegiatan, Pelaksana, Persyaratan, Waktu, Output."""
    return [_cells(procedure, step) for step in procedure.steps]


def _cells(procedure: Procedure, step: Step) -> tuple[str, str, str, str, str, str]:
    executors = step.written.get("executors") or ", ".join(procedure.label(role) for role in step.executors)
    return (
        str(step.no),
        step.activity,
        step.marked("executors", executors),
        "; ".join(step.requirements),
        step.marked("time", str(step.time or "")),
        "; ".join(step.output),
    )


def check(procedure: Procedure) -> list[str]:
    """What is wrong with a procedure, in Indonesian; empty when a case can always get from its beginning to an end."""
    return [f"{procedure.sop}/{procedure.revision}: {problem}" for problem in _problems(procedure)]


def _problems(procedure: Procedure) -> Iterator[str]:
    numbers = [step.no for step in procedure.steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"langkah harus bernomor urut dari 1, tertulis {numbers}"
    for step in procedure.steps:
        for problem in (*_answer_problems(step, numbers), *_word_problems(step)):
            yield f"langkah {step.no}: {problem}"
    for name, origin in procedure.origins.items():
        if origin.begins not in numbers:
            yield f"asal {name!r} mulai di langkah {origin.begins} yang tidak ada"
    for no in sorted(set(numbers) - _reachable(procedure)):
        yield f"langkah {no} tidak pernah tercapai"
    for no in sorted(set(numbers) - _ending(procedure)):
        yield f"langkah {no} tidak pernah sampai ke 'selesai'"
    unused = {role for step in procedure.steps for role in step.executors} - set(procedure.executors)
    for role in sorted(unused):
        yield f"pelaksana {role!r} tidak punya kolom pada 'executors'"


def _answer_problems(step: Step, numbers: list[int]) -> Iterator[str]:
    if step.kind == "end":
        if step.answers or step.acts or step.work:
            yield "langkah akhir tidak punya jawaban, pelaku atau pekerjaan"
        return
    if "YA" not in step.answers:
        yield "jawaban YA harus menuju suatu langkah"
    if not step.acts:
        yield "tidak ada yang berwenang menjawab ('acts')"
    if step.time is None:
        yield "waktu baku ('time') belum tertulis"
    for answer, target in step.answers.items():
        if isinstance(target, int) and target not in numbers:
            yield f"jawaban {answer} menuju langkah {target} yang tidak ada"


def _word_problems(step: Step) -> Iterator[str]:
    vocabularies = {"work": WORK, "allows": ALLOWS, "needs": NEEDS}
    for key, known in vocabularies.items():
        for word in sorted(set(getattr(step, key)) - known):
            yield f"kata {word!r} pada {key!r} tidak dikenal; yang dikenal: {', '.join(sorted(known))}"
    if step.completes == "by_flow" and not step.work:
        yield "diselesaikan alur ('by_flow') tetapi tidak ada pekerjaannya ('work')"
    if step.allows and not step.approves:
        yield "mengizinkan perubahan ('allows') tetapi tidak ada yang menyetujuinya ('approves')"


def _edges(procedure: Procedure) -> dict[int, set[int]]:
    return {step.no: {to for to in step.answers.values() if isinstance(to, int)} for step in procedure.steps}


def _reachable(procedure: Procedure) -> set[int]:
    edges = _edges(procedure)
    seen: set[int] = set()
    ahead = {origin.begins for origin in procedure.origins.values()}
    while ahead:
        seen |= ahead
        ahead = {to for no in ahead for to in edges.get(no, set())} - seen
    return seen


def _ending(procedure: Procedure) -> set[int]:
    """Steps from which some sequence of answers completes the case; being rejected is no completion."""
    edges = _edges(procedure)
    good = {step.no for step in procedure.steps if step.kind == "end" or "selesai" in step.answers.values()}
    while more := {no for no, targets in edges.items() if no not in good and targets & good}:
        good |= more
    return good


def check_released(folder: Path = FOLDER) -> list[str]:
    """Released revisions whose file was edited, removed or not entered in RELEASED; in Indonesian."""
    released: dict[str, str] = YAML(typ="safe", pure=True).load((folder / RELEASED).read_text())
    present = {
        f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*/*.yaml")
    }
    edited = [name for name, sha256 in released.items() if name in present and present[name] != sha256]
    return [
        *(f"{name}: sudah terbit dan diubah; buat revisi baru" for name in edited),
        *(f"{name}: sudah terbit tetapi berkasnya hilang" for name in sorted(released.keys() - present.keys())),
        *(f"{name}: belum tercatat di {RELEASED}" for name in sorted(present.keys() - released.keys())),
    ]
