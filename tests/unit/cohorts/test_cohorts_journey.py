"""Where somebody stands on a day, what comes next, and days across a change of clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from ltitool.cohorts.days import day_words, due_words, full_day, local_day, past_words, short_day
from ltitool.cohorts.journey import Journey, Recorded, Standing, StepState, journey
from ltitool.cohorts.progress import ProgressState, Stage
from ltitool.cohorts.timezones import OFFERED, timezone_choices
from ltitool.programs import Phase, load_shipped

START = date(2026, 2, 2)
PROGRAM = load_shipped()["collaborative-leadership-13"]


def on(
    day: date,
    stages: dict[str, Stage] | None = None,
    attended: dict[str, int] | None = None,
    met: tuple[date, ...] = (),
) -> Journey:
    at = datetime(2026, 2, 10, tzinfo=UTC)
    progress = {key: ProgressState(stage, at, {}) for key, stage in (stages or {}).items()}
    return journey(PROGRAM, START, day, Recorded(progress, attended or {}, met))


def week(number: int, weekday: int = 3) -> date:
    return START + timedelta(weeks=number - 1, days=weekday)


def states(way: Journey) -> str:
    letters = {StepState.DONE: "d", StepState.OPEN: "o", StepState.NOW: "n", StepState.AHEAD: "-"}
    return "".join(letters[item.state] for item in way.steps)


def test_before_the_start_all_is_ahead() -> None:
    way = on(START - timedelta(days=1))

    assert (way.phase, states(way)) == (Phase.AHEAD, "-" * 13)
    assert way.next_up is None


@pytest.mark.parametrize(
    ("day", "stages", "expected"),
    [
        (START, {}, "n------------"),
        (week(5), {}, "dddon--------"),
        (week(5), {"photovoice": Stage.SUBMITTED}, "ddddn--------"),
        (week(5), {"photovoice": Stage.RETURNED}, "dddon--------"),
        (week(6, 0), {"photovoice": Stage.DONE}, "ddddon-------"),
        (week(6), {"photovoice": Stage.DONE, "photovoice_analysis": Stage.DONE}, "dddddn-------"),
    ],
)
def test_a_stone_is_laid_when_its_work_is_sent(day: date, stages: dict[str, Stage], expected: str) -> None:
    assert states(on(day, stages)) == expected


def test_the_keystone_closes_the_arch_only_when_it_is_done() -> None:
    required = {activity.key: Stage.SUBMITTED for activity in PROGRAM.required_activities}
    after = week(14)

    assert states(on(after, required)) == "d" * 12 + "o"
    assert states(on(after, {**required, "keystone": Stage.DONE})) == "d" * 13
    assert on(after, required).phase is Phase.OVER


def test_a_passed_keystone_is_laid_before_its_week_is_over() -> None:
    passed = {activity.key: Stage.SUBMITTED for activity in PROGRAM.required_activities}
    passed["keystone"] = Stage.DONE
    without_photos = {key: stage for key, stage in passed.items() if key != "photovoice"}

    assert states(on(week(13), passed)) == "d" * 13
    assert states(on(week(13), {**passed, "keystone": Stage.SUBMITTED})) == "d" * 12 + "n"
    assert states(on(week(13), without_photos)) == "dddo" + "d" * 9
    assert on(week(13), passed).keystone_passed
    assert not on(week(13), {}).keystone_passed


def test_the_next_required_thing_leaves_out_what_nobody_asks_for() -> None:
    required = {activity.key: Stage.DONE for activity in PROGRAM.required_activities}
    way = on(week(13), required)

    assert way.next_up is not None
    assert not way.next_up.activity.required
    assert way.next_required is None
    returned = on(week(13), {**required, "power_map": Stage.RETURNED}).next_required
    assert returned is not None
    assert returned.activity.key == "power_map"


def test_the_next_thing_is_what_came_back_then_what_is_late_then_what_is_due_first() -> None:
    def next_key(stages: dict[str, Stage]) -> str | None:
        found = on(week(6), stages).next_up
        return found.activity.key if found else None

    photos_sent = {"photovoice": Stage.SUBMITTED}
    on_time = {**photos_sent, "photovoice_analysis": Stage.DONE}
    assert next_key({}) == "photovoice"
    assert next_key({"photovoice": Stage.STARTED}) == "photovoice"
    assert next_key(photos_sent) == "photovoice_analysis"
    assert next_key(on_time) == "power_map"
    assert next_key({**on_time, "power_map": Stage.SUBMITTED}) == "practice_2"
    assert next_key({**photos_sent, "photovoice": Stage.RETURNED}) == "photovoice"


def test_late_work_that_nobody_asks_for_comes_last() -> None:
    sent = ("photovoice", "photovoice_analysis", "power_map", "practice_2")
    way = on(week(6), dict.fromkeys(sent, Stage.DONE))

    assert way.next_up is not None
    assert way.next_up.activity.key == "team_composition"
    assert way.next_up.late
    assert way.late == ()


def test_an_activity_is_on_time_through_the_last_day_of_its_step() -> None:
    sunday = week(4, 6)

    assert not on(sunday).find("photovoice").late
    assert on(sunday + timedelta(days=1)).find("photovoice").late
    assert on(sunday).find("photovoice").due_on == sunday


def test_work_opens_on_the_first_day_of_its_step() -> None:
    sunday = week(4, 6)

    assert on(sunday).find("power_map").standing is Standing.AHEAD
    assert on(sunday + timedelta(days=1)).find("power_map").standing is Standing.OPEN


@pytest.mark.parametrize(
    ("attended", "standing"),
    [({}, Standing.OPEN), ({"session_1": 120}, Standing.HELD), ({"session_1": 0}, Standing.MISSED)],
)
def test_a_session_stands_as_it_was_recorded(attended: dict[str, int], standing: Standing) -> None:
    assert on(week(1), attended=attended).find("session_1").standing is standing


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (week(2, 0), Standing.HELD),
        (week(4, 6), Standing.HELD),
        (week(5, 0), Standing.OPEN),
        (week(1, 6), Standing.OPEN),
    ],
)
def test_a_one_to_one_counts_for_the_weeks_it_was_held_in(day: date, standing: Standing) -> None:
    assert on(week(5), met=(day,)).find("coaching_1").standing is standing


def test_each_stage_has_its_standing() -> None:
    expected = {
        Stage.STARTED: Standing.STARTED,
        Stage.SUBMITTED: Standing.SENT,
        Stage.RETURNED: Standing.RETURNED,
        Stage.DONE: Standing.DONE,
    }
    for stage, standing in expected.items():
        found = on(week(2), {"photovoice": stage}).find("photovoice")
        assert found.standing is standing
        assert found.waits_for_writer is (stage in {Stage.STARTED, Stage.RETURNED})


def test_a_step_lists_what_is_open_in_it() -> None:
    assert [item.activity.key for item in on(week(6)).of_step(6)] == ["power_map", "coaching_2", "practice_2"]


def test_an_unknown_activity_is_not_found() -> None:
    with pytest.raises(KeyError):
        on(week(1)).find("homework")


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        # Clocks go forward in Denver on March 8, 2026 at 02:00.
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), "America/Denver", date(2026, 3, 7)),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "America/Denver", date(2026, 3, 8)),
        (datetime(2026, 3, 9, 5, 59, tzinfo=UTC), "America/Denver", date(2026, 3, 8)),
        (datetime(2026, 3, 9, 6, 0, tzinfo=UTC), "America/Denver", date(2026, 3, 9)),
        # Phoenix does not change.
        (datetime(2026, 3, 9, 6, 59, tzinfo=UTC), "America/Phoenix", date(2026, 3, 8)),
        # And back again on 1 November.
        (datetime(2026, 11, 2, 6, 59, tzinfo=UTC), "America/Denver", date(2026, 11, 1)),
        (datetime(2026, 11, 2, 7, 0, tzinfo=UTC), "America/Denver", date(2026, 11, 2)),
    ],
)
def test_a_day_ends_where_the_people_are(at: datetime, zone: str, day: date) -> None:
    assert local_day(at, zone) == day


def test_work_due_on_the_day_clocks_change_is_late_an_hour_earlier_in_utc() -> None:
    def late(at: datetime) -> bool:
        return on(local_day(at, "America/Denver")).find("photovoice_analysis").late

    assert not late(datetime(2026, 3, 9, 5, 59, tzinfo=UTC))
    assert late(datetime(2026, 3, 9, 6, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("Thursday, March 12", "March 12, 2026", "Mar 12")),
        ("es", ("jueves 12 de marzo", "12 de marzo de 2026", "12 mar")),
        ("fr", ("jeudi 12 mars", "12 mars 2026", "12 mars")),
    ],
)
def test_days_are_named_in_the_language(locale: str, words: tuple[str, str, str]) -> None:
    day = date(2026, 3, 12)

    assert (day_words(day, locale), full_day(day, locale), short_day(day, locale)) == words


def test_due_days_are_said_as_people_say_them(app: Flask) -> None:
    today = date(2026, 3, 12)
    with app.test_request_context(), force_locale("en"):
        said = [due_words(today + timedelta(days=days), today) for days in (-4, 0, 1, 3)]
        past = [past_words(today - timedelta(days=days), today) for days in (0, 1, 3)]

    assert said == [
        "was due on Sunday, March 8",
        "by the end of today",
        "by tomorrow",
        "by Sunday, March 15",
    ]
    assert past == ["today", "yesterday", "on Monday, March 9"]


def test_every_offered_time_zone_is_real_and_named() -> None:
    assert [ZoneInfo(zone).key for zone, _ in timezone_choices("en")] == list(OFFERED)
    assert dict(timezone_choices("en"))["America/Denver"] == "Mountain Time (Denver)"
    assert len({words for _, words in timezone_choices("es")}) == len(OFFERED)
