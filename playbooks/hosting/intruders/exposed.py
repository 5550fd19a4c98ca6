"""Doors left open: addresses of a site that give away what no visitor should have (exposed.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from ruamel.yaml import YAML

from playbooks.findings import Finding, Severity, TargetError
from playbooks.hosting.pages import PLAIN
from playbooks.hosting.sentinel import inspecting
from playbooks.hosting.session import Answer, FetchError, Session

LIST = Path(__file__).with_name("exposed.yaml")
READ = 65_536
"""Bytes of an answer that are read: enough to tell what it is."""


class Door(BaseModel):
    """Addresses, and what in an answer proves that they are open."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    paths: tuple[str, ...]
    contains: re.Pattern[str]
    what: str
    code: Annotated[Literal["exposed.file", "exposed.debug"], Field(alias="as")] = "exposed.file"
    kinds: tuple[str, ...] = ()
    always: bool = False
    """Asked for also where the host has no such file: its web server may be led elsewhere."""


@cache
def doors() -> tuple[Door, ...]:
    """The list as it is shipped. Raises ValidationError when somebody broke it."""
    return TypeAdapter(tuple[Door, ...]).validate_python(YAML(typ="safe").load(LIST))


def worth_asking(kind: str, domain: str, served: Set[str] | None) -> dict[str, list[Door]]:
    """Doors by path. A site answers each path that it does not have with a page, which costs it a moment: so those of
    files that its host is known not to serve are left out."""
    asked: dict[str, list[Door]] = {}
    for door in doors():
        for path in door.paths if not door.kinds or kind in door.kinds else ():
            named = path.replace("{domain}", domain)
            if door.always or served is None or named.removeprefix("/") in served:
                asked.setdefault(named, []).append(door)
    return asked


def findings(base: str, domain: str, kind: str, session: Session, served: Set[str] | None = None) -> Iterator[Finding]:
    """What stands open below `base` (no slash at its end); `served`: files that the host has there, None when unknown.

    Raises TargetError when the site stops answering.
    """
    for path, doors_of_it in worth_asking(kind, domain, served).items():
        url = base + path
        try:
            answer = session.get(url, PLAIN, READ, hops=0)
        except FetchError as error:
            raise TargetError(url, inspecting.reason(error), str(error)) from None
        yield from judge(url, answer, doors_of_it)


def judge(url: str, answer: Answer, doors_of_it: Iterable[Door]) -> Iterator[Finding]:
    """Findings of one answer, by its content: a page that says 200 to everything opens no door. Nothing is quoted."""
    text = answer.body.decode("latin-1")
    for door in doors_of_it:
        plainly = answer.status == 200 and not _is_page(answer) if door.code == "exposed.file" else True
        if plainly and door.contains.search(text):
            advice = (
                "Tutup alamat ini sekarang; yang pernah terbuka dianggap sudah dibaca orang: ganti sandi dan kuncinya."
            )
            severity = Severity.CRITICAL if door.code == "exposed.file" else Severity.MAJOR
            yield Finding(door.code, severity, url, f"terbuka untuk umum: {door.what}", advice)


def _is_page(answer: Answer) -> bool:
    return re.match(rb"\s*(<!doctype|<html|<head|<\?xml)", answer.body, re.IGNORECASE) is not None
