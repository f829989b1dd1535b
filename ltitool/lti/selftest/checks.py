"""The checks, each one function from the bench to a finding. None of them changes anything in the LMS."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ltitool.errors import ToolError
from ltitool.lti import vocabulary as words
from ltitool.lti.platform_client import Call, read_answer
from ltitool.lti.platform_keys import MAX_SET_BYTES, read_key_set
from ltitool.lti.roles import LtiRole
from ltitool.lti.scope_features import service_of
from ltitool.lti.selftest.bench import Bench, Course
from ltitool.lti.selftest.findings import Finding, Outcome, Value, failed, passed, unchecked
from ltitool.lti.service_errors import ScopesRefused, ServiceAnswerUnreadable
from ltitool.lti.toolconfig import SCOPES

Check = Callable[[Bench], Finding]
TOLERATED = 30  # seconds: tokens live for a minute
ENOUGH_PEOPLE = 5
COLUMN_SCOPES = (words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ)


def check_status(bench: Bench) -> Finding:
    """Whether people may come in from there."""
    if bench.platform.status != "active":
        return failed("status", f"platform-{bench.platform.status}")
    waiting, known = bench.deployments.get("pending", 0), sum(bench.deployments.values())
    if not bench.deployments.get("active"):
        if known:
            return failed("status", "no-active-deployment", waiting=waiting)
        return unchecked("status", "no-deployment")
    if waiting:
        return failed("status", "deployments-wait", waiting=waiting)
    return passed("status", count=bench.deployments["active"])


def check_keys(bench: Bench) -> Finding:
    """Whether the LMS's key set can be read, and holds a key that can verify a launch."""
    url = bench.platform.jwks_url
    try:
        answer = bench.http.request(
            "GET", url, headers={"Accept": "application/json"}, max_bytes=MAX_SET_BYTES
        )
        if not answer.ok:
            return failed("keys", "status", status=answer.status, url=url)
        return passed("keys", count=len(read_key_set(answer.body)))
    except ToolError as error:
        return failed("keys", error.code, url=url)


def check_clock(bench: Bench) -> Finding:
    """Whether the LMS's clock agrees with ours, by the dates of its answers until now."""
    if not bench.http.skews:
        return unchecked("clock", "no-date")
    skew = min((round(one) for one in bench.http.skews), key=abs)
    if abs(skew) <= TOLERATED:
        return passed("clock", seconds=abs(skew))
    return failed("clock", "ahead" if skew > 0 else "behind", seconds=abs(skew))


def check_token(scope: str, bench: Bench) -> Finding:
    """Whether the LMS gives a token for one scope."""
    try:
        bench.tokens.ask(bench.platform, (scope,))
    except ScopesRefused as error:
        if service_of(scope).optional:
            return Finding("token", Outcome.UNCHECKED, "not-offered", scope)
        return Finding("token", Outcome.FAILED, error.code, scope)
    except ToolError as error:
        return Finding("token", Outcome.FAILED, error.code, scope)
    return Finding("token", Outcome.PASSED, "ok", scope)


def check_columns(bench: Bench) -> Finding:
    """Whether the gradebook's columns of a course can be read."""
    course = _first(
        one for one in bench.courses if one.lineitems_url and set(COLUMN_SCOPES) & set(one.scopes)
    )
    if course is None:
        return unchecked("columns", "no-course")
    scopes = tuple(scope for scope in COLUMN_SCOPES if scope in course.scopes)
    call = Call("GET", str(course.lineitems_url), scopes, accept=words.LINE_ITEMS_TYPE)
    try:
        listed = read_answer(bench.client.send(call))
    except ToolError as error:
        return failed("columns", error.code, course=course.title)
    if not isinstance(listed, list):
        return failed("columns", ServiceAnswerUnreadable.code, course=course.title)
    return passed("columns", count=len(listed), course=course.title)


def check_roster(bench: Bench) -> Finding:
    """Whether the first page of a course's list of people can be read."""
    course = _first(one for one in bench.courses if one.memberships_url)
    if course is None:
        return unchecked("roster", "no-course")
    call = Call("GET", str(course.memberships_url), (words.SCOPE_ROSTER,), accept=words.ROSTER_TYPE)
    try:
        body = read_answer(bench.client.send(call))
    except ToolError as error:
        return failed("roster", error.code, course=course.title)
    members = body.get("members") if isinstance(body, dict) else None
    if not isinstance(members, list):
        return failed("roster", ServiceAnswerUnreadable.code, course=course.title)
    said: dict[str, Value] = {"count": len(members), "course": course.title}
    return failed("roster", "no-names", **said) if _nameless(members) else passed("roster", **said)


def check_cookies(bench: Bench) -> Finding:
    """Whether browsers keep our cookie inside the LMS."""
    kept, in_path = bench.visits.by_cookie, bench.visits.in_path
    if not kept + in_path:
        return unchecked("cookies", "nobody")
    values: dict[str, Value] = {"kept": kept, "all": kept + in_path}
    return failed("cookies", "mostly-refused", **values) if in_path > kept else passed("cookies", **values)


def check_roles(bench: Bench) -> Finding:
    """Whether the LMS says who teaches."""
    learners = bench.roles.get(LtiRole.LEARNER, 0)
    teachers = bench.roles.get(LtiRole.INSTRUCTOR, 0) + bench.roles.get(LtiRole.ADMINISTRATOR, 0)
    if teachers:
        return passed("roles", learners=learners, teachers=teachers)
    if learners < ENOUGH_PEOPLE:
        return unchecked("roles", "too-few", learners=learners)
    return failed("roles", "no-teacher", learners=learners)


CHECKS: tuple[Check, ...] = (
    check_status,
    check_keys,
    *(partial(check_token, scope) for scope in SCOPES),
    check_clock,  # after others that have brought dates
    check_columns,
    check_roster,
    check_cookies,
    check_roles,
)


def _nameless(members: Sequence[object]) -> bool:
    """Say whether people are listed, and none with a name."""
    named = [one for one in members if isinstance(one, dict) and (one.get("name") or one.get("family_name"))]
    return bool(members) and not named


def _first(courses: Iterable[Course]) -> Course | None:
    return next(iter(courses), None)
