"""Where the boxes of a machine stand: layers from left to right, by the longest way from the start.

Only shapes are known here. Columns follow the edges that lead forward; an edge back to something
earlier runs below, and one that leaps over columns runs above.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMN = 152
BOX_WIDTH = 118
BOX_HEIGHT = 38
GAP = 10
LANE_GAP = 18
EDGE_STEP = 11
DOT = 14

Edge = tuple[str, str]


@dataclass(frozen=True)
class Box:
    """A node's place; `group` is the node of the machine that it belongs to."""

    name: str
    group: str
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Line:
    """An edge as an SVG path."""

    source: str
    target: str
    path: str
    aside: bool


@dataclass(frozen=True)
class Layout:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def place(edges: Sequence[Edge], start: str, end: str, opened: dict[str, Sequence[str]]) -> Layout:
    """Boxes and lines for a machine. A node in `opened` is shown as the boxes named there."""
    forward = _forward(edges, start)
    columns = _columns(forward, start)
    lanes = _lanes(forward, columns)
    leaps = [e for e in forward if lanes[e[0]] == 0 and _blocked(e, columns, lanes)]
    tallest = max([len(names) for names in opened.values()], default=1)
    first_lane = tallest * (BOX_HEIGHT + GAP) - GAP
    top = GAP + EDGE_STEP * (len(leaps) + 1)
    boxes: list[Box] = []
    for node, column in columns.items():
        lane = lanes[node]
        middle = top + first_lane / 2
        if lane:
            middle = top + first_lane + lane * (LANE_GAP + BOX_HEIGHT) - BOX_HEIGHT / 2
        names = opened.get(node, (node,))
        size = (DOT, DOT) if node in (start, end) else (BOX_WIDTH, BOX_HEIGHT)
        whole = len(names) * (size[1] + GAP) - GAP
        for number, name in enumerate(names):
            x = GAP + column * COLUMN - (COLUMN - DOT - GAP * 4 if column else 0)
            y = middle - whole / 2 + number * (size[1] + GAP)
            boxes.append(Box(name, node, x, y, *size))
    sides = {edge: _side(edge, forward, columns, lanes) for edge in edges}
    lines, bottom = _lines(sides, boxes, top)
    width = max(box.x + box.width for box in boxes) + GAP
    return Layout(tuple(boxes), tuple(lines), width, bottom + GAP)


def _forward(edges: Sequence[Edge], start: str) -> list[Edge]:
    """The edges without those that lead back to a node on the way to them."""
    found: list[Edge] = []
    seen: set[str] = set()

    def visit(node: str, way: frozenset[str]) -> None:
        seen.add(node)
        for edge in [e for e in edges if e[0] == node]:
            if edge[1] in way:
                continue
            found.append(edge)
            if edge[1] not in seen:
                visit(edge[1], way | {edge[1]})

    visit(start, frozenset({start}))
    return found


def _columns(forward: Iterable[Edge], start: str) -> dict[str, int]:
    edges = list(forward)
    columns = {start: 0}
    for _ in range(len(edges)):
        for source, target in edges:
            if source in columns:
                columns[target] = max(columns.get(target, 0), columns[source] + 1)
    return dict(sorted(columns.items(), key=lambda pair: pair[1]))


def _lanes(forward: Sequence[Edge], columns: dict[str, int]) -> dict[str, int]:
    """The lane of whoever leads there; of several in a column the one with fewer ways on first,
    and last the one that only leads back."""
    lanes: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    ways = {node: sum(source == node for source, _ in forward) or len(columns) for node in columns}
    for node in sorted(columns, key=lambda name: (columns[name], ways[name], name)):
        before = [lanes[source] for source, target in forward if target == node]
        lane = min(before, default=0)
        while (columns[node], lane) in taken:
            lane += 1
        lanes[node] = lane
        taken.add((columns[node], lane))
    return lanes


def _blocked(edge: Edge, columns: dict[str, int], lanes: dict[str, int]) -> bool:
    """Whether a box stands in the straight way of an edge."""
    source, target = edge
    between = range(columns[source] + 1, columns[target])
    return any(columns[n] in between and lanes[n] == lanes[source] for n in columns) or (
        bool(between) and lanes[source] != lanes[target]
    )


def _side(
    edge: Edge, forward: Sequence[Edge], columns: dict[str, int], lanes: dict[str, int]
) -> int:
    """0 for a straight line, 1 for one that runs below, -1 for one that runs above."""
    if edge not in forward:
        return 1
    if not _blocked(edge, columns, lanes):
        return 0
    return 1 if lanes[edge[0]] else -1


def _lines(sides: Mapping[Edge, int], boxes: Sequence[Box], top: float) -> tuple[list[Line], float]:
    lines: list[Line] = []
    over, under = top, max(box.y + box.height for box in boxes) + EDGE_STEP / 2
    for (source, target), side in sides.items():
        begin = [box for box in boxes if box.group == source]
        end = [box for box in boxes if box.group == target]
        if side:
            over, under = (over - EDGE_STEP, under) if side < 0 else (over, under + EDGE_STEP)
            way = _around(begin, end, over if side < 0 else under)
            lines.append(Line(source, target, way, aside=True))
            continue
        lines += [Line(a.name, b.name, _straight(a, b), aside=False) for a in begin for b in end]
    return lines, under


def _straight(a: Box, b: Box) -> str:
    x, half = a.x + a.width, (b.x - a.x - a.width) / 2
    return (
        f"M{x:g} {a.middle:g}"
        f"C{x + half:g} {a.middle:g} {b.x - half:g} {b.middle:g} {b.x:g} {b.middle:g}"
    )


def _around(a: Sequence[Box], b: Sequence[Box], y: float) -> str:
    """Out of the side that faces `y`, along it, and in again."""
    below = y > a[0].middle
    out, into = (max if below else min)(a, key=_middle), (max if below else min)(b, key=_middle)
    rightwards = into.x > out.x
    x1 = out.x + out.width * (0.65 if rightwards else 0.35)
    x2 = into.x + into.width * (0.35 if rightwards else 0.65) if into.width > DOT else into.x + 7
    y1 = out.y + (out.height if below else 0)
    y2 = into.y + (into.height if below else 0)
    turn = 8.0 if x2 > x1 else -8.0
    sign = 8.0 if below else -8.0
    return (
        f"M{x1:g} {y1:g}V{y - sign:g}Q{x1:g} {y:g} {x1 + turn:g} {y:g}"
        f"H{x2 - turn:g}Q{x2:g} {y:g} {x2:g} {y - sign:g}V{y2:g}"
    )


def _middle(box: Box) -> float:
    return box.middle
