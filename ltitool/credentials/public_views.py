"""What anybody may fetch: badges that are shown, issuers, their keys, status lists and achievements."""

import json
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ltitool.credentials.did_documents import issuer_did_document, issuer_key
from ltitool.credentials.errors import IssuerMissing
from ltitool.credentials.files import badge_file
from ltitool.credentials.issuers import IssuerAddresses, issuer_by_slug
from ltitool.credentials.models import Issuer
from ltitool.credentials.pictures import achievement_picture
from ltitool.credentials.reading import badge_view, shown_award
from ltitool.credentials.status_lists import published_list, signed_list
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.programs import Program, load_shipped
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.languages import current_language

pages = guarded_blueprint("badges", __name__, guard=Guard.PUBLIC)

CACHED = "public, max-age=300"
JSON_TYPES = ["text/html", "application/vc+ld+json", "application/json", "application/ld+json"]


@pages.get("/badges/<public_id>")
def shown(public_id: str) -> ResponseReturnValue:
    award = shown_award(read_session(), public_id)
    if request.accept_mimetypes.best_match(JSON_TYPES, "text/html") != "text/html":
        return badge_file(award, "json")
    return render_template("credentials/shown.html", award=award, badge=badge_view(read_session(), award))


@pages.get("/badges/<public_id>/<kind>")
def shown_file(public_id: str, kind: str) -> Response:
    return badge_file(shown_award(read_session(), public_id), kind)


@pages.get("/issuers/<slug>/did.json")
def did(slug: str) -> Response:
    issuer = issuer_by_slug(read_session(), slug)
    document = issuer_did_document(issuer, _addresses(issuer), services().keys)
    return _json(document, "application/did+ld+json")


@pages.get("/issuers/<slug>/keys/<thumbprint>")
def key(slug: str, thumbprint: str) -> Response:
    issuer = issuer_by_slug(read_session(), slug)
    found = issuer_key(issuer, _addresses(issuer), services().keys, thumbprint)
    if found is None:
        raise IssuerMissing(f"key {thumbprint} of {slug}")
    return _json(found, "application/jwk+json")


@pages.get("/issuers/<slug>/status/<int:number>")
def status_list(slug: str, number: int) -> Response:
    found = services()
    issuer = issuer_by_slug(read_session(), slug)
    document = published_list(read_session(), issuer, number)
    if document is None:
        document = _sign_list(issuer, number)
    response = _json(document, "application/vc+ld+json")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.last_modified = found.clock()
    return response


@pages.get("/issuers/<slug>/achievements/<program_id>")
def achievement(slug: str, program_id: str) -> ResponseReturnValue:
    issuer, program = _achievement(read_session(), slug, program_id)
    return render_template(
        "credentials/achievement.html", issuer=issuer, program=program, language=current_language()
    )


@pages.get("/issuers/<slug>/achievements/<program_id>/image.<kind>")
def achievement_image(slug: str, program_id: str, kind: str) -> Response:
    issuer, program = _achievement(read_session(), slug, program_id)
    picture = achievement_picture(program.badge.name.in_("en"), issuer.name, len(program.steps))
    forms = {"svg": (picture.svg.encode(), "image/svg+xml"), "png": (picture.png, "image/png")}
    if kind not in forms:
        raise IssuerMissing(f"image.{kind}")
    body, media_type = forms[kind]
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = CACHED
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def _sign_list(issuer: Issuer, number: int) -> dict[str, Any]:
    found = services()
    with transaction() as session:
        return signed_list(
            session,
            issuer,
            number,
            keys=found.keys,
            public_url=found.settings.public_url,
            at=found.clock(),
        )


def _achievement(session: Session, slug: str, program_id: str) -> tuple[Issuer, Program]:
    program = load_shipped().get(program_id)
    if program is None:
        raise IssuerMissing(f"achievement {program_id} of {slug}")
    return issuer_by_slug(session, slug), program


def _addresses(issuer: Issuer) -> IssuerAddresses:
    return IssuerAddresses(services().settings.public_url, issuer.slug)


def _json(document: dict[str, Any] | dict[str, str], media_type: str) -> Response:
    response = Response(json.dumps(document, ensure_ascii=False, indent=2), content_type=media_type)
    response.headers["Cache-Control"] = CACHED
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
