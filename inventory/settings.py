"""Settings of an installation: environment variables `PELIHARA_*`, and one file (PELIHARA_SETTINGS, KEY=value lines)."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where state, inventory and services are. `Settings()` reads the environment; the file comes second."""

    model_config = SettingsConfigDict(env_prefix="PELIHARA_", extra="ignore")

    home: Path = Path.home() / ".pelihara"
    """All state: register, configs, evidence, documents, known_hosts."""
    inventory: Path = CHECKOUT / "inventory"
    database_url: str = ""
    """SQLAlchemy URL of the register; SQLite in `home` when empty."""
    seal_key: str = ""
    """Reference (env:, file:, cred:) to the key that seals full configs; `home`/seal.key when empty."""
    prefect_url: str = "http://127.0.0.1:4200/api"
    official: str = ""
    """Who is at this terminal, for commands given without --as."""

    @classmethod
    def read(cls) -> Settings:
        """Settings from the environment, then from the file that PELIHARA_SETTINGS names, if any."""
        return cls(_env_file=os.environ.get("PELIHARA_SETTINGS") or None)

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
    def documents(self) -> Path:
        return self.home / "documents"
