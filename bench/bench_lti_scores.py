"""Measure scores on their way to a platform with 50 ms latency, ours and PyLTI1p3's, in one interleaved run.

    python bench/bench_lti_scores.py [--rounds 4] [--launches 150] [--write]

Ours begins with rows that say what an LMS should show and ends when each says that its score was sent. CPU
time is that of the worker's processes and of the database cluster, from /proc. The launches are measured with
the worker idle and while scores flow: there the web processes alone are counted, because a worker runs apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "bench")]

from bench_lti import AT_ONCE, PEOPLE, free_port, postmaster_of, warm  # noqa: E402 - found by the line above
from lti_lms import Lms  # noqa: E402 - as above
from lti_scoring import (  # noqa: E402 - as above
    LATENCY,
    MEMBERS,
    SUBJECTS,
    Ours,
    Served,
    start_peer,
    start_practice_lms,
)
from lti_sections import put_section  # noqa: E402 - as above
from lti_tools import Running, cpu_of, database_in, start_ours  # noqa: E402 - as above
from support import postgres  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEADING = "Scores"
LEAST_RATE, MOST_RATIO = 120, 1.2
BY_EXAMPLE, REUSED = 12, 40  # scores that the peer is asked for in a round
INSIDE = {
    "ours": "`ltitool work`: rows claimed, sent over kept connections and marked sent, on PostgreSQL",
    "pylti1p3": "PyLTI1p3 2.0.0 as its example: from_cache, get_ags() and put_grade() in each web request",
    "pylti1p3, one get_ags() reused": "one object for all, one after the other; lost with the process",
}


@dataclass
class Scored:
    """One way of sending scores, and its rounds."""

    name: str
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # CPU a score
    database: list[float] = field(default_factory=list)  # the cluster's part of it
    scores: int = 0
    requests: int = 0
    most: int = 0  # scores that the LMS saw at a time


@dataclass
class Launched:
    """Launches while the worker is idle, or while scores flow."""

    seconds: list[float] = field(default_factory=list)  # CPU of the web processes a launch
    rates: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass
class House:
    """Everything that is up."""

    lms: Lms
    web: Running
    ours: Ours
    scored: Served
    peer: Served
    peer_scored: Served
    postmaster: int


@contextmanager
def house() -> Iterator[House]:
    """Start everything, and stop it afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(postgres.cluster())
        lms = Lms(free_port())
        web = start_ours(lms, free_port(), folder, database_in(cluster))
        stack.callback(web.stop)
        warm(lms, web)
        scored = start_practice_lms(free_port(), f"http://localhost:{web.tool.port}", folder)
        stack.callback(scored.stop)
        ours = Ours(web.environ, scored.url)
        stack.callback(ours.close)
        peer_port = free_port()
        peer_scored = start_practice_lms(free_port(), f"http://127.0.0.1:{peer_port}", folder)
        stack.callback(peer_scored.stop)
        peer = start_peer(peer_port, peer_scored.url, folder)
        stack.callback(peer.stop)
        yield House(lms, web, ours, scored, peer, peer_scored, postmaster_of(cluster))


def measure_ours(up: House, one: Scored, given: float) -> None:
    """Want a score for everybody, and note what sending them took."""
    up.ours.want(given)
    began, cpu, database = time.monotonic(), up.ours.worker.cpu(), cpu_of(up.postmaster)
    up.ours.wait_until_sent()
    took, spent = time.monotonic() - began, cpu_of(up.postmaster) - database
    one.rates.append(MEMBERS / took)
    one.database.append(spent / MEMBERS)
    one.seconds.append((up.ours.worker.cpu() - cpu + spent) / MEMBERS)
    note_requests(up.scored, one, MEMBERS)


def measure_peer(up: House, one: Scored, count: int, send: Callable[[], None]) -> None:
    """Let the peer send some, one after the other."""
    began, cpu = time.monotonic(), up.peer.cpu()
    send()
    one.rates.append(count / (time.monotonic() - began))
    one.seconds.append((up.peer.cpu() - cpu) / count)
    one.database.append(0.0)
    note_requests(up.peer_scored, one, count)


def note_requests(served: Served, one: Scored, count: int) -> None:
    """Note what the practice LMS was asked for: tokens, columns, scores."""
    said = served.asked()
    one.scores += count
    one.requests += sum(number for what, number in said["asked"].items() if what != "jwks.json")
    one.most = max(one.most, said["most"])


def measure_launches(up: House, one: Launched, launches: int) -> None:
    """Launch some times and note what it cost the web processes."""

    def launch(person: int) -> bool:
        try:
            up.lms.launch(up.web.tool, person)
        except (OSError, RuntimeError):
            return False
        return True

    cpu, began = up.web.cpu(), time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(launch, [number % PEOPLE for number in range(launches)]))
    one.rates.append(launches / (time.monotonic() - began))
    one.seconds.append((up.web.cpu() - cpu) / launches)
    one.failed += done.count(False)


