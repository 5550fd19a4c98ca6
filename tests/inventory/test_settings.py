"""Settings: environment first, then one file; a bad one is named, never passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inventory.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PELIHARA_")]:
        monkeypatch.delenv(name)


def written(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "settings").write_text(text)
    monkeypatch.setenv("PELIHARA_SETTINGS", str(folder / "settings"))


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "PELIHARA_HOME=/dari/berkas\nPELIHARA_OFFICIAL=kadis\nLAIN=1\n", monkeypatch)
    monkeypatch.setenv("PELIHARA_HOME", "/dari/lingkungan")
    read = Settings.read()
    assert (read.home, read.official) == (Path("/dari/lingkungan"), "kadis")
    assert read.register_url == "sqlite:////dari/lingkungan/register.sqlite"


def test_a_database_password_is_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PELIHARA_DATABASE_URL", "postgresql://a:s3kr1t@db/pelihara")
    read = Settings.read()
    assert read.register_url == "postgresql+psycopg://a:s3kr1t@db/pelihara"
    assert "s3kr1t" not in repr(read)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PELIHARA_DATABASE_URL", "mysql://a:s3kr1t@db", "postgresql://"),
        ("PELIHARA_SEAL_KEY", "s3kr1t", "rujukan"),
        ("PELIHARA_PREFECT_URL", "s3kr1t:4200", "http://"),
        ("PELIHARA_HOME", "~s3kr1t/x", "path lengkap"),
    ],
)
def test_a_bad_value_is_named_without_being_shown(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: .*{words}") as caught:
        Settings.read()
    assert "s3kr1t" not in str(caught.value)


def test_a_variable_without_a_value_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PELIHARA_HOME", "")
    monkeypatch.setenv("PELIHARA_INVENTORY", "")
    assert Settings.read().home == Path.home() / ".pelihara"
    assert Settings.read().inventory.name == "inventory"


def test_a_settings_file_that_is_not_there_or_misspelt_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "PELIHARA_HOMEE=/x\n", monkeypatch)
    with pytest.raises(SettingsError, match=r'PELIHARA_HOMEE bukan .*maksud Anda "PELIHARA_HOME"'):
        Settings.read()
    monkeypatch.setenv("PELIHARA_SETTINGS", "/tidak/ada")
    with pytest.raises(SettingsError, match="PELIHARA_SETTINGS: /tidak/ada: berkas tidak ada"):
        Settings.read()
