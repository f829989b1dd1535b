"""Measure issuing and verifying, ours and others', in one run, and write bench/badges.md.

    python bench/bench_badges.py [--rounds 7] [--seconds 0.3] [--memory 1000000] [--write]

Every figure is CPU time of the process that did the work. The cases take turns, and the floor (one bare
Ed25519 signature of 64 bytes) is measured again before each of them, so that a busy machine disturbs both
alike. A ratio is the median of the rounds: how many floors one badge costs.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.badge_fuzz import pyld_form  # noqa: E402 - found by the line above
from support.badge_samples import INDEX, LIST, NOW, sample_badge, sample_issuer  # noqa: E402 - as above

from badges.canonical import primary, second_path  # noqa: E402 - as above
from badges.keys import InMemoryRS256  # noqa: E402 - as above
from badges.proofs import eddsa_rdfc_2022, vc_jwt  # noqa: E402 - as above
from badges.template import BadgeTemplate  # noqa: E402 - as above
from badges.verify import Policy, verify  # noqa: E402 - as above
from badges.verify.data_integrity import verify_proof  # noqa: E402 - as above
from badges.verify.resolution import Resolver  # noqa: E402 - as above
from bench import others, two_processes  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable

VARIANTS = 256
# While memory is watched, one badge in this many is verified too.
VERIFIED_EACH = 10
RESULT = ROOT / "bench" / "badges.md"
SLOTS = (
    "$.id",
    "$.credentialSubject.id",
    "$.credentialSubject.identifier[0].identityHash",
    "$.credentialSubject.identifier[0].salt",
    "$.credentialSubject.identifier[1].identityHash",
    "$.credentialSubject.identifier[1].salt",
    "$.credentialSubject.narrative",
    "$.credentialSubject.result[0].achievedLevel",
    "$.credentialSubject.result[1].achievedLevel",
    "$.credentialSubject.result[2].achievedLevel",
    "$.credentialSubject.result[3].value",
    "$.evidence[0].id",
    "$.evidence[1].narrative",
    "$.credentialStatus[0].id",
    "$.credentialStatus[0].statusListIndex",
)
# Name -> (least that must be reached, aim), in floors; from the issue that asked for this library.
TARGETS = {
    "template issue, to signature": (5, 3),
    "template issue, to bytes": (9, 5),
    "whole-document issue": (12, 8),
    "proof-only verify": (15, 7),
    "full report from bytes": (22, 10),
}


@dataclass
class Case:
    """One thing to measure: called with a running number, so that no two badges are the same."""

    name: str
    entry: str
    run: Callable[[int], object]


class World:
    """Badges that differ in everything a program's badges differ in, signed and unsigned."""

    def __init__(self) -> None:
        self.issuer = sample_issuer()
        self.method = self.issuer.methods[0]
        self.unsigned = [self.variant(number) for number in range(VARIANTS)]
        self.signed = [self.sign(document) for document in self.unsigned]
        self.bytes = [json.dumps(document).encode() for document in self.signed]
        self.documents = self.issuer.documents()
        self.policy = Policy.trusting(self.issuer.did)
        self.template = BadgeTemplate.compile(sample_badge(), SLOTS)
        self.stamp = self.template.stamp(
            signer=self.issuer.ed25519, verification_method=self.method, created=NOW
        )
        self.values = [self.slot_values(number) for number in range(VARIANTS)]
        self.resolver = Resolver(self.documents)

    @staticmethod
    def variant(number: int) -> dict[str, Any]:
        """One recipient's unsigned badge."""
        document = copy.deepcopy(sample_badge(tail=f" In school {number}.", salt=f"salt{number}").to_json())
        document["id"] = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
        document["credentialStatus"][0] |= {
            "id": f"{LIST}#{INDEX + number}",
            "statusListIndex": str(INDEX + number),
        }
        return document

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        """Sign a whole document."""
        return eddsa_rdfc_2022.sign(
            document, signer=self.issuer.ed25519, verification_method=self.method, created=NOW
        )

    def slot_values(self, number: int) -> list[str]:
        """What fills the template for one recipient."""
        level = f"https://keystone.example/achievements/7/criteria/%d/{number % 4 + 1}"
        return [
            f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
            f"urn:uuid:11111111-0000-4000-8000-{number:012d}",
            f"sha256${number:064x}",
            f"salt{number}",
            f"sha256${number + 7:064x}",
            f"salt{number}b",
            f"Led a team in school {number}.",
            level % 1,
            level % 2,
            level % 3,
            f"{number % 40}.5",
            f"https://keystone.example/evidence/{number}",
            f"What we saw in school {number}.",
            f"{LIST}#{number}",
            str(number),
        ]

    def other_sign(self, form: Callable[[Any], bytes], number: int) -> None:
        """Sign with another canonicalizer."""
        document = self.unsigned[number % VARIANTS]
        options = {k: v for k, v in self.signed[0]["proof"].items() if k != "proofValue"}
        self.issuer.ed25519.sign(eddsa_rdfc_2022.data_to_sign(document, options, form))

    def proof_only(self, number: int) -> None:
        """Verify the proof of a parsed badge."""
        document = self.signed[number % VARIANTS]
        unsecured = eddsa_rdfc_2022.without_proof(document)
        form = primary.canonical_form
        verify_proof(unsecured, document["proof"], self.issuer.did, self.resolver, NOW, form)

    def report(self, number: int) -> None:
        """Verify a badge from its bytes, in full."""
        source = self.bytes[number % VARIANTS]
        verify(source, policy=self.policy, now=NOW, fetcher=self.documents).require_valid()


