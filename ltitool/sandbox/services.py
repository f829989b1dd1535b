"""The doors of the services: line items, scores, results, memberships. Each view checks its token first."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, Response, json, request
from flask.typing import ResponseReturnValue

from ltitool.sandbox import lineitems, roster, scores
from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.bodies import json_object, require_accept, single_fields
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.paging import asked_page, link_header
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.tokens import require_scope

if TYPE_CHECKING:
    from ltitool.sandbox.runtime import Platform

services = Blueprint("services", __name__, url_prefix="/api/courses/<course_id>")

_READ_LINE_ITEMS = (words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ)


@services.get("/lineitems")
def list_line_items(course_id: str) -> ResponseReturnValue:
    platform = _opened(*_READ_LINE_ITEMS)
    require_accept(request, words.LINE_ITEMS_TYPE)
    fields = _query()
    page = asked_page(fields, platform.config.manners.page_size)
    with platform.store.reading() as connection:
        roster.require_linked_course(connection, course_id)
        found = lineitems.list_line_items(connection, course_id, fields, page)
    body = [lineitems.line_item_json(item, platform.endpoints) for item in found[: page.limit]]
    links = link_header(platform.endpoints.line_items(course_id), fields, page, len(found))
    return _written(body, words.LINE_ITEMS_TYPE, links=links)


@services.post("/lineitems")
def create_line_item(course_id: str) -> ResponseReturnValue:
    platform = _opened(words.SCOPE_LINE_ITEM)
    body = json_object(request, words.LINE_ITEM_TYPE)
    item = lineitems.parse_line_item(body, course_id, f"li-{secrets.token_hex(8)}")
    with platform.store.writing() as connection:
        roster.require_linked_course(connection, course_id)
        lineitems.create_line_item(connection, item)
    return _written(lineitems.line_item_json(item, platform.endpoints), words.LINE_ITEM_TYPE, status=201)


@services.get("/lineitems/<line_item_id>")
def get_line_item(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = _opened(*_READ_LINE_ITEMS)
    require_accept(request, words.LINE_ITEM_TYPE)
    with platform.store.reading() as connection:
        item = lineitems.find_line_item(connection, course_id, line_item_id)
    return _written(lineitems.line_item_json(item, platform.endpoints), words.LINE_ITEM_TYPE)


@services.put("/lineitems/<line_item_id>")
def change_line_item(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = _opened(words.SCOPE_LINE_ITEM)
    wanted = lineitems.parse_line_item(json_object(request, words.LINE_ITEM_TYPE), course_id, line_item_id)
    with platform.store.writing() as connection:
        item = lineitems.change_line_item(connection, wanted)
    return _written(lineitems.line_item_json(item, platform.endpoints), words.LINE_ITEM_TYPE)


@services.delete("/lineitems/<line_item_id>")
def delete_line_item(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = _opened(words.SCOPE_LINE_ITEM)
    with platform.store.writing() as connection:
        lineitems.delete_line_item(connection, course_id, line_item_id)
    return "", 204


@services.post("/lineitems/<line_item_id>/scores")
def post_score(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = _opened(words.SCOPE_SCORE)
    score = scores.parse_score(json_object(request, words.SCORE_TYPE), platform.now())
    with platform.store.writing() as connection:
        item = lineitems.find_line_item(connection, course_id, line_item_id)
        scores.record_score(connection, item, score, platform.now())
    return Response(status=200)


@services.get("/lineitems/<line_item_id>/results")
def list_results(course_id: str, line_item_id: str) -> ResponseReturnValue:
    platform = _opened(words.SCOPE_RESULT_READ)
    require_accept(request, words.RESULTS_TYPE)
    fields = _query()
    page = asked_page(fields, platform.config.manners.page_size)
    with platform.store.reading() as connection:
        item = lineitems.find_line_item(connection, course_id, line_item_id)
        found = scores.list_scores(connection, item, fields.get("user_id"), page)
    body = [scores.result_json(score, item, platform.endpoints) for score in found[: page.limit]]
    links = link_header(platform.endpoints.results(course_id, line_item_id), fields, page, len(found))
    return _written(body, words.RESULTS_TYPE, links=links)


@services.get("/memberships")
def list_members(course_id: str) -> ResponseReturnValue:
    platform = _opened(words.SCOPE_ROSTER)
    require_accept(request, words.ROSTER_TYPE)
    fields = _query()
    page = asked_page(fields, platform.config.manners.page_size)
    with platform.store.reading() as connection:
        course = roster.require_linked_course(connection, course_id)
        activity = roster.linked_activity(connection, course_id, fields.get("rlid"))
        found = roster.list_members(connection, course_id, fields.get("role"), page)
    body = {
        "id": platform.endpoints.memberships(course_id),
        "context": {"id": course.id, "label": course.label, "title": course.title},
        "members": [
            roster.member_json(one, activity, platform.config.manners) for one in found[: page.limit]
        ],
    }
    links = link_header(platform.endpoints.memberships(course_id), fields, page, len(found))
    return _written(body, words.ROSTER_TYPE, links=links)


@services.errorhandler(ServiceRefusal)
def refused(refusal: ServiceRefusal) -> ResponseReturnValue:
    answer = _written({"error": refusal.code, "detail": refusal.detail}, "application/json", refusal.status)
    if refusal.status == 401:  # noqa: PLR2004 - the one status that needs a challenge (RFC 6750)
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _opened(*accepted: str) -> Platform:
    platform = current_platform()
    require_scope(platform, request.headers.get("Authorization"), accepted)
    return platform


def _query() -> dict[str, str]:
    fields = single_fields(request.args)
    if fields is None:
        raise ServiceRefusal(400, "doubled_parameter", "a query parameter stands there twice")
    return fields


def _written(
    body: object, media_type: str, status: int = 200, *, links: dict[str, str] | None = None
) -> Response:
    return Response(json.dumps(body), status=status, content_type=media_type, headers=links or {})
