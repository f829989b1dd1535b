import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from support.clock import MovableClock
from support.visitor import Visitor
from support.world import Someone, World

from ltitool.cohorts.progress import progress_of
from ltitool.cohorts.scope import ParticipantScope, participant_scope
from ltitool.evidence.guided_entries import save_entry, send_entry
from ltitool.evidence.keystone import Citation, CitationKind, Claim
from ltitool.evidence.keystone_editing import save_claim, save_words
from ltitool.evidence.keystone_submission import submit_keystone
from ltitool.evidence.questions import sheet_of
from ltitool.evidence.speech import ENGLISH
from ltitool.evidence.views import BLUEPRINTS
from ltitool.foundation.db import read_session, transaction
from ltitool.web.blueprints import Guard, guarded_blueprint


@pytest.fixture
def app(app: Flask) -> Flask:
    """Register what the application does not bind yet, so that every link of a page can be made."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    if "home" not in app.blueprints:
        home = guarded_blueprint("home", "tests", guard=Guard.LAUNCHED)
        home.add_url_rule("/", "page", lambda: "home")
        app.register_blueprint(home)
    if "welcome" not in app.blueprints:
        welcome = guarded_blueprint("welcome", "tests", guard=Guard.PUBLIC)
        welcome.add_url_rule("/", "page", lambda: "welcome")
        app.register_blueprint(welcome)
    return app


@pytest.fixture
def scope_of() -> Callable[[Someone], ParticipantScope]:
    def scope(person: Someone) -> ParticipantScope:
        return participant_scope(
            read_session(),
            organisation_id=person.organisation_id,
            person_id=person.id,
            context_id=person.context_id,
        )

    return scope


@pytest.fixture
def amara(world: World, visit_as: Callable[..., Visitor]) -> Visitor:
    return visit_as(world.amara, "participant")


@pytest.fixture
def stage_of(world: World) -> Callable[..., Any]:
    """Say how far somebody of the world is with an activity, or None."""

    def stage(person: Someone, activity_key: str) -> str | None:
        read_session().rollback()
        found = progress_of(read_session(), world.organisation_id, world.offering_id, person.id)
        return str(found[activity_key].state) if activity_key in found else None

    return stage


KEYSTONE_WORDS = {
    "title": "Doors that open from both sides",
    "q.question": "Whose voice opens doors here?",
    "q.own_leadership": "I stopped answering first.",
    "q.school": "Parents now set half of the agenda.",
    "q.next": "The library committee, by May.",
}


@pytest.fixture
def whole_keystone(world: World, scope_of: Callable[..., Any], clock: MovableClock) -> ParticipantScope:
    """Give Amara a practice log and a keystone that cites it for every criterion, ready to send."""
    scope, at = scope_of(world.amara), clock()
    sheet = sheet_of(scope.program, "practice_1")
    log = {"tried": "Invited two parents.", "happened": "They came."}
    cited = Citation(CitationKind.ANSWER, "practice_1/tried")
    with transaction() as session:
        save_entry(session, scope, sheet, dict(log), shown=frozenset(log), at=at)
        send_entry(session, scope, sheet, at=at)
        document = save_words(session, scope, dict(KEYSTONE_WORDS), seen_revision=0, at=at)
        for criterion in scope.program.rubric.criteria:
            new = Claim("", criterion.id, f"We show {criterion.id}. And more.", (cited,))
            document = save_claim(session, scope, new, seen_revision=document.revision, at=at)
    return scope


@pytest.fixture
def sent_keystone(whole_keystone: ParticipantScope, clock: MovableClock) -> uuid.UUID:
    """Send Amara's keystone; give the submission's id."""
    with transaction() as session:
        row = submit_keystone(session, whole_keystone, ENGLISH, submission_id=uuid.uuid4(), at=clock())
        return row.id
