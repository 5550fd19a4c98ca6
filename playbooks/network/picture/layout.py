"""Where everything in a picture stands: rows by rank and distance from the top, few crossings, the same every time.

Sugiyama's way: rows, a bend for a link in each row that it passes, an order by the mean place of the neighbours. What
hangs on one other node only stands in a column under it, as in an organisation chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from playbooks.network.picture.topology import Link, Topology

Point = tuple[float, float]
"""Pixels from the left, from the top."""
Item = str
"""What a row holds: a node, a column of leaves (its parent after _LEAVES), a bend of a link (after _BEND)."""
Edge = int | str
"""What leads from row to row: a link by its number, or the trunk of the leaves under a node."""

WIDTH, HEIGHT, LEAF, LAN = 138, 50, 38, 24
"""Of boxes: all, a device's, one in a column, a subnet's."""
_ACROSS, _DOWN = 22, 70
"""Room between boxes beside, and between rows."""
_PORTS = 34
"""More room at each side of a box that a link leaves sideways: its ports are told there."""
_INDENT, _TRUNK, _PITCH, _ROOF = 58, 8, LEAF + 22, 18
"""Of a column: its boxes from its left, its trunk from its left, box to box, its first box from its top."""
_COLUMN = 8
"""Boxes in a column."""
_MOST = 6
"""Columns in a row: what stays legible on a page."""
_SWEEPS = 6
_LEAVES, _BEND = "\1", "\0"


@dataclass(frozen=True)
class Box:
    """`x`, `y` is its middle."""

    x: float
    y: float
    height: float

    @property
    def left(self) -> float:
        return self.x - WIDTH / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Way:
    """How a link runs, from `first` (the upper or left end) to the other; where its ports and faults are told."""

    first: str
    points: tuple[Point, ...]
    label: Point
    badge: Point
    form: str = "down"
    """down, beside (in a row), arc (in a row, past others), leaf (in a column)"""


@dataclass(frozen=True)
class Layout:
    boxes: Mapping[str, Box]
    ways: Mapping[int, Way]
    """By the link's number in `Topology.links`."""
    trunks: Sequence[Sequence[Point]]
    width: float
    height: float


def laid_out(found: Topology) -> Layout:
    return _Drawing(found).layout()


