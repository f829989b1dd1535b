"""Checks 2 to 8: what can be said of a credential without any key: shape, context, type, schema and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from badges.canonical import primary
from badges.canonical.guard import guard_shape
from badges.canonical.pinned import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_CONTEXTS,
    pinned_contexts,
)
from badges.errors import BadgeError, ContextError, ModelError, ShapeRefusedError
from badges.model import OpenBadgeCredential
from badges.proofs.eddsa_rdfc_2022 import without_proof
from badges.verify.findings import StoppedError, failed, failed_by, not_applicable, passed
from badges.verify.view import BadgeView, several

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from badges.canonical.primary import Prepared
    from badges.report import Check

# Shapes that an attacker needs and an honest issuer may have used all the same: "unsupported", not "invalid".
_UNSUPPORTED_SHAPES = frozenset({"inline_context", "nested_context", "keyword", "full_iri_key"})
_BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_SAYS_SOMETHING = frozenset({"id", "name", "narrative", "description"})
_OTHER_TYPES = {
    "VerifiablePresentation": "presentation",
    "ClrCredential": "comprehensive_record",
    "EndorsementCredential": "endorsement_alone",
    "Assertion": "open_badges_2",
}


def prepared_if_sound(document: Mapping[str, Any]) -> Prepared | None:
    """The badge taken apart, or None when something is wrong with it; the checks will then say what."""
    try:
        return primary.prepare(without_proof(document))
    except BadgeError:
        return None


def check_shape(document: Mapping[str, Any]) -> Check:
    """Check 2: nothing in it can be rearranged behind the signature."""
    try:
        guard_shape(document)
    except ShapeRefusedError as fault:
        raise StoppedError(
            failed_by("shape", fault, unsupported=fault.code in _UNSUPPORTED_SHAPES)
        ) from fault
    return passed("shape")


def check_context(document: Mapping[str, Any], *, badge: bool = True) -> Check:
    """Check 3: pinned contexts in the right order, and every term defined by them (safe mode).

    Args:
        document: a guarded document.
        badge: whether an Open Badges context must stand in second place.
    """
    try:
        contexts = context_list(document)
        _check_order(contexts, badge=badge)
        primary.prepare(without_proof(document)).prove_lossless()
    except ContextError as fault:
        raise StoppedError(
            failed_by("context", fault, unsupported=fault.code == "context_not_pinned")
        ) from fault
    except BadgeError as fault:
        raise StoppedError(failed_by("context", fault)) from fault
    return passed("context", contexts=" ".join(contexts))


def context_list(document: Mapping[str, Any]) -> Sequence[str]:
    """The document's contexts, each of them pinned.

    Raises:
        ContextError: ``context_absent`` or ``context_not_pinned``.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts:
        raise ContextError("context_absent", "@context is not an array of contexts", path="$.@context")
    for url in contexts:
        pinned_contexts().get(str(url))
    return contexts


def _check_order(contexts: Sequence[str], *, badge: bool) -> None:
    if contexts[0] not in {CREDENTIALS_V1, CREDENTIALS_V2}:
        message = "the Verifiable Credentials context must come first"
        raise ContextError("context_order", message, path="$.@context[0]")
    if badge and (len(contexts) < 2 or contexts[1] not in OPEN_BADGES_CONTEXTS):  # noqa: PLR2004 - second place
        message = "an Open Badges 3.0 context must come second"
        raise ContextError("context_order", message, path="$.@context[1]")
    if len(set(contexts)) != len(contexts):
        raise ContextError("context_order", "a context stands there twice", path="$.@context")


def check_type(document: Mapping[str, Any], generation: str) -> Check:
    """Check 4: it is an Open Badge 3.0; whatever else it is gets a name."""
    types = types_of(document)
    if is_second_generation(document, generation):
        reason = "it is an Open Badges 2.0 assertion"
        raise StoppedError(failed("type", "open_badges_2", reason, path="$.type", unsupported=True))
    for other, code in _OTHER_TYPES.items():
        if other in types and not _BADGE_TYPES.intersection(types):
            raise StoppedError(
                failed("type", code, f"it is of type {other}", path="$.type", unsupported=True)
            )
    if "VerifiableCredential" not in types or not _BADGE_TYPES.intersection(types):
        reason = "its types do not include VerifiableCredential and OpenBadgeCredential"
        raise StoppedError(failed("type", "not_a_badge", reason, path="$.type"))
    return passed("type", types=" ".join(types))


