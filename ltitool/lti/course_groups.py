"""Which groups a course has, and who is in them (P22): by the groups service, or by what a launch says.

The service names groups and the sets that they belong to; where a course offers it, its roster tells each
person's groups. Moodle and Canvas have no such service: they fill a custom field of the launch with the ids
of the person's groups, with commas between, and name none of them.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.lti import vocabulary as words
from ltitool.lti.claimchecks import MAX_ID
from ltitool.lti.models import Context, CourseGroup
from ltitool.lti.platform_client import Call, PlatformClient, read_answer
from ltitool.lti.service_errors import ServiceAnswerUnreadable, ServiceEndless
from ltitool.lti.service_pages import read_pages
from ltitool.lti.toolconfig import GROUP_FIELDS

MAX_GROUPS = 50  # of one person
MAX_LISTED = 2_000  # of one course
MAX_NAME = 400


@dataclass(frozen=True)
class NamedGroup:
    """A group of a course as its LMS lists it."""

    lms_id: str
    name: str
    set_name: str


def groups_in(custom: Mapping[str, str]) -> list[str] | None:
    """Give the groups that the custom fields of a launch name, each once; None where it has no such field.

    A field that is there and empty says that the person is in none.
    """
    fields = [custom[name] for name in GROUP_FIELDS if name in custom]
    said = [part.strip() for field in fields for part in field.split(",")]
    found = list(dict.fromkeys(one for one in said if 0 < len(one) <= MAX_ID))[:MAX_GROUPS]
    return found if fields else None


def groups_of_member(listed: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Give the groups that a roster says somebody is in; None where it says nothing that can be read.

    Groups are a hint for placing people: an odd one is worth nobody's place.
    """
    enrolments = listed.get("group_enrollments")
    if not isinstance(enrolments, list):
        return None
    try:
        return tuple(dict.fromkeys(_id(one, "group_id") for one in enrolments))[:MAX_GROUPS]
    except ServiceAnswerUnreadable:
        return None


def read_groups(client: PlatformClient, groups_url: str, sets_url: str | None) -> list[NamedGroup]:
    """Read a course's groups and the names of their sets, page by page.

    Raises:
        ServiceEndless: the pages go in a circle, or there are more groups than in any course.
        ServiceAddressForeign: a page lies at another origin than the first.
        ServiceAnswerUnreadable: an answer is no list of groups.
    """
    sets = {} if sets_url is None else {_id(one): _name(one) for one in _listed(client, sets_url, "sets")}
    return [
        NamedGroup(_id(one), _name(one), sets.get(str(one.get("set_id")), ""))
        for one in _listed(client, groups_url, "groups")
    ]


def keep_groups(
    session: Session, context: Context, named: Sequence[NamedGroup], *, new_id: Callable[[], uuid.UUID]
) -> None:
    """Take a course's groups over: new ones, new names, and those that are gone."""
    rows = session.scalars(select(CourseGroup).where(CourseGroup.context_id == context.id))
    kept = {row.lms_id: row for row in rows}
    for lms_id, group in {one.lms_id: one for one in named}.items():
        row = kept.pop(lms_id, None)
        if row is None:
            row = CourseGroup(id=new_id(), organisation_id=context.organisation_id, context_id=context.id)
            row.lms_id = lms_id
            session.add(row)
        row.name, row.set_name = group.name, group.set_name
    for gone in kept.values():
        session.delete(gone)


def _listed(client: PlatformClient, url: str, field: str) -> Iterator[Mapping[str, Any]]:
    call, count = Call("GET", url, (words.SCOPE_GROUPS,), accept=words.GROUPS_TYPE), 0
    for answer in read_pages(client, call):
        body = read_answer(answer)
        listed = body.get(field) if isinstance(body, dict) else None
        if not isinstance(listed, list):
            raise ServiceAnswerUnreadable(f"no list of {field}")
        count += len(listed)
        if count > MAX_LISTED:
            raise ServiceEndless(f"more than {MAX_LISTED} {field}")
        yield from listed


def _id(listed: object, field: str = "id") -> str:
    value = listed.get(field) if isinstance(listed, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID:
        raise ServiceAnswerUnreadable(f"a group without {field}")
    return value


def _name(listed: Mapping[str, Any]) -> str:
    name = listed.get("name")
    return name[:MAX_NAME] if isinstance(name, str) else ""
