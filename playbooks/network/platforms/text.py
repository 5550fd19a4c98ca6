"""Pieces of an output: those it must have, and those it may lack."""

from __future__ import annotations

import re


def needed(pattern: str | re.Pattern[str], text: str) -> re.Match[str]:
    """The first match, line by line. Raises ValueError when there is none."""
    match = re.search(pattern, text, 0 if isinstance(pattern, re.Pattern) else re.MULTILINE)
    if match is None:
        raise ValueError(f"not found: {pattern}")
    return match


def optional(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> str:
    """Group 1 of the first match, line by line; empty when there is none."""
    match = re.search(pattern, text, re.MULTILINE | flags)
    return match[1] if match else ""
