"""Coaches: granted by a director in the tool, to somebody known here or by an invitation; never by an LMS."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.memberships import TOOL
from ltitool.cohorts.models import Cohort, CoursePerson, Membership, OfferingContext
from ltitool.cohorts.offerings import find_cohort
from ltitool.cohorts.scope import ACTIVE, COACH, INACTIVE
from ltitool.foundation.rows import add_once
from ltitool.lti.roles import LtiRole
from ltitool.people.errors import InvitationUnusable
from ltitool.people.grants import RoleChange, note_role
from ltitool.people.invitations import SIGN_IN, Invited, NewInvitation, accept, invite, open_invitation
from ltitool.people.models import Person
from ltitool.people.sessions import close_sessions_of


@dataclass(frozen=True)
class CoachInvitation:
    """Which cohort somebody is invited to coach, and by whom."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    offering_id: uuid.UUID
    cohort_id: uuid.UUID
    note: str
    by: uuid.UUID


@dataclass(frozen=True)
class Candidate:
    """Somebody who came from the LMS as a teacher and has no cohort yet."""

    person_id: uuid.UUID
    name: str


def grant_coach(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    cohort_id: uuid.UUID,
    person_id: uuid.UUID,
    by: uuid.UUID | None,
    at: datetime,
    invitation_id: uuid.UUID | None = None,
) -> None:
    """Make a person a coach of a cohort; granting it twice changes nothing.

    Raises:
        OfferingUnknown: the cohort or the person is not this organisation's.
    """
    find_cohort(session, organisation_id, offering_id, cohort_id)
    _check_person(session, organisation_id, person_id)
    grant = Membership(
        id=uuid.uuid5(cohort_id, f"coach:{person_id}"),
        organisation_id=organisation_id,
        offering_id=offering_id,
        cohort_id=cohort_id,
        person_id=person_id,
        role=COACH,
        status=ACTIVE,
        source=TOOL,
        context_id=None,
        lms_subject=None,
        created_at=at,
    )
    if not add_once(session, grant):
        grant = _find_grant(session, organisation_id, cohort_id, person_id)
        if grant.status == ACTIVE:
            return
        grant.status = ACTIVE
    _note(session, RoleChange("granted", organisation_id, by, at), grant, invitation=invitation_id)


def withdraw_coach(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    cohort_id: uuid.UUID,
    person_id: uuid.UUID,
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    """Take a cohort away from a coach. Their open sessions end; what they recorded stays.

    Raises:
        OfferingUnknown: no such cohort in this offering, or this person does not coach it.
    """
    find_cohort(session, organisation_id, offering_id, cohort_id)
    grant = _find_grant(session, organisation_id, cohort_id, person_id)
    if grant.status == ACTIVE:
        grant.status = INACTIVE
        _note(session, RoleChange("withdrawn", organisation_id, by, at), grant)
    close_sessions_of(session, person_id, at)


def invite_coach(session: Session, wanted: CoachInvitation, *, token: str, at: datetime) -> datetime:
    """Write an invitation to coach a cohort, its token to be put into a link; gives until when it works.

    Raises:
        OfferingUnknown: no such cohort in this offering.
    """
    find_cohort(session, wanted.organisation_id, wanted.offering_id, wanted.cohort_id)
    place = str(wanted.cohort_id)
    invitation = NewInvitation(wanted.id, wanted.organisation_id, COACH, place, wanted.note, wanted.by)
    return invite(session, invitation, token=token, at=at)


def accept_invitation(
    session: Session,
    token: str,
    *,
    new_person_id: uuid.UUID,
    full_name: str,
    at: datetime,
) -> Invited:
    """Use an invitation up for somebody who comes without an LMS; a coach gets their cohort.

    Raises:
        InvitationUnusable: unknown, used, too old, or its cohort is gone.
    """
    invited = accept(session, token, person_id=None, new_person_id=new_person_id, full_name=full_name, at=at)
    _grant_invited(session, invited, at)
    return invited


def accept_in_visit(
    session: Session, token: str, *, organisation_id: uuid.UUID, person_id: uuid.UUID, at: datetime
) -> Invited:
    """Use an invitation up for somebody who is already here.

    Raises:
        InvitationUnusable: also when it is another organisation's, or only signs somebody in.
    """
    invitation = open_invitation(session, token, at)
    if invitation.organisation_id != organisation_id or invitation.role == SIGN_IN:
        raise InvitationUnusable(f"role {invitation.role} in another visit")
    invited = accept(session, token, person_id=person_id, new_person_id=person_id, full_name="", at=at)
    _grant_invited(session, invited, at)
    return invited


def coach_candidates(session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID) -> list[Candidate]:
    """List people whose LMS calls them teachers in a connected course."""
    rows = session.execute(
        select(Person.id, Person.display_name)
        .join(CoursePerson, CoursePerson.person_id == Person.id)
        .join(OfferingContext, OfferingContext.context_id == CoursePerson.context_id)
        .where(
            Person.organisation_id == organisation_id,
            OfferingContext.offering_id == offering_id,
            CoursePerson.role != LtiRole.LEARNER.value,
        )
        .distinct()
        .order_by(Person.display_name)
    )
    return [Candidate(*row) for row in rows]


def _grant_invited(session: Session, invited: Invited, at: datetime) -> None:
    if invited.role != COACH:
        return
    cohort = session.scalar(
        select(Cohort).where(
            Cohort.organisation_id == invited.organisation_id,
            Cohort.id == uuid.UUID(invited.subject or ""),
        )
    )
    if cohort is None:
        raise InvitationUnusable(f"cohort {invited.subject}")
    grant_coach(
        session,
        organisation_id=invited.organisation_id,
        offering_id=cohort.offering_id,
        cohort_id=cohort.id,
        person_id=invited.person_id,
        by=invited.person_id,
        at=at,
        invitation_id=invited.invitation_id,
    )


def _note(session: Session, change: RoleChange, grant: Membership, **details: object) -> None:
    note_role(session, change, f"person:{grant.person_id}", role=COACH, place=str(grant.cohort_id), **details)


def _check_person(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> None:
    found = session.scalar(
        select(Person.id).where(Person.organisation_id == organisation_id, Person.id == person_id)
    )
    if found is None:
        raise OfferingUnknown(f"person {person_id}")


def _find_grant(
    session: Session, organisation_id: uuid.UUID, cohort_id: uuid.UUID, person_id: uuid.UUID
) -> Membership:
    grant = session.scalar(
        select(Membership).where(
            Membership.organisation_id == organisation_id,
            Membership.cohort_id == cohort_id,
            Membership.person_id == person_id,
            Membership.role == COACH,
        )
    )
    if grant is None:
        raise OfferingUnknown(f"coach {person_id} of {cohort_id}")
    return grant
