"""Bad program files: one mutation of the shipped file each, with the exact place and code.

Each case replaces the first ``old`` after ``near`` by ``new``. The sign ^ in ``new`` is taken out; the fault
must point at the character after it.
"""

from dataclasses import dataclass

import pytest

from ltitool.programs import Program, ProgramFileInvalid, parse_program

NAME = "mutated.yaml"
STEPS = "steps:\n"
SESSION_1 = "  - key: session_1\n"
PHOTOVOICE = "  - key: photovoice\n"
TEAM_TABLE = "  - key: team_composition\n"
KEYSTONE = "  - key: keystone\n"
TEAM = "team_analysis:\n"
RUBRIC = "rubric:\n"
BADGE = "badge:\n"
PSEL = '"https://www.npbea.org/psel/"'
SPANISH = "Conocernos y conocer el ciclo"
TWO_CHOICES = "[{key: a, title: {en: a, es: a}}, {key: b, title: {en: b, es: b}}]"
A_STANDARD = 'framework: x, url: "https://x.example"'


@dataclass(frozen=True)
class Case:
    path: str
    code: str
    old: str
    new: str
    near: str = ""


AS_YAML = {
    "tag": Case("unit", "tag", "unit: week", "unit: ^!!str week"),
    "python tag": Case("unit", "tag", "unit: week", "unit: ^!!python/name:os.system week"),
    "anchor": Case("unit", "anchor", "unit: week", "unit: ^&u week"),
    "anchored key": Case("unit", "anchor", "unit: week", "^&u unit: week"),
    "alias": Case("unit", "alias", "unit: week", "unit: ^*u"),
    "duplicate key": Case("unit", "duplicate_key", "unit: week", "unit: week\n^unit: day"),
    "merge key": Case("<<", "unknown_key", "unit: week", "unit: week\n^<<: {a: b}"),
    "number as key": Case("(whole file)", "wrong_key", "unit: week", "unit: week\n^7: day"),
    "list as key": Case("(whole file)", "wrong_key", "unit: week", "unit: week\n? ^[a]\n: b"),
    "second document": Case("(whole file)", "second_document", "\nclock_hours", "\n^---\nclock_hours"),
    "tab as indent": Case("(whole file)", "not_yaml", "  en: Collab", "^\ten: Collab"),
    "unclosed bracket": Case("(whole file)", "not_yaml", "[en, es]\nunit: week", "[en, es\nunit^: week"),
    "control sign": Case("(whole file)", "bad_character", "es: Liderazgo", "es: ^\x07Liderazgo"),
    "too deep": Case(
        f"deep{'[0]' * 11}", "too_deep", "unit: week", f"unit: week\ndeep: {'[' * 11}^[{']' * 12}"
    ),
}
ITS_SHAPE = {
    "unknown key": Case("colour", "unknown_key", "unit: week", "unit: week\n^colour: red"),
    "unknown unit": Case("unit", "unknown_word", "unit: week", "unit: ^month"),
    "unit as list": Case("unit", "wrong_type", "unit: week", "unit: ^[week]"),
    "id missing": Case("id", "missing", "id: collaborative-leadership-13\n", "^"),
    "id with capital": Case("id", "wrong_shape", "id: coll", "id: ^Coll"),
    "version as number": Case("version", "wrong_type", 'version: "1.0.0"', "version: ^1"),
    "language unknown": Case("languages[1]", "unknown_word", "[en, es]", "[en, ^fr]"),
    "language twice": Case("languages[1]", "unknown_word", "[en, es]", "[en, ^en]"),
    "no languages": Case("languages", "wrong_length", "[en, es]", "^[]"),
    "languages as word": Case("languages", "wrong_type", "[en, es]", "^en"),
    "no coach": Case("cohort.coaches", "out_of_range", "coaches: 1", "coaches: ^0"),
    "coaches in words": Case("cohort.coaches", "wrong_type", "coaches: 1", "coaches: ^one"),
    "Spanish missing": Case(
        "steps[0].title",
        "language_missing",
        f"      en: Meeting each other, and the cycle\n      es: {SPANISH}\n",
        "      ^en: Meeting each other\n",
    ),
    "Spanish blank": Case("steps[0].title.es", "blank", f"es: {SPANISH}", 'es: ^" "'),
    "unknown setting": Case("steps[0].setting", "unknown_word", "setting: whole_group", "setting: ^zoom"),
    "step of no days": Case(
        "steps[0].length", "out_of_range", "setting: whole_group", "setting: whole_group\n    length: ^0"
    ),
    "unknown kind": Case("activities[1].kind", "unknown_word", "kind: photovoice", "kind: ^selfie"),
    "required yes": Case(
        "activities[1].required", "wrong_type", "required: true", "required: ^yes", PHOTOVOICE
    ),
    "unknown key in a prompt": Case(
        "activities[2].prompts[0].tone", "unknown_key", "answer: list", "answer: list\n        ^tone: warm"
    ),
    "hostile address": Case("badge.alignments[0].url", "wrong_shape", PSEL, '^"javascript:alert(1)"'),
    "broken address": Case("badge.alignments[0].url", "wrong_shape", PSEL, '^"https://[x"'),
    "badge image": Case("badge.image", "unknown_word", "image: arch", "image: ^logo.png"),
    "achievement type": Case("badge.achievement_type", "unknown_word", "MicroCredential", "^Trophy", BADGE),
    "levels not rising": Case(
        "rubric.levels[1].points", "not_ascending", "points: 2,", "points: ^1,", RUBRIC
    ),
    "descriptor missing": Case(
        "rubric.criteria[0].descriptors", "missing", "        not_yet:\n", "        ^shining:\n", RUBRIC
    ),
}
AS_A_WHOLE = {
    "cohort upside down": Case("cohort.smallest", "out_of_range", "smallest: 8", "smallest: ^11"),
    "late start": Case(
        "steps[0].offset", "out_of_range", "setting: whole_group", "setting: whole_group\n    offset: ^3"
    ),
    "overlapping steps": Case(
        "steps[1].offset", "not_ascending", "setting: practice", "setting: practice\n    offset: ^5"
    ),
    "activity twice": Case(
        "activities[2].key", "used_twice", "key: team_composition", "key: ^photovoice", TEAM_TABLE
    ),
    "due before it opens": Case("activities[1].due", "out_of_range", "opens: 1\n    due: 4",
                                "opens: 5\n    due: ^4", PHOTOVOICE),
    "due in week 14": Case("activities[13].due", "unknown_reference", "due: 13", "due: ^14", KEYSTONE),
    "session without length": Case(
        "activities[0].planned_minutes",
        "missing",
        SESSION_1,
        "  - ^key: session_1\n",
    ),
    "photos with a planned length": Case("activities[1].planned_minutes", "not_allowed", "minutes: 120\n",
                                         "minutes: 120\n    planned_minutes: ^60\n", PHOTOVOICE),
    "required session": Case("activities[0].required", "not_allowed", "    minutes: 0\n",
                             "    minutes: 0\n    required: ^true\n", SESSION_1),
    "session over two weeks": Case("activities[0].due", "out_of_range", "due: 1\n", "due: ^2\n", SESSION_1),
    "graded without points": Case("activities[1].points", "missing", PHOTOVOICE,
                                  "  - ^key: photovoice\n    graded: true\n"),
    "points without grade": Case("activities[1].points", "not_allowed", PHOTOVOICE,
                                 "  - key: photovoice\n    points: ^5\n"),
    "instrument on photos": Case("activities[1].instrument", "not_allowed", PHOTOVOICE,
                                 "  - key: photovoice\n    instrument: ^trust\n"),
    "survey of nothing": Case("activities[4].instrument", "unknown_reference",
                              "key: practice_1\n    kind: practice_log",
                              "^key: practice_1\n    kind: survey"),
    "survey of something unknown": Case("activities[4].instrument", "unknown_reference", "kind: practice_log",
                                        "kind: survey\n    instrument: ^trust"),
    "prompt twice": Case("activities[2].prompts[1].key", "used_twice", "key: missing", "key: ^present"),
    "choice without choices": Case(
        "activities[2].prompts[0].choices", "missing",
        "- key: present\n", "- ^key: present\n",
    ),
    "choices without choice": Case("activities[2].prompts[0].choices", "not_allowed", "answer: list",
                                   f"choices: ^{TWO_CHOICES}"),
    "lens twice": Case("photovoice.lenses[1].key", "used_twice", "- key: groups", "- key: ^people"),
    "analysis of nothing": Case("team_analysis.activity", "unknown_reference", "activity: team_analysis",
                                "activity: ^keystone"),
    "voice twice": Case("team_analysis.voices[1].key", "used_twice", "{key: students,", "{key: ^parents,",
                        TEAM),
    "opportunities upside down": Case("team_analysis.opportunities.minimum", "out_of_range", "minimum: 1\n",
                                      "minimum: ^4\n", TEAM),
    "second keystone": Case("activities[17].kind", "used_twice", "kind: peer_reflection", "kind: ^keystone"),
    "unknown pass level": Case("pass_rule.every_criterion", "unknown_reference",
                               "every_criterion: proficient", "every_criterion: ^great"),
    "unknown policy": Case("scoring.policy", "unknown_word", "policy: single", "policy: ^majority"),
    "unknown parameter": Case("scoring.parameters.retries", "unknown_key", "    resubmissions: 2",
                              "    ^retries: 2\n    resubmissions: 2"),
    "missing parameter": Case("scoring.parameters.resubmissions", "missing",
                              "    resubmissions: 2\n    resub", "    ^resub"),
    "more attendance than sessions": Case("completion.attendance_minimum", "out_of_range",
                                          "attendance_minimum: 3", "attendance_minimum: ^5"),
    "more coaching than sessions": Case("completion.coaching_minimum", "out_of_range",
                                        "coaching_minimum: 3", "coaching_minimum: ^4"),
    "hours for photos": Case("clock_hours[1]", "not_allowed", "session, coaching_session]",
                             "session, ^photovoice]"),
    "alignment twice": Case("badge.alignments[1].code", "used_twice", "    - {code: PSEL-3",
                            f"    - {{code: PSEL-3, {A_STANDARD}}}\n    - {{code: ^PSEL-3"),
    "criterion aligned to nothing": Case("rubric.criteria[1].alignment[0]", "unknown_reference",
                                         "alignment: [PSEL-8]", "alignment: [^ISLLC-4]"),
}  # fmt: skip
# Mutations that take something away below the place that the fault points at.
ALSO = {
    "session without length": ("    planned_minutes: 120\n", ""),
    "choice without choices": ("answer: list", "answer: choice"),
}
CASES = {**AS_YAML, **ITS_SHAPE, **AS_A_WHOLE}


