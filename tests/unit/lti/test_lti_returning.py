"""A launch in one statement does what the ordinary way does, or nothing at all. And how little is sent."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Blueprint, Flask, request_started
from sqlalchemy import select, text, update
from support import pg_tool, postgres
from support.clock import MovableClock
from support.practice import (
    ACTIVITY,
    LMS,
    ORGANISATION,
    PERSON,
    PLATFORM,
    Browser,
    Wire,
    code_of,
    down,
    launch_with,
)
from werkzeug.test import TestResponse

from ltitool.cohorts import known_arrivals
from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.models import Cohort, CoursePerson, Membership, Offering, OfferingContext
from ltitool.foundation.db import Base, db, read_session, transaction
from ltitool.lti import returning
from ltitool.lti.approving import Operator, decide_platform
from ltitool.lti.landing import KnownArrivals, bind_landing
from ltitool.lti.models import BurntNonce, Context, Deployment, ResourceLink
from ltitool.lti.vocabulary import (
    AGS,
    CONTEXT,
    CUSTOM,
    NOTICE_SERVICE,
    NRPS,
    PRESENTATION,
    RESOURCE_LINK,
    ROLES,
)
from ltitool.people.grants import grant, withdraw_grant
from ltitool.people.models import Person, WebSession
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.sandbox.forge import ABSENT, Forge
from ltitool.web.blueprints import Guard, guarded_blueprint

pytestmark = pytest.mark.postgres
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
OTHER_NOTICES = {
    "platform_notification_service_url": f"{LMS}/api/other-handlers",
    "notice_types_supported": ["LtiContextCopyNotice"],
}
STRANGE_NOTICES = {
    "platform_notification_service_url": f"{LMS}/api/strange-handlers",
    "notice_types_supported": ["LtiCoffeeNotice"],
}
PAGES = {"keystone": "keystone"}
WATCHED = (WebSession, Person, Membership, CoursePerson, Deployment, Context, ResourceLink)
CHANCE = {"id", "short", "token_hash", "csrf_token", "person_id", "resource_link_id"}
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def one_tool(postgres_cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Build the application on PostgreSQL once; each test empties it."""
    address = postgres.create_database(postgres_cluster)
    clock = MovableClock()
    app = pg_tool.build_tool(address, tmp_path_factory.mktemp("pg"), clock)
    app.extensions["the test's clock"] = clock
    app.register_blueprint(empty_page())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def empty_page() -> Blueprint:
    """Make a page that shows nothing: what is left is the visit's look-up."""
    pages = guarded_blueprint("empty", __name__, guard=Guard.LAUNCHED)
    pages.get("/empty")(lambda: "")
    return pages


@pytest.fixture
def clock(one_tool: Flask) -> MovableClock:
    found: MovableClock = one_tool.extensions["the test's clock"]
    return found


@pytest.fixture
def browser(one_tool: Flask, wire: Wire, forge: Forge, clock: MovableClock) -> Iterator[Browser]:
    """Somebody who was here before, in a course that runs the program."""
    with one_tool.app_context(), request_started.connected_to(pg_tool.forget_request, one_tool):
        yield begin(one_tool, wire, forge, clock)
        db.session.remove()


def begin(app: Flask, wire: Wire, forge: Forge, clock: MovableClock) -> Browser:
    pg_tool.empty(app, wire, clock)
    take_the_short_way(app, clock, known_arrivals.known_arrivals(PAGES))
    browser = Browser(app.test_client(), forge)
    assert browser.launch_well().status_code == 303
    connect(clock)
    assert browser.launch_well().status_code == 303
    return browser


def take_the_short_way(app: Flask, clock: MovableClock, known: KnownArrivals | None) -> None:
    bind_landing(app, landing(clock, PAGES), known)


