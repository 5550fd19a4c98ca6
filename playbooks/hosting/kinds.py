"""What the kinds of websites need: data, so that a new kind is one entry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """The shape of one kind of website."""

    php: bool = False
    wordpress: bool = False
    shared: tuple[str, ...] = ()
    """Folders that outlive a release and that PHP may write."""
    needs: tuple[str, ...] = ()
    """Files that every release must have."""


KINDS = {
    "static": Kind(needs=("index.html",)),
    "php": Kind(php=True, needs=("index.php",)),
    "wordpress": Kind(
        php=True, wordpress=True, shared=("wp-content/uploads",), needs=("index.php", "wp-includes/version.php")
    ),
}


def kind_of(name: str) -> Kind:
    """Raises KeyError for a kind that cannot be hosted yet."""
    return KINDS[name]
