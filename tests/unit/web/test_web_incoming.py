"""What a request must be before a page sees it."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from ltitool.app import FORM_MEMORY
from ltitool.lti.views import MAX_BODY
from ltitool.web.incoming import check_incoming, posted_fields

JSON = {"Accept": "application/json"}


@pytest.fixture
def echo(app: Flask) -> Flask:
    """Add doors that give back the form they were sent: one for people, one for an LMS."""
    for path in ("/echo", "/lti/echo"):
        app.add_url_rule(path, path, lambda: dict(request.form.lists()), methods=["POST"])
    app.add_url_rule("/asked", "asked", lambda: dict(request.args.lists()))
    return app


def post(app: Flask, body: bytes, kind: str = "application/x-www-form-urlencoded") -> TestResponse:
    return app.test_client().post("/echo", data=body, content_type=kind, headers=JSON)


PARTS = [b'name="a"\r\n\r\nx\x00y', b'name="a"\r\n\r\nz', b'name="b"\r\n\r\n1']
MULTIPART = (
    b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in PARTS) + b"--b--\r\n"
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=x%00y&a=z&b%00=1", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=b"),
    ],
)
def test_nul_is_dropped_from_what_people_write(echo: Flask, body: bytes, kind: str) -> None:
    assert post(echo, body, kind).get_json() == {"a": ["xy", "z"], "b": ["1"]}


def test_what_an_lms_sends_is_judged_as_it_is(echo: Flask) -> None:
    answer = echo.test_client().post("/lti/echo", data={"state": "x\x00y"})
    assert answer.get_json() == {"state": ["x\x00y"]}


@pytest.mark.parametrize("path", ["/asked?a=%00", "/asked?%00=a", "/nowhere/%00"])
def test_nul_in_an_address_is_refused(echo: Flask, path: str) -> None:
    answer = echo.test_client().get(path, headers=JSON)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "request.malformed")
    assert echo.test_client().get(path.replace("%00", "x"), headers=JSON).status_code in {200, 404}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", ""])
def test_a_body_without_files_is_held_to_the_limit_of_forms(echo: Flask, kind: str) -> None:
    within = post(echo, b"a=" + b"x" * (FORM_MEMORY - 2), kind)
    assert within.status_code == 200
    if kind.startswith("application/x"):
        over = post(echo, b"a=" + b"x" * (FORM_MEMORY - 1), kind)
        assert (over.status_code, over.get_json()["code"]) == (413, "request.too-large")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1&b=x+y%20z&a=2&c=&d", "application/x-www-form-urlencoded"),
        (b"a=%00&b=%FF&c=%C3%B1&%C3%B1=%", "application/x-www-form-urlencoded; charset=utf-8"),
        (b"", "application/x-www-form-urlencoded"),
        (b"a=\xff", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=b"),
        (b"{}", "application/json"),
    ],
)
def test_what_an_lms_had_posted_is_what_the_framework_reads(app: Flask, body: bytes, kind: str) -> None:
    def read(form: Callable[[], Mapping[str, Sequence[str]]]) -> dict[str, list[str]]:
        with app.test_request_context("/lti/launch", method="POST", data=body, content_type=kind):
            check_incoming()
            return {name: list(values) for name, values in form().items()}

    theirs = read(lambda: dict(request.form.lists()))
    assert read(posted_fields) == theirs
    assert read(lambda: (posted_fields(), dict(request.form.lists()))[1]) == theirs  # it can be read again


def test_what_an_lms_had_posted_is_held_to_its_limit(app: Flask) -> None:
    def post(size: int) -> TestResponse:
        fields = {"iss": "x" * size, "login_hint": "a"}
        return app.test_client().post("/lti/login", data=fields, headers=JSON)

    assert post(MAX_BODY - 100).get_json()["code"] == "login.parameter-too-long"
    over = post(MAX_BODY)
    assert (over.status_code, over.get_json()["code"]) == (413, "request.too-large")
