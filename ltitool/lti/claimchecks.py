"""The checks of a launch's claims, each one function, each refusing with its own error."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from ltitool.lti import claim_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import is_at, origin_of

LEEWAY = timedelta(seconds=60)
MAX_AGE = timedelta(minutes=10)
MAX_LIFETIME = timedelta(hours=1)
MAX_ID = 255
MAX_ROLES = 200
MAX_CUSTOM = 500
MAX_TEXT = 4000
VERSION = "1.3.0"
OBJECT_OR_NOTHING = (dict, type(None))
KEPT_FIELDS = (
    (words.RESOURCE_LINK, "title"),
    (words.CONTEXT, "title"),
    (words.CONTEXT, "label"),
    (words.PRESENTATION, "locale"),
    (words.PRESENTATION, "return_url"),
    (words.AGS, "lineitems"),
    (words.AGS, "lineitem"),
    (words.NRPS, "context_memberships_url"),
    (words.GROUPS, "context_groups_url"),
    (words.GROUPS, "context_group_sets_url"),
)


@dataclass(frozen=True)
class Expected:
    """What a launch has to say, from the registration, from our own state, and from the clock."""

    issuer: str
    client_id: str
    nonce: str
    target_link_uri: str | None  # of the login; None where the login named none
    own_origin: str
    now: datetime
    is_our_nonce: Callable[[str], bool]
    platform_origins: Sequence[str] = ()  # pinned when the platform was registered


Claims: TypeAlias = Mapping[str, Any]


def check_issuer(claims: Claims, expected: Expected) -> None:
    issuer = claims.get("iss")
    if not issuer:
        raise wrong.IssuerMissing
    if issuer != expected.issuer:
        raise wrong.IssuerWrong(repr(issuer)[:200])


def check_audience(claims: Claims, expected: Expected) -> None:
    audience = claims.get("aud")
    if not audience:
        raise wrong.AudienceMissing
    if isinstance(audience, list):
        if expected.client_id not in audience:
            raise wrong.AudienceListWrong(repr(audience)[:200])
    elif audience != expected.client_id:
        raise wrong.AudienceWrong(repr(audience)[:200])


def check_party(claims: Claims, expected: Expected) -> None:
    audience, party = claims.get("aud"), claims.get("azp")
    if party is None and isinstance(audience, list) and len(audience) > 1:
        raise wrong.PartyMissing
    if party is not None and party != expected.client_id:
        raise wrong.PartyWrong(repr(party)[:200])


def check_times_are_numbers(claims: Claims, _expected: Expected) -> None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name)
        if value is not None and not _is_instant(value):
            raise wrong.TimeUnreadable(f"{name} {value!r}"[:80])


def check_expiry(claims: Claims, expected: Expected) -> None:
    expiry, now = claims.get("exp"), expected.now.timestamp()
    if expiry is None:
        raise wrong.ExpiryMissing
    if now >= expiry + LEEWAY.total_seconds():
        raise wrong.Expired(f"{now - expiry:.0f} s ago: if this repeats, compare the clocks")


def check_expiry_is_near(claims: Claims, expected: Expected) -> None:
    if claims["exp"] > expected.now.timestamp() + (MAX_LIFETIME + LEEWAY).total_seconds():
        raise wrong.ExpiryTooFar


def check_issued(claims: Claims, expected: Expected) -> None:
    issued, now = claims.get("iat"), expected.now.timestamp()
    if issued is None:
        raise wrong.IssuedMissing
    if issued > now + LEEWAY.total_seconds():
        raise wrong.IssuedInFuture(f"{issued - now:.0f} s ahead")
    if issued < now - (MAX_AGE + LEEWAY).total_seconds():
        raise wrong.IssuedTooLongAgo(f"{now - issued:.0f} s ago")


def check_not_before(claims: Claims, expected: Expected) -> None:
    start = claims.get("nbf")
    if start is not None and start > expected.now.timestamp() + LEEWAY.total_seconds():
        raise wrong.NotYetValid


def check_nonce(claims: Claims, expected: Expected) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise wrong.NonceMissing
    if nonce == expected.nonce:
        return
    raise wrong.NonceOfOtherLogin if expected.is_our_nonce(nonce) else wrong.NonceUnknown


def check_version(claims: Claims, _expected: Expected) -> None:
    if claims.get(words.VERSION) != VERSION:
        raise wrong.VersionWrong(repr(claims.get(words.VERSION))[:40])


def check_message_type(claims: Claims, _expected: Expected) -> None:
    kind = claims.get(words.MESSAGE_TYPE)
    if not kind:
        raise wrong.MessageTypeMissing
    if isinstance(kind, str) and kind in words.SERVED_MESSAGES:
        return
    known = isinstance(kind, str) and kind in words.OTHER_MESSAGES
    raise (wrong.MessageTypeNotHere if known else wrong.MessageTypeUnknown)(repr(kind)[:80])


def check_deployment(claims: Claims, _expected: Expected) -> None:
    deployment = claims.get(words.DEPLOYMENT_ID)
    if deployment is None or deployment == "":
        raise wrong.DeploymentMissing
    if not is_id(deployment):
        raise wrong.DeploymentUnreadable(repr(deployment)[:80])


def check_subject(claims: Claims, _expected: Expected) -> None:
    if claims.get("sub") is None:
        raise wrong.SubjectMissing
    if not is_id(claims["sub"]):
        raise wrong.SubjectUnreadable(repr(claims["sub"])[:80])


def check_roles(claims: Claims, _expected: Expected) -> None:
    roles = claims.get(words.ROLES)
    if roles is None:
        raise wrong.RolesMissing
    if not isinstance(roles, list) or len(roles) > MAX_ROLES or not _all_texts(roles):
        raise wrong.RolesUnreadable(repr(roles)[:80])


def check_resource_link(claims: Claims, _expected: Expected) -> None:
    if not _opens_a_link(claims):
        return
    link = claims.get(words.RESOURCE_LINK)
    if not isinstance(link, dict) or not is_id(link.get("id")):
        raise wrong.ResourceLinkMissing(repr(link)[:80])


def check_target(claims: Claims, expected: Expected) -> None:
    target = claims.get(words.TARGET_LINK_URI)
    if not target:
        if _opens_a_link(claims):
            raise wrong.TargetMissing
        return  # the certification suite sends none with a deep linking request
    if not isinstance(target, str) or len(target) > MAX_TEXT or not is_at(target, [expected.own_origin]):
        raise wrong.TargetForeign(repr(target)[:200])


def check_target_is_the_logins(claims: Claims, expected: Expected) -> None:
    asked, target = expected.target_link_uri, claims.get(words.TARGET_LINK_URI)
    if asked is not None and target != asked and (target or _opens_a_link(claims)):
        raise wrong.TargetChanged


def check_kinds(claims: Claims, _expected: Expected) -> None:
    """See that optional claims are of the kind that we read them as (N74)."""
    for name in (words.CONTEXT, words.PRESENTATION, words.CUSTOM, words.AGS, words.NRPS, words.GROUPS):
        if not isinstance(claims.get(name), OBJECT_OR_NOTHING):
            raise wrong.ClaimUnreadable(name)
    context = claims.get(words.CONTEXT)
    if context and not is_id(context.get("id")):
        raise wrong.ClaimUnreadable("context.id")
    if len(claims.get(words.CUSTOM) or {}) > MAX_CUSTOM:
        raise wrong.ClaimUnreadable("custom: too many")
    for place, value in _texts_that_we_keep(claims):
        if value is not None and not _is_text(value):
            raise wrong.ClaimUnreadable(place)
    if not all(_all_texts((claims.get(name) or {}).get("scope") or []) for name in (words.AGS, words.GROUPS)):
        raise wrong.ClaimUnreadable("scope")


def check_service_addresses(claims: Claims, _expected: Expected) -> None:
    endpoint, roster = claims.get(words.AGS) or {}, claims.get(words.NRPS) or {}
    groups = claims.get(words.GROUPS) or {}
    named = {
        "lineitems": endpoint.get("lineitems"),
        "lineitem": endpoint.get("lineitem"),
        "context_memberships_url": roster.get("context_memberships_url"),
        "context_groups_url": groups.get("context_groups_url"),
        "context_group_sets_url": groups.get("context_group_sets_url"),
    }
    for place, url in named.items():
        if url and origin_of(url) is None:
            raise wrong.ClaimUnreadable(place)


def _texts_that_we_keep(claims: Claims) -> Iterable[tuple[str, object]]:
    for name in ("name", "given_name", "family_name", "email", "locale"):
        yield name, claims.get(name)
    for claim, field in KEPT_FIELDS:
        yield f"{claim} {field}", (claims.get(claim) or {}).get(field)


def _opens_a_link(claims: Claims) -> bool:
    """Say whether a message opens something that stands in a course already."""
    return claims.get(words.MESSAGE_TYPE) not in words.WITHOUT_LINK


def _is_instant(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and 0 <= value < 1e11  # noqa: PLR2004 - far past any date, and no overflow


def is_id(value: object) -> bool:
    """Say whether a value can be an id of the LMS."""
    return isinstance(value, str) and 0 < len(value) <= MAX_ID


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _all_texts(values: object) -> bool:
    return isinstance(values, list) and all(map(_is_text, values))


# Who made it and for whom is seen before the signature, to spare a needless look-up of keys.
PARTIES = (check_issuer, check_audience, check_party)
CHECKS: tuple[Callable[[Claims, Expected], None], ...] = (
    *PARTIES,
    check_times_are_numbers,
    check_expiry,
    check_expiry_is_near,
    check_issued,
    check_not_before,
    check_nonce,
    check_version,
    check_message_type,
    check_deployment,
    check_subject,
    check_roles,
    check_resource_link,
    check_target,
    check_target_is_the_logins,
    check_kinds,
    check_service_addresses,
)
