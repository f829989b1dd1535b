"""Shape-compiled canonicalization: the JSON-LD algorithm runs once per shape, not once per document.

Which statements a document makes depends on its *shape* (names, nesting, array lengths, types, numbers,
contexts); the texts in it only fill places in those statements. So the first document of a shape is expanded
with every text replaced by a marker, and the places where the markers come out are remembered. Later
documents of that shape fill the places.

The markers also give safe mode (JSON-LD 1.1 API errata; Open Badges 3.0 asks for it): a marker that does not
come out stands for something that would not be signed, and that is an error with the place of the lost value.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.canonical import terms
from badges.canonical.expansion import RELATIVE_BASE, statements
from badges.canonical.nquads import ABSOLUTE_IRI, Quad, escape
from badges.errors import DataLossError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from badges.canonical.pinned import ContextSet

# Shapes kept; one takes about 60 KB. An attacker who sends ever new shapes only empties the cache.
MAX_SHAPES = 512
_MARK = "zq\u00b7"
_MARKER = re.compile(_MARK + r"([0-9]+)\u00b7")
_XSD_DOUBLE = "^^<http://www.w3.org/2001/XMLSchema#double>"
_RDF_FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"

# Tags in a shape key; each is followed by a fixed number of entries, so no two shapes share a key.
_TEXT, _CONSTANT, _OBJECT, _ARRAY, _NUMBER = range(5)

ShapeKey = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a term that a text fills: ``before`` + the text (escaped if a literal) + ``after``."""

    leaf: int
    is_literal: bool
    after: str

    def filled(self, leaves: Sequence[str]) -> str:
        """The term with the document's own text."""
        text = leaves[self.leaf]
        return f'"{escape(text)}{self.after}' if self.is_literal else f"<{text}>"


Piece = str | Place


@dataclass(frozen=True, slots=True)
class Shape:
    """What one expansion taught about every document of this shape.

    Attributes:
        quads: statements whose terms are text or places.
        iri_leaves: the numbers of texts that are used as IRIs.
        subject_leaves: those of them that name a node.
        depends_on_text: true when a text changes more than the place it fills, so that a document of this
            shape has to be expanded for itself.
        has_lists: true when two nodes of one name would merge their lists.
    """

    quads: tuple[tuple[Piece, Piece, Piece, Piece], ...]
    iri_leaves: tuple[int, ...]
    subject_leaves: tuple[int, ...]
    depends_on_text: bool
    has_lists: bool


class ShapeCache:
    """The most recently used shapes."""

    def __init__(self, limit: int = MAX_SHAPES) -> None:
        self.limit = limit
        self.shapes: OrderedDict[tuple[str, ShapeKey], Shape] = OrderedDict()

    def shape_of(self, document: Mapping[str, Any], key: ShapeKey, contexts: ContextSet) -> Shape:
        """The shape of this key, compiled from the document if it is new."""
        name = (contexts.fingerprint, key)
        found = self.shapes.get(name)
        if found is not None:
            self.shapes.move_to_end(name)
            return found
        compiled = compile_shape(document, contexts)
        self.shapes[name] = compiled
        if len(self.shapes) > self.limit:
            self.shapes.popitem(last=False)
        return compiled


