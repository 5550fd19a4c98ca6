"""An office of its own for each test: the example inventory, an empty register, no machine within reach."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from flows.cli.root import app
from flows.office import Office, open_office
from inventory.load import load_inventory
from inventory.settings import CHECKOUT, Settings
from sop.register import Register
from tests.flows.house import House, lit

PDF = b"%PDF-1.4\n% surat permohonan\n%%EOF\n"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Pelihara = Callable[..., Said]


@pytest.fixture(scope="session", autouse=True)
def _one_tree_of_commands() -> Iterator[None]:
    """Typer builds all commands anew at each call: 20 ms that a person pays once and these tests hundreds of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose register is migrated already; migrating takes most of a test's time."""
    home = tmp_path_factory.mktemp("home")
    Register(Settings(home=home, database_url=""), load_inventory(CHECKOUT / "inventory")).audit_tip()
    return home


@pytest.fixture
def home(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PELIHARA_HOME and PELIHARA_INVENTORY of a test."""
    shutil.copytree(migrated, tmp_path / "home")
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    for file in (CHECKOUT / "inventory").glob("*.yaml"):
        shutil.copy(file, inventory)
    for name in ("DATABASE_URL", "SETTINGS", "OFFICIAL", "SEAL_KEY"):
        monkeypatch.delenv(f"PELIHARA_{name}", raising=False)
    monkeypatch.setenv("PELIHARA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PELIHARA_INVENTORY", str(inventory))
    return tmp_path / "home"


@pytest.fixture
def office(home: Path) -> Office:
    here = open_office()
    assert here.settings.home == home
    return here


@pytest.fixture
def pelihara(home: Path) -> Pelihara:
    """Runs the command in this process."""

    def run(*words: object) -> Said:
        assert home.is_dir()
        done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return Said(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "surat.pdf"
    path.write_bytes(PDF)
    return path


@pytest.fixture
def submit(pelihara: Pelihara, letter: Path) -> Callable[..., str]:
    """Hands in a letter; returns the case's number."""

    def hand_in(*more: object, sop: str = "jaringan", opd: str = "dinkes") -> str:
        words = ("--sop", sop, "--opd", opd, "--about", "Jaringan lambat", "--letter", letter, *more)
        said = pelihara("request", "submit", *words, "--json")
        assert said.code == 0, said.err
        return str(said.json["id"])

    return hand_in


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One `pelihara up` for all tests that need Prefect."""
    yield from lit(tmp_path_factory.mktemp("house"))
