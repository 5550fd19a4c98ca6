"""A picture of an agency's network from what its devices tell: `topology` (who with whom), `layout`, `svg`."""

from __future__ import annotations

from playbooks.network.picture.svg import draw
from playbooks.network.picture.topology import Seen

__all__ = ["Seen", "draw"]
