"""Answers of a sheet as words to read: choices by their titles, lists in one line, opportunities whole."""

from collections.abc import Iterator, Mapping

from ltitool.errors import msg
from ltitool.evidence.questions import OPPORTUNITY_PARTS, VOICES, Question, Sheet, opportunity_name
from ltitool.evidence.speech import Speech
from ltitool.programs import Answer

VOICES_HEARD = msg("Voices that were heard")
OPPORTUNITY = msg("Opportunity %(number)s")


def answered(sheet: Sheet, answers: Mapping[str, object], speech: Speech) -> Iterator[tuple[str, str, str]]:
    """Yield name, question and answer in words, for each question that has one, in the sheet's order."""
    heard = _voices(sheet, answers, speech)
    if heard:
        yield VOICES, speech.say(VOICES_HEARD), heard
    for question in sheet.questions:
        words = _words(question, answers.get(question.name), speech)
        if words:
            yield question.name, speech.text(question.prompt.text), words
    yield from _opportunities(sheet, answers, speech)


def _voices(sheet: Sheet, answers: Mapping[str, object], speech: Speech) -> str:
    heard = answers.get(VOICES)
    keys = heard if isinstance(heard, list) else []
    return ", ".join(speech.text(voice.title) for voice in sheet.voices if voice.key in keys)


def _words(question: Question, value: object, speech: Speech) -> str:
    if isinstance(value, list):
        return "; ".join(str(entry) for entry in value)
    if question.prompt.answer is Answer.CHOICE:
        chosen = [choice.title for choice in question.prompt.choices if choice.key == value]
        return speech.text(chosen[0]) if chosen else ""
    return str(value or "")


def _opportunities(
    sheet: Sheet, answers: Mapping[str, object], speech: Speech
) -> Iterator[tuple[str, str, str]]:
    most = sheet.opportunities.maximum if sheet.opportunities else 0
    for number in range(1, most + 1):
        parts = [str(answers.get(opportunity_name(number, part), "")) for part, _, _ in OPPORTUNITY_PARTS]
        if any(parts):
            yield (
                f"team.opportunity.{number}",
                speech.say(OPPORTUNITY, number=number),
                " · ".join(filter(None, parts)),
            )
