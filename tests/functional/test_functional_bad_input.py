"""Bad input at every door: refused with a code, nothing kept, nothing broken, and never a stack trace.

The doors are read from the application; what an honest form holds comes from support/wrong_person, and each
case spoils one thing about it. An honest form goes through all of them (test_functional_walls).
"""

import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from support.house import ORIGIN, House, Kept, build_house, right_visitors
from support.photos import jpeg
from support.rows import all_rows
from support.visitor import Visitor
from support.wrong_person import QUERIES, address_of, form_of, guard_of, path_of
from urllib3.filepost import encode_multipart_formdata
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter, UnicodeConverter
from werkzeug.test import TestResponse

from ltitool.app import FORM_MEMORY, FORM_PARTS
from ltitool.credentials.models import StatusList
from ltitool.foundation.db import read_session
from ltitool.web.blueprints import Guard

JSON = {"Accept": "application/json", "Origin": ORIGIN}
FAULT = range(500, 600)
REFUSAL = range(400, 500)
NUL = "\x00"
# One honest value is replaced by one of these: none may break anything, some are simply accepted.
SPOILT: Mapping[str, str] = {
    "NUL": "a\x00b",
    "digits": "9" * 5_000,
    "zeros": "0" * 5_000,
    "a large number": "9" * 30,
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "long": "x" * 100_000,
    "markup": '<script>alert("x")</script>',
    "marks that turn the text": "\u202e\ufeff\u2066",
    "half of a pair": "\ud800",
}
FIELDS_TRIED = 4  # of one form: the first ones; the rest are read by the same code


class Watch(logging.Handler):
    """Notes what the log says of faults."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.told.append(logging.Formatter().format(record))

    def take(self) -> list[str]:
        told, self.told = self.told, []
        return told


@pytest.fixture(autouse=True)
def watch() -> Iterator[Watch]:
    """Let no fault be logged in any of these tests, whatever else it asserts."""
    handler = Watch()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    assert handler.told == []


@pytest.fixture(scope="session")
def postgres_house(
    fresh_app: Callable[..., Kept], postgres_cluster: str, tmp_path_factory: pytest.TempPathFactory
) -> House:
    from support import postgres  # noqa: PLC0415 - where it is wanted

    return build_house(fresh_app(postgres.create_database(postgres_cluster)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def doors(request: pytest.FixtureRequest) -> House:
    """Give the house on either database."""
    name = "house" if request.param == "sqlite" else "postgres_house"
    found: House = request.getfixturevalue(name)
    found.kept.restore("writing")
    return found


def forms(house: House) -> Iterator[tuple[Rule, Visitor | Any]]:
    """Give every door that takes a form, and whose door it is."""
    visitors: dict[Guard, Any] = dict(right_visitors(house))
    for rule, method in house.rules():
        if method == "POST":
            guard = guard_of(house.app, rule)
            yield rule, visitors.get(guard) or house.app.test_client()


STAGE_OF = {"scoring.save": "sent", "badge.visibility": "awarded", "awards.revoke": "awarded"}


def at(house: House, stage: str) -> Iterator[tuple[Rule, Any]]:
    """Give the doors that stand open at a stage. Those of LTI have a list of their own: test_lti_refusals."""
    house.kept.restore(stage)
    for rule, visitor in forms(house):
        if STAGE_OF.get(rule.endpoint, "writing") == stage and not rule.endpoint.startswith("lti."):
            yield rule, visitor


def send(house: House, rule: Rule, visitor: Any, **body: Any) -> TestResponse:
    """Send a body through a door as its own page would: our Origin, and the token in a header."""
    path = path_of(rule, {**_names(rule, house), **body.pop("address", {})}) + QUERIES.get(rule.endpoint, "")
    headers = {**JSON, **body.pop("headers", {})}
    client = visitor
    if isinstance(visitor, Visitor):
        client, path = visitor.client, visitor.path(path)
        headers.setdefault("X-CSRF-Token", visitor.csrf_token)
    answer: TestResponse = client.post(path, base_url=ORIGIN, headers=headers, buffered=True, **body)
    return answer


def _names(rule: Rule, house: House) -> dict[str, Any]:
    """Fill in an address; whoever stands at an invitation's door holds a good one."""
    target = replace(
        house.amara, spare={**house.amara.spare, "invitation": house.fresh_invitations["accept"]}
    )
    return {name: value or "x" for name, value in address_of(rule, target).items()}


