"""Compare our canonical form with two other implementations on many mutated badges; seeded and resumable.

    python bench/fuzz_badges.py --count 200000 [--seed 20261121] [--processes 2]

Progress is kept in build/fuzz-badges.json after every thousand; the same command goes on where it stopped.
A badge on which both others disagree with us is written down with the number that makes it again, and the
exit code is 1; one on which a single other stands alone is counted (its known faults:
test_badges_equality.py).
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import time
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.badge_fuzz import compare, generated  # noqa: E402 - found by the line above

STATE = ROOT / "build" / "fuzz-badges.json"
SLICE = 1000


def run_slice(task: tuple[int, int, int]) -> tuple[dict[str, int], list[str]]:
    """Outcomes of the badges with these numbers."""
    seed, start, stop = task
    outcomes: collections.Counter[str] = collections.Counter()
    faults = []
    for number in range(start, stop):
        try:
            outcomes[compare(generated(seed, number))] += 1
        except AssertionError as fault:
            faults.append(f"seed {seed} number {number}: {fault}")
    return dict(outcomes), faults


def main() -> int:
    """Run what is left of the asked-for count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20_261_121)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    state = {"seed": chosen.seed, "done": 0, "outcomes": {}, "faults": [], "seconds": 0.0}
    if STATE.exists() and json.loads(STATE.read_text())["seed"] == chosen.seed:
        state = json.loads(STATE.read_text())
    starts = range(state["done"], chosen.count, SLICE)
    tasks = [(chosen.seed, start, min(start + SLICE, chosen.count)) for start in starts]
    STATE.parent.mkdir(exist_ok=True)
    began = time.monotonic()
    with Pool(chosen.processes) as pool:
        for (_, _, stop), (outcomes, faults) in zip(tasks, pool.imap(run_slice, tasks), strict=True):
            total = collections.Counter(state["outcomes"])
            total.update(outcomes)
            state |= {"done": stop, "outcomes": dict(total), "faults": state["faults"] + faults}
            state["seconds"] = round(state["seconds"] + time.monotonic() - began, 1)
            began = time.monotonic()
            STATE.write_text(json.dumps(state, indent=2))
            sys.stdout.write(f"{stop} of {chosen.count}: {state['outcomes']} faults {len(state['faults'])}\n")
            sys.stdout.flush()
    sys.stdout.write(f"seed {state['seed']}: {state['done']} badges, {len(state['faults'])} disagreements\n")
    return 1 if state["faults"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
