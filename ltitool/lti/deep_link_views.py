"""The pages of a deep linking visit: what can be added to the course, and the way back with it."""

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ltitool.errors import Invalid, msg
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.deep_linking import (
    KEY_OWNER,
    KEY_PURPOSE,
    NOTHING_SAID,
    Reply,
    Said,
    WaitingCourse,
    answer_course,
    chosen_links,
    waiting_course,
)
from ltitool.lti.link_offers import LinkOffers, OfferedLink, bound_link_offers
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.headers import allow_form_to
from ltitool.web.languages import current_language
from ltitool.web.new_tab import stay_here
from ltitool.web.visit import current_visit

pages = guarded_blueprint("links", __name__, guard=Guard.LAUNCHED, path="/links")

ALL_STEPS = "steps"
NOTHING_FITS = msg("This tool has nothing that can be put in this place of the course.")


@pages.get("/")
def show() -> ResponseReturnValue:
    """Let a teacher choose what the course should link to."""
    return _page(_course(), {})


@pages.post("/")
def add() -> ResponseReturnValue:
    """Send what was chosen back to the course."""
    course, offers = _course(), _offers()
    keys = request.form.getlist("link")
    if request.form.get("all") == ALL_STEPS:
        keys = [one.key for one in offers.steps]
    links = chosen_links(offers, keys)
    try:
        check_choice(course, links)
    except Invalid as invalid:
        return _page(course, invalid.faults), invalid.status
    return _send(course, links, Said(_added(len(links)), f"added {', '.join(keys)}"))


@pages.post("/none")
def cancel() -> ResponseReturnValue:
    """Go back to the course with nothing."""
    course = _course()
    nothing_fits = Said(
        gettext(NOTHING_FITS), "links.nothing-fits: no ltiResourceLink among accept_types", failed=True
    )
    return _send(course, [], NOTHING_SAID if course.takes_links else nothing_fits)


def check_choice(course: WaitingCourse, links: Sequence[OfferedLink]) -> None:
    """See that a choice is one that the course takes.

    Raises:
        Invalid: nothing was chosen, or more than the course takes.
    """
    if not course.takes_links:
        raise Invalid({"link": NOTHING_FITS})
    if not links:
        raise Invalid({"link": msg("Choose what to add, or go back without.")})
    if len(links) > 1 and not course.takes_several:
        raise Invalid({"link": msg("This place in the course takes one link only. Choose one.")})


def _course() -> WaitingCourse:
    visit = current_visit()
    return waiting_course(read_session(), visit.organisation_id, visit.session_id)


def _offers() -> LinkOffers:
    visit = current_visit()
    return bound_link_offers()(read_session(), visit.organisation_id, visit.context_id, current_language())


def _added(count: int) -> str:
    return str(ngettext("%(num)s link was added.", "%(num)s links were added.", count))


def _page(course: WaitingCourse, faults: Mapping[str, str]) -> str:
    chosen = request.form.getlist("link")
    stay_here()
    return render_template("lti/links.html", course=course, offers=_offers(), faults=faults, chosen=chosen)


def _send(course: WaitingCourse, links: Sequence[OfferedLink], said: Said) -> ResponseReturnValue:
    found = services()
    found.keys.ensure(KEY_OWNER, KEY_PURPOSE)
    with transaction() as session:
        reply: Reply = answer_course(session, course, links, found, said=said)
    allow_form_to(reply.return_url)
    return render_template("lti/links_sent.html", reply=reply, count=len(links))
