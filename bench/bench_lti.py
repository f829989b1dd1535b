"""Measure launches, ours and others', in one interleaved run, and write bench/lti.md.

    python bench/bench_lti.py [--rounds 5] [--launches 300] [--only floor,ours] [--write]

A launch is: POST login, the redirect read, a token signed, POST launch, the redirect followed, the page.
Every figure is CPU time of the tool's processes and of the database cluster, from /proc, while that tool
alone is asked; the driver's own is not in it. The tools take turns, so that a busy machine disturbs all
alike; a ratio is the median of the rounds, each against the floor of the same round.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "bench")]

from lti_lms import Lms  # noqa: E402 - found by the line above
from lti_tools import (  # noqa: E402 - as above
    Running,
    connect_course,
    cpu_of,
    database_in,
    real_page,
    start_floor,
    start_ltijs,
    start_ours,
    start_pylti,
)
from support import postgres  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE, AT_ONCE = 60, 4
RESULT = ROOT / "bench" / "lti.md"
LEAST, AIM = 1.6, 1.2
INSIDE = {
    "floor": "Flask, one RS256 verification (PyJWT, key in memory), signed cookie, one INSERT; 2 requests",
    "pylti1p3": "PyLTI1p3 2.0.0 as its Flask example: files and key set read at each launch, cache in files; "
    "nothing durable; 2 requests",
    "pylti1p3 keeping keys": "the same with set_public_key_caching",
    "pylti1p3next": "pylti1p3next 2.0.2, else as above, with set_public_key_caching",
    "pylti1p3next keeping keys": "pylti1p3next 2.0.2, else as above, with set_public_key_caching",
    "ltijs": "ltijs 5.9.9, ltijs-sequelize 2.4.4 on PostgreSQL, two cluster processes; 3 requests",
    "ours": "ltitool.app.create_app: all checks, nonce, person, place, rights, session, all durable; 303 to "
    "an empty page behind its session; 3 requests",
    "ours, 500 more platforms": "the same with 501 registrations",
    "ours, real first page": "the same, ending at the participant's first page",
}


@dataclass
class Measured:
    """One tool's rounds."""

    running: Running
    seconds: list[float] = field(default_factory=list)  # CPU a launch
    database: list[float] = field(default_factory=list)  # the cluster's part of it
    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    fetches: int = 0


def free_port() -> int:
    """Give a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def starters(lms: Lms, folder: Path, cluster: str) -> dict[str, Callable[[], Running]]:
    """Say how each tool is started."""
    return {
        "floor": lambda: start_floor(lms, free_port(), database_in(cluster)),
        "ours": lambda: start_ours(lms, free_port(), folder, database_in(cluster)),
        "ours500": lambda: start_ours(lms, free_port(), folder, database_in(cluster), others=500),
        "pylti1p3": lambda: start_pylti(lms, free_port(), folder, "pylti1p3"),
        "pylti1p3-keys": lambda: start_pylti(lms, free_port(), folder, "pylti1p3", keep_keys=True),
        "pylti1p3next": lambda: start_pylti(lms, free_port(), folder, "pylti1p3next", keep_keys=True),
        "ltijs": lambda: start_ltijs(lms, free_port(), database_in(cluster)),
    }


def wait_until_up(lms: Lms, running: Running) -> None:
    """Launch until it works.

    Raises:
        RuntimeError: it did not within a minute.
    """
    until = time.monotonic() + 60
    while True:
        try:
            lms.launch(running.tool, 0)
        except (OSError, RuntimeError):
            if time.monotonic() > until or running.process.poll() is not None:
                raise
            time.sleep(0.5)
        else:
            return


def warm(lms: Lms, running: Running) -> None:
    """Make everybody known, in every worker."""
    wait_until_up(lms, running)
    for _ in range(2):
        for person in range(PEOPLE):
            lms.launch(running.tool, person)
        if running.name.startswith("ours") and _ == 0:
            connect_course(running.environ)


def measure(lms: Lms, one: Measured, launches: int, postmaster: int) -> None:
    """Launch some times and note what it cost."""
    people = [number % PEOPLE for number in range(launches)]  # ltijs fails whoever launches twice at a time
    fetches, cpu, database, start = lms.fetches, one.running.cpu(), cpu_of(postmaster), time.monotonic()

    def launch(person: int) -> float:
        began = time.monotonic()
        lms.launch(one.running.tool, person)
        return time.monotonic() - began

    with ThreadPoolExecutor(AT_ONCE) as pool:
        one.waits += list(pool.map(launch, people))
    spent = cpu_of(postmaster) - database
    one.rates.append(launches / (time.monotonic() - start))
    one.database.append(spent / launches)
    one.seconds.append((one.running.cpu() - cpu + spent) / launches)
    one.fetches += lms.fetches - fetches


def run(arguments: argparse.Namespace) -> list[Measured]:
    """Start everything, let all take turns, stop everything."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(postgres.cluster())
        postmaster = postmaster_of(cluster)
        lms = Lms(free_port())
        stack.callback(lms.close)
        found = []
        for name, start in starters(lms, folder, cluster).items():
            if arguments.only and name not in arguments.only.split(","):
                continue
            running = start()
            stack.callback(running.stop)
            warm(lms, running)
            found.append(Measured(running))
            if name == "ours":
                found.append(Measured(real_page(running)))
        for number in range(arguments.rounds):
            for one in found:
                measure(lms, one, arguments.launches, postmaster)
            costs = ", ".join(f"{one.running.name} {1000 * one.seconds[-1]:.2f}" for one in found)
            sys.stdout.write(f"round {number + 1}, CPU ms a launch: {costs}\n")
        return found


