"""RDFC-1.0 (W3C RDF Dataset Canonicalization), with a budget against graphs built to take for ever.

The names of the steps are the specification's, section 4. The cost of telling blank nodes apart can grow
with the factorial of their number (a clique of ten takes hours), so every step of the expensive part is
counted, and the count is bounded.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import permutations
from typing import TYPE_CHECKING

from badges.canonical.nquads import Quad, line_of
from badges.errors import WorkBudgetExceededError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# Steps of Hash N-Degree Quads: one per quad looked at and per blank node of each order tried. Of the W3C
# cases that must be solved the dearest needs 6,636 (test044); real badges need none. 100,000 steps take
# about 0.2 s.
MAX_WORK = 40_000
# Blank nodes in one document; a badge has one for each result, alignment and identity without an id.
MAX_BLANK_NODES = 2_000


@dataclass
class IdentifierIssuer:
    """Issues ``_:<prefix>0``, ``_:<prefix>1``, … in the order of asking (section 4.5)."""

    prefix: str
    issued: dict[str, str] = field(default_factory=dict)

    def issue(self, identifier: str) -> str:
        """The identifier issued for this one, now or before."""
        known = self.issued.get(identifier)
        if known is None:
            known = f"_:{self.prefix}{len(self.issued)}"
            self.issued[identifier] = known
        return known

    def copy(self) -> IdentifierIssuer:
        """An issuer that goes on from here without changing this one."""
        return IdentifierIssuer(self.prefix, dict(self.issued))


@dataclass(frozen=True)
class Canonicalized:
    """The canonical dataset.

    Attributes:
        lines: sorted N-Quads lines, each with its line feed.
        labels: blank node of the input -> canonical label, both with ``_:``.
    """

    lines: tuple[str, ...]
    labels: Mapping[str, str]

    @property
    def text(self) -> str:
        """The canonical N-Quads document."""
        return "".join(self.lines)


def canonicalize(
    quads: Iterable[Quad], *, max_work: int = MAX_WORK, algorithm: str = "sha256"
) -> Canonicalized:
    """Canonicalize a dataset.

    Args:
        quads: the statements; duplicates count once.
        max_work: steps of Hash N-Degree Quads after which the document is refused.
        algorithm: ``sha256`` (the default of RDFC-1.0) or ``sha384``.

    Raises:
        WorkBudgetExceededError: ``canonicalization_budget`` or ``too_many_blank_nodes``.
    """
    dataset = list(dict.fromkeys(quads))
    run = _Run(_quads_by_blank_node(dataset), max_work, algorithm)
    labels = run.canonical_labels()
    lines = sorted(line_of(_relabelled(quad, labels)) for quad in dataset)
    return Canonicalized(tuple(lines), labels)


def _relabelled(quad: Quad, labels: Mapping[str, str]) -> Quad:
    subject, predicate, value, graph = quad
    return (labels.get(subject, subject), predicate, labels.get(value, value), labels.get(graph, graph))


def _quads_by_blank_node(dataset: Sequence[Quad]) -> dict[str, list[Quad]]:
    found: dict[str, list[Quad]] = {}
    for quad in dataset:
        for blank in {term for term in (quad[0], quad[2], quad[3]) if term.startswith("_:")}:
            found.setdefault(blank, []).append(quad)
    if len(found) > MAX_BLANK_NODES:
        message = f"{len(found)} blank nodes, the limit is {MAX_BLANK_NODES}"
        raise WorkBudgetExceededError("too_many_blank_nodes", message)
    return found


class _Run:
    """The canonicalization state of section 4.2 for one dataset."""

    def __init__(self, quads_of: Mapping[str, list[Quad]], max_work: int, algorithm: str) -> None:
        self.quads_of = quads_of
        self.work_left = max_work
        self.canonical = IdentifierIssuer("c14n")
        self.first_degree: dict[str, str] = {}
        self.new_hash: Callable[[bytes], hashlib._Hash] = getattr(hashlib, algorithm)

    def digest(self, text: str) -> str:
        return self.new_hash(text.encode("utf-8")).hexdigest()

    def spend(self, steps: int) -> None:
        self.work_left -= steps
        if self.work_left < 0:
            message = "telling the blank nodes apart would cost more than is allowed"
            raise WorkBudgetExceededError("canonicalization_budget", message)

    def canonical_labels(self) -> dict[str, str]:
        """Section 4.4.3, steps 3 to 5."""
        by_hash: dict[str, list[str]] = defaultdict(list)
        for blank in self.quads_of:
            self.first_degree[blank] = self.hash_first_degree(blank)
            by_hash[self.first_degree[blank]].append(blank)
        ambiguous = []
        for _, blanks in sorted(by_hash.items()):
            if len(blanks) == 1:
                self.canonical.issue(blanks[0])
            else:
                ambiguous.append(blanks)
        for blanks in ambiguous:
            self.label_group(blanks)
        return self.canonical.issued

    def label_group(self, blanks: Sequence[str]) -> None:
        """Step 5: blank nodes that share a first-degree hash."""
        paths: list[tuple[str, IdentifierIssuer]] = []
        for blank in blanks:
            if blank not in self.canonical.issued:
                issuer = IdentifierIssuer("b")
                issuer.issue(blank)
                paths.append(self.hash_n_degree(blank, issuer))
        for _, issuer in sorted(paths, key=lambda path: path[0]):
            for blank in issuer.issued:
                self.canonical.issue(blank)

    def hash_first_degree(self, reference: str) -> str:
        """Section 4.6: the quads around one blank node, with it as ``_:a`` and all others as ``_:z``."""
        lines = []
        for subject, predicate, value, graph in self.quads_of[reference]:
            marked = [_marked(term, reference) for term in (subject, value, graph)]
            lines.append(line_of((marked[0], predicate, marked[1], marked[2])))
        return self.digest("".join(sorted(lines)))

    def hash_related(self, related: str, quad: Quad, issuer: IdentifierIssuer, position: str) -> str:
        """Section 4.7."""
        identifier = self.canonical.issued.get(related) or issuer.issued.get(related)
        predicate = "" if position == "g" else quad[1]
        return self.digest(position + predicate + (identifier or self.first_degree[related]))

    def related_by_hash(self, identifier: str, issuer: IdentifierIssuer) -> list[tuple[str, list[str]]]:
        """Section 4.8, steps 1 to 3."""
        found: dict[str, list[str]] = defaultdict(list)
        for quad in self.quads_of[identifier]:
            for term, position in ((quad[0], "s"), (quad[2], "o"), (quad[3], "g")):
                if term.startswith("_:") and term != identifier:
                    found[self.hash_related(term, quad, issuer, position)].append(term)
        return sorted(found.items())

    def hash_n_degree(self, identifier: str, issuer: IdentifierIssuer) -> tuple[str, IdentifierIssuer]:
        """Section 4.8: the hash of a blank node by everything reachable from it."""
        self.spend(1 + len(self.quads_of[identifier]))
        data: list[str] = []
        for related_hash, related in self.related_by_hash(identifier, issuer):
            path, issuer = self.shortest_path(related, issuer)
            data += (related_hash, path)
        return self.digest("".join(data)), issuer

    def shortest_path(self, related: Sequence[str], issuer: IdentifierIssuer) -> tuple[str, IdentifierIssuer]:
        """Step 5: the least path over all orders of the related blank nodes."""
        chosen_path, chosen_issuer = "", issuer
        for order in permutations(related):
            self.spend(len(related))
            candidate = self.path_of(order, issuer.copy(), chosen_path)
            if candidate is not None and (not chosen_path or candidate[0] < chosen_path):
                chosen_path, chosen_issuer = candidate
        return chosen_path, chosen_issuer

    def path_of(
        self, order: Sequence[str], issuer: IdentifierIssuer, chosen: str
    ) -> tuple[str, IdentifierIssuer] | None:
        """Steps 5.4.1 to 5.4.5: one order's path, or None as soon as it cannot be the least."""
        path, recursion = "", []
        for related in order:
            if related in self.canonical.issued:
                path += self.canonical.issued[related]
            else:
                if related not in issuer.issued:
                    recursion.append(related)
                path += issuer.issue(related)
            if _cannot_win(path, chosen):
                return None
        for related in recursion:
            digest, deeper = self.hash_n_degree(related, issuer)
            path += issuer.issue(related) + f"<{digest}>"
            issuer = deeper
            if _cannot_win(path, chosen):
                return None
        return path, issuer


def _marked(term: str, reference: str) -> str:
    if not term.startswith("_:"):
        return term
    return "_:a" if term == reference else "_:z"


def _cannot_win(path: str, chosen: str) -> bool:
    return bool(chosen) and len(path) >= len(chosen) and path > chosen
