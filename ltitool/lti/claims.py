"""What a launch says, once every claim in it has been looked at.

`ACCOUNTED` says of each claim that platforms send what we do with it; CHECKS are the refusals, in the
order in which they are tried. LaunchClaims can be had from `judge` and from nowhere else, so that a
function that takes one cannot be handed something unproven.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ltitool.lti import vocabulary as words
from ltitool.lti.claimchecks import CHECKS as CLAIM_CHECKS
from ltitool.lti.claimchecks import Expected
from ltitool.lti.deeplink_checks import DEEP_LINK_CHECKS, DeepLinkSettings, read_deep_link
from ltitool.lti.notice_service import NOTICE_SERVICE_CHECKS, NoticeService, read_notice_service
from ltitool.lti.privacy_checks import PRIVACY_CHECKS, privacy_subject
from ltitool.lti.review_checks import REVIEW_CHECKS, subject_of
from ltitool.lti.roles import LtiRole, is_test_user, read_role
from ltitool.lti.toolconfig import GROUP_FIELDS

# checked: refused when wrong. kept: stored or shown. ignored: never read, with the reason.
ACCOUNTED: Mapping[str, str] = {
    "iss": "checked: the registration's issuer, letter by letter",
    "aud": "checked: holds our client id",
    "azp": "checked: our client id, when present or needed",
    "exp": "checked: not past, not further than an hour away",
    "iat": "checked: not in the future, at most ten minutes ago",
    "nbf": "checked: not in the future",
    "nonce": "checked: the state's, and burnt by one insert",
    "sub": "checked and kept: names the person, together with issuer and client id",
    words.DEPLOYMENT_ID: "checked and kept",
    words.VERSION: "checked: 1.3.0",
    words.MESSAGE_TYPE: "checked: one that this address serves",
    words.ROLES: "checked and kept as one of three words",
    words.RESOURCE_LINK: "checked and kept: id and title",
    words.TARGET_LINK_URI: "checked: ours, and the one of the login; kept for where to land",
    words.DEEP_LINK_SETTINGS: "checked and kept for the session: where new links go, and the LMS's note",
    words.FOR_USER: "checked: whose work a review is about, or whose data; the cohort says who may see work",
    words.CONTEXT: "checked and kept: id and title",
    words.CUSTOM: "checked and kept; an unexpanded $Variable counts as absent; never gives a right",
    words.PRESENTATION: "checked and kept: locale and return address",
    words.AGS: "checked and kept: scopes and addresses, used only at the platform's pinned origins",
    words.NRPS: "checked and kept: as the gradebook's addresses",
    words.NOTICE_SERVICE: "checked and kept: where to register for notices, used only at the pinned origins",
    words.GROUPS: "checked and kept where it grants the scope: as the gradebook's addresses",
    "name": "kept: shown",
    "given_name": "kept where name is missing",
    "family_name": "kept where name is missing",
    "email": "kept; never joins two persons",
    "locale": "kept where the presentation names none",
    "jti": "ignored: the nonce is what is used once",
    "picture": "ignored: we show no portraits",
    "middle_name": "ignored: the name as a whole is what people chose",
    words.LIS: "ignored: numbers of the school's records are not needed",
    words.TOOL_PLATFORM: "ignored: the registration says which platform it is",
    words.EXT: "ignored: a vendor's own words",
    words.BASIC_OUTCOME: "ignored: the older way to send grades",
    words.LTI1P1: "ignored: we had no LTI 1.1 registrations to migrate",
}
CHECKS = (*CLAIM_CHECKS, *DEEP_LINK_CHECKS, *REVIEW_CHECKS, *NOTICE_SERVICE_CHECKS, *PRIVACY_CHECKS)
_FROM_JUDGE = object()


@dataclass(frozen=True)
class Gradebook:
    """Where a launch says that grades go (AGS)."""

    scopes: tuple[str, ...]
    lineitems_url: str | None
    lineitem_url: str | None


@dataclass(frozen=True)
class GroupService:
    """Where a launch says that the course's groups are listed."""

    groups_url: str | None = None
    sets_url: str | None = None


