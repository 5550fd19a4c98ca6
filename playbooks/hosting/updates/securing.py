"""A site's backup from before its first update, or its host's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playbooks.hosting import backup, copies
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal
from playbooks.hosting.site import Site

FRESH = timedelta(hours=1)
"""How old a backup of the served release may be to stand for the one before the first update."""


def back_up(site: Site, shell: Shell, journal: Journal, good: str) -> None:
    """Of files and database as they are, off the host too, unless that of the release `good` was just made.

    Raises TargetError as `backup.back_up`, and what the permit raises.
    """
    for kept in backup.backups(site, shell)[:1]:
        if kept.release == good and datetime.now(UTC) - kept.at < FRESH:
            journal.note(f"cadangan {kept.name} dari rilis ini dipakai")
            return
    with journal.write("mencadangkan berkas dan basis data"):
        made = copies.make(site, shell)
    journal.backups.append(made.as_json())
    if made.trouble:
        journal.note(made.trouble)
