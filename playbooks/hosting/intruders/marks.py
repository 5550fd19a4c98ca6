"""The office's marks of back doors (marks.yaml), and which of them a text bears."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

LIST = Path(__file__).with_name("marks.yaml")
LONGEST = 300_000
"""Characters of a text that are read."""


def _compilable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern: {error}") from None
    return pattern


class Mark(BaseModel):
    """What back doors have and honest files seldom have; `name` is told to technicians."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    weight: Annotated[float, Field(gt=0)]
    pattern: Annotated[str, AfterValidator(_compilable)]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE | re.MULTILINE)


class Marks(BaseModel):
    """marks.yaml; from `limit` on a sum of weights counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    limit: float
    php: tuple[Mark, ...]
    rules: tuple[Mark, ...]
    cron: tuple[Mark, ...]

    @model_validator(mode="after")
    def _several(self) -> Self:
        alone = [mark.name for mark in self.php if mark.weight >= self.limit]
        if alone:
            raise ValueError(f"php: bobot satu tanda harus di bawah limit: {', '.join(alone)}")
        return self

    def told(self, marks: Sequence[Mark], text: str) -> list[str]:
        """Names of the marks that a text bears, the heaviest first; none when they do not suffice together."""
        borne = [mark for mark in marks if mark.expression.search(text[:LONGEST])]
        if sum(mark.weight for mark in borne) < self.limit:
            return []
        return [mark.name for mark in sorted(borne, key=lambda mark: -mark.weight)]


@cache
def marks() -> Marks:
    """The list as it is shipped. Raises ValidationError when somebody broke it."""
    return Marks.model_validate(YAML(typ="safe").load(LIST))
