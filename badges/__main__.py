"""``python -m badges``: issue, verify, inspect, bake and unbake badges from the command line, offline.

Exit codes of ``verify``: 0 valid, 1 not valid (false, broken, revoked, expired …), 2 could not be checked,
with what is missing. The other words end with 0, or 1 when the input is refused. Every word ends with 2 when
it was used wrongly or a file could not be read or written. With ``--json`` every answer is one JSON object on
standard output; a fault is one too, under ``error``.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from badges.baking import bake, unbake
from badges.baking.form import MAX_PICTURE_BYTES
from badges.canonical import second_path
from badges.canonical.reader import read_object
from badges.documents import DocumentFolder, MemoryDocuments
from badges.errors import BadgeError, BakingError, ContextError, ProofError
from badges.instants import read_instant
from badges.keys import InMemoryEd25519, signer_from_pem, verify_signature
from badges.model import OpenBadgeCredential
from badges.multibase import multibase_decode
from badges.proofs import eddsa_rdfc_2022, vc_jwt
from badges.report import Outcome, Verdict, VerificationReport
from badges.verify import Policy, Recipient, Refresh, verify
from badges.verify.findings import StoppedError
from badges.verify.intake import take_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from badges.documents import Fetcher
    from badges.sentences import Language
    from badges.verify.intake import Intake

VALID, NOT_VALID, COULD_NOT_CHECK = 0, 1, 2
_EXIT_CODES = {
    Verdict.VALID: VALID,
    Verdict.COULD_NOT_CHECK: COULD_NOT_CHECK,
    Verdict.ISSUER_UNKNOWN: COULD_NOT_CHECK,
    Verdict.UNSUPPORTED: COULD_NOT_CHECK,
}
_MARKS = {"passed": "✓", "failed": "✗", "could_not_check": "?", "not_applicable": "·"}


# Of a badge that is to be handed out, these checks may not fail.
_BEFORE_HANDING_OUT = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one word and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8, and so are the marks of a report, whatever the terminal says of itself.
        sys.stdout.reconfigure(encoding="utf-8")
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except ContextError as fault:
        # The fault of this installation, not of a badge.
        _tell(chosen, str(fault), code=fault.code, path=fault.path, message=fault.message)
        return COULD_NOT_CHECK
    except BadgeError as fault:
        _tell(chosen, str(fault), code=fault.code, path=fault.path, message=fault.message)
        return NOT_VALID
    except OSError as fault:
        _tell(chosen, f"{fault.filename}: {fault.strerror}", code="file", message=f"{fault.strerror}")
        return COULD_NOT_CHECK
    return code


def _tell(chosen: argparse.Namespace, text: str, **fault: str) -> None:
    if chosen.json:
        _print_json({"error": fault})
    else:
        sys.stderr.write(f"{text}\n")


def _print_json(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def _content(path: Path) -> bytes:
    """A file's bytes, and of a file that is too large only as many as show that it is."""
    with path.open("rb") as file:
        return file.read(MAX_PICTURE_BYTES + 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m badges", description="Open Badges 3.0 on the command line."
    )
    words = parser.add_subparsers(required=True, metavar="WORD")
    _add_verify(words.add_parser("verify", help="check a badge (JSON, JWT, PNG or SVG)"))
    inspect = words.add_parser("inspect", help="show what a file holds, without checking it")
    inspect.add_argument("file", type=Path)
    inspect.set_defaults(run=run_inspect)
    _add_issue(words.add_parser("issue", help="sign a badge with a key in a PEM file"))
    baker = words.add_parser("bake", help="put a badge into a picture")
    baker.add_argument("badge", type=Path, help="a signed badge, JSON or JWT")
    baker.add_argument("picture", type=Path, help="PNG or SVG")
    baker.add_argument("--out", type=Path, required=True, help="where to write the picture with the badge")
    baker.set_defaults(run=run_bake)
    unbaker = words.add_parser("unbake", help="take a badge out of a picture")
    unbaker.add_argument("picture", type=Path)
    unbaker.add_argument("--out", type=Path, help="where to write it; else it is printed")
    unbaker.set_defaults(run=run_unbake)
    for word in words.choices.values():
        word.add_argument("--json", action="store_true", help="answer as JSON")
    return parser


