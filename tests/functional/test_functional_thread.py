"""The whole thread, in one process: from a launch in the LMS to a badge that is taken back.

Every step is a page that somebody opens or a form that somebody sends. The LMS is the practice LMS, with
its own database and keys; only the weeks before the keystone are written straight into the tables.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from support import holders
from support.inprocess import Town, build_town, counted_statements
from support.photos import jpeg
from support.practice import LMS, registration
from support.world import Someone

from ltitool.app import services_of
from ltitool.cli.story.browser import Browser
from ltitool.cli.story.words import CLAIMS, KEYSTONE, RATIONALES
from ltitool.cohorts.models import Membership
from ltitool.cohorts.progress import note_progress
from ltitool.credentials.models import Award
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import Context, GradeIntent
from ltitool.lti.platforms import add_platform
from ltitool.people.invitations import NewInvitation, invite
from ltitool.people.models import LtiIdentity, Organisation
from ltitool.programs import ActivityKind
from ltitool.sandbox.runtime import EXTENSION as LMS_EXTENSION
from ltitool.sandbox.seed import COHORT_3, DEMO, PARTICIPANTS_3

AMARA, COACH, DIRECTOR = "amara-okafor", "ruth-delgado", "imani-whitfield"
THIS_WEEK = f"{LMS}/courses/{COHORT_3}/activities/rl-this-week-3/launch"
LICENCE = "NM-48213"
INVITATION = "i" * 43
# Statements, without BEGIN and COMMIT, of a second visit. A launch should come down to 8.
LAUNCH_BUDGET, FIRST_PAGE_BUDGET = 12, 12


@pytest.fixture(scope="module")
def town(fresh_app: Callable[[], Any]) -> Town:
    kept = fresh_app()
    town = build_town(kept.app, kept.folder, kept.clock)
    organisation_id = uuid.uuid4()
    with kept.app.app_context(), transaction() as session:
        session.add(
            Organisation(id=organisation_id, slug="valle-verde", name="Valle Verde", created_at=kept.clock())
        )
        session.flush()
        add_platform(
            session,
            registration(client_id=DEMO.client_id, deployment_ids=(DEMO.deployment_id,)),
            organisation_id=organisation_id,
            platform_id=uuid.uuid4(),
            settings=services_of(kept.app).settings,
            at=kept.clock(),
        )
        wanted = NewInvitation(uuid.uuid4(), organisation_id, "director", None, "Imani")
        invite(session, wanted, token=INVITATION, at=kept.clock())
    with kept.app.app_context():
        services_of(kept.app).keys.ensure("tool", "lti-rs256")
    return town


def enter(town: Town, who: str) -> Browser:
    """Sign in to the LMS and open the activity there; the browser is then on the tool's first page."""
    browser = town.browser(who)
    browser.open(f"{LMS}/enter/{who}?to=/")
    browser.launch(THIS_WEEK)
    assert browser.page.url.startswith(f"{town.tool_url}/l/"), browser.page.words
    return browser


def base_of(browser: Browser) -> str:
    host, _, rest = browser.page.url.partition("/l/")
    return f"{host}/l/{rest.split('/')[0]}"


def test_the_thread(town: Town) -> None:
    """One person's way, step by step: a later step stands on the ones before it."""
    the_director_sets_a_run_up(town)
    the_roster_fills_it(town)
    amara_arrives_and_shows_evidence(town)
    amara_sends_her_keystone(town)
    the_coach_scores_it(town)
    the_grade_arrives_in_the_lms(town)
    credential = the_badge_is_awarded(town)
    assert verdict(town, credential)["verdict"] == "valid"
    the_director_takes_it_back(town)
    after = verdict(town, credential)
    assert after["verdict"] == "revoked"


def the_director_sets_a_run_up(town: Town) -> None:
    browser = enter(town, DIRECTOR)
    browser.send(browser.page.form("invitation"), {"code": INVITATION})
    browser.follow("Start an offering")
    run = {"title": "Spring", "starts_on": "2026-01-05", "timezone": "America/Denver"}
    browser.send(browser.page.form("/offerings/new"), {**run, "program": "collaborative-leadership-13"})
    browser.send(browser.page.form("/cohorts"), {"name": "Cohort 3"})
    browser.send(browser.page.form("/courses"))
    offering = browser.page.url
    enter(town, COACH)
    browser.open(offering)
    form = browser.page.form("/coaches")
    chosen = {"person": browser.page.option(form, "person", "Ruth"), "cohort": _cohort(browser, form)}
    browser.send(form, chosen)
    assert "Ruth Delgado" in browser.page.words


