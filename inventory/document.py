"""Reading one YAML file as data: no tags, no anchors, no duplicate keys, and a size a person could have written."""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from inventory.problems import Problem, not_opened, shown

LARGEST = 2_000_000
"""Bytes of the largest file accepted: some fifteen thousand devices."""
_DEEPEST = 12
_TEXT = "tag:yaml.org,2002:str"
_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")}

KeyPath = tuple[str, ...]


class Unreadable(Exception):
    """The file could not be read at all; the message is Indonesian, `line` counts from 1 or is 0."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Document:
    """Data of one file, the line of each key path, and what had to be left out."""

    file: str
    several: bool
    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        """Line of a key path, or of its nearest parent; 0 when unknown."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A fault at a key path, whose first part is the entry where the file holds several."""
        parts = [shown(part) for part in path if part != "[key]"]  # pydantic's mark of a faulty key
        entry, key = (parts[0], parts[1:]) if self.several and parts else ("", parts)
        return Problem(self.file, entry, ".".join(key), message, self.line(path))

    def refuse(self, path: KeyPath, message: str) -> None:
        self.problems.append(self.problem(path, message))


def read(path: Path, several: bool) -> Document:
    """A YAML file as plain data; `several` when it maps slugs to entries. An empty file is an empty mapping.

    Never raises: what is wrong is in `problems`.
    """
    document = Document(path.name, several)
    try:
        root = _compose(_text(path))
        document.data = {} if root is None else _Builder(document).value(root, ())
    except Unreadable as error:
        document.problems.append(Problem(path.name, "", "", str(error), error.line))
    return document


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for without end
            raise Unreadable("bukan berkas biasa")
        if status.st_size > LARGEST:
            raise Unreadable(f"terlalu besar: {status.st_size} byte, paling besar {LARGEST}")
        return path.read_bytes()[: LARGEST + 1].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"bukan teks UTF-8 (byte ke-{error.start + 1})") from None
    except OSError as error:
        raise Unreadable(not_opened(error)) from None


def _compose(text: str) -> Node | None:
    """The document's tree. libyaml builds it ten times as quickly, but says less of what is wrong."""
    with suppress(YAMLError, ValueError, TypeError):
        if _flat(text):
            return cast("Node | None", YAML(typ="safe").compose(text))
    return _compose_explained(text)


def _flat(text: str) -> bool:
    """Whether libyaml may build it: it goes down without end, and forgets anchors."""
    depth = 0
    for event in YAML(typ="safe").parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST or (isinstance(event, NodeEvent) and event.anchor is not None):
            return False
    return True


def _compose_explained(text: str) -> Node | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise Unreadable(f"penulisan YAML keliru di kolom {column}: {_cause(str(error.problem))}", line) from None
    except YAMLError:
        raise Unreadable("memuat karakter kendali yang tidak boleh ada dalam YAML") from None
    except RecursionError:
        raise Unreadable("susunannya terlalu dalam") from None
    except ValueError:
        raise Unreadable("penulisan YAML keliru") from None
    return node


_CAUSES = {
    "mapping values are not allowed": "titik dua tidak pada tempatnya, atau indentasi tidak rata",
    "could not find expected ':'": "setelah kunci harus ada titik dua dan spasi",
    "cannot start any token": "baris tidak boleh memakai tab; teks dengan tanda khusus harus diberi tanda kutip",
    "end of stream": "tanda kutip tidak ditutup",
    "expected ',' or": "kurung tidak ditutup, atau kurang koma",
    "another document": "hanya boleh ada satu dokumen dalam satu berkas",
    "undefined alias": "tanda * tidak boleh dipakai; beri tanda kutip",
    "expected <block end>": "indentasi tidak rata",
}


def _cause(problem: str) -> str:
    known = (meaning for words, meaning in _CAUSES.items() if words in problem)
    return next(known, "periksa indentasi, titik dua dan tanda kutip")


class _Builder:
    """Turns nodes into plain data, once each: a node met a second time is an alias, which could grow without end."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._constructor = YAML(typ="safe", pure=True).constructor

    def value(self, node: Node, path: KeyPath) -> Any:
        if len(path) > _DEEPEST:
            raise Unreadable("susunannya terlalu dalam", node.start_mark.line + 1)
        if node.anchor is not None:
            raise Unreadable("jangkar & dan alias * tidak diterima; tulis isinya lengkap", node.start_mark.line + 1)
        if node.tag not in _PLAIN:
            raise Unreadable(f'tag "{shown(node.tag)}" tidak diterima', node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, str(index))) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            here = (*path, str(key))
            if key in mapping:
                self._document.refuse(here, f"tertulis dua kali, lagi di baris {key_node.start_mark.line + 1}")
                continue
            self._document.lines[here] = key_node.start_mark.line + 1
            mapping[key] = self.value(value_node, here)
        return mapping

    def _key(self, node: Node, path: KeyPath) -> Any:
        if not isinstance(node, ScalarNode):
            raise Unreadable("kunci harus berupa satu kata", node.start_mark.line + 1)
        return self.value(node, path)

    def _scalar(self, node: Node, path: KeyPath) -> Any:
        if node.tag == _TEXT:
            return node.value
        try:
            return self._constructor.construct_object(node)
        except (ValueError, YAMLError):
            self._document.refuse(path, f'"{shown(node.value)}" bukan tanggal atau bilangan yang sah')
            return None