def is_second_generation(document: Mapping[str, Any], generation: str) -> bool:
    """Whether it is an Open Badges 2.0 assertion, by where it was found or by its context."""
    return generation == "2.0" or "w3id.org/openbadges" in str(document.get("@context"))


def types_of(document: Mapping[str, Any]) -> list[str]:
    """The document's types, however they are written."""
    types = document.get("type", document.get("@type", []))
    return [str(entry) for entry in (types if isinstance(types, list) else [types])]


def check_schema(document: Mapping[str, Any]) -> Check:
    """Check 5: it has the parts that the Open Badges model requires, each of the right kind."""
    try:
        OpenBadgeCredential.from_json(in_current_words(document))
    except ModelError as fault:
        raise StoppedError(failed_by("schema", fault)) from fault
    return passed("schema")


def in_current_words(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A VC 1.1 credential with the names that VC 2.0 gave to its dates."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or CREDENTIALS_V1 not in contexts:
        return document
    renamed = {"issuanceDate": "validFrom", "expirationDate": "validUntil"}
    return {renamed.get(name, name): value for name, value in document.items()}


def check_subject(badge: BadgeView) -> Check:
    """Check 6: results point at descriptions and levels that are there."""
    achievement = badge.subject["achievement"]
    descriptions = several(achievement.get("resultDescription"))
    levels = {
        described["id"]: [level["id"] for level in several(described.get("rubricCriterionLevel"))]
        for described in descriptions
    }
    if len(levels) != len(descriptions):
        reason = "two result descriptions have the same id"
        place = "$.credentialSubject.achievement.resultDescription"
        raise StoppedError(failed("subject", "result_description_twice", reason, path=place))
    for number, result in enumerate(several(badge.subject.get("result"))):
        _check_result(result, levels, f"$.credentialSubject.result[{number}]")
    return passed("subject", achievement=achievement["name"][:200])


def _check_result(result: Mapping[str, Any], levels: Mapping[str, Sequence[str]], path: str) -> None:
    described = result.get("resultDescription")
    if described is None:
        return
    if described not in levels:
        reason = "a result points at a description that is not there"
        raise StoppedError(failed("subject", "result_not_described", reason, path=path))
    achieved = result.get("achievedLevel")
    if achieved is not None and levels[described] and achieved not in levels[described]:
        reason = "a result names a level that its description does not have"
        raise StoppedError(failed("subject", "level_not_described", reason, path=path))


def check_evidence(badge: BadgeView) -> Check:
    """Check 7: evidence is typed (the schema saw to that) and says at least something."""
    pieces = badge.evidence
    if not pieces:
        return not_applicable("evidence")
    for number, evidence in enumerate(pieces):
        if _SAYS_SOMETHING.isdisjoint(evidence):
            path = f"$.evidence[{number}]"
            raise StoppedError(
                failed("evidence", "evidence_empty", "a piece of evidence says nothing", path=path)
            )
    return passed("evidence", count=str(len(pieces)))


def check_issuer(badge: BadgeView) -> Check:
    """Check 8: the issuer is a Profile with an id (the schema saw to that)."""
    return passed("issuer", issuer=badge.issuer_id)


def check_single_description(prepared: Prepared) -> None:
    """Part of check 2: no node is described in two places, among which its statements could be moved.

    Profiles are excepted, for an issuer is often also the creator; what is said of one is gathered from all
    its places. Endorsements speak of nodes of the badge by design, and are no part of what is shown of it.

    Raises:
        StoppedError: check 2 failed.
    """
    if not prepared.has_repeated_names():
        return
    met: dict[str, str] = {}
    for path, name in described_nodes(prepared.document):
        if name in met:
            reason = f"what stands there is also described at {met[name]}"
            raise StoppedError(failed("shape", "described_twice", reason, path=path, unsupported=True))
        met[name] = path


def described_nodes(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The place and the id of every object that says something, profiles left out."""
    for path, node in objects_in(document):
        name = node.get("id")
        if isinstance(name, str) and len(node) > 1 and types_of(node) != ["Profile"]:
            yield path, name


def objects_in(value: object, path: str = "$") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object of a badge with its place, endorsements left out."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from objects_in(inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            if name != "endorsement":
                yield from objects_in(inner, f"{path}.{name}")
