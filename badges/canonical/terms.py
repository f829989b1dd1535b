"""What a set of contexts defines, as far as the shape compiler has to know."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from badges.canonical.pinned import ContextSet

# Not by a context, but by JSON-LD itself.
ALWAYS_CONSTANT = frozenset({"@context", "@type", "type", "@language", "@direction"})


@functools.lru_cache(maxsize=8)
def constant_names(contexts: ContextSet) -> frozenset[str]:
    """Names whose texts choose terms and so belong to the shape: types, contexts, ``@vocab`` members."""
    return ALWAYS_CONSTANT | {
        name
        for name, definition in _definitions(contexts)
        if isinstance(definition, dict) and definition.get("@type") == "@vocab"
    }


@functools.lru_cache(maxsize=8)
def defined_names(contexts: ContextSet) -> frozenset[str]:
    """Every term; an identifier that begins with one and a colon might be a compact IRI."""
    return frozenset({"_"} | {name for name, _ in _definitions(contexts)})


def _definitions(contexts: ContextSet) -> list[tuple[str, Any]]:
    return [found for document in contexts.documents.values() for found in _walk(document.get("@context"))]


def _walk(context: Any) -> Iterator[tuple[str, Any]]:
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            for name, definition in part.items():
                if not name.startswith("@"):
                    yield name, definition
                if isinstance(definition, dict):
                    yield from _walk(definition.get("@context"))
