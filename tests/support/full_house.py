"""A world in which everybody has done everything, and every text carries its writer's mark.

Whoever reads a page can then tell whose words are on it. The work is done through the use cases, in
stages: `writing` (nothing sent), `sent` (the keystone waits for its coach), `scored`, `awarded` (the badge
is there), `shown` (and everybody may see it).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from support import holders
from support.clock import MovableClock
from support.world import Someone, World

from ltitool.app import services_of
from ltitool.cohorts.coaching import OneToOne, record_one_to_one
from ltitool.cohorts.progress import note_progress
from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.awarding import issue_award
from ltitool.credentials.identity import HolderIdentity, confirm_identity
from ltitool.evidence.answers import Answers, missing_on_sheet, opportunity_fields
from ltitool.evidence.guided_entries import save_entry, send_entry
from ltitool.evidence.keystone import Citation, CitationKind, Claim
from ltitool.evidence.keystone_editing import save_claim, save_words
from ltitool.evidence.keystone_submission import submit_keystone
from ltitool.evidence.map_document import Decision, Link, MapDocument, Node
from ltitool.evidence.map_words import LinkKind, NodeKind
from ltitool.evidence.photo_worker import shared_decoder
from ltitool.evidence.photovoice import PhotoTools, PhotoWords, add_photo, tell_photo
from ltitool.evidence.power_map import change_map, keep_version
from ltitool.evidence.questions import VOICES, Sheet, sheet_of
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import GradeIntent
from ltitool.people.drafts import keep_draft
from ltitool.people.models import Person
from ltitool.programs import ActivityKind, Answer
from ltitool.scoring.sheets import Scorer, lock_sheet, open_sheet, rubric_of, save_scores
from rubrics import Score

SENT_SHEET, UNSENT_SHEET, TEAM_SHEET = "practice_1", "practice_2", "team_analysis"
DRAFTED = "/activities/practice_3"
PRIVATE = "zzprivatezz"  # in every note that coaches keep for themselves
MINUTES = 60


@dataclass
class Work:
    """What one person has made: the ids that addresses name, and the mark that their words carry."""

    person: Someone
    coach: Someone
    scope: ParticipantScope
    mark: str
    photo_id: uuid.UUID
    entry_id: uuid.UUID
    node_id: str = ""
    link_id: str = ""
    decision_id: str = ""
    claim_id: str = ""
    submission_id: uuid.UUID | None = None
    award_id: uuid.UUID | None = None
    public_id: str = ""
    intent_id: uuid.UUID | None = None  # of the grade that did not arrive
    files: list[bytes] = field(default_factory=list)

    def words(self, about: str) -> str:
        """Give a text of this person's."""
        return f"{self.mark} {about}"

    @property
    def canaries(self) -> list[bytes]:
        """What nobody else may ever be sent."""
        return [self.mark.encode(), *self.files]


def begin(app: Flask, person: Someone, coach: Someone, picture: bytes, clock: MovableClock) -> Work:
    """Have somebody do all that the program asks, up to a keystone that is ready to send."""
    mark = "zz" + "".join(filter(str.isalpha, person.name.lower().encode("ascii", "ignore").decode())) + "zz"
    scope = holders.scope_of(person)
    with transaction() as session:
        named = {"display_name": f"{mark} Okafor", "email": f"{mark}@x.example"}
        session.execute(update(Person).where(Person.id == person.id).values(**named))
    work = Work(person, coach, scope, mark, _photo(app, scope, picture, mark, clock), uuid.uuid4())
    _map(work, clock)
    _sheets(work, clock)
    _time(work, clock)
    _keystone(work, clock)
    return work


def send(work: Work, clock: MovableClock) -> None:
    """Send the keystone to the coach."""
    work.submission_id = uuid.uuid4()
    with transaction() as session:
        submit_keystone(session, work.scope, ENGLISH, submission_id=work.submission_id, at=clock())


def score(work: Work, clock: MovableClock) -> None:
    """Score the keystone, and lock the scores."""
    assert work.submission_id is not None
    scorer = Scorer(work.coach.organisation_id, work.coach.id)
    with transaction() as session:
        sheet = open_sheet(session, scorer, work.submission_id, new_id=uuid.uuid4(), at=clock())
        criteria = rubric_of(work.scope.program).criteria
        save_scores(session, sheet, [Score(one.id, "leading", work.words("why")) for one in criteria])
        session.flush()
        sheet = open_sheet(session, scorer, work.submission_id, new_id=uuid.uuid4(), at=clock())
        lock_sheet(session, sheet, outcome_id=uuid.uuid4(), at=clock())
        work.intent_id = _stuck_grade(session, work)


def _stuck_grade(session: Session, work: Work) -> uuid.UUID | None:
    """Have the LMS refuse the grade, so that somebody has to look at it."""
    grade = session.scalars(select(GradeIntent).where(GradeIntent.person_id == work.person.id)).first()
    if grade is None:
        return None
    grade.state, grade.error = "dead", "service.refused"
    return grade.id


def award(app: Flask, work: Work, clock: MovableClock) -> None:
    """Confirm the name, award the badge. Its holder does not show it."""
    with transaction() as session:
        identity = HolderIdentity(f"{work.mark} Okafor", f"{work.mark}@y.example", f"{work.mark}-1")
        confirm_identity(session, work.scope, identity, at=clock())
    made = holders.reserve(app, work.scope, clock)
    issue_award(made.id, services_of(app))
    work.award_id, work.public_id = made.id, made.public_id
    read_session().commit()


