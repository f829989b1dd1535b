"""Check 16: endorsements inside the badge. They are other people's words and never change the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from badges.canonical.guard import guard_shape
from badges.errors import BadgeError
from badges.model import EndorsementCredential, Profile
from badges.proofs.vc_jwt import open_token
from badges.report import Check, Outcome
from badges.verify.findings import StoppedError, failed, not_applicable, passed, unknown
from badges.verify.signatures import Secured, check_signatures
from badges.verify.standing import check_status
from badges.verify.structure import check_context, in_current_words
from badges.verify.view import BadgeView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from badges.proofs.vc_jwt import OpenedToken
    from badges.verify.standing import StatusQuestion

# Endorsements that are looked at; more are reported as not checked.
MAX_ENDORSEMENTS = 8


def check_endorsements(document: Mapping[str, Any], question: StatusQuestion) -> Check:
    """Check 16: each endorsement is signed by its issuer, not revoked, and about something in this badge."""
    found = list(_endorsements(document, "$"))
    if not found:
        return not_applicable("endorsements")
    if len(found) > MAX_ENDORSEMENTS:
        reason = f"{len(found)} endorsements, {MAX_ENDORSEMENTS} are looked at"
        return unknown("endorsements", "too_many_endorsements", reason)
    known = set(_ids(document))
    for path, endorsement in found:
        check = _check_one(path, endorsement, known, question)
        if check is not None:
            return check
    return passed("endorsements", count=str(len(found)))


def _check_one(path: str, endorsement: object, known: set[str], question: StatusQuestion) -> Check | None:
    """None when the endorsement holds."""
    try:
        credential, secured = _read(endorsement)
    except BadgeError as fault:
        return failed("endorsements", fault.code, fault.message, path=path)
    except StoppedError as stopped:
        return failed("endorsements", stopped.check.code, stopped.check.evidence.get("reason", ""), path=path)
    if credential.credential_subject.id not in known:
        reason = "it endorses something that is not in this badge"
        return failed("endorsements", "endorses_something_else", reason, path=path)
    checks = check_signatures(secured, question.resolver, question.now, question.canonical_form)
    for check in checks:
        if check.outcome is not Outcome.PASSED and check.code != "not_reached":
            say = failed if check.outcome is Outcome.FAILED else unknown
            return say("endorsements", check.code, check.evidence.get("reason", ""), path=path)
    if secured.issuer == question.issuer:
        return failed("endorsements", "endorsed_by_itself", "the issuer endorses itself", path=path)
    return _standing(path, secured, question)


def _standing(path: str, secured: Secured, question: StatusQuestion) -> Check | None:
    """What the endorser's own list says today, as check 13 asks about the badge; None where it stands."""
    status = check_status(replace(question, badge=BadgeView(in_current_words(secured.document))))
    if status.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE}:
        return None
    return Check("endorsements", status.outcome, status.code, path=path, evidence=status.evidence)


def _read(endorsement: object) -> tuple[EndorsementCredential, Secured]:
    token: OpenedToken | None = None
    document: Any = endorsement
    if isinstance(endorsement, str):
        token = open_token(endorsement)
        document = token.credential
    guard_shape(document)
    check_context(document)
    credential = EndorsementCredential.from_json(in_current_words(document))
    issuer = credential.issuer.id if isinstance(credential.issuer, Profile) else credential.issuer
    return credential, Secured.of(document, token, issuer)


def _endorsements(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Every endorsement with its place; those inside endorsements are not followed."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _endorsements(inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in {"endorsement", "endorsementJwt"}:
                items = inner if isinstance(inner, list) else [inner]
                yield from ((f"{path}.{name}[{n}]", item) for n, item in enumerate(items))
            elif name != "proof":
                yield from _endorsements(inner, f"{path}.{name}")


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == "id" and isinstance(inner, str):
                yield inner
            elif name not in {"endorsement", "endorsementJwt", "proof"}:
                yield from _ids(inner)
