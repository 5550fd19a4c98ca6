"""Settings of an installation: environment variables PELIHARA_*, and one file of KEY=value lines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from inventory.causes import cause
from inventory.models import SecretReference
from inventory.problems import not_opened, sentence, shown, suggestion

CHECKOUT = Path(__file__).resolve().parent.parent
_PREFIX = "PELIHARA_"


class SettingsError(ValueError):
    """A setting cannot be used; names the variable or file and why, in Indonesian, never the value."""


def _full(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError("tanda ~ tidak dapat diartikan; tulis path lengkap") from None


def _database(url: str) -> str:
    if url and not url.startswith(("sqlite:///", "postgresql+psycopg://", "postgresql://")):
        raise ValueError("harus sqlite:///PATH atau postgresql://PENGGUNA@TUAN-RUMAH/NAMA")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _web(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("harus alamat http:// atau https://")
    return url.rstrip("/")


Folder = Annotated[Path, AfterValidator(_full)]


class Settings(BaseSettings):
    """Where state, inventory and services are. Use `Settings.read()`: it names what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    home: Folder = Path.home() / ".pelihara"
    """All state: register, configs, evidence, documents, known_hosts."""
    inventory: Folder = CHECKOUT / "inventory"
    database_url: Annotated[str, AfterValidator(_database)] = Field("", repr=False)
    """SQLAlchemy URL of the register, which may hold a password; SQLite in `home` when empty."""
    seal_key: SecretReference = ""
    """Reference (env:, file:, cred:) to the key that seals full configs; `home`/seal.key when empty."""
    backups: Folder | None = None
    """Where copies of websites' backups are kept, sealed; `home`/backups when not given."""
    prefect_url: Annotated[str, AfterValidator(_web)] = "http://127.0.0.1:4200/api"
    official: str = ""
    """Who is at this terminal, for commands given without --as."""

    @classmethod
    def read(cls) -> Settings:
        """Settings from the environment, then from the file that PELIHARA_SETTINGS names, if any. SettingsError."""
        file = os.environ.get("PELIHARA_SETTINGS") or None
        if file:
            _check_file(file)
        try:
            return cls(_env_file=file)
        except ValidationError as error:
            raise SettingsError("\n".join(_faults(error))) from None

    def make_home(self) -> None:
        """The folder of all state, for its owner only. SettingsError when it cannot be made."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            place = shown(self.home)
            raise SettingsError(f"{_PREFIX}HOME: folder {place} tidak dapat dibuat: {cause(error)}") from None

    @property
    def register_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'register.sqlite'}"

    @property
    def known_hosts(self) -> Path:
        return self.home / "known_hosts"

    @property
    def configs(self) -> Path:
        return self.home / "configs"

    @property
    def vault(self) -> Path:
        return self.backups or self.home / "backups"

    @property
    def documents(self) -> Path:
        return self.home / "documents"


def _check_file(file: str) -> None:
    """Refuses what would be passed over in silence: a file that is not there, a name that is no setting."""
    try:
        with Path(file).open(encoding="utf-8") as stream:
            names = list(dotenv_values(stream=stream))
    except UnicodeDecodeError:
        raise SettingsError(f"{shown(file)}: bukan teks UTF-8") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{_PREFIX}SETTINGS: {shown(file)}: {not_opened(error)}") from None
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    for name in names:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise SettingsError(f"{shown(file)}: {shown(name)} bukan pengaturan yang dikenal{suggestion(name, known)}")


def _faults(error: ValidationError) -> list[str]:
    details = error.errors(include_url=False, include_input=False)
    return [f"{_PREFIX}{'.'.join(map(str, detail['loc'])).upper()}: {sentence(detail)}" for detail in details]