def connect(clock: MovableClock) -> None:
    """Have the course run the program."""
    program = load_shipped()[DEFAULT_PROGRAM]
    with transaction() as session:
        context_id = session.scalars(select(Context.id)).one()
        offering = Offering(
            id=uuid.uuid5(context_id, "offering"),
            organisation_id=ORGANISATION,
            title="Autumn",
            program_id=program.id,
            program_version=program.version,
            program_source=program.source,
            program_digest=program.digest,
            starts_on=date(2026, 2, 2),
            timezone="UTC",
            created_at=clock(),
        )
        session.add(offering)
        session.flush()
        session.add(
            OfferingContext(
                id=uuid.uuid5(offering.id, "course"),
                organisation_id=ORGANISATION,
                offering_id=offering.id,
                context_id=context_id,
            )
        )


# What may be otherwise than at the launch before.


def rows(**values: Any) -> Callable[[MovableClock], None]:
    """Change a table's rows: `rows(membership={"status": "inactive"})`."""

    def change(_clock: MovableClock) -> None:
        with transaction() as session:
            for name, columns in values.items():
                session.execute(update(Base.metadata.tables[name]).values(**columns))

    return change


def granted(role: str) -> Callable[[MovableClock], None]:
    def change(clock: MovableClock) -> None:
        with transaction() as session:
            grant(
                session,
                organisation_id=ORGANISATION,
                person_id=session.scalars(select(Person.id)).one(),
                role=role,
                granted_by=None,
                at=clock(),
            )

    return change


def disconnected(_clock: MovableClock) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM membership"))
        session.execute(text("DELETE FROM offering_context"))


def without_a_place(_clock: MovableClock) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM membership"))


def coach(status: str, *, keeps_place: bool = False) -> Callable[[MovableClock], None]:
    """Make the person a coach of a cohort here, without the participant's place that a launch gave."""

    def change(clock: MovableClock) -> None:
        with transaction() as session:
            place = session.scalars(select(Membership)).one()
            cohort = Cohort(
                id=uuid.uuid5(place.offering_id, "A"),
                organisation_id=ORGANISATION,
                offering_id=place.offering_id,
                name="A",
            )
            session.add(cohort)
            session.flush()
            session.add(
                Membership(
                    id=uuid.uuid4(),
                    organisation_id=ORGANISATION,
                    offering_id=place.offering_id,
                    cohort_id=cohort.id,
                    person_id=place.person_id,
                    role="coach",
                    status=status,
                    source="tool",
                    context_id=None,
                    lms_subject=None,
                    created_at=clock(),
                )
            )
            if not keeps_place:
                session.delete(place)

    return change


def nothing(_clock: MovableClock) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """Somebody launches again, and something is otherwise than before."""

    name: str
    short_way: bool
    change: Callable[[MovableClock], None] = nothing
    claims: Mapping[str, Any] = field(default_factory=dict)


AS_TEACHER = {ROLES: [TEACHER]}
taught = rows(course_person={"role": "instructor"})


def both(*changes: Callable[[MovableClock], None]) -> Callable[[MovableClock], None]:
    def change(clock: MovableClock) -> None:
        for one in changes:
            one(clock)

    return change


