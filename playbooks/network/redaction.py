"""Secrets in a device's text: each platform says what they look like."""

from __future__ import annotations

import re
from collections.abc import Callable

from playbooks.network import platforms


def redact(platform: str, text: str, mask: Callable[[str], str]) -> str:
    """`text` with every secret replaced by `mask(secret)`; lines, order and everything else stay as they are."""
    for pattern in platforms.get(platform).secrets:
        text = re.sub(pattern, lambda found: _masked(found, mask), text, flags=re.MULTILINE)
    return text


def hidden(secret: str) -> str:
    """What stands in place of a secret in the redacted view."""
    del secret
    return "<disamarkan>"


def _masked(found: re.Match[str], mask: Callable[[str], str]) -> str:
    start, end = (position - found.start() for position in found.span("secret"))
    whole = found[0]
    return whole[:start] + mask(found["secret"]) + whole[end:]
