"""Compare our canonical form with two other implementations on many mutated badges; seeded and resumable.

    python bench/fuzz_badges.py --count 200000 [--seed 20261121] [--processes 2]

Progress is kept in build/fuzz-badges.json after every slice; the same command goes on where it stopped, and
begins again when the code or the generator has changed. A badge on which another disagrees with us, and not
by a fault of its own that a test names, is written down with the number that makes it again, and the exit
code is 1. A run of 200,000 or more is recorded in bench/badges-fuzz.md.
"""

from __future__ import annotations

import argparse
import collections
import gc
import hashlib
import json
import sys
import time
from multiprocessing import Pool
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.badge_fuzz import PER_STRUCTURE, outcomes_of  # noqa: E402 - found by the line above

STATE = ROOT / "build" / "fuzz-badges.json"
RECORD = ROOT / "bench" / "badges-fuzz.md"
RECORDED_FROM = 200_000
SLICE = 100 * PER_STRUCTURE
_MEANINGS = {
    "equal": "the three forms are the same, byte for byte",
    "oxigraph alone": "PyLD agrees with us; two embedded endorsements bear the same proof, a known fault",
    "pyld alone": "Oxigraph agrees with us; a blank node points at itself, a known fault",
    "refused:undefined_type": "a mutation wrote a word that no context knows; it would not have been signed",
}


def run_slice(task: tuple[int, int, int]) -> tuple[dict[str, int], list[str], float]:
    """Outcomes of the badges with these numbers, disagreements, and CPU seconds."""
    seed, start, stop = task
    # What a comparison leaves behind is freed by its counts; looking for cycles takes a tenth of the time.
    gc.set_threshold(100_000, 50, 50)
    began = time.process_time()
    outcomes, faults = outcomes_of(seed, range(start, stop))
    return outcomes, faults, time.process_time() - began


def fingerprint() -> str:
    """Changes with the code that is compared, and with the generator."""
    files = [
        *sorted((ROOT / "badges" / "canonical").glob("*.py")),
        ROOT / "tests" / "support" / "badge_fuzz.py",
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def state_of(seed: int) -> dict[str, Any]:
    """Where an earlier run of the same code and seed stopped, or the beginning."""
    fresh = {
        "seed": seed,
        "code": fingerprint(),
        "done": 0,
        "outcomes": {},
        "faults": [],
        "cpu": 0.0,
        "wall": 0.0,
    }
    if not STATE.exists():
        return fresh
    found: dict[str, Any] = json.loads(STATE.read_text())
    return found if all(found.get(name) == fresh[name] for name in ("seed", "code")) else fresh


def record(state: dict[str, Any]) -> None:
    """Write what was run, for readers of the repository."""
    rows = [
        f"| {name} | {count:,} | {_MEANINGS.get(name, 'refused by our safe mode')} |"
        for name, count in sorted(state["outcomes"].items(), key=lambda item: -item[1])
    ]
    done, cpu = state["done"], state["cpu"]
    text = f"""# Badges: compared

`make fuzz-badges FUZZ_N={done}` wrote this file. Our canonical form of each generated badge is compared with
PyLD's JSON-LD and URDNA2015 and with Oxigraph's JSON-LD and RDFC-1.0. Of each structure there are
{PER_STRUCTURE} badges, each with texts and identifiers of its own. Seed {state["seed"]}.

| outcome | badges | meaning |
|---|---:|---|
{chr(10).join(rows)}
| **disagreements** | **{len(state["faults"])}** | any other difference |

{done:,} badges in {cpu:,.0f} CPU-seconds, {done / cpu:.0f} a second.
{"".join(f"{chr(10)}- {fault}" for fault in state["faults"])}"""
    RECORD.write_text(text, encoding="utf-8")


def run(state: dict[str, Any], count: int, processes: int) -> None:
    """Run what is left of the asked-for count, keeping the state after every slice."""
    starts = range(state["done"], count, SLICE)
    tasks = [(state["seed"], start, min(start + SLICE, count)) for start in starts]
    began = time.monotonic()
    with Pool(processes) as pool:
        for (_, _, stop), (outcomes, faults, cpu) in zip(tasks, pool.imap(run_slice, tasks), strict=True):
            total = collections.Counter(state["outcomes"])
            total.update(outcomes)
            state |= {"done": stop, "outcomes": dict(total), "faults": state["faults"] + faults}
            state["cpu"] = round(state["cpu"] + cpu, 1)
            state["wall"], began = round(state["wall"] + time.monotonic() - began, 1), time.monotonic()
            STATE.write_text(json.dumps(state, indent=2))
            sys.stdout.write(f"{stop} of {count}: {state['outcomes']} faults {len(state['faults'])}\n")
            sys.stdout.flush()


def main() -> int:
    """Run, and record a long run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20_261_121)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    state = state_of(chosen.seed)
    STATE.parent.mkdir(exist_ok=True)
    run(state, chosen.count, chosen.processes)
    if state["done"] >= RECORDED_FROM:
        record(state)
    sys.stdout.write(f"seed {state['seed']}: {state['done']} badges, {len(state['faults'])} disagreements\n")
    return 1 if state["faults"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
