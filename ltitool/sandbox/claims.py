"""The claims of a launch, built from plain values: the one place that says what an id_token holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from ltitool.sandbox import vocabulary as words

if TYPE_CHECKING:
    from datetime import datetime

    from ltitool.sandbox.config import PlatformConfig
    from ltitool.sandbox.hints import DocumentTarget
    from ltitool.sandbox.seed import Activity, Course, Person

PRODUCT_VERSION = "1.0"


@dataclass(frozen=True)
class Launch:
    """Who opens what, and how it is shown; `line_item` is the address of the activity's one line item."""

    person: Person
    course: Course
    activity: Activity | None  # None: the course asks the tool for new links
    roles: tuple[str, ...]
    nonce: str = ""
    line_item: str | None = None
    link_data: str = ""
    for_sub: str = ""  # whose work is to be reviewed
    locale: str = "en"
    document_target: DocumentTarget = "iframe"
    history: tuple[str, ...] = ()  # what the course was copied from


def launch_claims(launch: Launch, config: PlatformConfig, now: datetime) -> dict[str, object]:
    """Give every claim of a launch at this moment: of an activity, or of a request for new links."""
    return {
        **envelope(launch.person, launch.nonce, config, now),
        **identity(launch.person, config),
        "locale": launch.locale,
        words.VERSION: words.LTI_VERSION,
        words.DEPLOYMENT_ID: config.tool.deployment_id,
        words.TARGET_LINK_URI: config.tool.launch_url,
        words.ROLES: list(launch.roles),
        words.CONTEXT: _context(launch.course, config),
        words.TOOL_PLATFORM: _tool_platform(config),
        words.LAUNCH_PRESENTATION: _presentation(launch, config),
        words.LIS: _sourced_ids(launch),
        words.AGS: _gradebook(launch, config),
        words.NRPS: _roster(launch.course, config),
        **_groups(launch.course, config),
        words.CUSTOM: custom_fields(launch, config),
        **_notices(config),
        **_message(launch, config),
    }


def _message(launch: Launch, config: PlatformConfig) -> dict[str, object]:
    if launch.activity is None:
        return {
            words.MESSAGE_TYPE: words.DEEP_LINKING_REQUEST,
            words.DEEP_LINK_SETTINGS: _link_settings(launch, config),
        }
    review = {
        words.MESSAGE_TYPE: words.SUBMISSION_REVIEW_REQUEST,
        words.FOR_USER: {"user_id": launch.for_sub},
    }
    return {
        **(review if launch.for_sub else {words.MESSAGE_TYPE: words.RESOURCE_LINK_REQUEST}),
        words.RESOURCE_LINK: _resource_link(launch.activity),
    }


def custom_fields(launch: Launch, config: PlatformConfig) -> dict[str, str]:
    """Give the custom fields of a launch, the tool's and the link's; a $Name that we know is filled in."""
    named = dict(config.tool.custom) | (dict(launch.activity.custom) if launch.activity else {})
    values = _variables(launch, config)
    return {name: values.get(value, value) for name, value in named.items()}


def _variables(launch: Launch, config: PlatformConfig) -> dict[str, str]:
    known = {
        "$Context.id": launch.course.id,
        "$Context.label": launch.course.label,
        "$Context.title": launch.course.title,
        "$User.id": launch.person.sub,
    }
    if config.manners.tells_history:
        known["$Context.id.history"] = ",".join(quote(one, safe="") for one in launch.history)
    if launch.activity:
        known |= {"$ResourceLink.id": launch.activity.id, "$ResourceLink.title": launch.activity.title}
    return known


def _notices(config: PlatformConfig) -> dict[str, object]:
    if not config.manners.notice_types:
        return {}
    service = {
        "platform_notification_service_url": config.endpoints.notice_handlers(config.tool.deployment_id),
        "service_versions": ["1.0"],
        "scope": [words.SCOPE_NOTICES],
        "notice_types_supported": list(config.manners.notice_types),
    }
    return {words.NOTICE_SERVICE: service}


def _link_settings(launch: Launch, config: PlatformConfig) -> dict[str, object]:
    settings: dict[str, object] = {
        "deep_link_return_url": config.endpoints.link_return(launch.course.id),
        "accept_types": list(config.manners.link_types),
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": config.manners.takes_several_links,
        "auto_create": False,
    }
    return settings | ({"data": launch.link_data} if launch.link_data else {})


def envelope(person: Person, nonce: str, config: PlatformConfig, now: datetime) -> dict[str, object]:
    """Give what every message begins with: from whom, for whom, about whom, and how long it is good."""
    lifetime = timedelta(seconds=config.manners.id_token_seconds)
    party = {"azp": config.tool.client_id} if config.manners.sends_azp else {}
    return {
        "iss": config.endpoints.issuer,
        "aud": config.tool.client_id,
        **party,
        "sub": person.sub,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "nonce": nonce,
    }


def identity(person: Person, config: PlatformConfig) -> dict[str, object]:
    """Give what this platform shares of a person."""
    shared: dict[str, object] = {}
    if config.manners.shares_names:
        shared |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
    if config.manners.shares_emails:
        shared |= {"email": person.email}
    return shared


def _resource_link(activity: Activity) -> dict[str, str]:
    return {"id": activity.id, "title": activity.title, "description": activity.description}


def _context(course: Course, config: PlatformConfig) -> dict[str, object]:
    kind = words.SHORT_COURSE_SECTION if config.manners.short_context_types else words.COURSE_OFFERING
    return {"id": course.id, "label": course.label, "title": course.title, "type": [kind]}


def _tool_platform(config: PlatformConfig) -> dict[str, str]:
    return {
        "guid": config.seed.guid,
        "name": config.seed.district,
        "product_family_code": config.manners.product_family,
        "version": PRODUCT_VERSION,
        "url": config.endpoints.base,
    }


def _presentation(launch: Launch, config: PlatformConfig) -> dict[str, str]:
    return {
        "document_target": launch.document_target,
        "locale": launch.locale,
        "return_url": config.endpoints.course_page(launch.course.id),
    }


def _sourced_ids(launch: Launch) -> dict[str, str]:
    return {
        "person_sourcedid": launch.person.sourced_id,
        "course_offering_sourcedid": launch.course.label,
    }


def _gradebook(launch: Launch, config: PlatformConfig) -> dict[str, object]:
    claim: dict[str, object] = {
        "scope": list(words.GRADEBOOK_SCOPES),
        "lineitems": config.endpoints.line_items(launch.course.id),
    }
    if launch.line_item:
        claim["lineitem"] = launch.line_item
    return claim


def _roster(course: Course, config: PlatformConfig) -> dict[str, object]:
    return {
        "context_memberships_url": config.endpoints.memberships(course.id),
        "service_versions": ["2.0"],
    }


def _groups(course: Course, config: PlatformConfig) -> dict[str, object]:
    if not config.manners.offers_groups:
        return {}
    claim = {
        "scope": [words.SCOPE_GROUPS],
        "context_groups_url": config.endpoints.groups(course.id),
        "context_group_sets_url": config.endpoints.group_sets(course.id),
        "service_versions": ["1.0"],
    }
    return {words.GROUPS: claim}
