"""The door of the notification service: a tool says where its notices should go, and reads what it said."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.bodies import json_object
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.notices import check_desk, handlers, say_hello, set_handler
from ltitool.sandbox.runtime import Platform, current_platform
from ltitool.sandbox.tokens import require_scope

notice_doors = Blueprint("notice_doors", __name__, url_prefix="/api/notice-handlers")


@notice_doors.put("/<deployment_id>")
def put_handler(deployment_id: str) -> ResponseReturnValue:
    platform = _opened(deployment_id)
    body = json_object(request, "application/json")
    with platform.store.writing() as connection:
        before = handlers(connection, deployment_id)
        kind = set_handler(connection, platform, body)
        after = handlers(connection, deployment_id)
    if kind == words.HELLO_NOTICE and after != before:
        say_hello(platform)
    return jsonify(notice_type=kind, handler=after.get(kind, ""))


@notice_doors.get("/<deployment_id>")
def list_handlers(deployment_id: str) -> ResponseReturnValue:
    platform = _opened(deployment_id)
    with platform.store.reading() as connection:
        known = handlers(connection, deployment_id)
    kinds = platform.config.manners.notice_types
    return jsonify(
        client_id=platform.config.tool.client_id,
        deployment_id=deployment_id,
        notice_handlers=[{"notice_type": kind, "handler": known.get(kind, "")} for kind in kinds],
    )


@notice_doors.errorhandler(ServiceRefusal)
def refused(refusal: ServiceRefusal) -> ResponseReturnValue:
    return jsonify(error=refusal.code, error_description=refusal.detail), refusal.status


def _opened(deployment_id: str) -> Platform:
    platform = current_platform()
    require_scope(platform, request.headers.get("Authorization"), (words.SCOPE_NOTICES,))
    check_desk(platform, deployment_id)
    return platform