@contextmanager
def flowing(up: House, flow: list[float]) -> Iterator[None]:
    """Have scores flow until the block ends; notes how many a second."""
    ending = threading.Event()

    def flow_on() -> None:
        began, count = time.monotonic(), 0
        while not ending.is_set():
            up.ours.want(50.0 + count % 7)
            up.ours.wait_until_sent()
            count += MEMBERS
            time.sleep(1.0)  # two scores of one learner are at least a second apart
        flow.append(count / (time.monotonic() - began))

    thread = threading.Thread(target=flow_on)
    thread.start()
    time.sleep(1.0)
    yield
    ending.set()
    thread.join()
    up.scored.asked()


def run(arguments: argparse.Namespace) -> str:
    """Let all take turns, and write the section."""
    ways = [Scored(name) for name in INSIDE]
    idle, busy, flow = Launched(), Launched(), list[float]()
    with house() as up:
        up.ours.want(10.0)
        up.ours.wait_until_sent()  # the column is found, a token is kept
        for served in (up.scored, up.peer_scored):
            served.asked()
        for number in range(arguments.rounds):
            time.sleep(1.5)
            measure_ours(up, ways[0], 20.0 + number)
            measure_peer(up, ways[1], BY_EXAMPLE, lambda: by_example(up))
            measure_peer(up, ways[2], REUSED, lambda: up.peer.post("/reused", subject=SUBJECTS[-REUSED:]))
            measure_launches(up, idle, arguments.launches)
            with flowing(up, flow):
                measure_launches(up, busy, arguments.launches)
            said = ", ".join(f"{one.name} {one.rates[-1]:.1f}/s" for one in ways)
            cost = f"{1000 * idle.seconds[-1]:.2f} and {1000 * busy.seconds[-1]:.2f} ms a launch"
            sys.stdout.write(f"round {number + 1}: {said}; idle and with scores {cost}\n")
    return report(ways, idle, busy, flow, arguments)


def by_example(up: House) -> None:
    """Send some as the example does, a web request each."""
    for subject in SUBJECTS[:BY_EXAMPLE]:
        up.peer.post("/score", subject=subject)


def report(
    ways: list[Scored], idle: Launched, busy: Launched, flow: list[float], arguments: argparse.Namespace
) -> str:
    """Write the section."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    conditions = (
        f"{arguments.rounds} rounds in turn: {MEMBERS} scores by us, {BY_EXAMPLE} and {REUSED} by PyLTI1p3, "
        f"{arguments.launches} launches without and with scores. The platform is the practice LMS, strict, a "
        f"process of its own; it answers a score {1000 * LATENCY:.0f} ms after its arrival; PostgreSQL 15 on "
        f"the same machine; load average {load} on {os.cpu_count()} cores at the end. Ours starts at the "
        "commit of the rows that want sending and ends when every row says `sent`; CPU is the worker's and "
        "the database's."
    )
    heads = (
        "| entry point | scores/s, best (median) | requests a score | at a time | "
        "CPU ms a score, least (median) | of it database | what is inside |"
    )
    lines = [conditions, "", heads, "|---|---:|---:|---:|---:|---:|---|", *(_row(one) for one in ways), ""]
    lines += [
        "| launches, the web processes alone | CPU ms, least (median) | launches/s here | failed |",
        "|---|---:|---:|---:|",
        _launches("worker idle", idle),
        _launches(f"while {statistics.median(flow):.0f} scores/s flow", busy),
        "",
        *_verdict(ways, idle, busy),
    ]
    return "\n".join(lines)


def _row(one: Scored) -> str:
    return (
        f"| {one.name} | {max(one.rates):.1f} ({statistics.median(one.rates):.1f}) | "
        f"{one.requests / one.scores:.2f} | {one.most} | {1000 * min(one.seconds):.2f} "
        f"({1000 * statistics.median(one.seconds):.2f}) | {1000 * statistics.median(one.database):.2f} | "
        f"{INSIDE[one.name]} |"
    )


def _launches(name: str, one: Launched) -> str:
    least, middle = 1000 * min(one.seconds), 1000 * statistics.median(one.seconds)
    return f"| {name} | {least:.2f} ({middle:.2f}) | {max(one.rates):.0f} | {one.failed} |"


def _verdict(ways: list[Scored], idle: Launched, busy: Launched) -> list[str]:
    ours, example, _ = ways
    times = statistics.median(a / b for a, b in zip(ours.rates, example.rates, strict=True))
    ratio = statistics.median(a / b for a, b in zip(busy.seconds, idle.seconds, strict=True))
    rate = statistics.median(ours.rates)
    scores = (
        f"Asked for: at least {LEAST_RATE} scores/s with 8 in flight, one request each. Ours: {rate:.1f}, "
        f"{ours.requests / ours.scores:.2f} requests; {times:.1f} times PyLTI1p3's example in these rounds."
    )
    launches = (
        f"Asked for: a launch costs at most {MOST_RATIO} of its idle CPU while scores flow, and none fails. "
        f"Ours: {ratio:.2f} (median of the rounds' ratios), {idle.failed + busy.failed} failed."
    )
    return [scores, "", launches]


def main() -> None:
    """Measure and print; write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--launches", type=int, default=150)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = run(arguments)
    sys.stdout.write(text + "\n")
    if arguments.write:
        put_section(HEADING, text)


if __name__ == "__main__":
    main()