def cases(world: World) -> list[Case]:
    """Everything that is measured in this process."""
    rs256, es256 = world.issuer.rs256, world.issuer.es256
    tokens = [
        vc_jwt.sign(document, signer=rs256, kid=world.issuer.methods[1]) for document in world.unsigned[:32]
    ]

    def jwt_issue(signer: Any) -> Callable[[int], object]:
        kid = world.issuer.methods[1 if isinstance(signer, InMemoryRS256) else 2]
        return lambda n: vc_jwt.sign(world.unsigned[n % VARIANTS], signer=signer, kid=kid)

    def jwt_verify(number: int) -> None:
        opened = vc_jwt.open_token(tokens[number % 32])
        if not vc_jwt.verify(opened, rs256.public_key):
            raise AssertionError

    def of(number: int) -> int:
        return number % VARIANTS

    sign = "eddsa_rdfc_2022.sign(dict): portable check, canonical form, hashes, signature, proof"
    return [
        Case(
            "template issue, to signature",
            "BadgeTemplate.proof_value(15 slot values): checks, canonical form, hash, signature, base58",
            lambda n: world.template.proof_value(world.values[of(n)], world.stamp),
        ),
        Case(
            "template issue, to bytes",
            "BadgeTemplate.issue(15 slot values): the same, and the signed JSON text",
            lambda n: world.template.issue(world.values[of(n)], world.stamp),
        ),
        Case("whole-document issue", sign, lambda n: world.sign(world.unsigned[of(n)])),
        Case(
            "proof-only verify",
            "verify_proof(dict): options, key from a DID document in memory, canonical form, signature",
            world.proof_only,
        ),
        Case(
            "full report from bytes",
            "verify(bytes).require_valid(): all sixteen checks; DID document and list in memory",
            world.report,
        ),
        Case("JWT issue, RS256", "vc_jwt.sign(dict)", jwt_issue(rs256)),
        Case("JWT issue, ES256", "vc_jwt.sign(dict)", jwt_issue(es256)),
        Case(
            "JWT verify, RS256", "vc_jwt.open_token, vc_jwt.verify: strict parsing and signature", jwt_verify
        ),
        Case(
            "PyLD issue",
            "to_rdf (made to remember contexts), URDNA2015 (escapes mended), hashes, signature",
            lambda n: world.other_sign(pyld_form, n),
        ),
        Case(
            "Oxigraph issue",
            "pyoxigraph, contexts inlined, our safe mode, hashes, signature",
            lambda n: world.other_sign(second_path.canonical_form, n),
        ),
    ]


def seconds_per_call(run: Callable[[int], object], budget: float, start: int) -> float:
    """CPU seconds for one call, over about ``budget`` seconds."""
    count, began = 0, time.process_time()
    while (used := time.process_time() - began) < budget:
        for _ in range(4):
            run(start + count)
            count += 1
    return used / count


