"""A badge that has passed the schema, read directly from its JSON: only what the checks look at.

The model's dataclasses are built only when somebody asks for the claims; most verifications need a handful of
members, and building all of them would cost more than the signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.instants import read_instant
from badges.model import IdentityObject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def several(value: Any) -> Sequence[Any]:
    """One value, several or none, as a sequence."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge in the words of VC 2.0, known to follow the Open Badges model.

    Attributes:
        json: the credential.
    """

    json: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The badge's identifier."""
        return str(self.json["id"])

    @property
    def issuer_id(self) -> str:
        """The issuer's identifier."""
        issuer = self.json["issuer"]
        return str(issuer["id"] if isinstance(issuer, dict) else issuer)

    @property
    def subject(self) -> Mapping[str, Any]:
        """The recipient and what was achieved."""
        subject: Mapping[str, Any] = self.json["credentialSubject"]
        return subject

    @property
    def valid_from(self) -> datetime:
        """When it comes into force."""
        return read_instant(self.json["validFrom"])

    @property
    def valid_until(self) -> datetime | None:
        """When it ends, if it does."""
        return read_instant(self.json["validUntil"]) if "validUntil" in self.json else None

    @property
    def statuses(self) -> Sequence[Mapping[str, Any]]:
        """Its entries in status lists."""
        return several(self.json.get("credentialStatus"))

    @property
    def evidence(self) -> Sequence[Mapping[str, Any]]:
        """The evidence it cites."""
        return several(self.json.get("evidence"))

    def identities(self) -> list[IdentityObject]:
        """The recipient's identity objects."""
        return [IdentityObject.from_json(entry) for entry in several(self.subject.get("identifier"))]
