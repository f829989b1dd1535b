"""Reading selectively disclosed credentials: the cryptosuite ``ecdsa-sd-2023``, verification only.

W3C Data Integrity ECDSA Cryptosuites 1.0, section 3.6. The issuer signs what must always be shown, and each
other statement on its own with a key made for this one credential; a holder can leave statements out. What
verifies is exactly the statements that are shown.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.errors import KeyFormatError, ProofError
from badges.keys import decode_multikey, verify_signature
from badges.multibase import base64url_encode, multibase_decode, multibase_encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric import ec

CRYPTOSUITE = "ecdsa-sd-2023"
_HEADER = b"\xd9\x5d\x01"
_BASE_HEADER = b"\xd9\x5d\x00"
_SIGNATURE_BYTES = 64
_LABEL_BYTES = 32
_PARTS = 5
# Statements of one credential; each costs a signature check of a tenth of a millisecond.
MAX_SIGNATURES = 2_000
_BLANK = re.compile(r"_:c14n([0-9]+)")
_LITERAL = re.compile(r'("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class DisclosureProof:
    """A derived proof taken apart (section 3.5.7).

    Attributes:
        base_signature: the issuer's signature over options, key and mandatory statements.
        public_key: the key of this one credential, in multikey form.
        signatures: one for each statement that is not mandatory.
        labels: number of a canonical blank node -> its label in the issuer's numbering.
        mandatory: places of the mandatory statements among the sorted ones.
    """

    base_signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[int, str]
    mandatory: tuple[int, ...]


def verify(canonical: bytes, options_hash: bytes, proof_value: str, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether a derived proof holds.

    Args:
        canonical: the canonical form of the credential without its proof.
        options_hash: SHA-256 of the canonical proof options.
        proof_value: the proof's ``proofValue``.
        key: the issuer's P-256 key.

    Raises:
        ProofError: ``disclosure_proof`` when the proof value is malformed, or is the issuer's base proof,
            which only the holder should have.
    """
    proof = read_proof_value(proof_value)
    statements = relabelled(canonical, proof.labels)
    mandatory = [statements[place] for place in proof.mandatory if place < len(statements)]
    chosen = set(proof.mandatory)
    others = [line for place, line in enumerate(statements) if place not in chosen]
    if len(mandatory) != len(chosen) or len(others) != len(proof.signatures):
        return False
    mandatory_hash = hashlib.sha256("".join(mandatory).encode()).digest()
    signed = options_hash + proof.public_key + mandatory_hash
    if not verify_signature(key, "ES256", proof.base_signature, signed):
        return False
    own = decode_multikey(multibase_encode(proof.public_key))
    pairs = zip(proof.signatures, others, strict=True)
    return all(verify_signature(own, "ES256", signature, line.encode()) for signature, line in pairs)


def relabelled(canonical: bytes, labels: Mapping[int, str]) -> list[str]:
    """The statements with blank nodes in the issuer's numbering, sorted.

    Raises:
        ProofError: ``disclosure_proof`` when a blank node has no label.
    """
    lines = canonical.decode("utf-8").split("\n")[:-1]
    return sorted(_relabelled_line(line, labels) + "\n" for line in lines)


def _relabelled_line(line: str, labels: Mapping[int, str]) -> str:
    def label(match: re.Match[str]) -> str:
        found = labels.get(int(match[1]))
        if found is None:
            raise ProofError(
                "disclosure_proof", "a blank node has no label in the proof", path="$.proof.proofValue"
            )
        return f"_:{found}"

    # Odd pieces are literals, in which a text may look like a blank node.
    pieces = _LITERAL.split(line)
    return "".join(piece if place % 2 else _BLANK.sub(label, piece) for place, piece in enumerate(pieces))


def read_proof_value(text: str) -> DisclosureProof:
    """Take a derived proof value apart.

    Raises:
        ProofError: ``disclosure_proof``.
    """
    try:
        data = multibase_decode(text)
    except KeyFormatError as fault:
        raise _malformed("it is not multibase") from fault
    if data.startswith(_BASE_HEADER):
        raise _malformed("it is a base proof, which only the holder should have")
    if not text.startswith("u") or not data.startswith(_HEADER):
        raise _malformed("it does not begin like a derived proof")
    parts = _Cbor(data[len(_HEADER) :]).read()
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise _malformed("it does not have five parts")
    return _proof_of(parts)


def _proof_of(parts: Sequence[Any]) -> DisclosureProof:
    base, key, signatures, labels, mandatory = parts
    sound = (
        _is_bytes(base, _SIGNATURE_BYTES)
        and isinstance(key, bytes)
        and isinstance(signatures, list)
        and len(signatures) <= MAX_SIGNATURES
        and all(_is_bytes(signature, _SIGNATURE_BYTES) for signature in signatures)
        and isinstance(labels, dict)
        and all(
            isinstance(number, int) and _is_bytes(label, _LABEL_BYTES) for number, label in labels.items()
        )
        and isinstance(mandatory, list)
        and all(isinstance(place, int) for place in mandatory)
        and len(set(mandatory)) == len(mandatory)
    )
    if not sound:
        raise _malformed("one of its parts is not what it should be")
    named = {number: f"u{base64url_encode(label)}" for number, label in labels.items()}
    if len(set(named.values())) != len(named):
        raise _malformed("two blank nodes have the same label")
    return DisclosureProof(base, key, tuple(signatures), named, tuple(mandatory))


def _is_bytes(value: object, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length


def _malformed(reason: str) -> ProofError:
    return ProofError(
        "disclosure_proof", f"the proof value is malformed: {reason}", path="$.proof.proofValue"
    )


class _Cbor:
    """The part of CBOR (RFC 8949) that proofs use: whole numbers, bytes, arrays, maps; of definite length."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def read(self) -> Any:
        """The one item that the data are.

        Raises:
            ProofError: ``disclosure_proof``.
        """
        item = self.item(depth=0)
        if self.position != len(self.data):
            raise _malformed("something follows its end")
        return item

    def take(self, count: int) -> bytes:
        taken = self.data[self.position : self.position + count]
        if len(taken) != count:
            raise _malformed("it is cut short")
        self.position += count
        return taken

    def item(self, depth: int) -> Any:
        first = self.take(1)[0]
        kind, length = first >> 5, self.length(first & 31)
        if kind == 0:
            return length
        if kind == 2:  # noqa: PLR2004 - major type 2: bytes
            return self.take(length)
        if kind not in {4, 5} or depth > 1 or length > MAX_SIGNATURES:
            raise _malformed("it holds something that no proof holds")
        if kind == 4:  # noqa: PLR2004 - major type 4: an array
            return [self.item(depth + 1) for _ in range(length)]
        return {self.key(): self.item(depth + 1) for _ in range(length)}

    def key(self) -> int:
        first = self.take(1)[0]
        if first >> 5:
            raise _malformed("a label's number is no number")
        return self.length(first & 31)

    def length(self, short: int) -> int:
        if short < 24:  # noqa: PLR2004 - RFC 8949, section 3
            return short
        if short > 26:  # noqa: PLR2004 - 64-bit lengths and indefinite ones have no use here
            raise _malformed("a length is out of range")
        return int.from_bytes(self.take(1 << (short - 24)), "big")
