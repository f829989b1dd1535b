"""Answers to a sheet: read from a form by the sheet itself, and asked what is still missing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial

from werkzeug.datastructures import MultiDict

from ltitool.errors import Invalid, msg
from ltitool.evidence.questions import OPPORTUNITY_PARTS, VOICES, Question, Sheet, opportunity_name
from ltitool.programs import Answer, Prompt
from ltitool.web.forms import REQUIRED, TOO_LONG, UNREADABLE, Words

Value = str | list[str]
Answers = dict[str, Value]
Reader = Callable[[list[str]], tuple[Value, str | None]]
MAX_ENTRIES = 40  # of a list answer
NO_VOICE = msg("Say whose voices were heard.")
NO_OPPORTUNITY = msg("Write down one opportunity at least.")
TOO_MANY = msg("These are more entries than the field can hold.")
NOT_A_DAY = msg("Please give the day as a date.")
WORDS = Words()


def read_answers(sheet: Sheet, form: MultiDict[str, str], only: Collection[str] | None = None) -> Answers:
    """Read the sheet's fields; empty ones are left out.

    `only` names the fields to read, where a page shows a part of the sheet.

    Raises:
        Invalid: with a message id for each faulty field.
    """
    found: Answers = {}
    faults: dict[str, str] = {}
    for name, read in _readers(sheet).items():
        if only is not None and name not in only:
            continue
        value, fault = read(form.getlist(name))
        if fault:
            faults[name] = fault
        elif value:
            found[name] = value
    if faults:
        raise Invalid(faults)
    return found


def missing_answers(questions: Sequence[Question], answers: Mapping[str, object]) -> dict[str, str]:
    """Say which required questions have no answer yet, as faults by field."""
    return {
        question.name: REQUIRED
        for question in questions
        if question.prompt.required and not answers.get(question.name)
    }


def missing_on_sheet(sheet: Sheet, answers: Mapping[str, object]) -> dict[str, str]:
    """Say what a sheet still lacks before it can be sent."""
    missing = missing_answers(tuple(sheet.questions), answers)
    if sheet.voices and not answers.get(VOICES):
        missing[VOICES] = NO_VOICE
    if sheet.opportunities is not None:
        missing |= _missing_opportunities(sheet.opportunities.minimum, sheet.opportunities.maximum, answers)
    return missing


def field_names(sheet: Sheet) -> list[str]:
    """All names of fields that the sheet can have."""
    return list(_readers(sheet))


def opportunity_fields(sheet: Sheet) -> list[tuple[str, str, int]]:
    """Name, part and greatest length of each field of the opportunities."""
    if sheet.opportunities is None:
        return []
    return [
        (opportunity_name(number, part), part, length)
        for number in range(1, sheet.opportunities.maximum + 1)
        for part, _, length in OPPORTUNITY_PARTS
    ]


def _readers(sheet: Sheet) -> dict[str, Reader]:
    """Say for each field of a sheet how what was sent is read."""
    readers: dict[str, Reader] = {
        question.name: partial(_read, question.prompt) for question in sheet.questions
    }
    if sheet.voices:
        readers[VOICES] = partial(_read_voices, sheet)
    for name, part, length in opportunity_fields(sheet):
        readers[name] = partial(_read_part, part, length)
    return readers


def _read(prompt: Prompt, sent: list[str]) -> tuple[Value, str | None]:
    match prompt.answer:
        case Answer.LIST:
            return _read_list(prompt, sent)
        case Answer.CHOICE:
            return _read_choice(prompt, sent)
        case Answer.TEXT:
            return _read_text(prompt.max_length, sent)


def _words(sent: list[str]) -> str:
    return str(WORDS.deserialize("\n".join(sent)))


def _read_text(max_length: int, sent: list[str]) -> tuple[str, str | None]:
    text = _words(sent)
    return text, TOO_LONG if len(text) > max_length else None


def _read_list(prompt: Prompt, sent: list[str]) -> tuple[Value, str | None]:
    lines = [line.strip() for line in _words(sent).split("\n")]
    entries = [line for line in lines if line]
    if len(entries) > MAX_ENTRIES:
        return [], TOO_MANY
    return entries, TOO_LONG if any(len(entry) > prompt.max_length for entry in entries) else None


def _read_choice(prompt: Prompt, sent: list[str]) -> tuple[Value, str | None]:
    chosen = sent[0] if sent else ""
    known = {choice.key for choice in prompt.choices}
    return chosen, UNREADABLE if chosen and chosen not in known else None


def _read_voices(sheet: Sheet, sent: list[str]) -> tuple[Value, str | None]:
    known = [voice.key for voice in sheet.voices]
    if not set(sent) <= set(known):
        return [], UNREADABLE
    return [key for key in known if key in sent], None


def _read_part(part: str, length: int, sent: list[str]) -> tuple[Value, str | None]:
    text, fault = _read_text(length, sent)
    if text and part == "when" and not _is_day(text):
        fault = NOT_A_DAY
    return text, fault


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _missing_opportunities(minimum: int, maximum: int, answers: Mapping[str, object]) -> dict[str, str]:
    """Of each opportunity that was begun every part is asked for, and of the first few all."""
    missing: dict[str, str] = {}
    for number in range(1, maximum + 1):
        names = [opportunity_name(number, part) for part, _, _ in OPPORTUNITY_PARTS]
        begun = any(answers.get(name) for name in names)
        if begun or number <= minimum:
            missing |= {name: REQUIRED for name in names if not answers.get(name)}
    return missing
