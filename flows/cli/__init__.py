"""The `pelihara` command (design section 5: its words and its JSON are relied on; add, never rename)."""

from flows.cli.root import main

__all__ = ["main"]
