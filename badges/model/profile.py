"""Profile: an issuer, a creator, a source; with its image and address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from badges.model.identity import IdentifierEntry
from badges.model.nodes import Node, Number, iri, kind, node, raw, several, text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Image(Node):
    """A picture by its address, which may be a ``data:`` one (Open Badges 3.0, B.1, Image)."""

    TYPE: ClassVar[str] = "Image"

    id: str = field(metadata=kind(iri))
    type: str = field(default="Image", metadata=kind(text))
    caption: str | None = field(default=None, metadata=kind(text))


@dataclass(frozen=True, kw_only=True)
class GeoCoordinates(Node):
    """A point on the map (Open Badges 3.0, B.1, GeoCoordinates)."""

    TYPE: ClassVar[str] = "GeoCoordinates"

    type: tuple[str, ...] = field(default=("GeoCoordinates",), metadata=kind(several(text)))
    latitude: float = field(metadata=kind(Number))
    longitude: float = field(metadata=kind(Number))


@dataclass(frozen=True, kw_only=True)
class Address(Node):
    """A postal address (Open Badges 3.0, B.1, Address)."""

    TYPE: ClassVar[str] = "Address"

    type: tuple[str, ...] = field(default=("Address",), metadata=kind(several(text)))
    address_country: str | None = field(default=None, metadata=kind(text))
    address_country_code: str | None = field(default=None, metadata=kind(text))
    address_region: str | None = field(default=None, metadata=kind(text))
    address_locality: str | None = field(default=None, metadata=kind(text))
    street_address: str | None = field(default=None, metadata=kind(text))
    post_office_box_number: str | None = field(default=None, metadata=kind(text))
    postal_code: str | None = field(default=None, metadata=kind(text))
    geo: GeoCoordinates | None = field(default=None, metadata=kind(node(lambda: GeoCoordinates)))


@dataclass(frozen=True, kw_only=True)
class Profile(Node):
    """A person or an organisation (Open Badges 3.0, B.1, Profile)."""

    TYPE: ClassVar[str] = "Profile"

    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(default=("Profile",), metadata=kind(several(text)))
    name: str | None = field(default=None, metadata=kind(text))
    url: str | None = field(default=None, metadata=kind(iri))
    phone: str | None = field(default=None, metadata=kind(text))
    description: str | None = field(default=None, metadata=kind(text))
    image: Image | str | None = field(default=None, metadata=kind(node(lambda: Image, or_iri=True)))
    email: str | None = field(default=None, metadata=kind(text))
    address: Address | None = field(default=None, metadata=kind(node(lambda: Address)))
    other_identifier: tuple[IdentifierEntry, ...] = field(
        default=(), metadata=kind(several(node(lambda: IdentifierEntry)))
    )
    official: str | None = field(default=None, metadata=kind(text))
    parent_org: Profile | str | None = field(default=None, metadata=kind(node(lambda: Profile, or_iri=True)))
    family_name: str | None = field(default=None, metadata=kind(text))
    given_name: str | None = field(default=None, metadata=kind(text))
    additional_name: str | None = field(default=None, metadata=kind(text))
    patronymic_name: str | None = field(default=None, metadata=kind(text))
    honorific_prefix: str | None = field(default=None, metadata=kind(text))
    honorific_suffix: str | None = field(default=None, metadata=kind(text))
    family_name_prefix: str | None = field(default=None, metadata=kind(text))
    date_of_birth: str | None = field(default=None, metadata=kind(text))
    endorsement: tuple[Mapping[str, object], ...] = field(default=(), metadata=kind(several(raw)))
    endorsement_jwt: tuple[str, ...] = field(default=(), metadata=kind(several(text)))
