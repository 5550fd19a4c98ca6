"""One row of a table as an entry of the inventory, every fault named by its cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError

from inventory.importing import values
from inventory.importing.sheets import Row, SheetProblem
from inventory.importing.tables import Kind, Table
from inventory.importing.words import Words, plain
from inventory.models import Column, Device, Inventory, Website
from inventory.problems import sentence, shown, suggestion

T = TypeVar("T")
Fields = dict[str, Any]
MODELS: dict[Kind, type[Device | Website]] = {"devices": Device, "websites": Website}


@dataclass
class Line:
    """A row while it is read; its faults are collected, one a column."""

    table: Table
    row: Row
    faults: dict[Column, SheetProblem] = field(default_factory=dict)

    def said(self, column: Column) -> str:
        return self.table.said(self.row, column)

    def value(self, column: Column, parse: Callable[[str], T]) -> T | None:
        """The cell as a value; None when it is empty, or at fault."""
        try:
            return parse(cell) if (cell := self.said(column)) else None
        except ValueError as error:
            self.refuse(column, str(error))
            return None

    def refuse(self, column: Column, message: str) -> None:
        self.faults.setdefault(column, self.table.problem(self.row, column, message))


@dataclass
class Known:
    """What a row may refer to: entries of the inventory, platforms, words; and agencies that are new in this file."""

    inventory: Inventory
    platforms: Collection[str]
    words: Words
    with_opd: bool = False
    new_agencies: dict[str, str] = field(default_factory=dict)

    def agency(self, said: str) -> str:
        """The slug of an agency called by its slug or name; of GLPI's `Entity > Agency` the last one counts."""
        called = said.rpartition(">")[2].strip() or said
        if slug := self._agencies.get(plain(called)):
            return slug
        if not self.with_opd:
            hint = suggestion(called, [each.name for each in self.inventory.opd.values()])
            raise ValueError(
                f'OPD "{shown(called)}" tidak ada dalam opd.yaml{hint}; --with-opd mendaftarkannya sekalian'
            )
        slug = self._agencies[plain(called)] = values.slug(called)
        self.new_agencies.setdefault(slug, called)
        return slug

    @cached_property
    def _agencies(self) -> dict[str, str]:
        opd = self.inventory.opd
        return {plain(each.name): slug for slug, each in opd.items()} | {plain(slug): slug for slug in opd}

    @cached_property
    def logins(self) -> list[str]:
        return [name for name, each in self.inventory.credentials.items() if each.is_login]

    def credentials(self, said: str) -> str:
        """The name of a login. What stands in the cell is never repeated: it might be the secret itself."""
        if said not in self.logins:
            raise ValueError(f"isinya (mungkin rahasia, jadi tidak ditampilkan) bukan nama kredensial; {self.existing}")
        return said

    @property
    def existing(self) -> str:
        """Which credentials there are, Indonesian."""
        return f"yang ada: {', '.join(self.logins)}" if self.logins else "credentials.yaml masih kosong"

    def platform(self, line: Line) -> tuple[str, str]:
        """(platform, "") as the row says, or (guess or "", the words to guess from)."""
        if (said := line.said("platform").casefold()) in self.platforms:
            return said, ""
        words = " ".join(filter(None, (line.said("vendor"), line.said("model"), line.said("platform"))))
        guess = self.words.platform(words)
        return guess if guess in self.platforms else "", words

    def host(self, said: str) -> str:
        """The slug of a web server called by its slug or one of its addresses."""
        hosts = self.inventory.hosts
        for slug, each in hosts.items():
            if said in (slug, each.address, each.public_address):
                return slug
        raise ValueError(f'server "{shown(said)}" tidak ada dalam hosts.yaml{suggestion(said, hosts)}')


def slug(line: Line) -> str:
    """The inventory's name for the row; "" when it cannot be made (a website without a name has its domain's)."""
    column: Column = "domain" if line.table.kind == "websites" and not line.said("name") else "name"
    if not line.said(column):
        line.refuse(column, "nama kosong")
    return line.value(column, lambda called: values.slug(values.domain(called))) or ""


def fields(line: Line, known: Known) -> Fields:
    """What the row itself says, in the order of the inventory's files; a guess is no part of it."""
    said = _device(line, known) if line.table.kind == "devices" else _website(line, known)
    return {key: value for key, value in said.items() if value not in (None, "", [])}


def _device(line: Line, known: Known) -> Fields:
    platform, guessed_from = known.platform(line)
    return {
        "opd": line.value("opd", known.agency),
        "address": line.value("address", values.address),
        "port": line.value("port", values.port),
        "platform": "" if guessed_from else platform,
        "role": line.value("role", known.words.role),
        "uplinks": line.value("uplinks", values.listed),
        "credentials": line.value("credentials", known.credentials),
        "segment": line.said("segment"),
    }


def _website(line: Line, known: Known) -> Fields:
    return {
        "opd": line.value("opd", known.agency),
        "domain": line.value("domain", values.domain),
        "host": line.value("host", known.host),
        "kind": line.value("kind", known.words.kind),
        "database": line.value("database", lambda name: {"engine": "mariadb", "name": name}),
    }


def check(line: Line, entry: Fields) -> Device | Website | None:
    """`entry` as the inventory has it. What it would refuse is told at its cell, but what is missing is not."""
    try:
        return MODELS[line.table.kind].model_validate(entry)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            if detail["type"] != "missing":
                line.refuse(detail["loc"][0] if detail["loc"] else "database", sentence(detail))  # type: ignore[arg-type]
    return None


def missing(line: Line, entry: Fields) -> Iterable[Column]:
    """Keys that an entry must have and that the row does not say; those at fault have been told already."""
    required = (key for key, each in MODELS[line.table.kind].model_fields.items() if each.is_required())
    return [key for key in required if key not in entry and key not in line.faults]  # type: ignore[misc]
