"""Checks 2 to 5 for a shape that has passed them before.

What the shape guard, the contexts, the types and the schema ask of a badge is a matter of its shape, but for
two things: identifiers must be IRIs and dates must be dates. Once a badge has passed in full, the next one of
its shape needs only these two looked at.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import fields as kinds

from badges.canonical import primary
from badges.canonical.pinned import CREDENTIALS_V2
from badges.canonical.shapes import MAX_SHAPES, is_absolute_iri
from badges.errors import BadgeError
from badges.instants import read_instant
from badges.model import OpenBadgeCredential
from badges.model.nodes import Instant, NodeField, Several, schema_of
from badges.verify.structure import described_nodes
from badges.verify.view import several

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from badges.canonical.leaves import ShapeKey
    from badges.canonical.primary import Prepared
    from badges.report import Check


@dataclass(frozen=True, slots=True)
class Familiar:
    """What is known of a shape that has passed.

    Attributes:
        checks: checks 2 to 5 as they came out.
        iris, instants: numbers of the texts that the model wants to be identifiers and dates.
        names: numbers of the texts that name nodes which may be described only once.
    """

    checks: tuple[Check, ...]
    iris: tuple[int, ...]
    instants: tuple[int, ...]
    names: tuple[int, ...]


@dataclass
class FamiliarShapes:
    """The most recently met shapes that passed checks 2 to 5."""

    limit: int = MAX_SHAPES
    known: OrderedDict[ShapeKey, Familiar] = field(default_factory=OrderedDict)

    def checks_of(self, prepared: Prepared) -> tuple[Check, ...] | None:
        """Checks 2 to 5 of a badge of a familiar shape, or None when they have to be made in full."""
        familiar = self.known.get(prepared.key)
        if familiar is None:
            return None
        leaves = prepared.leaves
        try:
            prepared.prove_lossless()
            for leaf in familiar.instants:
                read_instant(leaves[leaf])
        except BadgeError:
            return None
        if not all(is_absolute_iri(leaves[leaf]) for leaf in familiar.iris):
            return None
        if len({leaves[leaf] for leaf in familiar.names}) != len(familiar.names):
            return None
        return familiar.checks

    def learn(self, prepared: Prepared, checks: Sequence[Check]) -> None:
        """Remember the shape of a badge that has passed; older models are always checked in full."""
        if prepared.document["@context"][0] != CREDENTIALS_V2:
            return
        wanted = dict(_wanted(OpenBadgeCredential, prepared.document, "$"))
        numbered = list(enumerate(primary.leaf_paths(prepared)))
        iris = tuple(number for number, path in numbered if wanted.get(path) == "iri")
        instants = tuple(number for number, path in numbered if wanted.get(path) == "instant")
        described = {f"{path}.id" for path, _ in described_nodes(prepared.document)}
        names = tuple(number for number, path in numbered if path in described)
        self.known[prepared.key] = Familiar(tuple(checks), iris, instants, names)
        if len(self.known) > self.limit:
            with contextlib.suppress(KeyError):
                # Another thread may have made room already.
                self.known.popitem(last=False)


def _wanted(node_type: Any, value: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The paths of the texts that the model wants to be identifiers or dates."""
    for known in schema_of(node_type).fields.values():
        name = str(known.data_key)
        if name in value:
            yield from _wanted_of(known, value[name], f"{path}.{name}")


def _wanted_of(known: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(known, Several):
        for number, inner in enumerate(several(value)):
            yield from _wanted_of(
                known.inner, inner, f"{path}[{number}]" if isinstance(value, list) else path
            )
    elif isinstance(known, Instant):
        yield path, "instant"
    elif isinstance(known, NodeField) and isinstance(value, dict):
        yield from _wanted(known.node_type(), value, path)
    elif isinstance(known, NodeField) or (isinstance(known, kinds.String) and known.validators):
        yield path, "iri"