@pytest.fixture(scope="module")
def control(source: str) -> Program:
    return parse_program(source, NAME)


def mutate(source: str, case: Case, name: str) -> tuple[str, tuple[int, int]]:
    """The mutated text, and the line and column that the fault must name."""
    begin = source.index(case.old, source.index(case.near) if case.near else 0)
    head, tail = source[:begin], source[begin + len(case.old) :]
    if name in ALSO:
        tail = tail.replace(*ALSO[name], 1)
    before, after = case.new.split("^")
    before = head + before
    return before + after + tail, (before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.mark.parametrize("name", CASES)
def test_one_mutation_is_one_fault_at_its_place(source: str, control: Program, name: str) -> None:
    assert control.id == "collaborative-leadership-13"  # the same text without the mutation is a program
    text, place = mutate(source, CASES[name], name)
    with pytest.raises(ProgramFileInvalid) as caught:
        parse_program(text, NAME)
    fault = caught.value.faults[0]
    assert (fault.path, fault.code) == (CASES[name].path, CASES[name].code)
    assert (fault.line, fault.column) == place
    assert len(caught.value.faults) == 1
    assert fault.problem
    assert fault.expected
    assert str(caught.value).startswith(f"{NAME}:{fault.line}:{fault.column}: {fault.path}: ")
