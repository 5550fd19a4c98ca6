"""What stands in the checkout: no machine's paths, no secrets, nothing unfinished, data that reaches the wheel."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from sop.procedure import check_released
from tests.guards.house import HOUSE, PACKAGES, tracked

# Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": r"/wo" + r"rk/|/ro" + r"ot/|/fa" + r"rm/|\.py" + r"env|/ho" + r"me/[a-z]+/",
    "a private key": r"-----BEGIN [A-Z ]*PRIV" + r"ATE KEY-----",
    "a token": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|AK" + r"IA[0-9A-Z]{16}|xox[bap]-[0-9A-Za-z-]{10,})",
    "a folder beside the checkout": r"\.\./sha" + r"red/(?!recordings\b|bench\b)",
    "something unfinished": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    "a test that is not run": r"mark\.(?:sk" + r"ip|xf" + r"ail)\w*|pytest\.xf" + r"ail",
    "where packages come from": r"(?:-|_|\b)ind" + r"ex[-_]url|PIP_IND" + r"EX",
    "a silenced check without its name": r"#\s*(?:noqa(?!:)|type:\s*ig" + r"nore(?!\[))",
}
TEXT = {".py", ".yaml", ".toml", ".typ", ".j2", ".md", ".mako", ".ini", ".sh", ".txt", ".html", ".css", ".js", ""}


def findings(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def test_no_file_says_what_it_must_not() -> None:
    files = [path for path in tracked() if path.suffix in TEXT]
    found = {str(path.relative_to(HOUSE)): findings(path.read_text(errors="replace")) for path in files}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("open('/ro" + "ot/x')", "a path of one machine"),
        ("-----BEGIN OPENSSH PRIV" + "ATE KEY-----", "a private key"),
        ("AK" + "IA" + "A" * 16, "a token"),
        ("# TO" + "DO", "something unfinished"),
        ("@pytest.mark.sk" + "ip(reason='x')", "a test that is not run"),
        ("pip install --ind" + "ex-url https://x", "where packages come from"),
        ("x = 1  # no" + "qa", "a silenced check without its name"),
    ],
)
def test_the_guard_would_find_it(text: str, what: str) -> None:
    assert findings(text) == [what]


def test_released_procedures_are_as_they_were_released() -> None:
    assert check_released() == []


def test_every_folder_of_modules_is_a_package_and_typed() -> None:
    # Alembic reads the folder of migrations as files, not as modules.
    files = [path for package in PACKAGES for path in (HOUSE / package).rglob("*.py") if "migrations" not in path.parts]
    assert [str(path) for path in files if not (path.parent / "__init__.py").exists()] == []
    assert [package for package in PACKAGES if not (HOUSE / package / "py.typed").exists()] == []


def test_every_data_file_of_a_package_reaches_the_wheel() -> None:
    globs = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    inside = [path for path in tracked() if path.relative_to(HOUSE).parts[0] in PACKAGES and path.suffix != ".py"]
    assert [str(path) for path in inside if not any(fnmatch(path.name, glob) for glob in globs)] == []


def test_constraints_pin_versions_and_name_no_index() -> None:
    lines = [line for line in Path(HOUSE, "constraints.txt").read_text().splitlines() if line]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


def test_every_mirror_of_the_tests_stands_for_a_folder_of_the_house() -> None:
    own = {"lab", "guards", "bench", "__pycache__"}
    assert {path.name for path in (HOUSE / "tests").iterdir() if path.is_dir()} - own <= set(PACKAGES)
