"""Check 13: what the issuer says about the badge today, by its status lists."""

from __future__ import annotations

import functools
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.canonical.guard import guard_shape
from badges.canonical.reader import read_object
from badges.errors import BadgeError, StatusListError
from badges.instants import read_instant, write_instant
from badges.proofs.vc_jwt import open_token
from badges.report import Outcome
from badges.status import BitstringStatusList, revoked_in_1edtech_list
from badges.status_entries import StatusEntry
from badges.verify.data_integrity import CLOCK_LEEWAY
from badges.verify.findings import StoppedError, failed, failed_by, not_applicable, passed, unknown
from badges.verify.resolution import MissingError, Resolver
from badges.verify.signatures import Secured, check_signatures
from badges.verify.structure import check_context, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from badges.proofs.eddsa_rdfc_2022 import CanonicalForm
    from badges.report import Check
    from badges.verify.view import BadgeView

# Entries that are looked up; a badge with a thousand is an attack on whoever publishes the lists.
MAX_ENTRIES = 4
# A list of 16 MiB of random bits does not compress; the badge's own lists have some kilobytes.
MAX_LIST_BYTES = 4 * 1024 * 1024
# Lists remembered, by their bytes.
MAX_LISTS = 32
_LIST_SIGNATURES: OrderedDict[tuple[Any, ...], tuple[Check, Check]] = OrderedDict()
# What a list can say of a badge, and whether that ends it.
_ENDING = {"revocation": "revoked", "suspension": "suspended"}
_TELLING = frozenset({"message", "refresh"})


@dataclass(frozen=True)
class StatusQuestion:
    """What has to be known to look a badge up in a list."""

    badge: BadgeView
    resolver: Resolver
    now: datetime
    canonical_form: CanonicalForm

    @property
    def issuer(self) -> str:
        """The badge's issuer; its lists have to be its own."""
        return self.badge.issuer_id


def check_status(question: StatusQuestion) -> Check:
    """Check 13: every entry is looked up; the gravest answer counts."""
    entries = question.badge.statuses
    if not entries:
        return not_applicable("status")
    if len(entries) > MAX_ENTRIES:
        reason = f"{len(entries)} status entries, the limit is {MAX_ENTRIES}"
        return failed("status", "too_many_status_entries", reason, path="$.credentialStatus")
    return _gravest([_answer(entry, question) for entry in entries])


def _gravest(answers: Sequence[Check]) -> Check:
    """A revocation before any other fault, a fault before doubt, doubt before "not revoked"."""
    for outcome, first in (
        (Outcome.FAILED, "revoked"),
        (Outcome.COULD_NOT_CHECK, ""),
        (Outcome.PASSED, "not_revoked"),
    ):
        found = [answer for answer in answers if answer.outcome is outcome]
        if found:
            return next((answer for answer in found if answer.code == first), found[0])
    return answers[0]


def _answer(entry: Mapping[str, Any], question: StatusQuestion) -> Check:
    try:
        kind = str(entry["type"])
        if kind == "BitstringStatusListEntry":
            return _answer_of_bitstring(entry, question)
        if kind == "1EdTechRevocationList" and "id" in entry:
            return _answer_of_1edtech(entry["id"], question)
    except StatusListError as fault:
        return failed_by("status", fault)
    except MissingError as missing:
        return unknown("status", missing.code, missing.reason, missing=missing.url)
    except StoppedError as stopped:
        return stopped.check
    reason = f"lists of the kind {kind[:60]} are not read"
    return unknown("status", "status_type_unknown", reason, path="$.credentialStatus")


def _answer_of_bitstring(raw: Mapping[str, Any], question: StatusQuestion) -> Check:
    entry = StatusEntry.from_json(raw)
    if entry.purpose not in _ENDING.keys() | _TELLING:
        reason = f"the status purpose {entry.purpose[:60]!r} is not known"
        return unknown("status", "status_purpose_unknown", reason, path="$.credentialStatus")
    subject, listed = _list_subject(entry.list_address, question)
    _require_purpose(subject, entry.purpose)
    bits = _decoded(str(subject.get("encodedList", "")))
    bits.require_entries(entry.size)
    value = bits.get(entry.index, status_size=entry.size)
    if entry.purpose in _TELLING:
        return _told(entry, value, listed)
    if value:
        code = _ENDING[entry.purpose]
        return failed(
            "status", code, f"the issuer's list says {code}", path="$.credentialStatus", listed=listed
        )
    return passed("status", "not_revoked", listed=listed, list=entry.list_address)


def _told(entry: StatusEntry, value: int, listed: str) -> Check:
    """What the issuer says besides revoking: its own words, which nobody else can judge."""
    if not value:
        return passed("status", "no_message", listed=listed, list=entry.list_address)
    if entry.purpose == "refresh":
        return passed("status", "newer_copy_offered", listed=listed, list=entry.list_address)
    word = entry.word_for(value)[:200]
    return unknown(
        "status",
        "status_message",
        f"the issuer's list has the message {word!r}",
        path="$.credentialStatus",
        value=f"{value:#x}",
        message=word,
        reference=" ".join(entry.references)[:500],
    )


