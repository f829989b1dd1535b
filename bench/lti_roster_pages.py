"""A course's roster of any length in pages, written beforehand, and tokens for whoever asks: `PORT MEMBERS`.

A process of its own, so that what it costs is in nobody's figure. It answers over kept connections.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = 50
MEDIA = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


def member(number: int) -> dict[str, object]:
    """Give somebody as an LMS lists them; one in a hundred teaches."""
    return {
        "status": "Active",
        "name": f"Amara Nguyễn {number}",
        "given_name": "Amara",
        "family_name": f"Nguyễn {number}",
        "email": f"amara.nguyen.{number}@district.example",
        "user_id": f"0ae836b9-7fc9-4060-006f-27b2066ac{number:05}",
        "lis_person_sourcedid": f"district:{number:08}",
        "roles": [INSTRUCTOR if number % 100 == 0 else LEARNER],
    }


def pages(base: str, members: int) -> list[tuple[bytes, str]]:
    """Give each page's body, and its Link header."""
    found = []
    for start in range(0, members, PAGE):
        body = {
            "id": f"{base}/roster",
            "context": {"id": "course-1", "label": "LEAD", "title": "Leadership"},
            "members": [member(number) for number in range(start, min(start + PAGE, members))],
        }
        number = start // PAGE + 1
        more = f'<{base}/roster?page={number}&limit={PAGE}>; rel="next"' if start + PAGE < members else ""
        found.append((json.dumps(body, ensure_ascii=False).encode(), more))
    return found


def handler(base: str, members: int) -> type[BaseHTTPRequestHandler]:
    """Make what answers; `/short` is a roster of one page, to warm up with."""
    written = pages(base, members)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            body, more = written[int(parse_qs(asked.query).get("page", ["0"])[0])]
            self._answer(body, MEDIA, more if asked.path == "/roster" else "")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            grant = {"access_token": "bench-token", "token_type": "Bearer", "expires_in": 3600}
            self._answer(json.dumps(grant).encode(), "application/json", "")

        def _answer(self, body: bytes, media: str, more: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            if more:
                self.send_header("Link", more)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    port, length = map(int, sys.argv[1:])
    ThreadingHTTPServer(("127.0.0.1", port), handler(f"http://127.0.0.1:{port}", length)).serve_forever()