def revisions(work: Work) -> tuple[int, int]:
    """Give the revisions of somebody's map and keystone, as their pages show them."""
    from ltitool.evidence.models import Keystone, PowerMap  # noqa: PLC0415 - read here alone

    session = read_session()
    found = tuple(
        session.scalars(select(table.revision).where(table.person_id == work.person.id)).one_or_none() or 0
        for table in (PowerMap, Keystone)
    )
    session.commit()
    return cast("tuple[int, int]", found)


def whole_answers(sheet: Sheet, text: str) -> Answers:
    """Answer every question of a sheet."""
    answers: Answers = {}
    for question in sheet.questions:
        match question.prompt.answer:
            case Answer.TEXT:
                answers[question.name] = text
            case Answer.LIST:
                answers[question.name] = [text]
            case Answer.CHOICE:
                answers[question.name] = question.prompt.choices[0].key
    if sheet.voices:
        answers[VOICES] = [voice.key for voice in sheet.voices]
    for name, part, _ in opportunity_fields(sheet):
        answers[name] = "2026-05-01" if part == "when" else text
    assert missing_on_sheet(sheet, answers) == {}
    return answers


def _photo(app: Flask, scope: ParticipantScope, picture: bytes, mark: str, clock: MovableClock) -> uuid.UUID:
    found = services_of(app)
    tools = PhotoTools(shared_decoder(), found.store, found.new_id, clock)
    photo = add_photo(scope, picture, "first", tools)
    guide = scope.program.photovoice
    assert guide is not None
    told = {prompt.key: f"{mark} {prompt.key}" for prompt in guide.prompts}
    words = PhotoWords(f"{mark} caption", f"{mark} alt", guide.lenses[0].key, "nobody", told)
    with transaction() as session:
        tell_photo(session, scope, photo.id, words, at=clock())
    return photo.id


def _map(work: Work, clock: MovableClock) -> None:
    """Draw a map. Whoever's name begins with A has one node more: so its entries have ids of their own."""
    count = 3 if work.mark.startswith("zza") else 2
    document = MapDocument()
    for number in range(1, count + 1):
        name = work.words(f"node {number}")
        document = document.add_node(Node("", NodeKind.GROUP, name, None, work.words("about")))
    first, last = document.nodes[0].id, document.nodes[-1].id
    document = document.add_link(Link("", first, last, LinkKind.FORMAL, 2, work.words("link")))
    decision = Decision("", work.words("topic"), formal_owner=first, note=work.words("decision"))
    document = document.add_decision(decision)
    with transaction() as session:
        change_map(session, work.scope, lambda _old: document, seen_revision=0, at=clock())
        keep_version(session, work.scope, work.words("version"), at=clock())
    work.node_id, work.link_id = last, document.links[0].id
    work.decision_id = document.decisions[0].id


def _sheets(work: Work, clock: MovableClock) -> None:
    scope = work.scope
    with transaction() as session:
        for activity in scope.program.required_activities:
            note_progress(
                session,
                organisation_id=scope.organisation_id,
                offering_id=scope.offering_id,
                person_id=scope.person_id,
                activity_key=activity.key,
                state="started" if activity.kind is ActivityKind.KEYSTONE else "submitted",
                at=clock(),
            )
        for key in (SENT_SHEET, UNSENT_SHEET, TEAM_SHEET):
            sheet = sheet_of(scope.program, key)
            answers = whole_answers(sheet, work.words(key))
            save_entry(session, scope, sheet, answers, shown=frozenset(answers), at=clock())
        send_entry(session, scope, sheet_of(scope.program, SENT_SHEET), at=clock())
        keep_draft(
            session,
            organisation_id=scope.organisation_id,
            person_id=scope.person_id,
            form_key=DRAFTED,
            fields={"tried": [work.words("draft")]},
            at=clock(),
        )


def _time(work: Work, clock: MovableClock) -> None:
    scope = work.scope
    said = OneToOne(
        scope.starts_on + timedelta(days=3),
        MINUTES,
        work.words("focus"),
        work.words("next step"),
        work.words("shared"),
        f"{PRIVATE} {work.words('private')}",
    )
    with transaction() as session:
        keys = [one.key for one in scope.program.of_kind(ActivityKind.GROUP_SESSION)]
        holders.attend(session, scope, dict.fromkeys(keys, MINUTES), work.coach.id)
        ours = cast("World", SimpleNamespace(coach=work.coach))
        holders.meet(session, scope, [MINUTES] * scope.program.completion.coaching_minimum, ours)
        record_one_to_one(session, scope, said, entry_id=work.entry_id, recorded_by=work.coach.id, at=clock())


def _keystone(work: Work, clock: MovableClock) -> None:
    """Write words and claims; whoever's name begins with A has one claim more, under an id of its own."""
    rubric = rubric_of(work.scope.program)
    cited = (
        Citation(CitationKind.PHOTO, str(work.photo_id)),
        Citation(CitationKind.NODE, work.node_id),
        Citation(CitationKind.ANSWER, f"{SENT_SHEET}/tried"),
    )
    criteria = [one.id for one in rubric.criteria]
    more = criteria[:1] if work.mark.startswith("zza") else []
    with transaction() as session:
        document = save_words(
            session, work.scope, dict(keystone_words(work.words("keystone"))), seen_revision=0, at=clock()
        )
        for criterion in (*criteria, *more):
            claim = Claim("", criterion, work.words(criterion), cited)
            document = save_claim(session, work.scope, claim, seen_revision=document.revision, at=clock())
    work.claim_id = document.claims[-1].id


def keystone_words(text: str) -> Mapping[str, Any]:
    """Fill in every field of the keystone's own words."""
    return dict.fromkeys(("title", "q.question", "q.own_leadership", "q.school", "q.next"), text)
