"""ntc-templates: tables that devices print, read by templates the whole field keeps."""

from __future__ import annotations

import re
from typing import Any

from ntc_templates.parse import parse_output
from textfsm.parser import TextFSMError

Row = dict[str, Any]


def rows(platform: str, command: str, output: str) -> list[Row]:
    """The rows that the platform's template for `command` finds, by lower-case column.

    Raises ValueError when there is no such template, or it finds nothing in text.
    """
    try:
        found = parse_output(platform=platform, command=command, data=output)
    except (TextFSMError, Exception) as error:  # its own class for a missing template is a bare Exception
        raise ValueError(f"{command}: {error}") from None
    if not found and output.strip():
        raise ValueError(f"{command}: nothing recognised")
    return list(found)


def every(row: str, alike: str, output: str) -> list[re.Match[str]]:
    """Each line that `row` matches. Raises ValueError when one that is `alike` does not: half a table is no fact."""
    found = list(re.finditer(row, output, re.MULTILINE))
    if len(found) < len(re.findall(alike, output, re.MULTILINE)):
        raise ValueError(f"a line that is no {row!r}")
    return found
