"""A picture of an agency's network as SVG. Every text in it is data; colour is never the only sign.

What devices call themselves is hostile input: it goes through the XML library as text, one printable line, cut to what
fits. Nothing in a picture refers to anything outside it, and the same readings give the same bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from textwrap import wrap
from xml.etree.ElementTree import Element, SubElement, tostring

from playbooks.network.picture.layout import WIDTH, Box, Point, Way, laid_out, port_order
from playbooks.network.picture.topology import Link, Mark, Node, Seen, topology

_FONT = "DejaVu Sans Mono, Consolas, monospace"
_ADVANCE = 0.602
"""Width of a letter of it, in its size."""
_INK, _FAINT, _PAPER = "#1a1a1a", "#5c5c5c", "#ffffff"
_COLOURS = {"fault": "#b00020", "warning": "#9a5b00"}
_MARGIN, _HEAD, _LINE = 24, 60, 17
_LEAST = 640
_MOST_MARKS = 14
"""Lines of the legend; the findings' own table has the rest."""
_KEYS = (
    "garis putus-putus: tidak terlihat sekarang | ✕ dan nomor: gangguan (merah) atau peringatan (cokelat)",
    "kotak putus-putus: tidak atau belum terbaca | abu-abu: di luar inventaris | port: yang atas atau kiri lebih dulu",
)


def draw(title: str, seen: Sequence[Seen], below: str = "") -> str:
    """The devices of `seen`, any number, who they are connected to, each fault marked and told in words.

    `below` is a smaller line under the title.
    """
    found = topology(seen)
    placed = laid_out(found)
    width = max(_LEAST, placed.width + 2 * _MARGIN)
    legend = _legend(found.marks, int((width - 2 * _MARGIN) / (11 * _ADVANCE)))
    foot = _HEAD + placed.height + 2 * _MARGIN
    picture = _root(width, foot + (len(legend) + len(_KEYS)) * _LINE + _MARGIN, title, below)
    moved = _group(picture, (width - placed.width) / 2, _HEAD)
    for trunk in placed.trunks:
        SubElement(moved, "path", {"d": _line(trunk), "fill": "none", "stroke": _INK, "stroke-width": "1.5"})
    for no, link in enumerate(found.links):
        _draw_link(moved, link, placed.ways[no])
    for name, node in found.nodes.items():
        _draw_node(moved, node, placed.boxes[name])
    for no, link in enumerate(found.links):
        _label_link(moved, link, placed.ways[no])
    _draw_legend(_group(picture, _MARGIN, foot), legend)
    return tostring(picture, encoding="unicode")


def printable(text: str, most: int) -> str:
    """One line of at most `most` columns; what cannot be seen, or reorders, is a question mark."""
    shown, room = "", most
    for sign in text[: most + 1]:
        room -= 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if room < 0:
            return shown[:-1] + "…"
        shown += sign if sign.isprintable() and unicodedata.category(sign) != "Co" else "?"
    return shown


def _root(width: float, height: float, title: str, below: str) -> Element:
    size = {"width": _number(width), "height": _number(height), "viewBox": f"0 0 {_number(width)} {_number(height)}"}
    picture = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size, "font-family": _FONT})
    SubElement(picture, "title").text = printable(", ".join(filter(None, (title, below))), 160)
    SubElement(picture, "rect", {"width": "100%", "height": "100%", "fill": _PAPER})
    for y, line, letter, weight in ((27, title, 14, "bold"), (44, below, 11, "")):
        said = printable(line, int((width - 2 * _MARGIN) / (letter * _ADVANCE)))
        _text(picture, (_MARGIN, y), said, letter, weight=weight, anchor="start")
    return picture


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _group(parent: Element, x: float, y: float) -> Element:
    return SubElement(parent, "g", {"transform": f"translate({_number(x)} {_number(y)})"})


def _text(
    parent: Element, at: Point, said: str, size: int, fill: str = _INK, weight: str = "", anchor: str = "middle"
) -> Element:
    about = {"x": _number(at[0]), "y": _number(at[1]), "font-size": str(size), "fill": fill, "text-anchor": anchor}
    drawn = SubElement(parent, "text", about | ({"font-weight": weight} if weight else {}))
    drawn.text = said
    return drawn


