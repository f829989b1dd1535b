"""The operator's words about the tool itself: organisations, invitations, staff, keys."""

import argparse
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ltitool.cli.operating import Answer, add_word, organisation_of
from ltitool.errors import Conflict, NotFound, msg
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.keys import KeyAge, key_ages
from ltitool.foundation.services import services
from ltitool.lti.selftest.running import KEY_OWNER, KEY_PURPOSE
from ltitool.people.grants import STAFF_ROLES, roles_of, staff_of, withdraw_grant
from ltitool.people.invitations import NewInvitation, invite
from ltitool.people.models import Organisation

KEY_LEAD_TIME = timedelta(days=1)  # platforms keep our key set for hours


class OrganisationExists(Conflict):
    code = "organisation.exists"
    title = msg("There is an organization of that short name already")


class PersonNotStaff(NotFound):
    code = "person.not-staff"
    title = msg("This person has no role here that could be taken away")
    advice = msg("The list of staff says who has one.")


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's words to the command."""
    sub = words.add_parser("organisations", help="who runs programs here").add_subparsers(required=True)
    word = add_word(sub, "add", "add an organization", _add_organisation, organisation=False)
    word.add_argument("slug", help="short name, in addresses")
    word.add_argument("name")
    word = add_word(words, "invite", "make a single-use link that grants a role", _invite)
    word.add_argument("role", choices=STAFF_ROLES)
    word.add_argument("--note", default="", help="whom it is meant for")
    staff = words.add_parser("staff", help="who is director or operator").add_subparsers(required=True)
    add_word(staff, "list", "list their roles, and since when", _list_staff)
    word = add_word(staff, "withdraw", "take somebody's roles away, and end their visits", _withdraw)
    word.add_argument("person", type=uuid.UUID, help="their number, as the list shows it")
    keys = words.add_parser("keys", help="the tool's signing keys").add_subparsers(required=True)
    add_word(keys, "list", "list them with their ages, newest first", _list_keys, organisation=False)
    rotate = "sign with a new key; the old one stays published"
    add_word(keys, "rotate", rotate, _rotate, organisation=False)


def _add_organisation(arguments: argparse.Namespace) -> Answer:
    found = services()
    with transaction() as session:
        if session.scalar(select(Organisation.id).where(Organisation.slug == arguments.slug)):
            raise OrganisationExists(arguments.slug)
        row = Organisation(
            id=found.new_id(), slug=arguments.slug, name=arguments.name, created_at=found.clock()
        )
        session.add(row)
    return Answer({"organisation": str(row.id), "slug": row.slug})


def _invite(arguments: argparse.Namespace) -> Answer:
    found, organisation_id = services(), organisation_of(arguments)
    token = found.new_token()
    with transaction() as session:
        wanted = NewInvitation(found.new_id(), organisation_id, arguments.role, None, arguments.note)
        until = invite(session, wanted, token=token, at=found.clock()).isoformat(timespec="seconds")
    return Answer(
        {"link": f"{found.settings.public_url}/invitations/{token}", "usable_until": until, "uses": 1}
    )


def _list_staff(arguments: argparse.Namespace) -> Answer:
    rows = staff_of(read_session(), organisation_of(arguments))
    said = [(str(one.person_id), one.role, one.granted_at.isoformat(timespec="seconds")) for one in rows]
    staff = [dict(zip(("person", "role", "since"), one, strict=True)) for one in said]
    return Answer({"staff": staff}, ["  ".join(one) for one in said])


def _withdraw(arguments: argparse.Namespace) -> Answer:
    organisation_id, now = organisation_of(arguments), services().clock()
    with transaction() as session:
        roles = roles_of(session, organisation_id, arguments.person)
        if not roles:
            raise PersonNotStaff(str(arguments.person))
        person = {"organisation_id": organisation_id, "person_id": arguments.person}
        withdraw_grant(session, **person, withdrawn_by=None, at=now)
    return Answer({"person": str(arguments.person), "withdrawn": sorted(roles)})


def _list_keys(_arguments: argparse.Namespace) -> Answer:
    keys = [_key_json(one) for one in key_ages(read_session(), KEY_OWNER, KEY_PURPOSE)]
    lines = [f"{one['kid']}  since {one['signs_from']}  until {one['signs_until'] or '…'}" for one in keys]
    return Answer({"keys": keys}, lines)


def _rotate(_arguments: argparse.Namespace) -> Answer:
    kid = services().keys.rotate(KEY_OWNER, KEY_PURPOSE, lead_time=KEY_LEAD_TIME)
    ages = {one.thumbprint: one for one in key_ages(read_session(), KEY_OWNER, KEY_PURPOSE)}
    return Answer({"kid": kid, "signs_from": _key_json(ages[kid])["signs_from"]})


def _key_json(key: KeyAge) -> dict[str, str | bool | None]:
    return {
        "kid": key.thumbprint,
        "made_at": key.created_at.isoformat(timespec="seconds"),
        "signs_from": key.active_from.isoformat(timespec="seconds"),
        "signs_until": key.retired_at.isoformat(timespec="seconds") if key.retired_at else None,
        "destroyed": key.destroyed,
    }
