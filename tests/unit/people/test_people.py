"""People: recognised by issuer, client and subject together; roles by invitation; words kept."""

import dataclasses
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from support.clock import MovableClock
from support.world import World

from ltitool.foundation.db import read_session, transaction
from ltitool.people.drafts import MAX_CHARACTERS, MAX_FIELDS, drop_draft, find_draft, keep_draft
from ltitool.people.errors import InvitationUnusable
from ltitool.people.grants import grant, roles_of, withdraw_grant
from ltitool.people.identities import LmsUser, placeholder_name, recognise
from ltitool.people.invitations import LIFETIME, NewInvitation, accept, invite
from ltitool.people.models import Person, WebSession
from ltitool.people.sessions import ABSOLUTE, KEPT_AFTER_END, Entry, open_session, purge_sessions


def known(world: World, **changed: str | None) -> LmsUser:
    user = LmsUser("https://lms.valle-verde.example", "client-1", world.amara.subject, None, None)
    return dataclasses.replace(user, **changed)


def recognised(world: World, user: LmsUser, clock: MovableClock) -> Person:
    with transaction() as session:
        return recognise(
            session, user, organisation_id=world.organisation_id, person_id=uuid.uuid4(), at=clock()
        )


def test_the_same_lms_user_is_the_same_person(world: World, clock: MovableClock) -> None:
    person = recognised(world, known(world, name="Amara N. Okafor", email="new@example"), clock)
    assert (person.id, person.display_name, person.email) == (
        world.amara.id,
        "Amara N. Okafor",
        "new@example",
    )
    assert recognised(world, known(world), clock).display_name == "Amara N. Okafor"


@pytest.mark.parametrize("part", ["issuer", "client_id", "subject"])
def test_another_issuer_client_or_subject_is_somebody_else(
    world: World, clock: MovableClock, part: str
) -> None:
    stranger = recognised(world, known(world, **{part: "another", "email": world.amara.name}), clock)
    assert stranger.id != world.amara.id
    assert stranger.display_name == placeholder_name(stranger.id)


def test_an_email_never_joins_two_people(world: World, clock: MovableClock) -> None:
    email = read_session().get_one(Person, world.coach.id).email
    person = recognised(world, known(world, subject="mallory", email=email), clock)
    assert person.id != world.coach.id


def test_a_grant_is_given_once_and_taken_with_the_open_sessions(world: World, clock: MovableClock) -> None:
    org, person = world.organisation_id, world.ben.id
    with transaction() as session:
        for _ in range(2):
            grant(
                session,
                organisation_id=org,
                person_id=person,
                role="director",
                granted_by=world.director.id,
                at=clock(),
            )
        open_session(
            session,
            Entry(org, person, "lti", ["director"], "en"),
            session_id=uuid.uuid4(),
            new_token=lambda: uuid.uuid4().hex,
            at=clock(),
        )
    assert roles_of(read_session(), org, person) == {"director"}
    with transaction() as session:
        withdraw_grant(
            session, organisation_id=org, person_id=person, withdrawn_by=world.director.id, at=clock()
        )
    assert roles_of(read_session(), org, person) == frozenset()
    row = read_session().scalars(select(WebSession).where(WebSession.person_id == person)).one()
    assert row.closed_at == clock()


def test_only_staff_roles_can_be_granted(world: World, clock: MovableClock) -> None:
    with pytest.raises(ValueError, match="no staff role"), transaction() as session:
        grant(
            session,
            organisation_id=world.organisation_id,
            person_id=world.ben.id,
            role="coach",
            granted_by=None,
            at=clock(),
        )


def invited(world: World, clock: MovableClock, role: str = "director", subject: str | None = None) -> str:
    token = uuid.uuid4().hex
    with transaction() as session:
        wanted = NewInvitation(uuid.uuid4(), world.organisation_id, role, subject, "Inés")
        invite(session, wanted, token=token, at=clock())
    return token


