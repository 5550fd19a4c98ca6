"""Loading the inventory: every fault of every file at once, each named by file, entry and key."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from inventory import document, references
from inventory.document import Document
from inventory.models import (
    Acme,
    Agency,
    Credential,
    Device,
    Entry,
    Headings,
    Host,
    Inventory,
    Office,
    Official,
    Website,
    Words,
    Zone,
    is_domain,
)
from inventory.problems import InventoryError, Problem, not_opened, sentence, shown, suggestion

_E = TypeVar("_E", bound=Entry)

_TABLES: dict[str, type[Entry]] = {
    "opd": Agency,
    "officials": Official,
    "devices": Device,
    "hosts": Host,
    "websites": Website,
    "zones": Zone,
    "credentials": Credential,
}
_SINGLES: dict[str, type[Entry]] = {"office": Office, "acme": Acme, "headings": Headings, "words": Words}
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")


def load_inventory(folder: Path, platforms: Collection[str] = ()) -> Inventory:
    """The inventory of a folder, references checked. Raises InventoryError with all problems found.

    `platforms` are the names that a device's may be; without them it may be any.
    """
    documents, problems = _documents(folder)
    parts: dict[str, Any] = {}
    for name, read in documents.items():
        parts[name], found = _table(name, read) if name in _TABLES else _single(_SINGLES[name], read)
        problems += read.problems + found
    problems += references.check(parts, documents, platforms)
    if problems:
        raise InventoryError(sorted(set(problems), key=lambda p: (p.file, p.line, p.entry, p.key, p.message)))
    return Inventory(folder=str(folder.resolve()), **parts)


def _documents(folder: Path) -> tuple[dict[str, Document], list[Problem]]:
    """Each known file that is there; problems name the folder's other YAML files and what is missing."""
    if not folder.is_dir():
        raise InventoryError([Problem(shown(folder), "", "", "folder inventaris tidak ada")])
    try:
        files = {path.name: path for path in folder.iterdir() if path.suffix.lower() in (".yaml", ".yml")}
    except OSError as error:
        raise InventoryError([Problem(shown(folder), "", "", not_opened(error))]) from None
    known = {f"{name}.yaml": name for name in (*_TABLES, *_SINGLES)}
    problems = [_unknown_file(file, known) for file in files if file not in known]
    if "office.yaml" not in files:
        problems.append(Problem("office.yaml", "", "", "berkas ini wajib ada"))
    return {
        name: document.read(files[file], name in _TABLES) for file, name in known.items() if file in files
    }, problems


def _unknown_file(file: str, known: dict[str, str]) -> Problem:
    return Problem(shown(file), "", "", "bukan berkas inventaris yang dikenal" + suggestion(file, known))


def _table(name: str, read: Document) -> tuple[dict[str, Entry], list[Problem]]:
    """Entries of a file that maps slugs to entries; those at fault are left out."""
    rows = _rows(read)
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for slug, fields in rows.items():
        entry, faults = _entry(_TABLES[name], fields, read, (str(slug),))
        faults += _slug_problems(name, slug, read)
        problems += faults
        if entry is not None and not faults:
            entries[slug] = entry
    return entries, problems


def _rows(read: Document) -> dict[Any, Any]:
    if isinstance(read.data, dict):
        return read.data
    if not read.problems:
        read.refuse((), "isinya harus berupa nama: {kunci: nilai, ...}")
    return {}


def _slug_problems(name: str, slug: object, read: Document) -> list[Problem]:
    if name == "zones":
        good, form = isinstance(slug, str) and is_domain(slug), "nama zona DNS, misalnya example.go.id"
    else:
        good, form = isinstance(slug, str) and bool(_SLUG.fullmatch(slug)), "huruf kecil, angka, - atau _"
    if good:
        return []
    return [Problem(read.file, shown(slug), "", f"nama ini harus berupa {form}", read.line((str(slug),)))]


def _single(model: type[_E], read: Document) -> tuple[_E | None, list[Problem]]:
    """The one entry of a file; an empty file says that there is none, but an office there must be."""
    if read.problems or (not read.data and model is not Office):
        return None, []
    return _entry(model, read.data, read, ())


def _entry(model: type[_E], fields: Any, read: Document, path: tuple[str, ...]) -> tuple[_E | None, list[Problem]]:
    if not isinstance(fields, dict):
        return None, [read.problem(path, "harus berupa pasangan kunci: nilai")]
    try:
        return model.model_validate(fields), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    return None, [_fault(model, detail, read, path) for detail in details]


def _fault(model: type[Entry], detail: ErrorDetails, read: Document, path: tuple[str, ...]) -> Problem:
    where, message = detail["loc"], sentence(detail)
    return read.problem((*path, *map(str, where)), message + _hint(model, where, detail["type"]))


def _hint(model: type[Entry], where: tuple[int | str, ...], kind: str) -> str:
    """The key that was perhaps meant, for an unknown key of the entry itself."""
    if kind != "extra_forbidden" or len(where) != 1:
        return ""
    return suggestion(str(where[0]), (field.alias or name for name, field in model.model_fields.items()))
