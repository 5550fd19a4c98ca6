"""What could be installed: the archives in the inventory's folder `updates`, named by what stands inside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cmp_to_key, lru_cache
from pathlib import Path

from playbooks.hosting import archive
from playbooks.hosting.archive import ArchiveRefused
from playbooks.hosting.updates import versions
from playbooks.hosting.updates.components import CORE, STYLE, VERSION, Component, Kind, is_slug

FOLDER = "updates"
_TO_READ = (".txt", ".md")
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
    requires_php: str = ""
    """The oldest PHP it runs on, as it says."""
    single: bool = False
    """Whether its main file is all there is of it, texts to read aside."""


@dataclass(frozen=True)
class Catalogue:
    """`refused`: what is no archive to install from, and why (Indonesian)."""

    versions: tuple[Available, ...] = ()
    refused: tuple[str, ...] = ()

    def newer(self, of: Component) -> list[Available]:
        """What is newer than an installed component, the newest first. A lone file is known by its name and title."""
        found = [each for each in self.versions if each.key == of.key or (of.lone and _same_file(each, of))]
        newer = [each for each in found if versions.newer(each.version, of.version)]
        return sorted(newer, key=cmp_to_key(_in_order), reverse=True)


def _in_order(one: Available, other: Available) -> int:
    return versions.compare(one.version, other.version)


def _same_file(archived: Available, of: Component) -> bool:
    """WordPress's own directory gives what is installed as a lone file in a folder that has another name."""
    return (archived.kind, archived.main, archived.title) == (of.kind, of.main, of.title)


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
    names: list[str] = []

    def tells(name: str) -> bool:
        names.append(name)
        return _tells(name)

    heads = archive.heads(path, tells, versions.HEAD)
    texts = {name: head.decode("utf-8", "replace") for name, head in heads.items()}
    found = _core(path, texts) or _theme(path, texts) or _plugin(path, texts, names)
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
            return _available(path, Component("core", CORE, version), php=versions.core(text, "required_php_version"))
    return None


def _theme(path: Path, texts: Mapping[str, str]) -> Available | None:
    for name, text in texts.items():
        fields = versions.headers(text)
        if name.endswith(f"/{STYLE}") and fields.get("theme name"):
            return _headed(path, "theme", name, fields)
    return None


def _plugin(path: Path, texts: Mapping[str, str], names: Iterable[str]) -> Available | None:
    for name in sorted(texts):
        fields = versions.headers(texts[name])
        if name.endswith(".php") and fields.get("plugin name"):
            single = all(each == name or each.lower().endswith(_TO_READ) for each in names)
            return _headed(path, "plugin", name, fields, single)
    return None


def _headed(path: Path, kind: Kind, name: str, fields: Mapping[str, str], single: bool = False) -> Available | None:
    slug, _, main = name.partition("/")
    version = versions.sound(fields.get("version", ""))
    if not version or not is_slug(slug):
        return None
    of = Component(kind, slug, version, main, fields.get("plugin name", ""))
    wordpress, php = (versions.sound(fields.get(each, "")) for each in ("requires at least", "requires php"))
    return _available(path, of, wordpress, php, single)


def _available(path: Path, of: Component, wordpress: str = "", php: str = "", single: bool = False) -> Available:
    where = (f"{FOLDER}/{path.name}", archive.sha256(path))
    return Available(of.kind, of.slug, of.version, of.main, of.title, *where, wordpress, php, single)
