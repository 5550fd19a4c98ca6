"""Recorded device output, read by the same parsers as the devices themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.jobs.errors import BadInput
from inventory.causes import cause
from inventory.problems import shown
from playbooks.network.diagnose import parse

_LARGEST_RECORDING = 64 << 20


def parse_recording(platform: str, command: str, file: Path) -> Any:
    """Facts parsed from one recorded output. Raises BadInput for an unknown platform, command or unreadable file."""
    try:
        data = file.read_bytes() if file.stat().st_size <= _LARGEST_RECORDING else None
    except OSError as error:
        raise BadInput(f"{shown(file)}: tidak dapat dibuka: {cause(error)}", "unreadable_file") from None
    if data is None:
        raise BadInput(f"{shown(file)}: lebih besar dari 64 MB", "unreadable_file")
    try:
        return parse(platform, command, data.decode(errors="replace"))
    except (KeyError, ValueError) as error:
        raise BadInput(f"keluaran ini tidak terbaca: {error}", "unreadable_recording") from None
