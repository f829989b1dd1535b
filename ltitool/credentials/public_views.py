"""What anybody may fetch: badges that are shown, issuers, their keys, status lists and achievements."""

import json

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from badges.instants import read_instant
from ltitool.credentials.achievements import find_achievement
from ltitool.credentials.errors import IssuerMissing
from ltitool.credentials.files import SANDBOX, badge_file, badge_picture
from ltitool.credentials.pictures import achievement_picture
from ltitool.credentials.published import Document, did_of, key_of, status_list_of
from ltitool.credentials.reading import badge_view, shown_award
from ltitool.foundation.db import read_session
from ltitool.foundation.services import services
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.languages import current_language

pages = guarded_blueprint("badges", __name__, guard=Guard.PUBLIC)

CACHED = "public, max-age=300"
CACHED_BRIEFLY = "public, max-age=60"  # a revocation must not hide behind a cache
CREDENTIAL = "application/vc+ld+json"
JSON_TYPES = ["text/html", CREDENTIAL, "application/json", "application/ld+json"]


@pages.get("/badges/<public_id>")
def shown(public_id: str) -> ResponseReturnValue:
    award = shown_award(read_session(), public_id)
    if request.accept_mimetypes.best_match(JSON_TYPES, "text/html") != "text/html":
        return badge_file(award, "json")
    badge = badge_view(read_session(), award, current_language())
    return render_template("credentials/shown.html", award=award, badge=badge)


@pages.get("/badges/<public_id>/picture")
def picture(public_id: str) -> Response:
    return badge_picture(shown_award(read_session(), public_id))


@pages.get("/badges/<public_id>/file/<kind>")
def shown_file(public_id: str, kind: str) -> Response:
    return badge_file(shown_award(read_session(), public_id), kind)


@pages.get("/issuers/<slug>/did.json")
def did(slug: str) -> Response:
    return _json(did_of(slug, services()), "application/did+ld+json")


@pages.get("/issuers/<slug>/keys/<thumbprint>")
def key(slug: str, thumbprint: str) -> Response:
    return _json(key_of(slug, thumbprint, services()), "application/jwk+json")


@pages.get("/issuers/<slug>/status/<int:number>")
def status_list(slug: str, number: int) -> Response:
    document = status_list_of(slug, number, services())
    response = _json(document, CREDENTIAL)
    response.headers["Cache-Control"] = CACHED_BRIEFLY
    response.last_modified = read_instant(document["validFrom"])
    return response


@pages.get("/issuers/<slug>/achievements/<program_id>")
def achievement(slug: str, program_id: str) -> ResponseReturnValue:
    """Show what a badge stands for, in the version that `?version=` names, or the newest."""
    shown = find_achievement(read_session(), slug, program_id, request.args.get("version"))
    return render_template("credentials/achievement.html", shown=shown, language=current_language())


@pages.get("/issuers/<slug>/achievements/<program_id>/image.<kind>")
def achievement_image(slug: str, program_id: str, kind: str) -> Response:
    shown = find_achievement(read_session(), slug, program_id, request.args.get("version"))
    program = shown.program
    drawn = achievement_picture(program.badge.name.in_("en"), shown.issuer.name, len(program.steps))
    forms = {"svg": (drawn.svg.encode(), "image/svg+xml"), "png": (drawn.png, "image/png")}
    if kind not in forms:
        raise IssuerMissing(f"image.{kind}")
    body, media_type = forms[kind]
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = CACHED
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _json(document: Document, media_type: str) -> Response:
    response = Response(json.dumps(document, ensure_ascii=False, indent=2), content_type=media_type)
    response.headers["Cache-Control"] = CACHED
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
