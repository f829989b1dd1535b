"""Where the entries of a map stand: a grid with lanes between its columns, in which all links run.

Deterministic: the same map is always drawn the same way. Entries that are linked are moved next to each
other; labels cannot overlap, because every entry has a cell of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ltitool.evidence.map_document import MapDocument

PASSES = 6  # of improvement; small maps settle in two or three
Cell = tuple[int, int]  # column, row
SAME_COLUMN, NEXT_COLUMN, FAR_COLUMN = 0.5, 0.0, 3.0  # what a link costs besides its rows


@dataclass(frozen=True)
class Grid:
    """Each node's cell."""

    columns: int
    rows: int
    cells: Mapping[str, Cell]


def lay_out(document: MapDocument, columns: int) -> Grid:
    """Give every node a cell, so that links are short and stay in the lanes."""
    neighbours = _neighbours(document)
    order = _walk([node.id for node in document.nodes], neighbours)
    rows = -(-len(order) // columns)
    places: list[str | None] = [*order, *([None] * (rows * columns - len(order)))]
    _improve(places, neighbours, columns)
    cells = {name: _cell(index, columns) for index, name in enumerate(places) if name is not None}
    return Grid(columns, rows, cells)


def _neighbours(document: MapDocument) -> dict[str, list[str]]:
    """Who is linked with whom; a decision links the one who owns it with the one who makes it."""
    pairs = [(link.source, link.target) for link in document.links]
    pairs += [
        (one.formal_owner, one.actual_decider)
        for one in document.decisions
        if one.is_gap and one.formal_owner and one.actual_decider
    ]
    found: dict[str, list[str]] = {node.id: [] for node in document.nodes}
    for source, target in pairs:
        found[source].append(target)
        found[target].append(source)
    return found


def _walk(names: Sequence[str], neighbours: Mapping[str, Sequence[str]]) -> list[str]:
    """Order the names: from the one with most links outward, so that neighbours come close together."""
    place = {name: index for index, name in enumerate(names)}
    waiting = sorted(names, key=lambda name: (-len(neighbours[name]), place[name]))
    order: list[str] = []
    seen: set[str] = set()
    for start in waiting:
        frontier = [start]
        while frontier:
            name = frontier.pop(0)
            if name not in seen:
                seen.add(name)
                order.append(name)
                frontier += sorted(set(neighbours[name]) - seen, key=lambda other: place[other])
    return order


def _improve(places: list[str | None], neighbours: Mapping[str, Sequence[str]], columns: int) -> None:
    """Swap any two cells as long as that makes the links shorter."""
    at = {name: index for index, name in enumerate(places) if name is not None}
    for _ in range(PASSES):
        swapped = False
        for one in range(len(places)):
            for other in range(one + 1, len(places)):
                swapped = _swap_if_better(places, at, neighbours, columns, (one, other)) or swapped
        if not swapped:
            return


def _swap_if_better(
    places: list[str | None],
    at: dict[str, int],
    neighbours: Mapping[str, Sequence[str]],
    columns: int,
    pair: tuple[int, int],
) -> bool:
    moved = [places[index] for index in pair if places[index] is not None]
    before = _cost(moved, at, neighbours, columns)
    _swap(places, at, pair)
    if _cost(moved, at, neighbours, columns) < before:
        return True
    _swap(places, at, pair)
    return False


def _swap(places: list[str | None], at: dict[str, int], pair: tuple[int, int]) -> None:
    one, other = pair
    places[one], places[other] = places[other], places[one]
    for index in pair:
        name = places[index]
        if name is not None:
            at[name] = index


def _cost(
    names: Sequence[str | None],
    at: Mapping[str, int],
    neighbours: Mapping[str, Sequence[str]],
    columns: int,
) -> float:
    total = 0.0
    for name in names:
        if name is not None:
            here = _cell(at[name], columns)
            total += sum(_length(here, _cell(at[other], columns)) for other in neighbours[name])
    return total


def _length(one: Cell, other: Cell) -> float:
    across, down = abs(one[0] - other[0]), abs(one[1] - other[1])
    if across == 0:
        return down + SAME_COLUMN
    return down + NEXT_COLUMN + FAR_COLUMN * (across - 1)


def _cell(index: int, columns: int) -> Cell:
    return index % columns, index // columns
