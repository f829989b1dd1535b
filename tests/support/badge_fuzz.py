"""Badges made and mutated at random, each by its own number, and two other canonicalizers to compare with."""

import copy
import random
from collections.abc import Callable
from typing import Any

from pyld import canon, jsonld, nquads
from support.badge_samples import DID, sample_badge

from badges.canonical import primary, second_path
from badges.canonical.expansion import RELATIVE_BASE
from badges.canonical.nquads import escape
from badges.canonical.pinned import pinned_contexts
from badges.errors import BadgeError

Document = dict[str, Any]
_TEXTS = (
    "plain",
    "",
    " ",
    "é ñ ü",
    "\U0001f600\U0001f1e6",
    "\u2028\u2029\x85",
    "\x01\x0b\x0c\x1f\x7f",
    'a"b\\c',
    "\n\r\t\b",
    "_:b0",
    "_:c14n1",
    "<urn:x> .",
    "%s {0} {x}",
    "\\u0041",
    "zq",
    "\u00a0\u200f\u202e",
    "x" * 3000,
    "'",
    "''' \\",
)
_IRIS = (
    "urn:uuid:1",
    "urn:uuid:2",
    DID,
    "https://x.example/a?b=c&d=%20#e",
    "https://é.example/ñ",
    "mailto:a@b.example",
    "data:image/png;base64,iVBORw0KGgo=",
    "did:key:z6Mk",
    "_:n1",
    "_:n2",
)
_CONTEXTS = ("context-3.0.3.json", "context-3.0.2.json", "context.json")


def texts(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all texts that are no types and no contexts."""
    if isinstance(value, str):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, inner in items if key not in {"type", "@context"} for p in texts(inner, (*path, key))]


def place(document: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


def _new_text(dice: random.Random, document: Document) -> None:
    path = dice.choice(
        [p for p in texts(document) if p[-1] not in {"id", "resultDescription", "achievedLevel"}]
    )
    if path[-1] not in {"targetUrl", "url", "requiredLevel", "statusListCredential"}:
        place(document, path, "".join(dice.choices(_TEXTS, k=dice.randint(1, 3))))


def _new_identifier(dice: random.Random, document: Document) -> None:
    paths = [p for p in texts(document) if p[-1] == "id"]
    place(document, dice.choice(paths), dice.choice(_IRIS))


def _drop(dice: random.Random, document: Document) -> None:
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    node = dice.choice(
        [document, subject, achievement, achievement["resultDescription"][0], document["issuer"]]
    )
    names = [
        name
        for name in node
        if name
        not in {
            "@context",
            "id",
            "type",
            "credentialSubject",
            "achievement",
            "resultDescription",
            "issuer",
            "credentialStatus",
        }
    ]
    if names:
        del node[dice.choice(names)]


def _repeat(dice: random.Random, document: Document) -> None:
    subject = document["credentialSubject"]
    lists = [
        subject.get("result"),
        subject.get("identifier"),
        document.get("evidence"),
        subject["achievement"].get("tag"),
    ]
    chosen = dice.choice([found for found in lists if found] or [[]])
    if chosen and len(chosen) < 6:
        chosen.append(copy.deepcopy(dice.choice(chosen)))
        dice.shuffle(chosen)


def _lists(dice: random.Random, document: Document) -> None:
    description = dice.choice(document["credentialSubject"]["achievement"]["resultDescription"])
    description["allowedValue"] = dice.choices(_TEXTS, k=dice.randint(1, 4))


def _numbers(dice: random.Random, document: Document) -> None:
    number = dice.choice([0, 1, 3, 3.0, 3.5, -2, 100.25, 12345.678901])
    document["credentialSubject"]["creditsEarned"] = number


def _endorse(dice: random.Random, document: Document) -> None:
    inner = {
        "@context": document["@context"],
        "id": dice.choice(_IRIS[:2]),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": dice.choice(_TEXTS[:1]),
        "issuer": {"id": "did:web:union.example", "type": ["Profile"]},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": DID,
            "type": ["EndorsementSubject"],
            "endorsementComment": dice.choice(_TEXTS),
        },
    }
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
    }
    document.setdefault("endorsement", []).append(
        {**inner, "proof": {**proof, "proofValue": "z" + dice.choice("ab")}}
    )


def _context(dice: random.Random, document: Document) -> None:
    document["@context"][1] = f"https://purl.imsglobal.org/spec/ob/v3p0/{dice.choice(_CONTEXTS)}"


_MUTATIONS: tuple[tuple[Callable[[random.Random, Document], None], int], ...] = (
    (_new_text, 10),
    (_new_identifier, 4),
    (_drop, 4),
    (_repeat, 3),
    (_lists, 2),
    (_numbers, 2),
    (_endorse, 1),
    (_context, 1),
)


def generated(seed: int, number: int) -> Document:
    """Document ``number`` of a seed: always the same one."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - reproducible, not secret
    document = sample_badge(tail=dice.choice(_TEXTS), salt=str(dice.random())).to_json()
    for mutate in dice.choices(*zip(*_MUTATIONS, strict=True), k=dice.randint(1, 6)):
        mutate(dice, document)
    return document


def pyld_form(document: Document) -> bytes:
    """PyLD's own JSON-LD and URDNA2015, with the escapes of RDFC-1.0 in place of its own (a known fault)."""
    kept, nquads.escape = nquads.escape, escape
    try:
        options = {"base": RELATIVE_BASE, "documentLoader": _load}
        dataset = jsonld.to_rdf(copy.deepcopy(document), options)
        text: str = canon.URDNA2015().main(dataset, {"format": "application/n-quads"})
        return text.encode("utf-8")
    finally:
        nquads.escape = kept


def _load(url: str, _options: Any) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": url, "document": pinned_contexts().get(url), "tag": "static"}


def compare(document: Document) -> str:
    """``equal``, ``refused:<code>``, or which of the two others stands alone.

    Raises:
        AssertionError: both others disagree with us.
    """
    try:
        ours = primary.canonical_form(document)
    except BadgeError as fault:
        return f"refused:{fault.code}"
    agreeing = (ours == second_path.canonical_form(document), ours == pyld_form(document))
    assert any(agreeing), "both Oxigraph and PyLD disagree"
    return {(True, True): "equal", (True, False): "pyld alone", (False, True): "oxigraph alone"}[agreeing]
