"""Part of check 7: what the badge cites with a digest is still what was signed.

Evidence, pictures and related resources may carry a digest. It is compared when the content is at hand: in a
``data:`` address, as a pinned context, or through the fetcher where the policy lets cited addresses be asked.
Nothing is fetched before the proof held, and nothing because a badge only links to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from badges.canonical.pinned import pinned_bytes
from badges.digests import DIGESTS, data_url_content, digest_fits, require_form
from badges.errors import ModelError
from badges.verify.findings import StoppedError, failed, failed_by, passed, unknown
from badges.verify.resolution import MissingError, Resolver
from badges.verify.structure import objects_in
from badges.verify.view import BadgeView, several

if TYPE_CHECKING:
    from collections.abc import Mapping

    from badges.report import Check

# Members that make this part of check 7 necessary.
CITING = frozenset({*DIGESTS, "relatedResource"})
# Contents that are compared; a badge with more names them in vain.
MAX_COMPARED = 8
# A picture of evidence has some megabytes.
MAX_CONTENT_BYTES = 16 * 1024 * 1024


def check_citation_forms(badge: BadgeView) -> None:
    """Refuse digests that could never fit, and related resources without one or named twice.

    Raises:
        StoppedError: check 7 failed with ``digest_form``.
    """
    for path, cited in _cited(badge):
        try:
            require_form(cited)
        except ModelError as fault:
            raise StoppedError(failed("evidence", fault.code, fault.message, path=path)) from fault
    related = [one for one in several(badge.json.get("relatedResource")) if isinstance(one, dict)]
    names = [one.get("id") for one in related]
    if len(set(names)) != len(names) or not all(any(d in one for d in DIGESTS) for one in related):
        reason = "a related resource has no digest or stands there twice"
        raise StoppedError(failed("evidence", "digest_form", reason, path="$.relatedResource"))


def compare_citations(badge: BadgeView, resolver: Resolver, *, may_ask: bool) -> Check:
    """Check 7 once more, with the contents that are at hand.

    Args:
        badge: a badge whose proof held.
        resolver: gets the contents.
        may_ask: whether the policy lets it be asked for them.
    """
    cited = _cited(badge)
    waiting: list[str] = []
    for path, resource in cited[:MAX_COMPARED]:
        try:
            content = _content(resource["id"], resolver, may_ask=may_ask)
        except MissingError as missing:
            waiting.append(missing.url)
            continue
        except ModelError as fault:
            return failed_by("evidence", fault)
        if not digest_fits(resource, content):
            # Of a context two texts may be in use; ours is the one that was read, and not the badge's fault.
            ours = pinned_bytes(resource["id"]) is not None
            reason = f"what stands at {resource['id'][:200]} has another digest"
            return failed("evidence", "digest", reason, path=path, unsupported=ours)
    waiting += [resource["id"] for _, resource in cited[MAX_COMPARED:]]
    if waiting:
        reason = (
            f"{len(waiting)} of {len(cited)} cited contents were not at hand, the first is {waiting[0][:200]}"
        )
        return unknown("evidence", "digest_not_compared", reason)
    return passed("evidence", "digests_fit", count=str(len(cited)))


def _cited(badge: BadgeView) -> list[tuple[str, Mapping[str, Any]]]:
    """Every object with a digest, with its place; endorsements and proofs left out."""
    members = {name: value for name, value in badge.json.items() if name not in {"proof", "endorsementJwt"}}
    return [(path, one) for path, one in objects_in(members) if any(name in one for name in DIGESTS)]


def _content(address: str, resolver: Resolver, *, may_ask: bool) -> bytes:
    if address[:5].lower() == "data:":
        return data_url_content(address)
    pinned = pinned_bytes(address)
    if pinned is not None:
        return pinned
    if not may_ask:
        raise MissingError("digest_not_compared", address, "cited addresses are not asked here")
    content = resolver.fetch(address).content
    if len(content) > MAX_CONTENT_BYTES:
        raise MissingError("too_large", address, f"more than {MAX_CONTENT_BYTES} bytes")
    return content
