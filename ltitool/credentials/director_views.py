"""A director's pages: every award of the organisation, and taking one back."""

import uuid
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.models import Offering
from ltitool.cohorts.programs_in_use import program_of
from ltitool.credentials.awarding import RESERVED, REVOKED
from ltitool.credentials.errors import AlreadyRevoked, AwardUnknown
from ltitool.credentials.models import Award
from ltitool.credentials.revoking import revoke_award
from ltitool.credentials.schemas import RevocationForm
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.models import Person
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import with_draft
from ltitool.web.forms import read_form
from ltitool.web.languages import current_language
from ltitool.web.visit import current_visit
from rubrics import Text

pages = guarded_blueprint("awards", __name__, guard=Guard.DIRECTOR, path="/awards")


@dataclass(frozen=True)
class AwardLine:
    """One award in the director's list."""

    award: Award
    holder: str
    offering: str
    achievement: Text


@pages.get("/")
def page() -> ResponseReturnValue:
    lines = _lines(read_session(), current_visit().organisation_id)
    return render_template("credentials/awards.html", lines=lines, language=current_language())


@pages.get("/<uuid:award_id>/revoke")
def revocation(award_id: uuid.UUID) -> ResponseReturnValue:
    return _show(award_id, {})


@pages.post("/<uuid:award_id>/revoke")
def revoke(award_id: uuid.UUID) -> ResponseReturnValue:
    try:
        form = read_form(RevocationForm())
    except Invalid as invalid:
        return _show(award_id, invalid.faults), invalid.status
    _revoke(award_id, form["reason"])
    return redirect(url_for("awards.page"), 303)


def _revoke(award_id: uuid.UUID, reason: str) -> None:
    visit, found = current_visit(), services()
    with transaction() as session:
        revoke_award(
            session,
            award_id,
            organisation_id=visit.organisation_id,
            director_id=visit.person_id,
            reason=reason,
            keys=found.keys,
            public_url=found.settings.public_url,
            at=found.clock(),
        )


def _show(award_id: uuid.UUID, faults: dict[str, str]) -> str:
    organisation_id = current_visit().organisation_id
    found = [one for one in _lines(read_session(), organisation_id) if one.award.id == award_id]
    if not found or found[0].award.state == RESERVED:
        raise AwardUnknown(str(award_id))
    if found[0].award.state == REVOKED:
        raise AlreadyRevoked(str(award_id))
    values = with_draft(url_for("awards.revoke", award_id=award_id), request.form.to_dict())
    return render_template(
        "credentials/revoke.html",
        line=found[0],
        faults=faults,
        values=values,
        language=current_language(),
    )


def _lines(session: Session, organisation_id: uuid.UUID) -> list[AwardLine]:
    rows = session.execute(
        select(Award, Person.display_name, Offering.title)
        .join(Person, Person.id == Award.person_id)
        .join(Offering, Offering.id == Award.offering_id)
        .where(
            Award.organisation_id == organisation_id,
            Person.organisation_id == organisation_id,
            Offering.organisation_id == organisation_id,
        )
        .order_by(Award.reserved_at.desc(), Person.display_name)
    )
    return [AwardLine(*row, _achievement(session, row[0])) for row in rows]


def _achievement(session: Session, award: Award) -> Text:
    return program_of(session, award.organisation_id, award.offering_id).badge.name
