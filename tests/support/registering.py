"""Registering by dynamic registration in tests: an invitation, the practice LMS's start, a browser's post."""

import html
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from support.practice import LMS, ORGANISATION, Wire
from werkzeug.test import TestResponse

from ltitool.app import services_of
from ltitool.foundation.db import transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.platform_invitations import NewInvitation, invite_platform

CONFIGURATION = "/.well-known/openid-configuration"
REGISTRATIONS = "/lti/registrations"
ADMINISTRATOR = "pat-lindqvist"
TOKEN = "an-invitation-token"


def invite(tool: Flask, token: str = TOKEN, organisation: uuid.UUID = ORGANISATION) -> str:
    found = services_of(tool)
    with transaction() as session:
        invite_platform(
            session, NewInvitation(uuid.uuid4(), organisation, "Valle Verde"), token, found.clock()
        )
    return f"{found.settings.public_url}/lti/register?invitation={token}"


@dataclass
class Administrator:
    """Somebody who brings an invitation to the practice LMS and follows the tool's page from there."""

    tool: Flask
    wire: Wire

    def begin(self, link: str) -> dict[str, str]:
        """Let the LMS open a registration link, and give what it says there."""
        lms = self.wire.lms.test_client()
        lms.get(f"/enter/{ADMINISTRATOR}", base_url=LMS)
        page = lms.post("/admin/tools", data={"link": link}, base_url=LMS, headers={"Origin": LMS})
        frame = re.search(r'src="([^"]+invitation=[^"]+)"', page.text)
        assert frame, page.text
        return dict(parse_qsl(urlsplit(html.unescape(frame[1])).query))

    def open(self, start: dict[str, str]) -> TestResponse:
        return self.tool.test_client().get("/lti/register", query_string=start)

    def send(self, start: dict[str, str], **headers: str) -> TestResponse:
        headers = {"Origin": services_of(self.tool).settings.public_url, **headers}
        return self.tool.test_client().post("/lti/register", data=start, headers=headers)

    def say(self, path: str, **changes: Any) -> None:
        """Let the LMS answer at a path as it does, with some things changed."""
        self.wire.overrides.pop(path, None)
        said = json.loads(self.wire.lms.test_client().get(path, base_url=LMS).data)
        self.answer(path, {name: value for name, value in (said | changes).items() if value is not None})

    def answer(self, path: str, body: Any, status: int = 200) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.wire.overrides[path] = HttpAnswer(status, {}, data)