def named_fault(answer: TestResponse) -> str:
    """Give the code of a refusal, the verdict on a badge, or `fields` for a form that shows its faults."""
    if answer.is_json:
        told = answer.get_json() or {}
        return str(told.get("code") or told.get("verdict") or "")
    marks = (b"error-summary", b"notice--care", b"field__error")
    return "fields" if any(mark in answer.data for mark in marks) else ""


def faults_of(name: str, answer: TestResponse, allowed: range | set[int] = REFUSAL) -> list[str]:
    found = []
    if answer.status_code not in allowed:
        found.append(f"{name}: {answer.status_code}")
    if answer.status_code in REFUSAL and not named_fault(answer):
        found.append(f"{name}: {answer.status_code} names no fault")
    if b"Traceback" in answer.data:
        found.append(f"{name}: a stack trace")
    return found


def size_of(house: House) -> dict[str, int]:
    """Count the rows of each table; sessions aside, which the test itself opens."""
    with house.app.app_context():
        tables = [table for table, _ in all_rows()]
    return {table: tables.count(table) for table in sorted(set(tables)) if table != "web_session"}


def files_of(house: House) -> list[str]:
    root = house.kept.folder / "data" / "objects"
    return sorted(str(path) for path in root.rglob("*") if path.is_file())


def _multipart(fields: int) -> bytes:
    part = '--b\r\nContent-Disposition: form-data; name="f{}"\r\n\r\nx\r\n'
    return ("".join(part.format(number) for number in range(fields)) + "--b--\r\n").encode()


