"""A document as a shape and its texts, and the same document with markers in place of the texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from badges.canonical import terms
from badges.canonical.expansion import RELATIVE_BASE
from badges.canonical.nquads import ABSOLUTE_IRI
from badges.errors import DataLossError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from badges.canonical.pinned import ContextSet

MARK = "zq\u00b7"
MARKER = re.compile(MARK + r"([0-9]+)\u00b7")

# Tags in a shape key; each is followed by a fixed number of entries, so no two shapes share a key.
TEXT, CONSTANT, OBJECT, ARRAY, NUMBER = range(5)

_TYPES = frozenset({"type", "@type"})
_NO_WORDS = frozenset({"@language", "@direction"})
_TERM = re.compile(r"(?!@)[^\s\x00-\x20<>\"{}|^`\\]*\Z")

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
    tokens += (OBJECT, len(node))
    for name, value in node.items():
        tokens.append(name)
        # The common case first: this loop sees every member of every document.
        if type(value) is str and name not in constant_names:
            tokens.append(TEXT)
            leaves.append(value)
        elif name == "@context":
            tokens += (CONSTANT, repr(value))
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
        tokens += (ARRAY, len(value))
        for inner in value:
            _flatten_value(inner, constant, constant_names, tokens, leaves)
    elif isinstance(value, str):
        if constant:
            tokens += (CONSTANT, value)
        else:
            tokens.append(TEXT)
            leaves.append(value)
    else:
        # repr tells 1 from 1.0 and from true.
        tokens += (NUMBER, repr(value))


class Marker:
    """Copies a document with its texts replaced by numbered markers.

    With ``everything``, what belongs to the shape is marked too, only to see that none of it is dropped:
    numbers, vocabulary words, and of each object with a type one type more.
    """

    def __init__(self, constant_names: frozenset[str], *, everything: bool) -> None:
        self.constant_names = constant_names
        self.everything = everything
        self.paths: list[str] = []

    def marked_object(self, node: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The object with markers."""
        marked = {name: self.member(name, value, f"{path}.{name}") for name, value in node.items()}
        if self.everything and "@value" not in node:
            for name in _TYPES & node.keys():
                types = marked[name] if isinstance(marked[name], list) else [marked[name]]
                marked[name] = [*types, f"urn:{self.mark(f'{path}.{name}')}"]
        return marked

    def member(self, name: str, value: Any, path: str) -> Any:
        """The value of a member with markers."""
        if name == "@context":
            return value
        return self.constant(name, value, path) if name in self.constant_names else self.marked(value, path)

    def constant(self, name: str, value: Any, path: str) -> Any:
        """A type or another word of a vocabulary."""
        if isinstance(value, dict):
            return self.marked_object(value, path)
        if isinstance(value, list):
            return [self.constant(name, inner, f"{path}[{number}]") for number, inner in enumerate(value)]
        if isinstance(value, str):
            _refuse_unsound_word(name, value, path)
            if self.everything and name not in terms.ALWAYS_CONSTANT:
                return f"urn:{self.mark(path)}"
        return value

    def marked(self, value: Any, path: str) -> Any:
        """The value with markers."""
        if isinstance(value, dict):
            return self.marked_object(value, path)
        if isinstance(value, list):
            return [self.marked(inner, f"{path}[{number}]") for number, inner in enumerate(value)]
        return self.mark(path) if isinstance(value, str) or self.everything else value

    def mark(self, path: str) -> str:
        """The next marker; it stands for what is at this place."""
        self.paths.append(path)
        return f"{MARK}{len(self.paths) - 1}\u00b7"


def _refuse_unsound_word(name: str, word: str, path: str) -> None:
    """A word that is no term and no IRI would be dropped without a sign; a false IRI would not stay one."""
    if MARK in word or word.startswith(RELATIVE_BASE):
        raise DataLossError("reserved", "the value imitates a marker of the verifier", path=path)
    if name in _NO_WORDS or (name == "@type" and word == "@json"):
        return
    if not (ABSOLUTE_IRI if ":" in word else _TERM).match(word):
        message = f"{word[:80]!r} is neither a term nor an IRI, so it would not be signed"
        raise DataLossError("undefined_type", message, path=path)


def paths_of_leaves(document: Mapping[str, Any], contexts: ContextSet) -> list[str]:
    """The place of each text that ``flatten`` gives, in the same order."""
    marker = Marker(terms.constant_names(contexts), everything=False)
    marker.marked_object(document, "$")
    return marker.paths
