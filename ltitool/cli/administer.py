"""The operator's words: organisations, platforms, deployments, invitations, keys."""

import argparse
import dataclasses
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from ltitool.app import create_app
from ltitool.errors import Conflict, NotFound, msg
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.platform_invitations import LIFETIME as PLATFORM_LIFETIME
from ltitool.lti.platform_invitations import NewInvitation, invite_platform
from ltitool.lti.platforms import (
    POLICIES,
    Registration,
    add_platform,
    approve_deployment,
    list_deployments,
    list_platforms,
    set_platform_status,
)
from ltitool.people.grants import STAFF_ROLES
from ltitool.people.invitations import LIFETIME, invite
from ltitool.people.models import Organisation
from ltitool.settings import load_settings

KEY_LEAD_TIME = timedelta(days=1)  # platforms keep our key set for hours
Work = Callable[[argparse.Namespace], Mapping[str, Any]]


class OrganisationMissing(NotFound):
    code = "organisation.missing"
    title = msg("There is no such organization")


class OrganisationExists(Conflict):
    code = "organisation.exists"
    title = msg("There is an organization of that short name already")


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's words to the command."""
    _organisation_words(words)
    _platform_words(words)
    _deployment_words(words)
    word = _word(words, "invite", "make a single-use link that grants a role", _invite)
    word.add_argument("role", choices=STAFF_ROLES)
    word.add_argument("--note", default="", help="whom it is meant for")
    keys = words.add_parser("keys", help="the tool's signing keys").add_subparsers(required=True)
    _word(keys, "rotate", "sign with a new key; the old one stays published", _rotate, organisation=False)


def _organisation_words(words: Any) -> None:
    sub = words.add_parser("organisations", help="who runs programs here").add_subparsers(required=True)
    word = _word(sub, "add", "add an organization", _add_organisation, organisation=False)
    word.add_argument("slug", help="short name, in addresses")
    word.add_argument("name")


def _platform_words(words: Any) -> None:
    sub = words.add_parser("platforms", help="the LMSs that know this tool").add_subparsers(required=True)
    word = _word(sub, "add", "register an LMS by hand", _add_platform)
    for name in ("name", "issuer", "client-id", "auth-login-url", "auth-token-url", "jwks-url"):
        word.add_argument(f"--{name}", required=True)
    word.add_argument("--deployment-id", action="append", default=[], help="may be given several times")
    word.add_argument("--token-audience", help="where it differs from the token URL")
    word.add_argument("--deployment-policy", choices=POLICIES, default="approve")
    word = _word(sub, "invite", "make a single-use link by which an LMS registers itself", _invite_platform)
    word.add_argument("--name", required=True, help="under which the LMS will be listed")
    _word(sub, "list", "list them", _list_platforms)
    for name, status in (("enable", "active"), ("disable", "disabled")):
        word = _word(sub, name, f"{name} one", _switch_platform)
        word.add_argument("platform", type=uuid.UUID)
        word.set_defaults(status=status)


def _deployment_words(words: Any) -> None:
    sub = words.add_parser("deployments", help="where an LMS uses this tool").add_subparsers(required=True)
    _word(sub, "list", "list them, waiting ones first", _list_deployments)
    word = _word(sub, "approve", "let one in that a launch made known", _approve_deployment)
    word.add_argument("deployment", type=uuid.UUID)


def _word(words: Any, name: str, purpose: str, work: Work, *, organisation: bool = True) -> Any:
    word = words.add_parser(name, help=purpose)
    if organisation:
        word.add_argument("--organisation", required=True, metavar="SLUG")
    word.add_argument("--json", action="store_true", help="answer as JSON")
    word.set_defaults(run=_in_app(work))
    return word


def _in_app(work: Work) -> Callable[[argparse.Namespace, Mapping[str, str]], int]:
    def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
        app: Flask = create_app(load_settings(environ))
        with app.app_context():
            _print(work(arguments), as_json=arguments.json)
        return 0

    return run


