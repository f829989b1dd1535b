"""Who may frame which page: a visit's own LMS, nobody public pages, anybody a failure inside a frame."""

import uuid
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.clock import MovableClock
from support.visitor import Visitor
from support.world import World
from werkzeug.test import TestResponse

from ltitool.foundation.db import transaction
from ltitool.people.sessions import Entry, open_session
from ltitool.web.cookies import session_cookie_name

OURS, THEIRS = "https://lms.valle-verde.example", "https://lms.north-ridge.example"


def ancestors(response: TestResponse) -> str:
    return response.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]


def visitor_framed_by(app: Flask, world: World, clock: MovableClock, origins: Sequence[str]) -> Visitor:
    entry = Entry(
        organisation_id=world.organisation_id,
        person_id=world.amara.id,
        kind="lti",
        roles=["participant"],
        locale="en",
        embed_origins=origins,
    )
    tokens = iter([uuid.uuid4().hex * 2 for _ in range(3)])
    with transaction() as session:
        opened = open_session(
            session, entry, session_id=uuid.uuid4(), new_token=lambda: next(tokens), at=clock()
        )
    client = app.test_client()
    client.set_cookie(session_cookie_name(opened.short), opened.token, domain="localhost", secure=True)
    return Visitor(client, opened.short, "", "http://localhost:8000")


@pytest.mark.parametrize("origins", [[OURS], [THEIRS], [OURS, "https://school.example"], []])
def test_a_visit_is_framed_by_the_origins_of_its_own_launch(
    app: Flask, world: World, clock: MovableClock, origins: list[str]
) -> None:
    """D03: neither a stranger nor another tenant's LMS may frame it."""
    page = visitor_framed_by(app, world, clock, origins).get("keystone")
    assert ancestors(page).split() == ["'self'", *origins]


@pytest.mark.parametrize("path", ["/", "/verify/", "/health", "/invitations/nobody", "/nothing/here", "/tab"])
def test_nobody_frames_public_pages(client: FlaskClient, path: str) -> None:
    """D04: pages that are opened by themselves, their failures too."""
    assert ancestors(client.get(path, follow_redirects=True)) == "'none'"


@pytest.mark.parametrize("path", ["/l/nobody/", "/l/nobody/keystone", "/lti/login", "/lti/launch"])
def test_a_failure_inside_a_frame_can_be_read_there(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in {400, 401, 405}
    assert ancestors(answer) == "*"


@pytest.mark.parametrize("path", ["/", "/verify/", "/nothing/here", "/lti/login", "/l/nobody/"])
def test_scripts_come_from_our_files_alone(client: FlaskClient, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"].split("; ")
    assert [part for part in policy if part.startswith(("default-src", "script-src"))] == [
        "default-src 'self'",
        "script-src 'self'",
    ]


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/", "no-store"), ("/lti/jwks.json", "public, max-age=3600"), ("/lti/login", "no-store")],
)
def test_each_header_is_said_once_and_a_page_says_its_own(client: FlaskClient, path: str, kept: str) -> None:
    headers = client.get(path).headers
    names = [name.lower() for name, _ in headers]
    assert sorted(set(names)) == sorted(names)
    assert headers["Cache-Control"] == kept
    said = {"content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy"}
    assert said <= set(names)