def postmaster_of(cluster: str) -> int:
    """Give the process of the cluster."""
    folder = Path(cluster.partition("?host=")[2])
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def report(found: list[Measured], arguments: argparse.Namespace) -> str:
    """Write the table."""
    floor = next(one for one in found if one.running.name == "floor")
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    conditions = (
        f"{arguments.rounds} rounds of {arguments.launches} launches each, {AT_ONCE} at a time, {PEOPLE} "
        "people who were here before; gunicorn, sync, 2 workers; PostgreSQL 15 on the same machine; "
        f"load average {load} on {os.cpu_count()} cores at the end. Ratios are medians over the rounds, each "
        "against the floor of its round; milliseconds say little on a shared machine."
    )
    heads = (
        "| entry point | floors | CPU ms a launch, least (median) | of it database | launches/s here | "
        "p50 / p95 ms | key sets fetched | what is inside |"
    )
    lines = ["# LTI: measured", "", "`make bench-lti` writes this file.", "", conditions, "", heads]
    lines += ["|---|---:|---:|---:|---:|---:|---:|---|", *(_row(one, floor) for one in found), ""]
    return "\n".join([*lines, *_verdict(found, floor), ""])


def ratio(one: Measured, floor: Measured) -> float:
    """Give the median over the rounds of how many floors a launch costs."""
    return statistics.median(a / b for a, b in zip(one.seconds, floor.seconds, strict=True))


def _row(one: Measured, floor: Measured) -> str:
    least, middle = 1000 * min(one.seconds), 1000 * statistics.median(one.seconds)
    database = 1000 * statistics.median(one.database)
    waits = statistics.quantiles(one.waits, n=20)
    return (
        f"| {one.running.name} | {ratio(one, floor):.2f} | {least:.2f} ({middle:.2f}) | {database:.2f} | "
        f"{max(one.rates):.0f} | {1000 * waits[9]:.0f} / {1000 * waits[18]:.0f} | {one.fetches} | "
        f"{INSIDE[one.running.name]} |"
    )


def _verdict(found: list[Measured], floor: Measured) -> list[str]:
    by_name = {one.running.name: ratio(one, floor) for one in found}
    ours = by_name.get("ours")
    if ours is None:
        return []
    lines = [f"Asked for: at most {LEAST} floors (aim {AIM}). Ours: {ours:.2f}."]
    lines += [
        f"Against {name}: {ours / cost:.2f} of its cost."
        for name, cost in by_name.items()
        if name.startswith(("pylti", "ltijs"))
    ]
    return lines


def main() -> None:
    """Measure and print; write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--launches", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = report(run(arguments), arguments)
    sys.stdout.write(text)
    if arguments.write:
        RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
