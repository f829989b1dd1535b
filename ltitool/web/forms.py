"""Forms at the edge: a marshmallow schema reads them, faults come back by field, input is never lost."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow import fields as marshmallow_fields
from werkzeug.datastructures import MultiDict

from ltitool.errors import Invalid, msg

REQUIRED = msg("Please fill this in.")
TOO_LONG = msg("This is longer than the field can hold.")
UNREADABLE = msg("We could not read this.")


class FormSchema(Schema):
    """A schema for a sent form: unknown fields (the token among them) are left aside."""

    class Meta:
        unknown = EXCLUDE


class Line(marshmallow_fields.String):
    """One line of text: trimmed, inner runs of white space folded, control characters refused."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return " ".join(_printable(text).split())


class Words(marshmallow_fields.String):
    """Several lines of somebody's own words, kept as they were written but for the line ends."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return _printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def read_form(schema: FormSchema) -> dict[str, Any]:
    """Read the sent form.

    Raises:
        Invalid: with a message id for each faulty field.
    """
    return load_fields(schema, request.form)


def load_fields(schema: FormSchema, form: MultiDict[str, str]) -> dict[str, Any]:
    """Read fields by a schema; list fields take all values of their name."""
    raw: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        if name in form:
            several = isinstance(field, marshmallow_fields.List)
            raw[name] = form.getlist(name) if several else form[name]
    try:
        loaded: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"form": error.messages}
        raise Invalid(_first_faults(messages)) from error
    return loaded


def _first_faults(messages: Mapping[str, Any]) -> dict[str, str]:
    return {name: _first(fault) for name, fault in messages.items()}


def _first(fault: Any) -> str:
    while not isinstance(fault, str):
        fault = next(iter(fault.values() if isinstance(fault, Mapping) else fault))
    known = {
        "Missing data for required field.": REQUIRED,
        "Field may not be null.": REQUIRED,
        "Shorter than minimum length 1.": REQUIRED,
    }
    if fault.startswith("Longer than maximum length"):
        return TOO_LONG
    return known.get(fault, fault)


def _printable(text: str) -> str:
    """Drop what no keyboard means: control characters other than line feed and tab."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 0x20 and not 0x7F <= ord(c) <= 0x9F))  # noqa: PLR2004 - Unicode's control ranges
