"""The walk: every address of the application, asked for by the wrong person.

Everybody in the world has done everything, and each text carries its writer's mark (support/full_house).
Whoever may not see a page is refused with 401, 403 or 404, reads none of the victim's words, and changes
none of the victim's rows. The control asks for the same addresses as the right person.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import full_house
from support.full_house import PRIVATE
from support.house import STAGES, House, ask, right_visitors
from support.rows import all_rows, digests, hanging_on, of_organisation
from support.wrong_person import (
    IDS,
    LOCAL,
    SECRETS,
    Target,
    address_of,
    form_of,
    guard_of,
    names_somebody,
    path_of,
)
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from ltitool.cohorts.scope import reader_scope
from ltitool.foundation.db import read_session
from ltitool.people.models import Invitation
from ltitool.web.blueprints import Guard

REFUSED = frozenset({401, 403, 404})
SERVER_FAULT = 500
# The right person's way through these doors is walked elsewhere, because an LMS stands at the other end.
ELSEWHERE = {
    "lti.login": "test_functional_thread.py",
    "lti.take_launch": "test_functional_thread.py",
    "lti.check_cookies": "unit/lti/test_lti_cookies.py",
    "directing.read_list": "test_functional_thread.py",
    "links.show": "unit/lti/test_lti_deep_linking.py",
    "links.add": "unit/lti/test_lti_deep_linking.py",
    "links.cancel": "unit/lti/test_lti_deep_linking.py",
    "platform.proposal": "unit/dashboards/test_dashboards_platforms.py",
    "directing.place_whole_group": "unit/cohorts/test_cohorts_lms_groups.py",
    "taught_copy.offer": "unit/cohorts/test_cohorts_taught_copies.py",
    "taught_copy.take": "unit/cohorts/test_cohorts_taught_copies.py",
    "notices.take": "unit/lti/test_lti_notices.py",
    "privacy.show": "test_functional_privacy.py",
    "privacy.copy": "test_functional_privacy.py",
    "privacy.erase": "test_functional_privacy.py",
    "registration.show": "unit/lti/test_lti_registering.py",
    "registration.take": "unit/lti/test_lti_registering.py",
}
HERE = Path(__file__).parent


WRONG: Mapping[str, Callable[[House], tuple[Any, tuple[str, ...]]]] = {
    "participant of the same cohort": lambda h: (h.world.ben, ("participant",)),
    "the same with a coach's rights": lambda h: (h.world.ben, ("participant", "coach")),
    "participant of another cohort": lambda h: (h.world.dario, ("participant", "coach")),
    "coach of another cohort": lambda h: (h.world.other_coach, ("coach", "participant")),
    "participant of another organisation": lambda h: (h.world.stranger, ("participant",)),
    "coach of another organisation": lambda h: (h.world.stranger_coach, ("coach", "participant")),
    "director of another organisation": lambda h: (h.stranger_director, ("director",)),
    "operator of another organisation": lambda h: (h.stranger_director, ("operator",)),
    "everything in another organisation": lambda h: (
        h.stranger_director,
        ("director", "operator", "coach", "participant"),
    ),
}


@pytest.mark.parametrize("who", WRONG)
def test_the_wrong_person_is_refused_reads_nothing_and_changes_nothing(house: House, who: str) -> None:
    house.kept.restore("awarded")
    person, roles = WRONG[who](house)
    visitor = house.visitor(person, *roles)
    with house.app.app_context():
        before = victims_rows(house, person.id)
    faults = [
        fault
        for rule, method in house.rules()
        for fault in _faults(house, rule, method, ask(visitor, rule, method, house.amara, house.app))
    ]
    with house.app.app_context():
        after = victims_rows(house, person.id, before)
    assert faults == []
    assert {key: after.get(key) for key in before} == before


def test_nobody_without_a_session_reads_or_changes_anything(house: House) -> None:
    house.kept.restore("awarded")
    amara = house.visitor(house.world.amara, "participant")
    faults = []
    for rule, method in house.rules():
        bare = ask(house.app.test_client(), rule, method, house.amara, house.app)
        faults += _faults(house, rule, method, bare)
        if guard_of(house.app, rule) is not Guard.PUBLIC:
            values = path_of(rule, address_of(rule, house.amara))
            known = house.app.test_client().open(amara.path(values), method=method)  # her visit, no cookie
            faults += [f"{rule.rule}: {one.status_code}" for one in (bare, known) if one.status_code != 401]
    assert faults == []


def _faults(house: House, rule: Rule, method: str, answer: TestResponse) -> list[str]:
    name = f"{method} {rule.rule} ({rule.endpoint})"
    words = [canary for canary in house.amara.work.canaries if canary in answer.data]
    found = [f"{name}: shows {words[0][:40]!r}"] if words else []
    if names_somebody(rule) and answer.status_code not in REFUSED | _own_state(rule):
        found.append(f"{name}: {answer.status_code}, not refused")
    if answer.status_code >= SERVER_FAULT:
        found.append(f"{name}: {answer.status_code}")
    return found


def _own_state(rule: Rule) -> frozenset[int]:
    """An address of one's own map or keystone may say first that one's own is closed (409)."""
    return frozenset() if rule.arguments & (IDS.keys() | SECRETS) else frozenset({409})


@pytest.mark.parametrize("who", ["ben", "dario", "stranger"])
def test_names_on_somebodys_map_mean_nothing_on_another(house: House, who: str) -> None:
    house.kept.restore("writing")
    visitor, found = house.visitor(getattr(house.world, who), "participant"), {}
    for rule, method in house.rules():
        if rule.arguments & LOCAL.keys():
            with house.app.app_context():
                own = form_of(rule.endpoint, house.targets[who]) if method == "POST" else {}
            seen = {"revision": own["revision"]} if own else {}
            answer = ask(visitor, rule, method, house.amara, house.app, form=seen)
            found[f"{method} {rule.rule}"] = answer.status_code
    assert {name: status for name, status in found.items() if status != 404} == {}
    assert len(found) >= 11


def victims_rows(house: House, intruder: uuid.UUID, only: Any = None) -> dict[Any, str]:
    """Fingerprint what hangs on Amara, and all of her organisation that does not hang on the intruder."""
    rows = all_rows()
    hers = hanging_on(rows, [house.world.amara.id])
    ours = of_organisation(rows, house.world.organisation_id) - hanging_on(rows, [intruder])
    found = digests(rows, hers | ours)
    if only is not None:
        added = sorted(repr(key) for key in found if key not in only and key in hers)
        assert added == [], "rows were hung on the victim"
    return found


@pytest.mark.parametrize(
    ("who", "guards"),
    [
        ("amara", {Guard.COACH, Guard.DIRECTOR, Guard.OPERATOR}),
        ("coach", {Guard.DIRECTOR, Guard.OPERATOR}),
        ("director", {Guard.COACH, Guard.PARTICIPANT, Guard.OPERATOR}),
    ],
)
def test_the_right_people_of_the_cohort_stop_at_each_others_pages(
    house: House, who: str, guards: set[Guard]
) -> None:
    """Amara herself, her coach and her director: each has pages that are not for the other two."""
    house.kept.restore("awarded")
    role = {"amara": "participant"}.get(who, who)
    plain = house.visitor(getattr(house.world, who), role)
    # Rights in the session alone: the guard lets them pass, the use case must not.
    armed = house.visitor(getattr(house.world, who), "participant", "coach", role)
    with house.app.app_context():
        before = victims_rows(house, uuid.UUID(int=0))
    faults = []
    for rule, method in house.rules():
        guard = guard_of(house.app, rule)
        if guard not in guards:
            continue
        refused = ask(plain, rule, method, house.amara, house.app)
        if refused.status_code != 403:
            faults.append(f"{method} {rule.rule}: {refused.status_code}")
        if guard is not Guard.DIRECTOR and names_somebody(rule):
            pushed = ask(armed, rule, method, house.amara, house.app)
            if pushed.status_code not in REFUSED or PRIVATE.encode() in pushed.data:
                faults.append(f"{method} {rule.rule} with rights: {pushed.status_code}")
    with house.app.app_context():
        after = victims_rows(house, uuid.UUID(int=0))
    assert faults == []
    assert _without_sessions(after) == _without_sessions(before)


def _without_sessions(rows: Mapping[Any, str]) -> dict[Any, str]:
    return {key: value for key, value in rows.items() if key[0] != "web_session"}


def test_a_right_address_with_one_wrong_part_is_refused(house: House) -> None:
    """The right person, in front of an address in which one id is somebody else's."""
    house.kept.restore("awarded")
    visitors = right_visitors(house)
    faults, asked = [], 0
    for rule, method in house.rules():
        guard = guard_of(house.app, rule)
        for name in sorted(rule.arguments & IDS.keys()) if guard is not Guard.PUBLIC else ():
            for whose, other in house.targets.items():
                if not _is_foreign(house, guard, name, whose):
                    continue
                asked += 1
                address = {name: IDS[name](other)}
                answer = ask(visitors[guard], rule, method, house.amara, house.app, address=address)
                shown = any(canary in answer.data for canary in other.work.canaries)
                if answer.status_code not in REFUSED or shown:
                    faults.append(f"{method} {rule.rule} with {name} of {whose}: {answer.status_code}")
    assert faults == []
    assert asked > 80


