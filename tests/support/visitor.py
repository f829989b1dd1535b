"""Somebody with a session: asks for pages under /l/<short>, sends forms as our own pages do."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from support.clock import MovableClock
from werkzeug.test import TestResponse

from ltitool.foundation.db import transaction
from ltitool.people.sessions import Entry, open_session
from ltitool.web.cookies import session_cookie_name


@dataclass
class Visitor:
    """A browser that holds one session."""

    client: FlaskClient
    short: str
    csrf_token: str
    origin: str
    segment: str = ""  # behind /l/ in its addresses; with the token where the path carries it

    @classmethod
    def open(
        cls,
        app: Flask,
        person: Any,
        roles: Sequence[str],
        clock: MovableClock,
        path_agent: str | None = None,
    ) -> "Visitor":
        """Open a session in the database and give its cookie to a fresh test browser.

        With `path_agent`, the hash of a user agent, the session is carried in the path.
        """
        tokens: list[str] = []
        with transaction() as session:
            opened = open_session(
                session,
                Entry(
                    organisation_id=person.organisation_id,
                    person_id=person.id,
                    kind="lti",
                    roles=roles,
                    locale="en",
                    context_id=person.context_id,
                    course_title="Collaborative Leadership",
                    path_agent=path_agent,
                ),
                session_id=uuid.uuid4(),
                new_token=_recording(tokens),
                at=clock(),
            )
        client = app.test_client()
        if not opened.in_path:
            name = session_cookie_name(opened.short)
            client.set_cookie(name, opened.token, domain="localhost", secure=True)
        origin = app.extensions["ltitool"].settings.public_url
        return cls(client, opened.short, tokens[2], origin, opened.segment)

    def path(self, path: str) -> str:
        return f"/l/{self.segment or self.short}/{path.lstrip('/')}"

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Ask for a page of this visit (`path` is below /l/<short>/)."""
        return self.client.get(self.path(path), base_url=self.origin, **kwargs)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form of this visit, with its token and our Origin."""
        data = {"csrf_token": self.csrf_token, **(fields or {})}
        headers = {"Origin": self.origin, **kwargs.pop("headers", {})}
        return self.client.post(self.path(path), base_url=self.origin, data=data, headers=headers, **kwargs)


def page_text(response: TestResponse) -> str:
    """Give the words of a page without its markup, for asserting on what a person reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def _recording(tokens: list[str]) -> Callable[[], str]:
    def new_token() -> str:
        tokens.append(uuid.uuid4().hex + uuid.uuid4().hex)
        return tokens[-1]

    return new_token
