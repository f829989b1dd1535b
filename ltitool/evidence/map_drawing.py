"""The geometry of the map's picture: boxes, the sides at which links arrive, curves through the lanes."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ltitool.evidence.map_document import Link, Node
from ltitool.evidence.map_layout import Grid
from ltitool.evidence.map_words import NodeKind

LINE_HEIGHT = 16
LETTER = 7.4  # mean advance of a 13-unit letter, a little generous
MOST_LINES = 4
PADDING = 9
ROW_GAP = 26
MARGIN = 6
ARROW_ROOM = 3
ELLIPSIS = "…"
ROUND = frozenset({NodeKind.PERSON, NodeKind.COMMUNITY})


@dataclass(frozen=True)
class Frame:
    """How wide a picture is and how many columns stand in it; `prefix` keeps its ids apart from others."""

    prefix: str
    columns: int
    box: int
    lane: int

    @property
    def width(self) -> int:
        return self.left_of(self.columns - 1) + self.box + MARGIN

    def left_of(self, column: int) -> int:
        """Give where a column begins."""
        return MARGIN + column * (self.box + self.lane)


NARROW = Frame("narrow", columns=2, box=132, lane=64)
WIDE = Frame("wide", columns=4, box=150, lane=72)
SPACIOUS = Frame("wide", columns=3, box=176, lane=104)
FEW_ENTRIES = 6


def wide_frame(entries: int) -> Frame:
    """Give the frame of the wide picture: a small map is drawn large."""
    return SPACIOUS if entries <= FEW_ENTRIES else WIDE


@dataclass(frozen=True)
class Box:
    """A node's place and the lines of its label."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    round: bool = False  # both ends are half circles

    def edge(self, side: int, at: float) -> float:
        """Give where the left (-1) or right (1) edge is at a height: a round one lies further in."""
        outer = self.x if side < 0 else self.x + self.width
        if not self.round:
            return outer
        radius = self.height / 2
        off = at - self.middle[1]
        return outer - side * (radius - math.sqrt(max(radius**2 - off**2, 0)))

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Curve:
    """A link's path: two ends and two points that pull it."""

    start: tuple[float, float]
    pull_start: tuple[float, float]
    pull_end: tuple[float, float]
    end: tuple[float, float]

    def path(self) -> str:
        (a, b), (c, d), (e, f), (g, h) = self.start, self.pull_start, self.pull_end, self.end
        return f"M{a:.1f} {b:.1f}C{c:.1f} {d:.1f} {e:.1f} {f:.1f} {g:.1f} {h:.1f}"


def place_boxes(frame: Frame, grid: Grid, nodes: Sequence[Node]) -> tuple[dict[str, Box], float]:
    """Give each node its box, and the height of the whole; a row is as high as its fullest label."""
    room = int((frame.box - 2 * PADDING) / LETTER)
    lines = {node.id: wrap(node.name, room) for node in nodes}
    round_ones = {node.id for node in nodes if node.kind in ROUND}
    heights = [
        max((len(lines[key]) for key, cell in grid.cells.items() if cell[1] == row), default=1) * LINE_HEIGHT
        + 2 * PADDING
        for row in range(grid.rows)
    ]
    tops = [MARGIN + sum(heights[:row]) + row * ROW_GAP for row in range(grid.rows)]
    boxes = {
        key: Box(
            MARGIN + column * (frame.box + frame.lane),
            tops[row],
            frame.box,
            heights[row],
            lines[key],
            key in round_ones,
        )
        for key, (column, row) in grid.cells.items()
    }
    return boxes, (tops[-1] + heights[-1] if tops else 0) + MARGIN


def route(frame: Frame, grid: Grid, boxes: Mapping[str, Box], links: Sequence[Link]) -> dict[str, Curve]:
    """Give each link its curve; links that arrive at the same side of a box are spread along it."""
    ends = {link.id: _sides(grid, link) for link in links}
    ports = _ports(boxes, links, ends)
    return {link.id: _curve(frame, boxes, link, ends[link.id], ports) for link in links}


def wrap(text: str, room: int) -> tuple[str, ...]:
    """Break a label into lines; what does not fit is cut, and its title holds it whole."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= room:
            lines[-1] = joined
        else:
            lines += _broken(word, room)
    lines = [line for line in lines if line]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    kept = lines[:MOST_LINES]
    return (*kept[:-1], kept[-1][: room - 1] + ELLIPSIS)


def _broken(word: str, room: int) -> list[str]:
    """Break a word that is too long for a line: at its hyphens, and where it has none, anywhere."""
    pieces = [""]
    for part in re.findall("[^-]*-|[^-]+", word) if len(word) > room else [word]:
        if len(pieces[-1] + part) <= room:
            pieces[-1] += part
        else:
            pieces += [part[index : index + room] for index in range(0, len(part), room)]
    return pieces


Sides = tuple[int, int]  # -1 left, 1 right: of the source, of the target


def _sides(grid: Grid, link: Link) -> Sides:
    """Say at which sides a link leaves and arrives: those that face each other, or the same lane."""
    source, target = grid.cells[link.source][0], grid.cells[link.target][0]
    if source == target:
        lane = 1 if source < grid.columns - 1 else -1
        return lane, lane
    return (1, -1) if source < target else (-1, 1)


def _ports(
    boxes: Mapping[str, Box], links: Sequence[Link], ends: Mapping[str, Sides]
) -> dict[tuple[str, str], float]:
    """Spread the ends along each side of each box, in the order of where they come from."""
    found: dict[tuple[str, int], list[tuple[float, str]]] = {}
    for link in links:
        for node, other, side in zip(
            (link.source, link.target), (link.target, link.source), ends[link.id], strict=True
        ):
            found.setdefault((node, side), []).append((boxes[other].middle[1], link.id))
    return {
        (node, link_id): boxes[node].y + boxes[node].height * (index + 1) / (len(arriving) + 1)
        for (node, _), arriving in found.items()
        for index, (_, link_id) in enumerate(sorted(arriving))
    }


def _curve(
    frame: Frame,
    boxes: Mapping[str, Box],
    link: Link,
    sides: Sides,
    ports: Mapping[tuple[str, str], float],
) -> Curve:
    leaving, arriving = ports[link.source, link.id], ports[link.target, link.id]
    start = boxes[link.source].edge(sides[0], leaving), leaving
    end = boxes[link.target].edge(sides[1], arriving) + ARROW_ROOM * sides[1], arriving
    pull = frame.lane * (0.55 if sides[0] != sides[1] else 0.5 + min(abs(start[1] - end[1]) / 900, 0.4))
    return Curve(start, (start[0] + pull * sides[0], start[1]), (end[0] + pull * sides[1], end[1]), end)
