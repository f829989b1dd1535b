"""What an issuer keeps out of a badge so that every verifier computes the same bytes.

The JSON-LD libraries in use disagree on doubles of more than 15 digits and from 1e20 on, on very small ones,
and on noncharacters; an issuer has no need of any of them. Verifiers do not apply these rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from badges.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NONCHARACTER = re.compile(r"[\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\x00]")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?\Z")
_SIGNIFICANT_DIGITS = 15


def texts_are_portable(texts: Sequence[str]) -> bool:
    """Whether no text holds a noncharacter or U+0000; one look at all of them together."""
    together = "".join(texts)
    return together.isprintable() or not _NONCHARACTER.search(together)


def refuse_unportable(document: Any, path: str = "$") -> None:
    """Refuse numbers and characters on which canonicalizers differ.

    Raises:
        ProofError: ``number_not_portable`` or ``character_not_portable``, with the place.
    """
    if isinstance(document, dict):
        for name, value in document.items():
            refuse_unportable(value, f"{path}.{name}")
    elif isinstance(document, (list, tuple)):
        for number, value in enumerate(document):
            refuse_unportable(value, f"{path}[{number}]")
    elif isinstance(document, str):
        if _NONCHARACTER.search(document):
            message = "the text holds a noncharacter or U+0000"
            raise ProofError("character_not_portable", message, path=path)
    elif isinstance(document, (int, float)) and not isinstance(document, bool):
        _refuse_number(document, path)


def _refuse_number(number: float, path: str) -> None:
    text = repr(number)
    if not _PLAIN_NUMBER.match(text) or len(text.strip("-").replace(".", "")) > _SIGNIFICANT_DIGITS:
        message = f"{text} has more digits than all verifiers read alike"
        raise ProofError("number_not_portable", message, path=path)
