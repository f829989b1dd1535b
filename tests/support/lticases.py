"""The refusals of a launch, row by row: the one thing that is wrong, and the code it must get.

Each row also names the guard that refuses it, so that test_lti_guards_bite.py can take that guard away.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.practice import LMS

from ltitool.lti import vocabulary as words
from ltitool.sandbox.forge import ABSENT, Forge, changed

ORIGIN = "http://localhost:8000"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
COURSE_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator"
OTHER_CLIENT = "another-client"
Mint = Callable[[Forge, dict[str, Any]], str]


@dataclass(frozen=True)
class Row:
    """One refusal of a token: how it is made, what it gets, and what guards against it."""

    case: str
    mint: Mint
    code: str
    status: int
    guard: str
    without: int = 303  # the status when the guard is gone; not 303 where a second guard stands behind it


def claims(**changes: Any) -> Mint:
    return lambda forge, valid: forge.mint(changed(valid, **changes))


def claim(name: str, value: Any) -> Mint:
    return lambda forge, valid: forge.mint(changed(valid, **{name: value}))


def header(**changes: Any) -> Mint:
    return lambda forge, valid: forge.mint(valid, header=changes)


def shifted(name: str, seconds: float) -> Mint:
    """Move one instant by some seconds, counted from the token's own iat."""
    return lambda forge, valid: forge.mint(changed(valid, **{name: valid["iat"] + seconds}))


