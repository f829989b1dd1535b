"""Promises that every shipped file keeps, and what parts of a program need from each other."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from importlib import resources
from pathlib import Path

import pytest

from ltitool.programs import (
    DEFAULT_PROGRAM,
    ActivityKind,
    Program,
    ProgramFileInvalid,
    Setting,
    check_program_file,
    load_shipped,
    parse_program,
)
from rubrics import Text

FOLDER = resources.files("ltitool.programs")
FILES = sorted(file.name for file in FOLDER.iterdir() if file.name.endswith(".yaml"))
PROGRAMS = (
    "collaborative-leadership-10",
    "collaborative-leadership-13",
    "collective-leadership-coaching",
    "leading-together",
    "shared-leadership",
)
# Words that are the same in both languages.
SAME_IN_BOTH = frozenset({"Leading"})
JARGON = re.compile(r"\b(launch|token|deployment|LTI|utilize|leverage)\b", re.IGNORECASE)


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts_of(item, f"{path}[{index}]")
    elif is_dataclass(value) and not isinstance(value, Enum):
        for field in fields(value):
            yield from texts_of(getattr(value, field.name), f"{path}.{field.name}")


def source_of(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> Program:
    return load_shipped()[request.param]


def test_all_five_programs_ship_and_the_default_is_one() -> None:
    assert tuple(sorted(load_shipped())) == PROGRAMS
    assert DEFAULT_PROGRAM in PROGRAMS


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_free_of_faults(name: str) -> None:
    with resources.as_file(FOLDER / name) as path:
        assert check_program_file(Path(path)) == []


def test_callers_cannot_spoil_the_shipped_programs() -> None:
    load_shipped().clear()
    assert len(load_shipped()) == len(PROGRAMS)


def test_every_text_is_written_twice(program: Program) -> None:
    found = list(texts_of(program))
    assert len(found) > 60
    for path, text in found:
        assert text.languages == ("en", "es"), path
        english, spanish = text.in_("en"), text.in_("es")
        assert english != spanish or english in SAME_IN_BOTH, f"{path} is not translated: {english}"


def test_every_text_keeps_the_voice(program: Program) -> None:
    for path, text in texts_of(program):
        for words in text.as_data().values():
            assert "!" not in words, path
            assert "  " not in words, path
            assert not JARGON.search(words), path
        assert text.in_("es").count("?") == text.in_("es").count("¿"), path


def test_everything_opens_while_the_program_runs(program: Program) -> None:
    start = date(2026, 1, 5)
    dates = program.dates(start)
    for activity in program.activities:
        assert (
            dates.start <= program.opens_on(activity, start) <= program.due_on(activity, start) <= dates.end
        )


def test_required_work_can_be_done_before_the_end(program: Program) -> None:
    assert program.required_activities
    assert all(not activity.is_session for activity in program.required_activities)


def test_forms_ask_something(program: Program) -> None:
    asked_elsewhere = {ActivityKind.PHOTOVOICE, ActivityKind.POWER_MAP, ActivityKind.SURVEY}
    analysed = program.team_analysis.activity if program.team_analysis else None
    for activity in program.activities:
        if not activity.is_session and activity.kind not in asked_elsewhere and activity.key != analysed:
            assert activity.prompts, activity.key


def test_time_boxes_fit_their_activity(program: Program) -> None:
    for activity in program.activities:
        boxed = sum(prompt.minutes or 0 for prompt in activity.prompts)
        assert boxed <= activity.minutes, activity.key
    if program.team_analysis:
        assert program.team_analysis.minutes == program.activity(program.team_analysis.activity).minutes


def test_its_stored_source_rebuilds_it(program: Program) -> None:
    assert parse_program(program.source, "stored") == program


def test_ten_weeks_carry_the_same_keystone_with_a_pair_of_coaches() -> None:
    ten, thirteen = load_shipped()["collaborative-leadership-10"], load_shipped()[DEFAULT_PROGRAM]
    assert len(ten.steps) == 10
    assert (ten.cohort.coaches, thirteen.cohort.coaches) == (2, 1)
    assert ten.rubric == thirteen.rubric
    assert ten.badge.name == thirteen.badge.name
    weeks = [activity.opens for activity in ten.of_kind(ActivityKind.GROUP_SESSION)]
    assert weeks == [step.number for step in ten.steps if step.setting is Setting.WHOLE_GROUP]


def test_leading_together_trains_two_days_and_measures_trust_twice() -> None:
    program = load_shipped()["leading-together"]
    days = [step.number for step in program.steps if step.setting is Setting.TRAINING_DAY]
    assert days == [1, 2]
    dates = program.dates(date(2026, 9, 1))
    assert (dates.of(2).first, dates.of(3).first, dates.end) == (
        date(2026, 9, 2), date(2026, 9, 3), date(2026, 12, 1),
    )  # fmt: skip
    assert [(s.instrument, s.wave) for s in program.of_kind(ActivityKind.SURVEY)] == [
        ("trust_among_adults", 1), ("trust_among_adults", 2),
    ]  # fmt: skip
    assert len(program.instrument("trust_among_adults").items) == 8
    assert program.keystone is None
    assert (program.rubric, program.pass_rule, program.scoring) == (None, None, None)


def test_shared_leadership_rates_eight_indicators_three_times() -> None:
    program = load_shipped()["shared-leadership"]
    instrument = program.instrument("shared_leadership")
    assert (len(instrument.items), instrument.waves) == (8, 3)
    assert [s.wave for s in program.of_kind(ActivityKind.SURVEY)] == [1, 2, 3]
    assert program.team_analysis is not None
    assert len(program.team_analysis.voices) == 6


def test_the_priority_finder_ends_in_one() -> None:
    program = load_shipped()["collective-leadership-coaching"]
    finder = program.of_kind(ActivityKind.PRIORITY_FINDER)[0]
    keys = [prompt.key for prompt in finder.prompts]
    assert (
        keys.index("symptoms") < keys.index("pattern") < keys.index("strengths") < keys.index("one_priority")
    )
    inventory = program.of_kind(ActivityKind.RESOURCE_INVENTORY)[0]
    assert {"keep", "let_go", "grow"} <= {prompt.key for prompt in inventory.prompts}


def without(source: str, key: str) -> str:
    """The file without one of its top-level parts."""
    changed = re.sub(rf"(?ms)^{key}:.*?(?=^\S)", "", source)
    assert changed != source
    return changed


def refusals(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ProgramFileInvalid) as caught:
        parse_program(text, "changed.yaml")
    return [(fault.path, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize("key", ["photovoice", "map", "pass_rule", "scoring", "rubric"])
def test_a_part_that_others_need_is_missed(source: str, key: str) -> None:
    assert (key, "missing") in refusals(without(source, key))


def test_without_a_keystone_there_is_nothing_to_score(source: str) -> None:
    text = source.replace("kind: keystone", "kind: reflection")
    assert sorted(refusals(text)) == [
        ("completion.keystone_passed", "not_allowed"),
        ("pass_rule", "not_allowed"),
        ("rubric", "not_allowed"),
        ("scoring", "not_allowed"),
    ]


def test_a_program_without_a_team_analysis_is_possible(source: str) -> None:
    assert parse_program(without(source, "team_analysis"), "changed.yaml").team_analysis is None


SURVEY_CASES = {
    "a wave too many": ("    wave: 2\n", "    wave: 3\n", "activities[10].wave", "out_of_range"),
    "no wave": ("    wave: 2\n", "", "activities[10].wave", "out_of_range"),
    "unknown instrument": (
        "instrument: trust_among_adults\n    wave: 2",
        "instrument: charm\n    wave: 2",
        "activities[10].instrument",
        "unknown_reference",
    ),
    "item twice": ("- key: keep_word", "- key: admit_mistakes", "instruments[0].items[1].key", "used_twice"),
    "scale twice": ("{key: seldom,", "{key: never,", "instruments[0].scale[1].key", "used_twice"),
    "keystone asked for": (
        "keystone_passed: false",
        "keystone_passed: true",
        "completion.keystone_passed",
        "not_allowed",
    ),
}


@pytest.mark.parametrize("name", SURVEY_CASES)
def test_surveys_ask_what_an_instrument_holds(name: str) -> None:
    text = source_of("leading_together.yaml")
    assert parse_program(text, "control.yaml")
    old, new, path, code = SURVEY_CASES[name]
    assert old in text
    assert refusals(text.replace(old, new, 1)) == [(path, code)]
