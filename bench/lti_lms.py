"""The LMS of the measurements: signs tokens as an LMS does, serves its key set, launches over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIENT, DEPLOYMENT, COURSE, LINK = "bench-client", "deployment-1", "course-1", "link-1"
SPEC = "https://purl.imsglobal.org/spec/lti"
OK, FOUND, SEE_OTHER = 200, 302, 303


@dataclass(frozen=True)
class Tool:
    """Where a tool takes logins, and what it is told that it should open."""

    port: int
    target: str
    login: str = "/login"
    cookies: Mapping[str, str] = field(default_factory=dict)  # that the browser has from before
    page: str | None = (
        ""  # beside where the launch leads; None: leads nowhere, the launch's answer is the page
    )


class Lms:
    """One key, one course, as many people as are asked for."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        self.jwks = {"keys": [{**public, "kid": "bench", "use": "sig", "alg": "RS256"}]}
        self.fetches = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()

    def claims(self, person: int, nonce: str, target: str) -> dict[str, Any]:
        """Say what an LMS says of somebody who opens the link."""
        now, course = int(time.time()), f"{self.url}/api/courses/{COURSE}"
        return {
            "iss": self.url,
            "aud": CLIENT,
            "sub": f"user-{person}",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "name": f"Person {person} With a Name",
            "given_name": f"Person {person}",
            "family_name": "With a Name",
            "email": f"person-{person}@school.example",
            f"{SPEC}/claim/deployment_id": DEPLOYMENT,
            f"{SPEC}/claim/version": "1.3.0",
            f"{SPEC}/claim/message_type": "LtiResourceLinkRequest",
            f"{SPEC}/claim/roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            f"{SPEC}/claim/resource_link": {
                "id": LINK,
                "title": "This week",
                "description": "The week's page",
            },
            f"{SPEC}/claim/target_link_uri": target,
            f"{SPEC}/claim/context": {
                "id": COURSE,
                "label": "LEAD",
                "title": "Collaborative Leadership",
                "type": ["CourseSection"],
            },
            f"{SPEC}/claim/tool_platform": {
                "guid": "bench",
                "name": "A school's LMS",
                "product_family_code": "moodle",
                "version": "2024100700",
            },
            f"{SPEC}/claim/launch_presentation": {
                "locale": "en",
                "document_target": "iframe",
                "return_url": f"{self.url}/course/view.php?id=2",
            },
            f"{SPEC}-ags/claim/endpoint": {
                "scope": [f"{SPEC}-ags/scope/{name}" for name in ("lineitem", "result.readonly", "score")],
                "lineitems": f"{course}/lineitems",
                "lineitem": f"{course}/lineitems/1/lineitem",
            },
            f"{SPEC}-nrps/claim/namesroleservice": {
                "context_memberships_url": f"{course}/memberships",
                "service_versions": ["2.0"],
            },
            f"{SPEC}/claim/custom": {"context_history": "", "id": "1"},
        }

    def launch(self, tool: Tool, person: int) -> int:
        """Let somebody launch a tool; gives the bytes of the page.

        Raises:
            RuntimeError: an answer was not the one of a launch that succeeds.
        """
        browser = Browser(tool)
        hints = {
            "iss": self.url,
            "login_hint": str(person),
            "lti_message_hint": "hint",
            "target_link_uri": tool.target,
            "client_id": CLIENT,
            "lti_deployment_id": DEPLOYMENT,
        }
        sent = browser.ask("POST", tool.login, hints, {FOUND, SEE_OTHER})
        query = dict(parse_qsl(urlsplit(sent.location).query))
        token = jwt.encode(
            self.claims(person, query["nonce"], tool.target), self._key, "RS256", headers={"kid": "bench"}
        )
        form = {"state": query["state"], "id_token": token}
        door = urlsplit(query["redirect_uri"]).path
        answer = browser.ask("POST", door, form, {OK, FOUND, SEE_OTHER})
        if tool.page is not None:
            where = urlsplit(answer.location)
            path = where.path + tool.page + (f"?{where.query}" if where.query else "")
            answer = browser.ask("GET", path, None, {OK})
        return len(answer.body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        lms = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lms.fetches += 1
                body = json.dumps(lms.jwks).encode()
                self.send_response(OK)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler


@dataclass(frozen=True)
class Answer:
    """What a tool answered."""

    location: str
    body: bytes


class Browser:
    """Keeps one visit's cookies; a fresh connection each time, as the servers close theirs."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._cookies = dict(tool.cookies)

    def ask(self, method: str, path: str, form: Mapping[str, str] | None, expected: set[int]) -> Answer:
        """Send one request.

        Raises:
            RuntimeError: the status was another one.
        """
        headers = {
            "Host": f"localhost:{self._tool.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "User-Agent": f"bench {uuid.NAMESPACE_URL.hex}",
            "X-Forwarded-Proto": "https",
        }
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection("127.0.0.1", self._tool.port, timeout=30)) as connection:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            response = connection.getresponse()
            body = response.read()
        if response.status not in expected:
            raise RuntimeError(f"{method} {path[:80]}: {response.status} {body[-600:]!r}")
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value
        return Answer(response.headers.get("Location", ""), body)
