"""Typer in Indonesian: the words it prints of itself in help and usage errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from typer._click.core import Context
from typer._click.exceptions import ClickException, MissingParameter, NoSuchOption
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

_PANELS = {
    "ARGUMENTS_PANEL_TITLE": "Argumen",
    "OPTIONS_PANEL_TITLE": "Pilihan",
    "COMMANDS_PANEL_TITLE": "Perintah",
    "REQUIRED_LONG_STRING": "[wajib]",
    "DEFAULT_STRING": "[bawaan: {}]",
}
_SAYINGS = (
    (r"No such command (.+?)\.", r"perintah \1 tidak dikenal."),
    (r"Missing command\.", "perintahnya belum ditulis."),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"argumen \1 tidak dikenal."),
    (r"Option (\S+) does not take a value\.", r"pilihan \1 tidak memakai isi."),
    (r"Option (\S+) requires .*", r"pilihan \1 belum ada isinya."),
    (r"Did you mean (.+)\?", r"Maksudnya \1?"),
    (r"Invalid value for (.+?): .*", r"isi \1 tidak sah."),
)


FREE_TEXT = "TEKS"
"""Metavar of what may be empty at the prompt; the job says when it may not."""


class _Formatter(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Pemakaian: ")


class _Context(Context):
    formatter_class = _Formatter


class _Helpful:
    """The help of a command or group, in Indonesian."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        # What draws help takes longer to load than many a command takes to run.
        from typer import rich_utils

        vars(rich_utils).update(_PANELS)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        return _translated(super().get_help_option(ctx))  # type: ignore[misc]


class Order(_Helpful, TyperCommand):
    """One command, its own words in Indonesian."""

    context_class = _Context

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **{**settings, "options_metavar": "[PILIHAN]"})
        for param in self.params:
            _quiet(param)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Refuses what was given as "": most often a variable of a script that has no value."""
        given, *_ = self.make_parser(ctx).parse_args(list(args))
        for param in self.params:
            value = given.get(param.name or "")
            if _metavar(param) != FREE_TEXT and "" in (value if isinstance(value, list | tuple) else [value]):
                ctx.fail(f"isi '{param.opts[0] if isinstance(param, TyperOption) else _metavar(param)}' kosong.")
        return super().parse_args(ctx, args)


class Orders(_Helpful, TyperGroup):
    """A group of commands, its own words in Indonesian."""

    context_class = _Context

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            **{
                **settings,
                "options_metavar": "[PILIHAN]",
                "subcommand_metavar": "PERINTAH [ARGUMEN]...",
                "no_args_is_help": True,
            }
        )


def _metavar(param: object) -> str:
    return str(getattr(param, "metavar", None) or "")


def _translated(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.help = "Tampilkan bantuan ini."
        _quiet(option)
    return option


def _quiet(param: object) -> None:
    """A flag takes no value, so none is named behind it; an argument's type is a programmer's word."""
    if isinstance(param, TyperOption) and param.is_flag:
        param.metavar = ""
    if isinstance(param, TyperArgument):
        vars(param)["display_type_rich"] = lambda **_: None


def explain(error: ClickException) -> str:
    """A usage error in Indonesian."""
    if isinstance(error, MissingParameter) and error.param is not None:
        return f"{error.param.get_error_hint()} wajib diisi."
    if isinstance(error, NoSuchOption):
        return f"pilihan {error.option_name} tidak dikenal.{_perhaps(error.possibilities)}"
    message = error.format_message()
    for english, indonesian in _SAYINGS:
        message = re.sub(english, indonesian, message)
    return message


def _perhaps(possibilities: Sequence[str] | None) -> str:
    return f" Maksudnya {' atau '.join(sorted(possibilities))}?" if possibilities else ""
