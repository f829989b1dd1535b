"""The holder's badge page: what is missing, the name to confirm, the badge itself, who may see it."""

import secrets
from collections.abc import Mapping

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.cohorts.visiting import scope_of_visit
from ltitool.credentials.awarding import Randomness, award_of, issue_award, reserve_award
from ltitool.credentials.errors import AwardUnknown
from ltitool.credentials.files import badge_file, badge_picture
from ltitool.credentials.identity import HolderIdentity, confirm_identity
from ltitool.credentials.missing import missing_lines
from ltitool.credentials.models import Award
from ltitool.credentials.profile_link import profile_link
from ltitool.credentials.reading import badge_view
from ltitool.credentials.schemas import IdentityForm
from ltitool.credentials.standing import standing
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import Services, services
from ltitool.people.models import Person
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import with_draft
from ltitool.web.forms import read_form
from ltitool.web.languages import current_language
from ltitool.web.visit import current_visit

pages = guarded_blueprint("badge", __name__, guard=Guard.PARTICIPANT, path="/badge")

YES = "yes"


@pages.get("/")
def page() -> ResponseReturnValue:
    return _show({})


@pages.post("/confirm")
def confirm() -> ResponseReturnValue:
    found = services()
    try:
        form = read_form(IdentityForm())
    except Invalid as invalid:
        return _show(invalid.faults), invalid.status
    award = _reserve(form, found)
    issue_award(award.id, found)
    return redirect(url_for("badge.page"), 303)


@pages.post("/visibility")
def visibility() -> ResponseReturnValue:
    with transaction() as session:
        award = award_of(session, _scope(session))
        if award is None:
            raise AwardUnknown
        award.is_public = request.form.get("is_public") == YES
    return redirect(url_for("badge.page"), 303)


@pages.get("/file/<kind>")
def file(kind: str) -> Response:
    session = read_session()
    award = award_of(session, _scope(session))
    if award is None:
        raise AwardUnknown
    return badge_file(award, kind)


@pages.get("/picture")
def picture() -> Response:
    session = read_session()
    award = award_of(session, _scope(session))
    if award is None:
        raise AwardUnknown
    return badge_picture(award)


def _reserve(form: Mapping[str, str], found: Services) -> Award:
    """Write down what was confirmed and reserve the award: both or neither."""
    at = found.clock()
    with transaction() as session:
        scope = _scope(session)
        person = session.get_one(Person, scope.person_id)
        email = person.email if form["with_email"] == YES else None
        identity = HolderIdentity(form["full_name"], email, form["licence_number"] or None)
        confirm_identity(session, scope, identity, at=at)
        public_url = found.settings.public_url
        return reserve_award(session, scope, random=_randomness(found), public_url=public_url, at=at)


def _show(faults: dict[str, str]) -> str:
    session, language = read_session(), current_language()
    scope = _scope(session)
    award = award_of(session, scope)
    if award is not None:
        return _show_award(session, award, language)
    person = session.get_one(Person, scope.person_id)
    reached = standing(session, scope)
    saved = {"full_name": person.display_name, **request.form.to_dict()}
    return render_template(
        "credentials/badge.html",
        program=scope.program,
        language=language,
        missing=missing_lines(reached.completion, language),
        email=person.email,
        values=with_draft(url_for("badge.confirm"), saved),
        faults=faults,
    )


def _show_award(session: Session, award: Award, language: str) -> str:
    badge = badge_view(session, award, language)
    return render_template(
        "credentials/awarded.html", award=award, badge=badge, profile_link=profile_link(badge)
    )


def _scope(session: Session) -> ParticipantScope:
    return scope_of_visit(session, current_visit())


def _randomness(found: Services) -> Randomness:
    return Randomness(
        award_id=found.new_id(),
        public_id=secrets.token_urlsafe(16),
        subject_id=found.new_id(),
        new_salt=lambda: secrets.token_urlsafe(16),
        randbelow=secrets.randbelow,
    )
