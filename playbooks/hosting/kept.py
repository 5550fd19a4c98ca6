"""A website's finished backup, as its marker tells of it: the same on its host and in a copy off it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime

from playbooks.hosting import releases

MARKER = "finished.json"
"""Written last: a folder without it is not a backup."""
PROVEN, DAMAGED = "proven", "damaged"
"""Empty files in a backup's folder."""
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True)
class SiteBackup:
    """A finished backup. `path` is a folder on the host; sizes in bytes; `at` is UTC."""

    site: str
    path: str
    release: str
    """The release that was served; empty when there was none."""
    files_sha256: str
    database_sha256: str
    """Empty for a site without a database."""
    bytes: int
    at: datetime

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parts(self) -> dict[str, str]:
        """SHA-256 (hex) of each of its files, by name."""
        dump = {"database.sql.gz": self.database_sha256} if self.database_sha256 else {}
        return {"files.tar.gz": self.files_sha256, **dump}

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "at": self.at.isoformat()}


def read(name: str, marker: str, slug: str, folder: str) -> SiteBackup | None:
    """A backup in a site's `folder` on its host, from its name and its marker's text.

    None when that is not whole or another site's.
    """
    try:
        fields = json.loads(marker)
        found = SiteBackup(
            site=slug,
            path=f"{folder}/{name}",
            release=str(fields["release"]),
            files_sha256=str(fields["files_sha256"]),
            database_sha256=str(fields["database_sha256"]),
            bytes=int(fields["bytes"]),
            at=datetime.fromisoformat(fields["at"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    ours = fields["site"] == slug and (not found.release or releases.is_name(found.release))
    return found if ours and _NAME.fullmatch(name) and found.at.tzinfo else None
