"""Cookies are written and read by shorter ways than the framework's, and mean the same."""

import pytest
from flask import Request, Response
from werkzeug.http import dump_cookie

from ltitool.web import cookies
from ltitool.web.cookies import set_partitioned_cookie
from ltitool.web.incoming import ToolRequest


@pytest.mark.parametrize(("value", "max_age"), [("a-Secret_1", 600), ("", 0)])
def test_a_cookie_is_written_as_the_framework_would(
    monkeypatch: pytest.MonkeyPatch, value: str, max_age: int
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_793_000_000.5)
    cookies._attributes.cache_clear()
    answer = Response()
    set_partitioned_cookie(answer, "__Host-s_x", value, max_age=max_age)
    cookies._attributes.cache_clear()
    in_full = {"path": "/", "secure": True, "httponly": True, "samesite": "None", "partitioned": True}
    assert answer.headers.getlist("Set-Cookie") == [
        dump_cookie("__Host-s_x", value, max_age=max_age, **in_full)
    ]


@pytest.mark.parametrize("value", ["a;b", "a b", "ä", 'a"', "a\r\nSet-Cookie: b=c", "a\n"])
def test_only_plain_values_are_written(value: str) -> None:
    with pytest.raises(ValueError, match="our own words"):
        set_partitioned_cookie(Response(), "__Host-s_x", value, max_age=1)


@pytest.mark.parametrize("sent", [None, "", "a=b; c=d", 'a="b c"; a=2', "junk", "\xff=\xfe; x=%00"])
def test_cookies_are_read_as_the_framework_reads_them(sent: str | None) -> None:
    environ = {} if sent is None else {"HTTP_COOKIE": sent}
    ours, theirs = ToolRequest(dict(environ)), Request(dict(environ))
    assert (ours.cookies, type(ours.cookies)) == (theirs.cookies, type(theirs.cookies))
