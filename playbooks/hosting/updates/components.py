"""What of WordPress is installed in a release: read from its files over SSH, none of which is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from playbooks.hosting.connect import Shell
from playbooks.hosting.updates import versions

Kind = Literal["plugin", "theme", "core"]
FOLDERS: dict[Kind, str] = {"plugin": "wp-content/plugins", "theme": "wp-content/themes", "core": ""}
LABELS: dict[Kind, str] = {"plugin": "Plugin", "theme": "Tema", "core": "WordPress"}
CORE = "wordpress"
STYLE = "style.css"
VERSION = "wp-includes/version.php"
_SLUG = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
# Of each file its path after `>` and then the lines that tell, set in: no line of a file passes for a path.
_READ = r"""
[ -d "$1" ] || exit 0
cd "$1"
lines='^([[:blank:]]*<[?]php)?[[:blank:]/*#@]*(plugin name|theme name|version|requires at least):|^[$]wp_version'
plain() { case $1 in *[!A-Za-z0-9._-]* | .*) return 1 ;; esac; }
tell() {
    printf '>%s\n' "$1"
    head -c 8192 "$1" | tr '\r' '\n' | LC_ALL=C grep -aiE "$lines" | cut -c 1-200 | sed 's/^/ /' || :
}
plugin='^([[:blank:]]*<[?]php)?[[:blank:]/*#@]*plugin name:'
names_a_plugin() { head -c 8192 "$1" | tr '\r' '\n' | LC_ALL=C grep -aiE "$plugin" >/dev/null; }
[ ! -f wp-includes/version.php ] || tell wp-includes/version.php
for folder in wp-content/plugins/*/; do
    for file in "$folder"*.php; do
        if [ -f "$file" ] && plain "$(basename "$folder")" && plain "${file##*/}" && names_a_plugin "$file"; then
            tell "$file"
            break
        fi
    done
done
for file in wp-content/plugins/*.php; do
    if [ -f "$file" ] && plain "${file##*/}" && names_a_plugin "$file"; then tell "$file"; fi
done
for file in wp-content/themes/*/style.css; do
    if [ -f "$file" ] && plain "$(basename "${file%/*}")"; then tell "$file"; fi
done
"""


@dataclass(frozen=True)
class Component:
    """WordPress itself, a plugin or a theme. `main` is the file in its folder that says so; empty of WordPress.

    A plugin that is a lone file beside the folders of others has that file's name as its slug too.
    """

    kind: Kind
    slug: str
    version: str
    main: str = ""
    title: str = field(default="", compare=False)
    """What its header calls it: hostile, only ever compared."""

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.slug

    @property
    def lone(self) -> bool:
        return self.slug == self.main

    @property
    def label(self) -> str:
        """As an official calls it."""
        return LABELS[self.kind] if self.kind == "core" else f"{LABELS[self.kind]} {self.slug}"


def is_slug(name: str) -> bool:
    """Whether a name is a folder's of a plugin or a theme, and harmless in a path."""
    return bool(_SLUG.fullmatch(name))


def read(release: str, shell: Shell) -> dict[tuple[Kind, str], Component]:
    """What stands in a release's folder on the host; nothing where there is no WordPress."""
    found = parse(shell.script(_READ, release))
    return {each.key: each for each in found}


def parse(output: str) -> list[Component]:
    """Components from the lines of `_READ`; what has no version that can be read is left out."""
    return [component for path, text in _files(output) if (component := _component(path, text))]


def _files(output: str) -> Iterator[tuple[str, str]]:
    for block in f"\n{output}".split("\n>")[1:]:
        path, _, lines = block.partition("\n")
        yield path, "\n".join(line[1:] for line in lines.splitlines())


def _component(path: str, text: str) -> Component | None:
    if path == VERSION:
        version = versions.core(text)
        return Component("core", CORE, version) if version else None
    folder, _, main = path.rpartition("/")
    where, _, slug = (folder, "", main) if folder == FOLDERS["plugin"] else folder.rpartition("/")
    kinds = [kind for kind, place in FOLDERS.items() if place and place == where]
    fields = versions.headers(text)
    version, title = versions.sound(fields.get("version", "")), fields.get("plugin name", "")
    return Component(kinds[0], slug, version, main, title) if kinds and version and is_slug(slug) else None