def measure(
    world: World, rounds: int, seconds: float
) -> tuple[dict[str, list[float]], dict[str, list[float]], list[float]]:
    """Ratios and seconds per case, and the floors."""
    ratios: dict[str, list[float]] = {}
    absolute: dict[str, list[float]] = {}
    floors: list[float] = []
    everything = cases(world)
    requests = others.requests(world.issuer, world.unsigned[:64], world.signed[:64])
    message = bytes(64)

    def floor() -> float:
        floors.append(seconds_per_call(lambda _: world.issuer.ed25519.sign(message), seconds / 2, 0))
        return floors[-1]

    for number in range(rounds):
        for case in everything:
            bare = floor()
            spent = seconds_per_call(case.run, seconds, number * 1000)
            ratios.setdefault(case.name, []).append(spent / bare)
            absolute.setdefault(case.name, []).append(spent)
        if number % 3 == 0:
            bare = floor()
            for name, spent in others.measured(requests, seconds * 3).items():
                ratios.setdefault(name, []).append(spent / bare)
                absolute.setdefault(name, []).append(spent)
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
    return ratios, absolute, floors


def reports() -> two_processes.Work:
    """Full reports from bytes, in a world of the process's own."""
    return World().report


def signatures() -> two_processes.Work:
    """Bare signatures, a hundred to the piece."""
    key, message = World().issuer.ed25519, bytes(64)
    return lambda _: [key.sign(message) for _ in range(100)]


def two_against_one(count: int) -> str:
    """The sentence about two processes: full reports, and bare signatures as the control."""
    found = two_processes.scaling({"reports": (reports, count), "bare": (signatures, count // 10)}, turns=7)
    ours, bare = found["reports"], found["bare"]
    return (
        f"Full reports by wall clock: {ours.one:,.0f}/s in one process, {ours.two:,.0f}/s in two; "
        f"{ours.ratio:.2f} times, the median of seven turns. Bare signatures in the same turns, "
        f"which share nothing: {bare.ratio:.2f} times."
    )


def memory(world: World, count: int) -> list[tuple[int, int]]:
    """(badges issued and verified, resident kilobytes at their peak) at ten points."""
    points = []
    for number in range(count):
        badge = world.template.issue(world.slot_values(number), world.stamp)
        if number % VERIFIED_EACH == 0:
            verify(badge, policy=world.policy, now=NOW, fetcher=world.documents)
        if number % max(count // 10, 1) == 0:
            points.append((number, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    return points


def table(
    world: World, ratios: dict[str, list[float]], absolute: dict[str, list[float]], floors: list[float]
) -> list[str]:
    """The Markdown lines of the result."""
    entries = {case.name: case.entry for case in cases(world)}
    entries |= others.ENTRIES
    size = len(world.bytes[0])
    statements = len(primary.canonical_form(world.unsigned[0]).splitlines())
    lines = [
        f"One badge: {size:,} bytes of signed JSON, {statements} statements.",
        f"Floor: {1 / statistics.median(floors):,.0f} bare Ed25519 signatures per CPU-second.",
        "",
        "| case | badges per CPU-second | floors | least | aim | what is inside |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, found in ratios.items():
        least, aim = TARGETS.get(name, ("", ""))
        rate = 1 / statistics.median(absolute[name])
        lines.append(
            f"| {name} | {rate:,.0f} | {statistics.median(found):.1f} | {least} | {aim} | {entries[name]} |"
        )
    return lines


def main() -> int:
    """Measure, print, and with ``--write`` keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument(
        "--memory", type=int, default=1_000_000, help="issue this many badges, watching memory"
    )
    parser.add_argument(
        "--parallel", type=int, default=8000, help="reports per process for the two-process run"
    )
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.relative_to(ROOT)}")
    chosen = parser.parse_args()
    world = World()
    ratios, absolute, floors = measure(world, chosen.rounds, chosen.seconds)
    lines = [
        "# Badges: measured",
        "",
        "`make bench-badges` writes this file.",
        "",
        *table(world, ratios, absolute, floors),
    ]
    load = f"Processes that wanted one of {os.cpu_count()} processors meanwhile: {os.getloadavg()[0]:.0f}."
    lines += ["", f"{two_against_one(chosen.parallel)} {load}"]
    if chosen.memory:
        points = ", ".join(f"{count:,}: {peak // 1024} MiB" for count, peak in memory(world, chosen.memory))
        lines += ["", f"Peak memory while issuing (one in {VERIFIED_EACH} verified): {points}."]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if chosen.write:
        RESULT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
