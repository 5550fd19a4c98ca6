"""Where the demo's story is told: the office it happens in, its parts, and the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from flows.demo.parts import Part
from flows.demo.routers import Routers
from flows.demo.webhost import WebHost
from flows.office import Office

SETTINGS = "pengaturan.env"
"""The demo's own settings, kept for looking around afterwards."""


@dataclass(frozen=True)
class Stage:
    """Everything the story needs."""

    office: Office
    routers: Routers
    host: WebHost
    parts: tuple[Part, ...]
    console: Console

    @property
    def folder(self) -> Path:
        return self.office.settings.home.parent

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)

    def note(self, text: str, style: str = "dim") -> None:
        """Something that happened within a step."""
        self.say(f"     {text}", style)
