"""Badges that every verifier ought to accept, each by its own number: any text, any rubric, some endorsed."""

import random
from typing import Any

from support.badge_fuzz import place, texts
from support.badge_samples import DID, NOW, sample_badge

from badges.did import did_key, did_key_method
from badges.keys import InMemoryEd25519
from badges.proofs import eddsa_rdfc_2022

Document = dict[str, Any]
_FREE = frozenset({"name", "narrative", "description", "targetName", "tag", "points", "level", "genre"})
# Controls, Latin, scripts from right to left, signs outside the first plane, separators; nothing that issuers
# keep out of a badge (U+0000, lone surrogates, noncharacters).
_RANGES = (
    range(0x01, 0x250),
    range(0x370, 0x700),
    range(0x900, 0x980),
    range(0x2000, 0x2070),
    range(0x4E00, 0x4E40),
    range(0x1F1E6, 0x1F200),
    range(0x1F600, 0x1F650),
    (0xE000, 0xFFFD, 0x10FFFD),
)
_CHARACTERS = [code for codes in _RANGES for code in codes]
_UNION = InMemoryEd25519.from_seed(b"u" * 32)
UNION = did_key(_UNION.public_key)


def _text(dice: random.Random) -> str:
    return "x" + "".join(map(chr, dice.choices(_CHARACTERS, k=dice.randint(0, 30))))


def _some(dice: random.Random, items: list[Any]) -> list[Any]:
    return dice.sample(items, dice.randint(1, len(items)))


def _with_a_rubric_of_its_own(dice: random.Random, subject: Document) -> None:
    described = _some(dice, subject["achievement"]["resultDescription"])
    results = {result["resultDescription"]: result for result in subject["result"]}
    for description in described:
        levels = description.get("rubricCriterionLevel")
        if levels:
            description["rubricCriterionLevel"] = _some(dice, levels)
            level = dice.choice(description["rubricCriterionLevel"])["id"]
            description["requiredLevel"] = results[description["id"]]["achievedLevel"] = level
    subject["achievement"]["resultDescription"] = described
    subject["result"] = [results[description["id"]] for description in described]


def _endorsement(dice: random.Random, contexts: list[str]) -> Document:
    unsigned = {
        "@context": contexts,
        "id": f"urn:uuid:00000000-0000-4000-8000-{dice.randrange(10**12):012d}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": _text(dice),
        "issuer": {"id": UNION, "type": ["Profile"], "name": "Union"},
        "validFrom": "2026-11-20T00:00:00Z",
        "credentialSubject": {"id": DID, "type": ["EndorsementSubject"], "endorsementComment": _text(dice)},
    }
    method = did_key_method(_UNION.public_key)
    return eddsa_rdfc_2022.sign(unsigned, signer=_UNION, verification_method=method, created=NOW)


def valid_badge(number: int, issuer: str = DID) -> Document:
    """Badge ``number``, unsigned: always the same one."""
    dice = random.Random(f"valid/{number}")  # noqa: S311 - reproducible, not secret
    document = sample_badge(issuer, salt=_text(dice), status=False).to_json()
    document["id"] = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
    subject = document["credentialSubject"]
    _with_a_rubric_of_its_own(dice, subject)
    subject["identifier"] = _some(dice, subject["identifier"])
    subject["creditsEarned"] = dice.choice([0, 1, 2.5, 3, 12.25])
    for path in texts(document):
        if not _FREE.isdisjoint(path[-2:]) and dice.random() < 1 / 2:
            place(document, path, _text(dice))
    if dice.random() < 1 / 3:
        document["endorsement"] = [
            _endorsement(dice, document["@context"]) for _ in range(dice.randint(1, 2))
        ]
    return document