def accepted(world: World, token: str, clock: MovableClock, person_id: uuid.UUID | None = None) -> uuid.UUID:
    with transaction() as session:
        return accept(
            session,
            token,
            person_id=person_id,
            new_person_id=uuid.uuid4(),
            full_name="Inés Calderón",
            at=clock(),
        ).person_id


def test_an_invitation_makes_a_director_once(world: World, clock: MovableClock) -> None:
    token = invited(world, clock)
    holder = accepted(world, token, clock)
    assert roles_of(read_session(), world.organisation_id, holder) == {"director"}
    assert read_session().get_one(Person, holder).display_name == "Inés Calderón"
    with pytest.raises(InvitationUnusable):
        accepted(world, token, clock)


def test_an_invitation_goes_to_who_is_here_already(world: World, clock: MovableClock) -> None:
    assert accepted(world, invited(world, clock), clock, world.ben.id) == world.ben.id
    assert roles_of(read_session(), world.organisation_id, world.ben.id) == {"director"}


def test_an_invitation_never_reaches_over_the_wall(world: World, clock: MovableClock) -> None:
    holder = accepted(world, invited(world, clock), clock, world.stranger.id)
    assert holder != world.stranger.id
    assert read_session().get_one(Person, holder).organisation_id == world.organisation_id


def test_a_sign_in_link_finds_its_holder(world: World, clock: MovableClock) -> None:
    token = invited(world, clock, "sign-in", str(world.director.id))
    assert accepted(world, token, clock) == world.director.id


@pytest.mark.parametrize(("wait", "works"), [(LIFETIME - timedelta(seconds=1), True), (LIFETIME, False)])
def test_an_invitation_grows_old(world: World, clock: MovableClock, wait: timedelta, works: bool) -> None:
    token = invited(world, clock)
    clock.now += wait
    if works:
        assert accepted(world, token, clock)
    else:
        with pytest.raises(InvitationUnusable):
            accepted(world, token, clock)


def test_an_unknown_token_is_no_invitation(world: World, clock: MovableClock) -> None:
    with pytest.raises(InvitationUnusable):
        accepted(world, "guess", clock)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"words": ["Half a sentence"]}, True),
        ({"words": [""]}, False),
        ({"csrf_token": ["secret"], "upload_key": ["k"]}, False),
        ({f"field-{number}": ["x"] for number in range(MAX_FIELDS + 1)}, False),
        ({"words": ["x" * (MAX_CHARACTERS + 1)]}, False),
        ({"lenses": ["people", "groups"]}, True),
    ],
)
def test_what_a_draft_keeps(
    world: World, clock: MovableClock, fields: dict[str, list[str]], kept: bool
) -> None:
    org, person = world.organisation_id, world.amara.id
    with transaction() as session:
        assert (
            keep_draft(
                session, organisation_id=org, person_id=person, form_key="/x", fields=fields, at=clock()
            )
            is kept
        )
    draft = find_draft(read_session(), org, person, "/x")
    assert (draft.fields if draft else None) == (fields if kept else None)
    assert find_draft(read_session(), org, world.ben.id, "/x") is None
    with transaction() as session:
        drop_draft(session, org, person, "/x")
    assert find_draft(read_session(), org, person, "/x") is None


def test_old_sessions_are_purged(app: Flask, world: World, clock: MovableClock) -> None:
    with transaction() as session:
        open_session(
            session,
            Entry(world.organisation_id, world.ben.id, "lti", [], "en"),
            session_id=uuid.uuid4(),
            new_token=lambda: uuid.uuid4().hex,
            at=clock(),
        )
    for wait, left in ((ABSOLUTE + KEPT_AFTER_END, 1), (timedelta(seconds=1), 0)):
        clock.now += wait
        with transaction() as session:
            purge_sessions(session, clock())
        assert len(read_session().scalars(select(WebSession)).all()) == left
