"""Where the parts of a website are on its host."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Where the parts of a site are on its host (Capistrano's releases/shared/current)."""

    base: str
    backups: str

    @property
    def lock(self) -> str:
        """Held by long scripts that must not run twice at a time."""
        return f"{self.base}/lock"

    @property
    def notice(self) -> str:
        """Says who is at work on the site (lock.py); beside its folder, which a new site does not have yet."""
        return f"{self.base}.dikunci"

    @property
    def releases(self) -> str:
        return f"{self.base}/releases"

    @property
    def shared(self) -> str:
        return f"{self.base}/shared"

    @property
    def current(self) -> str:
        """Symbolic link to the release that is served."""
        return f"{self.base}/current"

    @property
    def candidate(self) -> str:
        """Symbolic link to the release that is being proven; only the deploy gets it."""
        return f"{self.base}/next"

    @property
    def last_good(self) -> str:
        """Symbolic link to the release that last passed its health check."""
        return f"{self.base}/last-good"

    @property
    def proven(self) -> str:
        """One empty file for each release that ever passed its health check."""
        return f"{self.base}/proven"

    @property
    def checksums(self) -> str:
        """Of each release's files as the deploy unpacked them; no PHP may write or read here."""
        return f"{self.base}/checksums"

    @property
    def quarantine(self) -> str:
        """What a clean-up took out of the site, one folder each; no PHP may read here, and no visitor."""
        return f"{self.base}/quarantine"

    @property
    def incoming(self) -> str:
        """Work in progress; whatever is here may be thrown away."""
        return f"{self.base}/incoming"

    @property
    def drill(self) -> Layout:
        """Where a restore drill opens a backup: within the site, so that its PHP may read it; never a live path."""
        return Layout(f"{self.incoming}/drill", self.backups)

    @property
    def tls(self) -> str:
        return f"{self.base}/tls"

    @property
    def live_tls(self) -> str:
        """Symbolic link to the folder of the certificate that is served."""
        return f"{self.tls}/live"

    @property
    def database_login(self) -> str:
        """MariaDB option file with the site's own user and password; never leaves the host."""
        return f"{self.shared}/database.cnf"

    @property
    def dumps(self) -> str:
        """A dump of the database from before each release's migration."""
        return f"{self.base}/dumps"