def _add_organisation(arguments: argparse.Namespace) -> Mapping[str, Any]:
    found = services()
    with transaction() as session:
        if session.scalar(select(Organisation.id).where(Organisation.slug == arguments.slug)):
            raise OrganisationExists(arguments.slug)
        row = Organisation(
            id=found.new_id(), slug=arguments.slug, name=arguments.name, created_at=found.clock()
        )
        session.add(row)
    return {"organisation": str(row.id), "slug": row.slug}


def _add_platform(arguments: argparse.Namespace) -> Mapping[str, Any]:
    found = services()
    fields = {field.name for field in dataclasses.fields(Registration)}
    given = {name: value for name, value in vars(arguments).items() if name in fields and value is not None}
    registration = Registration(**given, deployment_ids=arguments.deployment_id)
    with transaction() as session:
        platform = add_platform(
            session,
            registration,
            organisation_id=_organisation(arguments),
            platform_id=found.new_id(),
            settings=found.settings,
            at=found.clock(),
        )
    public = found.settings.public_url
    doors = {"login": "/lti/login", "launch": "/lti/launch", "jwks": "/lti/jwks.json"}
    return {"platform": str(platform.id), **{name: public + path for name, path in doors.items()}}


def _invite_platform(arguments: argparse.Namespace) -> Mapping[str, Any]:
    found = services()
    token, now = found.new_token(), found.clock()
    wanted = NewInvitation(found.new_id(), _organisation(arguments), arguments.name)
    with transaction() as session:
        invite_platform(session, wanted, token, now)
    until = (now + PLATFORM_LIFETIME).isoformat(timespec="minutes")
    link = f"{found.settings.public_url}/lti/register?invitation={token}"
    return {"link": link, "usable once until": until}


def _list_platforms(arguments: argparse.Namespace) -> Mapping[str, Any]:
    rows = list_platforms(read_session(), _organisation(arguments))
    return {str(row.id): f"{row.status}  {row.name}  {row.issuer}  {row.client_id}" for row in rows}


def _switch_platform(arguments: argparse.Namespace) -> Mapping[str, Any]:
    with transaction() as session:
        row = set_platform_status(session, _organisation(arguments), arguments.platform, arguments.status)
    return {"platform": str(row.id), "status": row.status}


def _list_deployments(arguments: argparse.Namespace) -> Mapping[str, Any]:
    rows = list_deployments(read_session(), _organisation(arguments))
    return {str(row.id): f"{row.status}  {row.lms_id}" for row in rows}


def _approve_deployment(arguments: argparse.Namespace) -> Mapping[str, Any]:
    with transaction() as session:
        row = approve_deployment(session, _organisation(arguments), arguments.deployment)
    return {"deployment": str(row.id), "status": row.status}


def _invite(arguments: argparse.Namespace) -> Mapping[str, Any]:
    found = services()
    token, now = found.new_token(), found.clock()
    with transaction() as session:
        invite(
            session,
            invitation_id=found.new_id(),
            organisation_id=_organisation(arguments),
            role=arguments.role,
            subject=None,
            note=arguments.note,
            token=token,
            at=now,
        )
    until = (now + LIFETIME).isoformat(timespec="minutes")
    return {"link": f"{found.settings.public_url}/invitations/{token}", "usable once until": until}


def _rotate(_arguments: argparse.Namespace) -> Mapping[str, Any]:
    keys = services().keys
    return {"kid": keys.rotate("tool", "lti-rs256", lead_time=KEY_LEAD_TIME)}


def _organisation(arguments: argparse.Namespace) -> uuid.UUID:
    slug = arguments.organisation
    found = read_session().scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None:
        raise OrganisationMissing(slug)
    return found


def _print(answer: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer))
        return
    for name, value in answer.items():
        print(f"{name}: {value}")