def _is_foreign(house: House, guard: Guard, name: str, whose: str) -> bool:
    """Whether an id of this person's has no place in an address of somebody with this guard's rights."""
    if whose == "amara" or IDS[name](house.targets[whose]) == IDS[name](house.amara):
        return False
    if whose == "stranger":
        return True
    if guard in {Guard.DIRECTOR, Guard.OPERATOR}:  # both see the whole organisation
        return False
    if guard is Guard.COACH:
        return whose == "dario" or name == "entry_id"  # Ben is this coach's too; his 1:1s are not Amara's
    return True


def test_a_form_that_names_somebody_elses_things_does_nothing_to_them(house: House) -> None:
    """The right person on the right address, with ids of another organisation in the form."""
    other, faults, tried = house.targets["stranger"], [], 0
    for rule, method in house.rules():
        if method != "POST" or guard_of(house.app, rule) is Guard.PUBLIC:
            continue
        with house.app.app_context():
            own, theirs = form_of(rule.endpoint, house.amara), form_of(rule.endpoint, other)
        for name, value in theirs.items():
            if not _holds_id(value) or own.get(name) == value:
                continue
            tried += 1
            house.kept.restore("writing")
            visitor = right_visitors(house)[guard_of(house.app, rule)]
            with house.app.app_context():
                before = _hanging(house, other)
            answer = ask(visitor, rule, method, house.amara, house.app, form={name: value})
            with house.app.app_context():
                after = _hanging(house, other)
            shown = any(canary in answer.data for canary in other.work.canaries)
            if answer.status_code >= SERVER_FAULT or shown or after != before:
                faults.append(f"{rule.endpoint} {name}: {answer.status_code}")
            if rule.endpoint.startswith("directing.") and answer.status_code not in REFUSED:
                faults.append(f"{rule.endpoint} {name}: {answer.status_code}, not refused")
    assert faults == []
    assert tried >= 10


