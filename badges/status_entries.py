"""One entry of ``credentialStatus``: which place of which list is the badge's, and what its values mean.

Bitstring Status List v1.0, section 2.1. An entry is part of the signed badge, so an issuer commits to its
messages when it signs, not when it sets the bits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from badges.canonical.nquads import ABSOLUTE_IRI
from badges.errors import StatusListError
from badges.status import MAX_STATUS_SIZE, read_index

_HEXADECIMAL = re.compile(r"0x[0-9A-Fa-f]{1,2}\Z", re.ASCII)
# What an entry of one bit means when it brings no words of its own.
_SET_OR_NOT = {0: "unset", 1: "set"}


@dataclass(frozen=True)
class StatusEntry:
    """A ``BitstringStatusListEntry``, read and found well formed.

    Attributes:
        purpose: ``revocation``, ``suspension``, ``message``, ``refresh``, or a word of the issuer's own.
        index: the number of the place, counted in entries and not in bits.
        list_address: where the list is published.
        size: bits of one entry, 1 to 8.
        messages: value -> the issuer's word for it; written for developers, not to be shown to people.
        references: addresses of material that explains the values; never fetched.
    """

    purpose: str
    index: int
    list_address: str
    size: int = 1
    messages: Mapping[int, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> StatusEntry:
        """Read an entry.

        Args:
            entry: the object as the badge holds it.

        Raises:
            StatusListError: ``status_purpose``, ``status_address``, ``status_index``, ``status_size``,
                ``status_messages`` or ``status_reference``, by the member that is malformed.
        """
        purpose, address = entry.get("statusPurpose"), entry.get("statusListCredential")
        if not isinstance(purpose, str):
            raise StatusListError("status_purpose", "the entry's statusPurpose is not one text")
        if not isinstance(address, str):
            raise StatusListError("status_address", "the entry does not say where its list is")
        size = _read_size(entry.get("statusSize", 1))
        return cls(
            purpose,
            read_index(entry.get("statusListIndex")),
            address,
            size,
            _read_messages(entry.get("statusMessage"), size),
            _read_references(entry.get("statusReference")),
        )

    def word_for(self, value: int) -> str:
        """The issuer's word for a value."""
        return self.messages.get(value, "undefined") if self.messages else _SET_OR_NOT[value]


def _read_size(size: object) -> int:
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_STATUS_SIZE:
        raise StatusListError("status_size", f"statusSize is not a whole number from 1 to {MAX_STATUS_SIZE}")
    return size


def _read_messages(messages: object, size: int) -> dict[int, str]:
    """Every value must have exactly one message; only an entry of one bit may come without any."""
    if messages is None and size == 1:
        return {}
    if not isinstance(messages, Sequence) or isinstance(messages, str) or len(messages) != 2**size:
        raise StatusListError("status_messages", f"statusMessage does not have {2**size} messages")
    found = dict(_read_message(message) for message in messages)
    if set(found) != set(range(2**size)):
        raise StatusListError("status_messages", "statusMessage does not name each value once")
    return found


def _read_message(message: object) -> tuple[int, str]:
    status = message.get("status") if isinstance(message, Mapping) else None
    word = message.get("message") if isinstance(message, Mapping) else None
    if not isinstance(status, str) or not _HEXADECIMAL.match(status) or not isinstance(word, str):
        raise StatusListError("status_messages", "a message is not a hexadecimal status with a text")
    return int(status, 16), word


def _read_references(references: object) -> tuple[str, ...]:
    found = references if isinstance(references, list) else [] if references is None else [references]
    if not all(isinstance(address, str) and ABSOLUTE_IRI.match(address) for address in found):
        raise StatusListError("status_reference", "statusReference is not an address")
    return tuple(found)
