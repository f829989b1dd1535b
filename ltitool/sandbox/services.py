"""The doors of the services: line items, scores, results, memberships. Each view checks its token first."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, Response, json, render_template, request
from flask.typing import ResponseReturnValue

from ltitool.sandbox import lineitems, roster, scores
from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.bodies import json_object, require_accept, single_fields
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.events import STORED, note_event
from ltitool.sandbox.paging import asked_page, in_curly_quotes, link_header
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.tokens import require_scope
from ltitool.sandbox.tricks import play_trick

if TYPE_CHECKING:
    from ltitool.sandbox.runtime import Platform

services = Blueprint("services", __name__, url_prefix="/api/courses/<course_id>")
services.after_request(play_trick)

# Tools read these words, since the status alone does not tell them what is wrong.
_MOODLES_WORDS = {"not_a_learner": "Incorrect score received"}
_READ_LINE_ITEMS = (words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ)


@services.get("/lineitems")
def list_line_items(course_id: str) -> ResponseReturnValue:
    platform = opened(*_READ_LINE_ITEMS)
    require_accept(request, words.LINE_ITEMS_TYPE)
    fields = query_fields()
    page = asked_page(fields, platform.config.manners)
    with platform.store.reading() as connection:
        roster.require_linked_course(connection, course_id)
        found = lineitems.list_line_items(connection, course_id, fields, page)
    body = [lineitems.line_item_json(item, platform.endpoints) for item in found[: page.limit]]
    links = link_header(platform.endpoints.line_items(course_id), fields, page, len(found))
    links = in_curly_quotes(links) if platform.config.manners.curly_links else links
    return written(body, words.LINE_ITEMS_TYPE, links=links)


@services.post("/lineitems")
def create_line_item(course_id: str) -> ResponseReturnValue:
    platform = opened(words.SCOPE_LINE_ITEM)
    body = json_object(request, words.LINE_ITEM_TYPE)
    item = lineitems.parse_line_item(body, course_id, f"li-{secrets.token_hex(8)}")
    with platform.store.writing() as connection:
        roster.require_linked_course(connection, course_id)
        lineitems.create_line_item(connection, item)
    return written(lineitems.line_item_json(item, platform.endpoints), words.LINE_ITEM_TYPE, status=201)


@services.get("/lineitems/<line_item_id>")
def get_line_item(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = opened(*_READ_LINE_ITEMS)
    require_accept(request, words.LINE_ITEM_TYPE)
    with platform.store.reading() as connection:
        item = lineitems.find_line_item(connection, course_id, line_item_id)
    return written(lineitems.line_item_json(item, platform.endpoints), words.LINE_ITEM_TYPE)


@services.put("/lineitems/<line_item_id>")
def change_line_item(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = opened(words.SCOPE_LINE_ITEM)
    wanted = lineitems.parse_line_item(json_object(request, words.LINE_ITEM_TYPE), course_id, line_item_id)
    with platform.store.writing() as connection:
        item = lineitems.change_line_item(connection, wanted)
    return written(lineitems.line_item_json(item, platform.endpoints), words.LINE_ITEM_TYPE)


@services.delete("/lineitems/<line_item_id>")
def delete_line_item(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = opened(words.SCOPE_LINE_ITEM)
    with platform.store.writing() as connection:
        lineitems.delete_line_item(connection, course_id, line_item_id, platform.config.manners)
    return "", 204


@services.post("/lineitems/<line_item_id>/scores")
def post_score(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = opened(words.SCOPE_SCORE)
    score = scores.parse_score(
        json_object(request, words.SCORE_TYPE), platform.now(), platform.config.manners
    )
    take_score(platform, course_id, line_item_id, score)
    if platform.config.manners.makes_attempts:  # only Canvas says where the result is
        url = platform.endpoints.result(course_id, line_item_id, score.sub)
        return written({"resultUrl": url}, words.SCORE_TYPE)
    return Response(status=200)


def take_score(platform: Platform, course_id: str, line_item_id: str, score: scores.Score) -> None:
    """Store a score, or refuse it; either way it is kept as an event."""
    now, manners = platform.now(), platform.config.manners
    with platform.store.reading() as connection:
        item = lineitems.find_line_item(connection, course_id, line_item_id)
    try:
        with platform.store.writing() as connection:
            attempt = scores.record_score(connection, item, score, now, manners)
            note_event(connection, item, score, now, STORED, attempt=attempt)
    except ServiceRefusal as refusal:
        with platform.store.writing() as connection:
            note_event(connection, item, score, now, refusal.code, attempt=False)
        raise


@services.get("/lineitems/<line_item_id>/results")
def list_results(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = opened(words.SCOPE_RESULT_READ)
    require_accept(request, words.RESULTS_TYPE)
    fields = query_fields()
    if platform.config.manners.results_limit_breaks and "limit" in fields:
        return render_template("problem.html", status=404, code="limit", detail=""), 404
    page = asked_page(fields, platform.config.manners)
    with platform.store.reading() as connection:
        item = lineitems.find_line_item(connection, course_id, line_item_id)
        found = scores.list_scores(connection, item, fields.get("user_id"), page)
    body = [scores.result_json(score, item, platform.endpoints) for score in found[: page.limit]]
    links = link_header(platform.endpoints.results(course_id, line_item_id), fields, page, len(found))
    return written(body, words.RESULTS_TYPE, links=links)


@services.get("/memberships")
def list_members(course_id: str) -> ResponseReturnValue:
    platform = opened(words.SCOPE_ROSTER)
    require_accept(request, words.ROSTER_TYPE)
    fields = query_fields()
    page = asked_page(fields, platform.config.manners)
    with platform.store.reading() as connection:
        course = roster.require_linked_course(connection, course_id)
        found = roster.list_members(connection, course_id, fields.get("role"), page)
        writer = roster.member_writer(connection, course_id, fields, platform.config.manners)
        members = [writer.write(one) for one in found[: page.limit]]
    url = platform.endpoints.memberships(course_id)
    body = {
        "id": url,
        "context": {"id": course.id, "label": course.label, "title": course.title},
        "members": members,
    }
    kept = {name: value for name, value in fields.items() if name != "role" or not _drops_role(platform)}
    return written(body, words.ROSTER_TYPE, links=link_header(url, kept, page, len(found)))


def _drops_role(platform: Platform) -> bool:
    return platform.config.manners.next_link_drops_role


@services.errorhandler(ServiceRefusal)
def refused(refusal: ServiceRefusal) -> ResponseReturnValue:
    """Write a refusal: in the body, or as Moodle does in the reason phrase alone."""
    manners = current_platform().config.manners
    status = refusal.status
    if manners.wrong_types_get_400 and refusal.code in {"wrong_content_type", "not_acceptable"}:
        status = 400
    if manners.reason_errors:
        reason = _MOODLES_WORDS.get(refusal.code, refusal.detail)
        answer = Response("[]", f"{status} {reason}", content_type="application/json")
    else:
        answer = written({"error": refusal.code, "detail": refusal.detail}, "application/json", status)
    if status == 401:  # noqa: PLR2004 - the one status that needs a challenge (RFC 6750)
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def opened(*accepted: str, accept: str = "") -> Platform:
    """Give the platform to a request whose token has one of the scopes."""
    platform = current_platform()
    require_scope(platform, request.headers.get("Authorization"), accepted)
    if accept:
        require_accept(request, accept)
    return platform


def query_fields() -> dict[str, str]:
    """Give the query's parameters, each of which may stand there once."""
    fields = single_fields(request.args)
    if fields is None:
        raise ServiceRefusal(400, "doubled_parameter", "a query parameter stands there twice")
    return fields


def written(
    body: object, media_type: str, status: int = 200, *, links: dict[str, str] | None = None
) -> Response:
    """Write a JSON answer of a media type."""
    return Response(json.dumps(body), status=status, content_type=media_type, headers=links or {})
