"""A document as a shape and its texts, and the same document with markers in place of the texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from badges.canonical import terms
from badges.canonical.expansion import RELATIVE_BASE
from badges.errors import DataLossError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from badges.canonical.pinned import ContextSet

MARK = "zq\u00b7"
MARKER = re.compile(MARK + r"([0-9]+)\u00b7")

# Tags in a shape key; each is followed by a fixed number of entries, so no two shapes share a key.
_TEXT, _CONSTANT, _OBJECT, _ARRAY, _NUMBER = range(5)

ShapeKey = tuple[Any, ...]


def flatten(document: Mapping[str, Any], constant_names: frozenset[str]) -> tuple[ShapeKey, list[str]]:
    """The document as its shape and its texts, in document order; it need not have been guarded yet.

    Args:
        document: any JSON object.
        constant_names: names whose texts belong to the shape (types, contexts, vocabulary words).
    """
    tokens: list[Any] = []
    leaves: list[str] = []
    _flatten_object(document, constant_names, tokens, leaves)
    return tuple(tokens), leaves


def _flatten_object(
    node: Mapping[str, Any], constant_names: frozenset[str], tokens: list[Any], leaves: list[str]
) -> None:
    tokens += (_OBJECT, len(node))
    for name, value in node.items():
        tokens.append(name)
        # The common case first: this loop sees every member of every document.
        if type(value) is str and name not in constant_names:
            tokens.append(_TEXT)
            leaves.append(value)
        elif name == "@context":
            tokens += (_CONSTANT, repr(value))
        else:
            _flatten_value(value, name in constant_names, constant_names, tokens, leaves)


def _flatten_value(
    value: Any,
    constant: bool,
    constant_names: frozenset[str],
    tokens: list[Any],
    leaves: list[str],
) -> None:
    if isinstance(value, dict):
        _flatten_object(value, constant_names, tokens, leaves)
    elif isinstance(value, list):
        tokens += (_ARRAY, len(value))
        for inner in value:
            _flatten_value(inner, constant, constant_names, tokens, leaves)
    elif isinstance(value, str):
        if constant:
            tokens += (_CONSTANT, value)
        else:
            tokens.append(_TEXT)
            leaves.append(value)
    else:
        # repr tells 1 from 1.0 and from true.
        tokens += (_NUMBER, repr(value))


class Marker:
    """Copies a document with its texts (and, if asked, its numbers) replaced by numbered markers."""

    def __init__(self, constant_names: frozenset[str], *, numbers: bool) -> None:
        self.constant_names = constant_names
        self.numbers = numbers
        self.paths: list[str] = []

    def marked_object(self, node: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The object with markers."""
        return {
            name: value
            if name == "@context"
            else self.marked(value, f"{path}.{name}", constant=name in self.constant_names)
            for name, value in node.items()
        }

    def marked(self, value: Any, path: str, *, constant: bool) -> Any:
        """The value with markers; constants stay."""
        if isinstance(value, dict):
            return self.marked_object(value, path)
        if isinstance(value, list):
            return [self.marked(inner, f"{path}[{n}]", constant=constant) for n, inner in enumerate(value)]
        if constant:
            _refuse_marker_in_constant(value, path)
            return value
        if not isinstance(value, str) and not self.numbers:
            return value
        self.paths.append(path)
        return f"{MARK}{len(self.paths) - 1}\u00b7"


def _refuse_marker_in_constant(value: Any, path: str) -> None:
    if isinstance(value, str) and (MARK in value or value.startswith(RELATIVE_BASE)):
        raise DataLossError("reserved", "the value imitates a marker of the verifier", path=path)


def paths_of_leaves(document: Mapping[str, Any], contexts: ContextSet) -> list[str]:
    """The place of each text that ``flatten`` gives, in the same order."""
    marker = Marker(terms.constant_names(contexts), numbers=False)
    marker.marked_object(document, "$")
    return marker.paths
