"""Answers that only lead elsewhere."""

import pytest
from flask import Flask

from ltitool.web.redirects import lead_to

ASKED = "http://lms.example/auth?scope=openid&redirect_uri=https%3A%2F%2Ftool.example%2Flti%2Flaunch&state=a.b-c_d"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (ASKED, ASKED),
        ("/l/abc/keystone", "/l/abc/keystone"),
        ("http://lms.example/auténtico?x=ñ", "http://lms.example/aut%C3%A9ntico?x=%C3%B1"),
    ],
)
def test_the_address_goes_out_as_a_header_can_hold_it(url: str, place: str) -> None:
    app = Flask("leading")
    app.add_url_rule("/", view_func=lambda: lead_to(url, 303))
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.headers["Location"], answer.data) == (303, place, b"")
    assert answer.headers["Content-Length"] == "0"


def test_no_second_header_can_stand_in_an_address() -> None:
    with pytest.raises(ValueError, match="newline"):
        lead_to("http://lms.example/\r\nSet-Cookie: a=b")
