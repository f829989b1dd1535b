"""What the operator's words share: the organisation they speak of, and the two forms of an answer."""

import argparse
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from ltitool.app import create_app
from ltitool.errors import Malformed, NotFound, msg
from ltitool.foundation.db import read_session
from ltitool.foundation.services import services
from ltitool.lti.approving import Operator
from ltitool.people.models import Organisation
from ltitool.settings import load_settings


class OrganisationMissing(NotFound):
    code = "organisation.missing"
    title = msg("There is no such organization")


class OrganisationUnsaid(Malformed):
    code = "organisation.unsaid"
    title = msg("There are several organizations here, or none yet")
    advice = msg("Say which one you mean with --organisation.")


@dataclass(frozen=True)
class Answer:
    """What a word says: as JSON for scripts, whose names never change, and as lines for people."""

    said: Mapping[str, Any]
    lines: Sequence[str] | None = None  # else one line for each name
    exit_code: int = 0


Work = Callable[[argparse.Namespace], Answer]


def add_word(words: Any, name: str, purpose: str, work: Work, *, organisation: bool = True) -> Any:
    """Add a word that runs inside the application."""
    word = words.add_parser(name, help=purpose)
    if organisation:
        word.add_argument("--organisation", metavar="SLUG", help="needed where there are several")
    word.add_argument("--json", action="store_true", help="answer as JSON")
    word.set_defaults(run=_in_app(work))
    return word


def organisation_of(arguments: argparse.Namespace) -> uuid.UUID:
    """Find the organisation that was named, or the only one there is.

    Raises:
        OrganisationMissing, OrganisationUnsaid.
    """
    slug = arguments.organisation
    if slug is None:
        ids = read_session().scalars(select(Organisation.id).limit(2)).all()
        if len(ids) != 1:
            raise OrganisationUnsaid(f"{len(ids)} or more")
        return ids[0]
    found = read_session().scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None:
        raise OrganisationMissing(slug)
    return found


def operator_of(arguments: argparse.Namespace) -> Operator:
    """Say who decides: whoever may run the command, and nobody by name."""
    return Operator(organisation_of(arguments), None, services().clock())


def _in_app(work: Work) -> Callable[[argparse.Namespace, Mapping[str, str]], int]:
    def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
        app: Flask = create_app(load_settings(environ))
        with app.app_context():
            answer = work(arguments)
        _print(answer, as_json=arguments.json)
        return answer.exit_code

    return run


def _print(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer.said, ensure_ascii=False))
        return
    lines = answer.lines
    for line in [f"{name}: {value}" for name, value in answer.said.items()] if lines is None else lines:
        print(line)
