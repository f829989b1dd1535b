"""What a keystone can cite: every photo, map entry and answer of a person, with a label for each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import msg
from ltitool.evidence.answer_words import answered
from ltitool.evidence.guided_entries import all_entries
from ltitool.evidence.keystone import Citation, CitationKind
from ltitool.evidence.map_document import Decision, MapDocument
from ltitool.evidence.map_words import LINK_SENTENCES, NODE_WORDS
from ltitool.evidence.models import Photo
from ltitool.evidence.photo_rows import photos_of
from ltitool.evidence.power_map import read_map
from ltitool.evidence.questions import sheet_of
from ltitool.evidence.speech import Speech
from ltitool.programs import Activity, ActivityKind

NOT_CITED = frozenset({ActivityKind.KEYSTONE, ActivityKind.PEER_REFLECTION, ActivityKind.SURVEY})
"""What somebody says about others, or in confidence, is no evidence of their own."""

PHOTOS = msg("Photos")
MAP = msg("Power and decision map")
UNTOLD = msg("A photo without a caption yet")
OWNED_AND_MADE = msg("On paper: %(owner)s. In fact: %(decider)s.")
NOT_KNOWN = msg("not known")


@dataclass(frozen=True)
class Exhibit:
    """One piece of evidence as it can be shown: a short label, and the words behind it."""

    citation: Citation
    label: str
    words: str = ""
    photo: Photo | None = None
    source: str = ""  # the sheet that an answer stands on


@dataclass(frozen=True)
class ExhibitGroup:
    """Exhibits of one source, under its name."""

    title: str
    exhibits: tuple[Exhibit, ...]


def exhibits_of(session: Session, scope: ParticipantScope, speech: Speech) -> list[ExhibitGroup]:
    """Give all that a person can cite; groups without anything are left out."""
    groups = [
        ExhibitGroup(speech.say(PHOTOS), tuple(_photos(session, scope, speech))),
        ExhibitGroup(speech.say(MAP), tuple(map_exhibits(read_map(session, scope).document, speech))),
        *_answers(session, scope, speech),
    ]
    return [group for group in groups if group.exhibits]


def by_citation(groups: list[ExhibitGroup]) -> Mapping[Citation, Exhibit]:
    """Index exhibits by what cites them."""
    return {exhibit.citation: exhibit for group in groups for exhibit in group.exhibits}


def map_exhibits(document: MapDocument, speech: Speech) -> Iterator[Exhibit]:
    """Give what of a map can be cited."""
    for decision in document.decisions:
        yield Exhibit(
            Citation(CitationKind.DECISION, decision.id),
            decision.topic,
            _decided(document, decision, speech),
        )
    for node in document.nodes:
        words = node.note or speech.say(NODE_WORDS[node.kind])
        yield Exhibit(Citation(CitationKind.NODE, node.id), node.name, words)
    for link in document.links:
        sentence = speech.say(
            LINK_SENTENCES[link.kind],
            source=document.name_of(link.source),
            target=document.name_of(link.target),
        )
        yield Exhibit(Citation(CitationKind.LINK, link.id), sentence, link.note)


def _decided(document: MapDocument, decision: Decision, speech: Speech) -> str:
    unknown = speech.say(NOT_KNOWN)
    return speech.say(
        OWNED_AND_MADE,
        owner=document.name_of(decision.formal_owner) or unknown,
        decider=document.name_of(decision.actual_decider) or unknown,
    )


def _photos(session: Session, scope: ParticipantScope, speech: Speech) -> Iterator[Exhibit]:
    for photo in photos_of(session, scope):
        label = photo.caption or speech.say(UNTOLD)
        yield Exhibit(Citation(CitationKind.PHOTO, str(photo.id)), label, photo.alt_text, photo)


def _answers(session: Session, scope: ParticipantScope, speech: Speech) -> Iterator[ExhibitGroup]:
    entries = all_entries(session, scope)
    for activity in scope.program.activities:
        if activity.key in entries and activity.kind not in NOT_CITED:
            found = tuple(_of_sheet(scope, activity, entries[activity.key].answers, speech))
            yield ExhibitGroup(speech.text(activity.title), found)


def _of_sheet(
    scope: ParticipantScope, activity: Activity, answers: Mapping[str, object], speech: Speech
) -> Iterator[Exhibit]:
    for name, question, words in answered(sheet_of(scope.program, activity.key), answers, speech):
        citation = Citation(CitationKind.ANSWER, f"{activity.key}/{name}")
        yield Exhibit(citation, question, words, source=speech.text(activity.title))
