"""A flow that does next to nothing, so that tests of the dispatcher need no device: it writes down that it was run."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from prefect import flow


@flow(name="Tiny", persist_result=False)
def work(isian: dict[str, Any]) -> None:
    """A line a run; waits while the case's `hold` file is there, fails while its `fail` file is."""
    folder = Path(os.environ["PELIHARA_HOME"]) / "tiny"
    case = folder / isian["permohonan"]
    with case.open("a") as out:
        out.write(f"{isian['percobaan']}\n")
    while case.with_suffix(".hold").exists():
        time.sleep(0.1)
    if case.with_suffix(".fail").exists():
        raise RuntimeError("as told")
