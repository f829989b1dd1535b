"""Badges by the thousand: one achievement, many recipients.

A template is a whole badge in which a few texts are slots. Everything else (the achievement, its rubric, its
alignments) is expanded, escaped, sorted and written as JSON once, when the template is made; issuing a badge
fills the slots of a canonical text and of a JSON text and signs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from badges.canonical import primary
from badges.canonical.generated import CanonicalText, GivesUpError, Term, generate
from badges.canonical.nquads import ABSOLUTE_IRI, escape
from badges.canonical.pinned import pinned_contexts
from badges.canonical.portable import texts_are_portable
from badges.canonical.terms import defined_names
from badges.errors import ModelError, ProofError
from badges.instants import read_instant, write_instant
from badges.multibase import multibase_encode
from badges.proofs.eddsa_rdfc_2022 import CRYPTOSUITE, SIGNATURE_BYTES, hash_of_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from badges.canonical.generated import TermQuad
    from badges.keys import Ed25519Signer
    from badges.model import OpenBadgeCredential

_MARK = "\ue000slot%d\ue000"
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True)
class Stamp:
    """When and with which key a run of badges is signed; its part of the signed bytes is computed once."""

    signer: Ed25519Signer
    options: Mapping[str, str]
    options_hash: bytes


@dataclass(frozen=True)
class BadgeTemplate:
    """A badge with slots.

    Attributes:
        slots: the slots' places, like ``$.credentialSubject.identifier[0].identityHash``; values come in this
            order.
        document: the badge that the template was made from.
        identifiers: numbers of the slots that hold identifiers.
        instants: numbers of the slots that hold dates.
        canonical_text: fills the slots of the canonical form; None where the full algorithm has to serve.
        json_parts: the JSON text around the slots.
    """

    slots: tuple[str, ...]
    document: Mapping[str, Any]
    identifiers: tuple[int, ...]
    instants: tuple[int, ...]
    canonical_text: CanonicalText | None
    json_parts: tuple[str, ...]

    @classmethod
    def compile(cls, badge: OpenBadgeCredential, slots: Sequence[str]) -> BadgeTemplate:
        """Make a template of a badge.

        Args:
            badge: a complete badge with some recipient's values in it.
            slots: the places whose texts differ from badge to badge.

        Raises:
            ModelError: ``template_slot`` for a place that holds no text.
            BadgeError: whatever would stop the badge itself from being signed.
        """
        document = badge.to_json()
        prepared = primary.prepare(document)
        prepared.refuse_unportable()
        paths = list(primary.leaf_paths(prepared))
        for slot in slots:
            if slot not in paths:
                raise ModelError("template_slot", "there is no text at this place of the badge", path=slot)
        numbers = {paths.index(slot): number for number, slot in enumerate(slots)}
        quads = tuple(dict.fromkeys(_folded(quad, prepared.leaves, numbers) for quad in prepared.shape.quads))
        return cls(
            slots=tuple(slots),
            document=document,
            identifiers=tuple(sorted(numbers[leaf] for leaf in prepared.shape.iri_leaves if leaf in numbers)),
            instants=tuple(n for n, slot in enumerate(slots) if slot in {"$.validFrom", "$.validUntil"}),
            canonical_text=_generated(quads),
            json_parts=_json_parts(document, slots),
        )

    def stamp(self, *, signer: Ed25519Signer, verification_method: str, created: datetime) -> Stamp:
        """The key and the time to sign a run of badges with."""
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": CRYPTOSUITE,
            "created": write_instant(created),
            "verificationMethod": verification_method,
            "proofPurpose": "assertionMethod",
        }
        if signer.algorithm != "Ed25519":
            raise ProofError("signer", f"{CRYPTOSUITE} needs an Ed25519 signer, not {signer.algorithm}")
        return Stamp(signer, options, hash_of_options(self.document, options, primary.canonical_form))

    def proof_value(self, values: Sequence[str], stamp: Stamp) -> str:
        """The signature of one badge, as ``proofValue``.

        Args:
            values: the slots' texts, in the order of ``slots``.
            stamp: the key and the time.

        Raises:
            ModelError: ``template_value`` for a value that does not belong into its slot.
            ProofError: ``character_not_portable``, ``signer``.
        """
        self._check(values)
        text = None
        if self.canonical_text is not None:
            text = self.canonical_text(values, [escape(value) for value in values])
        form = primary.canonical_form(self.filled(values)) if text is None else text.encode("utf-8")
        signature = stamp.signer.sign(stamp.options_hash + hashlib.sha256(form).digest())
        if len(signature) != SIGNATURE_BYTES:
            raise ProofError("signer", f"the signer returned {len(signature)} bytes, not {SIGNATURE_BYTES}")
        return multibase_encode(signature)

    def issue(self, values: Sequence[str], stamp: Stamp) -> bytes:
        """One signed badge as UTF-8 JSON.

        Raises:
            ModelError, ProofError: as ``proof_value``.
        """
        proof = {**stamp.options, "proofValue": self.proof_value(values, stamp)}
        parts = [self.json_parts[0]]
        for value, after in zip(values, self.json_parts[1:], strict=True):
            parts += (_quoted(value), after)
        return f'{"".join(parts)[:-1]}, "proof": {json.dumps(proof)}}}'.encode()

    def filled(self, values: Sequence[str]) -> dict[str, Any]:
        """The unsigned badge with these values, as JSON."""
        parts = [self.json_parts[0]]
        for value, after in zip(values, self.json_parts[1:], strict=True):
            parts += (_quoted(value), after)
        document: dict[str, Any] = json.loads("".join(parts))
        return document

    def _check(self, values: Sequence[str]) -> None:
        if len(values) != len(self.slots):
            raise ModelError("template_value", f"{len(values)} values for {len(self.slots)} slots")
        if not texts_are_portable(values):
            raise ProofError("character_not_portable", "a value holds a noncharacter or U+0000")
        for number in self.identifiers:
            if not _is_identifier(values[number]):
                raise ModelError("template_value", "not an absolute IRI", path=self.slots[number])
        for number in self.instants:
            read_instant(values[number], path=self.slots[number])


def _is_identifier(value: str) -> bool:
    known = defined_names(pinned_contexts())
    return bool(ABSOLUTE_IRI.match(value)) and value.partition(":")[0] not in known


def _folded(quad: TermQuad, leaves: Sequence[str], numbers: Mapping[int, int]) -> TermQuad:
    """The statement with every text that is no slot written in."""
    subject, predicate, value, graph = (_folded_term(term, leaves, numbers) for term in quad)
    return (subject, predicate, value, graph)


def _folded_term(term: Term, leaves: Sequence[str], numbers: Mapping[int, int]) -> Term:
    if term.leaf is None:
        return term
    if term.leaf in numbers:
        return replace(term, leaf=numbers[term.leaf])
    text = leaves[term.leaf]
    return Term(f"{term.before}{escape(text) if term.is_literal else text}{term.after}")


def _generated(quads: Sequence[TermQuad]) -> CanonicalText | None:
    try:
        return generate(quads)
    except GivesUpError:
        return None


def _json_parts(document: Mapping[str, Any], slots: Sequence[str]) -> tuple[str, ...]:
    """The JSON text, cut where the slots' texts stand.

    Raises:
        ModelError: ``template_slot`` when the slots are not in the order of the document.
    """
    text = json.dumps(
        _marked(document, "$", {slot: number for number, slot in enumerate(slots)}), ensure_ascii=False
    )
    parts = []
    for number in range(len(slots)):
        before, mark, text = text.partition(f'"{_MARK % number}"')
        if not mark:
            raise ModelError(
                "template_slot", "slots must be in the order of the document", path=slots[number]
            )
        parts.append(before)
    return (*parts, text)


def _marked(value: Any, path: str, numbers: Mapping[str, int]) -> Any:
    if isinstance(value, dict):
        return {name: _marked(inner, f"{path}.{name}", numbers) for name, inner in value.items()}
    if isinstance(value, list):
        return [_marked(inner, f"{path}[{number}]", numbers) for number, inner in enumerate(value)]
    return _MARK % numbers[path] if path in numbers else value
