"""How the model's dataclasses are read from JSON and written back.

A class lists its members as dataclass fields; each field says with ``kind`` what its JSON is. From that one
marshmallow schema per class is built. Members that no class knows are kept in ``extra`` and written back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from badges.canonical.nquads import ABSOLUTE_IRI
from badges.errors import ModelError
from badges.instants import read_instant, write_instant_as_is

if TYPE_CHECKING:
    from collections.abc import Iterable

NodeT = TypeVar("NodeT", bound="Node")
NodeType = Callable[[], "type[Node]"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Node:
    """One object of a credential.

    Attributes:
        extra: members that the class does not know, exactly as they were read.
    """

    # The word that must be among an object's types; None for objects without a type of their own.
    TYPE: ClassVar[str | None] = None
    # Names the type may also go by.
    ALIASES: ClassVar[tuple[str, ...]] = ()

    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_json(cls, data: object, *, path: str = "$") -> Self:
        """Read the object.

        Raises:
            ModelError: ``model`` with the JSON path of the first member that is wrong.
        """
        if not isinstance(data, Mapping):
            raise ModelError("model", f"{cls.__name__} must be an object", path=path)
        try:
            loaded = schema_of(cls).load(data)
        except ValidationError as fault:
            place, message = _first_fault(fault.messages, path)
            raise ModelError("model", message, path=place) from fault
        return _built(cls, loaded)

    def to_json(self) -> dict[str, Any]:
        """The object as JSON: no nulls, no empty arrays, several values as an array.

        Raises:
            ModelError: ``instant`` with the JSON path of a date that has no time zone.
        """
        written: dict[str, Any] = {}
        for known in dataclasses.fields(self):
            value = getattr(self, known.name)
            if known.name != "extra" and value is not None and value != ():
                written[json_name(known)] = _written_at(f".{json_name(known)}", value)
        return written | dict(self.extra)


def kind(build: Callable[[], fields.Field[Any]], *, name: str = "") -> dict[str, Any]:
    """A dataclass field's metadata: its JSON kind, and its name where that is not the camel-cased one."""
    return {"kind": build, "name": name}


def json_name(known: dataclasses.Field[Any]) -> str:
    """The member's name in JSON: given, or camel-cased."""
    given: str = known.metadata.get("name", "")
    if given:
        return given
    first, *rest = known.name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Instant(fields.Field[datetime]):
    """A ``dateTimeStamp``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        del attr, data, kwargs
        try:
            return read_instant(value)
        except ModelError as fault:
            raise ValidationError(fault.message) from fault


class Number(fields.Field[float]):
    """A JSON number; not a text that looks like one, not a truth value."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        del attr, data, kwargs
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError("Not a number.")
        return value


class Several(fields.Field[tuple[Any, ...]]):
    """One value or an array of values, read as a tuple."""

    def __init__(self, inner: fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self.inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Any, ...]:
        values = value if isinstance(value, list) else [value]
        loaded, faults = [], {}
        for number, item in enumerate(values):
            try:
                loaded.append(self.inner.deserialize(item, attr, data, **kwargs))
            except ValidationError as fault:
                faults[number if isinstance(value, list) else ""] = fault.messages
        if faults:
            raise ValidationError(faults)
        return tuple(loaded)


class NodeField(fields.Field["Node"]):
    """An object of the model; with ``or_iri`` its address may stand in its place."""

    def __init__(self, node_type: NodeType, *, or_iri: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.node_type = node_type
        self.or_iri = or_iri

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if self.or_iri and isinstance(value, str):
            return iri().deserialize(value, attr, data, **kwargs)
        if not isinstance(value, Mapping):
            raise ValidationError("Not an object.")
        node_type = self.node_type()
        loaded = schema_of(node_type).load(value)
        try:
            return _built(node_type, loaded)
        except ModelError as fault:
            raise ValidationError(fault.message) from fault


def text() -> fields.Field[Any]:
    """A text."""
    return fields.String()


def boolean() -> fields.Field[Any]:
    """A truth value, and nothing that only looks like one."""
    return fields.Boolean(truthy={True}, falsy={False})


def raw() -> fields.Field[Any]:
    """Anything, kept as it is."""
    return fields.Raw()


def iri() -> fields.Field[Any]:
    """An absolute IRI."""
    return fields.String(validate=validate.Regexp(ABSOLUTE_IRI, error="Not an absolute IRI."))


def several(inner: Callable[[], fields.Field[Any]]) -> Callable[[], fields.Field[Any]]:
    """One or more of the kind."""
    return lambda: Several(inner())


def node(node_type: NodeType, *, or_iri: bool = False) -> Callable[[], fields.Field[Any]]:
    """An object of that class."""
    return lambda: NodeField(node_type, or_iri=or_iri)


_SCHEMAS: dict[type[Node], Schema] = {}


def schema_of(node_type: type[Node]) -> Schema:
    """The marshmallow schema of a class, built from its fields once."""
    known = _SCHEMAS.get(node_type)
    if known is None:
        known = _SCHEMAS[node_type] = _new_schema(node_type)
    return known


def _new_schema(node_type: type[Node]) -> Schema:
    members: dict[str, Any] = {}
    for known in dataclasses.fields(node_type):
        if known.name != "extra":
            built = known.metadata["kind"]()
            built.data_key = json_name(known)
            built.required = known.default is dataclasses.MISSING and (
                known.default_factory is dataclasses.MISSING
            )
            members[known.name] = built
    members["Meta"] = type("Meta", (), {"unknown": INCLUDE})
    schema = type(f"{node_type.__name__}Schema", (_NodeSchema,), members)()
    schema.node_type = node_type
    return cast("Schema", schema)


class _NodeSchema(Schema):
    node_type: type[Node]

    def load(self, data: Any, **kwargs: Any) -> Any:
        loaded = super().load(data, **kwargs)
        wanted = self.node_type.TYPE
        if wanted is not None and "type" in self.fields:
            types = loaded.get("type", ())
            if wanted not in types and not set(self.node_type.ALIASES).intersection(types):
                raise ValidationError({"type": [f"Must include {wanted}."]})
        return loaded


def _built(node_type: type[NodeT], loaded: Mapping[str, Any]) -> NodeT:
    names = {known.name for known in dataclasses.fields(node_type)}
    known = {name: value for name, value in loaded.items() if name in names and name != "extra"}
    extra = {name: value for name, value in loaded.items() if name not in known}
    return node_type(**known, extra=extra)


def _written_at(step: str, value: Any) -> Any:
    """The value as JSON; a fault in it is named with the way that leads there."""
    try:
        return _written(value)
    except ModelError as fault:
        path = f"${step}{fault.path.removeprefix('$')}"
        raise ModelError(fault.code, fault.message, path=path) from fault


def _written(value: Any) -> Any:
    if isinstance(value, Node):
        return value.to_json()
    if isinstance(value, tuple):
        return [_written_at(f"[{number}]", inner) for number, inner in enumerate(value)]
    if isinstance(value, datetime):
        return write_instant_as_is(value)
    return value


def _first_fault(messages: Any, path: str) -> tuple[str, str]:
    """The first fault of marshmallow's nested answer, with its JSON path."""
    while isinstance(messages, Mapping):
        key, messages = next(iter(messages.items()))
        if isinstance(key, int):
            path += f"[{key}]"
        elif key not in {"", "_schema"}:
            path += f".{key}"
    first: Iterable[Any] = messages if isinstance(messages, list) else [messages]
    return path, str(next(iter(first)))