def the_roster_fills_it(town: Town) -> None:
    browser = town.browser(DIRECTOR)
    browser.send(browser.page.form("/courses/roster"))
    assert browser.page.url.endswith(f"joined={len(PARTICIPANTS_3)}&left=0")
    form = next(one for one in browser.page.forms if one.action.endswith("/places"))
    while not form.fields.get("cohort"):
        browser.send(form, {"cohort": _cohort(browser, form)})
        form = next(
            (
                one
                for one in browser.page.forms
                if one.action.endswith("/places") and not one.fields.get("cohort")
            ),
            next(one for one in browser.page.forms if one.action.endswith("/places")),
        )
    with town.tool.app_context():
        placed = read_session().scalars(select(Membership.cohort_id).where(Membership.role == "participant"))
        assert None not in set(placed)


def amara_arrives_and_shows_evidence(town: Town) -> None:
    browser = enter(town, AMARA)
    base = base_of(browser)
    assert "Wrong" not in browser.page.title
    page = browser.open(f"{base}/photos")
    browser.send(page.form("/photos"), {}, [("photos", ("IMG_1.jpg", jpeg(), "image/jpeg"))])
    photo = next(link.url for link in browser.page.links if "/photos/" in link.url and "#" not in link.url)
    form = browser.open(photo).form(photo.rpartition("/")[2])
    told = {name: "A door that stands open." for name in form.fields if name.startswith("q.")}
    words = {"caption": "The open door.", "alt_text": "An open door.", "lens": "people"}
    browser.send(form, {**told, **words, "who_is_in_it": "nobody"})
    page = browser.open(f"{base}/activities/practice_1")
    log = {"tried": "Invited two parents.", "happened": "They came.", "then": "send"}
    browser.send(page.form("/activities/practice_1"), log)
    for name in ("Principal", "Thursday team"):
        page = browser.open(f"{base}/map")
        browser.send(page.form("/map/nodes"), {"name": name, "kind": "group"})
    browser.send(browser.page.form("/map/versions"), {"name": "As drawn"})
    the_weeks_before(town)


def the_weeks_before(town: Town) -> None:
    """What the other weeks ask for, as rows: time with the coach, and the sheets that nobody scores."""
    with town.tool.app_context():
        person = _someone(AMARA)
        scope = holders.scope_of(person)
        with transaction() as session:
            for activity in scope.program.required_activities:
                if activity.kind is not ActivityKind.KEYSTONE:
                    note_progress(
                        session,
                        organisation_id=scope.organisation_id,
                        offering_id=scope.offering_id,
                        person_id=person.id,
                        activity_key=activity.key,
                        state="done",
                        at=town.clock(),
                    )
            sessions = scope.program.of_kind(ActivityKind.GROUP_SESSION)
            holders.attend(session, scope, {one.key: 120 for one in sessions}, _someone(COACH).id)
            ours: Any = type("Ours", (), {"coach": _someone(COACH)})
            holders.meet(session, scope, [50] * scope.program.completion.coaching_minimum, ours)


def amara_sends_her_keystone(town: Town) -> None:
    browser = town.browser(AMARA)
    base = base_of(browser)
    page = browser.open(f"{base}/keystone")
    browser.send(page.form("/keystone"), KEYSTONE)
    for criterion, text in CLAIMS.items():
        form = browser.open(f"{base}/keystone/claims/new/{criterion}").form(f"/claims/new/{criterion}")
        browser.send(form, {"text": text, "citations": list(form.choices["citations"])[:2]})
    words = browser.open(f"{base}/keystone").form("keystone-words")
    browser.send(replace(words, action=f"{base}/keystone/send"))
    assert "Sent to your coach" in browser.page.words


