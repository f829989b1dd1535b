"""A course of the practice LMS that was launched, and the runner that sends its grades."""

import json
import uuid
from typing import Any

from flask import Flask
from sqlalchemy import select
from support.clock import MovableClock
from support.practice import LMS, Browser, Learners, Wire

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.runner import JobRunner
from ltitool.lti import grade_checking
from ltitool.lti.grade_intents import JOB, WantedGrade, sweep_grades, want_grade
from ltitool.lti.grade_letters import StuckGrade, send_again, stuck_grades
from ltitool.lti.landing import Launched
from ltitool.lti.models import GradeIntent
from ltitool.lti.wiring import check_grades_job, send_grades_job
from ltitool.sandbox.faults import Switchboard
from ltitool.sandbox.lineitems import remove_line_item
from ltitool.sandbox.runtime import EXTENSION, current_platform

COURSE = "collaborative-leadership-3"


class Desk:
    """A course that was launched, and the runner that sends its grades."""

    def __init__(
        self, tool: Flask, browser: Browser, landing: Learners, wire: Wire, clock: MovableClock
    ) -> None:
        browser.launch_well()
        self.who: Launched = landing.launched[-1]
        self.wire, self.clock = wire, clock
        self.runner = JobRunner(
            tool,
            {JOB: send_grades_job, grade_checking.JOB: check_grades_job},
            {JOB: sweep_grades, grade_checking.JOB: grade_checking.checks_due},
            clock=clock,
            jitter=lambda: 0.0,
        )
        wire.requests.clear()

    def want(self, given: float | None = 80.0, **changes: Any) -> uuid.UUID:
        assert self.who.context_id is not None
        fields: dict[str, Any] = {
            "organisation_id": self.who.organisation_id,
            "context_id": self.who.context_id,
            "activity_key": "keystone",
            "person_id": self.who.person_id,
            "subject": self.who.subject,
            "label": "Keystone",
            "score_given": given,
            "score_maximum": 100.0,
        }
        with transaction() as session:
            return want_grade(session, WantedGrade(**(fields | changes)), at=self.clock())

    def run(self) -> GradeIntent:
        self.runner.run_once()
        return self.row()

    def row(self) -> GradeIntent:
        read_session().commit()
        found = read_session().scalars(select(GradeIntent).execution_options(populate_existing=True)).one()
        read_session().commit()
        return found

    def sent_scores(self) -> list[dict[str, Any]]:
        return [json.loads(body or b"{}") for url, _, body in self.wire.sent if "/scores" in url]

    def shown(self) -> float | None:
        """Give what the practice LMS's gradebook shows, as its own database has it."""
        with self.wire.lms.app_context(), current_platform().store.reading() as connection:
            row = connection.execute("SELECT score_given FROM scores ORDER BY scored_at DESC").fetchone()
        return row["score_given"] if row else None

    @property
    def board(self) -> Switchboard:
        """What the practice LMS can be switched by."""
        board: Switchboard = self.wire.lms.extensions[EXTENSION].board
        return board

    def columns(self, resource_id: str) -> list[str]:
        """List the practice LMS's own columns of a resource id."""
        return [
            row[0]
            for row in self.lms(
                "SELECT line_item_id FROM line_items WHERE resource_id = ? AND course_id = ?",
                resource_id,
                COURSE,
            )
        ]

    def items_url(self) -> str:
        return f"{LMS}/api/courses/{COURSE}/lineitems"

    def stuck(self) -> list[StuckGrade]:
        """List the grades that wait for somebody."""
        with transaction() as session:
            return list(stuck_grades(session, self.who.organisation_id))

    def send_again(self, intent_id: uuid.UUID) -> None:
        with transaction() as session:
            send_again(session, self.who.organisation_id, intent_id, at=self.clock())

    def delete_column(self, line_item_id: str) -> None:
        with self.wire.lms.app_context(), current_platform().store.writing() as connection:
            remove_line_item(connection, line_item_id)

    def lms(self, statement: str, *values: Any) -> list[Any]:
        """Ask or change the practice LMS's own database."""
        with self.wire.lms.app_context(), current_platform().store.writing() as connection:
            return list(connection.execute(statement, values))
