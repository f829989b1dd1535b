"""Measure reading and taking over a roster of 20,000, ours and others', and write it into bench/lti.md.

    python bench/bench_lti_rosters.py [--rounds 5] [--members 20000] [--only floor,ours] [--write]

Each reader is a process of its own, measured from its second roster on: the first one, of a single page,
has brought in the modules, the token and the connection. The readers take turns; a ratio is the median of
the rounds, each against the floor of the same round. The LMS is another process, and in no figure.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "bench")]

from bench_lti import free_port, postmaster_of  # noqa: E402 - found by the line above
from lti_sections import put_section  # noqa: E402 - as above
from lti_tools import SERVERS, database_in, environment, write_keys  # noqa: E402 - as above
from support import postgres  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEADING = "Rosters"
MOST_FLOORS, MOST_SECONDS, MOST_GROWTH = 1.5, 3.0, 5.0
INSIDE = {
    "floor": "requests and json, page after page; four fields of each member, nothing checked, nothing kept",
    "pylti1p3": "PyLTI1p3 2.0.0, `get_members()`: all members in one list, nothing checked or stored",
    "ours": "`ltitool.lti.rosters.read_members`: origin, size, loop and bounds, strict JSON, "
    "each member's shape, roles; stores nobody",
    "fill": "`ltitool.cohorts.roster_reading.read_roster_here` into an empty course: reading, person, "
    "identity, course person and place of each, durable; who has gone",
    "again": "the same roster once more, nothing changed: everybody is marked as listed by this reading",
}


@dataclass
class Reader:
    """One reader's rounds."""

    name: str
    command: Callable[[], tuple[list[str], Mapping[str, str]]]
    rounds: list[dict[str, float]] = field(default_factory=list)

    def cpu(self) -> list[float]:
        """Give the CPU seconds of each round, the database's with them."""
        return [one["cpu"] + one.get("database", 0.0) for one in self.rounds]


def readers(base: str, folder: Path, cluster: str) -> dict[str, Reader]:
    """Say how each reader is run."""
    write_keys(folder)

    def ours(name: str) -> Reader:
        command = [sys.executable, str(ROOT / "bench" / "lti_roster_readers.py"), name, base]
        command.append(str(postmaster_of(cluster)))
        return Reader(name, lambda: (command, _settings(folder, database_in(cluster))))

    def peer(name: str) -> Reader:
        script = str(SERVERS / "pylti_roster.py")
        return Reader(name, lambda: ([str(environment(name)), script, base, str(folder / "private.pem")], {}))

    found = [ours("floor"), ours("ours"), peer("pylti1p3"), ours("fill"), ours("again")]
    return {one.name: one for one in found}


def run(arguments: argparse.Namespace) -> list[Reader]:
    """Let all read in turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(postgres.cluster())
        port = free_port()
        command = [sys.executable, str(ROOT / "bench" / "lti_roster_pages.py"), str(port)]
        lms = subprocess.Popen([*command, str(arguments.members)])  # noqa: S603 - our own words
        stack.callback(_end, lms)
        _wait_for(port)
        wanted = arguments.only.split(",") if arguments.only else INSIDE
        found = [
            one for one in readers(f"http://127.0.0.1:{port}", folder, cluster).values() if one.name in wanted
        ]
        for number in range(arguments.rounds):
            for one in found:
                one.rounds.append(_measured(one, arguments.members))
            costs = ", ".join(f"{one.name} {one.cpu()[-1]:.2f}" for one in found)
            sys.stdout.write(f"round {number + 1}, CPU s a roster: {costs}\n")
        return found


def _measured(reader: Reader, members: int) -> dict[str, float]:
    command, environ = reader.command()
    surroundings = {**os.environ, **environ}
    done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, check=True)  # noqa: S603 - as above
    costs: dict[str, float] = json.loads(done.stdout)
    if costs["count"] != members:
        raise RuntimeError(f"{reader.name} saw {costs['count']} of {members}")
    return costs


def _settings(folder: Path, database: str) -> dict[str, str]:
    return {
        "LTITOOL_PUBLIC_URL": "http://localhost:8000",
        "LTITOOL_DATABASE_URL": database,
        "LTITOOL_DATA_DIR": str(folder),
        "LTITOOL_SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "LTITOOL_KEY_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "LTITOOL_LOOPBACK_HTTP": "yes",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def report(found: list[Reader], arguments: argparse.Namespace) -> str:
    """Write the section."""
    floor = next(one for one in found if one.name == "floor")
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    conditions = (
        f"{arguments.members:,} members in pages of 50, {arguments.rounds} rounds in turns; PostgreSQL 15 on "
        f"the same machine; load average {load} on {os.cpu_count()} cores at the end. CPU is that of the "
        "reading process and of the whole cluster; growth is how far the peak lies above what it held "
        "before, the most of all rounds."
    )
    lines = [
        conditions,
        "",
        "| entry point | floors | CPU s, least (median) | of it database | members/s | growth MB | inside |",
        "|---|---:|---:|---:|---:|---:|---|",
        *(_row(one, floor) for one in found),
        "",
        *_verdict({one.name: one for one in found}, floor),
    ]
    return "\n".join(lines)


def _ratio(one: Reader, floor: Reader) -> float:
    return statistics.median(a / b for a, b in zip(one.cpu(), floor.cpu(), strict=True))


def _growth(one: Reader) -> float:
    return max(done["growth"] for done in one.rounds)


def _row(one: Reader, floor: Reader) -> str:
    database = statistics.median(done.get("database", 0.0) for done in one.rounds)
    middle = statistics.median(one.cpu())
    fastest = max(done["count"] / done["wall"] for done in one.rounds)
    return (
        f"| {one.name} | {_ratio(one, floor):.2f} | {min(one.cpu()):.2f} ({middle:.2f}) | "
        f"{database:.2f} | {fastest:,.0f} | {_growth(one):.1f} | {INSIDE[one.name]} |"
    )


def _verdict(found: Mapping[str, Reader], floor: Reader) -> list[str]:
    lines = []
    if "ours" in found:
        lines.append(
            f"Asked for: reading at most {MOST_FLOORS} floors. Ours: {_ratio(found['ours'], floor):.2f}."
        )
    if "fill" in found:
        spent = statistics.median(found["fill"].cpu())
        lines.append(f"Asked for: with the upsert at most {MOST_SECONDS:.0f} CPU s. Ours: {spent:.2f}.")
    own = [one for name, one in found.items() if name in {"ours", "fill", "again"}]
    if own:
        lines.append(
            f"Asked for: memory grows by less than {MOST_GROWTH:.0f} MB. Ours: {max(map(_growth, own)):.1f}."
        )
    return lines


def main() -> None:
    """Measure and print; write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = report(run(arguments), arguments)
    sys.stdout.write(text + "\n")
    if arguments.write:
        put_section(HEADING, text)


if __name__ == "__main__":
    main()
