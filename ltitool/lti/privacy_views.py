"""The pages of a data privacy launch: what is kept about a person, a copy of it, and erasing it."""

from collections.abc import Mapping

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ltitool.errors import Invalid, msg
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.privacy import Asked, asked_about, erase_asked, packed_copy
from ltitool.lti.privacy_errors import PrivacyInPath
from ltitool.people.personal_data import KEEP, REVOKE, Erasure, Keeper, bound_keepers, counts
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.new_tab import stay_here
from ltitool.web.visit import current_visit

pages = guarded_blueprint("privacy", __name__, guard=Guard.LAUNCHED, path="/privacy")


@pages.get("/")
def show() -> ResponseReturnValue:
    """Say what is kept about the person whom the LMS asked about."""
    return _page(_asked(), {})


@pages.get("/copy.zip")
def copy() -> ResponseReturnValue:
    """Hand everything out: rows as JSON, photos and badges as files."""
    asked = _asked()
    if asked.who is None:
        return _page(asked, {})
    answer = Response(
        packed_copy(read_session(), asked.who, _keepers(), services()), content_type="application/zip"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="personal-data.zip"'
    return answer


@pages.post("/erase")
def erase() -> ResponseReturnValue:
    """Erase everything about that person."""
    asked, found = _asked(), services()
    try:
        badges = read_choice()
    except Invalid as invalid:
        return _page(asked, invalid.faults), invalid.status
    how = Erasure(badges, current_visit().person_id, found.clock(), found)
    with transaction() as session:
        erase_asked(session, asked, _keepers(), how)
    return render_template("lti/privacy_erased.html", badges=badges)


def read_choice() -> str:
    """Read what shall become of badges, and that erasing is really meant.

    Raises:
        Invalid: one of both is missing.
    """
    faults = {}
    badges = request.form.get("badges", "")
    if badges not in {REVOKE, KEEP}:
        faults["badges"] = msg("Choose what becomes of badges.")
    if request.form.get("sure") != "yes":
        faults["sure"] = msg("Tick this to erase: it cannot be undone.")
    if faults:
        raise Invalid(faults)
    return badges


def _asked() -> Asked:
    """Give whom this visit is about: rights over others, which no address that can be copied may hold."""
    visit = current_visit()
    if visit.in_path:
        raise PrivacyInPath
    return asked_about(read_session(), visit.organisation_id, visit.session_id)


def _keepers() -> tuple[Keeper, ...]:
    return tuple(bound_keepers())


def _page(asked: Asked, faults: Mapping[str, str]) -> str:
    kept = counts(read_session(), asked.who, _keepers()) if asked.who else []
    stay_here()
    return render_template("lti/privacy.html", asked=asked, kept=kept, faults=faults, values=request.form)
