"""The completion table: one thing missing at a time, and then nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ltitool.cohorts.completion import Done, Missing, Requirement, completion
from ltitool.cohorts.progress import ProgressState, Stage
from ltitool.programs import Program, load_shipped

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def program() -> Program:
    return load_shipped()["collaborative-leadership-13"]


@pytest.fixture
def all_done(program: Program) -> Done:
    sent = ProgressState(Stage.SUBMITTED, NOW, {})
    return Done(
        progress={activity.key: sent for activity in program.required_activities},
        attended={"session_1": 120, "session_2": 120, "session_3": 90, "session_4": 0},
        one_to_ones=3,
        keystone_passed=True,
    )


def missing(program: Program, done: Done) -> list[Missing]:
    return list(completion(program, done).missing)


def test_everything_there_is_met(program: Program, all_done: Done) -> None:
    assert completion(program, all_done).met
    assert missing(program, all_done) == []


@pytest.mark.parametrize("stage", [None, Stage.STARTED, Stage.RETURNED])
def test_required_work_that_is_not_sent_is_missing(
    program: Program, all_done: Done, stage: Stage | None
) -> None:
    progress = dict(all_done.progress)
    del progress["photovoice"]
    if stage:
        progress["photovoice"] = ProgressState(stage, NOW, {})

    found = missing(program, replace(all_done, progress=progress))

    assert [(one.requirement, one.activity and one.activity.key) for one in found] == [
        (Requirement.ACTIVITY, "photovoice")
    ]


def test_work_that_is_not_asked_for_is_never_missing(program: Program, all_done: Done) -> None:
    optional = {"practice_1", "team_composition", "peer_reflection"}
    assert not optional & set(all_done.progress)
    assert completion(program, all_done).met


def test_an_absence_is_no_attendance(program: Program, all_done: Done) -> None:
    attended = {**all_done.attended, "session_3": 0}

    assert missing(program, replace(all_done, attended=attended)) == [
        Missing(Requirement.ATTENDANCE, have=2, need=3)
    ]


def test_too_few_one_to_ones(program: Program, all_done: Done) -> None:
    assert missing(program, replace(all_done, one_to_ones=2)) == [
        Missing(Requirement.COACHING, have=2, need=3)
    ]


def test_a_keystone_that_did_not_pass_is_named_once(program: Program, all_done: Done) -> None:
    unsent = {key: state for key, state in all_done.progress.items() if key != "keystone"}
    for progress in (all_done.progress, unsent):
        done = replace(all_done, progress=progress, keystone_passed=False)
        assert missing(program, done) == [Missing(Requirement.KEYSTONE, program.keystone)]


def test_a_program_that_asks_for_no_pass_asks_for_the_keystone_to_be_sent(
    program: Program, all_done: Done
) -> None:
    gentle = replace(program, completion=replace(program.completion, keystone_passed=False))
    unsent = {key: state for key, state in all_done.progress.items() if key != "keystone"}
    done = replace(all_done, progress=unsent, keystone_passed=False)

    assert missing(gentle, done) == [Missing(Requirement.ACTIVITY, program.keystone)]
    assert completion(gentle, replace(all_done, keystone_passed=False)).met


def test_with_nothing_done_everything_is_named_in_order(program: Program) -> None:
    found = missing(program, Done({}, {}, 0, keystone_passed=False))

    assert [one.requirement for one in found] == [
        *[Requirement.ACTIVITY] * 5,
        Requirement.ATTENDANCE,
        Requirement.COACHING,
        Requirement.KEYSTONE,
    ]


@pytest.mark.parametrize("name", sorted(load_shipped()))
def test_every_shipped_program_can_be_completed(name: str) -> None:
    program = load_shipped()[name]
    sent = ProgressState(Stage.DONE, NOW, {})
    sessions = {f"s{number}": 60 for number in range(program.completion.attendance_minimum)}
    done = Done(
        progress={activity.key: sent for activity in program.activities},
        attended=sessions,
        one_to_ones=program.completion.coaching_minimum,
        keystone_passed=True,
    )
    assert completion(program, done).met
    assert not completion(program, Done({}, {}, 0, keystone_passed=False)).met
