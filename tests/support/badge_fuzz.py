"""Badges made and mutated at random, each by its own number, and two other canonicalizers to compare with."""

import collections
import copy
import functools
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from pyld import canon, nquads
from support.badge_samples import DID, sample_badge

from badges.canonical import primary, second_path, terms
from badges.canonical.expansion import RELATIVE_BASE, Processor
from badges.canonical.nquads import escape
from badges.canonical.pinned import OPEN_BADGES, ContextSet, pinned_contexts
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
    *(f"https://keystone.example/{number}" for number in range(20)),
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


def endorsed(document: Document, name: str, comment: str, proof_value: str) -> None:
    """Embed an endorsement; its proof is not checked where canonical forms are compared."""
    inner = {
        "@context": document["@context"],
        "id": name,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": "did:web:union.example", "type": ["Profile"]},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": DID, "type": ["EndorsementSubject"], "endorsementComment": comment},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "proofPurpose": "assertionMethod",
            "proofValue": proof_value,
        },
    }
    document.setdefault("endorsement", []).append(inner)


def _endorse(dice: random.Random, document: Document) -> None:
    endorsed(document, dice.choice(_IRIS[:2]), dice.choice(_TEXTS), f"z{dice.randrange(100)}")


def _context(dice: random.Random, document: Document) -> None:
    document["@context"][1] = f"https://purl.imsglobal.org/spec/ob/v3p0/{dice.choice(_CONTEXTS)}"
    if document["@context"][1] != OPEN_BADGES:
        # The older texts do not know it.
        document.pop("awardedDate", None)


_OPTIONAL = (
    "name",
    "awardedDate",
    "evidence",
    "credentialStatus",
    "identifier",
    "narrative",
    "activityStartDate",
    "activityEndDate",
    "creditsEarned",
    "result",
    "creator",
    "tag",
    "alignment",
    "creditsAvailable",
    "achievementType",
    "url",
    "rubricCriterionLevel",
    "requiredLevel",
)
# One badge in this many keeps everything a program puts into a badge.
_WHOLE = 8


def _trim(dice: random.Random, document: Document) -> None:
    """A badge of its own size: some optional members, and of every list some items."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement["resultDescription"] = _some(dice, achievement["resultDescription"])
    for node in (document, document["issuer"], subject, achievement, *achievement["resultDescription"]):
        for name in [name for name in _OPTIONAL if name in node]:
            if dice.random() < 1 / 3:
                del node[name]
            elif isinstance(node[name], list):
                node[name] = _some(dice, node[name])


def _some(dice: random.Random, items: list[Any]) -> list[Any]:
    return dice.sample(items, dice.randint(1, len(items)))


_MUTATIONS: tuple[tuple[Callable[[random.Random, Document], None], int], ...] = (
    (_drop, 4),
    (_repeat, 3),
    (_lists, 2),
    (_numbers, 2),
    (_endorse, 1),
    (_context, 1),
)
_FILLINGS: tuple[tuple[Callable[[random.Random, Document], None], int], ...] = (
    (_new_text, 5),
    (_new_identifier, 2),
)
# Badges of one structure that follow each other: the second and later ones meet a compiled shape.
PER_STRUCTURE = 12


@functools.lru_cache(maxsize=2)
def _structure(seed: int, number: int) -> str:
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - reproducible, not secret
    document = sample_badge(tail=dice.choice(_TEXTS), salt=str(dice.random())).to_json()
    if dice.randrange(_WHOLE):
        _trim(dice, document)
    for mutate in dice.choices(*zip(*_MUTATIONS, strict=True), k=dice.randint(1, 4)):
        mutate(dice, document)
    return json.dumps(document)


def generated(seed: int, number: int) -> Document:
    """Document ``number`` of a seed: always the same one."""
    document: Document = json.loads(_structure(seed, number // PER_STRUCTURE))
    dice = random.Random(f"{seed}//{number}")  # noqa: S311 - reproducible, not secret
    for mutate in dice.choices(*zip(*_FILLINGS, strict=True), k=dice.randint(1, 6)):
        mutate(dice, document)
    return document


def pyld_form(document: Document) -> bytes:
    """PyLD's own JSON-LD and URDNA2015, with the escapes of RDFC-1.0 in place of its own (a known fault)."""
    kept, nquads.escape = nquads.escape, escape
    try:
        options = {"base": RELATIVE_BASE, "documentLoader": load_pinned}
        dataset = Processor().to_rdf(document, options)
        text: str = canon.URDNA2015().main(dataset, {"format": "application/n-quads"})
        return text.encode("utf-8")
    finally:
        nquads.escape = kept


def oxigraph_form(document: Document) -> bytes:
    """Oxigraph's own JSON-LD and RDFC-1.0.

    It reads the contexts anew for each badge, and that is most of its time. So it is given those terms only
    that stand in the badge as a name or a value: a word that stands nowhere in it cannot mean anything in it.
    """
    return second_path.canonical_form(document, _contexts_of(_all_words() & set(_words(document))))


