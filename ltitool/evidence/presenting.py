"""The keystone as a talk: one claim at a time, with one picture and one sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ltitool.evidence.errors import EvidenceUnknown
from ltitool.evidence.exhibits import Exhibit
from ltitool.evidence.keystone import Citation, Claim, KeystoneDocument

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Slide:
    """One claim as it is shown to a room."""

    number: int
    total: int
    claim: Claim
    sentence: str
    picture: Exhibit | None
    exhibit: Exhibit | None  # what stands there where no photo is cited


def slide_of(document: KeystoneDocument, exhibits: Mapping[Citation, Exhibit], number: int) -> Slide:
    """Give the slide of a claim by its place, from 1.

    Raises:
        EvidenceUnknown: there is no such claim.
    """
    claims = [claim for claim in document.claims if claim.text]
    if not 1 <= number <= len(claims):
        raise EvidenceUnknown(f"slide {number}")
    claim = claims[number - 1]
    cited = [exhibits[one] for one in claim.citations if one in exhibits]
    picture = next((exhibit for exhibit in cited if exhibit.photo), None)
    other = next((exhibit for exhibit in cited if not exhibit.photo), None)
    return Slide(number, len(claims), claim, first_sentence(claim.text), picture, other)


def first_sentence(text: str) -> str:
    """Give the first sentence, or the first line where none ends."""
    return SENTENCE_END.split(text.strip().split("\n")[0], maxsplit=1)[0]