def _add_issue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("badge", type=Path, help="the unsigned badge, JSON")
    parser.add_argument(
        "--key", type=Path, required=True, help="PEM: Ed25519 gives Data Integrity, RSA or P-256 a JWT"
    )
    parser.add_argument("--method", required=True, metavar="ID", help="the key's id: a DID URL of the issuer")
    parser.add_argument("--at", metavar="TIME", type=_moment, help="when it is signed; now if not given")
    parser.add_argument("--out", type=Path, help="where to write it; else it is printed")
    parser.set_defaults(run=run_issue)


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
    parser.add_argument(
        "--at", metavar="TIME", type=_moment, help="check as of this moment, like 2026-11-21T12:00:00Z"
    )
    parser.add_argument("--language", choices=("en", "es"), default="en")
    parser.set_defaults(run=run_verify)


def run_verify(chosen: argparse.Namespace) -> int:
    """Verify a file and print the report."""
    # Trusting nobody is a policy too: the report then says which issuer would have to be trusted.
    policy = Policy.any_issuer() if chosen.any_issuer else Policy.trusting(*(chosen.trust or [""]))
    # A folder can be asked for anything: it leads nowhere.
    policy = policy.refreshing(Refresh.ANYWHERE if chosen.refresh else Refresh.NEVER).comparing_cited()
    folder = DocumentFolder(chosen.documents) if chosen.documents else None
    report = verify(
        _content(chosen.file),
        policy=policy,
        now=chosen.at or datetime.now(UTC),
        fetcher=_documents(chosen, folder),
        recipient=[Recipient(text) for text in chosen.recipient],
    )
    # A misspelled document is told only to whoever misses one.
    left_out = folder.unreadable if folder and report.missing else ()
    if chosen.json:
        _print_json({**report.to_json(), "leftOut": left_out})
    else:
        sys.stdout.write(_lines(report, left_out, chosen.language) + "\n")
    return _EXIT_CODES.get(report.verdict, NOT_VALID)


def _documents(chosen: argparse.Namespace, folder: DocumentFolder | None) -> Fetcher | None:
    """The folder, and the files that were named for addresses; None leaves everything unfetched."""
    named = dict(chosen.content)
    return MemoryDocuments(named, folder) if named else folder


def _moment(text: str) -> datetime:
    try:
        return read_instant(text)
    except BadgeError as fault:
        raise argparse.ArgumentTypeError(f"{text} is {fault.message}") from fault


def _named_content(text: str) -> tuple[str, bytes]:
    """``ADDRESS=FILE``: an address may have equals signs of its own, a file's name is short."""
    address, equals, name = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not ADDRESS=FILE")
    try:
        return address, _content(Path(name))
    except OSError as fault:
        raise argparse.ArgumentTypeError(f"{name}: {fault.strerror}") from fault


def _lines(report: VerificationReport, left_out: Sequence[str], language: Language) -> str:
    word = "unreadable" if report.unreadable else report.verdict.value
    lines = [f"{word}: {report.sentence(language)}"]
    for check in report.checks:
        mark = _MARKS[check.outcome.value]
        lines.append(f"{mark} {check.number:2} {check.name}: {check.sentence(language)}")
        if "reason" in check.evidence:
            # For whoever mends the file; people have read the sentence above.
            lines.append(f"       {check.code} {check.path}: {check.evidence['reason']}")
    missing, unread = ("missing", "left out") if language == "en" else ("falta", "sin leer")
    lines += [f"{missing}: {what}" for what in report.missing]
    lines += [f"{unread}: {what}" for what in left_out]
    return "\n".join(lines)


def _taken_in(content: bytes) -> Intake:
    try:
        return take_in(content)
    except StoppedError as stopped:
        check = stopped.check
        raise BadgeError(check.code, check.sentence(), path=check.path) from stopped


