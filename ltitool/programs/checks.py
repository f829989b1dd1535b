"""Checks of a program as a whole: what refers to what, and what must agree with what.

Each check yields faults with paths into the file; ``reading`` gives them lines and columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ltitool.programs.activities import Activity, ActivityKind, Answer, Prompt
from ltitool.programs.model import Program
from rubrics.errors import DataFault, Path

POLICIES = {"single": frozenset({"resubmissions", "resubmission_days"})}
"""Scoring policies that this version can run, and the parameters of each."""

KNOWN_LANGUAGES = ("en", "es")
"""Languages that the pages themselves can speak."""

HOUR_KINDS = frozenset(
    {ActivityKind.GROUP_SESSION, ActivityKind.COACHING_SESSION, ActivityKind.PRACTICE_LOG},
)
"""Kinds whose rows carry minutes."""


def whole_program_faults(program: Program) -> Iterator[DataFault]:
    """Run all checks."""
    yield from _calendar(program)
    yield from _twice(("activities",), [activity.key for activity in program.activities])
    for index, activity in enumerate(program.activities):
        path: Path = ("activities", index)
        yield from _window(path, activity, len(program.steps))
        yield from _session(path, activity)
        yield from _grade(path, activity)
        yield from _survey(path, activity, program)
        yield from _prompts((*path, "prompts"), activity.prompts)
    yield from _guides(program)
    yield from _team_analysis(program)
    yield from _instruments(program)
    yield from _assessment(program)
    yield from _completion(program)
    yield from _clock_hours(program)
    yield from _alignment(program)
    if program.cohort.smallest > program.cohort.largest:
        yield _fault(("cohort", "smallest"), "out_of_range", "more than the largest", "smallest ≤ largest")


def _fault(path: Path, code: str, problem: str, expected: str) -> DataFault:
    return DataFault(path, code, problem, expected)


def _twice(path: Path, keys: Sequence[str], name: str = "key") -> Iterator[DataFault]:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield _fault((*path, index, name), "used_twice", f"“{key}” is used twice", "a key of its own")


def _calendar(program: Program) -> Iterator[DataFault]:
    first = program.steps[0]
    if first.offset_days != 0:
        yield _fault(("steps", 0, "offset"), "out_of_range", "the first step is late", "offset 0")
    for index, (before, after) in enumerate(pairwise(program.steps), start=1):
        free = before.offset_days + before.length_days
        if after.offset_days < free:
            problem = f"this step begins on day {after.offset_days}, inside the one before"
            yield _fault(("steps", index, "offset"), "not_ascending", problem, f"{free} or later")


def _window(path: Path, activity: Activity, steps: int) -> Iterator[DataFault]:
    for name, number in (("opens", activity.opens), ("due", activity.due)):
        if number > steps:
            yield _fault((*path, name), "unknown_reference", f"there is no step {number}", f"1 to {steps}")
    if activity.due < activity.opens:
        yield _fault((*path, "due"), "out_of_range", "due before it opens", f"{activity.opens} or later")


def _session(path: Path, activity: Activity) -> Iterator[DataFault]:
    if activity.is_session and activity.planned_minutes is None:
        yield _fault((*path, "planned_minutes"), "missing", "a session has a planned length", "minutes")
    if not activity.is_session and activity.planned_minutes is not None:
        problem = f"a {activity.kind.value} is no session"
        yield _fault((*path, "planned_minutes"), "not_allowed", problem, "no planned_minutes here")
    if activity.is_session and activity.required:
        problem = "sessions are counted by the completion rule"
        yield _fault((*path, "required"), "not_allowed", problem, "completion.attendance_minimum instead")
    if activity.kind is ActivityKind.GROUP_SESSION and activity.opens != activity.due:
        yield _fault((*path, "due"), "out_of_range", "a session takes place in one step", f"{activity.opens}")


def _grade(path: Path, activity: Activity) -> Iterator[DataFault]:
    if activity.graded and activity.points is None:
        yield _fault((*path, "points"), "missing", "a graded activity needs points", "a whole number")
    if not activity.graded and activity.points is not None:
        yield _fault((*path, "points"), "not_allowed", "points without graded: true", "no points here")


def _survey(path: Path, activity: Activity, program: Program) -> Iterator[DataFault]:
    if activity.kind is not ActivityKind.SURVEY:
        for name, value in (("instrument", activity.instrument), ("wave", activity.wave)):
            if value is not None:
                yield _fault((*path, name), "not_allowed", "only a survey has this", f"no {name} here")
        return
    known = {instrument.key: instrument.waves for instrument in program.instruments}
    if activity.instrument not in known:
        problem = (
            f"no instrument “{activity.instrument}”" if activity.instrument else "a survey asks something"
        )
        yield _fault((*path, "instrument"), "unknown_reference", problem, "a key under instruments")
    elif activity.wave is None or activity.wave > known[activity.instrument]:
        expected = f"1 to {known[activity.instrument]}"
        yield _fault((*path, "wave"), "out_of_range", "not one of the instrument's waves", expected)


def _prompts(path: Path, prompts: Sequence[Prompt]) -> Iterator[DataFault]:
    yield from _twice(path, [prompt.key for prompt in prompts])
    for index, prompt in enumerate(prompts):
        is_choice = prompt.answer is Answer.CHOICE
        if is_choice and not prompt.choices:
            yield _fault(
                (*path, index, "choices"), "missing", "nothing to choose from", "two choices or more"
            )
        if not is_choice and prompt.choices:
            yield _fault((*path, index, "choices"), "not_allowed", "not a choice", "answer: choice")
        yield from _twice((*path, index, "choices"), [choice.key for choice in prompt.choices])


def _guides(program: Program) -> Iterator[DataFault]:
    needs = (
        (ActivityKind.PHOTOVOICE, "photovoice", program.photovoice),
        (ActivityKind.POWER_MAP, "map", program.map),
    )
    for kind, key, guide in needs:
        if program.of_kind(kind) and guide is None:
            yield _fault((key,), "missing", f"a {kind.value} activity needs this guide", "the guide")
    if program.photovoice is not None:
        yield from _twice(("photovoice", "lenses"), [lens.key for lens in program.photovoice.lenses])
        yield from _prompts(("photovoice", "prompts"), program.photovoice.prompts)
    if program.map is not None:
        yield from _prompts(("map", "questions"), program.map.questions)
        yield from _prompts(("map", "readings"), program.map.readings)


def _team_analysis(program: Program) -> Iterator[DataFault]:
    analysis = program.team_analysis
    if analysis is None:
        return
    path: Path = ("team_analysis",)
    if analysis.activity not in {a.key for a in program.of_kind(ActivityKind.GUIDED_ANALYSIS)}:
        problem = f"no guided_analysis activity “{analysis.activity}”"
        yield _fault((*path, "activity"), "unknown_reference", problem, "the key of one")
    yield from _twice((*path, "voices"), [voice.key for voice in analysis.voices])
    yield from _twice((*path, "attributes"), [attribute.key for attribute in analysis.attributes])
    yield from _twice((*path, "rounds"), [part.key for part in analysis.rounds])
    for index, part in enumerate(analysis.rounds):
        yield from _prompts((*path, "rounds", index, "prompts"), part.prompts)
    if analysis.opportunities.minimum > analysis.opportunities.maximum:
        place = (*path, "opportunities", "minimum")
        yield _fault(place, "out_of_range", "more than the maximum", "minimum ≤ maximum")


def _instruments(program: Program) -> Iterator[DataFault]:
    yield from _twice(("instruments",), [instrument.key for instrument in program.instruments])
    for index, instrument in enumerate(program.instruments):
        path: Path = ("instruments", index)
        yield from _twice((*path, "scale"), [choice.key for choice in instrument.scale])
        yield from _twice((*path, "items"), [choice.key for choice in instrument.items])


def _assessment(program: Program) -> Iterator[DataFault]:
    """Check that a keystone, its rubric, the pass rule and the policy come together or not at all."""
    keystones = program.of_kind(ActivityKind.KEYSTONE)
    if len(keystones) > 1:
        index = program.activities.index(keystones[1])
        yield _fault(("activities", index, "kind"), "used_twice", "a second keystone", "one keystone")
    parts = {"rubric": program.rubric, "pass_rule": program.pass_rule, "scoring": program.scoring}
    for key, part in parts.items():
        if keystones and part is None:
            yield _fault((key,), "missing", "a program with a keystone needs this", key)
        if not keystones and part is not None:
            yield _fault((key,), "not_allowed", "there is no keystone to score", f"no {key} here")
    if program.rubric is not None and program.pass_rule is not None:
        for fault in program.pass_rule.misfits(program.rubric):
            yield replace(fault, path=("pass_rule", *fault.path))
    if program.scoring is not None:
        yield from _scoring(program.scoring.name, dict(program.scoring.parameters))


def _scoring(name: str, parameters: dict[str, int]) -> Iterator[DataFault]:
    if name not in POLICIES:
        problem = f"no scoring policy “{name}”"
        yield _fault(("scoring", "policy"), "unknown_word", problem, "one of: " + ", ".join(POLICIES))
        return
    known = ", ".join(sorted(POLICIES[name]))
    for key in parameters:
        if key not in POLICIES[name]:
            yield _fault(("scoring", "parameters", key), "unknown_key", "not known to this policy", known)
    for key in sorted(POLICIES[name] - parameters.keys()):
        yield _fault(("scoring", "parameters", key), "missing", "this policy needs it", known)


def _completion(program: Program) -> Iterator[DataFault]:
    rule = program.completion
    counts = (
        ("attendance_minimum", rule.attendance_minimum, ActivityKind.GROUP_SESSION),
        ("coaching_minimum", rule.coaching_minimum, ActivityKind.COACHING_SESSION),
    )
    for key, minimum, kind in counts:
        planned = len(program.of_kind(kind))
        if minimum > planned:
            problem = f"only {planned} activities of kind {kind.value}"
            yield _fault(("completion", key), "out_of_range", problem, f"0 to {planned}")
    if rule.keystone_passed and program.keystone is None:
        problem = "there is no keystone to pass"
        yield _fault(("completion", "keystone_passed"), "not_allowed", problem, "false")


def _clock_hours(program: Program) -> Iterator[DataFault]:
    for index, kind in enumerate(program.clock_hours):
        if kind not in HOUR_KINDS:
            expected = "one of: " + ", ".join(sorted(kind.value for kind in HOUR_KINDS))
            yield _fault(("clock_hours", index), "not_allowed", "its rows carry no minutes", expected)


def _alignment(program: Program) -> Iterator[DataFault]:
    codes = [alignment.code for alignment in program.badge.alignments]
    yield from _twice(("badge", "alignments"), codes, "code")
    criteria = program.rubric.criteria if program.rubric else ()
    for index, criterion in enumerate(criteria):
        for position, code in enumerate(criterion.alignment):
            if code not in codes:
                place = ("rubric", "criteria", index, "alignment", position)
                yield _fault(place, "unknown_reference", f"no alignment “{code}”", "a code under badge")
