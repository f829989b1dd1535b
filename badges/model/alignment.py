"""Alignment: where an achievement, a result or a level stands in somebody's framework (CASE or other)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from badges.model.nodes import Node, iri, kind, several, text


@dataclass(frozen=True, kw_only=True)
class Alignment(Node):
    """A pointer into a framework (Open Badges 3.0, B.1, Alignment)."""

    TYPE: ClassVar[str] = "Alignment"

    type: tuple[str, ...] = field(default=("Alignment",), metadata=kind(several(text)))
    target_name: str = field(metadata=kind(text))
    target_url: str = field(metadata=kind(iri))
    target_code: str | None = field(default=None, metadata=kind(text))
    target_description: str | None = field(default=None, metadata=kind(text))
    target_framework: str | None = field(default=None, metadata=kind(text))
    target_type: str | None = field(default=None, metadata=kind(text))