# An LMS's server posts JSON there: a form is nothing it reads, and its parts are not counted.
TAKES_NO_FORM = {"notices.take"}
URLENCODED = "application/x-www-form-urlencoded"
TOO_LARGE: Mapping[str, dict[str, Any]] = {
    "a plain form over the limit": {"data": b"a=" + b"x" * FORM_MEMORY, "content_type": URLENCODED},
    "JSON over the limit": {"data": b"[" + b" " * FORM_MEMORY, "content_type": "application/json"},
    "a field over the limit": dict(
        zip(("data", "content_type"), encode_multipart_formdata({"a": "x" * (FORM_MEMORY + 1)}), strict=True)
    ),
    "too many parts": {"data": _multipart(FORM_PARTS + 1), "content_type": "multipart/form-data; boundary=b"},
    "more than may be uploaded": {
        "data": b"--b\r\n",
        "content_type": "multipart/form-data; boundary=b",
        "environ_overrides": {"CONTENT_LENGTH": str(26 * 2**20)},
    },
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_is_too_large_is_refused_at_every_door(house: House, case: str) -> None:
    """As a browser sends it: the token is looked for in the form, so that every door reads it."""
    house.kept.restore("writing")
    before, files, faults = size_of(house), files_of(house), []
    for rule, visitor in forms(house):
        answer = send(house, rule, visitor, headers={"X-CSRF-Token": ""}, **TOO_LARGE[case])
        allowed = {400, 413} if rule.endpoint in TAKES_NO_FORM else {413}
        faults += faults_of(rule.endpoint, answer, allowed)
    assert faults == []
    assert (size_of(house), files_of(house)) == (before, files)


def test_a_form_just_below_the_limit_is_read(house: House) -> None:
    """The control: not the size is wrong with it, but a field that is longer than the page says."""
    house.kept.restore("writing")
    amara = right_visitors(house)[Guard.PARTICIPANT]
    answer = amara.post("activities/practice_1", {"tried": "x" * (FORM_MEMORY - 1_000)}, headers=JSON)
    assert (answer.status_code, named_fault(answer)) == (422, "fields")


BROKEN: Mapping[str, dict[str, Any]] = {
    "no boundary": {"data": b"--b\r\n", "content_type": "multipart/form-data"},
    "another boundary": {"data": _multipart(2), "content_type": "multipart/form-data; boundary=c"},
    "cut off in a head": {"data": _multipart(2)[:20], "content_type": "multipart/form-data; boundary=b"},
    "cut off in a part": {"data": _multipart(2)[:60], "content_type": "multipart/form-data; boundary=b"},
    "a head without end": {
        "data": b"--b\r\nContent-Disposition: form-data; name=" + b"a" * 70_000,
        "content_type": "multipart/form-data; boundary=b",
    },
    "JSON": {"data": b'{"tried": "x"}', "content_type": "application/json"},
    "plain text": {"data": b"tried=x", "content_type": "text/plain"},
    "XML": {"data": b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", "content_type": "text/xml"},
    "no type": {"data": b"tried=x", "content_type": ""},
    "bytes that are no text": {
        "data": b"\xff\xfe=\xc3\x28&%ff%00=%ed%a0%80",
        "content_type": URLENCODED,
    },
    "another character set": {
        "data": "tried=x".encode("utf-16"),
        "content_type": "application/x-www-form-urlencoded; charset=utf-16",
    },
}
# These forms hold nothing that must be filled in: sent empty, they do what their button says, or say why not.
NOTHING_TO_FILL_IN = {
    "badge.visibility",
    "coaching.read_lists",
    "evidence.save_answer",
    "evidence.save_answers",
    "evidence.send_answers",
    "evidence.send_keystone",
    "evidence.tell",
    "evidence.withdraw",
    "platform.check",
    "scoring.save",
    "visit.drop_draft",
    "visit.keep_draft",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_body_that_is_no_form_is_refused_at_every_door(house: House, case: str) -> None:
    """The token comes in a header, so that it is the body and nothing else that is wrong."""
    house.kept.restore("writing")
    before, files, faults = size_of(house), files_of(house), []
    for rule, visitor in forms(house):
        if rule.endpoint in NOTHING_TO_FILL_IN:
            continue
        faults += faults_of(rule.endpoint, send(house, rule, visitor, **BROKEN[case]))
    assert faults == []
    assert (size_of(house), files_of(house)) == (before, files)


@pytest.mark.parametrize("case", BROKEN)
def test_without_the_token_in_it_such_a_body_does_nothing(house: House, case: str) -> None:
    """As a browser would send it: the token is looked for in the form, and not found."""
    house.kept.restore("writing")
    found = set()
    for rule, visitor in forms(house):
        if isinstance(visitor, Visitor):
            answer = send(house, rule, visitor, headers={"X-CSRF-Token": ""}, **BROKEN[case])
            found.add((answer.status_code, named_fault(answer)))
    assert found == {(403, "request.foreign")}


# What a database could stumble over is tried on both; the rest is over before a database sees it.
BOTH = ("NUL", "a large number", "the first day", "the last day", "half of a pair")


@pytest.mark.parametrize(
    ("doors", "spoilt"),
    [("sqlite", spoilt) for spoilt in SPOILT]
    + [pytest.param("postgresql", spoilt, marks=pytest.mark.postgres) for spoilt in BOTH],
    indirect=["doors"],
)
def test_spoilt_values_break_nothing(doors: House, spoilt: str) -> None:
    """One field of an honest form is spoilt, then another, at every door that takes a form."""
    value, faults, tried = SPOILT[spoilt], [], 0
    for stage in ("writing", "sent", "awarded"):
        for rule, visitor in at(doors, stage):
            for name in _honest(doors, rule)[:FIELDS_TRIED]:
                with doors.app.app_context():
                    form = {**form_of(rule.endpoint, doors.amara), name: _sendable(value)}
                tried += 1
                answer = send(doors, rule, visitor, data=form)
                faults += faults_of(f"{rule.endpoint} {name}", answer, range(200, 500))
        assert _kept(doors, NUL) == []
    assert faults == []
    assert tried > 70


def _honest(house: House, rule: Rule) -> list[str]:
    with house.app.app_context():
        return list(form_of(rule.endpoint, house.amara))


def _sendable(text: str) -> str | bytes:
    """Half a surrogate pair can only be sent as the bytes that some program might write for it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def _kept(house: House, character: str) -> list[str]:
    """Find the rows that hold a character which must not be kept."""
    with house.app.app_context():
        rows = all_rows()
    escaped = json.dumps(character)[1:-1]
    return [
        f"{table}.{name}"
        for (table, _), row in rows.items()
        for name, value in row.items()
        if isinstance(value, str | dict | list)
        and (character in value if isinstance(value, str) else escaped in json.dumps(value))
    ]


def test_after_a_run_that_starts_on_a_strange_day_pages_still_open(doors: House) -> None:
    director = right_visitors(doors)[Guard.DIRECTOR]
    run = {"title": "Strange", "program": "collaborative-leadership-13", "timezone": "America/Denver"}
    for day in ("0001-01-01", "9999-12-31", "2026-02-30", "26-1-1", "2026-13-01"):
        answer = director.post("offerings/new", {**run, "starts_on": day}, headers=JSON)
        assert answer.status_code == 422, day
    assert director.get("overview").status_code == 200


HOSTILE_WORDS = {
    "NUL": "%00",
    "two words": "a%00b",
    "not UTF-8": "%ff%fe",
    "half of a pair": "%ed%a0%80",
    "long": "a" * 8_000,
    "quotes": quote("' OR 1=1 --"),
    "markup": quote("<script>alert(1)</script>"),
    "a line end": "%0d%0aSet-Cookie:%20a=b",
}
NUMBERS = {
    "of 32 bits": 2**31,
    "of 64 bits": 2**63,
    "of 30 digits": 10**30,
    "of 5000 digits": "9" * 5_000,
    "zero": 0,
}


@pytest.mark.parametrize("word", HOSTILE_WORDS)
def test_strange_words_in_an_address(doors: House, word: str) -> None:
    """Each part of an address that takes a word gets one that nobody would write."""
    faults, tried = [], 0
    for rule, visitor in _pages(doors):
        for name in sorted(rule.arguments - {"launch", "filename"}):
            if not isinstance(rule._converters[name], UnicodeConverter):
                continue
            tried += 1
            answer = _ask(doors, rule, visitor, name, HOSTILE_WORDS[word])
            allowed = {200, 303, 404, 400} if rule.endpoint == "visit.language" else {404, 400}
            faults += faults_of(f"{rule.endpoint} {name}", answer, allowed)
    assert faults == []
    assert tried > 20


@pytest.mark.parametrize("number", NUMBERS)
def test_strange_numbers_in_an_address(doors: House, number: str) -> None:
    faults, tried = [], 0
    for rule, visitor in _pages(doors):
        for name in sorted(rule.arguments):
            if not isinstance(rule._converters[name], NumberConverter):
                continue
            tried += 1
            faults += faults_of(
                f"{rule.endpoint} {name}", _ask(doors, rule, visitor, name, str(NUMBERS[number])), {404, 400}
            )
    assert faults == []
    assert tried >= 6


@pytest.mark.parametrize("word", ["%00", "%ff", "a" * 5000, "'", "..%2f", "%0d%0a"])
def test_a_visit_of_a_strange_name(doors: House, word: str) -> None:
    client = doors.app.test_client()
    client.set_cookie("__Host-s_x", "y", secure=True)
    for method in ("GET", "POST"):
        answer = client.open(f"/l/{word}/keystone", method=method, base_url=ORIGIN, headers=JSON)
        assert answer.status_code in {400, 401, 404, 308}
        assert named_fault(answer) or answer.location.startswith(f"{ORIGIN}/l/")


def _pages(house: House) -> Iterator[tuple[Rule, Any]]:
    visitors: dict[Guard, Any] = dict(right_visitors(house))
    for rule, method in house.rules():
        if method == "GET":
            yield rule, visitors.get(guard_of(house.app, rule)) or house.app.test_client()


def _ask(house: House, rule: Rule, visitor: Any, name: str, word: str) -> TestResponse:
    """Ask for an address with one part replaced; the word is written as it stands, percent signs and all."""
    values = _names(rule, house)
    marker: Any = 7654321 if isinstance(rule._converters[name], NumberConverter) else "zzherezz"
    path = path_of(rule, {**values, name: marker}).replace(str(marker), word)
    client, path = (visitor.client, visitor.path(path)) if isinstance(visitor, Visitor) else (visitor, path)
    answer: TestResponse = client.get(path, base_url=ORIGIN, headers=JSON, buffered=True)
    return answer


HOSTS = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Forwarded-Proto": "evil", "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/evil.example"},
    {"X-Original-URL": "/evil.example", "X-Rewrite-URL": "/evil.example"},
]


@pytest.mark.parametrize("headers", HOSTS, ids=lambda one: next(iter(one)))
def test_a_foreign_host_name_comes_into_no_page(house: House, headers: dict[str, str]) -> None:
    house.kept.restore("shown")
    faults = []
    for rule, visitor in _pages(house):
        if rule.endpoint == "lti.check_cookies":
            continue
        path = path_of(rule, _names(rule, house))
        client, path = (
            (visitor.client, visitor.path(path)) if isinstance(visitor, Visitor) else (visitor, path)
        )
        # The cookie jar goes by the name of the host, so it is filled for the strange one too.
        if isinstance(visitor, Visitor) and "Host" in headers:
            cookie = client.get_cookie(f"__Host-s_{visitor.short}", "localhost")
            client.set_cookie(cookie.key, cookie.value, domain="evil.example", secure=True)
        answer = client.get(path, base_url=ORIGIN, headers=headers, buffered=True)
        told = answer.data + str(answer.headers).encode()
        if b"evil.example" in told or answer.status_code in FAULT:
            faults.append(f"{rule.endpoint}: {answer.status_code}")
    assert faults == []


PATHS = [
    "/static/../app.py",
    "/static/..%2f..%2fapp.py",
    "/static/%2e%2e/%2e%2e/app.py",
    "/static/..\\..\\app.py",
    "/static//etc/passwd",
    "/static/%00favicon.svg",
    "/../../etc/passwd",
    "//evil.example/l/x/",
    "/l/x/..;/admin",
    "/l/%2e%2e/%2e%2e/health",
    "/badges/..%2f..%2fhealth",
    "/issuers/../../app.py/did.json",
    "/.git/config",
    "/.env",
    "/" + "a/" * 3_000,
]


@pytest.mark.parametrize("path", PATHS, ids=lambda one: one[:30])
def test_path_tricks_lead_nowhere(house: House, path: str) -> None:
    house.kept.restore("shown")
    answer = house.app.test_client().get(path, base_url=ORIGIN, headers=JSON, buffered=True)
    # A path with two slashes is sent on to the same path with one, on our own host.
    assert answer.status_code in {400, 401, 404, 308}
    assert answer.status_code != 308 or answer.location.startswith((ORIGIN + "/", "/"))
    assert b"create_app" not in answer.data
    assert b"root:" not in answer.data


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW"])
def test_other_methods_are_refused_at_every_door(house: House, method: str) -> None:
    house.kept.restore("writing")
    before, faults = size_of(house), []
    for rule, visitor in forms(house):
        path = path_of(rule, _names(rule, house))
        client, path = (
            (visitor.client, visitor.path(path)) if isinstance(visitor, Visitor) else (visitor, path)
        )
        answer = client.open(path, method=method, base_url=ORIGIN, headers=JSON, buffered=True)
        faults += faults_of(rule.endpoint, answer, {405})
        asked = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", **JSON}
        overridden = client.get(path + "?_method=POST", base_url=ORIGIN, headers=asked, buffered=True)
        if overridden.status_code in FAULT:
            faults.append(f"{rule.endpoint} overridden")
    assert faults == []
    assert size_of(house) == before


TOKENS: Mapping[str, tuple[str, str, int]] = {
    "10 MB": ("x" * 10 * 2**20, "request.too-large", 413),
    "500 kB": ("a." + "x" * 500_000 + ".c", "launch.token-too-large", 400),
    "NUL": ("a\x00.b.c", "launch.token-unreadable", 400),
    "no token": ("hello", "launch.token-unreadable", 400),
    "a thousand segments": ("." * 1_000, "launch.token-unreadable", 400),
    "empty": ("", "launch.token-missing", 400),
}


@pytest.mark.parametrize("case", TOKENS)
def test_hostile_tokens_at_the_launch(doors: House, case: str) -> None:
    token, _code, status = TOKENS[case]
    before = size_of(doors)
    answer = doors.app.test_client().post(
        "/lti/launch", data={"id_token": token, "state": "x" * 40}, base_url=ORIGIN, headers=JSON
    )
    assert answer.status_code in {status, 400, 401}
    assert named_fault(answer).startswith(("launch.", "request.too-large"))
    assert size_of(doors) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"iss": "x" * 100_000},
        {"iss": "https://lms\x00.example"},
        {"iss": "https://lms.valle-verde.example\r\nSet-Cookie: a=b", "login_hint": "1"},
        {"iss": "https://lms.valle-verde.example", "login_hint": "x" * 900_000},
        {"iss": "https://lms.valle-verde.example", "login_hint": "a\x00b", "client_id": "\x00"},
        {},
    ],
    ids=["long", "NUL", "line end", "long hint", "NUL hint", "empty"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hostile_logins(house: House, fields: dict[str, str], method: str) -> None:
    where = {"data": fields} if method == "POST" else {"query_string": fields}
    sent: dict[str, Any] = {"target_link_uri": f"{ORIGIN}/lti/launch", **fields}
    where = {next(iter(where)): sent}
    answer = house.app.test_client().open(
        "/lti/login", method=method, base_url=ORIGIN, headers=JSON, buffered=True, **where
    )
    assert answer.status_code in REFUSAL
    assert named_fault(answer).startswith(("launch.", "login.", "request."))
    assert "Set-Cookie: a=b" not in str(answer.headers)


FILES: Mapping[str, bytes] = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script>",
    "half a photo": jpeg()[: len(jpeg()) // 2],
    "noise": bytes(range(256)) * 40,
    "a picture that draws": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "an archive": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("case", FILES)
def test_files_that_are_no_photos(house: House, case: str) -> None:
    house.kept.restore("writing")
    amara, before, files = right_visitors(house)[Guard.PARTICIPANT], size_of(house), files_of(house)
    names = ["../../etc/passwd", "a\x00.jpg", "C:\\x.jpg", "x" * 4_000, "\u202egpj.exe", "a.jpg"]
    for name in names:
        sent = {"photos": (io.BytesIO(FILES[case]), name, "image/jpeg"), "upload_key": "k"}
        answer = amara.post("photos", sent, headers=JSON)
        assert answer.status_code == 422
        assert named_fault(answer).startswith("evidence.photo") or named_fault(answer).startswith(
            "evidence.not"
        )
    assert (size_of(house), files_of(house)) == (before, files)


BADGES: Mapping[str, tuple[bytes | str, set[int]]] = {
    "too large": (b"{" + b" " * 2**20 + b"}", {413}),
    "deep": ("[" * 100_000, {413, 422}),
    "many": (json.dumps({"a": list(range(200_000))}), {413, 422}),
    "NUL": (b"\x00" * 100, {422}),
    "half a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", {422}),
    "a bomb of entities": (b"<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg>&b;</svg>", {422}),
    "half a token": ("eyJhbGciOiJub25lIn0.e30.", {422}),
    "a list": ("[]", {422}),
    "a number": ("1e999", {422}),
    "doubled": ('{"type": "a", "type": "b"}', {422}),
    "not UTF-8": (b'{"a": "\xff\xfe"}', {422}),
    "an address inside": ("https://127.0.0.1:22/", {422}),
    "a file": ("file:///etc/passwd", {422}),
}


@pytest.mark.parametrize("case", BADGES)
@pytest.mark.parametrize("how", ["text", "file"])
def test_hostile_badges(house: House, case: str, how: str) -> None:
    content, status = BADGES[case]
    raw = content if isinstance(content, bytes) else content.encode()
    sent = {"person": "a\x00b", **({"badge_file": ("../b.json", raw)} if how == "file" else {"badge": raw})}
    body, kind = encode_multipart_formdata(sent)
    client, before = house.app.test_client(), size_of(house)
    house.app.extensions.pop("verification.buckets", None)  # as many as a state may ask, and more
    answer = client.post(
        "/verify", data=body, content_type=kind, base_url=ORIGIN, headers=JSON, buffered=True
    )
    assert answer.status_code in status
    told = answer.get_json()
    assert told.get("code") or told["verdict"] != "valid"
    assert b"Traceback" not in answer.data
    assert size_of(house) == before


def test_the_watch_sees_a_fault(watch: Watch, app: Flask) -> None:
    """The control of all tests above: a fault is told by the log, by the status and by its code."""

    def broken() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/broken", "broken", broken)
    app.testing = False
    answer = app.test_client().get("/broken", headers=JSON)
    assert answer.status_code == 500
    assert faults_of("broken", answer) == ["broken: 500"]
    assert "ZeroDivisionError" in "".join(watch.take())


def test_a_status_list_is_still_there(house: House) -> None:
    """The control of strange numbers: list 1 is served, and only it."""
    house.kept.restore("shown")
    with house.app.app_context():
        assert {row.number for row in read_session().query(StatusList)} == {1}
    path = f"/issuers/{house.amara.slug}/status/"
    client = house.app.test_client()
    assert [client.get(path + one, base_url=ORIGIN).status_code for one in ("1", "2")] == [200, 404]
