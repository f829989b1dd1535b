"""The canonical form of a document, as signing and verifying use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from badges.canonical import rdfc, shapes, terms
from badges.canonical.guard import guard_shape
from badges.canonical.pinned import ContextSet, pinned_contexts

if TYPE_CHECKING:
    from collections.abc import Mapping

_CACHE = shapes.ShapeCache()


def canonical_form(document: Mapping[str, Any], contexts: ContextSet | None = None) -> bytes:
    """RDFC-1.0 canonical N-Quads of a JSON-LD document, in safe mode, as UTF-8.

    Args:
        document: the unsecured document; it is guarded first.
        contexts: the contexts that exist; the pinned ones unless a test suite brings more.

    Raises:
        ShapeRefusedError: see ``guard_shape``.
        ContextError: a context is not pinned, or two contradict each other.
        DataLossError: something would not be signed.
        WorkBudgetExceededError: the blank nodes cost too much to tell apart.
    """
    guard_shape(document)
    known = contexts or pinned_contexts()
    key, leaves = shapes.flatten(document, terms.constant_names(known))
    shape = _CACHE.shape_of(document, key, known)
    quads = shapes.fill(shape, document, leaves, known)
    return rdfc.canonicalize(quads).text.encode("utf-8")


def prove_lossless(document: Mapping[str, Any], contexts: ContextSet | None = None) -> None:
    """Prove that every value of the document would be signed, without canonicalizing it.

    Raises:
        ContextError, DataLossError: as ``canonical_form``.
    """
    known = contexts or pinned_contexts()
    key, leaves = shapes.flatten(document, terms.constant_names(known))
    shapes.fill(_CACHE.shape_of(document, key, known), document, leaves, known)
