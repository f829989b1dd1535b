"""Evidence: the work that stands behind a badge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from badges.model.nodes import Node, iri, kind, several, text


@dataclass(frozen=True, kw_only=True)
class Evidence(Node):
    """A piece of work, by address, by narrative (Markdown) or both (Open Badges 3.0, B.1, Evidence)."""

    TYPE: ClassVar[str] = "Evidence"

    id: str | None = field(default=None, metadata=kind(iri))
    type: tuple[str, ...] = field(default=("Evidence",), metadata=kind(several(text)))
    name: str | None = field(default=None, metadata=kind(text))
    narrative: str | None = field(default=None, metadata=kind(text))
    description: str | None = field(default=None, metadata=kind(text))
    genre: str | None = field(default=None, metadata=kind(text))
    audience: str | None = field(default=None, metadata=kind(text))