def _hs256(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(valid, header={"alg": "HS256"}, key=forge.public_pem())


def _stranger(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(valid, key=forge.stranger)


def _tampered(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.tamper(forge.mint(valid), name="Mallory")


def _segments(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(valid) + ".extra"


def _padded(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(valid) + "=="


def _no_json(forge: Forge, _valid: dict[str, Any]) -> str:
    return forge.mint_text('{"alg":"RS256","kid":"x"}', "not json")


def _twice(forge: Forge, valid: dict[str, Any]) -> str:
    text = json.dumps(valid)
    return forge.mint_text(f'{{"alg":"RS256","kid":"{forge.kid}"}}', text[:-1] + ',"sub":"second"}')


def _nan(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(changed(valid, exp=float("nan")))


def _huge(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(changed(valid, **{words.CUSTOM: {"x": "y" * 70_000}}))


def deep(roles: tuple[str, ...] = (INSTRUCTOR,), whole: Any = None, **settings: Any) -> Mint:
    """Turn a launch into a deep linking request, with some of its settings changed."""

    def mint(forge: Forge, valid: dict[str, Any]) -> str:
        return forge.mint(deep_link_claims(valid, roles, whole, **settings))

    return mint


def deep_link_claims(
    valid: dict[str, Any], roles: tuple[str, ...] = (INSTRUCTOR,), whole: Any = None, **settings: Any
) -> dict[str, Any]:
    usual = {
        "deep_link_return_url": f"{LMS}/courses/collaborative-leadership-3/links/return",
        "accept_types": ["ltiResourceLink"],
        "accept_multiple": True,
        "data": "the LMS's own note",
    }
    asked = changed(usual, **settings) if whole is None else whole
    return changed(
        valid,
        **{
            words.MESSAGE_TYPE: words.DEEP_LINKING_REQUEST,
            words.RESOURCE_LINK: ABSENT,
            words.ROLES: list(roles),
            words.DEEP_LINK_SETTINGS: asked,
        },
    )


def review(for_user: Any = None, roles: tuple[str, ...] = (INSTRUCTOR,), **changes: Any) -> Mint:
    """Turn a launch into a submission review, with something changed."""
    return lambda forge, valid: forge.mint(review_claims(valid, for_user, roles, **changes))


def review_claims(
    valid: dict[str, Any], for_user: Any = None, roles: tuple[str, ...] = (INSTRUCTOR,), **changes: Any
) -> dict[str, Any]:
    whole = {
        words.MESSAGE_TYPE: words.SUBMISSION_REVIEW_REQUEST,
        words.FOR_USER: {"user_id": "somebody"} if for_user is None else for_user,
        words.ROLES: list(roles),
        words.AGS: {"scope": [], "lineitem": f"{LMS}/api/courses/c/lineitems/l"},
        **changes,
    }
    return changed(valid, **whole)


def privacy(roles: tuple[str, ...] = (ADMINISTRATOR,), **changes: Any) -> Mint:
    """Turn a launch into a question about somebody's data, with something changed."""
    return lambda forge, valid: forge.mint(privacy_claims(valid, roles, **changes))


def privacy_claims(
    valid: dict[str, Any], roles: tuple[str, ...] = (ADMINISTRATOR,), **changes: Any
) -> dict[str, Any]:
    whole = {
        words.MESSAGE_TYPE: words.DATA_PRIVACY_REQUEST,
        words.FOR_USER: {"user_id": "somebody"},
        words.ROLES: list(roles),
        words.CONTEXT: ABSENT,
        words.RESOURCE_LINK: ABSENT,
        **changes,
    }
    return changed(valid, **whole)


TIMES = "check_times_are_numbers"
WHOLE, INCOMPLETE = "check_privacy_is_whole", "launch.privacy-incomplete"
NOT_YOURS = "launch.privacy-not-yours"
SERVICE, UNREADABLE = "check_notice_service", "launch.claim-unreadable"
ROWS = (
    Row("N20 four segments", _segments, "launch.token-unreadable", 400, "read_token", 401),
    Row("N20 padding", _padded, "launch.token-unreadable", 400, "read_token", 401),
    Row("N20 no JSON", _no_json, "launch.token-unreadable", 400, "read_token", 401),
    Row("a claim twice", _twice, "launch.token-unreadable", 400, "_once"),
    Row("too large", _huge, "launch.token-too-large", 400, "MAX_TOKEN"),
    Row("typ of something else", header(typ="at+jwt"), "launch.token-type-wrong", 400, "_check_type"),
    Row("crit", header(crit=["exp"], exp=1), "launch.token-critical-header", 400, "_check_critical", 401),
    Row("N21 none", header(alg="none"), "launch.algorithm-none", 401, "_check_algorithm", 401),
    Row("N21 nOnE", header(alg="nOnE"), "launch.algorithm-none", 401, "_check_algorithm", 401),
    Row("N22 HS256", _hs256, "launch.algorithm-symmetric", 401, "_check_algorithm", 401),
    Row("N23 RS512", header(alg="RS512"), "launch.algorithm-not-allowed", 401, "_check_algorithm", 401),
    Row("N23 PS256", header(alg="PS256"), "launch.algorithm-not-allowed", 401, "_check_algorithm", 401),
    Row("N24 no kid", header(kid=ABSENT), "launch.key-id-missing", 401, "_check_key_id", 500),
    Row("kid too long", header(kid="k" * 256), "launch.key-id-missing", 401, "_check_key_id", 401),
    Row("N25 unknown kid", header(kid="nobody"), "launch.key-unknown", 401, "find"),
    Row("N26 another key", _stranger, "launch.signature-wrong", 401, "verify_signature"),
    Row("N27 tampered", _tampered, "launch.token-altered", 401, "verify_signature"),
    Row("N33 no iss", claims(iss=ABSENT), "launch.issuer-missing", 401, "check_issuer"),
    Row("N34 slash", claims(iss=LMS + "/"), "launch.issuer-wrong", 401, "check_issuer"),
    Row("N34 case", claims(iss=LMS.upper()), "launch.issuer-wrong", 401, "check_issuer"),
    Row("N35 no aud", claims(aud=ABSENT), "launch.audience-missing", 401, "check_audience"),
    Row("N36 other aud", claims(aud="x"), "launch.audience-wrong", 401, "check_audience"),
    Row("N36 aud object", claims(aud={"a": 1}), "launch.audience-wrong", 401, "check_audience"),
    Row("N37 list without us", claims(aud=["x"]), "launch.audience-list-wrong", 401, "check_audience"),
    Row(
        "N38 list without azp",
        lambda forge, valid: forge.mint(changed(valid, aud=[valid["aud"], "x"], azp=ABSENT)),
        "launch.party-missing",
        401,
        "check_party",
    ),
    Row("N39 azp of another", claims(azp="x"), "launch.party-wrong", 401, "check_party"),
    Row("N40 no exp", claims(exp=ABSENT), "launch.expiry-missing", 401, "check_expiry", 500),
    Row("N41 expired", shifted("exp", -60), "launch.expired", 401, "check_expiry"),
    Row("exp in ten years", shifted("exp", 3e8), "launch.expiry-too-far", 401, "check_expiry_is_near"),
    Row("N42 no iat", claims(iat=ABSENT), "launch.issued-missing", 401, "check_issued"),
    Row("N43 iat ahead", shifted("iat", 61), "launch.issued-in-future", 401, "check_issued"),
    Row("N44 iat old", shifted("iat", -661), "launch.issued-too-long-ago", 401, "check_issued"),
    Row("N45 nbf ahead", shifted("nbf", 61), "launch.not-yet-valid", 401, "check_not_before"),
    Row("N46 exp text", claims(exp="9999999999"), "launch.time-unreadable", 400, TIMES, 500),
    Row("N46 nbf true", claims(nbf=True), "launch.time-unreadable", 400, TIMES),
    Row("N46 exp NaN", _nan, "launch.token-unreadable", 400, "_refuse_constant", 400),
    Row("N47 no nonce", claims(nonce=ABSENT), "launch.nonce-missing", 401, "check_nonce", 500),
    Row("N48 foreign nonce", claims(nonce="made-up"), "launch.nonce-unknown", 401, "check_nonce"),
    Row("N52 no version", claim(words.VERSION, ABSENT), "launch.version-wrong", 400, "check_version"),
    Row("N52 1.1", claim(words.VERSION, "1.1"), "launch.version-wrong", 400, "check_version"),
    Row(
        "N53 no message type",
        claim(words.MESSAGE_TYPE, ABSENT),
        "launch.message-type-missing",
        400,
        "check_message_type",
    ),
    Row(
        "N54 unknown message type",
        claim(words.MESSAGE_TYPE, "LtiCoffeeRequest"),
        "launch.message-type-unknown",
        400,
        "check_message_type",
    ),
    Row(
        "N54 list of message types",
        claim(words.MESSAGE_TYPE, ["LtiResourceLinkRequest"]),
        "launch.message-type-unknown",
        400,
        "check_message_type",
    ),
    Row(
        "N55 message for another address",
        claim(words.MESSAGE_TYPE, "LtiStartProctoring"),
        "launch.message-type-not-here",
        400,
        "check_message_type",
    ),
    Row(
        "N56 no deployment",
        claim(words.DEPLOYMENT_ID, ABSENT),
        "launch.deployment-missing",
        400,
        "check_deployment",
        500,
    ),
    Row(
        "N57 unknown deployment",
        claim(words.DEPLOYMENT_ID, "unheard-of"),
        "launch.deployment-pending",
        403,
        "find_deployment",
    ),
    Row(
        "N60 deployment too long",
        claim(words.DEPLOYMENT_ID, "d" * 256),
        "launch.deployment-unreadable",
        400,
        "check_deployment",
        403,
    ),
    Row("N61 no sub", claims(sub=ABSENT), "launch.subject-missing", 400, "check_subject", 500),
    Row("N62 empty sub", claims(sub=""), "launch.subject-unreadable", 400, "check_subject"),
    Row("N62 long sub", claims(sub="s" * 256), "launch.subject-unreadable", 400, "check_subject"),
    Row("N63 no roles", claim(words.ROLES, ABSENT), "launch.roles-missing", 400, "check_roles", 500),
    Row("N63 roles text", claim(words.ROLES, "Learner"), "launch.roles-unreadable", 400, "check_roles"),
    Row(
        "roles by the thousand",
        claim(words.ROLES, ["x"] * 1000),
        "launch.roles-unreadable",
        400,
        "check_roles",
    ),
    Row(
        "N64 no resource link",
        claim(words.RESOURCE_LINK, ABSENT),
        "launch.resource-link-missing",
        400,
        "check_resource_link",
    ),
    Row(
        "N64 a list",
        claim(words.RESOURCE_LINK, []),
        "launch.resource-link-missing",
        400,
        "check_resource_link",
    ),
    Row(
        "N64 empty id",
        claim(words.RESOURCE_LINK, {"id": ""}),
        "launch.resource-link-missing",
        400,
        "check_resource_link",
    ),
    Row(
        "N65 no target",
        claim(words.TARGET_LINK_URI, ABSENT),
        "launch.target-missing",
        400,
        "check_target",
        401,
    ),
    Row(
        "N66 target changed",
        claim(words.TARGET_LINK_URI, f"{ORIGIN}/lti/launch?week=9"),
        "launch.target-changed",
        401,
        "check_target_is_the_logins",
    ),
    Row(
        "N67 foreign target",
        claim(words.TARGET_LINK_URI, "https://evil.example/lti/launch"),
        "launch.target-foreign",
        400,
        "check_target",
        401,
    ),
    Row(
        "N67 script",
        claim(words.TARGET_LINK_URI, "javascript:alert(1)"),
        "launch.target-foreign",
        400,
        "check_target",
        401,
    ),
    Row(
        "N74 context text", claim(words.CONTEXT, "course"), "launch.claim-unreadable", 400, "check_kinds", 500
    ),
    Row("N74 custom list", claim(words.CUSTOM, ["a"]), "launch.claim-unreadable", 400, "check_kinds", 500),
    Row(
        "N74 name number",
        claims(given_name=ABSENT, name=7),
        "launch.claim-unreadable",
        400,
        "check_kinds",
        500,
    ),
    Row(
        "service address that is none",
        claim(words.AGS, {"scope": [], "lineitems": "file:///etc/passwd"}),
        "launch.claim-unreadable",
        400,
        "check_service_addresses",
    ),
    Row(
        "N68 deep linking without settings",
        deep(whole=ABSENT),
        "launch.deep-link-settings-missing",
        400,
        "check_deep_link_settings",
        500,
    ),
    Row(
        "N68 no return address",
        deep(deep_link_return_url=ABSENT),
        "launch.deep-link-return-missing",
        400,
        "check_deep_link_return",
        500,
    ),
    Row(
        "N68 return by plain http",
        deep(deep_link_return_url="http://lms.example/return"),
        "launch.deep-link-return-unsafe",
        400,
        "check_deep_link_return",
    ),
    Row(
        "N68 return to a script",
        deep(deep_link_return_url="javascript:alert(1)"),
        "launch.deep-link-return-unsafe",
        400,
        "check_deep_link_return",
    ),
    Row(
        "A50 return to another site",
        deep(deep_link_return_url="https://evil.example/return"),
        "launch.deep-link-return-foreign",
        400,
        "check_deep_link_return",
    ),
    Row(
        "deep linking takes a text",
        deep(accept_types="ltiResourceLink"),
        "launch.claim-unreadable",
        400,
        "check_deep_link_kinds",
    ),
    Row(
        "deep linking takes perhaps several",
        deep(accept_multiple="yes"),
        "launch.claim-unreadable",
        400,
        "check_deep_link_kinds",
    ),
    Row(
        "deep linking with a note of numbers",
        deep(data=7),
        "launch.claim-unreadable",
        400,
        "check_deep_link_kinds",
        303,
    ),
    Row(
        "N70 deep linking by a learner",
        deep(roles=(LEARNER,)),
        "launch.deep-link-not-for-learners",
        403,
        "check_deep_link_role",
    ),
    Row("notice service a text", claim(words.NOTICE_SERVICE, "x"), UNREADABLE, 400, SERVICE, 500),
    Row("notice service without address", claim(words.NOTICE_SERVICE, {}), UNREADABLE, 400, SERVICE, 500),
    Row(
        "notice service at a file",
        claim(words.NOTICE_SERVICE, {"platform_notification_service_url": "file:///etc/passwd"}),
        UNREADABLE,
        400,
        SERVICE,
    ),
    Row(
        "notice types a text",
        claim(
            words.NOTICE_SERVICE,
            {"platform_notification_service_url": f"{LMS}/n", "notice_types_supported": "all"},
        ),
        UNREADABLE,
        400,
        SERVICE,
    ),
    Row("N71 nobody's work", review(ABSENT), "launch.review-incomplete", 400, "check_review_is_whole"),
    Row("N71 no user id", review({}), "launch.review-incomplete", 400, "check_review_is_whole"),
    Row(
        "N71 id of numbers", review({"user_id": 4}), "launch.review-incomplete", 400, "check_review_is_whole"
    ),
    Row(
        "N71 no column",
        review(**{words.AGS: {"scope": []}}),
        "launch.review-incomplete",
        400,
        "check_review_is_whole",
    ),
    Row(
        "N73 a learner and another's work",
        review(roles=(LEARNER,)),
        "launch.review-not-yours",
        403,
        "check_review_is_theirs",
    ),
    Row("P37 about nobody", privacy(**{words.FOR_USER: ABSENT}), INCOMPLETE, 400, WHOLE),
    Row("P37 no user id", privacy(**{words.FOR_USER: {}}), INCOMPLETE, 400, WHOLE),
    Row("P37 id of numbers", privacy(**{words.FOR_USER: {"user_id": 7}}), INCOMPLETE, 400, WHOLE),
    Row(
        "P37 out of a course",
        privacy(**{words.CONTEXT: {"id": "a-course"}}),
        "launch.privacy-in-course",
        400,
        "check_privacy_is_of_no_course",
    ),
    Row(
        "P37 out of a link",
        privacy(**{words.RESOURCE_LINK: {"id": "a-link"}}),
        "launch.privacy-in-course",
        400,
        "check_privacy_is_of_no_course",
    ),
    Row("P37 a learner about another", privacy((LEARNER,)), NOT_YOURS, 403, "check_privacy_is_theirs"),
    Row("P37 of a course", privacy((COURSE_ADMINISTRATOR,)), NOT_YOURS, 403, "check_privacy_is_theirs"),
    Row("P37 no roles at all", privacy(()), NOT_YOURS, 403, "check_privacy_is_theirs"),
)