def run_inspect(chosen: argparse.Namespace) -> int:
    """Show the credential in a file; nothing is verified, and the output says so."""
    intake = _taken_in(_content(chosen.file))
    if chosen.json:
        envelope = {"envelope": intake.token.envelope} if intake.token else {}
        _print_json({"form": intake.form, "checked": [], **envelope, "credential": intake.document})
        return 0
    sys.stdout.write(f"form: {intake.form}\nchecked: nothing; use verify\n")
    if intake.token:
        sys.stdout.write(f"envelope: {json.dumps(intake.token.envelope)}\n")
    _print_json(intake.document)
    return 0


def run_issue(chosen: argparse.Namespace) -> int:
    """Sign a badge, and verify by the second path that it holds before it is handed out."""
    badge = OpenBadgeCredential.from_json(read_object(_content(chosen.badge)))
    now = chosen.at or datetime.now(UTC)
    signer = signer_from_pem(_content(chosen.key))
    if isinstance(signer, InMemoryEd25519):
        signed = _signed_twice_over(badge.to_json(), signer, chosen.method, now)
        form, text = "json", json.dumps(signed, ensure_ascii=False, indent=2)
    else:
        form, text = "jwt", vc_jwt.sign(badge.to_json(), signer=signer, kid=chosen.method)
    _refuse_what_fails(text, now)
    _hand_out(chosen, text, {"form": form, "id": badge.id, "method": chosen.method})
    return 0


def _signed_twice_over(
    badge: Mapping[str, Any], signer: InMemoryEd25519, method: str, now: datetime
) -> dict[str, Any]:
    """The badge with a proof that holds over the second path's canonical form too."""
    signed = eddsa_rdfc_2022.sign(badge, signer=signer, verification_method=method, created=now)
    proof = signed["proof"][-1] if isinstance(signed["proof"], list) else signed["proof"]
    data = eddsa_rdfc_2022.data_to_sign(signed, proof, second_path.canonical_form)
    if not verify_signature(signer.public_key, "Ed25519", multibase_decode(proof["proofValue"]), data):
        raise ProofError("signature", "the two canonicalizations disagree; the badge is not handed out")
    return signed


def _refuse_what_fails(text: str, now: datetime) -> None:
    """Verify without any document: a key of another, and one that a did:key shows to be wrong, come out."""
    report = verify(text, policy=Policy.any_issuer(), now=now, canonical_form=second_path.canonical_form)
    for check in report.checks[:_BEFORE_HANDING_OUT]:
        if check.outcome is Outcome.FAILED:
            raise ProofError(check.code, check.evidence["reason"], path=check.path)


def _hand_out(chosen: argparse.Namespace, text: str, said: Mapping[str, Any]) -> None:
    """Write the credential to its file, or print it; as JSON, print what is said of it and where it is."""
    if chosen.out:
        chosen.out.write_text(f"{text}\n", encoding="utf-8")
    if chosen.json:
        place = {"out": str(chosen.out)} if chosen.out else {"credential": text}
        _print_json({**said, **place})
    elif not chosen.out:
        sys.stdout.write(f"{text}\n")


def run_bake(chosen: argparse.Namespace) -> int:
    """Put a signed badge into a picture; whether the signature holds is for ``verify`` to say."""
    content = _content(chosen.badge)
    intake = _taken_in(content)
    if intake.form not in {"json", "jwt"}:
        raise BakingError("already_baked", "the badge is in a picture already; unbake it first")
    if intake.token is None and "proof" not in intake.document:
        raise ProofError("unsigned", "the credential carries no signature", path="$.proof")
    picture = bake(_content(chosen.picture), content.decode("utf-8").strip())
    chosen.out.write_bytes(picture)
    if chosen.json:
        form = _taken_in(picture).form
        _print_json({"form": form, "id": intake.document.get("id"), "out": str(chosen.out)})
    return 0


def run_unbake(chosen: argparse.Namespace) -> int:
    """Take the badge out of a picture."""
    baked = unbake(_content(chosen.picture))
    _hand_out(chosen, baked.text, {"version": baked.version})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
