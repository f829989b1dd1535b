"""Status lists as values: Bitstring Status List v1.0, and 1EdTech revocation lists for reading.

A list is one long string of bits, the most significant bit of each byte first. It is published compressed in
a credential of its own; a badge names its place in it by a number that says nothing about when it was issued.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.canonical.pinned import CREDENTIALS_V2
from badges.errors import KeyFormatError, StatusListError
from badges.instants import write_instant
from badges.multibase import multibase_decode, multibase_encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

# Bitstring Status List v1.0, section 2.1: at least 131,072 entries, so that one holder hides among many.
MINIMUM_BITS = 131_072
# A gigabyte of zeros compresses to a megabyte; expansion stops here (128 Mi entries, 1,000 minimal lists).
MAX_EXPANDED_BYTES = 16 * 1024 * 1024
# statusSize: bits for one entry; eight give 256 messages.
MAX_STATUS_SIZE = 8
_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,9})\Z", re.ASCII)
_RANDOM_TRIES = 64


@dataclass(frozen=True)
class BitstringStatusList:
    """A list of bits that never changes; setting one makes another list.

    Attributes:
        bits: the bytes, most significant bit first.
    """

    bits: bytes

    @classmethod
    def create(cls, size: int = MINIMUM_BITS) -> BitstringStatusList:
        """A list of ``size`` entries, all clear.

        Raises:
            StatusListError: ``status_length`` for fewer than 131,072 or a number not divisible by eight.
        """
        if size < MINIMUM_BITS or size % 8:
            message = f"a list has at least {MINIMUM_BITS} entries, in whole bytes"
            raise StatusListError("status_length", message)
        return cls(bytes(size // 8))

    @classmethod
    def decode(cls, encoded: str) -> BitstringStatusList:
        """Read ``encodedList``: multibase base64url of one gzip member.

        Raises:
            StatusListError: ``status_encoding``, ``status_too_large`` (over 16 MiB), ``status_length``.
        """
        if not encoded.startswith("u"):
            raise StatusListError("status_encoding", "encodedList must begin with u (base64url)")
        try:
            compressed = multibase_decode(encoded)
        except KeyFormatError as fault:
            raise StatusListError("status_encoding", "encodedList is not multibase base64url") from fault
        bits = _expanded(compressed)
        if len(bits) * 8 < MINIMUM_BITS:
            message = f"the list has {len(bits) * 8} entries, the least is {MINIMUM_BITS}"
            raise StatusListError("status_length", message)
        return cls(bits)

    @property
    def size(self) -> int:
        """The number of one-bit entries."""
        return len(self.bits) * 8

    def get(self, index: int, *, status_size: int = 1) -> int:
        """The entry's value: 0 or 1, or up to 255 when entries have more bits.

        Raises:
            StatusListError: ``status_range`` when the index lies outside, ``status_size`` for a size not 1
                to 8.
        """
        if not 1 <= status_size <= MAX_STATUS_SIZE:
            raise StatusListError("status_size", f"statusSize must be 1 to {MAX_STATUS_SIZE}")
        if not 0 <= index < self.size // status_size:
            raise StatusListError("status_range", f"index {index} does not lie in the list")
        first = index * status_size
        window = self.bits[first // 8 : (first + status_size - 1) // 8 + 1].ljust(2, b"\0")
        return (int.from_bytes(window, "big") >> (16 - first % 8 - status_size)) & ((1 << status_size) - 1)

    def require_entries(self, status_size: int) -> None:
        """Prove that one holder hides among enough others, also when entries have several bits.

        Raises:
            StatusListError: ``status_length``.
        """
        if self.size // status_size < MINIMUM_BITS:
            message = f"the list has {self.size // status_size} entries, the least is {MINIMUM_BITS}"
            raise StatusListError("status_length", message)

    def with_value(self, index: int, value: int, *, status_size: int) -> BitstringStatusList:
        """A list in which the entry of ``status_size`` bits has this value.

        Raises:
            StatusListError: ``status_range`` when the index lies outside or the value needs more bits,
                ``status_size`` for a size not 1 to 8.
        """
        self.get(index, status_size=status_size)
        if not 0 <= value < 1 << status_size:
            raise StatusListError("status_range", f"{value} does not fit in {status_size} bits")
        places = range(index * status_size, (index + 1) * status_size)
        bits = [place for number, place in enumerate(reversed(places)) if value >> number & 1]
        return self.with_all(places, value=False).with_all(bits)

    def set(self, index: int, *, value: bool = True) -> BitstringStatusList:
        """A list in which this one-bit entry has the value."""
        return self.with_all([index], value=value)

    def with_all(self, indexes: Iterable[int], *, value: bool = True) -> BitstringStatusList:
        """A list in which all these one-bit entries have the value.

        Raises:
            StatusListError: ``status_range``.
        """
        changed = bytearray(self.bits)
        for index in indexes:
            if not 0 <= index < self.size:
                raise StatusListError("status_range", f"index {index} does not lie in the list")
            mask = 0x80 >> (index % 8)
            changed[index // 8] = changed[index // 8] | mask if value else changed[index // 8] & ~mask
        return BitstringStatusList(bytes(changed))

    def encode(self) -> str:
        """``encodedList``; the same list always gives the same text."""
        return multibase_encode(gzip.compress(self.bits, mtime=0), prefix="u")


def _expanded(compressed: bytes) -> bytes:
    """Expand exactly one gzip member, never further than the limit."""
    machine = zlib.decompressobj(wbits=31)
    try:
        bits = machine.decompress(compressed, MAX_EXPANDED_BYTES + 1)
    except zlib.error as fault:
        raise StatusListError("status_encoding", "the list is not gzip, or is damaged") from fault
    if len(bits) > MAX_EXPANDED_BYTES:
        raise StatusListError("status_too_large", f"the list expands to more than {MAX_EXPANDED_BYTES} bytes")
    if not machine.eof or machine.unused_data:
        raise StatusListError("status_encoding", "the list is cut short or has something after its end")
    return bits


def read_index(text: object) -> int:
    """``statusListIndex`` as a number: decimal digits without sign, point or leading zero.

    Raises:
        StatusListError: ``status_index``.
    """
    if not isinstance(text, str) or not _INDEX.match(text):
        raise StatusListError("status_index", "statusListIndex is not a whole number written as text")
    return int(text)


def choose_index(taken: Collection[int], *, size: int, randbelow: Callable[[int], int]) -> int:
    """A free index, each free one equally likely, so that the index tells nothing about the order of issuing.

    Args:
        taken: indexes in use, or used before; ``in`` and ``len`` should be fast.
        size: the number of entries of the list.
        randbelow: ``secrets.randbelow`` or a test's stand-in.

    Raises:
        StatusListError: ``status_list_full``.
    """
    free = size - len(taken)
    if free <= 0:
        raise StatusListError("status_list_full", "every index of the list is taken")
    for _ in range(_RANDOM_TRIES):
        index = randbelow(size)
        if index not in taken:
            return index
    skip = randbelow(free)
    return [index for index in range(size) if index not in taken][skip]


def status_list_credential(
    bits: BitstringStatusList,
    *,
    id: str,  # noqa: A002 - the credential's own word for it
    issuer: str,
    purpose: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """The unsigned credential that publishes a list (Bitstring Status List v1.0, section 2.1).

    Args:
        bits: the list.
        id: the address under which it is published.
        issuer: the DID that signs both the badges and the list.
        purpose: ``revocation``, ``suspension``, ``message`` or ``refresh``.
        valid_from: when this state of the list was made.
        valid_until: when a newer one must be fetched, if that is to be said.
    """
    document: dict[str, Any] = {
        "@context": [CREDENTIALS_V2],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": write_instant(valid_from),
    }
    if valid_until is not None:
        document["validUntil"] = write_instant(valid_until)
    document["credentialSubject"] = {
        "id": f"{id}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": bits.encode(),
    }
    return document


def revoked_in_1edtech_list(document: Mapping[str, Any], credential_id: str) -> bool:
    """Whether a 1EdTech revocation list names the credential as revoked (1EdTech Revocation List 1.0).

    An entry revokes unless it says ``"revoked": false``. Some lists in use spell their member in the plural.

    Raises:
        StatusListError: ``revocation_list`` when the document is no such list, or an entry names nothing.
    """
    found = document.get("revokedCredential", document.get("revokedCredentials", []))
    entries = [found] if isinstance(found, Mapping) else found
    if not isinstance(entries, list) or not isinstance(document.get("issuer"), (str, dict)):
        raise StatusListError("revocation_list", "not a 1EdTech revocation list")
    if not all(isinstance(entry, Mapping) and isinstance(entry.get("id"), str) for entry in entries):
        raise StatusListError("revocation_list", "an entry of the revocation list names no credential")
    return any(entry["id"] == credential_id and entry.get("revoked") is not False for entry in entries)
