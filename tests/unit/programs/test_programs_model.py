"""The shipped program as a value: what it holds, its dates, and that its source rebuilds it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltitool.programs import (
    DEFAULT_PROGRAM,
    ActivityKind,
    Phase,
    Program,
    ProgramUnknown,
    Setting,
    load_shipped,
    parse_program,
)
from rubrics import EveryCriterion

MONDAY = date(2026, 1, 5)
GROUP_WEEKS = (1, 5, 9, 13)


@pytest.fixture(scope="module")
def program() -> Program:
    return load_shipped()[DEFAULT_PROGRAM]


def test_thirteen_weeks_in_their_settings(program: Program) -> None:
    assert [step.number for step in program.steps] == list(range(1, 14))
    settings = {step.number: step.setting for step in program.steps}
    assert {n for n, setting in settings.items() if setting is Setting.WHOLE_GROUP} == set(GROUP_WEEKS)
    assert set(settings.values()) == {Setting.WHOLE_GROUP, Setting.PRACTICE}
    assert {step.length_days for step in program.steps} == {7}


def test_sessions_and_coaching_lie_where_the_program_says(program: Program) -> None:
    sessions = program.of_kind(ActivityKind.GROUP_SESSION)
    assert [(s.opens, s.due, s.planned_minutes) for s in sessions] == [(n, n, 120) for n in GROUP_WEEKS]
    coaching = program.of_kind(ActivityKind.COACHING_SESSION)
    assert [(c.opens, c.due) for c in coaching] == [(2, 4), (6, 8), (10, 12)]
    assert all(activity.is_session for activity in (*sessions, *coaching))
    assert not program.activity("photovoice").is_session


@pytest.mark.parametrize(
    ("key", "opens", "due"),
    [
        ("photovoice", 1, 4),
        ("photovoice_analysis", 5, 5),
        ("power_map", 5, 8),
        ("map_analysis", 9, 9),
        ("team_analysis", 9, 12),
        ("keystone", 9, 13),
        ("peer_reflection", 13, 13),
    ],
)
def test_each_assignment_opens_and_is_due_in_its_week(
    program: Program, key: str, opens: int, due: int
) -> None:
    activity = program.activity(key)
    assert (activity.opens, activity.due) == (opens, due)
    assert program.opens_on(activity, MONDAY) == MONDAY + timedelta(weeks=opens - 1)
    assert program.due_on(activity, MONDAY) == MONDAY + timedelta(weeks=due, days=-1)


def test_what_is_open_in_a_week(program: Program) -> None:
    assert {activity.key for activity in program.open_in(13)} == {"keystone", "session_4", "peer_reflection"}
    assert "photovoice" in {activity.key for activity in program.open_in(4)}
    assert "photovoice" not in {activity.key for activity in program.open_in(5)}


def test_guides_are_asset_worded_and_whole(program: Program) -> None:
    assert program.photovoice is not None
    assert program.map is not None
    assert program.team_analysis is not None
    assert [lens.key for lens in program.photovoice.lenses] == [
        "people", "groups", "structures", "climate", "culture",
    ]  # fmt: skip
    assert program.photovoice.lens("climate").title.in_("es") == "Clima"
    why = next(prompt for prompt in program.photovoice.prompts if prompt.key == "why")
    assert why.text.in_("en") == "Why does this strength exist?"
    assert {voice.key for voice in program.team_analysis.voices} == {
        "parents", "students", "community", "staff", "administration",
    }  # fmt: skip
    assert program.team_analysis.minutes == program.activity("team_analysis").minutes == 90
    with pytest.raises(KeyError):
        program.photovoice.lens("selfies")


def test_the_keystone_is_scored_on_six_criteria_of_four_levels(program: Program) -> None:
    assert program.rubric is not None
    assert program.scoring is not None
    assert program.keystone is not None
    assert len(program.rubric.criteria) == 6
    assert program.rubric.level_ids == ("not_yet", "emerging", "proficient", "leading")
    assert program.pass_rule == EveryCriterion("proficient")
    assert program.keystone.points == program.rubric.maximum == 24
    assert program.rubric.minimum > 0  # a gradebook may read 0 as "not graded yet"
    assert (program.scoring.name, program.scoring.parameter("resubmissions")) == ("single", 2)
    assert program.graded_activities == (program.keystone,)


def test_no_two_descriptors_are_the_same(program: Program) -> None:
    assert program.rubric is not None
    texts = [
        level.descriptor.in_(language)
        for criterion in program.rubric.criteria
        for level in criterion.levels
        for language in program.languages
    ]
    assert len(texts) == 6 * 4 * 2
    assert Counter(texts).most_common(1)[0][1] == 1


def test_completion_asks_for_what_it_says(program: Program) -> None:
    assert {activity.key for activity in program.required_activities} == {
        "photovoice", "photovoice_analysis", "power_map", "map_analysis", "team_analysis", "keystone",
    }  # fmt: skip
    rule = program.completion
    assert (rule.attendance_minimum, rule.coaching_minimum, rule.keystone_passed) == (3, 3, True)
    assert program.clock_hours == (ActivityKind.GROUP_SESSION, ActivityKind.COACHING_SESSION)


def test_its_source_rebuilds_it(program: Program) -> None:
    again = parse_program(program.source, "stored")
    assert again == program
    assert again.digest == program.digest
    changed = parse_program(program.source + "# a remark\n", "stored")
    assert changed.digest != program.digest
    assert len(program.digest) == len("sha256:") + 64


def test_what_is_not_there_is_said(program: Program) -> None:
    assert program.activity("keystone").prompt("heading").max_length == 160
    for ask in (
        lambda: program.activity("selfie"), lambda: program.step(14), lambda: program.step(0),
        lambda: program.instrument("trust"),
    ):  # fmt: skip
        with pytest.raises(ProgramUnknown):
            ask()
    with pytest.raises(KeyError):
        program.activity("keystone").prompt("selfie")


def test_dates_follow_from_the_start(program: Program) -> None:
    dates = program.dates(MONDAY)
    assert (dates.start, dates.end) == (MONDAY, date(2026, 4, 5))
    assert (dates.of(13).first, dates.of(13).last) == (date(2026, 3, 30), date(2026, 4, 5))


@pytest.mark.parametrize(
    ("day", "number", "phase"),
    [
        (MONDAY - timedelta(days=1), 1, Phase.AHEAD),
        (MONDAY, 1, Phase.RUNNING),
        (MONDAY + timedelta(days=6), 1, Phase.RUNNING),
        (MONDAY + timedelta(days=7), 2, Phase.RUNNING),
        (date(2026, 4, 5), 13, Phase.RUNNING),
        (date(2026, 4, 6), 13, Phase.OVER),
    ],
)
def test_the_step_of_a_day(program: Program, day: date, number: int, phase: Phase) -> None:
    assert program.step_on(day, MONDAY) is program.step(number)
    assert program.phase_on(day, MONDAY) is phase


@given(
    start=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    after=st.integers(0, 90),
)
def test_a_day_of_the_run_lies_in_the_step_that_it_names(start: date, after: int) -> None:
    program = load_shipped()[DEFAULT_PROGRAM]
    day = start + timedelta(days=after)
    dates = program.dates(start).of(program.step_on(day, start).number)
    assert dates.first <= day <= dates.last


def test_a_pause_belongs_to_the_step_before_it(source: str) -> None:
    where = source.index("    setting: practice\n")
    text = source[:where] + "    offset: 14\n" + source[where:]  # a week of holidays after week 1
    paused = parse_program(text, "paused.yaml")
    assert paused.step_on(MONDAY + timedelta(days=10), MONDAY).number == 1
    assert paused.step_on(MONDAY + timedelta(days=14), MONDAY).number == 2
    assert paused.dates(MONDAY).end == date(2026, 4, 12)
