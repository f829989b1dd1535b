"""How the practice LMS frames a tool: attributes, the messages it answers, and where its storage lives."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.errors import ConfigurationError
from ltitool.sandbox.manners import CANVAS, MESSAGES, MOODLE, STRICT, TIGHT, Manners

LMS, DOOR, TOOL = "http://127.0.0.1:8001", "http://sso.localhost:8001", "http://localhost:8000"
ACTIVITY = "/courses/collaborative-leadership-3/activities/rl-this-week-3"


def visitor(folder: Path, manners: Manners, door: str = "") -> FlaskClient:
    app = create_platform(PlatformConfig(LMS, TOOL, folder, manners, door_url=door), lambda _url: b"{}")
    client = app.test_client()
    client.get("/enter/amara-okafor", base_url=LMS)
    return client


def shown(client: FlaskClient) -> str:
    page = client.get(ACTIVITY, base_url=LMS)
    assert page.status_code == 200
    return unescape(page.get_data(as_text=True))


@pytest.mark.parametrize(
    ("manners", "answers", "storage"),
    [
        (STRICT, " ".join(MESSAGES), False),
        (MOODLE, "", False),
        (CANVAS, " ".join(MESSAGES), True),
        (
            replace(STRICT, storage_target="_parent"),
            " ".join((*MESSAGES, "lti.put_data", "lti.get_data")),
            False,
        ),
    ],
    ids=["strict", "moodle", "canvas", "parent"],
)
def test_a_mode_says_what_it_answers_and_where_it_stores(
    tmp_path: Path, manners: Manners, answers: str, *, storage: bool
) -> None:
    page = shown(visitor(tmp_path, manners, DOOR if storage else ""))
    assert f'data-answers="{answers}"' in page
    frames = re.findall(r'<iframe hidden name="([^"]+)"[^>]* src="([^"]+)"', page)
    assert frames == ([("post_message_forwarding", f"{DOOR}/lti/storage")] if storage else [])


def test_a_frame_can_be_sandboxed(tmp_path: Path) -> None:
    assert "sandbox=" not in shown(visitor(tmp_path / "free", STRICT))
    tight = shown(visitor(tmp_path / "tight", replace(STRICT, frame_sandbox=TIGHT)))
    assert f'sandbox="{" ".join(TIGHT)}"' in tight


def test_the_storage_is_at_the_door_for_our_own_pages_alone(tmp_path: Path) -> None:
    client = visitor(tmp_path, CANVAS, DOOR)
    page = client.get("/lti/storage", base_url=DOOR)
    assert page.status_code == 200
    assert f'data-tool="{TOOL}"' in page.get_data(as_text=True)
    assert f"frame-ancestors 'self' {LMS}" in page.headers["Content-Security-Policy"]
    assert client.get("/courses", base_url=DOOR).location == f"{LMS}/courses"
    assert visitor(tmp_path / "none", STRICT).get("/lti/storage", base_url=LMS).status_code == 404


def test_the_door_shows_the_way_to_where_people_are_signed_in(tmp_path: Path) -> None:
    client = visitor(tmp_path, CANVAS, DOOR)
    answer = client.get("/lti/auth?state=a%20b&nonce=1", base_url=DOOR)
    assert (answer.status_code, answer.location) == (307, f"{LMS}/lti/auth?state=a%20b&nonce=1")
    launch = client.get(f"{ACTIVITY}/launch", base_url=LMS)
    assert 'name="lti_storage_target" value="post_message_forwarding"' in launch.get_data(as_text=True)


@pytest.mark.parametrize("door", ["http://sso.example", "ftp://sso.localhost", "http://sso.localhost/x"])
def test_a_door_is_an_origin_of_this_machine(tmp_path: Path, door: str) -> None:
    with pytest.raises(ConfigurationError):
        PlatformConfig(LMS, TOOL, tmp_path, door_url=door)
    assert urlsplit(PlatformConfig(LMS, TOOL, tmp_path, door_url=DOOR).endpoints.authorization).netloc in DOOR
