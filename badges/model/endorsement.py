"""Endorsements: somebody else's signed word about an achievement, an issuer or a badge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from badges.canonical.pinned import CREDENTIALS_V2, OPEN_BADGES
from badges.model.nodes import Instant, Node, iri, kind, node, raw, several, text
from badges.model.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class EndorsementSubject(Node):
    """What is endorsed (by its id), and the words (Open Badges 3.0, B.1, EndorsementSubject)."""

    TYPE: ClassVar[str] = "EndorsementSubject"

    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(default=("EndorsementSubject",), metadata=kind(several(text)))
    endorsement_comment: str | None = field(default=None, metadata=kind(text))


@dataclass(frozen=True, kw_only=True)
class EndorsementCredential(Node):
    """A credential of its own that stands inside another one."""

    TYPE: ClassVar[str] = "EndorsementCredential"

    context: tuple[object, ...] = field(
        default=(CREDENTIALS_V2, OPEN_BADGES), metadata=kind(several(raw), name="@context")
    )
    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(
        default=("VerifiableCredential", "EndorsementCredential"), metadata=kind(several(text))
    )
    name: str = field(metadata=kind(text))
    description: str | None = field(default=None, metadata=kind(text))
    issuer: Profile | str = field(metadata=kind(node(lambda: Profile, or_iri=True)))
    valid_from: datetime = field(metadata=kind(Instant))
    valid_until: datetime | None = field(default=None, metadata=kind(Instant))
    awarded_date: datetime | None = field(default=None, metadata=kind(Instant))
    credential_subject: EndorsementSubject = field(metadata=kind(node(lambda: EndorsementSubject)))
    proof: tuple[Mapping[str, object], ...] = field(default=(), metadata=kind(several(raw)))