def _holds_id(value: Any) -> bool:
    return isinstance(value, uuid.UUID) or (isinstance(value, list) and any(":" in str(v) for v in value))


def _hanging(house: House, target: Target) -> dict[Any, str]:
    rows = all_rows()
    return digests(rows, of_organisation(rows, target.work.person.organisation_id))


def test_citing_somebody_elses_evidence_shows_none_of_it(house: House) -> None:
    house.kept.restore("writing")
    ben, works = house.visitor(house.world.ben, "participant"), house.works
    cited = [f"photo:{works['amara'].photo_id}", f"answer:{full_house.SENT_SHEET}/tried"]
    with house.app.app_context():
        revision = full_house.revisions(works["ben"])[1]
    form = {"revision": revision, "text": "Mine", "citations": cited}
    sent = ben.post(f"keystone/claims/{works['ben'].claim_id}", form)
    assert sent.status_code == 303, sent.text
    for path in ("keystone", f"keystone/claims/{works['ben'].claim_id}", "keystone/present/6"):
        page = ben.get(path)
        assert page.status_code == 200
        assert works["ben"].mark in page.text
        assert works["amara"].mark not in page.text
        assert str(works["amara"].photo_id) not in page.text.replace(f'value="{cited[0]}"', "")


def test_the_right_person_comes_through_every_one_of_these_doors(house: House) -> None:
    """The control: else the walk could pass by asking for what is not there."""
    open_at: dict[str, str] = {}
    answers: dict[str, list[str]] = {}
    for stage in STAGES:
        for rule, method in house.rules():
            name = f"{method} {rule.rule} ({rule.endpoint})"
            if rule.endpoint in ELSEWHERE or name in open_at:
                continue
            status = _as_the_right_person(house, stage, rule, method)
            answers.setdefault(name, []).append(f"{stage}: {status}")
            if status in {200, 201, 303}:
                open_at[name] = stage
    assert {name: tried for name, tried in answers.items() if name not in open_at} == {}
    assert len(open_at) > 80


