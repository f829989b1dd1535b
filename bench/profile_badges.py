"""Where the time of a full report goes: writes bench/badges-profile.md.

    python bench/profile_badges.py [--count 500]

Each part is timed on its own, in CPU time and in floors (one bare Ed25519 signature of 64 bytes), so that the
profiler's own cost does not blur it.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.badge_samples import NOW  # noqa: E402 - as above

from badges.canonical import leaves, primary, terms  # noqa: E402 - as above
from badges.canonical.generated import escaped_leaves  # noqa: E402 - as above
from badges.canonical.pinned import pinned_contexts  # noqa: E402 - as above
from badges.canonical.reader import read_object  # noqa: E402 - as above
from badges.canonical.shapes import canonical_text, fills_cleanly  # noqa: E402 - as above
from badges.proofs.eddsa_rdfc_2022 import hash_of_options  # noqa: E402 - as above
from badges.verify import verify  # noqa: E402 - as above
from bench.bench_badges import World  # noqa: E402 - found by the line above

if TYPE_CHECKING:
    from collections.abc import Callable

RESULT = ROOT / "bench" / "badges-profile.md"


def floors_of(run: Callable[[], object], bare: Callable[[], object], count: int) -> float:
    """The cost of one call in floors: the median of five turns."""
    ratios = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(count):
            bare()
        middle = time.process_time()
        for _ in range(count):
            run()
        ratios.append((time.process_time() - middle) / (middle - began))
    return statistics.median(ratios)


def parts(world: World) -> list[tuple[str, Callable[[], object]]]:
    """The parts of a full report, each ready to be called."""
    source, signed, unsigned = world.bytes[0], world.signed[0], world.unsigned[0]
    contexts = pinned_contexts()
    constant = terms.constant_names(contexts)
    prepared = primary.prepare(unsigned)
    form = prepared.canonical_form()
    key = world.issuer.ed25519.public_key
    message = bytes(64)
    signature = world.issuer.ed25519.sign(message)
    options = signed["proof"]
    policy, documents = world.policy, world.documents
    return [
        ("strict JSON", lambda: read_object(source)),
        ("document to shape and texts", lambda: leaves.flatten(unsigned, constant)),
        ("identifiers are plain", lambda: fills_cleanly(prepared.shape, prepared.leaves, contexts)),
        ("do texts need escapes", lambda: escaped_leaves(prepared.leaves)),
        (
            "generated canonical text (with escapes looked at)",
            lambda: canonical_text(prepared.shape, prepared.leaves),
        ),
        ("UTF-8 and SHA-256 of it", lambda: hashlib.sha256(form.decode().encode()).digest()),
        (
            "proof options, canonical and hashed",
            lambda: hash_of_options(unsigned, options, primary.canonical_form),
        ),
        ("Ed25519 verification", lambda: key.verify(signature, message)),
        ("the whole report", lambda: verify(source, policy=policy, now=NOW, fetcher=documents)),
    ]


def main() -> int:
    """Time the parts and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    chosen = parser.parse_args()
    world = World()
    verify(world.bytes[0], policy=world.policy, now=NOW, fetcher=world.documents)
    message = bytes(64)
    lines = ["# Where the time of a full report goes", "", "In floors: one bare Ed25519 signature.", ""]
    lines += ["| part | floors |", "|---|---:|"]
    costs = {
        name: floors_of(run, lambda: world.issuer.ed25519.sign(message), chosen.count)
        for name, run in parts(world)
    }
    lines += [f"| {name} | {cost:.2f} |" for name, cost in costs.items()]
    counted = sum(
        cost for name, cost in costs.items() if name not in {"the whole report", "do texts need escapes"}
    )
    rest = costs["the whole report"] - counted
    lines += [
        f"| what is left: sixteen checks, key and list looked up by their bytes, the report | {rest:.2f} |",
        "",
    ]
    text = "\n".join(lines)
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
