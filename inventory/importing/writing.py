"""Writing a plan into the inventory's files: every byte that is not changed stays, and all or nothing is written."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from inventory.importing.plan import Change
from inventory.importing.sheets import ImportRefused
from inventory.load import load_inventory
from inventory.models import Agency, Device, Inventory, Website
from inventory.problems import not_opened

_MODELS: dict[str, type[Agency | Device | Website]] = {"opd": Agency, "devices": Device, "websites": Website}
"""In the order they are written: who is referred to first."""
_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|nan|inf)$)[a-z][a-z0-9_./-]*|\d+\.\d+\.\d+\.\d+", re.IGNORECASE
)
_GUESS = "  # tebakan menurut merk dan tipe"


def write(changes: Sequence[Change], inventory: Inventory, platforms: Collection[str]) -> list[str]:
    """Write the changes into the folder of `inventory`; returns the names of the files.

    A copy is changed and loaded first; only when it says what was planned are the files replaced, each at once.
    Raises ImportRefused, and then nothing was written.
    """
    folder = Path(inventory.folder)
    by_table = {table: [each for each in changes if each.table == table] for table in _MODELS}
    try:
        before = {table: _text(folder / f"{table}.yaml") for table, wanted in by_table.items() if wanted}
        after = {table: changed(text, by_table[table]) for table, text in before.items()}
        _rehearse(folder, after, inventory, changes, platforms)
        for table, text in after.items():
            _replace(folder / f"{table}.yaml", before[table], text)
    except OSError as error:
        raise ImportRefused(f"{folder}: {not_opened(error)}") from None
    return [f"{table}.yaml" for table in after]


def _text(path: Path) -> str:
    return path.read_bytes().decode() if path.exists() else ""


def changed(text: str, changes: Iterable[Change]) -> str:
    """The text of a file with its entries updated where they stand, and new ones behind the last."""
    changes = list(changes)
    updated = _updated(text, {each.slug: each.fields for each in changes if each.action == "update"})
    return _extended(updated, [each for each in changes if each.action == "add"])


def _extended(text: str, added: Sequence[Change]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    start = text if not text or text.endswith("\n") else text + end
    return start + "".join(_entry(each).replace("\n", end) for each in added)


def _entry(change: Change) -> str:
    lines = [f"{_inline(change.slug)}:"]
    for key, value in change.fields.items():
        lines.append(f"  {key}: {_inline(value)}" + (_GUESS if key == "platform" and change.guessed_from else ""))
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    """A value on one line: words as the office writes them, everything else in JSON's quotes, which YAML reads."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _updated(text: str, entries: dict[str, dict[str, Any]]) -> str:
    if not entries:
        return text
    root = YAML(typ="safe", pure=True).compose(text)
    edits = [edit for key, node in root.value if key.value in entries for edit in _edits(node, entries[key.value])]
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _edits(entry: MappingNode, fields: dict[str, Any]) -> Iterable[tuple[int, int, str]]:
    """(start, end, new text) for each key: its value where it has one, else before the entry's first key."""
    values = {key.value: value for key, value in entry.value}
    first = entry.value[0][0].start_mark
    between = ", " if entry.flow_style else "\n" + " " * first.column
    for key, value in fields.items():
        if key in values:
            yield *_span(values[key], key), _inline(value)
        else:
            yield first.index, first.index, f"{key}: {_inline(value)}{between}"


def _span(node: Node, key: str) -> tuple[int, int]:
    """Where a value stands; what goes over several lines in blocks might hold comments, and is left to people."""
    if (isinstance(node, ScalarNode) and node.style in ("|", ">")) or getattr(node, "flow_style", None) is False:
        raise ImportRefused(f"baris {node.start_mark.line + 1}: {key} ditulis dalam beberapa baris; ubah dengan tangan")
    return node.start_mark.index, node.end_mark.index


def _rehearse(
    folder: Path, texts: dict[str, str], inventory: Inventory, changes: Sequence[Change], platforms: Collection[str]
) -> None:
    """Load a copy of the folder with the new texts. Raises ImportRefused unless it says just what was planned."""
    with TemporaryDirectory(prefix="pelihara-import-") as copy:
        for file in folder.glob("*.y*ml"):
            shutil.copyfile(file, Path(copy, file.name))
        for table, text in texts.items():
            Path(copy, f"{table}.yaml").write_bytes(text.encode())
        loaded = load_inventory(Path(copy), platforms)
    if loaded.model_copy(update={"folder": inventory.folder}) != _planned(inventory, changes):
        files = ", ".join(f"{table}.yaml" for table in texts)
        raise ImportRefused(f"{files}: susunannya tidak dapat diubah dengan aman; tulis setiap entri sebagai blok")


def _planned(inventory: Inventory, changes: Iterable[Change]) -> Inventory:
    tables: dict[str, dict[str, Any]] = defaultdict(dict)
    for each in changes:
        old = getattr(inventory, each.table).get(each.slug)
        kept = old.model_dump(by_alias=True, exclude_unset=True) if old else {}
        tables[each.table][each.slug] = _MODELS[each.table].model_validate({**kept, **each.fields})
    return inventory.model_copy(update={table: {**getattr(inventory, table), **new} for table, new in tables.items()})


def _replace(path: Path, before: str, after: str) -> None:
    """Put the new text in place of the old in one step. Raises ImportRefused when the old one has changed meanwhile."""
    path = path.resolve()
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            new.write(after.encode())
            new.flush()
            os.fsync(new.fileno())
            shutil.copymode(path, new.name) if path.exists() else Path(new.name).chmod(0o644)
            if _text(path) != before:
                raise ImportRefused(f"{path.name}: berubah sementara itu; ulangi")
            Path(new.name).replace(path)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