def _as_the_right_person(house: House, stage: str, rule: Rule, method: str) -> int:
    house.kept.restore(stage)
    guard = guard_of(house.app, rule)
    client = house.app.test_client()
    visitor: Any = client if guard is Guard.PUBLIC else right_visitors(house)[guard]
    target = replace(house.amara, spare=_good_spare(house, rule.endpoint))
    if None in address_of(rule, target).values() or "" in address_of(rule, target).values():
        return 0  # not made yet at this stage
    answer = ask(visitor, rule, method, target, house.app)
    return 0 if "invitation" in rule.endpoint and answer.status_code == 404 else answer.status_code


def _good_spare(house: House, endpoint: str) -> dict[str, str]:
    invitation = house.fresh_invitations["use" if endpoint == "codes.use" else "accept"]
    if endpoint != "site.open_tab":
        return {"invitation": invitation, "ticket": ""}
    page = house.visitor(house.world.amara, "participant").get("keystone").text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket is not None
    return {"invitation": invitation, "ticket": ticket[1]}


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_what_is_walked_elsewhere_is(place: str) -> None:
    found = HERE / place if (HERE / place).exists() else HERE.parent / place
    assert found.exists()


def test_an_address_that_nobody_told_about_makes_the_walk_fail(house: House) -> None:
    rule = Rule("/l/<launch>/secrets/<uuid:secret_id>", endpoint="evidence.secret", methods=["GET"])
    Map([rule])  # reads its parameters
    with pytest.raises(LookupError, match=r"say in wrong_person\.py what <secret_id> stands for"):
        address_of(rule, house.amara)
    with pytest.raises(LookupError, match=r"say in wrong_person\.py what its form holds"):
        form_of("evidence.secret", house.amara)


def _everybody_coaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ltitool.cohorts.scope._coaches", lambda *_: True)


def _everybody_directs(monkeypatch: pytest.MonkeyPatch) -> None:
    def scope(session: Any, **given: Any) -> Any:
        return reader_scope(session, **{**given, "roles": ("director",)})

    monkeypatch.setattr("ltitool.evidence.pages.reader_scope", scope)


@pytest.mark.parametrize(
    ("who", "mutate", "open_now"),
    [
        ("coach of another cohort", _everybody_coaches, "scoring.sheet"),
        ("participant of the same cohort", _everybody_directs, "evidence_reading.gathered"),
    ],
)
def test_the_walk_sees_a_wall_that_is_missing(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    mutate: Callable[[pytest.MonkeyPatch], None],
    open_now: str,
) -> None:
    house.kept.restore("awarded")
    person, roles = WRONG[who](house)
    visitor = house.visitor(person, *roles)
    rule = next(rule for rule, method in house.rules() if (rule.endpoint, method) == (open_now, "GET"))
    assert _faults(house, rule, "GET", ask(visitor, rule, "GET", house.amara, house.app)) == []
    mutate(monkeypatch)
    found = _faults(house, rule, "GET", ask(visitor, rule, "GET", house.amara, house.app))
    assert "shows b'zzamara" in found[0]
    assert found[-1].endswith(": 200, not refused")


def test_private_notes_reach_coaches_of_the_cohort_alone(house: House) -> None:
    """Read every page there is as participant and as director; the same words stand on the coach's pages."""
    house.kept.restore("shown")
    readers = {
        "participant": house.visitor(house.world.amara, "participant"),
        "director": house.visitor(house.world.director, "director"),
    }
    coach = house.visitor(house.world.coach, "coach")
    shown: dict[str, list[str]] = {"participant": [], "director": [], "coach": []}
    for rule, method in house.rules():
        if method != "GET" or rule.endpoint in {"static", *ELSEWHERE}:
            continue
        for name, visitor in {**readers, "coach": coach}.items():
            if PRIVATE.encode() in ask(visitor, rule, "GET", house.amara, house.app).data:
                shown[name].append(rule.endpoint)
    assert shown["participant"] == shown["director"] == []
    assert {"coaching.notes", "coaching.entry"} <= set(shown["coach"])


def test_another_organisations_code_opens_nothing(house: House) -> None:
    house.kept.restore("awarded")
    visitor = house.visitor(house.world.stranger_coach, "coach")
    answer = visitor.post("invitation", {"code": house.fresh_invitations["use"]})
    assert answer.status_code == 422
    with house.app.app_context():
        row = read_session().get_one(Invitation, uuid.UUID(int=2))
        assert row.accepted_at is None