CASES = (
    Case("all as before", short_way=True),
    Case("not seen for hours", short_way=True, change=lambda clock: seen_at(clock() - timedelta(hours=3))),
    Case("the course runs no program", short_way=True, change=disconnected),
    Case("a place that lapsed", short_way=False, change=rows(membership={"status": "inactive"})),
    Case("a place by roster", short_way=False, change=rows(membership={"source": "roster"})),
    Case("a place without a course", short_way=False, change=rows(membership={"context_id": None})),
    Case("a place under another id", short_way=False, change=rows(membership={"lms_subject": "x"})),
    Case("no place", short_way=False, change=without_a_place),
    Case("seen by a roster only", short_way=False, change=rows(course_person={"proved_by": "roster"})),
    Case("gone from the roster", short_way=False, change=rows(course_person={"listed": False})),
    Case("another id in the course", short_way=False, change=rows(course_person={"lms_subject": "x"})),
    Case("not seen in the course", short_way=False, change=lambda _: delete_course_people()),
    Case("a learner who was a teacher", short_way=False, change=taught),
    Case("a teacher who was a learner", short_way=False, claims=AS_TEACHER),
    Case("a teacher again", short_way=True, change=both(taught, without_a_place), claims=AS_TEACHER),
    Case("a teacher with a place", short_way=True, change=taught, claims=AS_TEACHER),
    Case(
        "a teacher in a roster's place",
        short_way=False,
        change=both(taught, rows(membership={"source": "roster"})),
        claims=AS_TEACHER,
    ),
    Case(
        "a teacher in a roster's place that lapsed",
        short_way=True,
        change=both(taught, rows(membership={"source": "roster", "status": "inactive"})),
        claims=AS_TEACHER,
    ),
    Case("a coach", short_way=True, change=coach("active")),
    Case("a coach and participant", short_way=True, change=coach("active", keeps_place=True)),
    Case("a coach once", short_way=False, change=coach("inactive")),
    Case("a director", short_way=True, change=granted("director")),
    Case("an operator", short_way=True, change=granted("operator")),
    Case("a new name", short_way=False, claims={"name": "Amara Mensah"}),
    Case("a new address", short_way=False, claims={"email": "amara@new.example"}),
    Case(
        "name and address withheld",
        short_way=True,
        claims=dict.fromkeys(("name", "given_name", "family_name", "email"), ABSENT),
    ),
    Case("other notices", short_way=False, claims={NOTICE_SERVICE: OTHER_NOTICES}),
    Case("a service without notices of ours", short_way=True, claims={NOTICE_SERVICE: STRANGE_NOTICES}),
    Case("no notices at all", short_way=True, claims={NOTICE_SERVICE: ABSENT}),
    Case("a course that was copied", short_way=False, claims={CUSTOM: {"context_history": "an-origin"}}),
    Case("another group", short_way=False, claims={CUSTOM: {"moodle_groups": "7"}}),
    Case(
        "the same group",
        short_way=True,
        change=rows(course_person={"lms_groups": ["7", "12"]}),
        claims={CUSTOM: {"moodle_groups": "7,12"}},
    ),
    Case(
        "in no group now",
        short_way=False,
        change=rows(course_person={"lms_groups": ["7"]}),
        claims={CUSTOM: {"moodle_groups": ""}},
    ),
    Case(
        "in no group as before",
        short_way=True,
        change=rows(course_person={"lms_groups": []}),
        claims={CUSTOM: {"moodle_groups": ""}},
    ),
    Case("no group named now", short_way=True, change=rows(course_person={"lms_groups": ["7"]})),
    Case("a language chosen here", short_way=True, change=rows(person={"locale": "es"})),
    Case(
        "a language of the LMS", short_way=True, claims={PRESENTATION: {"locale": "es-MX", "return_url": ""}}
    ),
    Case("an address outside", short_way=True, claims={PRESENTATION: {"return_url": "https://x.example/"}}),
    Case("a renamed course", short_way=False, change=rows(context={"title": "Before"})),
    Case("another gradebook", short_way=False, change=rows(context={"lineitems_url": "https://lms/x"})),
    Case("no gradebook before", short_way=False, change=rows(context={"lineitems_url": None})),
    Case("another roster", short_way=False, change=rows(context={"memberships_url": "https://lms/x"})),
    Case("fewer scopes before", short_way=False, change=rows(context={"scopes": []})),
    Case("no services named", short_way=True, claims={AGS: ABSENT, NRPS: ABSENT}),
    Case("another course", short_way=False, claims={CONTEXT: {"id": "course-9", "title": "Nine"}}),
    Case("no course", short_way=False, claims={CONTEXT: ABSENT}),
    Case("another link", short_way=False, claims={RESOURCE_LINK: {"id": "link-9", "title": "Nine"}}),
    Case("a renamed link", short_way=False, change=rows(resource_link={"title": "Before"})),
    Case("another column", short_way=False, claims={AGS: {"scope": [], "lineitem": f"{LMS}/column"}}),
    Case("other origins known", short_way=False, change=rows(deployment={"embed_origins": []})),
    Case(
        "a foreign origin known",
        short_way=False,
        change=rows(deployment={"embed_origins": [LMS, "https://evil.example"]}),
    ),
    Case(
        "services elsewhere",
        short_way=False,
        change=rows(platform={"service_origins": [LMS, "https://more.example"]}),
    ),
    Case("a link to a week", short_way=True, claims={CUSTOM: {"week": "6"}}),
    Case("a link to a page", short_way=True, claims={CUSTOM: {"opens": "keystone"}}),
    Case("a coach's link to a week", short_way=True, change=coach("active"), claims={CUSTOM: {"week": "6"}}),
    Case("an LMS's preview person", short_way=False, claims={ROLES: ["TestUser"]}),
)


