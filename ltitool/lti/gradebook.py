"""An LMS's gradebook (AGS 2.0): find or make a column, send a score, read results.

What products do differently is asked of their manners (quirks/). No list is asked for with a limit: Moodle's
link to the next page cannot always be read, and its results break with one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as LineItemBody

from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import below, with_query
from ltitool.lti.platform_client import Call, PlatformClient, read_answer, scopes_of
from ltitool.lti.quirks.plain import Plain, Verdict
from ltitool.lti.service_errors import (
    AttemptsUsed,
    ColumnLost,
    ColumnMissing,
    GradebookNotLinked,
    LearnerAbsent,
    ServiceAnswerUnreadable,
    ServiceConflict,
    ServiceRefused,
    ServiceTargetGone,
)
from ltitool.lti.service_pages import read_pages

MAX_RESULTS = 16 * 2**20  # Moodle lists the results of a whole course in one answer
CLOSE = 0.005  # gradebooks round


@dataclass(frozen=True)
class Column:
    """A line item as the LMS has it."""

    url: str
    score_maximum: float
    made_by_us: bool


@dataclass(frozen=True)
class WantedColumn:
    """A line item that we need: found by its resource id, made with this label if there is none.

    `claimed` are the columns that launches of a link of this label have named: Canvas drops the resource id
    of a link that a teacher chose from us.
    """

    resource_id: str
    label: str
    score_maximum: float
    claimed: Sequence[str] = ()


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
    subject: str = ""

    def shows(self, score: Score) -> bool:
        """Say whether this is that score, on whatever scale the gradebook keeps it."""
        if self.score is None or score.given is None:
            return self.score is score.given
        scale = (self.maximum or score.maximum) / score.maximum
        return abs(self.score - score.given * scale) < CLOSE * max(1.0, scale)


@dataclass(frozen=True)
class GradebookService:
    """The gradebook of one course, as a launch described it."""

    client: PlatformClient
    granted: Sequence[str]
    lineitems_url: str | None
    manners: Plain = field(default_factory=Plain)

    @property
    def shows_results(self) -> bool:
        """Whether we may read what is in it."""
        return words.SCOPE_RESULT in self.granted

    def column(self, wanted: WantedColumn) -> Column:
        """Find a column by its resource id, its tag or what launches named, or make it.

        Raises:
            GradebookNotLinked: there is neither a column nor the right to make one.
            ColumnMissing: there is none, and one that we made would be of no use.
        """
        if self.lineitems_url is None:
            raise GradebookNotLinked("no line items address")
        found = self._find(self.lineitems_url, wanted) or self._claimed(wanted)
        if found is None and not self.manners.makes_columns:
            raise ColumnMissing(wanted.resource_id)
        return found or self._make(self.lineitems_url, wanted)

    def send(
        self, column_url: str, score: Score, *, first: bool = False, last_comment: str | None = None
    ) -> None:
        """Send a score; `first` if none was ever sent for this learner, `last_comment` what it said.

        Raises:
            ServiceConflict: the gradebook has one at least as new.
            LearnerAbsent: it takes none for this person.
            AttemptsUsed: it takes none as handed in anew.
            ColumnLost: the column is not there any more.
            ServiceTargetGone: something is not there, and what it is we may not ask.
        """
        comment = self.manners.comment(score.comment, last_comment)
        call = Call(
            "POST",
            below(column_url, "scores"),
            self._scopes(words.SCOPE_SCORE),
            accept="application/json",
            content_type=words.SCORE_TYPE,
            body=score_body(score, comment, self.manners.extension(first=first)),
        )
        try:
            self.client.send(call)
        except ServiceConflict:
            raise
        except ServiceRefused as refused:
            raise self._meaning(refused, column_url) from refused

    def result(self, column_url: str, subject: str) -> Result | None:
        """Read what the gradebook shows for one learner; None where it shows nothing.

        Raises:
            ColumnLost: the column is not there any more.
        """
        url = with_query(below(column_url, "results"), [("user_id", subject)])
        try:
            return next((result for result in self._results(url) if result.subject == subject), None)
        except ServiceTargetGone as gone:
            if self._is_there(column_url) is False:
                raise ColumnLost(gone.detail, gone.http_status) from gone
            raise

    def results(self, column_url: str) -> Iterator[Result]:
        """Read what the gradebook shows in a whole column."""
        return self._results(below(column_url, "results"))

    def _meaning(self, refused: ServiceRefused, column_url: str) -> Exception:
        """Say what a refusal of a score means, asking once more where a 404 leaves two answers."""
        verdict = self.manners.verdict(refused.http_status, refused.detail.lower())
        if verdict is Verdict.LEARNER_ABSENT:
            return LearnerAbsent(refused.detail, refused.http_status)
        if verdict is Verdict.NO_ATTEMPT_LEFT:
            return AttemptsUsed(refused.detail)
        if verdict is Verdict.NOT_NEWER:
            return ServiceConflict(refused.detail, refused.http_status)
        if not isinstance(refused, ServiceTargetGone):
            return refused
        is_there = self._is_there(column_url)
        if is_there is None:
            return refused
        return (LearnerAbsent if is_there else ColumnLost)(refused.detail, refused.http_status)

    def _is_there(self, column_url: str) -> bool | None:
        """Ask a column itself; None where we may not look: it can as well be there, with other learners."""
        try:
            self.client.send(self._read(column_url, words.LINE_ITEM_TYPE))
        except ServiceTargetGone:
            return False
        except GradebookNotLinked:
            return None
        return True

    def _results(self, url: str) -> Iterator[Result]:
        call = Call(
            "GET",
            url,
            self._scopes(words.SCOPE_RESULT),
            accept=words.RESULTS_TYPE,
            max_bytes=MAX_RESULTS,
        )
        for answer in read_pages(self.client, call):
            for listed in _objects(read_answer(answer)):
                subject = listed.get("userId")
                if isinstance(subject, str):
                    score, maximum = listed.get("resultScore"), listed.get("resultMaximum")
                    yield Result(_number(score), _number(maximum), subject)

    def _find(self, lineitems_url: str, wanted: WantedColumn) -> Column | None:
        for parameter, name in (("resource_id", "resourceId"), ("tag", "tag")):
            url = with_query(lineitems_url, [(parameter, wanted.resource_id)])
            for answer in read_pages(self.client, self._read(url, words.LINE_ITEMS_TYPE)):
                for listed in _objects(read_answer(answer)):
                    if listed.get(name) == wanted.resource_id:
                        return _column(listed, wanted, made_by_us=False)
        return None

    def _claimed(self, wanted: WantedColumn) -> Column | None:
        """Take the column that launches have named, if they named exactly one and it is there."""
        if len(wanted.claimed) != 1:
            return None
        try:
            listed = read_answer(self.client.send(self._read(wanted.claimed[0], words.LINE_ITEM_TYPE)))
        except ServiceTargetGone:
            return None
        return _column(listed if isinstance(listed, dict) else {}, wanted, made_by_us=False)

    def _read(self, url: str, accept: str) -> Call:
        return Call(
            "GET", url, self._scopes(words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ), accept=accept
        )

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


def score_body(score: Score, comment: str | None, extension: Mapping[str, object]) -> bytes:
    """Write a score as the media type asks: its time in UTC with parts of a second."""
    grade = Grade()
    if score.given is not None:
        grade.set_score_given(score.given)
    grade.set_score_maximum(score.maximum)
    grade.set_activity_progress(score.activity_progress)
    grade.set_grading_progress(score.grading_progress)
    grade.set_timestamp(score.stamp.astimezone(UTC).isoformat(timespec="milliseconds"))
    grade.set_user_id(score.subject)
    if comment:
        grade.set_comment(comment)
    return json.dumps({**json.loads(grade.get_value()), **extension}).encode()


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