def _draw_node(parent: Element, node: Node, box: Box) -> None:
    stranger = node.kind in ("gateway", "stranger")
    colour = _COLOURS.get("fault" if node.state == "silent" else node.state, _FAINT if stranger else _INK)
    place = {"x": _number(box.left), "y": _number(box.top), "width": str(WIDTH), "height": _number(box.height)}
    look = {"fill": "#ececec" if stranger else _PAPER, "stroke": colour, "rx": "4" if node.kind == "device" else "12"}
    look["stroke-width"] = "3" if node.state in ("fault", "silent") else "2" if node.kind == "device" else "1"
    if node.state in ("silent", "unread"):
        look["stroke-dasharray"] = "7 4"
    SubElement(parent, "rect", place | look)
    lines = [(node.title, 12), *((line, 10) for line in node.lines)][: int(box.height) // 15]
    top = box.y - (len(lines) - 1) * 7 + 4
    for row, (line, size) in enumerate(lines):
        fits = int((WIDTH - 10) / (size * _ADVANCE))
        weight = "bold" if row == 0 and node.kind == "device" else ""
        _text(parent, (box.x, top + row * 14), printable(line, fits), size, _FAINT if row else _INK, weight)
    if node.marks:
        _badge(parent, (box.left + WIDTH - 6, box.top), node.marks, colour)


def _line(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _draw_link(parent: Element, link: Link, way: Way) -> None:
    line = _line(way.points).replace("L", "Q", 1).replace("L", "") if way.form == "arc" else _line(way.points)
    look = {"d": line, "fill": "none", "stroke": _COLOURS.get(link.state, _INK)}
    look["stroke-width"] = "3" if link.state else "1.5"
    if link.state or not link.seen:
        look["stroke-dasharray"] = "9 4" if link.state else "2 4"
    SubElement(parent, "path", look)


def _label_link(parent: Element, link: Link, way: Way) -> None:
    """The ports, over the line where there is room for it only beside; and the numbers of the faults."""
    ports = [short(port) for port in port_order(link, way) if port]
    x, y = way.label
    lines = ports if way.form == "down" else [" – ".join(ports)] * bool(ports)
    for row, line in enumerate(reversed(lines)):
        _on_paper(parent, (x, y + 9 - row * 11 if way.form == "down" else y), line, way.form == "leaf")
    if link.marks:
        _badge(parent, way.badge, link.marks, _COLOURS[link.state], cross=True)


def short(port: str) -> str:
    """GigabitEthernet0/1 as Gi0/1: the letters before a number, when there are many of them."""
    kind = port.rstrip("0123456789/.:")
    long = len(kind) > 8 and kind.isalpha() and kind != port
    return printable(kind[:2] + port[len(kind) :] if long else port, 14)


def _on_paper(parent: Element, at: Point, said: str, to_the_right: bool) -> None:
    """A port's name over its line, which must not cross it out."""
    drawn = _text(parent, at, said, 9, anchor="start" if to_the_right else "middle")
    drawn.attrib |= {"stroke": _PAPER, "stroke-width": "4", "paint-order": "stroke", "stroke-linejoin": "round"}


def _badge(parent: Element, at: Point, marks: Sequence[int], colour: str, cross: bool = False) -> None:
    """The numbers of faults; on a link a cross before them, which also a copier shows."""
    said = ("✕ " if cross else "") + ",".join(str(each) for each in marks[:4]) + ("…" if marks[4:] else "")
    wide = len(said) * 11 * _ADVANCE + 10
    box = {"x": _number(at[0] - wide / 2), "y": _number(at[1] - 9), "width": _number(wide), "height": "18", "rx": "9"}
    SubElement(parent, "rect", box | {"fill": colour, "stroke": _PAPER, "stroke-width": "1.5"})
    _text(parent, (at[0], at[1] + 4), said, 11, _PAPER, "bold")


def _legend(marks: Sequence[Mark], columns: int) -> list[tuple[str, str]]:
    """Lines with their state: each fault, then what follows from it."""
    lines = []
    for mark in marks[:_MOST_MARKS]:
        said = f"{mark.number}. {mark.target}: {mark.words}"
        if mark.consequences:
            more = f" dan {len(mark.consequences) - 2} lagi" if len(mark.consequences) > 2 else ""
            said += f"; akibatnya {', '.join(mark.consequences[:2])}{more}"
        lines += [(each, mark.state) for each in wrap(printable(said, 240), columns, subsequent_indent="   ")]
    if more_marks := len(marks) - _MOST_MARKS:
        lines += [(f"… dan {more_marks} lagi; lihat daftar temuan", "")] if more_marks > 0 else []
    return lines or [("Tidak ada gangguan.", "")]


def _draw_legend(parent: Element, lines: Sequence[tuple[str, str]]) -> None:
    for row, (line, state) in enumerate(lines):
        _text(parent, (0, row * _LINE), line, 11, _COLOURS.get(state, _INK), anchor="start")
    for row, line in enumerate(_KEYS, start=len(lines)):
        _text(parent, (0, row * _LINE + 8), line, 9, _FAINT, anchor="start")
