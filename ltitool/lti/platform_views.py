"""The page of one platform: how it stands, and what an operator decides about it."""

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti import platform_words
from ltitool.lti.approving import (
    ACTIVE,
    DISABLED,
    Operator,
    choose_pace,
    choose_policy,
    decide_deployment,
    decide_platform,
    decide_proposal,
)
from ltitool.lti.platform_standing import standing_of
from ltitool.lti.schemas import DecisionSchema, PaceSchema, PolicySchema, ProposalSchema
from ltitool.lti.selftest.running import ask_for_check
from ltitool.lti.toolconfig import tool_addresses
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.forms import read_form
from ltitool.web.visit import current_visit

pages = guarded_blueprint("platform", __name__, guard=Guard.OPERATOR, path="/platforms/<uuid:platform_id>")


@pages.get("")
def page(platform_id: uuid.UUID) -> ResponseReturnValue:
    found = services()
    stands = standing_of(read_session(), current_visit().organisation_id, platform_id)
    return render_template(
        "lti/platform.html",
        stands=stands,
        our_keys=platform_words.our_keys(stands, found.clock()),
        changes=platform_words.changes(stands),
        lines=platform_words.check_lines(stands.platform, stands.check),
        addresses=tool_addresses(found.settings.public_url),
        usual_pace=found.settings.scores_at_once,
    )


@pages.post("/status")
def decide(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Let the platform in, or refuse it or switch it off."""
    status = _status()
    with transaction() as session:
        decide_platform(session, _operator(), platform_id, status)
    return _back(platform_id)


@pages.post("/check")
def check(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Have the platform tested; its page shows how far the test is."""
    with transaction() as session:
        ask_for_check(session, current_visit().organisation_id, platform_id, at=services().clock())
    return _back(platform_id, "selftest")


@pages.post("/deployments/<uuid:deployment_id>")
def decide_place(platform_id: uuid.UUID, deployment_id: uuid.UUID) -> ResponseReturnValue:
    """Let a deployment in, or keep it out."""
    status = _status()
    with transaction() as session:
        decide_deployment(session, _operator(), deployment_id, status, platform_id=platform_id)
    return _back(platform_id)


@pages.post("/policy")
def policy(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether new deployments wait."""
    wanted = read_form(PolicySchema())["policy"]
    with transaction() as session:
        choose_policy(session, _operator(), platform_id, wanted)
    return _back(platform_id)


@pages.post("/pace")
def pace(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Say how many scores the platform is sent at a time."""
    wanted = read_form(PaceSchema())["at_once"]
    with transaction() as session:
        choose_pace(session, _operator(), platform_id, wanted)
    return _back(platform_id)


@pages.post("/proposal")
def proposal(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Take proposed addresses over, or leave the old ones."""
    sent = read_form(ProposalSchema())
    with transaction() as session:
        accept = sent["decision"] == "yes"
        decide_proposal(session, _operator(), platform_id, sent["proposal"], accept=accept)
    return _back(platform_id)


def _status() -> str:
    return ACTIVE if read_form(DecisionSchema())["decision"] == "yes" else DISABLED


def _operator() -> Operator:
    visit = current_visit()
    return Operator(visit.organisation_id, visit.person_id, services().clock())


def _back(platform_id: uuid.UUID, part: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("platform.page", platform_id=platform_id, _anchor=part), 303)
