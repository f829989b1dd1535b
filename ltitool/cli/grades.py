"""The operator's words about grades: which did not arrive, and send one again."""

import argparse
import uuid
from typing import Any

from ltitool.cli.operating import Answer, add_word, organisation_of
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.grade_letters import StuckGrade, send_again, stuck_grades


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's words to the command."""
    sub = words.add_parser("grades", help="grades on their way to an LMS").add_subparsers(required=True)
    add_word(sub, "stuck", "list those that did not arrive, with the reason", _stuck)
    word = add_word(sub, "again", "send one again", _again)
    word.add_argument("grade", type=uuid.UUID)


def _stuck(arguments: argparse.Namespace) -> Answer:
    grades = stuck_grades(read_session(), organisation_of(arguments))
    lines = [f"{one.intent_id}  {one.state}  {one.label}  {one.person}  {one.title}" for one in grades]
    return Answer({"grades": [_json(one) for one in grades]}, lines)


def _json(one: StuckGrade) -> dict[str, Any]:
    return {
        "id": str(one.intent_id),
        "state": one.state,
        "code": one.code,
        "reason": one.title,
        "activity": one.label,
        "person": one.person,
        "course": one.course,
        "score_given": one.score_given,
        "score_maximum": one.score_maximum,
        "shown_score": one.shown_score,
        "since": one.since.isoformat(timespec="seconds"),
    }


def _again(arguments: argparse.Namespace) -> Answer:
    with transaction() as session:
        count = send_again(session, organisation_of(arguments), arguments.grade, at=services().clock())
    return Answer({"sent_again": count})
