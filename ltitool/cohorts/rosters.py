"""Fill an offering from what an LMS lists of a course: new people, changed names, who has gone.

Nobody's place is deleted, and nobody becomes less than a launch has shown them to be.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import OfferingUnknown, RosterEmpty
from ltitool.cohorts.listed_people import FilledCourse, follow, welcome
from ltitool.cohorts.memberships import ROSTER, Came, offering_of_course
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.scope import ACTIVE, INACTIVE, PARTICIPANT
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.rosters import Member
from ltitool.people.identities import LmsUser, recognise_all
from ltitool.people.models import WebSession


@dataclass(frozen=True)
class Filled:
    """What a roster changed."""

    listed: int
    joined: int  # participants that were not there, or not active
    left: int  # participants that are inactive now


class RosterFilling:
    """Takes over a course's roster, read a moment ago: one part after the other, then who has gone.

    Nothing is kept between parts but counts: each row that a part touches is marked with the time of this
    reading, and whoever lacks the mark at the end was not listed. Readings of one course may overlap: a mark
    only ever grows, the mark of a later reading is as good as ours, and who reads on behalf of one that was
    overtaken by a later one calls nothing here any more.
    """

    def __init__(
        self,
        session: Session,
        *,
        organisation_id: uuid.UUID,
        context_id: uuid.UUID,
        new_id: Callable[[], uuid.UUID],
        at: datetime,
    ) -> None:
        """Find the course.

        Raises:
            OfferingUnknown: it is not this organisation's.
        """
        self._course = _course(session, organisation_id, context_id)
        self._new_id = new_id
        self._at = at
        self.filled = Filled(listed=0, joined=0, left=0)

    def take(self, session: Session, members: Sequence[Member]) -> None:
        """Take over one part."""
        people = [member for member in members if not member.test_user]
        here = {member.subject: member for member in people if member.active}
        found = recognise_all(
            session,
            [self._user(member) for member in here.values()],
            organisation_id=self._course.organisation_id,
            new_id=self._new_id,
            at=self._at,
        )
        joined = welcome(session, self._course, self._came(here, found.new), self._at)
        joined += follow(session, self._course, self._came(here, found.known), self._at)
        before = self.filled
        self.filled = replace(before, listed=before.listed + len(people), joined=before.joined + joined)

    def finish(self, session: Session) -> None:
        """Mark who was not listed.

        Raises:
            RosterEmpty: nobody was, which no course with a teacher can mean; nobody is marked.
        """
        if not self.filled.listed:
            raise RosterEmpty(f"context {self._course.context_id}")
        self.filled = replace(self.filled, left=_mark_gone(session, self._course, self._at))

    def _came(self, here: Mapping[str, Member], ids: Mapping[str, uuid.UUID]) -> list[Came]:
        context_id = self._course.context_id
        return [
            Came(context_id, person_id, subject, here[subject].role, ROSTER, here[subject].groups)
            for subject, person_id in ids.items()
        ]

    def _user(self, member: Member) -> LmsUser:
        course = self._course
        return LmsUser(course.issuer, course.client_id, member.subject, member.name, member.email)


def _mark_gone(session: Session, course: FilledCourse, at: datetime) -> int:
    """Mark whoever was neither listed nor came since the reading began; give how many participants left."""
    session.flush()
    own = (
        CoursePerson.organisation_id == course.organisation_id,
        CoursePerson.context_id == course.context_id,
    )
    listed = select(CoursePerson.person_id).where(*own, CoursePerson.listed_at >= at)
    # Their page may have been read before they were enrolled. `seen_at` would not do: it is written hourly.
    launched = select(WebSession.person_id).where(
        WebSession.organisation_id == course.organisation_id,
        WebSession.context_id == course.context_id,
        WebSession.created_at >= at,
    )
    here = listed.union(launched)
    missed = (*own, CoursePerson.listed, CoursePerson.person_id.not_in(here))
    # A launch of theirs that is not committed yet holds their row. Once it is, the next statement sees it.
    session.execute(select(CoursePerson.id).where(*missed).with_for_update())
    session.execute(
        update(CoursePerson).where(*missed).values(listed=False).execution_options(synchronize_session=False)
    )
    gone = session.execute(
        update(Membership)
        .where(
            Membership.organisation_id == course.organisation_id,
            Membership.offering_id == course.offering_id,
            Membership.context_id == course.context_id,
            Membership.role == PARTICIPANT,
            Membership.status == ACTIVE,
            Membership.person_id.not_in(here),
        )
        .values(status=INACTIVE)
        .returning(Membership.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _course(session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID) -> FilledCourse:
    row = session.execute(
        select(Platform.issuer, Platform.client_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.organisation_id == organisation_id, Context.id == context_id)
    ).one_or_none()
    if row is None:
        raise OfferingUnknown(f"context {context_id}")
    offering_id = offering_of_course(session, organisation_id, context_id)
    return FilledCourse(organisation_id, context_id, offering_id, *row)