@functools.cache
def _all_words() -> frozenset[str]:
    return terms.defined_names(pinned_contexts()) | frozenset(pinned_contexts().documents)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _words(inner)


@functools.lru_cache(maxsize=16)
def _contexts_of(words: frozenset[str]) -> ContextSet:
    known = pinned_contexts().documents
    return ContextSet({url: _trimmed(context, words) for url, context in known.items() if url in words})


def _trimmed(context: Any, words: frozenset[str]) -> Any:
    """The context without definitions of other terms; prefixes, which are plain texts, stay."""
    if not isinstance(context, dict):
        return context
    return {
        name: _trimmed(meaning, words)
        for name, meaning in context.items()
        if name[0] == "@" or name in words or not isinstance(meaning, dict)
    }


def load_pinned(url: str, _options: Any) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": url, "document": pinned_contexts().get(url), "tag": "static"}


def points_at_itself() -> Document:
    """A badge with a blank node that is its own achievement: PyLD counts that statement twice."""
    document = sample_badge().to_json()
    document["credentialSubject"]["id"] = document["credentialSubject"]["achievement"]["id"] = "_:n1"
    return document


def with_proofs_alike() -> Document:
    """The least badge with two endorsements that bear the same proof: Oxigraph changes their graphs over."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
        "proofValue": "za",
    }
    contexts = sample_badge().to_json()["@context"]
    inner = {"@context": contexts, "type": ["VerifiableCredential", "EndorsementCredential"], "proof": proof}
    subject = {"type": ["EndorsementSubject"]}
    types = ["VerifiableCredential", "OpenBadgeCredential"]
    return {
        "@context": contexts,
        "type": types,
        "endorsement": [{**inner, "credentialSubject": subject}, inner],
    }


_ABOUT_ITSELF = re.compile(rb"^(_:c14n[0-9]+) <[^>]*> \1 ", re.MULTILINE)


def _is_known_fault(outcome: str, document: Document, form: bytes) -> bool:
    """Whether the one that stands alone does so for a reason that a test names (test_badges_equality.py)."""
    if outcome == "pyld alone":
        return bool(_ABOUT_ITSELF.search(form))
    proofs = [json.dumps(inner["proof"]) for inner in document.get("endorsement", [])]
    return len(set(proofs)) < len(proofs)


def compare(document: Document) -> str:
    """``equal``, ``refused:<code>`` by us, or which of the two others stands alone with a known fault.

    Raises:
        AssertionError: another disagrees with us, and not by a known fault of its own.
    """
    try:
        ours = primary.canonical_form(document)
    except BadgeError as fault:
        return f"refused:{fault.code}"
    agreeing = (ours == _form_or_refusal(oxigraph_form, document), ours == pyld_form(document))
    if all(agreeing):
        return "equal"
    assert any(agreeing), "both Oxigraph and PyLD disagree"
    outcome = "pyld alone" if agreeing[0] else "oxigraph alone"
    assert _is_known_fault(outcome, document, ours), f"{outcome}, and why is not known"
    return outcome


def _form_or_refusal(form: Callable[[Document], bytes], document: Document) -> bytes:
    try:
        return form(document)
    except BadgeError as fault:
        return fault.code.encode()


def outcomes_of(seed: int, numbers: range) -> tuple[dict[str, int], list[str]]:
    """How often each outcome of ``compare`` came; disagreements, with the number that makes each again."""
    outcomes: collections.Counter[str] = collections.Counter()
    faults = []
    for number in numbers:
        try:
            outcomes[compare(generated(seed, number))] += 1
        except Exception as fault:  # noqa: BLE001 - whatever happens is a finding, and the run goes on
            faults.append(f"seed {seed} number {number}: {type(fault).__name__}: {fault}")
    return dict(outcomes), faults


# `make check` compares this many, other tests some; `make fuzz-badges FUZZ_N=…` far more, of another seed.
DAILY = 20_000 if os.environ.get("CHECK_ALL") == "yes" else 480
_DAILY_SEED = 20_261_122
_PARTS, _AT_ONCE = 4, 120


def assert_compared(numbers: range) -> None:
    """All of these badges have the same form everywhere, and hardly one was refused."""
    outcomes, faults = outcomes_of(_DAILY_SEED, numbers)
    assert not faults
    assert outcomes["equal"] >= len(numbers) * 4 // 5, outcomes


def daily(part: int) -> list[range]:
    """The numbers of one part of the daily badges, in portions."""
    each = DAILY // _PARTS
    stop = (part + 1) * each
    return [range(start, min(start + _AT_ONCE, stop)) for start in range(part * each, stop, _AT_ONCE)]
