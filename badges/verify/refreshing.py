"""Check 12: whether to ask for a newer copy of the badge, and whether what came may stand in for it.

Open Badges 3.0, "OpenBadgeCredential Verification", step 3: once, after the proof held, and with the original
whenever anything about the copy is not in order. An address that a badge names is asked only where the policy
allows it: whoever writes badges could otherwise send a verifier anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from badges.policy import Refresh
from badges.report import Check, Outcome
from badges.sentences import CHECK_NAMES
from badges.verify.findings import failed, not_applicable, not_reached, passed, unknown
from badges.verify.resolution import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from badges.verify.view import BadgeView

SERVICE = "1EdTechCredentialRefresh"
# Checks that the newer copy has to pass before it is believed: all that come before trust.
_MUST_HOLD = frozenset(CHECK_NAMES[: CHECK_NAMES.index("issuer_trust")])


def reason_not_to_ask(badge: BadgeView, allowed: Refresh, *, proven: bool) -> Check | None:
    """Why no newer copy is asked for, as check 12; None when one may be asked for."""
    service = badge.json.get("refreshService")
    if service is None:
        return not_applicable("refresh")
    if service["type"] != SERVICE:
        reason = f"services of the kind {service['type'][:60]} are not followed"
        return unknown("refresh", "refresh_type_unknown", reason, address=service["id"])
    if not proven:
        return not_reached("refresh")
    if not _is_allowed(service["id"], badge.issuer_id, allowed):
        reason = "a newer copy was not asked for"
        return unknown("refresh", "refresh_not_followed", reason, address=service["id"])
    return None


def _is_allowed(address: str, issuer: str, allowed: Refresh) -> bool:
    if allowed is Refresh.AT_ISSUER:
        host = host_of(address)
        return host is not None and host == host_of(issuer)
    return allowed is Refresh.ANYWHERE


def judge(original: BadgeView, newer: Mapping[str, Any] | None, checks: Iterable[Check], url: str) -> Check:
    """Check 12 for a copy that came: it passed only if the copy may take the original's place.

    Args:
        original: the badge that was handed in; its proof held.
        newer: the copy, in the words of VC 2.0; None unless its own proof held.
        checks: what was found about the copy.
        url: where it came from.
    """
    for check in checks:
        if check.name in _MUST_HOLD and check.outcome in {Outcome.FAILED, Outcome.COULD_NOT_CHECK}:
            reason = f"{check.name}: {check.evidence.get('reason', check.code)}"
            return failed("refresh", "refresh_not_sound", reason, address=url, found=check.code)
    if newer is None:
        return failed("refresh", "refresh_not_sound", "its signature was not found in order", address=url)
    return _judge_sound(original, type(original)(newer), url)


def _judge_sound(original: BadgeView, newer: BadgeView, url: str) -> Check:
    if (newer.id, newer.issuer_id) != (original.id, original.issuer_id):
        reason = "what came is another badge, or another issuer's"
        return failed("refresh", "refresh_other_badge", reason, address=url)
    if newer.valid_from < original.valid_from:
        reason = "what came was in force before the badge at hand"
        return failed("refresh", "refresh_older", reason, address=url)
    return passed("refresh", "refreshed", address=url)
