"""The keystone as a value: what it is called, what was asked, and claims that cite evidence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ltitool.errors import msg
from ltitool.evidence.answers import missing_answers
from ltitool.evidence.errors import ActivityWithoutPage, EvidenceUnknown
from ltitool.evidence.questions import Question, Section, Sheet
from ltitool.programs import Answer, Program, Prompt
from rubrics import Rubric, Text

HEADING = "heading"  # a program's prompt with this key asks for the title
TITLE, SUMMARY = "title", "summary"
MAX_CLAIMS = 24
MAX_CITATIONS = 40
CLAIM_LENGTH = 3_000

NO_CLAIM = msg("This criterion has no claim yet.")
NO_CITATION = msg("This claim cites no evidence yet.")
CITATION_GONE = msg("This claim cites something that is not there any more.")

TITLE_PROMPT = Prompt(
    key=TITLE,
    text=Text.of({"en": "What is your keystone called?", "es": "¿Cómo se llama su proyecto clave?"}),
    hint=None,
    required=True,
    max_length=160,
    answer=Answer.TEXT,
    choices=(),
    minutes=None,
)
SUMMARY_PROMPT = Prompt(
    key=SUMMARY,
    text=Text.of({"en": "What does it say, in a few sentences?", "es": "¿Qué dice, en pocas frases?"}),
    hint=None,
    required=True,
    max_length=2_000,
    answer=Answer.TEXT,
    choices=(),
    minutes=None,
)


class CitationKind(StrEnum):
    PHOTO = "photo"
    NODE = "map-node"
    LINK = "map-link"
    DECISION = "map-decision"
    ANSWER = "answer"


@dataclass(frozen=True)
class Citation:
    """Which piece of evidence: its kind and its id there."""

    kind: CitationKind
    id: str

    @property
    def code(self) -> str:
        """The citation as one word, for form fields."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def read(cls, code: str) -> "Citation | None":
        """Read a form field's word; None if it is no citation."""
        kind, _, id_ = code.partition(":")
        return cls(CitationKind(kind), id_) if kind in set(CitationKind) and id_ else None


@dataclass(frozen=True)
class Claim:
    """What somebody says they have shown, for one criterion of the rubric, and by what."""

    id: str
    criterion: str
    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class KeystoneDocument:
    """A keystone as it is being written; `revision` counts its changes."""

    words: Mapping[str, Any] = field(default_factory=dict)  # title, summary and answers by question name
    claims: tuple[Claim, ...] = ()
    revision: int = 0

    @property
    def title(self) -> str:
        return str(self.words.get(TITLE, ""))

    @property
    def summary(self) -> str:
        return str(self.words.get(SUMMARY, ""))

    def claims_for(self, criterion: str) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.criterion == criterion)

    def claim(self, claim_id: str) -> Claim:
        """Find a claim.

        Raises:
            EvidenceUnknown: there is no such claim.
        """
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        raise EvidenceUnknown(f"claim {claim_id}")

    def with_claim(self, claim: Claim) -> "KeystoneDocument":
        """Add a claim (its id is empty) or put a changed one in its place."""
        if not claim.id:
            highest = max((int(one.id[1:]) for one in self.claims), default=0)
            return replace(self, claims=(*self.claims, replace(claim, id=f"c{highest + 1}")))
        self.claim(claim.id)
        return replace(self, claims=tuple(claim if one.id == claim.id else one for one in self.claims))

    def without_claim(self, claim_id: str) -> "KeystoneDocument":
        self.claim(claim_id)
        return replace(self, claims=tuple(one for one in self.claims if one.id != claim_id))


def keystone_sheet(program: Program) -> Sheet:
    """Give what is asked in words: always a title, and a summary where the program asks nothing else.

    Raises:
        ActivityWithoutPage: the program has no keystone.
    """
    activity = program.keystone
    if activity is None:
        raise ActivityWithoutPage("keystone")
    heading = next((prompt for prompt in activity.prompts if prompt.key == HEADING), TITLE_PROMPT)
    others = [Question(f"q.{p.key}", p) for p in activity.prompts if p.key != HEADING]
    asked = (Question(TITLE, heading), *(others or [Question(SUMMARY, SUMMARY_PROMPT)]))
    return Sheet(activity, None, (Section("words", None, None, None, asked),))


def rubric_of(program: Program) -> Rubric:
    """Give the rubric that claims speak to.

    Raises:
        ActivityWithoutPage: the program has no keystone.
    """
    if program.rubric is None:
        raise ActivityWithoutPage("keystone")
    return program.rubric


def what_is_missing(
    document: KeystoneDocument, questions: Sequence[Question], rubric: Rubric, known: Collection[Citation]
) -> dict[str, str]:
    """Say what a keystone lacks before it can be sent, by field, claim and criterion."""
    missing = missing_answers(questions, document.words)
    for criterion in rubric.criteria:
        claims = [claim for claim in document.claims_for(criterion.id) if claim.text]
        if not claims:
            missing[f"criterion.{criterion.id}"] = NO_CLAIM
        for claim in claims:
            missing |= _faults_of(claim, known)
    return missing


def _faults_of(claim: Claim, known: Collection[Citation]) -> dict[str, str]:
    if not claim.citations:
        return {f"claim.{claim.id}": NO_CITATION}
    if not set(claim.citations) <= set(known):
        return {f"claim.{claim.id}": CITATION_GONE}
    return {}


def claims_as_data(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Give claims as JSON."""
    return [
        {
            "id": claim.id,
            "criterion": claim.criterion,
            "text": claim.text,
            "citations": [{"kind": one.kind.value, "id": one.id} for one in claim.citations],
        }
        for claim in claims
    ]


def claims_from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """Read claims that `claims_as_data` wrote."""
    return tuple(
        Claim(
            one["id"],
            one["criterion"],
            one["text"],
            tuple(Citation(CitationKind(c["kind"]), c["id"]) for c in one["citations"]),
        )
        for one in data
    )
