"""The pages of a badge: on the way, prepared, issued, shown, revoked; and whose they are."""

import base64
import io
import json
import struct
import uuid
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from support.clock import MovableClock
from support.holders import LICENCE, award_to, confirm, finish, reload, reserve
from support.visitor import Visitor, page_text
from support.world import World

from badges.baking import unbake
from badges.did import read_did_document
from ltitool.cohorts.models import Offering
from ltitool.credentials import awarding
from ltitool.credentials.models import Award, ConfirmedIdentity
from ltitool.credentials.pictures import achievement_picture
from ltitool.foundation.db import read_session, transaction
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.programs.reading import parse_program

VisitAs = Callable[..., Visitor]
STEPS = 13


@pytest.fixture
def amara(world: World, visit_as: VisitAs) -> Visitor:
    return visit_as(world.amara, "participant")


@pytest.fixture
def director(world: World, visit_as: VisitAs) -> Visitor:
    return visit_as(world.director, "director")


@pytest.fixture
def award(app: Flask, world: World, clock: MovableClock) -> Award:
    return award_to(app, world, world.amara, clock)


def show(award: Award, *, to_all: bool = True) -> None:
    with transaction() as session:
        session.get_one(Award, award.id).is_public = to_all


def test_what_is_missing_is_listed_with_links(amara: Visitor) -> None:
    page = amara.get("badge/")
    words = page_text(page)
    assert page.status_code == 200
    assert "things are missing" in words
    assert "3 whole-group sessions are needed, and 0 are recorded" in words
    assert "3 one-to-ones are needed, and 0 are recorded" in words
    assert "Your keystone has to meet every criterion" in words
    html = page.get_data(as_text=True)
    for path in ("photos", "keystone"):
        assert f'href="/l/{amara.short}/{path}' in html


def test_when_all_is_done_the_name_is_confirmed_and_the_badge_made(
    world: World, clock: MovableClock, amara: Visitor
) -> None:
    finish(world, world.amara, clock)
    page = amara.get("badge/")
    assert "Under which name?" in page_text(page)
    assert 'value="Amara Okafor"' in page.get_data(as_text=True)
    fields = {"full_name": " Amara  Okafor ", "licence_number": LICENCE, "with_email": "yes"}
    sent = amara.post("badge/confirm", fields)
    assert sent.status_code == 303
    words = page_text(amara.get("badge/"))
    assert "Collaborative Leadership" in words
    assert "10.50" in words
    assert "Proficient" in words
    confirmed = read_session().scalars(select(ConfirmedIdentity)).one()
    assert (confirmed.full_name, confirmed.licence_number) == ("Amara Okafor", LICENCE)
    assert confirmed.email is not None


def test_without_a_name_the_form_comes_back_with_what_was_typed(
    world: World, clock: MovableClock, amara: Visitor
) -> None:
    finish(world, world.amara, clock)
    sent = amara.post("badge/confirm", {"full_name": " ", "licence_number": LICENCE})
    assert sent.status_code == 422
    assert f'value="{LICENCE}"' in sent.get_data(as_text=True)
    assert read_session().scalars(select(Award)).all() == []


def test_confirming_too_early_is_refused(amara: Visitor) -> None:
    sent = amara.post("badge/confirm", {"full_name": "Amara Okafor"})
    assert sent.status_code == 409
    assert "credential.not-complete" in page_text(sent)
    assert read_session().scalars(select(Award)).all() == []
    assert read_session().scalars(select(ConfirmedIdentity)).all() == []


def test_while_it_is_prepared_the_page_says_so(
    app: Flask, world: World, clock: MovableClock, amara: Visitor
) -> None:
    scope = finish(world, world.amara, clock)
    confirm(scope, world.amara, clock)
    award = reserve(app, scope, clock)
    assert "is being prepared" in page_text(amara.get("badge/"))
    assert amara.get("badge/file/json").status_code == 404
    assert amara.get("badge/picture").status_code == 404
    with transaction() as session:
        session.get_one(Award, award.id).error = "signature"
    assert "second check did not accept it" in page_text(amara.get("badge/"))


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("json", "application/vc+ld+json"),
        ("jwt", "text/plain; charset=utf-8"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
    ],
)
def test_downloads(award: Award, amara: Visitor, kind: str, media_type: str) -> None:
    got = amara.get(f"badge/file/{kind}")
    assert got.status_code == 200
    assert got.headers["Content-Type"] == media_type
    assert got.headers["Content-Disposition"] == f'attachment; filename="badge.{kind}"'
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    if kind == "jwt":
        assert got.data.decode() == award.jwt
    else:
        text = got.data if kind == "json" else unbake(got.data).text
        assert json.loads(text) == award.signed
    assert amara.get("badge/file/pdf").status_code == 404


