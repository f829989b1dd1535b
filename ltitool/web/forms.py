"""Forms at the edge: a marshmallow schema reads them, faults come back by field, input is never lost."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, validate
from marshmallow import fields as marshmallow_fields
from werkzeug.datastructures import MultiDict

from ltitool.errors import Invalid, msg

REQUIRED = msg("Please fill this in.")
TOO_LONG = msg("This is longer than the field can hold.")
UNREADABLE = msg("We could not read this.")
NOT_A_NUMBER = msg("Please give a number.")
NOT_WHOLE = msg("Please give a whole number.")
OUT_OF_RANGE = msg("This number does not fit here.")
NOT_A_DAY = msg("Please give the day as a date.")
UNKNOWN_CHOICE = msg("Choose one of these.")


def _marshmallow_says(field: type[marshmallow_fields.Field[Any]], key: str) -> str:
    return str(field.default_error_messages[key])


def _sentence(template: str) -> re.Pattern[str]:
    """Recognize a sentence of marshmallow by its template, whatever stands in the {braces}."""
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\{+\w+\}+", template)), re.DOTALL)


# What marshmallow says in English of its own, and what we say instead. It is read from the library, so
# that a new wording there is still recognized. A fault that a schema words itself is none of these.
_INSTEAD = tuple(
    (_sentence(template), message)
    for template, message in (
        (_marshmallow_says(marshmallow_fields.Field, "required"), REQUIRED),
        (_marshmallow_says(marshmallow_fields.Field, "null"), REQUIRED),
        (_marshmallow_says(marshmallow_fields.Field, "validator_failed"), UNREADABLE),
        (_marshmallow_says(marshmallow_fields.String, "invalid"), UNREADABLE),
        (_marshmallow_says(marshmallow_fields.String, "invalid_utf8"), UNREADABLE),
        (_marshmallow_says(marshmallow_fields.List, "invalid"), UNREADABLE),
        (_marshmallow_says(marshmallow_fields.Boolean, "invalid"), UNREADABLE),
        (_marshmallow_says(marshmallow_fields.UUID, "invalid_uuid"), UNKNOWN_CHOICE),
        (_marshmallow_says(marshmallow_fields.Integer, "invalid"), NOT_WHOLE),
        (_marshmallow_says(marshmallow_fields.Number, "invalid"), NOT_A_NUMBER),
        (_marshmallow_says(marshmallow_fields.Number, "too_large"), OUT_OF_RANGE),
        (_marshmallow_says(marshmallow_fields.Date, "invalid"), NOT_A_DAY),
        (validate.Length.message_min, REQUIRED),
        (validate.Length.message_max, TOO_LONG),
        (validate.Length.message_all, TOO_LONG),
        (validate.OneOf.default_message, UNKNOWN_CHOICE),  # before the ranges, whose "Must be" it shares
        (validate.ContainsOnly.default_message, UNKNOWN_CHOICE),
        (validate.Range.message_min, OUT_OF_RANGE),
        (validate.Range.message_max, OUT_OF_RANGE),
        (validate.Range.message_all, OUT_OF_RANGE),
        (validate.Regexp.default_message, UNREADABLE),
    )
)


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
        raise Invalid(_first_faults(messages, raw)) from error
    return loaded


def _first_faults(messages: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, str]:
    return {name: _first(fault, raw.get(name)) for name, fault in messages.items()}


def _first(fault: Any, value: Any) -> str:
    """Give the first fault of a field as a message id of ours; `value` is what was sent for it."""
    while not isinstance(fault, str):
        if isinstance(fault, Mapping):
            place, fault = next(iter(fault.items()))
            value = value[place] if isinstance(value, list) and isinstance(place, int) else value
        else:
            fault = next(iter(fault))
    message = next((ours for sentence, ours in _INSTEAD if sentence.fullmatch(fault)), fault)
    # A length "between 1 and 80" is wrong at both ends.
    return REQUIRED if message == TOO_LONG and _is_blank(value) else message


def _is_blank(value: Any) -> bool:
    return not _printable(value).strip() if isinstance(value, str) else not value


def _printable(text: str) -> str:
    """Drop what no keyboard means: control characters other than line feed and tab."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 0x20 and not 0x7F <= ord(c) <= 0x9F))  # noqa: PLR2004 - Unicode's control ranges
