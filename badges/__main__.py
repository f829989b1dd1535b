"""``python -m badges``: issue, verify, inspect, bake and unbake badges from the command line, offline.

Exit codes of ``verify``: 0 valid, 1 not valid (false, broken, revoked, expired …), 2 could not be checked,
with what is missing; also 2 for wrong usage. The other words end with 0, or 1 when the input is refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from badges.baking import bake, unbake
from badges.canonical import second_path
from badges.canonical.reader import read_json, read_object
from badges.documents import DocumentFolder, MemoryDocuments
from badges.errors import BadgeError, ContextError, ProofError
from badges.instants import read_instant
from badges.keys import InMemoryEd25519, signer_from_pem, verify_signature
from badges.model import OpenBadgeCredential
from badges.multibase import multibase_decode
from badges.proofs import eddsa_rdfc_2022, vc_jwt
from badges.report import Verdict, VerificationReport
from badges.verify import Policy, Recipient, Refresh, verify
from badges.verify.findings import StoppedError
from badges.verify.intake import take_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from badges.documents import Fetcher

VALID, NOT_VALID, COULD_NOT_CHECK = 0, 1, 2
_EXIT_CODES = {
    Verdict.VALID: VALID,
    Verdict.COULD_NOT_CHECK: COULD_NOT_CHECK,
    Verdict.ISSUER_UNKNOWN: COULD_NOT_CHECK,
    Verdict.UNSUPPORTED: COULD_NOT_CHECK,
}
_MARKS = {"passed": "✓", "failed": "✗", "could_not_check": "?", "not_applicable": "·"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one word and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except ContextError as fault:
        # The fault of this installation, not of a badge.
        sys.stderr.write(f"{fault}\n")
        return COULD_NOT_CHECK
    except BadgeError as fault:
        sys.stderr.write(f"{fault}\n")
        return NOT_VALID
    except OSError as fault:
        sys.stderr.write(f"{fault.filename}: {fault.strerror}\n")
        return COULD_NOT_CHECK
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m badges", description="Open Badges 3.0 on the command line."
    )
    words = parser.add_subparsers(required=True, metavar="WORD")
    _add_verify(words.add_parser("verify", help="check a badge (JSON, JWT, PNG or SVG)"))
    inspect = words.add_parser("inspect", help="show what a file holds, without checking it")
    inspect.add_argument("file", type=Path)
    inspect.add_argument("--json", action="store_true", help="print JSON")
    inspect.set_defaults(run=run_inspect)
    issuer = words.add_parser("issue", help="sign a badge with a key in a PEM file")
    issuer.add_argument("badge", type=Path, help="the unsigned badge, JSON")
    issuer.add_argument(
        "--key", type=Path, required=True, help="PEM: Ed25519 gives Data Integrity, RSA or P-256 a JWT"
    )
    issuer.add_argument("--method", required=True, metavar="ID", help="the key's id: a DID URL of the issuer")
    issuer.add_argument("--at", metavar="TIME", help="when it is signed; now if not given")
    issuer.add_argument("--out", type=Path, help="where to write it; else it is printed")
    issuer.set_defaults(run=run_issue)
    baker = words.add_parser("bake", help="put a badge into a picture")
    baker.add_argument("badge", type=Path, help="JSON or JWT")
    baker.add_argument("picture", type=Path, help="PNG or SVG")
    baker.add_argument("--out", type=Path, required=True)
    baker.set_defaults(run=run_bake)
    unbaker = words.add_parser("unbake", help="take a badge out of a picture")
    unbaker.add_argument("picture", type=Path)
    unbaker.add_argument("--out", type=Path, help="where to write it; else it is printed")
    unbaker.set_defaults(run=run_unbake)
    return parser


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--documents", type=Path, metavar="DIR", help="a folder with DID documents, keys, lists"
    )
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--trust", action="append", default=[], metavar="DID", help="an issuer that you trust")
    trust.add_argument("--any-issuer", action="store_true", help="you judge the issuer yourself")
    parser.add_argument(
        "--recipient", action="append", default=[], metavar="TEXT", help="a name, address or number"
    )
    parser.add_argument(
        "--refresh", action="store_true", help="if the folder has a newer copy of the badge, check that one"
    )
    parser.add_argument(
        "--content",
        action="append",
        default=[],
        type=_named_content,
        metavar="ADDRESS=FILE",
        help="what stands at an address that the badge cites with a digest",
    )
    parser.add_argument("--at", metavar="TIME", help="check as of this moment, like 2026-11-21T12:00:00Z")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--language", choices=("en", "es"), default="en")
    parser.set_defaults(run=run_verify)


def run_verify(chosen: argparse.Namespace) -> int:
    """Verify a file and print the report."""
    # Trusting nobody is a policy too: the report then says which issuer would have to be trusted.
    policy = Policy.any_issuer() if chosen.any_issuer else Policy.trusting(*(chosen.trust or [""]))
    # A folder can be asked for anything: it leads nowhere.
    policy = policy.refreshing(Refresh.ANYWHERE if chosen.refresh else Refresh.NEVER).comparing_cited()
    now = read_instant(chosen.at) if chosen.at else datetime.now(UTC)
    report = verify(
        chosen.file.read_bytes(),
        policy=policy,
        now=now,
        fetcher=_documents(chosen),
        recipient=[Recipient(text) for text in chosen.recipient],
    )
    text = (
        json.dumps(report.to_json(), ensure_ascii=False, indent=2) if chosen.json else _lines(report, chosen)
    )
    sys.stdout.write(f"{text}\n")
    return _EXIT_CODES.get(report.verdict, NOT_VALID)


def _documents(chosen: argparse.Namespace) -> Fetcher | None:
    """The folder, and the files that were named for addresses; None leaves everything unfetched."""
    named = dict(chosen.content)
    folder = DocumentFolder(chosen.documents) if chosen.documents else None
    return MemoryDocuments(named, folder) if named else folder


def _named_content(text: str) -> tuple[str, bytes]:
    """``ADDRESS=FILE``: an address may have equals signs of its own, a file's name is short."""
    address, equals, name = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not ADDRESS=FILE")
    try:
        return address, Path(name).read_bytes()
    except OSError as fault:
        raise argparse.ArgumentTypeError(f"{name}: {fault.strerror}") from fault


