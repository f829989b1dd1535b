"""The canonical form of a document, as signing and verifying use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.canonical import leaves, rdfc, shapes, terms
from badges.canonical.pinned import ContextSet, pinned_contexts
from badges.canonical.portable import refuse_unportable, texts_are_portable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from badges.canonical.leaves import ShapeKey
    from badges.canonical.shapes import Shape

_CACHE = shapes.ShapeCache()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document taken apart: its shape, and the texts that fill it.

    Attributes:
        document: the document; it must not be changed while this is in use.
        key: names the shape.
        leaves: the texts in document order.
        shape: what is known of every document of the shape; it has passed the guard and safe mode.
        contexts: the contexts that exist.
        is_clean: whether every identifier means just itself, so that the texts may simply be filled in.
    """

    document: Mapping[str, Any]
    key: ShapeKey
    leaves: Sequence[str]
    shape: Shape
    contexts: ContextSet
    is_clean: bool

    def canonical_form(self) -> bytes:
        """As the function of that name, for this document."""
        text = shapes.canonical_text(self.shape, self.leaves) if self.is_clean else None
        if text is None:
            quads = shapes.fill(self.shape, self.document, self.leaves, self.contexts)
            text = rdfc.canonicalize(quads).text
        return text.encode("utf-8")

    def prove_lossless(self) -> None:
        """Prove that every value of the document would be signed as it is written.

        Raises:
            DataLossError: an identifier is relative or malformed; all else was proven for the shape.
        """
        if not self.is_clean:
            shapes.fill(self.shape, self.document, self.leaves, self.contexts)

    def has_repeated_names(self) -> bool:
        """Whether two objects bear the same identifier."""
        names = [self.leaves[leaf] for leaf in self.shape.subject_leaves]
        return len(set(names)) != len(names)

    def refuse_unportable(self) -> None:
        """Refuse what other verifiers may read differently; for issuers.

        Raises:
            ProofError: see ``portable.refuse_unportable``.
        """
        if not self.shape.plain_numbers or not texts_are_portable(self.leaves):
            refuse_unportable(self.document)


def prepare(document: Mapping[str, Any], contexts: ContextSet | None = None) -> Prepared:
    """Take a document apart; its shape is guarded, expanded and compiled if it is new.

    Raises:
        ShapeRefusedError: see ``guard_shape``.
        ContextError: a context is not pinned, or two contradict each other.
        DataLossError: something would not be signed.
    """
    known = contexts or pinned_contexts()
    found = _CACHE.recognize(document, known)
    if found is None:
        key, texts = leaves.flatten(document, terms.constant_names(known))
        found = shapes.Recognized(key, _CACHE.shape_of(document, key, known), texts)
    is_clean = shapes.fills_cleanly(found.shape, found.leaves, known)
    return Prepared(document, found.key, found.leaves, found.shape, known, is_clean)


def canonical_form(document: Mapping[str, Any], contexts: ContextSet | None = None) -> bytes:
    """RDFC-1.0 canonical N-Quads of a JSON-LD document, in safe mode, as UTF-8.

    Args:
        document: the unsecured document.
        contexts: the contexts that exist; the pinned ones unless a test suite brings more.

    Raises:
        ShapeRefusedError: see ``guard_shape``.
        ContextError: a context is not pinned, or two contradict each other.
        DataLossError: something would not be signed.
        WorkBudgetExceededError: the blank nodes cost too much to tell apart.
    """
    return prepare(document, contexts).canonical_form()


def leaf_paths(prepared: Prepared) -> Sequence[str]:
    """The place of each text of a document, in the order of ``leaves``."""
    return leaves.paths_of_leaves(prepared.document, prepared.contexts)
