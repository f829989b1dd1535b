"""The OpenID Connect step of a launch: check the tool's authentication request, answer with an id_token.

The checks, in order. Before (3) we do not know a safe place to send the browser, so the refusal is a page
of ours; afterwards the tool is told at its redirect URI, with its state.
 (1) every parameter once   (2) the client is registered   (3) the redirect URI is registered, exactly
 (4) response_type, response_mode, scope, prompt, nonce and state are what LTI asks for
 (5) the message hint is ours, unchanged, young      (6) somebody is signed in, and the hint is theirs
 (7) login_hint names the same person                (8) that person may still open the activity
 (9) the hint has not been used before: it is burnt by one insert
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ltitool.sandbox.claims import Launch, launch_claims
from ltitool.sandbox.directory import Participation, find_activity, origins_of, participation
from ltitool.sandbox.errors import LaunchRefusal, PageRefusal
from ltitool.sandbox.hints import Hint, read_hint
from ltitool.sandbox.lineitems import single_line_item
from ltitool.sandbox.linking import check_teaches, write_link_data
from ltitool.sandbox.privacy import PrivacyLaunch, may_ask, privacy_claims
from ltitool.sandbox.spent import burn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from ltitool.sandbox.config import Tool
    from ltitool.sandbox.runtime import Platform
    from ltitool.sandbox.seed import Person

_MAX_VALUE: Final = 4_096


@dataclass(frozen=True)
class Asking:
    """The tool's authentication request, and who is signed in where it arrived."""

    fields: Mapping[str, str]
    person: Person | None
    locale: str


@dataclass(frozen=True)
class Answer:
    """What the browser posts to the tool."""

    redirect_uri: str
    fields: dict[str, str]


def check_destination(fields: Mapping[str, str] | None, tool: Tool) -> str:
    """Do checks (1) to (3) and give the redirect URI that an answer may go to."""
    if fields is None or any(len(value) > _MAX_VALUE for value in fields.values()):
        raise PageRefusal(400, "bad-login", "a parameter is doubled or too long")
    if fields.get("client_id") != tool.client_id:
        raise PageRefusal(400, "unknown-client", "client_id is not registered here")
    redirect_uri = fields.get("redirect_uri", "")
    if redirect_uri not in tool.redirect_uris:
        raise PageRefusal(400, "unknown-redirect", "redirect_uri is not registered for this tool")
    return redirect_uri


def answer(platform: Platform, asking: Asking) -> Answer:
    """Answer a request whose destination is known: an id_token, or an error for the tool."""
    state = {"state": asking.fields["state"]} if asking.fields.get("state") else {}
    try:
        told = {"id_token": _id_token(platform, asking)}
    except LaunchRefusal as refusal:
        told = {"error": refusal.error, "error_description": refusal.description}
    return Answer(asking.fields["redirect_uri"], {**told, **state})


def _id_token(platform: Platform, asking: Asking) -> str:
    _check_parameters(asking.fields)
    hint = read_hint(asking.fields["lti_message_hint"], platform.keys.hints, platform.now())
    person = _check_person(asking, hint)
    if not hint.course_id:
        return _privacy_token(platform, asking, hint, person)
    with platform.store.writing() as connection:
        launch = _launch(platform, connection, hint, person)
        if not burn(connection, "hint", hint.id, hint.expires_at, platform.now()):
            raise LaunchRefusal(
                "invalid_request", "lti_message_hint was used before: start again from the course"
            )
    launch = replace(launch, nonce=asking.fields["nonce"], locale=asking.locale)
    return platform.keys.sign(launch_claims(launch, platform.config, platform.now()))


def _privacy_token(platform: Platform, asking: Asking, hint: Hint, person: Person) -> str:
    """Answer for a launch that is about a person's data and about no course."""
    if not may_ask(person, hint.for_sub):
        raise LaunchRefusal("access_denied", "this person's data are not theirs to ask about")
    with platform.store.writing() as connection:
        if not burn(connection, "hint", hint.id, hint.expires_at, platform.now()):
            raise LaunchRefusal("invalid_request", "lti_message_hint was used before: start again")
    launch = PrivacyLaunch(person, hint.for_sub, asking.fields["nonce"], asking.locale)
    return platform.keys.sign(privacy_claims(launch, platform.config, platform.now()))


def _check_parameters(fields: Mapping[str, str]) -> None:
    if fields.get("response_type") != "id_token":
        raise LaunchRefusal("unsupported_response_type", "response_type must be id_token")
    if fields.get("scope") != "openid":
        raise LaunchRefusal("invalid_scope", "scope must be openid")
    for name, value in (("response_mode", "form_post"), ("prompt", "none")):
        if fields.get(name) != value:
            raise LaunchRefusal("invalid_request", f"{name} must be {value}")
    for name in ("nonce", "state", "login_hint", "lti_message_hint"):
        if not fields.get(name):
            raise LaunchRefusal("invalid_request", f"{name} is missing")


def _check_person(asking: Asking, hint: Hint) -> Person:
    if asking.person is None:
        raise LaunchRefusal("login_required", "nobody is signed in to the LMS in this browser")
    if hint.person_key != asking.person.key:
        raise LaunchRefusal("login_required", "somebody else has signed in to the LMS since the launch began")
    if asking.fields["login_hint"] != asking.person.sub:
        raise LaunchRefusal("access_denied", "login_hint is not the person who started the launch")
    return asking.person


def _launch(platform: Platform, connection: sqlite3.Connection, hint: Hint, person: Person) -> Launch:
    try:
        part = participation(connection, person, hint.course_id)
        if not hint.activity_id:
            return _link_request(platform, hint, part, origins_of(connection, hint.course_id))
        activity = find_activity(connection, hint.course_id, hint.activity_id)
        history = origins_of(connection, hint.course_id)
    except PageRefusal as refusal:
        raise LaunchRefusal("access_denied", "the activity is no longer open to this person") from refusal
    item = single_line_item(connection, activity.id)
    return Launch(
        person=person,
        course=part.course,
        activity=activity,
        roles=part.role_uris,
        line_item=platform.endpoints.line_item(part.course.id, item.id) if item else None,
        for_sub=hint.for_sub,
        document_target=hint.document_target,
        history=history,
    )


def _link_request(platform: Platform, hint: Hint, part: Participation, history: tuple[str, ...]) -> Launch:
    check_teaches(part)
    return Launch(
        person=part.person,
        course=part.course,
        activity=None,
        roles=part.role_uris,
        link_data=write_link_data(platform, part) if platform.config.manners.sends_link_data else "",
        document_target=hint.document_target,
        history=history,
    )
