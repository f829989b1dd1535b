"""How a person's keystone stands: being written, with the coach, returned, or done.

A submission says whether a coach has scored it; the progress row says what came of that.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage, progress_of
from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.models import KeystoneSubmission

SUBMITTED = "submitted"


@dataclass(frozen=True)
class Standing:
    """The newest submission, if any, and whether the keystone may be changed."""

    submission: KeystoneSubmission | None
    returned: bool

    @property
    def is_open(self) -> bool:
        return self.submission is None or self.returned

    @property
    def waits(self) -> bool:
        """Whether a coach has it and has not said anything yet."""
        return self.submission is not None and self.submission.state == SUBMITTED

    @property
    def next_number(self) -> int:
        return 1 if self.submission is None else self.submission.number + 1


def keystone_standing(session: Session, scope: ParticipantScope) -> Standing:
    """Say how a person's keystone stands."""
    submission = session.scalar(
        select(KeystoneSubmission)
        .where(
            KeystoneSubmission.organisation_id == scope.organisation_id,
            KeystoneSubmission.offering_id == scope.offering_id,
            KeystoneSubmission.person_id == scope.person_id,
        )
        .order_by(KeystoneSubmission.number.desc())
        .limit(1)
    )
    if submission is None or submission.state == SUBMITTED:
        return Standing(submission, returned=False)
    return Standing(submission, returned=_was_returned(session, scope))


def waiting_since(session: Session, scope: ParticipantScope) -> datetime | None:
    """Give the moment since which the keystone is closed to its writer, or None while it is open."""
    standing = keystone_standing(session, scope)
    if standing.is_open or standing.submission is None:
        return None
    return standing.submission.submitted_at


def _was_returned(session: Session, scope: ParticipantScope) -> bool:
    keystone = scope.program.keystone
    progress = progress_of(session, scope.organisation_id, scope.offering_id, scope.person_id)
    return (
        keystone is not None and keystone.key in progress and progress[keystone.key].state is Stage.RETURNED
    )