def test_the_png_is_the_drawn_picture_with_one_text_chunk_more(award: Award, amara: Visitor) -> None:
    baked = amara.get("badge/picture").data
    drawn = achievement_picture("Collaborative Leadership", "Valle-Verde", STEPS).png
    assert Image.open(io.BytesIO(baked)).tobytes() == Image.open(io.BytesIO(drawn)).tobytes()
    kinds = [kind for kind, _ in _chunks(baked)]
    assert kinds.count(b"iTXt") == 1
    assert [(kind, data) for kind, data in _chunks(baked) if kind != b"iTXt"] == list(_chunks(drawn))


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 8
    while position < len(picture):
        (length,) = struct.unpack(">I", picture[position : position + 4])
        kind, data = picture[position + 4 : position + 8], picture[position + 8 : position + 8 + length]
        assert zlib.crc32(kind + data) == struct.unpack(">I", picture[position + 8 + length :][:4])[0]
        yield kind, data
        position += 12 + length


def test_who_may_see_it_is_the_holders_switch(award: Award, amara: Visitor, client: FlaskClient) -> None:
    public = f"/badges/{award.public_id}"
    for path in (public, f"{public}/picture", f"{public}/file/json"):
        assert client.get(path).status_code == 404
    assert amara.post("badge/visibility", {"is_public": "yes"}).status_code == 303
    page = client.get(public)
    assert page.status_code == 200
    assert "Amara" not in page.get_data(as_text=True)
    assert client.get(f"{public}/picture").status_code == 200
    assert client.get(f"{public}/file/png").status_code == 200
    assert client.get(f"{public}/file/gif").status_code == 404
    assert amara.post("badge/visibility").status_code == 303
    assert client.get(public).status_code == 404


def test_a_link_that_was_never_given_says_the_same_as_a_hidden_badge(
    award: Award, client: FlaskClient
) -> None:
    hidden, never = (client.get(f"/badges/{name}") for name in (award.public_id, "never-given"))
    assert hidden.status_code == never.status_code == 404
    assert "credential.unknown" in page_text(hidden)
    assert "credential.unknown" in page_text(never)


def test_software_gets_the_credential_at_its_own_identifier(award: Award, client: FlaskClient) -> None:
    show(award)
    assert award.signed is not None
    path = urlsplit(award.signed["id"]).path
    got = client.get(path, headers={"Accept": "application/vc+ld+json"})
    assert json.loads(got.data) == award.signed


def test_the_profile_link_is_offered_only_for_a_shown_badge(award: Award, amara: Visitor) -> None:
    assert "linkedin.com" not in amara.get("badge/").get_data(as_text=True)
    show(award)
    html = amara.get("badge/").get_data(as_text=True).replace("&amp;", "&")
    link = html.partition('href="https://www.linkedin.com/')[2].partition('"')[0]
    fields = parse_qs(urlsplit(link).query)
    assert fields["name"] == ["Collaborative Leadership"]
    assert fields["certUrl"] == [f"http://localhost:8000/badges/{award.public_id}"]
    assert (fields["issueYear"], fields["issueMonth"]) == (["2026"], ["3"])


def test_the_page_speaks_spanish_from_the_program(award: Award, client: FlaskClient) -> None:
    show(award)
    words = page_text(client.get(f"/badges/{award.public_id}?lang=es"))
    assert "Liderazgo colaborativo" in words
    assert "Logrado" in words
    assert "Proficient" not in words


def test_issuers_publish_did_key_and_status(award: Award, client: FlaskClient) -> None:
    got = client.get("/issuers/valle-verde/did.json")
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    did = "did:web:localhost%3A8000:issuers:valle-verde"
    document = read_did_document(got.get_json(force=True), expected=did)
    assert award.signed is not None
    assert award.signed["proof"]["verificationMethod"] in document.assertion_methods
    assert award.jwt is not None
    kid = _header(award.jwt)["kid"]
    assert kid.startswith("https://localhost:8000/issuers/valle-verde/keys/")
    key = client.get(urlsplit(kid).path).get_json(force=True)
    assert (key["kid"], key["kty"], key["alg"]) == (kid, "RSA", "RS256")
    assert "d" not in key
    status = client.get("/issuers/valle-verde/status/1")
    assert status.headers["Cache-Control"] == "public, max-age=60"
    assert status.get_json(force=True)["id"] == award.signed["credentialStatus"][0]["statusListCredential"]


