"""The checkout as the guards see it: what git tracks, and what will be tracked."""

from __future__ import annotations

import subprocess
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
PACKAGES = ("flows", "inventory", "playbooks", "sop")


def tracked() -> list[Path]:
    """Files of the checkout, those not added yet included, ignored ones not."""
    argv = ["git", "-c", f"safe.directory={HOUSE}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(argv, cwd=HOUSE, capture_output=True, check=True).stdout.decode().split("\0")
    return [HOUSE / name for name in sorted(set(names)) if name and (HOUSE / name).is_file()]
