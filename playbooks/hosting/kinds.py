"""What the kinds of websites need: data, so that a new kind is one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """The shape of one kind of website. Paths are relative: to the release, or where it says so to `shared/`."""

    php: bool = False
    wordpress: bool = False
    docroot: str = ""
    """The folder of a release that visitors get; the release itself when empty."""
    entries: str = ""
    """PHP files that may be run, as a regular expression; any when empty."""
    hidden: tuple[str, ...] = ()
    """Paths that no visitor gets."""
    shared: tuple[str, ...] = ()
    """Folders that outlive a release."""
    writable: tuple[str, ...] = ()
    """Folders in `shared/` that PHP may write, and that are made when missing."""
    links: Mapping[str, str] = field(default_factory=dict)
    """What else in a release is kept in `shared/`: path in the release, path in `shared/`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Files in `shared/` without a secret, and their template: written again when they differ."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Files in `shared/` and their template, whose secrets are filled in on the host (secrets.py)."""
    own: tuple[str, ...] = ()
    """Those of `secrets` that are the website's to change once they are there."""
    seeds: Mapping[str, str] = field(default_factory=dict)
    """Folders in `shared/` that begin as a copy of one in the first release."""
    makes: tuple[str, ...] = ()
    """Folders in `shared/` where the website itself writes PHP: caches, logs, its own configuration."""
    needs: tuple[str, ...] = ()
    """Files that every release must have."""
    composer: bool = False
    """Its libraries are Composer's: in vendor/, or installed from composer.lock on the host."""
    prepare: tuple[str, ...] = ()
    """PHP command that makes an unpacked release ready, run in it."""
    migrate: tuple[str, ...] = ()
    """PHP command that brings the database to the release, run in it once."""


_LARAVEL_STORAGE = (
    "storage/framework/cache/data",
    "storage/framework/sessions",
    "storage/framework/views",
    "storage/logs",
)

KINDS = {
    "static": Kind(needs=("index.html",)),
    "php": Kind(php=True, needs=("index.php",), composer=True, hidden=("vendor", "composer.json", "composer.lock")),
    "wordpress": Kind(
        php=True,
        wordpress=True,
        hidden=("wp-config.php",),
        shared=("wp-content/uploads",),
        writable=("wp-content/uploads",),
        links={"wp-config.php": "wp-config.php"},
        settings={"wp-config.php": "wp-config.php.j2"},
        secrets={"wp-secrets.php": "wp-secrets.php.j2"},
        needs=("index.php", "wp-includes/version.php"),
    ),
    # bootstrap/cache is the release's own: what config:cache writes there names the release's own folders.
    "laravel": Kind(
        php=True,
        docroot="public",
        entries=r"index\.php",
        shared=("storage",),
        writable=("storage", "storage/app/public", *_LARAVEL_STORAGE),
        links={".env": ".env", "public/storage": "storage/app/public"},
        makes=("storage/framework",),
        secrets={".env": "laravel.env.j2"},
        needs=("artisan", "public/index.php", "bootstrap/app.php"),
        composer=True,
        prepare=("artisan", "config:cache"),
        migrate=("artisan", "migrate", "--force", "--no-interaction"),
    ),
    "codeigniter": Kind(
        php=True,
        docroot="public",
        entries=r"index\.php",
        shared=("writable",),
        writable=tuple(f"writable{name}" for name in ("", "/cache", "/debugbar", "/logs", "/session", "/uploads")),
        links={".env": ".env"},
        makes=("writable/cache", "writable/debugbar", "writable/logs", "writable/session"),
        secrets={".env": "codeigniter.env.j2"},
        needs=("spark", "public/index.php", "app/Config/App.php"),
        composer=True,
        migrate=("spark", "migrate", "--all"),
    ),
    "codeigniter3": Kind(
        php=True,
        entries=r"index\.php",
        hidden=("application", "system", "vendor", "composer.json", "composer.lock"),
        shared=("application/cache", "application/logs"),
        makes=("application/cache", "application/logs"),
        writable=("application/cache", "application/logs"),
        links={"application/config/database.php": "database.php"},
        settings={"database.php": "codeigniter3-database.php.j2"},
        secrets={"database-password.php": "database-password.php.j2"},
        needs=("index.php", "system/core/CodeIgniter.php", "application/config/config.php"),
    ),
    # The village's own folder holds its configuration too, which OpenSID itself rewrites (it encrypts the password).
    "opensid": Kind(
        php=True,
        entries=r"index\.php",
        hidden=(
            *("donjo-app", "app", "system", "vendor", "storage", "composer.json", "composer.lock", "desa-contoh"),
            *("desa/config", "desa/app_key", "desa/arsip", "desa/upload/dokumen", "backup_inkremental"),
        ),
        shared=("desa", "storage/framework", "storage/logs", "backup_inkremental"),
        writable=("desa", "desa/config", "desa/upload", "desa/arsip", *_LARAVEL_STORAGE, "backup_inkremental"),
        secrets={"desa/config/database.php": "opensid-database.php.j2", "desa/app_key": "opensid-app-key.j2"},
        own=("desa/config/database.php", "desa/app_key"),
        makes=("desa/config", "desa/themes", "storage"),
        seeds={"desa": "desa-contoh"},
        needs=("index.php", "donjo-app/config/config.php", "desa-contoh/config/config.php"),
    ),
}


def kind_of(name: str) -> Kind:
    """Raises KeyError for a kind that cannot be hosted."""
    return KINDS[name]
