"""What we tell an LMS about ourselves: the body of a dynamic registration, and Canvas's JSON configuration.

Each message that we serve stands once in MESSAGES; both descriptions are made from that table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ltitool.lti import vocabulary as words
from ltitool.lti.platform_offer import PlatformOffer
from ltitool.lti.quirks import canvas

TOOL_NAME = "Keystone"
TOOL_ID = "keystone"
DESCRIPTION = "Leadership programs for schools: weekly work, coaching, evidence and verifiable badges."
LOGO_PATH = "/static/favicon.svg"  # stays where it is, unlike the built files: an LMS keeps the address
LOGIN_PATH, LAUNCH_PATH, JWKS_PATH = "/lti/login", "/lti/launch", "/lti/jwks.json"
CANVAS_PATH = "/lti/canvas.json"
SCOPES = (
    words.SCOPE_LINE_ITEM,
    words.SCOPE_LINE_ITEM_READ,
    words.SCOPE_RESULT,
    words.SCOPE_SCORE,
    words.SCOPE_ROSTER,
    words.SCOPE_NOTICES,
    words.SCOPE_GROUPS,
)
# Few have it, and an LMS may refuse the whole of us for a scope that it does not know.
ONLY_WHERE_OFFERED = (words.SCOPE_GROUPS,)
UNASKED_SCOPES = tuple(scope for scope in SCOPES if scope not in ONLY_WHERE_OFFERED)
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")
# What every launch carries besides; a variable that the LMS does not know stays away.
HISTORY_FIELD = "context_history"
MOODLE_GROUPS, CANVAS_GROUPS = "moodle_groups", "canvas_groups"
GROUP_FIELDS = {MOODLE_GROUPS: "$Moodle.Person.userGroupIds", CANVAS_GROUPS: "$Canvas.group.contextIds"}
CUSTOM = {HISTORY_FIELD: "$Context.id.history", **GROUP_FIELDS}
CANVAS_CUSTOM = {name: variable for name, variable in CUSTOM.items() if name != MOODLE_GROUPS}


@dataclass(frozen=True)
class Message:
    """A kind of message that we serve, and where an LMS may offer it."""

    type: str
    standard_placements: tuple[str, ...]  # by the standard's names
    canvas_placements: tuple[str, ...]
    canvas_words: Mapping[str, Any]


MESSAGES = (
    Message(words.RESOURCE_LINK_REQUEST, (), canvas.LAUNCH_PLACEMENTS, canvas.launch_words()),
    Message(words.DEEP_LINKING_REQUEST, ("ContentArea",), canvas.CHOICE_PLACEMENTS, {}),
    Message(words.SUBMISSION_REVIEW_REQUEST, (), (), {}),
    Message(words.DATA_PRIVACY_REQUEST, (), (), {}),
)


def tool_addresses(public_url: str) -> dict[str, str]:
    """Give the addresses that an LMS's administrator types in by hand, by names that never change."""
    return {
        "login_url": public_url + LOGIN_PATH,
        "launch_url": public_url + LAUNCH_PATH,
        "redirect_url": public_url + LAUNCH_PATH,
        "deep_link_url": public_url + LAUNCH_PATH,
        "jwks_url": public_url + JWKS_PATH,
        "canvas_url": public_url + CANVAS_PATH,
    }


def registration_body(offer: PlatformOffer, public_url: str) -> dict[str, Any]:
    """Describe us to an LMS, asking only for what it offers: Canvas refuses the whole otherwise."""
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": public_url + LOGIN_PATH,
        "redirect_uris": [public_url + LAUNCH_PATH],
        "client_name": TOOL_NAME,
        "logo_uri": public_url + LOGO_PATH,
        "jwks_uri": public_url + JWKS_PATH,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(_offered(SCOPES if offer.scopes is not None else UNASKED_SCOPES, offer.scopes)),
        words.TOOL_CONFIGURATION: _tool(offer, public_url),
    }


def canvas_configuration(public_url: str) -> dict[str, Any]:
    """Describe us in Canvas's own form, for an administrator who pastes an address (lti_dev_key_config)."""
    target = public_url + LAUNCH_PATH
    placements = [
        {"placement": name, "message_type": message.type, "target_link_uri": target, "text": TOOL_NAME}
        for message in MESSAGES
        for name in message.canvas_placements
    ]
    return {
        "title": TOOL_NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": public_url + LOGIN_PATH,
        "target_link_uri": target,
        "scopes": list(UNASKED_SCOPES),
        "public_jwk_url": public_url + JWKS_PATH,
        "custom_fields": dict(CANVAS_CUSTOM),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(public_url).netloc,
                "tool_id": TOOL_ID,
                "privacy_level": canvas.PRIVACY,
                "settings": {"text": TOOL_NAME, "placements": placements},
            }
        ],
    }


def _tool(offer: PlatformOffer, public_url: str) -> dict[str, Any]:
    fields = CANVAS_CUSTOM if offer.is_canvas else CUSTOM
    custom = {name: value for name, value in fields.items() if _known(value[1:], offer.variables)}
    return {
        "domain": urlsplit(public_url).netloc,
        "target_link_uri": public_url + LAUNCH_PATH,
        "description": DESCRIPTION,
        "custom_parameters": custom,
        "claims": list(_offered(CLAIMS, offer.claims, always=("iss", "sub"))),
        "messages": [one for message in MESSAGES if (one := _message(message, offer, public_url))],
        **(canvas.tool_words(TOOL_ID) if offer.is_canvas else {}),
    }


def _message(message: Message, offer: PlatformOffer, public_url: str) -> dict[str, Any]:
    """Describe one message; empty where the LMS does not send it."""
    if message.type not in offer.messages:
        return {}
    wanted = message.canvas_placements if offer.is_canvas else message.standard_placements
    placements = [name for name in wanted if name in offer.messages[message.type]]
    described: dict[str, Any] = {"type": message.type, "target_link_uri": public_url + LAUNCH_PATH}
    described |= {"label": TOOL_NAME}
    if placements:
        described["placements"] = placements
    return described | (dict(message.canvas_words) if offer.is_canvas else {})


def _offered(
    wanted: tuple[str, ...], offered: tuple[str, ...] | None, always: tuple[str, ...] = ()
) -> tuple[str, ...]:
    return tuple(one for one in wanted if one in always or _known(one, offered))


def _known(name: str, offered: tuple[str, ...] | None) -> bool:
    return offered is None or name in offered