class _Drawing:
    """The steps of one layout, each built on what those before it found."""

    def __init__(self, found: Topology) -> None:
        self.found = found
        self.leaves = _leaves(found)
        hanging = {leaf for leaves in self.leaves.values() for leaf in leaves}
        self.edges: dict[Edge, tuple[Item, Item]] = {
            no: link.ends for no, link in enumerate(found.links) if not hanging & {*link.ends}
        }
        self.edges |= {parent: (parent, _LEAVES + parent) for parent in self.leaves}
        self.rows = [[*row] for row in self._rows(hanging)]
        self.levels = {item: level for level, row in enumerate(self.rows) for item in row}
        self.paths = {edge: self._path(edge) for edge in self.edges}
        self.beside = _beside(self.paths.values())
        _order(self.rows, self.beside)
        self._settle()

    def _rows(self, hanging: set[str]) -> Iterable[list[Item]]:
        """By rank, then by how far from the top, then as many as fit."""
        depths = _depths(self.found)
        items = [(node.rank, depths[name], name) for name, node in self.found.nodes.items() if name not in hanging]
        for parent, leaves in self.leaves.items():
            items.append((max(self.found.nodes[leaf].rank for leaf in leaves), len(depths), _LEAVES + parent))
        for _, group in groupby(sorted(items), key=lambda each: each[:2]):
            yield from self._chunks([item for _, _, item in group])

    def _chunks(self, items: list[Item]) -> Iterable[list[Item]]:
        """Rows of about the same number of columns."""
        columns = sum(self._columns(item) for item in items)
        room = -(-columns // -(-columns // _MOST))
        row: list[Item] = []
        for item in items:
            if row and sum(self._columns(each) for each in (*row, item)) > room:
                yield row
                row = []
            row.append(item)
        yield row

    def _columns(self, item: Item) -> int:
        return -(-len(self.leaves[item[1:]]) // _COLUMN) if item.startswith(_LEAVES) else 1

    def _path(self, edge: Edge) -> list[Item]:
        """From the upper end to the lower; a bend joins each row in between."""
        ends = self.edges[edge]
        upper, lower = sorted(ends, key=lambda each: (self.levels[each], self.rows[self.levels[each]].index(each)))
        bends = [f"{_BEND}{edge} {level}" for level in range(self.levels[upper] + 1, self.levels[lower])]
        for level, bend in enumerate(bends, start=self.levels[upper] + 1):
            self.rows[level].append(bend)
        return [upper, *bends, lower]

    def _width(self, item: Item) -> float:
        if item.startswith(_BEND):
            return 14
        if item.startswith(_LEAVES):
            return self._columns(item) * (_INDENT + WIDTH)
        return WIDTH + 2 * _PORTS * any(self.levels.get(one) == self.levels[item] for one in self.beside[item])

    def _tall(self, item: Item) -> float:
        if item.startswith(_LEAVES):
            leaves = len(self.leaves[item[1:]])
            return _ROOF + -(-leaves // self._columns(item)) * _PITCH - (_PITCH - LEAF)
        return HEIGHT

    def _settle(self) -> None:
        """Middles of items, tops and bottoms of rows."""
        widths = {item: self._width(item) for row in self.rows for item in row}
        across = _across(self.rows, self.beside, widths)
        left = min((across[item] - widths[item] / 2 for item in widths), default=0.0)
        self.across = {item: x - left for item, x in across.items()}
        self.width = max((x + widths[item] / 2 for item, x in self.across.items()), default=0.0)
        self.tops: list[float] = []
        below = 0.0
        for row in self.rows:
            self.tops.append(below)
            below += max(self._tall(item) for item in row) + _DOWN
        self.height = max(0.0, below - _DOWN)
        self.bottoms = [*(top - _DOWN for top in self.tops[1:]), self.height]

    def layout(self) -> Layout:
        self.boxes = {name: self._box(name) for name in self.found.nodes if name in self.levels}
        trunks: list[Sequence[Point]] = []
        ways: dict[int, Way] = {}
        for parent, leaves in self.leaves.items():
            trunks += self._trunk(parent, leaves)
            ways |= {no: self._leaf_way(no, parent) for leaf in leaves for no in self._numbers(leaf)}
        ways |= {edge: self._way(edge) for edge in self.edges if isinstance(edge, int)}
        return Layout(self.boxes, ways, trunks, self.width, self.height)

    def _numbers(self, node: str) -> list[int]:
        return [no for no, link in enumerate(self.found.links) if node in link.ends]

    def _box(self, name: str) -> Box:
        tall = LAN if self.found.nodes[name].kind == "lan" else HEIGHT
        return Box(self.across[name], self.tops[self.levels[name]] + HEIGHT / 2, tall)

    def _trunk(self, parent: str, leaves: Sequence[str]) -> Iterable[Sequence[Point]]:
        """The way down to a column, along it, and over to the columns beside it. Places the leaves' boxes."""
        item = _LEAVES + parent
        top = self.tops[self.levels[item]]
        left = self.across[item] - self._width(item) / 2
        size = -(-len(leaves) // self._columns(item))
        for column in range(self._columns(item)):
            x = left + column * (_INDENT + WIDTH)
            members = leaves[column * size : (column + 1) * size]
            for row, leaf in enumerate(members):
                middle = top + _ROOF + row * _PITCH + LEAF / 2
                self.boxes[leaf] = Box(x + _INDENT + WIDTH / 2, middle, LEAF)
            along = ((x + _TRUNK, top), (x + _TRUNK, self.boxes[members[-1]].y))
            yield (*self._points(parent), *along[1:]) if column == 0 else ((left + _TRUNK, top), *along)

    def _leaf_way(self, no: int, parent: str) -> Way:
        box = self.boxes[self.found.links[no].other(parent)]
        points = ((box.left - _INDENT + _TRUNK, box.y), (box.left, box.y))
        badge = (box.left - (_INDENT - _TRUNK) / 2, box.y)
        return Way(parent, points, (box.left, box.top - 5), badge, "leaf")

    def _way(self, edge: int) -> Way:
        upper, lower = self.paths[edge][0], self.paths[edge][-1]
        one, other = self.boxes[upper], self.boxes[lower]
        if self.levels[upper] != self.levels[lower]:
            points = self._points(edge)
            return Way(upper, points, _above_end(points, 24), _above_end(points, 48))
        (upper, one), (lower, other) = sorted(((upper, one), (lower, other)), key=lambda each: each[1].x)
        passed = any(one.x < self.across[each] < other.x for each in self.rows[self.levels[upper]])
        if passed:
            turn = ((one.x + other.x) / 2, one.bottom + 46)
            points = ((one.x + 20, one.bottom), turn, (other.x - 20, other.bottom))
            return Way(upper, points, (turn[0], one.bottom + 20), (turn[0], one.bottom + 34), "arc")
        y = one.y + self._aside(edge)
        middle = (one.x + other.x) / 2
        return Way(upper, ((one.left + WIDTH, y), (other.left, y)), (middle, y - 5), (middle, y), "beside")

    def _aside(self, edge: int) -> float:
        """Several links between the same two, one under the other."""
        twins = [no for no, ends in self.edges.items() if {*ends} == {*self.edges[edge]}]
        return (twins.index(edge) - (len(twins) - 1) / 2) * 20

    def _points(self, edge: Edge) -> tuple[Point, ...]:
        """Border to border, straight down past each row in between."""
        upper, *bends, lower = self.paths[edge]
        passing = [
            (self.across[bend], y)
            for level, bend in enumerate(bends, start=self.levels[upper] + 1)
            for y in (self.tops[level], self.bottoms[level])
        ]
        begin = (self.across[upper] + self._spread(upper, edge), self.boxes[upper].bottom)
        if lower.startswith(_LEAVES):
            end = (self.across[lower] - self._width(lower) / 2 + _TRUNK, self.tops[self.levels[lower]])
        else:
            end = (self.across[lower] + self._spread(lower, edge), self.boxes[lower].top)
        return (begin, *passing, end)

    def _spread(self, node: str, edge: Edge) -> float:
        """Where on its side a way leaves a box, in the order of where the ways go."""
        step = 1 if self.paths[edge][0] == node else -2
        side = [
            (self.across[path[step]], str(other))
            for other, path in self.paths.items()
            if path[0 if step == 1 else -1] == node and self.levels[path[0]] != self.levels[path[-1]]
        ]
        place = sorted(side).index((self.across[self.paths[edge][step]], str(edge)))
        return ((place + 0.5) / len(side) - 0.5) * (WIDTH - 24)


def _leaves(found: Topology) -> dict[str, list[str]]:
    """By node, the nodes not above it that nothing else is connected to."""
    beside: dict[str, set[str]] = defaultdict(set)
    for link in found.links:
        beside[link.ends[0]].add(link.ends[1])
        beside[link.ends[1]].add(link.ends[0])
    hanging: dict[str, list[str]] = defaultdict(list)
    ranked = sorted(found.nodes, key=lambda each: (-found.nodes[each].rank, found.nodes[each].kind, each))
    for name in ranked:
        parent, *more = beside[name] or {""}
        if parent and not more and found.nodes[name].rank >= found.nodes[parent].rank and name not in hanging:
            hanging[parent].append(name)
    return {
        parent: sorted(leaves, key=lambda each: (found.nodes[each].kind, _natural(each)))
        for parent, leaves in hanging.items()
        if len(leaves) > 1
    }


def _natural(name: str) -> tuple[str, int, str]:
    """ap2 before ap10."""
    head = name.rstrip("0123456789")
    return head, int(name[len(head) :][:18] or 0), name


def _depths(found: Topology) -> dict[str, int]:
    """Links between a node and the highest one of its island."""
    depths: dict[str, int] = {}
    beside: dict[str, list[str]] = {node: [] for node in found.nodes}
    for link in found.links:
        beside[link.ends[0]].append(link.ends[1])
        beside[link.ends[1]].append(link.ends[0])
    order = sorted(found.nodes, key=lambda each: (found.nodes[each].rank, -len(beside[each]), each))
    for first in order:
        ahead = [] if first in depths else [first]
        depths.setdefault(first, 0)
        for here in ahead:
            for there in beside[here]:
                if there not in depths:
                    depths[there] = depths[here] + 1
                    ahead.append(there)
    return depths


def _beside(paths: Iterable[list[Item]]) -> dict[Item, list[Item]]:
    beside: dict[Item, list[Item]] = defaultdict(list)
    for path in paths:
        for one, other in pairwise(path):
            beside[one].append(other)
            beside[other].append(one)
    return beside


def _order(rows: list[list[Item]], beside: Mapping[Item, list[Item]]) -> None:
    """Sort each row by where its neighbours in the rows above, or below, stand; in turn, a few times."""
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        past: set[Item] = set()
        place = {item: (at + 0.5) / len(row) for row in rows for at, item in enumerate(row)}
        for row in rows if downward else reversed(rows):
            means = {
                item: _mean((place[one] for one in beside.get(item, ()) if one in past), place[item]) for item in row
            }
            row.sort(key=lambda item: (means[item], place[item]))
            place.update({item: (at + 0.5) / len(row) for at, item in enumerate(row)})
            past.update(row)


def _mean(values: Iterable[float], otherwise: float) -> float:
    known = [*values]
    return sum(known) / len(known) if known else otherwise


def _across(
    rows: list[list[Item]], beside: Mapping[Item, list[Item]], widths: Mapping[Item, float]
) -> dict[Item, float]:
    """Each as near to the middle of its neighbours as its row lets it."""
    across = dict.fromkeys(widths, 0.0)
    for _ in range(_SWEEPS):
        for row in (*rows, *reversed(rows)):
            here = {*row}
            wanted = {
                item: _mean((across[one] for one in beside.get(item, ()) if one not in here), across[item])
                for item in row
            }
            across.update(_apart(row, wanted, widths))
    return across


def _apart(row: Sequence[Item], wanted: Mapping[Item, float], widths: Mapping[Item, float]) -> dict[Item, float]:
    """`wanted`, pushed apart until no two touch, the row as a whole where it was wanted."""
    placed: dict[Item, float] = {}
    edge = float("-inf")
    for item in row:
        placed[item] = max(wanted[item], edge + widths[item] / 2)
        edge = placed[item] + widths[item] / 2 + _ACROSS
    shift = sum(placed[item] - wanted[item] for item in row) / len(row)
    return {item: x - shift for item, x in placed.items()}


def _above_end(points: Sequence[Point], up: float) -> Point:
    """On the last stretch of a way, `up` pixels above where it ends."""
    (x, y), (to_x, to_y) = points[-2], points[-1]
    part = min(up / (to_y - y), 0.8)
    return to_x + (x - to_x) * part, to_y + (y - to_y) * part


def port_order(link: Link, way: Way) -> tuple[str, str]:
    """Ports in the order in which a reader meets them: upper or left first."""
    return link.port(way.first), link.port(link.other(way.first))
