"""The doors of the groups service, on platforms that offer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from ltitool.sandbox import groups, roster
from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.paging import asked_page, link_header
from ltitool.sandbox.services import opened, query_fields, refused, written
from ltitool.sandbox.tricks import play_trick

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from ltitool.sandbox.runtime import Platform

group_services = Blueprint("group_services", __name__, url_prefix="/api/courses/<course_id>")
group_services.register_error_handler(ServiceRefusal, refused)
group_services.after_request(play_trick)


@group_services.get("/groups")
def list_groups(course_id: str) -> ResponseReturnValue:
    platform = _offering()
    fields = query_fields()
    page = asked_page(fields, platform.config.manners)
    with platform.store.reading() as connection:
        roster.require_linked_course(connection, course_id)
        found = groups.list_groups(connection, course_id, fields.get("user_id"), page)
    url = platform.endpoints.groups(course_id)
    links = link_header(url, fields, page, len(found))
    return written({"id": url, "groups": found[: page.limit]}, words.GROUPS_TYPE, links=links)


@group_services.get("/group-sets")
def list_sets(course_id: str) -> ResponseReturnValue:
    platform = _offering()
    fields = query_fields()
    page = asked_page(fields, platform.config.manners)
    with platform.store.reading() as connection:
        roster.require_linked_course(connection, course_id)
        found = groups.list_sets(connection, course_id, page)
    url = platform.endpoints.group_sets(course_id)
    links = link_header(url, fields, page, len(found))
    return written({"id": url, "sets": found[: page.limit]}, words.GROUPS_TYPE, links=links)


def _offering() -> Platform:
    platform = opened(words.SCOPE_GROUPS, accept=words.GROUPS_TYPE)
    if not platform.config.manners.offers_groups:
        raise ServiceRefusal(404, "no_groups", "this platform offers no groups")
    return platform
