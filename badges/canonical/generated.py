"""Writes, for one shape, the Python function that turns texts into the canonical form.

Most of RDFC-1.0 is known once the shape is known: which statements there are, which of them touch a blank
node, and the order of nearly all lines. What is left to a document is to fill in its texts, to hash the few
statements around each blank node, and to sort a few dozen blocks. The generated function does just that:

* lines are grouped in blocks by subject, and in a block by predicate; only blocks, and the lines of one
predicate
  among which a text or a blank node decides, are sorted when the function runs;
* a blank node's first-degree hash is taken over one formatted text;
* when two blank nodes get the same hash, or two subjects the same name, the function gives up (returns None)
and
  the full algorithm decides.

Names in the generated code are numbers only; every text of a document or a context enters it as an escaped
string literal, never as code.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from badges.canonical.nquads import escape

if TYPE_CHECKING:
    from collections.abc import Sequence


class CanonicalText(Protocol):
    """The generated function."""

    def __call__(self, raw: Sequence[str], escaped: Sequence[str], /) -> str | None:
        """The canonical text of a document's texts, or None when the full algorithm has to decide."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a statement.

    Attributes:
        before, after: constant text around the place; all of the term when there is no place.
        leaf: the number of the text that fills the place, or None.
        is_literal: whether the text is escaped.
        blank: the label, if the term is a blank node.
    """

    before: str
    leaf: int | None = None
    after: str = ""
    is_literal: bool = False
    blank: str | None = None

    @property
    def is_constant(self) -> bool:
        """Whether neither a text nor a label has to be filled in."""
        return self.leaf is None and self.blank is None


TermQuad = tuple[Term, Term, Term, Term]


class GivesUpError(Exception):
    """The shape has something that the generated code does not do; the full algorithm serves it."""


def generate(quads: Sequence[TermQuad]) -> CanonicalText:
    """The canonicalizing function of a shape.

    Args:
        quads: the shape's statements, each once.

    Raises:
        GivesUpError: the shape is not one that can be served this way.
    """
    writer = _Writer(quads)
    body = [*writer.blank_nodes(), *writer.blocks()]
    source = "\n".join(["def canonical_text(raw, escaped):", *(f"    {line}" for line in body)])
    names: dict[str, object] = {"sha256": hashlib.sha256}
    exec(compile(source, "<shape>", "exec"), names)  # noqa: S102 - made of numbers and escaped literals only
    function: CanonicalText = names["canonical_text"]  # type: ignore[assignment] # what exec defined, mypy cannot see
    return function


class _Writer:
    def __init__(self, quads: Sequence[TermQuad]) -> None:
        self.quads = quads
        self.touching: dict[str, list[TermQuad]] = defaultdict(list)
        for quad in quads:
            for label in dict.fromkeys(term.blank for term in quad if term.blank):
                self.touching[label].append(quad)
        self.numbers = {label: number for number, label in enumerate(self.touching)}

    def blank_nodes(self) -> list[str]:
        """Code that gives every blank node its canonical label ``b0``, ``b1``, …."""
        count = len(self.numbers)
        if count <= 1:
            return ["b0 = '_:c14n0'"] * count
        hashes = [f"h{number} = {self.first_degree(label)}" for label, number in self.numbers.items()]
        names = ", ".join(f"h{n}" for n in range(count))
        pairs = ", ".join(f"(h{n}, {n})" for n in range(count))
        return [
            *hashes,
            f"if len({{{names}}}) != {count}: return None",
            f"labels = [''] * {count}",
            f"for place, (_, number) in enumerate(sorted(({pairs}))): labels[number] = '_:c14n%d' % place",
            f"{', '.join(f'b{n}' for n in range(count))} = labels",
        ]

    def first_degree(self, label: str) -> str:
        """An expression for section 4.6 of RDFC-1.0: the hash of the statements around one blank node."""
        quads = self.touching[label]
        masked = [_masked_quad(quad, label) for quad in quads]
        if all(term.is_constant for quad in masked for term in quad):
            text = "".join(sorted("".join(term.before for term in _spaced(quad)) for quad in masked))
            return repr(hashlib.sha256(text.encode()).hexdigest())
        with_text = [quad for quad in masked if not all(term.is_constant for term in quad)]
        for quad, mask in zip(quads, masked, strict=True):
            # Equal texts make equal statements, which count once; equal masks of different nodes count each.
            if mask in with_text and any(term.blank not in {None, label} for term in quad):
                raise GivesUpError
        groups = _grouped(masked)
        if len({key[0] for key in groups if key[0].before.startswith("<")}) > 1:
            raise GivesUpError
        ordered = sorted(groups.items(), key=lambda item: (item[0][0].before, item[0][1].before))
        return (
            f"sha256(({self.concatenated([quads for _, quads in ordered], sets=False)}).encode()).hexdigest()"
        )

    def blocks(self) -> list[str]:
        """Code that builds one block of lines per subject and joins the blocks in order."""
        by_subject: dict[Term, list[TermQuad]] = defaultdict(list)
        for quad in self.quads:
            by_subject[quad[0]].append(quad)
        entries = []
        for subject, quads in by_subject.items():
            ordered = sorted(_grouped(quads).items(), key=lambda item: item[0][1].before)
            text = self.concatenated([group for _, group in ordered], sets=True)
            entries.append(f"{self.formatted([subject])}: {text}")
        return [
            f"blocks = {{{', '.join(entries)}}}",
            f"if len(blocks) != {len(entries)}: return None",
            "return ''.join([blocks[subject] for subject in sorted(blocks)])",
        ]

    def concatenated(self, groups: Sequence[Sequence[TermQuad]], *, sets: bool) -> str:
        """An expression for groups of lines, each group sorted within itself."""
        parts: list[str] = []
        settled: list[Term] = []
        for group in groups:
            if len(group) > 1 and any(not term.is_constant for quad in group for term in quad[2:]):
                parts += [self.formatted(settled)] * bool(settled) + [self.sorted_lines(group, sets=sets)]
                settled = []
            else:
                lines = sorted(group, key=lambda quad: (quad[2].before, quad[3].before))
                settled += [term for quad in lines for term in _spaced(quad)]
        return " + ".join(parts + [self.formatted(settled)] * bool(settled))

    def sorted_lines(self, group: Sequence[TermQuad], *, sets: bool) -> str:
        """An expression for the lines of one subject and predicate whose order the texts decide."""
        lines = [self.formatted(_spaced(quad)) for quad in group]
        if sets:
            return f"''.join(sorted({{{', '.join(lines)}}}))"
        filled = [
            line for line, quad in zip(lines, group, strict=True) if any(t.leaf is not None for t in quad)
        ]
        others = [line for line, quad in zip(lines, group, strict=True) if all(t.leaf is None for t in quad)]
        once = [f"*{{{', '.join(filled)}}}"] if filled else []
        return f"''.join(sorted([{', '.join(once + others)}]))"

    def formatted(self, pieces: Sequence[Term]) -> str:
        """One f-string of all the pieces."""
        return "f'" + "".join(self.field(term) for term in pieces) + "'"

    def field(self, term: Term) -> str:
        if term.blank is not None:
            return f"{{b{self.numbers[term.blank]}}}"
        if term.leaf is None:
            return _quoted(term.before)
        source = "escaped" if term.is_literal else "raw"
        return f"{_quoted(term.before)}{{{source}[{term.leaf}]}}{_quoted(term.after)}"


def _masked_quad(quad: TermQuad, reference: str) -> TermQuad:
    return (_masked(quad[0], reference), quad[1], _masked(quad[2], reference), _masked(quad[3], reference))


def _masked(term: Term, reference: str) -> Term:
    if term.blank is None:
        return term
    return Term("_:a" if term.blank == reference else "_:z")


def _grouped(quads: Sequence[TermQuad]) -> dict[tuple[Term, Term], list[TermQuad]]:
    """The quads by subject and predicate."""
    groups: dict[tuple[Term, Term], list[TermQuad]] = defaultdict(list)
    for quad in quads:
        groups[quad[0], quad[1]].append(quad)
    return groups


_SPACE, _END = Term(" "), Term(" .\n")


def _spaced(quad: TermQuad) -> list[Term]:
    """The terms of a line with what stands between them."""
    graph = [] if quad[3] == Term("") else [_SPACE, quad[3]]
    return [quad[0], _SPACE, quad[1], _SPACE, quad[2], *graph, _END]


def _quoted(text: str) -> str:
    """Constant text inside a single-quoted f-string."""
    escaped_text = text.encode("unicode_escape").decode("ascii").replace("'", "\\'")
    return escaped_text.replace("{", "{{").replace("}", "}}")


def escaped_leaves(leaves: Sequence[str]) -> Sequence[str]:
    """The texts as they stand in literals; one look at all of them together is usually enough."""
    together = "".join(leaves)
    if together.isprintable() and '"' not in together and "\\" not in together:
        return leaves
    return [escape(leaf) for leaf in leaves]