def _header(token: str) -> Any:

    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/nobody/did.json",
        "/issuers/valle-verde/keys/none",
        "/issuers/valle-verde/status/2",
        "/issuers/valle-verde/achievements/none",
        "/issuers/valle-verde/achievements/collaborative-leadership-13/image.gif",
    ],
)
def test_what_an_issuer_does_not_have(award: Award, client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "issuer.missing" in page_text(answer)


def test_the_achievements_own_page(award: Award, client: FlaskClient) -> None:
    path = "/issuers/valle-verde/achievements/collaborative-leadership-13"
    assert award.signed is not None
    assert urlsplit(award.signed["credentialSubject"]["achievement"]["id"]).path == path
    page = client.get(path)
    assert page.status_code == 200
    assert "PSEL-7" in page_text(page)
    assert "What is looked at" in page_text(page)
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg")):
        picture = client.get(f"{path}/image.{kind}")
        assert picture.data.startswith(start)
        assert picture.headers["Cache-Control"] == "public, max-age=300"


def test_a_badge_of_an_older_version_leads_to_what_it_stood_for(
    award: Award, client: FlaskClient, world: World
) -> None:
    """The identifier stays; what an older version asked for stays readable under it."""
    path = "/issuers/valle-verde/achievements/collaborative-leadership-13"
    shipped = load_shipped()[DEFAULT_PROGRAM]
    source = shipped.source.replace(f'version: "{shipped.version}"', 'version: "0.9.0"', 1)
    older = parse_program(source.replace("PSEL-7", "PSEL-9"), "older")
    assert (older.version, older.id) == ("0.9.0", shipped.id)
    assert "Other versions" not in client.get(path).text
    with transaction() as session:
        run = session.get_one(Offering, world.offering_id)
        run.program_source, run.program_digest = older.source, older.digest
        run.program_version = older.version
    newest, earlier = client.get(path), client.get(f"{path}?version=0.9.0")
    assert f"version {shipped.version}" in page_text(newest)
    assert ("PSEL-7" in newest.text, "PSEL-9" in newest.text) == (True, False)
    assert f"{path}?version=0.9.0" in newest.text
    assert ("PSEL-7" in earlier.text, "PSEL-9" in earlier.text) == (False, True)
    assert client.get(f"{path}/image.svg?version=0.9.0").status_code == 200
    for unknown in ("0.8.0", "", "0.9.0 "):
        answer = client.get(f"{path}?version={unknown}")
        assert answer.status_code == (404 if unknown else 200)
    show(award)
    assert f"{path}?version=0.9.0" in client.get(f"/badges/{award.public_id}").text


def test_a_director_revokes_with_a_reason(award: Award, director: Visitor, amara: Visitor) -> None:
    listing = director.get("awards/")
    assert "Amara Okafor" in page_text(listing)
    assert "Issued" in page_text(listing)
    path = f"awards/{award.id}/revoke"
    form = page_text(director.get(path))
    assert "It cannot be undone" in form
    empty = director.post(path, {"reason": "  "})
    assert empty.status_code == 422
    assert reload(award).state == "issued"
    assert director.post(path, {"reason": "Issued by mistake."}).status_code == 303
    assert "Revoked on March 12, 2026" in page_text(amara.get("badge/"))
    assert "Issued by mistake." in page_text(amara.get("badge/"))
    assert "Revoked on" in page_text(director.get("awards/"))
    again = director.post(path, {"reason": "Once more."})
    assert again.status_code == 409
    assert "credential.already-revoked" in page_text(again)
    assert director.get(path).status_code == 409


def test_the_director_sees_what_is_prepared_or_held_back(
    app: Flask, world: World, clock: MovableClock, director: Visitor
) -> None:
    assert "No badge yet" in page_text(director.get("awards/"))
    scope = finish(world, world.amara, clock)
    confirm(scope, world.amara, clock)
    award = reserve(app, scope, clock)
    assert "Being prepared" in page_text(director.get("awards/"))
    assert director.get(f"awards/{award.id}/revoke").status_code == 404
    with transaction() as session:
        session.get_one(Award, award.id).error = "signature"
    assert "A badge is held back" in page_text(director.get("awards/"))


def test_people_of_other_places_see_nothing_of_it(
    award: Award, world: World, visit_as: VisitAs, client: FlaskClient
) -> None:
    ben, stranger = visit_as(world.ben, "participant"), visit_as(world.stranger, "participant")
    for visitor in (ben, stranger):
        assert "missing" in page_text(visitor.get("badge/"))
        assert visitor.get("badge/file/json").status_code == 404
        assert visitor.get("badge/picture").status_code == 404
        assert visitor.post("badge/visibility", {"is_public": "yes"}).status_code == 404
    elsewhere = visit_as(world.stranger_coach, "director")
    assert "Amara" not in page_text(elsewhere.get("awards/"))
    assert elsewhere.get(f"awards/{award.id}/revoke").status_code == 404
    assert elsewhere.post(f"awards/{award.id}/revoke", {"reason": "x"}).status_code == 404
    coach = visit_as(world.coach, "coach")
    assert coach.get("awards/").status_code == 403
    assert coach.get("badge/").status_code == 403
    assert reload(award).is_public is False
    assert reload(award).state == "issued"


def test_an_award_that_is_not_there(director: Visitor) -> None:
    answer = director.get(f"awards/{uuid.uuid4()}/revoke")
    assert answer.status_code == 404
    assert "credential.unknown" in page_text(answer)


def test_a_failed_self_check_is_told_plainly(
    world: World, clock: MovableClock, amara: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(world, world.amara, clock)

    def refuse(*_args: Any, **_named: Any) -> None:
        raise awarding.SelfCheckFailed("signature")

    monkeypatch.setattr(awarding, "check_signed", refuse)
    sent = amara.post("badge/confirm", {"full_name": "Amara Okafor"})
    assert sent.status_code == 500
    assert "credential.self-check-failed" in page_text(sent)
    assert "Traceback" not in sent.get_data(as_text=True)
    assert "second check did not accept it" in page_text(amara.get("badge/"))
