"""Part of check 3: the ``@context`` array is exactly the one that this badge needs.

A Data Integrity proof covers statements, and a pinned context that defines nothing of a badge changes none of
them: whoever passes a badge on could add one, and the signature would still fit. What people see would be the
same. A strict reader wants one array for one badge all the same, so that no byte of it is open to strangers.
Nobody can tell an idle context that its issuer wrote from one that was added later, so the answer is
"unsupported" and not "invalid". In a token the array is signed, and nothing has to be asked.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from badges.canonical.pinned import (
    DATA_INTEGRITY_V2,
    ED25519_2020_V1,
    MULTIKEY_V1,
    OPEN_BADGES_EXTENSIONS,
    pinned_contexts,
)
from badges.verify.findings import StoppedError, failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What may follow the contexts of credentials and of Open Badges, in this order.
FURTHER_CONTEXTS = (OPEN_BADGES_EXTENSIONS, DATA_INTEGRITY_V2, ED25519_2020_V1, MULTIKEY_V1)
_FIXED = 2
# Whatever else a context is for, it says these again.
_COMMON = frozenset({"id", "type", "proof"})


def check_exact_contexts(document: Mapping[str, Any]) -> None:
    """Refuse contexts beyond the first two that are idle, misplaced or out of order.

    Args:
        document: a badge whose contexts have passed check 3, its proofs included.

    Raises:
        StoppedError: check 3 failed with ``context_unneeded`` or ``context_order``, as unsupported.
    """
    contexts = document["@context"]
    if len(contexts) <= _FIXED:
        return
    further, used = contexts[_FIXED:], set(_words_in(document))
    for place, url in enumerate(further, start=_FIXED):
        known = frozenset().union(*(_words_of(earlier) for earlier in contexts[:place]))
        if url not in FURTHER_CONTEXTS or used.isdisjoint(_words_of(url) - known):
            reason = f"nothing in the badge needs the context {url}"
            raise _refused("context_unneeded", reason, place)
    if sorted(further, key=FURTHER_CONTEXTS.index) != further:
        raise _refused("context_order", "the contexts after the second are not in their order", _FIXED)


def _refused(code: str, reason: str, place: int) -> StoppedError:
    return StoppedError(failed("context", code, reason, path=f"$.@context[{place}]", unsupported=True))


@functools.cache
def _words_of(url: str) -> frozenset[str]:
    """The words that a pinned context defines for a whole document."""
    defined = pinned_contexts().get(url)["@context"]
    return frozenset(name for name in defined if not name.startswith("@")) - _COMMON


def _words_in(value: object) -> Iterator[str]:
    """Every member name and every type of a badge."""
    if isinstance(value, list):
        for inner in value:
            yield from _words_in(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if name in {"type", "@type"}:
                yield from inner if isinstance(inner, list) else [inner]
            else:
                yield from _words_in(inner)
