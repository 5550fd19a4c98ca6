"""Who may import whom (pyproject.toml, importlinter): kept, and the guard itself is awake."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.house import HOUSE, PACKAGES

ASK = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    # Python puts the folder it runs in first, before the installed packages.
    return subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_house_keeps_its_direction_of_imports() -> None:
    done = _lint(HOUSE)
    assert done.returncode == 0, done.stdout


STRAYS = {
    "a playbook that knows a case": ("playbooks/stray.py", "import sop.progress"),
    "a record that touches a machine": ("sop/stray.py", "import paramiko"),
    "a playbook that knows Prefect": ("playbooks/stray.py", "import prefect"),
    "an inventory that knows flows": ("inventory/stray.py", "import flows.office"),
}


@pytest.mark.parametrize(("where", "what"), STRAYS.values(), ids=STRAYS)
def test_a_stray_import_is_found(where: str, what: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(HOUSE / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    (tmp_path / where).write_text(f"{what}\n")
    done = _lint(tmp_path)
    assert done.returncode == 1, done.stdout
    assert Path(where).with_suffix("").as_posix().replace("/", ".") in done.stdout


@pytest.mark.parametrize("module", ["flows.cli", "flows.jobs.network", "flows.jobs.cases"])
def test_what_needs_no_flow_does_not_load_prefect(module: str) -> None:
    ask = f"import sys, {module}; raise SystemExit('prefect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"{module} imports prefect"
