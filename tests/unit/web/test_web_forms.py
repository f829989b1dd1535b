"""Forms at the edge: whatever is sent, the fault beside the field is a text that the catalogue knows."""

from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields, validate
from marshmallow.fields import Field
from werkzeug.datastructures import MultiDict

from build_support.translations import read, texts
from ltitool.errors import Invalid
from ltitool.web.forms import (
    NOT_A_DAY,
    NOT_A_NUMBER,
    NOT_WHOLE,
    OUT_OF_RANGE,
    REQUIRED,
    TOO_LONG,
    UNKNOWN_CHOICE,
    UNREADABLE,
    FormSchema,
    Line,
    Words,
    load_fields,
)

HOSTILE = (
    "",
    " ",
    "\x00",
    "x",
    "-1",
    "1.5",
    "1e400",
    "99999999999",
    "9" * 5000,
    "2026-02-30",
    "٣",
    "x" * 20_000,
)
WAYS = [*([value] for value in HOSTILE), ["x" * 20_000, "y"], ["x"] * 500]


class Everything(FormSchema):
    """One field for each way in which a field of ours can be wrong."""

    line = Line(required=True, validate=validate.Length(1, 5))
    words = Words(validate=validate.Length(max=5))
    least = Words(validate=validate.Length(min=2))
    day = fields.Date()
    whole = fields.Integer(validate=validate.Range(1, 9))
    at_least = fields.Integer(validate=validate.Range(1))
    at_most = fields.Integer(validate=validate.Range(max=9))
    number = fields.Decimal()
    person = fields.UUID()
    kind = fields.String(validate=validate.OneOf(["a", "b"]))
    kinds = fields.List(fields.String(validate=validate.OneOf(["a", "b"])))
    several = fields.List(fields.String(validate=validate.Length(1, 5)), validate=validate.Length(0, 2))
    code = fields.String(validate=validate.Regexp("^[a-z]$"))
    yes = fields.Boolean()
    own = fields.String(validate=validate.Length(2, 3, error="Our own words."))


def faults_of(name: str, *values: str) -> dict[str, str]:
    """Send a form that is right but for one field, and give what is said about it."""
    sent = MultiDict([("line", "fine")])
    sent.setlist(name, list(values))
    with pytest.raises(Invalid) as caught:
        load_fields(Everything(), sent)
    return caught.value.faults


def test_a_form_without_a_fault_passes() -> None:
    sent = MultiDict(
        [("line", " a  b "), ("day", "2026-03-12"), ("whole", "9"), ("kinds", "a"), ("kinds", "b")]
    )
    loaded = load_fields(Everything(), sent)
    assert (loaded["line"], loaded["whole"], loaded["kinds"]) == ("a b", 9, ["a", "b"])


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("line", [""], REQUIRED),
        ("line", ["   "], REQUIRED),
        ("line", ["\x07"], REQUIRED),
        ("line", ["123456"], TOO_LONG),
        ("words", ["123456"], TOO_LONG),
        ("least", ["1"], REQUIRED),
        ("day", ["12 March"], NOT_A_DAY),
        ("whole", ["many"], NOT_WHOLE),
        ("whole", ["10"], OUT_OF_RANGE),
        ("at_least", ["0"], OUT_OF_RANGE),
        ("at_most", ["10"], OUT_OF_RANGE),
        ("number", ["many"], NOT_A_NUMBER),
        ("person", ["nobody"], UNKNOWN_CHOICE),
        ("kind", ["c"], UNKNOWN_CHOICE),
        ("kinds", ["a", "c"], UNKNOWN_CHOICE),
        ("several", ["a", "123456"], TOO_LONG),
        ("several", ["a", ""], REQUIRED),
        ("several", ["a", "b", "c"], TOO_LONG),
        ("code", ["1"], UNREADABLE),
        ("yes", ["perhaps"], UNREADABLE),
        ("own", ["1"], "Our own words."),
    ],
)
def test_each_fault_is_said_in_words_of_ours(name: str, values: list[str], said: str) -> None:
    assert faults_of(name, *values) == {name: said}


def test_a_field_that_was_not_sent_is_asked_for() -> None:
    with pytest.raises(Invalid) as caught:
        load_fields(Everything(), MultiDict())
    assert caught.value.faults == {"line": REQUIRED}


@pytest.mark.usefixtures("app")
def test_no_form_of_the_application_ever_speaks_the_librarys_english() -> None:
    known = {text for one in texts(read()) for text in [one.id] if isinstance(text, str)}
    schemas = [one for one in _below(FormSchema) if one.__module__.startswith("ltitool.")]
    said = {(schema.__name__, *found) for schema in schemas for found in _faults(schema)}
    assert len(schemas) > 10
    assert {found for found in said if found[-1] not in known} == set()
    assert {schema.__name__ for schema in schemas if _wants_something(schema)} <= {name for name, *_ in said}


def _faults(schema: type[FormSchema]) -> Iterator[tuple[str, str]]:
    """Send every hostile value in every field, and nothing at all."""
    for values in [[], *WAYS]:
        sent: MultiDict[str, str] = MultiDict()
        for name in schema().load_fields:
            sent.setlist(name, values) if values else None
        try:
            load_fields(schema(), sent)
        except Invalid as invalid:
            yield from invalid.faults.items()


def _below(schema: type[FormSchema]) -> Iterator[type[FormSchema]]:
    for one in schema.__subclasses__():
        yield one
        yield from _below(one)


def _wants_something(schema: type[FormSchema]) -> bool:
    wanted: list[Field[Any]] = list(schema().load_fields.values())
    return any(field.required or field.validators for field in wanted)