@dataclass(frozen=True)
class LaunchClaims:
    """A verified launch. Only `judge` makes one."""

    issuer: str
    client_id: str
    deployment_id: str
    subject: str
    nonce: str
    role: LtiRole
    test_user: bool
    resource_link_id: str | None  # None where nothing that stands in the course is opened
    resource_link_title: str
    target_link_uri: str
    context_id: str | None
    context_title: str
    name: str | None
    email: str | None
    locale: str | None
    return_url: str | None
    gradebook: Gradebook
    memberships_url: str | None
    groups: GroupService
    notices: NoticeService | None
    deep_link: DeepLinkSettings | None
    for_subject: str | None  # whose work is to be seen, in a submission review
    privacy_subject: str | None  # whose data it is about, in a data privacy launch
    custom: Mapping[str, str]
    seal: object = field(repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.seal is not _FROM_JUDGE:
            raise TypeError("launch claims come from the verifier alone")


def judge(claims: Mapping[str, Any], expected: Expected) -> LaunchClaims:
    """Try every check on claims whose signature is verified.

    Raises:
        LaunchMalformed, LaunchNotAuthentic: the first check that does not hold.
    """
    for check in CHECKS:
        check(claims, expected)
    return _read(claims, expected)


def _read(claims: Mapping[str, Any], expected: Expected) -> LaunchClaims:
    link, context = claims.get(words.RESOURCE_LINK) or {}, claims.get(words.CONTEXT) or {}
    presentation = claims.get(words.PRESENTATION) or {}
    return LaunchClaims(
        issuer=expected.issuer,
        client_id=expected.client_id,
        deployment_id=claims[words.DEPLOYMENT_ID],
        subject=claims["sub"],
        nonce=claims["nonce"],
        role=read_role(claims[words.ROLES]),
        test_user=is_test_user(claims[words.ROLES]),
        resource_link_id=link.get("id"),
        resource_link_title=link.get("title") or "",
        target_link_uri=claims.get(words.TARGET_LINK_URI) or expected.target_link_uri or expected.own_origin,
        context_id=context.get("id"),
        context_title=context.get("title") or context.get("label") or "",
        name=_name(claims),
        email=claims.get("email") or None,
        locale=presentation.get("locale") or claims.get("locale") or None,
        return_url=presentation.get("return_url") or None,
        gradebook=_gradebook(claims.get(words.AGS) or {}),
        memberships_url=(claims.get(words.NRPS) or {}).get("context_memberships_url") or None,
        groups=_groups(claims.get(words.GROUPS) or {}),
        notices=read_notice_service(claims),
        deep_link=read_deep_link(claims),
        for_subject=subject_of(claims),
        privacy_subject=privacy_subject(claims),
        custom=_custom(claims.get(words.CUSTOM) or {}),
        seal=_FROM_JUDGE,
    )


def _name(claims: Mapping[str, Any]) -> str | None:
    parts = (claims.get("given_name"), claims.get("family_name"))
    return claims.get("name") or " ".join(filter(None, parts)) or None


def _gradebook(endpoint: Mapping[str, Any]) -> Gradebook:
    return Gradebook(
        scopes=tuple(endpoint.get("scope") or ()),
        lineitems_url=endpoint.get("lineitems") or None,
        lineitem_url=endpoint.get("lineitem") or None,
    )


def _groups(service: Mapping[str, Any]) -> GroupService:
    """Keep the addresses that we are let in at; without the scope they are of no use."""
    if words.SCOPE_GROUPS not in (service.get("scope") or []):
        return GroupService()
    return GroupService(
        service.get("context_groups_url") or None, service.get("context_group_sets_url") or None
    )


def _custom(custom: Mapping[str, Any]) -> dict[str, str]:
    """Keep what has a value; "$Something" is a variable that the LMS does not know (N76).

    A field of groups is kept when it is empty, too: so an LMS says that somebody is in none.
    """
    texts = {name: value for name, value in custom.items() if isinstance(value, str)}
    return {
        name: value
        for name, value in texts.items()
        if not value.startswith("$") and (value or name in GROUP_FIELDS)
    }