def _require_purpose(subject: Mapping[str, Any], purpose: str) -> None:
    purposes = subject.get("statusPurpose")
    if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise StatusListError("status_purpose", "the list has another purpose than the badge says")


def _list_subject(url: str, question: StatusQuestion) -> tuple[Mapping[str, Any], str]:
    """The subject of a status list credential whose own signature, issuer and dates hold, and its date.

    Raises:
        StoppedError: what is wrong with the list, as check 13.
        StatusListError: the list is another issuer's.
        MissingError: it could not be had.
    """
    fetched = question.resolver.fetch(url)
    document, secured = _secured_list(fetched.content)
    if document.get("id") != url or "BitstringStatusListCredential" not in types_of(document):
        raise _not_usable("what stands at the list's address is not that list", url)
    if secured.issuer != question.issuer:
        raise StatusListError("status_issuer", "the status list is another issuer's")
    for check in _list_signatures(secured, fetched.content, question):
        if check.outcome is not Outcome.PASSED:
            raise _not_usable(check.evidence.get("reason", "its signature does not hold"), url)
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise _not_usable("the list has no list inside", url)
    return subject, _date_of(document, question.now, url)


def _list_signatures(secured: Secured, content: bytes, question: StatusQuestion) -> tuple[Check, Check]:
    """Checks 9 and 10 of the list; a batch asks about the same list and keys at the same moment."""
    keys = b"" if secured.token else _key_content(secured.issuer, question.resolver)
    name = (content, keys, question.now, question.canonical_form)
    known = _LIST_SIGNATURES.get(name) if keys else None
    if known is None:
        known = check_signatures(secured, question.resolver, question.now, question.canonical_form)
        _LIST_SIGNATURES[name] = known
        if len(_LIST_SIGNATURES) > MAX_LISTS:
            _LIST_SIGNATURES.popitem(last=False)
    return known


def _key_content(issuer: str, resolver: Resolver) -> bytes:
    try:
        return resolver.key_content(issuer)
    except (MissingError, BadgeError):
        return b""


@functools.lru_cache(maxsize=MAX_LISTS)
def _decoded(encoded: str) -> BitstringStatusList:
    return BitstringStatusList.decode(encoded)


@functools.lru_cache(maxsize=MAX_LISTS)
def _secured_list(content: bytes) -> tuple[Mapping[str, Any], Secured]:
    try:
        token = None
        if content.lstrip()[:1] == b"{":
            document: Mapping[str, Any] = read_object(content, max_bytes=MAX_LIST_BYTES)
        else:
            token = open_token(content.strip())
            document = token.credential
        guard_shape(document)
        check_context(document, badge=False)
    except BadgeError as fault:
        raise StoppedError(unknown("status", "status_list_unusable", fault.message)) from fault
    except StoppedError as stopped:
        reason = stopped.check.evidence.get("reason", "")
        raise StoppedError(unknown("status", "status_list_unusable", reason)) from stopped
    issuer = document.get("issuer")
    issuer_id = issuer.get("id") if isinstance(issuer, dict) else issuer
    return document, Secured.of(document, token, str(issuer_id))


def _date_of(document: Mapping[str, Any], now: datetime, url: str) -> str:
    try:
        starts = read_instant(document.get("validFrom")) if "validFrom" in document else now
        if starts > now + CLOCK_LEEWAY:
            raise _not_usable("the list is not in force yet", url)
        if "validUntil" in document and read_instant(document["validUntil"]) < now:
            raise _not_usable("the list at hand is out of date", url, missing=url)
    except BadgeError as fault:
        raise _not_usable(fault.message, url) from fault
    return write_instant(starts)


def _not_usable(reason: str, url: str, **evidence: str) -> StoppedError:
    """A list that proves nothing: never "not revoked", and not the badge's fault either."""
    return StoppedError(unknown("status", "status_list_unusable", reason, list=url, **evidence))


def _answer_of_1edtech(url: str, question: StatusQuestion) -> Check:
    """A 1EdTech revocation list is not signed: it is believed because the signed badge names its address."""
    content = question.resolver.fetch(url).content
    try:
        document = read_object(content, max_bytes=MAX_LIST_BYTES)
    except BadgeError as fault:
        raise _not_usable(fault.message, url) from fault
    issuer = document.get("issuer")
    if (issuer.get("id") if isinstance(issuer, dict) else issuer) != question.issuer or document.get(
        "id"
    ) != url:
        raise StatusListError("status_issuer", "the revocation list is another issuer's")
    if revoked_in_1edtech_list(document, question.badge.id):
        return failed("status", "revoked", "the issuer's list says revoked", path="$.credentialStatus")
    return passed("status", "not_revoked", listed=write_instant(question.now), list=url)