def the_coach_scores_it(town: Town) -> None:
    browser = enter(town, COACH)
    browser.follow("Amara Okafor")
    browser.follow("Score")
    entered = {f"{criterion}-level": "proficient" for criterion in RATIONALES}
    entered |= {f"{criterion}-rationale": why for criterion, why in RATIONALES.items()}
    browser.send(browser.page.form("sheet"), {**entered, "lock": "yes"})
    with town.tool.app_context():
        intent = read_session().scalars(select(GradeIntent)).one()
        assert (intent.state, intent.score_given, intent.score_maximum) == ("wanted", 18.0, 24.0)


def the_grade_arrives_in_the_lms(town: Town) -> None:
    town.runner.run_once()
    store = town.lms.extensions[LMS_EXTENSION].store
    with store.reading() as connection:
        [row] = connection.execute("SELECT * FROM scores").fetchall()
    assert (row["person_key"], row["line_item_id"]) == (AMARA, "li-keystone-3")
    assert (row["score_given"], row["score_maximum"], row["grading_progress"]) == (18.0, 24.0, "FullyGraded")
    watcher = town.browser(DIRECTOR)
    assert "75" in watcher.open(f"{LMS}/courses/{COHORT_3}/gradebook").words
    town.runner.run_once()  # nothing is left to do: the LMS is not asked again
    assert town.wire.count("/scores") == 1


def the_badge_is_awarded(town: Town) -> bytes:
    browser = enter(town, AMARA)
    base = base_of(browser)
    form = browser.open(f"{base}/badge/").form("/badge/confirm")
    browser.send(form, {"full_name": "Amara Okafor", "licence_number": LICENCE, "with_email": "yes"})
    assert browser.page.url == f"{base}/badge/"
    with town.tool.app_context():
        award = read_session().scalars(select(Award)).one()
        assert award.state == "issued"
    return browser.download(f"{base}/badge/file/json")


def verdict(town: Town, credential: bytes) -> dict[str, Any]:
    """Ask the public verifier, who knows nobody."""
    browser = Browser("a state", town.browser("a state").opener)
    form = next(one for one in browser.open(f"{town.tool_url}/verify").forms if one.method == "post")
    file = ("badge_file", ("badge.json", credential, "application/json"))
    answer = browser.post_json(form, {"person": LICENCE}, [file])
    assert answer.status == 200
    told: dict[str, Any] = json.loads(answer.body)
    return told


def the_director_takes_it_back(town: Town) -> None:
    browser = enter(town, DIRECTOR)
    page = browser.open(f"{base_of(browser)}/awards/")
    link = next(one.url for one in page.links if one.url.endswith("/revoke"))
    browser.send(browser.open(link).form("/revoke"), {"reason": "Awarded by mistake."})
    with town.tool.app_context():
        assert read_session().scalars(select(Award.state)).one() == "revoked"


def test_a_launch_and_the_first_page_stay_within_their_statements(town: Town) -> None:
    """The second visit: keys, person and place are known, as for nearly every launch."""
    enter(town, AMARA)
    browser = town.browser(AMARA)
    opener: Any = browser.opener
    costs: dict[str, int] = {}
    asked = opener._ask

    def counting(method: str, url: str, headers: dict[str, str], data: bytes | None) -> Any:
        with counted_statements(town.tool) as statements:
            answer = asked(method, url, headers, data)
        if url.startswith(town.tool_url):
            costs[f"{method} {url.removeprefix(town.tool_url).partition('?')[0]}"] = len(statements)
        return answer

    opener._ask = counting
    try:
        enter(town, AMARA)
    finally:
        del opener._ask
    first_page = next(cost for path, cost in costs.items() if path.startswith("GET /l/"))
    assert costs["POST /lti/launch"] <= LAUNCH_BUDGET, costs
    assert first_page <= FIRST_PAGE_BUDGET, costs


def _cohort(browser: Browser, form: Any) -> str:
    return browser.page.option(form, "cohort", "Cohort 3")


def _someone(key: str) -> Someone:
    """Find somebody by what the LMS calls them."""
    session = read_session()
    identity = session.scalars(select(LtiIdentity).where(LtiIdentity.subject == DEMO.person(key).sub)).one()
    context = session.scalars(select(Context).where(Context.lms_id == COHORT_3)).one()
    return Someone(identity.person_id, identity.organisation_id, context.id, key, identity.subject)
