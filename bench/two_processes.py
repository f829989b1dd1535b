"""How much more two processes do than one, in wall-clock time, and how much more the machine lets any two do.

The second is the control: bare signatures share nothing at all, so what they lose is lost to the machine
(one processor's neighbours, its frequency, the host). Turns alternate, and each ratio is of one turn.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import SynchronizedArray
    from multiprocessing.synchronize import Barrier

Work = Callable[[int], object]
"""One piece of work, given its number."""

FRESH = multiprocessing.get_context("spawn")
"""Processes that begin empty: a forked one pays for copying the pages of its parent."""


class Scaling(NamedTuple):
    """Pieces per second of wall clock in one process and in two, and the median of the turns' ratios."""

    one: float
    two: float
    ratio: float


def _work(
    make: Callable[[], Work], count: int, ready: Barrier, ended: SynchronizedArray[float], place: int
) -> None:
    run = make()
    for number in range(50):
        run(number)
    ready.wait()
    for number in range(count):
        run(number)
    ended[place] = time.monotonic()  # one clock for all processes; what an interpreter does to end is no work


def _rate(make: Callable[[], Work], processes: int, count: int) -> float:
    """Pieces per second from the moment that every process is warm to the end of the last one."""
    ready = FRESH.Barrier(processes + 1)
    ended = FRESH.Array("d", processes)
    crew = [
        FRESH.Process(target=_work, args=(make, count, ready, ended, place)) for place in range(processes)
    ]
    for process in crew:
        process.start()
    ready.wait()
    began = time.monotonic()
    for process in crew:
        process.join()
    return processes * count / (max(ended) - began)


def scaling(cases: dict[str, tuple[Callable[[], Work], int]], turns: int) -> dict[str, Scaling]:
    """For each named (maker of the work, pieces per process): one process against two, in turns."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(turns):
        for name, (make, count) in cases.items():
            found[name].append((_rate(make, 1, count), _rate(make, 2, count)))
    return {
        name: Scaling(
            statistics.median(one for one, _ in rates),
            statistics.median(two for _, two in rates),
            statistics.median(two / one for one, two in rates),
        )
        for name, rates in found.items()
    }
