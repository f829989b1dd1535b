"""The achievement itself, and the claim that somebody has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from badges.errors import ModelError
from badges.model.alignment import Alignment
from badges.model.identity import IdentifierEntry, IdentityObject
from badges.model.nodes import Instant, Node, Number, iri, kind, node, raw, several, text
from badges.model.profile import Image, Profile
from badges.model.result import Result, ResultDescription

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Criteria(Node):
    """How the achievement is earned, by address or in Markdown (Open Badges 3.0, B.1, Criteria)."""

    id: str | None = field(default=None, metadata=kind(iri))
    narrative: str | None = field(default=None, metadata=kind(text))

    def __post_init__(self) -> None:
        if self.id is None and self.narrative is None:
            raise ModelError("model", "Criteria need an id or a narrative.", path="$.criteria")


@dataclass(frozen=True, kw_only=True)
class Related(Node):
    """Another achievement that this one has to do with (B.1, Related)."""

    TYPE: ClassVar[str] = "Related"

    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(default=("Related",), metadata=kind(several(text)))
    in_language: str | None = field(default=None, metadata=kind(text))
    version: str | None = field(default=None, metadata=kind(text))


@dataclass(frozen=True, kw_only=True)
class Achievement(Node):
    """What can be earned (B.1, Achievement)."""

    TYPE: ClassVar[str] = "Achievement"

    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(default=("Achievement",), metadata=kind(several(text)))
    name: str = field(metadata=kind(text))
    description: str = field(metadata=kind(text))
    criteria: Criteria = field(metadata=kind(node(lambda: Criteria)))
    achievement_type: str | None = field(default=None, metadata=kind(text))
    alignment: tuple[Alignment, ...] = field(default=(), metadata=kind(several(node(lambda: Alignment))))
    creator: Profile | str | None = field(default=None, metadata=kind(node(lambda: Profile, or_iri=True)))
    credits_available: float | None = field(default=None, metadata=kind(Number))
    endorsement: tuple[Mapping[str, object], ...] = field(default=(), metadata=kind(several(raw)))
    endorsement_jwt: tuple[str, ...] = field(default=(), metadata=kind(several(text)))
    field_of_study: str | None = field(default=None, metadata=kind(text))
    human_code: str | None = field(default=None, metadata=kind(text))
    image: Image | str | None = field(default=None, metadata=kind(node(lambda: Image, or_iri=True)))
    in_language: str | None = field(default=None, metadata=kind(text))
    other_identifier: tuple[IdentifierEntry, ...] = field(
        default=(), metadata=kind(several(node(lambda: IdentifierEntry)))
    )
    related: tuple[Related, ...] = field(default=(), metadata=kind(several(node(lambda: Related))))
    result_description: tuple[ResultDescription, ...] = field(
        default=(), metadata=kind(several(node(lambda: ResultDescription)))
    )
    specialization: str | None = field(default=None, metadata=kind(text))
    tag: tuple[str, ...] = field(default=(), metadata=kind(several(text)))
    version: str | None = field(default=None, metadata=kind(text))


@dataclass(frozen=True, kw_only=True)
class AchievementSubject(Node):
    """The recipient and what they achieved (B.1, AchievementSubject); ``id`` or an identifier is required."""

    TYPE: ClassVar[str] = "AchievementSubject"

    id: str | None = field(default=None, metadata=kind(iri))
    type: tuple[str, ...] = field(default=("AchievementSubject",), metadata=kind(several(text)))
    identifier: tuple[IdentityObject, ...] = field(
        default=(), metadata=kind(several(node(lambda: IdentityObject)))
    )
    activity_start_date: datetime | None = field(default=None, metadata=kind(Instant))
    activity_end_date: datetime | None = field(default=None, metadata=kind(Instant))
    credits_earned: float | None = field(default=None, metadata=kind(Number))
    achievement: Achievement = field(metadata=kind(node(lambda: Achievement)))
    image: Image | str | None = field(default=None, metadata=kind(node(lambda: Image, or_iri=True)))
    license_number: str | None = field(default=None, metadata=kind(text))
    narrative: str | None = field(default=None, metadata=kind(text))
    result: tuple[Result, ...] = field(default=(), metadata=kind(several(node(lambda: Result))))
    role: str | None = field(default=None, metadata=kind(text))
    source: Profile | str | None = field(default=None, metadata=kind(node(lambda: Profile, or_iri=True)))
    term: str | None = field(default=None, metadata=kind(text))

    def __post_init__(self) -> None:
        if self.id is None and not self.identifier:
            message = "The subject needs an id or an identifier."
            raise ModelError("model", message, path="$.credentialSubject")
