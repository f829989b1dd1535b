"""Shape-compiled canonicalization: the JSON-LD algorithm runs once per shape, not once per document.

Which statements a document makes depends on its *shape* (names, nesting, array lengths, types, numbers,
contexts); the texts in it only fill places in those statements. So the first document of a shape is expanded
with every text replaced by a marker, and the places where the markers come out are remembered. Later
documents of that shape fill the places.

The markers also give safe mode (JSON-LD 1.1 API errata; Open Badges 3.0 asks for it): a marker that does not
come out stands for something that would not be signed, and that is an error with the place of the lost value.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from badges.canonical import terms
from badges.canonical.expansion import RELATIVE_BASE, statements
from badges.canonical.extraction import Extraction, generate_extraction
from badges.canonical.generated import CanonicalText, GivesUpError, Term, TermQuad, escaped_leaves, generate
from badges.canonical.guard import guard_shape
from badges.canonical.leaves import MARK, MARKER, Marker, ShapeKey
from badges.canonical.nquads import ABSOLUTE_IRI, BLANK_NODE, Quad, escape
from badges.canonical.portable import refuse_unportable
from badges.errors import DataLossError, ProofError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from badges.canonical.pinned import ContextSet

# Shapes kept; one takes about 60 KB. An attacker who sends ever new shapes only empties the cache.
MAX_SHAPES = 512
# Shapes with the same outermost names that are tried one after the other.
MAX_TRIED = 4
# Ways in which nodes of one shape share names that are compiled; honest badges have one.
MAX_VARIANTS = 8
# Identifiers remembered as well formed.
MAX_IRIS = 4_096
_XSD_DOUBLE = "^^<http://www.w3.org/2001/XMLSchema#double>"
_RDF_FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"


@dataclass(frozen=True, slots=True)
class Shape:
    """What one expansion taught about every document of this shape.

    Attributes:
        quads: the statements, each once.
        iri_leaves: the numbers of texts that are used as IRIs.
        subject_leaves: those of them that name a node.
        depends_on_text: true when a text changes more than the place it fills, so that a document of this
            shape has to be expanded for itself.
        list_owners: the numbers of texts that name a node with a list; two of one name would merge them.
        variants: the generated functions, one for each way in which names of nodes may be equal (an issuer
            that is also the creator); None where the full algorithm has to serve.
        plain_numbers: whether all verifiers read its numbers alike.
        names: every member name in it.
    """

    quads: tuple[TermQuad, ...]
    iri_leaves: tuple[int, ...]
    subject_leaves: tuple[int, ...]
    depends_on_text: bool
    list_owners: tuple[int, ...]
    variants: dict[tuple[int, ...], CanonicalText | None]
    plain_numbers: bool
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recognized:
    """A document whose shape has been met before, taken apart."""

    key: ShapeKey
    shape: Shape
    leaves: Sequence[str]


class ShapeCache:
    """The most recently used shapes; threads may share it."""

    def __init__(self, limit: int = MAX_SHAPES) -> None:
        self.limit = limit
        self.shapes: OrderedDict[tuple[str, ShapeKey], Shape] = OrderedDict()
        self.lock = threading.Lock()
        # By the outermost names of a document, what to try first.
        self.recent: dict[tuple[Any, ...], tuple[tuple[Extraction, ShapeKey, Shape], ...]] = {}

    def recognize(self, document: Mapping[str, Any], contexts: ContextSet) -> Recognized | None:
        """The document taken apart if its shape is among the last that were met, else None."""
        for extract, key, shape in self.recent.get((contexts.fingerprint, *document), ()):
            texts = extract(document)
            if texts is not None:
                return Recognized(key, shape, texts)
        return None

    def shape_of(self, document: Mapping[str, Any], key: ShapeKey, contexts: ContextSet) -> Shape:
        """The shape of this key, compiled from the document if it is new."""
        name = (contexts.fingerprint, key)
        with self.lock:
            found = self.shapes.get(name)
            if found is not None:
                self.shapes.move_to_end(name)
                self._expect(document, key, found, contexts)
                return found
        guard_shape(document, inline=contexts.inline)
        # One at a time: PyLD keeps caches of its own that know nothing of threads.
        with _COMPILING:
            compiled = compile_shape(document, contexts)
        with self.lock:
            self.shapes[name] = compiled
            if len(self.shapes) > self.limit:
                self.shapes.popitem(last=False)
        return compiled

    def _expect(self, document: Mapping[str, Any], key: ShapeKey, shape: Shape, contexts: ContextSet) -> None:
        """A shape that came back will come again, so it gets a function that takes it apart."""
        hint = (contexts.fingerprint, *document)
        others = [known for known in self.recent.pop(hint, ()) if known[1] != key]
        if len(self.recent) >= self.limit // MAX_TRIED:
            self.recent.clear()
        self.recent[hint] = ((generate_extraction(key), key, shape), *others[: MAX_TRIED - 1])

    def forget(self) -> None:
        """Begin anew."""
        with self.lock:
            self.shapes.clear()
            self.recent.clear()


_COMPILING = threading.Lock()


def compile_shape(document: Mapping[str, Any], contexts: ContextSet) -> Shape:
    """Expand the document with markers and note where each comes out.

    Raises:
        DataLossError: ``undefined_term`` for a value that does not come out, ``undefined_type`` for a type or
            vocabulary word that no context defines, ``direction`` for ``@direction``.
        ContextError: as ``statements``.
    """
    _prove_constants_survive(document, contexts)
    if MARK in repr(document.get("@context")):
        raise DataLossError("reserved", "a context imitates a marker of the verifier", path="$.@context")
    marker = Marker(terms.constant_names(contexts), everything=False)
    quads = statements(marker.marked_object(document, "$"), contexts)
    _prove_all_emerge(quads, marker.paths)
    _refuse_relative(quads)
    found = tuple(dict.fromkeys(_terms_of(quad) for quad in quads))
    places = [term for quad in found for term in quad if term.leaf is not None]
    # A context of the document's own may define prefixes and vocabulary words that are not known here.
    depends_on_text = contexts.inline or any(MARKER.search(term.before) for quad in found for term in quad)
    return Shape(
        quads=found,
        iri_leaves=tuple(
            sorted({term.leaf for term in places if term.leaf is not None and not term.is_literal})
        ),
        subject_leaves=tuple(sorted({quad[0].leaf for quad in found if quad[0].leaf is not None})),
        depends_on_text=depends_on_text,
        list_owners=_list_owners(found),
        variants={},
        plain_numbers=_has_plain_numbers(document),
        names=frozenset(_names_in(document)),
    )


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names_in(inner)


def _has_plain_numbers(document: Mapping[str, Any]) -> bool:
    try:
        refuse_unportable(document)
    except ProofError as fault:
        return fault.code != "number_not_portable"
    return True


def _variant(shape: Shape, pattern: tuple[int, ...]) -> CanonicalText | None:
    """The generated function for nodes whose names are equal in this way, made when it is first needed."""
    if pattern not in shape.variants:
        if len(shape.variants) >= MAX_VARIANTS:
            return None
        shape.variants[pattern] = _generated(_merged(shape, pattern))
    return shape.variants[pattern]


def _generated(quads: Sequence[TermQuad]) -> CanonicalText | None:
    try:
        return generate(quads)
    except GivesUpError:
        return None


def _merged(shape: Shape, pattern: tuple[int, ...]) -> Sequence[TermQuad]:
    """The statements with one place for each name that several nodes share."""
    same = {
        leaf: shape.subject_leaves[first] for leaf, first in zip(shape.subject_leaves, pattern, strict=False)
    }

    def renamed(term: Term) -> Term:
        if term.is_literal or term.leaf is None:
            return term
        return replace(term, leaf=same.get(term.leaf, term.leaf))

    merged = ((renamed(s), p, renamed(o), renamed(g)) for s, p, o, g in shape.quads)
    return tuple(dict.fromkeys(merged))


def _prove_constants_survive(document: Mapping[str, Any], contexts: ContextSet) -> None:
    """Numbers, types and vocabulary words are part of the shape, so a first pass marks them too."""
    marker = Marker(terms.constant_names(contexts), everything=True)
    _prove_all_emerge(statements(marker.marked_object(document, "$"), contexts), marker.paths)


def _prove_all_emerge(quads: Sequence[Quad], paths: Sequence[str]) -> None:
    emerged = {int(number) for quad in quads for term in quad for number in MARKER.findall(term)}
    for leaf, path in enumerate(paths):
        if leaf not in emerged:
            raise DataLossError(
                "undefined_term", "no context defines this term, so it would not be signed", path=path
            )


def _refuse_relative(quads: Sequence[Quad]) -> None:
    """A relative IRI that holds no marker came from a type or a vocabulary word."""
    for term in {term for quad in quads for term in quad if term.startswith("<")}:
        if term.startswith(f"<{RELATIVE_BASE}") and not MARKER.search(term):
            word = term[len(RELATIVE_BASE) + 1 : -1]
            raise DataLossError(
                "undefined_type", f"no context defines {word[:80]!r}, so it would not be signed"
            )
        if not ABSOLUTE_IRI.match(term[1:-1]):
            raise DataLossError("malformed_iri", f"{term[1:81]!r} is no IRI")


def _list_owners(quads: Sequence[TermQuad]) -> tuple[int, ...]:
    heads = {quad[0].blank for quad in quads if quad[1].before == _RDF_FIRST}
    return tuple({quad[0].leaf for quad in quads if quad[2].blank in heads and quad[0].leaf is not None})


def _terms_of(quad: Quad) -> TermQuad:
    return (_term_of(quad[0]), _term_of(quad[1]), _term_of(quad[2]), _term_of(quad[3]))


def _term_of(text: str) -> Term:
    if text.startswith("_:"):
        return Term("", blank=text)
    match = MARKER.search(text)
    if match is None:
        return Term(text)
    if text == f"<{RELATIVE_BASE}{match[0]}>":
        return Term("<", int(match[1]), ">")
    if text.startswith(f'"{match[0]}"') and not text.endswith(_XSD_DOUBLE):
        return Term('"', int(match[1]), text[len(match[0]) + 1 :], is_literal=True)
    # A marker inside a longer text (a JSON literal, a double): substitution would not do.
    return Term(text)


def fill(
    shape: Shape, document: Mapping[str, Any], leaves: Sequence[str], contexts: ContextSet
) -> list[Quad]:
    """The statements of one document of the shape.

    Raises:
        DataLossError: ``relative_iri`` or ``malformed_iri`` for an identifier that would not be signed as
            written.
    """
    if shape.depends_on_text or not fills_cleanly(shape, leaves, contexts):
        _refuse_dropped_identifiers(shape, leaves)
        return _expanded_for_itself(document, contexts)
    return [
        (_filled(quad[0], leaves), quad[1].before, _filled(quad[2], leaves), _filled(quad[3], leaves))
        for quad in shape.quads
    ]


def canonical_text(shape: Shape, leaves: Sequence[str]) -> str | None:
    """The canonical text by the generated function, or None when the full algorithm has to decide.

    The caller has made sure by ``fills_cleanly`` that the texts may be filled in.
    """
    if shape.depends_on_text:
        return None
    names = [leaves[leaf] for leaf in shape.subject_leaves]
    pattern = () if len(set(names)) == len(names) else tuple(map(names.index, names))
    function = _variant(shape, pattern)
    return None if function is None else function(leaves, escaped_leaves(leaves))


def _filled(term: Term, leaves: Sequence[str]) -> str:
    if term.blank is not None:
        return term.blank
    if term.leaf is None:
        return term.before
    text = leaves[term.leaf]
    return f"{term.before}{escape(text) if term.is_literal else text}{term.after}"


def fills_cleanly(shape: Shape, leaves: Sequence[str], contexts: ContextSet) -> bool:
    """Whether every identifier means just itself, and no two nodes would merge their lists."""
    iris = [leaves[leaf] for leaf in shape.iri_leaves]
    plain = _plain_iris(contexts)
    if not plain.issuperset(iris):
        if not all(_is_plain_iri(iri, contexts) for iri in iris):
            return False
        if len(plain) > MAX_IRIS:
            plain.clear()
        plain.update(iris)
    owners = shape.list_owners
    return len(owners) < 2 or len({leaves[leaf] for leaf in owners}) == len(owners)  # noqa: PLR2004 - a pair


@functools.lru_cache(maxsize=MAX_IRIS)
def is_absolute_iri(text: str) -> bool:
    """Whether the text is an absolute IRI."""
    return bool(ABSOLUTE_IRI.match(text))


@functools.lru_cache(maxsize=8)
def _plain_iris(_contexts: ContextSet) -> set[str]:
    """Identifiers that were found to mean just themselves; badges of one program share most of theirs."""
    return set()


def _is_plain_iri(iri: str, contexts: ContextSet) -> bool:
    """Absolute, well formed, and no compact IRI."""
    return bool(ABSOLUTE_IRI.match(iri)) and iri.partition(":")[0] not in terms.defined_names(contexts)


def _refuse_dropped_identifiers(shape: Shape, leaves: Sequence[str]) -> None:
    """PyLD drops every statement about what it does not take for an identifier."""
    for leaf in shape.iri_leaves:
        if not ABSOLUTE_IRI.match(leaves[leaf]) and not BLANK_NODE.match(leaves[leaf]):
            code = "malformed_iri" if ":" in leaves[leaf] else "relative_iri"
            raise DataLossError(code, f"{leaves[leaf][:80]!r} is no IRI and would not be signed as written")


def _expanded_for_itself(document: Mapping[str, Any], contexts: ContextSet) -> list[Quad]:
    """The slow way, for blank node names, compact IRIs and JSON literals; identifiers are judged too."""
    for path, identifier in identifiers(document):
        if identifier.startswith("@") or ":" not in identifier:
            raise DataLossError(
                "relative_iri", "a relative identifier would not be signed as written", path=path
            )
    with _COMPILING:
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
