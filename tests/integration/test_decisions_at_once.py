"""What may happen once, done by two at the same time on PostgreSQL: one does it, and it is noted once."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from support import pg_tool
from support.clock import MovableClock
from support.practice import ORGANISATION, PLATFORM, registration, seed_registration
from support.working_processes import until
from support.world import World, build_world

from ltitool.app import services_of
from ltitool.foundation.db import db, end_read, read_session, transaction
from ltitool.foundation.models import AuditEntry
from ltitool.lti.approving import Operator, decide_proposal
from ltitool.lti.models import PlatformProposal
from ltitool.lti.platforms import platform_of
from ltitool.lti.proposals import propose
from ltitool.people.grants import grant, withdraw_grant
from ltitool.people.invitations import NewInvitation, accept, invite
from ltitool.people.models import StaffGrant

pytestmark = pytest.mark.postgres
UseCase = Callable[[Session], object]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def tool(postgres_url: str, tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    app = pg_tool.build_tool(postgres_url, tmp_path, clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def both(tool: Flask, use_case: UseCase) -> list[str]:
    """Let a second one begin before the first has ended, and say how the two ended."""
    done, go_on, ends = Event(), Event(), list[str]()

    def run(after: Callable[[], object]) -> None:
        try:
            with tool.app_context(), transaction() as session:
                use_case(session)
                after()
        except Exception as error:  # noqa: BLE001 - whatever it is, its name is what the test compares
            ends.append(type(error).__name__)
        else:
            ends.append("done")

    def hold() -> None:
        done.set()
        go_on.wait(20)

    first, second = Thread(target=run, args=(hold,)), Thread(target=run, args=(lambda: None,))
    first.start()
    assert done.wait(20)
    second.start()
    until(lambda: somebody_waits() or not second.is_alive())
    go_on.set()
    for thread in (first, second):
        thread.join(20)
    return sorted(ends)


def somebody_waits() -> bool:
    end_read()
    return bool(read_session().scalar(text(WAITING)))


def noted(action: str) -> int:
    end_read()
    return len(read_session().scalars(select(AuditEntry.action).where(AuditEntry.action == action)).all())


def directors(world: World) -> int:
    end_read()
    found = select(StaffGrant.id).where(StaffGrant.organisation_id == world.organisation_id)
    return len(read_session().scalars(found.where(StaffGrant.role == "director")).all())


def test_an_invitation_used_twice_at_once_makes_one_director(tool: Flask, clock: MovableClock) -> None:
    world = build_world(clock)
    before = directors(world), noted("role.granted")
    for token in ("one", "two"):
        with transaction() as session:
            wanted = NewInvitation(uuid.uuid4(), world.organisation_id, "director", None, "")
            invite(session, wanted, token=token, at=clock())

    def use(session: Session) -> None:
        accept(session, "one", person_id=None, new_person_id=uuid.uuid4(), full_name="Inés", at=clock())

    assert both(tool, use) == ["InvitationUnusable", "done"]
    assert (directors(world), noted("role.granted")) == (before[0] + 1, before[1] + 1)
    with transaction() as session:  # one of its own for each: both become directors
        accept(session, "two", person_id=None, new_person_id=uuid.uuid4(), full_name="Leo", at=clock())
    assert directors(world) == before[0] + 2


def test_roles_withdrawn_twice_at_once_are_noted_once(tool: Flask, clock: MovableClock) -> None:
    world = build_world(clock)
    organisation, person = world.organisation_id, world.ben.id

    def give(session: Session) -> None:
        who = {"organisation_id": organisation, "person_id": person}
        grant(session, **who, role="director", granted_by=None, at=clock())

    def withdraw(session: Session) -> None:
        withdraw_grant(session, organisation_id=organisation, person_id=person, withdrawn_by=None, at=clock())

    for times in (1, 2):  # given and withdrawn anew, it is noted anew
        with transaction() as session:
            give(session)
        assert both(tool, withdraw) == ["done", "done"]
        assert noted("role.withdrawn") == times


@pytest.mark.parametrize("accept_it", [True, False], ids=["accepted", "refused"])
def test_a_proposal_decided_twice_at_once_is_noted_once(
    tool: Flask, clock: MovableClock, accept_it: bool
) -> None:
    seed_registration(clock, services_of(tool).settings)
    operator = Operator(ORGANISATION, None, clock())
    for times in (1, 2):  # proposed and decided anew, it is noted anew
        with transaction() as session:
            wanted = registration(client_id="any", jwks_url=f"http://127.0.0.1:8001/moved-{times}")
            assert propose(session, platform_of(session, ORGANISATION, PLATFORM), wanted, at=clock())
        with transaction() as session:
            waiting = session.scalars(select(PlatformProposal.id)).one()

        def decide(session: Session, waiting: uuid.UUID = waiting) -> None:
            decide_proposal(session, operator, PLATFORM, waiting, accept=accept_it)

        assert both(tool, decide) == ["ProposalMissing", "done"]
        assert noted(f"platform.proposal-{'accepted' if accept_it else 'refused'}") == times
