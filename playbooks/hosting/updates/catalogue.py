"""What could be installed: the archives in the inventory's folder `updates`, named by what stands inside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from playbooks.hosting import archive
from playbooks.hosting.archive import ArchiveRefused
from playbooks.hosting.updates import versions
from playbooks.hosting.updates.components import CORE, STYLE, VERSION, Component, is_slug

FOLDER = "updates"
ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar")
_KEPT = 500
"""Archives whose contents are remembered."""


@dataclass(frozen=True)
class Available(Component):
    """A version that an archive holds. `archive` is its path in the inventory's folder."""

    archive: str = ""
    sha256: str = ""
    requires: str = ""
    """The oldest WordPress it runs on, as its header says."""


@dataclass(frozen=True)
class Catalogue:
    """`refused`: what is no archive to install from, and why (Indonesian)."""

    versions: tuple[Available, ...] = ()
    refused: tuple[str, ...] = ()

    def newest(self, of: Component) -> Available | None:
        """The newest version of a component, its own or an older one included."""
        found: Available | None = None
        for each in self.versions:
            if each.key == of.key and (found is None or versions.newer(each.version, found.version)):
                found = each
        return found


def read(inventory: Path) -> Catalogue:
    """All archives of an inventory's folder. One that cannot be trusted is refused by name and holds up no other."""
    found: list[Available] = []
    refused: list[str] = []
    for path in _archives(inventory / FOLDER):
        stat = path.stat()
        try:
            found.append(_opened(path, stat.st_mtime_ns, stat.st_size))
        except ArchiveRefused as error:
            refused.append(str(error))
    doubles = _doubles(found)
    refused += [f"{name}: ada arsip lain dengan versi yang sama tetapi isi berbeda" for name in doubles]
    return Catalogue(tuple(each for each in found if each.archive not in doubles), tuple(refused))


def _archives(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(ENDINGS))


def _doubles(found: Iterable[Available]) -> list[str]:
    """Archives that say the same of themselves but are not the same: nobody knows which is meant."""
    meant: dict[tuple[str, str, str], set[str]] = {}
    many = list(found)
    for each in many:
        meant.setdefault((*each.key, each.version), set()).add(each.sha256)
    return [each.archive for each in many if len(meant[(*each.key, each.version)]) > 1]


@lru_cache(_KEPT)
def _opened(path: Path, _changed: int, _size: int) -> Available:
    """What an archive holds; opened once as long as the file stays as it is."""
    heads = archive.heads(path, _tells, versions.HEAD)
    texts = {name: head.decode("utf-8", "replace") for name, head in heads.items()}
    found = _core(path, texts) or _theme(path, texts) or _plugin(path, texts)
    if found is None:
        raise ArchiveRefused(f"{path.name}: bukan WordPress, plugin atau tema dalam satu folder dengan versinya")
    return found


def _tells(name: str) -> bool:
    """Whether a file may be the one that says what the archive is."""
    folder, _, rest = name.partition("/")
    return bool(folder) and (rest in (VERSION, STYLE) or ("/" not in rest and rest.endswith(".php")))


def _core(path: Path, texts: Mapping[str, str]) -> Available | None:
    for name, text in texts.items():
        if name.endswith(f"/{VERSION}") and (version := versions.core(text)):
            return _available(path, Component("core", CORE, version))
    return None


def _theme(path: Path, texts: Mapping[str, str]) -> Available | None:
    for name, text in texts.items():
        fields = versions.headers(text)
        if name.endswith(f"/{STYLE}") and fields.get("theme name"):
            return _headed(path, "theme", name, fields)
    return None


def _plugin(path: Path, texts: Mapping[str, str]) -> Available | None:
    for name in sorted(texts):
        fields = versions.headers(texts[name])
        if name.endswith(".php") and fields.get("plugin name"):
            return _headed(path, "plugin", name, fields)
    return None


def _headed(path: Path, kind: str, name: str, fields: Mapping[str, str]) -> Available | None:
    slug, _, main = name.partition("/")
    version = versions.sound(fields.get("version", ""))
    if not version or not is_slug(slug):
        return None
    of = Component("theme" if kind == "theme" else "plugin", slug, version, main)
    return _available(path, of, versions.sound(fields.get("requires at least", "")))


def _available(path: Path, of: Component, requires: str = "") -> Available:
    where = f"{FOLDER}/{path.name}"
    return Available(of.kind, of.slug, of.version, of.main, where, archive.sha256(path), requires)
