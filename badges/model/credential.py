"""The credential that carries an achievement: a Verifiable Credential (2.0) of type OpenBadgeCredential."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from badges.canonical.pinned import CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS
from badges.model.achievement import AchievementSubject
from badges.model.evidence import Evidence
from badges.model.nodes import Instant, Node, iri, kind, node, raw, several, text
from badges.model.profile import Image, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def open_badges_contexts(*, extensions: bool = False) -> tuple[str, ...]:
    """The ``@context`` of a badge; 1EdTech's schema, revocation and refresh types need the extensions too."""
    return (CREDENTIALS_V2, OPEN_BADGES) + ((OPEN_BADGES_EXTENSIONS,) if extensions else ())


@dataclass(frozen=True, kw_only=True)
class CredentialStatus(Node):
    """Where to ask whether the badge still stands.

    For ``BitstringStatusListEntry``: the purpose, the list and the place in it. For
    ``1EdTechRevocationList``: the list's address as ``id``.
    """

    id: str | None = field(default=None, metadata=kind(iri))
    type: str = field(metadata=kind(text))
    status_purpose: str | None = field(default=None, metadata=kind(text))
    status_list_index: str | None = field(default=None, metadata=kind(text))
    status_list_credential: str | None = field(default=None, metadata=kind(iri))

    @classmethod
    def bitstring(
        cls, *, purpose: str, index: int, list_id: str, messages: Sequence[str] = ()
    ) -> CredentialStatus:
        """An entry of a Bitstring Status List.

        Args:
            purpose: ``revocation``, ``suspension``, ``message`` or ``refresh``.
            index: the badge's place, counted in entries.
            list_id: the list's address.
            messages: a word for each value, 2, 4, 8 … 256 of them; they decide how many bits an entry has.
        """
        words = [{"status": f"{value:#x}", "message": word} for value, word in enumerate(messages)]
        size = (len(words) - 1).bit_length()
        return cls(
            id=f"{list_id}#{index}",
            type="BitstringStatusListEntry",
            status_purpose=purpose,
            status_list_index=str(index),
            status_list_credential=list_id,
            extra={"statusSize": size, "statusMessage": words} if words else {},
        )


@dataclass(frozen=True, kw_only=True)
class CredentialSchema(Node):
    """A JSON schema that the credential follows."""

    id: str = field(metadata=kind(iri))
    type: str = field(metadata=kind(text))


@dataclass(frozen=True, kw_only=True)
class RefreshService(Node):
    """Where a newer copy of the badge may be had."""

    id: str = field(metadata=kind(iri))
    type: str = field(metadata=kind(text))


@dataclass(frozen=True, kw_only=True)
class OpenBadgeCredential(Node):
    """An Open Badge (Open Badges 3.0, B.1, there called AchievementCredential)."""

    TYPE: ClassVar[str] = "OpenBadgeCredential"
    ALIASES: ClassVar[tuple[str, ...]] = ("AchievementCredential",)

    context: tuple[object, ...] = field(
        default=(CREDENTIALS_V2, OPEN_BADGES), metadata=kind(several(raw), name="@context")
    )
    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(
        default=("VerifiableCredential", "OpenBadgeCredential"), metadata=kind(several(text))
    )
    name: str | None = field(default=None, metadata=kind(text))
    description: str | None = field(default=None, metadata=kind(text))
    image: Image | str | None = field(default=None, metadata=kind(node(lambda: Image, or_iri=True)))
    issuer: Profile | str = field(metadata=kind(node(lambda: Profile, or_iri=True)))
    valid_from: datetime = field(metadata=kind(Instant))
    valid_until: datetime | None = field(default=None, metadata=kind(Instant))
    awarded_date: datetime | None = field(default=None, metadata=kind(Instant))
    credential_subject: AchievementSubject = field(metadata=kind(node(lambda: AchievementSubject)))
    evidence: tuple[Evidence, ...] = field(default=(), metadata=kind(several(node(lambda: Evidence))))
    endorsement: tuple[Mapping[str, object], ...] = field(default=(), metadata=kind(several(raw)))
    endorsement_jwt: tuple[str, ...] = field(default=(), metadata=kind(several(text)))
    credential_status: tuple[CredentialStatus, ...] = field(
        default=(), metadata=kind(several(node(lambda: CredentialStatus)))
    )
    credential_schema: tuple[CredentialSchema, ...] = field(
        default=(), metadata=kind(several(node(lambda: CredentialSchema)))
    )
    refresh_service: RefreshService | None = field(default=None, metadata=kind(node(lambda: RefreshService)))
    terms_of_use: tuple[Mapping[str, object], ...] = field(default=(), metadata=kind(several(raw)))
    proof: tuple[Mapping[str, object], ...] = field(default=(), metadata=kind(several(raw)))
