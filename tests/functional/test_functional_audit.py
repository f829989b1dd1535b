"""Who may do what here is never changed without a line in the audit chain: who did it, what, and when.

The walk sends each form of directors and operators, and looks whether rows of these tables changed.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from support.house import STAGES, House, right_visitors
from support.rows import Key, all_rows
from support.wrong_person import address_of, form_of, guard_of, path_of

from ltitool.foundation.audit import verify_chain
from ltitool.foundation.db import read_session
from ltitool.foundation.models import AuditEntry
from ltitool.web.blueprints import Guard

WATCHED = frozenset({"platform", "deployment", "platform_invitation", "staff_grant", "invitation"})
COUNTED = frozenset({"last_launch_at", "jwks_refetched_at"})  # move by themselves
MUST_HAVE_CHANGED = {
    "directing.grant",
    "directing.invite",
    "directing.withdraw",
    "platform.decide",
    "platform.decide_place",
    "platform.policy",
    "registering.add",
    "registering.make_link",
}
OTHERWISE = {"decision": "no", "policy": "auto"}  # the house's LMS is let in already, by approval


def test_nothing_of_roles_and_platforms_changes_without_a_line(house: House) -> None:
    faults, changed = [], set()
    for rule, method in house.rules():
        guard = guard_of(house.app, rule)
        if method != "POST" or guard not in {Guard.DIRECTOR, Guard.OPERATOR}:
            continue
        house.kept.restore(STAGES[0])
        with house.app.app_context():
            form = dict(form_of(rule.endpoint, house.amara))
        form |= {name: value for name, value in OTHERWISE.items() if name in form}
        if rule.endpoint == "directing.grant":
            form["person"] = house.world.other_coach.id  # the victim's coach has this cohort already
        path = path_of(rule, {name: value or "x" for name, value in address_of(rule, house.amara).items()})
        visitor = right_visitors(house)[guard]
        before, lines = _watched(house), _lines(house)
        visitor.post(path, form)
        if _watched(house) == before:
            continue
        changed.add(rule.endpoint)
        if not _written(_lines(house)[len(lines) :], house):
            faults.append(rule.endpoint)
    assert faults == []
    assert changed >= MUST_HAVE_CHANGED


def _watched(house: House) -> Mapping[Key, Mapping[str, Any]]:
    """Give the rows that say who may do what; of memberships, those of coaches."""
    with house.app.app_context():
        return {
            key: {name: value for name, value in row.items() if name not in COUNTED}
            for key, row in all_rows().items()
            if key[0] in WATCHED or (key[0] == "membership" and row["role"] == "coach")
        }


def _lines(house: House) -> list[AuditEntry]:
    with house.app.app_context():
        session = read_session()
        assert verify_chain(session) is None
        found = list(session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)))
        session.commit()
    return found


def _written(lines: list[AuditEntry], house: House) -> bool:
    """Say whether it was written down once, by whom, now, in the right organisation, and with ids alone."""
    return [_is_whole(one, house) for one in lines] == [True]


def _is_whole(line: AuditEntry, house: House) -> bool:
    named = line.subject.partition(":")[2]
    return (
        line.actor_id is not None
        and line.organisation_id == house.world.organisation_id
        and line.at == house.kept.clock.now
        and str(uuid.UUID(named)) == named
        and "Overwritten" not in str(line.details)
    )


@pytest.mark.parametrize("forgotten", ["ltitool.people.grants.record", "ltitool.lti.approving.record"])
def test_the_walk_misses_a_line_that_is_not_written(
    house: House, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    monkeypatch.setattr(forgotten, lambda *_args, **_told: None)
    with pytest.raises(AssertionError, match="assert \\["):
        test_nothing_of_roles_and_platforms_changes_without_a_line(house)
