"""The public page: what goes in, whom it is about, what it answers, and how often it may be asked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.clock import MovableClock
from support.holders import LICENCE, signed_text
from support.visitor import page_text
from support.world import World

from badges.did import did_key, did_key_method
from badges.keys import InMemoryEd25519
from badges.model import IdentityObject
from badges.proofs import eddsa_rdfc_2022
from ltitool.credentials.models import Award
from ltitool.credentials.revoking import revoke_award
from ltitool.foundation.db import transaction
from ltitool.foundation.errors import FetchBlocked, FetchFailed, FetchTooLarge
from ltitool.foundation.fetch import SafeHttpClient
from ltitool.foundation.services import EXTENSION, HttpAnswer, Services
from ltitool.verification.submission import MAX_BADGE_BYTES

MATCHES, DIFFERS = "matches", "does-not-match"
DECISION = "Whether it counts is your agency's decision."


class Line:
    """An outbound line that answers as it is told and remembers what was asked."""

    def __init__(self, answer: HttpAnswer | Exception) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def request(self, method: str, url: str, **_: Any) -> HttpAnswer:
        assert method == "GET"
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def line(app: Flask, found: Services) -> Iterator[Callable[[HttpAnswer | Exception], Line]]:
    """Put another line in place of the network, for one test."""

    def put(answer: HttpAnswer | Exception) -> Line:
        made = Line(answer)
        app.extensions[EXTENSION] = replace(found, http=made)
        return made

    yield put
    app.extensions[EXTENSION] = found


@pytest.fixture
def shown(award: Award) -> Iterator[Award]:
    def switch(*, on: bool) -> None:
        with transaction() as session:
            session.get_one(Award, award.id).is_public = on

    switch(on=True)
    yield award
    switch(on=False)


def by_stranger(document: dict[str, Any], **changes: Any) -> bytes:
    """Issue the same badge under a key of nobody whom we know."""
    signer = InMemoryEd25519.from_seed(b"s" * 32)
    did = did_key(signer.public_key)
    unsigned = {name: value for name, value in document.items() if name not in {"proof", "credentialStatus"}}
    unsigned |= {"issuer": {**document["issuer"], "id": did}, **changes}
    method = did_key_method(signer.public_key)
    created = MovableClock().now
    return json.dumps(
        eddsa_rdfc_2022.sign(unsigned, signer=signer, verification_method=method, created=created)
    ).encode()


def test_the_form_asks_for_one_thing(client: FlaskClient) -> None:
    page = client.get("/verify")
    assert page.status_code == 200
    assert "Check a badge" in page_text(page)
    filled = client.get("/verify?link=https://x.example/badges/1").get_data(as_text=True)
    assert "https://x.example/badges/1</textarea>" in filled


@pytest.mark.parametrize("form", ["json", "jwt", "png", "svg"])
def test_every_form_of_a_badge_is_genuine(award: Award, ask: Any, form: str) -> None:
    content = {
        "json": signed_text(award),
        "jwt": (award.jwt or "").encode(),
        "png": award.image_png,
        "svg": award.image_svg,
    }[form]
    page = ask.page(content, person="Amara Okafor")
    words = page_text(page)
    assert page.status_code == 200
    assert "verdict--genuine" in page.get_data(as_text=True)
    assert "Genuine Issued by Valle-Verde on March 12, 2026; not revoked as of 15:00 UTC today." in words
    assert f"This shows that the badge is genuine. {DECISION}".replace("'", "&#39;") in words
    assert "Matches what was typed" in words
    assert "10.50 Clock hours recorded" in words
    assert "8.00 Clock hours in whole-group sessions" in words
    assert "6 of 6 . Every criterion had to reach “Proficient”." in words
    assert "photos, maps and other evidence were not opened" in words
    assert "13 Not revoked, not suspended" in words
    assert "Amara" not in words


def test_text_and_json_answer(award: Award, ask: Any) -> None:
    status, report = ask.report(text=signed_text(award).decode(), person=LICENCE)
    assert status == 200
    assert (report["verdict"], report["person"]) == ("valid", MATCHES)
    assert [check["number"] for check in report["checks"]] == list(range(1, 17))
    assert report["hours"][0] == {"name": "Clock hours recorded", "hours": "10.50"}
    assert {one["met"] for one in report["criteria"]} == {True}
    assert LICENCE not in json.dumps(report)


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("Amara Okafor", MATCHES),
        ("  amara   okafor ", MATCHES),
        ("AMARA OKAFOR", MATCHES),
        ("Holder@Example.ORG", MATCHES),
        (LICENCE.lower(), MATCHES),
        ("Amara Okafo", DIFFERS),
        ("Chloë Nuñez-Baptiste", DIFFERS),
        ("NM-448813", DIFFERS),
        ("", "not-asked"),
    ],
)
def test_whose_it_is(award: Award, ask: Any, typed: str, person: str) -> None:
    report = ask.report(signed_text(award), person=typed)[1]
    assert report["person"] == person
    assert report["verdict"] == ("wrong-recipient" if person == DIFFERS else "valid")


def test_somebody_elses_badge_is_not_green(award: Award, ask: Any) -> None:
    html = ask.page(signed_text(award), person="Somebody Else").get_data(as_text=True)
    assert "verdict--unsure" in html
    assert "Genuine, but about somebody else" in html
    assert "Does not match what was typed" in html
    assert "Somebody Else" not in html


def test_a_badge_without_identities_leaves_nothing_to_compare(signed: dict[str, Any], ask: Any) -> None:
    subject = {name: value for name, value in signed["credentialSubject"].items() if name != "identifier"}
    report = ask.report(by_stranger(signed, credentialSubject=subject), person="Amara Okafor")[1]
    assert (report["person"], report["verdict"]) == ("nothing-to-compare", "issuer-unknown")


def test_identities_that_cannot_be_read_are_compared_with_nothing(signed: dict[str, Any], ask: Any) -> None:
    changed = {**signed, "credentialSubject": {**signed["credentialSubject"], "identifier": [{"type": "x"}]}}
    status, report = ask.report(json.dumps(changed).encode(), person="Amara Okafor")
    assert (status, report["person"], report["verdict"]) == (422, "not-compared", "invalid")


def test_an_unhashed_identity_is_compared_as_it_is(signed: dict[str, Any], ask: Any) -> None:
    plain = IdentityObject(hashed=False, identity_hash="Amara Okafor", identity_type="name").to_json()
    subject = {**signed["credentialSubject"], "identifier": [plain]}
    badge = by_stranger(signed, credentialSubject=subject)
    assert ask.report(badge, person="Amara Okafor")[1]["person"] == MATCHES
    assert ask.report(badge, person="Ben Whitcomb")[1]["person"] == DIFFERS


def test_an_issuer_whom_nobody_here_knows_is_never_green(signed: dict[str, Any], ask: Any) -> None:
    """B30: the name is a claim, and is called one."""
    page = ask.page(by_stranger(signed))
    html, words = page.get_data(as_text=True), page_text(page)
    assert page.status_code == 200
    assert "verdict--unsure" in html
    assert "verdict--genuine" not in html
    assert "Signature in order, issuer unknown" in words
    assert "The issuer calls itself Valle-Verde (did:key:" in words


def test_b31_signs_that_nobody_sees_are_taken_out(signed: dict[str, Any], ask: Any) -> None:
    issuer = {**signed["issuer"], "name": "Valle\u202e-edreV\u200b\u2066"}
    document = {**signed, "issuer": issuer}
    html = ask.page(by_stranger(document)).get_data(as_text=True)
    assert "Valle-edreV" in html
    assert not {"\u202e", "\u200b", "\u2066"} & set(html)


def test_b72_words_of_a_badge_are_shown_as_words(signed: dict[str, Any], ask: Any) -> None:
    subject = json.loads(json.dumps(signed["credentialSubject"]))
    subject["achievement"]["criteria"]["narrative"] = "<script>x</script> ![p](https://t.example/p.gif) " * 90
    html = ask.page(by_stranger(signed, credentialSubject=subject)).get_data(as_text=True)
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html
    assert '<img src="https://t' not in html
    assert html.count("![p]") < 90


@pytest.mark.parametrize(
    ("changes", "verdict", "word"),
    [
        ({"validUntil": "2026-03-12T15:00:30Z"}, "issuer-unknown", "issuer unknown"),
        (
            {"validFrom": "2026-03-01T00:00:00Z", "validUntil": "2026-03-12T14:00:00Z"},
            "expired",
            "No longer in force",
        ),
        ({"validFrom": "2027-01-01T00:00:00Z"}, "not-yet-valid", "Not in force yet"),
    ],
)
def test_dates_are_told_apart(
    signed: dict[str, Any], ask: Any, changes: dict[str, str], verdict: str, word: str
) -> None:
    badge = by_stranger(signed, **changes)
    assert ask.report(badge)[1]["verdict"] == verdict
    page = ask.page(badge)
    assert word in page_text(page)
    assert "verdict--genuine" not in page.get_data(as_text=True)


def test_a_revoked_badge_is_called_that(
    app: Flask, award: Award, ask: Any, found: Services, world: World
) -> None:
    del app
    with transaction() as session:
        revoke_award(
            session,
            award.id,
            organisation_id=world.organisation_id,
            director_id=world.director.id,
            reason="By mistake.",
            keys=found.keys,
            public_url=found.settings.public_url,
            at=found.clock(),
        )
        page = ask.page(signed_text(award))
        session.rollback()
    assert "verdict--not_genuine" in page.get_data(as_text=True)
    assert "Revoked Issued by Valle-Verde" in page_text(page)


def test_our_own_link_needs_no_network(
    shown: Award, ask: Any, line: Callable[[HttpAnswer | Exception], Line]
) -> None:
    asked = line(FetchFailed("dns"))
    link = f"http://localhost:8000/badges/{shown.public_id}"
    assert ask.report(text=link)[1]["verdict"] == "valid"
    assert asked.asked == []


@pytest.mark.parametrize("path", ["/badges/never-given", "/health", "/badges/", ""])
def test_an_own_link_without_a_badge(ask: Any, path: str) -> None:
    page = ask.page(text=f"http://localhost:8000{path}")
    assert page.status_code == 422
    assert "There is no badge at that address" in page_text(page)


def test_a_hidden_badge_is_not_there(award: Award, ask: Any) -> None:
    page = ask.page(text=f"http://localhost:8000/badges/{award.public_id}")
    assert page.status_code == 422
    assert "its holder does not show it" in page_text(page)


def test_a_link_elsewhere_is_fetched_once_and_sniffed(
    award: Award, ask: Any, line: Callable[[HttpAnswer | Exception], Line]
) -> None:
    asked = line(HttpAnswer(200, {"content-type": "text/html"}, award.image_png or b""))
    status, report = ask.report(text="https://wallet.example/badge.png")
    assert (status, report["verdict"], report["form"]) == (200, "valid", "png+json")
    assert asked.asked == ["https://wallet.example/badge.png"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (FetchBlocked("address", "10.0.0.1"), "We do not go to that address"),
        (FetchFailed("timeout"), "We could not get anything from that address"),
        (FetchTooLarge("size"), "We could not get anything from that address"),
        (HttpAnswer(404, {}, b"gone"), "We could not get anything from that address"),
    ],
)
def test_a_link_that_leads_nowhere(
    ask: Any,
    line: Callable[[HttpAnswer | Exception], Line],
    answer: HttpAnswer | Exception,
    words: str,
) -> None:
    line(answer)
    page = ask.page(text="https://elsewhere.example/1", person="Amara Okafor")
    assert page.status_code == 422
    assert words in page_text(page)
    assert "https://elsewhere.example/1</textarea>" in page.get_data(as_text=True)
    assert 'value="Amara Okafor"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "link",
    [
        "https://127.0.0.1/badge",
        "https://2130706433/badge",
        "https://[::1]/badge",
        "https://169.254.169.254/latest",
        "http://elsewhere.example/badge",
        "https://elsewhere.example:6379/badge",
        "https://user@elsewhere.example/badge",
        "https://[::1/badge",
    ],
)
def test_b36_to_b41_addresses_that_nobody_is_sent_to(found: Services, ask: Any, link: str) -> None:
    """With the real client, as it stands on a server: what is refused is refused before any connection."""

    def resolve(host: str) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    strict = replace(
        found,
        settings=replace(found.settings, loopback_http=False, public_url="https://tool.example"),
        http=SafeHttpClient(resolver=resolve),
    )
    ask.client.application.extensions[EXTENSION] = strict
    try:
        page = ask.page(text=link)
    finally:
        ask.client.application.extensions[EXTENSION] = found
    assert page.status_code == 422
    assert "We do not go to that address" in page_text(page)


def test_nothing_at_all(ask: Any) -> None:
    page = ask.page()
    assert page.status_code == 422
    assert "Choose a file, or paste a badge or its link." in page_text(page)
    status, body = ask.report()
    assert (status, body["code"]) == (422, "verify.nothing")


def test_a_name_that_is_too_long(ask: Any) -> None:
    page = ask.page(b"x", person="x" * 201)
    assert page.status_code == 422
    assert "longer than the field can hold" in page_text(page)


def test_sizes(ask: Any) -> None:
    assert ask.report(b"x" * MAX_BADGE_BYTES)[1]["checks"][0]["code"] == "syntax"
    over = ask.page(b"x" * (MAX_BADGE_BYTES + 1))
    assert over.status_code == 413
    assert "verify.too-large" in page_text(over)
    far_over = ask.page(b"x" * (MAX_BADGE_BYTES + 2**17))
    assert far_over.status_code == 413


def test_one_network_may_not_ask_without_end(ask: Any, client: FlaskClient) -> None:
    answers = [ask.page(b"x") for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {422}
    last = answers[30]
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) >= 1
    assert "verify.too-many" in page_text(last)
    neighbour = ask.page(b"x", environ_base={"REMOTE_ADDR": "127.0.0.9"})
    assert neighbour.status_code == 429
    other = ask.page(b"x", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert other.status_code == 422
    assert client.get("/verify").status_code == 200


def test_it_speaks_spanish(award: Award, ask: Any) -> None:
    words = page_text(ask.page(signed_text(award), query_string={"lang": "es"}))
    assert "Auténtica Emitida por Valle-Verde el 12 de marzo de 2026" in words
    assert "Si cuenta o no, lo decide su agencia." in words
    assert "La firma es correcta: nada ha cambiado" in words