def flatten(document: Mapping[str, Any], constant_names: frozenset[str]) -> tuple[ShapeKey, list[str]]:
    """The document as its shape and its texts, in document order.

    Args:
        document: a guarded document.
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
        _flatten_value(value, name in constant_names, constant_names, tokens, leaves)


def _flatten_value(
    value: Any,
    constant: bool,
    constant_names: frozenset[str],
    tokens: list[Any],
    leaves: list[str],
) -> None:
    if isinstance(value, str):
        if constant:
            tokens += (_CONSTANT, value)
        else:
            tokens.append(_TEXT)
            leaves.append(value)
    elif isinstance(value, dict):
        _flatten_object(value, constant_names, tokens, leaves)
    elif isinstance(value, list):
        tokens += (_ARRAY, len(value))
        for inner in value:
            _flatten_value(inner, constant, constant_names, tokens, leaves)
    else:
        # repr tells 1 from 1.0 and from true; None never passes the guard.
        tokens += (_NUMBER, repr(value))


class _Marker:
    """Copies a document with its texts (and, if asked, its numbers) replaced by numbered markers."""

    def __init__(self, constant_names: frozenset[str], *, numbers: bool) -> None:
        self.constant_names = constant_names
        self.numbers = numbers
        self.paths: list[str] = []

    def marked_object(self, node: Mapping[str, Any], path: str) -> dict[str, Any]:
        return {
            name: self.marked(value, f"{path}.{name}", constant=name in self.constant_names)
            for name, value in node.items()
        }

    def marked(self, value: Any, path: str, *, constant: bool) -> Any:
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
        return f"{_MARK}{len(self.paths) - 1}\u00b7"


def _refuse_marker_in_constant(value: Any, path: str) -> None:
    if isinstance(value, str) and (_MARK in value or value.startswith(RELATIVE_BASE)):
        raise DataLossError("reserved", "the value imitates a marker of the verifier", path=path)


def compile_shape(document: Mapping[str, Any], contexts: ContextSet) -> Shape:
    """Expand the document with markers and note where each comes out.

    Raises:
        DataLossError: ``undefined_term`` for a value that does not come out, ``undefined_type`` for a type or
            vocabulary word that no context defines, ``direction`` for ``@direction``.
        ContextError: as ``statements``.
    """
    _prove_numbers_survive(document, contexts)
    marker = _Marker(terms.constant_names(contexts), numbers=False)
    quads = statements(marker.marked_object(document, "$"), contexts)
    _prove_all_emerge(quads, marker.paths)
    _refuse_relative(quads)
    pieces = tuple(_pieces(quad) for quad in quads)
    places = [place for quad in pieces for place in quad if isinstance(place, Place)]
    subjects = {place.leaf for quad in pieces for place in (quad[0],) if isinstance(place, Place)}
    return Shape(
        quads=pieces,
        iri_leaves=tuple(sorted({place.leaf for place in places if not place.is_literal})),
        subject_leaves=tuple(sorted(subjects)),
        depends_on_text=any(_depends_on_text(term) for quad in pieces for term in quad),
        has_lists=any(quad[1] == _RDF_FIRST for quad in pieces),
    )


def _prove_numbers_survive(document: Mapping[str, Any], contexts: ContextSet) -> None:
    """Numbers are part of the shape, so a first pass marks them too, only to see that none is dropped."""
    marker = _Marker(terms.constant_names(contexts), numbers=True)
    marked = marker.marked_object(document, "$")
    texts = len(flatten(document, terms.constant_names(contexts))[1])
    if len(marker.paths) > texts:
        _prove_all_emerge(statements(marked, contexts), marker.paths)


def _prove_all_emerge(quads: Sequence[Quad], paths: Sequence[str]) -> None:
    emerged = {int(number) for quad in quads for term in quad for number in _MARKER.findall(term)}
    for leaf, path in enumerate(paths):
        if leaf not in emerged:
            raise DataLossError(
                "undefined_term", "no context defines this term, so it would not be signed", path=path
            )


def _refuse_relative(quads: Sequence[Quad]) -> None:
    """A relative IRI that holds no marker came from a type or a vocabulary word."""
    for quad in quads:
        for term in quad:
            if term.startswith(f"<{RELATIVE_BASE}") and not _MARKER.search(term):
                word = term[len(RELATIVE_BASE) + 1 : -1]
                raise DataLossError(
                    "undefined_type", f"no context defines {word[:80]!r}, so it would not be signed"
                )


def _pieces(quad: Quad) -> tuple[Piece, Piece, Piece, Piece]:
    return (_piece(quad[0]), _piece(quad[1]), _piece(quad[2]), _piece(quad[3]))


def _piece(term: str) -> Piece:
    match = _MARKER.search(term)
    if match is None:
        return term
    if term == f"<{RELATIVE_BASE}{match[0]}>":
        return Place(int(match[1]), is_literal=False, after=">")
    if term.startswith(f'"{match[0]}"') and not term.endswith(_XSD_DOUBLE):
        return Place(int(match[1]), is_literal=True, after=term[len(match[0]) + 1 :])
    return term


def _depends_on_text(term: Piece) -> bool:
    """A marker inside a longer text (a JSON literal, a double) cannot be filled by substitution."""
    return isinstance(term, str) and _MARKER.search(term) is not None


def fill(
    shape: Shape, document: Mapping[str, Any], leaves: Sequence[str], contexts: ContextSet
) -> list[Quad]:
    """The statements of one document of the shape.

    Raises:
        DataLossError: ``relative_iri`` or ``malformed_iri`` for an identifier that would not be signed as
            written.
    """
    if shape.depends_on_text or not _fills_cleanly(shape, leaves, contexts):
        return _expanded_for_itself(document, contexts)
    return [
        (
            _filled(quad[0], leaves),
            _filled(quad[1], leaves),
            _filled(quad[2], leaves),
            _filled(quad[3], leaves),
        )
        for quad in shape.quads
    ]


def _filled(piece: Piece, leaves: Sequence[str]) -> str:
    return piece if isinstance(piece, str) else piece.filled(leaves)


def _fills_cleanly(shape: Shape, leaves: Sequence[str], contexts: ContextSet) -> bool:
    names = terms.defined_names(contexts)
    for leaf in shape.iri_leaves:
        iri = leaves[leaf]
        if not ABSOLUTE_IRI.match(iri) or iri.partition(":")[0] in names:
            return False
    if not shape.has_lists:
        return True
    return len({leaves[leaf] for leaf in shape.subject_leaves}) == len(shape.subject_leaves)


def _expanded_for_itself(document: Mapping[str, Any], contexts: ContextSet) -> list[Quad]:
    """The slow way, for blank node names, compact IRIs and JSON literals; identifiers are judged too."""
    for path, identifier in identifiers(document):
        if identifier.startswith("@") or ":" not in identifier:
            raise DataLossError(
                "relative_iri", "a relative identifier would not be signed as written", path=path
            )
    quads = statements(document, contexts)
    for iri in {term for quad in quads for term in quad if term.startswith("<")}:
        if iri.startswith(f"<{RELATIVE_BASE}"):
            raise DataLossError(
                "relative_iri", f"{iri[1:81]!r} is relative and would not be signed as written"
            )
        if not ABSOLUTE_IRI.match(iri[1:-1]):
            raise DataLossError("malformed_iri", f"{iri[1:81]!r} is no IRI")
    return quads


def identifiers(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Every ``id`` of the document with its place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"id", "@id"} and isinstance(inner, str):
                yield f"{path}.{name}", inner
            else:
                yield from identifiers(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from identifiers(inner, f"{path}[{number}]")