def _lines(report: VerificationReport, chosen: argparse.Namespace) -> str:
    word = "unreadable" if report.unreadable else report.verdict.value
    lines = [f"{word}: {report.sentence(chosen.language)}"]
    for check in report.checks:
        mark = _MARKS[check.outcome.value]
        lines.append(f"{mark} {check.number:2} {check.name}: {check.sentence(chosen.language)}")
        if "reason" in check.evidence:
            # For whoever mends the file; people have read the sentence above.
            lines.append(f"       {check.code} {check.path}: {check.evidence['reason']}")
    label = "missing" if chosen.language == "en" else "falta"
    lines += [f"{label}: {what}" for what in report.missing]
    return "\n".join(lines)


def run_inspect(chosen: argparse.Namespace) -> int:
    """Show the credential in a file; nothing is verified, and the output says so."""
    try:
        intake = take_in(chosen.file.read_bytes())
    except StoppedError as stopped:
        sys.stderr.write(f"{stopped.check.sentence()} ({stopped.check.code})\n")
        return NOT_VALID
    if not chosen.json:
        sys.stdout.write(f"form: {intake.form}\nchecked: nothing; use verify\n")
    sys.stdout.write(json.dumps(intake.document, ensure_ascii=False, indent=2) + "\n")
    return 0


def run_issue(chosen: argparse.Namespace) -> int:
    """Sign a badge, and verify by the second path that it holds before it is handed out."""
    badge = OpenBadgeCredential.from_json(read_object(chosen.badge.read_bytes()))
    now = read_instant(chosen.at) if chosen.at else datetime.now(UTC)
    signer = signer_from_pem(chosen.key.read_bytes())
    if isinstance(signer, InMemoryEd25519):
        signed = eddsa_rdfc_2022.sign(
            badge.to_json(), signer=signer, verification_method=chosen.method, created=now
        )
        data = eddsa_rdfc_2022.data_to_sign(signed, signed["proof"], second_path.canonical_form)
        if not verify_signature(
            signer.public_key, "Ed25519", multibase_decode(signed["proof"]["proofValue"]), data
        ):
            raise ProofError("signature", "the two canonicalizations disagree; the badge is not handed out")
        text = json.dumps(signed, ensure_ascii=False, indent=2)
    else:
        text = vc_jwt.sign(badge.to_json(), signer=signer, kid=chosen.method)
    if chosen.out:
        chosen.out.write_text(f"{text}\n", encoding="utf-8")
    else:
        sys.stdout.write(f"{text}\n")
    return 0


def run_bake(chosen: argparse.Namespace) -> int:
    """Put a badge into a picture."""
    text = chosen.badge.read_text(encoding="utf-8").strip()
    if text.startswith("{"):
        read_json(text)
    chosen.out.write_bytes(bake(chosen.picture.read_bytes(), text))
    return 0


def run_unbake(chosen: argparse.Namespace) -> int:
    """Take the badge out of a picture."""
    text = unbake(chosen.picture.read_bytes()).text
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