def seen_at(moment: datetime) -> None:
    with transaction() as session:
        session.execute(update(CoursePerson).values(seen_at=moment))


def delete_course_people() -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM course_person"))


@dataclass(frozen=True)
class Outcome:
    """What a launch led to, without what is left to chance."""

    status: int
    path: str
    rows: Any
    statements: int


def play(browser: Browser, case: Case, clock: MovableClock) -> Outcome:
    case.change(clock)
    query = browser.ask()
    claims = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    changed = {**claims, **case.claims}
    token = browser.forge.mint({name: value for name, value in changed.items() if value is not ABSENT})
    with pg_tool.traced() as sent:
        response = browser.launch({"state": query["state"], "id_token": token})
    path = response.location.split("/", 3)[-1] if response.location else ""
    return Outcome(response.status_code, path, watched(), sent.statements)


def watched() -> dict[str, list[str]]:
    read_session().rollback()
    found = {}
    for table in WATCHED:
        kept = [column for column in table.__table__.c if column.name not in CHANCE]
        found[table.__tablename__] = sorted(repr(tuple(row)) for row in read_session().execute(select(*kept)))
    found["nonces"] = [str(len(read_session().scalars(select(BurntNonce.nonce_hash)).all()))]
    read_session().rollback()
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_ways_lead_to_the_same(
    one_tool: Flask, browser: Browser, wire: Wire, clock: MovableClock, case: Case
) -> None:
    began = clock.now
    short = play(browser, case, clock)
    clock.now = began
    again = begin(one_tool, wire, browser.forge, clock)
    take_the_short_way(one_tool, clock, None)
    ordinary = play(again, case, clock)
    assert (short.status, short.path, short.rows) == (ordinary.status, ordinary.path, ordinary.rows)
    assert short.status == 303
    assert ordinary.statements > 5
    assert (short.statements == 1) is case.short_way, short.statements


@dataclass(frozen=True)
class Mutant:
    """A guard of the statement, and the case that gets past it once it is gone."""

    case: str
    guard: str
    without: str = "true"


