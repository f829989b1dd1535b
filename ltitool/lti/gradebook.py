"""An LMS's gradebook (AGS 2.0): find or make a column, send a score, read results."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as LineItemBody

from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import below, with_query
from ltitool.lti.platform_client import Call, PlatformClient, read_answer, scopes_of
from ltitool.lti.service_errors import GradebookNotLinked, ServiceAnswerUnreadable


@dataclass(frozen=True)
class Column:
    """A line item as the LMS has it."""

    url: str
    score_maximum: float
    made_by_us: bool


@dataclass(frozen=True)
class WantedColumn:
    """A line item that we need: found by its resource id, made with this label if there is none."""

    resource_id: str
    label: str
    score_maximum: float


@dataclass(frozen=True)
class Score:
    """One learner's score, complete: what it leaves out, some gradebooks erase."""

    subject: str
    given: float | None
    maximum: float
    activity_progress: str
    grading_progress: str
    comment: str | None
    stamp: datetime


@dataclass(frozen=True)
class Result:
    """What a gradebook shows for a learner."""

    score: float | None
    maximum: float | None

    def shows(self, score: Score) -> bool:
        """Say whether this is that score, on whatever scale the gradebook keeps it."""
        if self.score is None or score.given is None:
            return self.score is score.given
        scale = (self.maximum or score.maximum) / score.maximum
        return abs(self.score - score.given * scale) < 0.005 * max(1.0, scale)


@dataclass(frozen=True)
class GradebookService:
    """The gradebook of one course, as a launch described it."""

    client: PlatformClient
    granted: Sequence[str]
    lineitems_url: str | None

    def column(self, wanted: WantedColumn) -> Column:
        """Find a column by its resource id, or make it.

        Raises:
            GradebookNotLinked: there is neither a column nor the right to make one.
        """
        if self.lineitems_url is None:
            raise GradebookNotLinked("no line items address")
        return self._find(self.lineitems_url, wanted) or self._make(self.lineitems_url, wanted)

    def send(self, column_url: str, score: Score) -> None:
        """Send a score.

        Raises:
            ServiceConflict: the gradebook has one at least as new.
            ServiceTargetGone: the column is not there any more.
        """
        self.client.send(
            Call(
                "POST",
                below(column_url, "scores"),
                self._scopes(words.SCOPE_SCORE),
                accept="application/json",
                content_type=words.SCORE_TYPE,
                body=score_body(score),
            )
        )

    def result(self, column_url: str, subject: str) -> Result | None:
        """Read what the gradebook shows for one learner; None where it shows nothing."""
        url = with_query(below(column_url, "results"), [("user_id", subject)])
        call = Call("GET", url, self._scopes(words.SCOPE_RESULT), accept=words.RESULTS_TYPE)
        for listed in _objects(read_answer(self.client.send(call))):
            if listed.get("userId") == subject:
                return Result(_number(listed.get("resultScore")), _number(listed.get("resultMaximum")))
        return None

    def _find(self, lineitems_url: str, wanted: WantedColumn) -> Column | None:
        # No limit is asked for: with one, Moodle's link to the next page cannot be read.
        url = with_query(lineitems_url, [("resource_id", wanted.resource_id)])
        call = Call(
            "GET",
            url,
            self._scopes(words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ),
            accept=words.LINE_ITEMS_TYPE,
        )
        for listed in _objects(read_answer(self.client.send(call))):
            if listed.get("resourceId") == wanted.resource_id:
                return _column(listed, wanted, made_by_us=False)
        return None

    def _make(self, lineitems_url: str, wanted: WantedColumn) -> Column:
        if words.SCOPE_LINE_ITEM not in self.granted:
            raise GradebookNotLinked("no column, and no right to make one")
        body = LineItemBody()
        body.set_label(wanted.label).set_score_maximum(wanted.score_maximum)
        body.set_resource_id(wanted.resource_id).set_tag(wanted.resource_id)
        call = Call(
            "POST",
            lineitems_url,
            self._scopes(words.SCOPE_LINE_ITEM),
            accept=words.LINE_ITEM_TYPE,
            content_type=words.LINE_ITEM_TYPE,
            body=body.get_value().encode(),
        )
        made = read_answer(self.client.send(call))
        return _column(made if isinstance(made, dict) else {}, wanted, made_by_us=True)

    def _scopes(self, *needed: str) -> tuple[str, ...]:
        """Ask for one token with all that the course grants, so that one serves for every call."""
        if not scopes_of(self.granted, *needed):
            raise GradebookNotLinked(f"not granted: {needed[0]}")
        return scopes_of(
            self.granted,
            words.SCOPE_LINE_ITEM,
            words.SCOPE_LINE_ITEM_READ,
            words.SCOPE_RESULT,
            words.SCOPE_SCORE,
        )


def score_body(score: Score) -> bytes:
    """Write a score as the media type asks: its time in UTC with parts of a second."""
    grade = Grade()
    if score.given is not None:
        grade.set_score_given(score.given)
    grade.set_score_maximum(score.maximum)
    grade.set_activity_progress(score.activity_progress)
    grade.set_grading_progress(score.grading_progress)
    grade.set_timestamp(score.stamp.astimezone(UTC).isoformat(timespec="milliseconds"))
    grade.set_user_id(score.subject)
    if score.comment:
        grade.set_comment(score.comment)
    return grade.get_value().encode()


def _objects(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ServiceAnswerUnreadable(f"a list was expected: {json.dumps(value)[:80]}")
    return [entry for entry in value if isinstance(entry, dict)]


def _column(listed: dict[str, Any], wanted: WantedColumn, *, made_by_us: bool) -> Column:
    url = listed.get("id")
    if not isinstance(url, str) or not url:
        raise ServiceAnswerUnreadable("a line item without id")
    return Column(url, _number(listed.get("scoreMaximum")) or wanted.score_maximum, made_by_us)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
