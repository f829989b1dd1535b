"""A teacher who asks the tool for links, in tests: the launch, the page, the choice, the answer."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from support.lticases import deep_link_claims
from support.practice import ACTIVITY, Browser
from werkzeug.test import TestResponse

from ltitool.sandbox.compact import decode_part

TEACHER = "imani-whitfield"
ORIGIN = "http://localhost:8000"


@dataclass
class Teacher:
    """Somebody whom a course sent to choose links."""

    client: FlaskClient
    home: str  # /l/<short>/links/

    def page(self) -> TestResponse:
        return self.client.get(self.home)

    def send(self, path: str = "", **fields: Any) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page().text)
        sent = {"csrf_token": html.unescape(token[1]) if token else "", **fields}
        return self.client.post(self.home + path, data=sent, headers={"Origin": ORIGIN})


def ask_for_links(browser: Browser, **settings: Any) -> Teacher:
    query = browser.ask()
    valid = browser.forge.claims(TEACHER, ACTIVITY, query["nonce"])
    token = browser.forge.mint(deep_link_claims(valid, **settings))
    answer = browser.launch({"state": query["state"], "id_token": token})
    assert answer.status_code == 303, answer.text
    return Teacher(browser.client, answer.location)


def reply_of(answer: TestResponse) -> tuple[str, str]:
    """Give where a page posts the signed answer, and the answer."""
    action = re.search(r'<form method="post" action="([^"]+)" data-forward', answer.text)
    token = re.search(r'name="JWT" value="([^"]+)"', answer.text)
    assert action, answer.text
    assert token
    return html.unescape(action[1]), token[1]


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decode_part(token.split(".")[1]))
    return found