PLACE = "(place.status = 'active' AND place.source = 'launch'"
MUTANTS = (
    Mutant("a place that lapsed", PLACE, "(place.source = 'launch'"),
    Mutant("a place by roster", PLACE, "(place.status = 'active'"),
    Mutant("a place without a course", "place.context_id = known.context_id"),
    Mutant("a place under another id", "place.lms_subject = %(subject)s) IS TRUE", "true) IS TRUE"),
    Mutant("no place", "AND CASE", "AND true OR CASE"),
    Mutant("seen by a roster only", "course_person.proved_by = 'launch'"),
    Mutant("gone from the roster", "AND course_person.listed\n", "\n"),
    Mutant("another id in the course", "course_person.lms_subject = %(subject)s"),
    Mutant("a learner who was a teacher", "course_person.role = %(role)s"),
    Mutant(
        "a teacher in a roster's place", "(place.status = 'active' AND place.source = 'roster') IS NOT TRUE"
    ),
    Mutant("a coach once", "WHERE role = 'coach' AND status = 'active'", "WHERE role = 'coach'"),
    Mutant("a new name", "person.display_name = COALESCE(%(name)s::text, person.display_name)"),
    Mutant("a new address", "person.email IS NOT DISTINCT FROM COALESCE(%(email)s::text, person.email)"),
    Mutant("other origins known", "deployment.embed_origins::jsonb @> %(origins)s::jsonb"),
    Mutant("a foreign origin known", "deployment.embed_origins::jsonb <@ platform.service_origins::jsonb"),
    Mutant("services elsewhere", "platform.service_origins::text = %(service_origins)s"),
    Mutant("a renamed course", "context.title = COALESCE(%(context_title)s::text, context.title)"),
    Mutant("a renamed link", "resource_link.title = COALESCE(%(link_title)s::text, resource_link.title)"),
    Mutant("fewer scopes before", "context.scopes::text = COALESCE(%(scopes)s::text, context.scopes::text)"),
    Mutant(
        "another gradebook",
        "context.lineitems_url IS NOT DISTINCT FROM COALESCE(%(lineitems)s::text, context.lineitems_url)",
    ),
    Mutant(
        "another roster",
        "context.memberships_url IS NOT DISTINCT FROM COALESCE(%(roster)s::text, context.memberships_url)",
    ),
    Mutant(
        "another column",
        "resource_link.lineitem_url IS NOT DISTINCT FROM\n"
        "      COALESCE(%(lineitem)s::text, resource_link.lineitem_url)",
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.case)
def test_without_its_guard_the_statement_overlooks_something(
    one_tool: Flask, browser: Browser, clock: MovableClock, monkeypatch: Patch, mutant: Mutant
) -> None:
    statement, reading = returning.STATEMENT, known_arrivals.READING
    assert (statement + reading).count(mutant.guard) == 1
    monkeypatch.setattr(returning, "STATEMENT", statement.replace(mutant.guard, mutant.without))
    mutated = reading.replace(mutant.guard, mutant.without)
    take_the_short_way(one_tool, clock, KnownArrivals(mutated, known_arrivals.NOTING + " ", no_page))
    returning._statement.cache_clear()
    case = next(one for one in CASES if one.name == mutant.case)
    try:
        assert play(browser, case, clock).statements == 1
    finally:
        returning._statement.cache_clear()
    assert not case.short_way


def no_page(_custom: Mapping[str, str], *, takes_part: bool) -> str:
    del takes_part
    return ""


def refused(response: TestResponse, code: str, before: Any) -> None:
    assert (response.status_code in {401, 403}, code_of(response)) == (True, code)
    assert {**watched(), "nonces": None} == {**before, "nonces": None}


SHUT = (("platform", "platform.disabled"), ("deployment", "launch.deployment-disabled"))


@pytest.mark.parametrize(("table", "code"), SHUT, ids=[one[0] for one in SHUT])
def test_what_was_switched_off_elsewhere_is_refused_by_the_next_launch(
    browser: Browser, clock: MovableClock, table: str, code: str
) -> None:
    """Another process switched it off, so this one still remembers it as open, and a login gets through."""
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    rows(**{table: {"status": "disabled"}})(clock)
    before = watched()
    refused(browser.launch(form), code, before)
    later = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    refused(browser.launch(later), code, before)
    rows(**{table: {"status": "active"}})(clock)
    assert browser.launch_well().status_code == 303


@pytest.mark.parametrize(("table", "_code"), SHUT, ids=[one[0] for one in SHUT])
def test_without_its_guard_what_was_switched_off_gets_in(
    browser: Browser, clock: MovableClock, monkeypatch: Patch, table: str, _code: str
) -> None:
    open_one = f"{table}.status = 'active'"
    assert returning.STATEMENT.count(open_one) == 1
    monkeypatch.setattr(returning, "STATEMENT", returning.STATEMENT.replace(open_one, "true"))
    returning._statement.cache_clear()
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    rows(**{table: {"status": "disabled"}})(clock)
    try:
        assert browser.launch(form).status_code == 303
    finally:
        returning._statement.cache_clear()


def test_keys_that_another_process_replaced_open_nothing(
    browser: Browser, wire: Wire, clock: MovableClock, monkeypatch: Patch
) -> None:
    """An operator took over another address of the key set, and this process has not heard of it."""
    forms = [browser.forge.answer(PERSON, ACTIVITY, browser.ask()) for _ in range(2)]
    rows(platform={"jwks_url": f"{LMS}/moved/jwks"})(clock)
    with transaction() as session:
        session.execute(text("DELETE FROM platform_key"))
    wire.overrides["/moved/jwks"] = down()
    refused = browser.launch(forms[0])
    assert (refused.status_code, code_of(refused)) == (503, "platform.keys-unavailable")
    guard = "platform.jwks_url = %(jwks_url)s AND "
    monkeypatch.setattr(returning, "STATEMENT", returning.STATEMENT.replace(guard, ""))
    returning._statement.cache_clear()
    try:
        assert browser.launch(forms[1]).status_code == 303
    finally:
        returning._statement.cache_clear()


def test_who_switches_a_platform_off_is_believed_at_once(browser: Browser, clock: MovableClock) -> None:
    assert browser.login().status_code == 302
    operator = Operator(ORGANISATION, None, clock())
    with transaction() as session:
        decide_platform(session, operator, PLATFORM, "disabled")
    assert code_of(browser.login()) == "platform.disabled"
    with transaction() as session:
        decide_platform(session, operator, PLATFORM, "active")
    assert browser.login().status_code == 302


def test_others_believe_it_within_half_a_minute(browser: Browser, clock: MovableClock) -> None:
    assert browser.login().status_code == 302
    rows(platform={"status": "disabled"})(clock)
    clock.forward(seconds=29)
    assert browser.login().status_code == 302  # and its launch is refused: see above
    clock.forward(seconds=2)
    assert code_of(browser.login()) == "platform.disabled"


def test_d07_a_visit_ends_when_its_lms_is_switched_off(browser: Browser, clock: MovableClock) -> None:
    home = browser.launch_well().location
    for table in ("platform", "deployment"):
        assert browser.client.get(home).status_code == 200
        rows(**{table: {"status": "disabled"}})(clock)
        ended = browser.client.get(home)
        assert (ended.status_code, code_of(ended)) == (401, "session.ended")
        rows(**{table: {"status": "active"}})(clock)
    assert browser.client.get(home).status_code == 200


def test_a_role_that_was_taken_back_does_not_come_with_the_next_launch(
    browser: Browser, clock: MovableClock
) -> None:
    granted("director")(clock)
    browser.launch_well()
    with transaction() as session:
        person_id = session.scalars(select(Person.id)).one()
        withdraw_grant(
            session, organisation_id=ORGANISATION, person_id=person_id, withdrawn_by=None, at=clock()
        )
    browser.launch_well()
    newest = read_session().scalars(select(WebSession).where(WebSession.closed_at.is_(None))).all()
    assert [one.roles for one in newest] == [["participant"]] * len(newest)


def test_a_copy_of_a_launch_is_refused_as_ever(browser: Browser) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    with pg_tool.traced() as sent:
        assert browser.launch(form).status_code == 303
    assert sent.statements == 1
    refused(browser.launch(form), "launch.state-used", watched())


def test_another_browser_is_refused_as_ever(browser: Browser) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    stranger = Browser(browser.client.application.test_client(), browser.forge)
    refused(stranger.launch(form), "launch.other-browser", watched())
    assert browser.launch(form).status_code == 303


def test_a_wrong_claim_is_refused_as_ever(browser: Browser) -> None:
    before = watched()
    refused(launch_with(browser, aud="x"), "launch.audience-wrong", before)


def test_login_launch_and_look_up_send_two_statements(browser: Browser, wire: Wire) -> None:
    wire.requests.clear()
    with pg_tool.traced() as login:
        form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    with pg_tool.traced() as launched:
        home = browser.launch(form).location
    with pg_tool.traced() as looked_up:
        assert browser.client.get(home + "empty").status_code == 200
    assert (login.words, launched.statements, looked_up.statements) == ([], 1, 1)
    assert wire.requests == []


def test_the_real_first_page_takes_eight_statements(browser: Browser) -> None:
    """Its look-up is counted, and the BEGIN that the page's reading starts with is not."""
    home = browser.launch_well().location
    assert browser.client.get(home).status_code == 200
    with pg_tool.traced() as page:
        assert b"weeks/" in browser.client.get(home).data
    assert len([word for word in page.words if "BEGIN" not in word]) <= 8, page.words
