"""Strict marshmallow fields whose errors say what is wrong and what is expected.

The library's own fields coerce ("3" is a number, "yes" is true); a file that people edit by hand deserves an
exact answer instead. Each error is a :class:`rubrics.errors.Problem`.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

from marshmallow import Schema, ValidationError, fields
from marshmallow.experimental.context import Context

from rubrics.errors import DataFault, Path, Problem
from rubrics.text import Text

REQUIRED_LANGUAGES = ("en", "es")
"""Languages that a text must be written in, unless the reader of the file declares others."""

KEY = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
VERSION = re.compile(r"(?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})")
MAX_KEY = 64
MAX_TEXT = 4_000

Whatever: TypeAlias = Any
"""What marshmallow hands in or takes, untyped on its side."""

_Languages = Context[tuple[str, ...]]
_Value = TypeVar("_Value")
_Member = TypeVar("_Member", bound=Enum)


def written_in(languages: tuple[str, ...]) -> Context[tuple[str, ...]]:
    """Within this context manager, every text must be written in exactly these languages."""
    return _Languages(languages)


def refuse(code: str, problem: str, expected: str) -> ValidationError:
    """Build the error that these fields raise."""
    return ValidationError([Problem(code, problem, expected)])


def refuse_at(path: Path, code: str, problem: str, expected: str) -> ValidationError:
    """Build the error for a value deeper in what is being loaded."""
    messages: object = [Problem(code, problem, expected)]
    for part in reversed(path):
        messages = {part: messages}
    return ValidationError(messages)  # type: ignore[arg-type]  # nested by path, as marshmallow nests its own


def faults_in(messages: object, path: Path = ()) -> Iterator[DataFault]:
    """Flatten what marshmallow reports into faults with their paths."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from faults_in(inner, path if key == "_schema" else (*path, key))
    elif isinstance(messages, list):
        for problem in messages:
            yield DataFault(path, problem.code, problem.problem, problem.expected)


class Strict(fields.Field[_Value], Generic[_Value]):
    """Base of the fields: a missing or empty value is told apart from a wrong one."""

    expected = "a value"

    def __init__(self, **arguments: Whatever) -> None:
        arguments.setdefault("required", "load_default" not in arguments)
        arguments["error_messages"] = {
            "required": [Problem("missing", "this key is missing", self.expected)],
            "null": [Problem("empty", "the value is empty", self.expected)],
        }
        super().__init__(**arguments)

    def _deserialize(self, value: Whatever, *_args: Whatever, **_kwargs: Whatever) -> _Value:
        return self.read(value)

    def read(self, value: object) -> _Value:
        """Turn the raw value into ours or raise ``refuse(...)``."""
        raise TypeError(f"{type(self).__name__} does not say how it reads {value!r}")


class Words(Strict[str]):
    """Non-blank text in no particular language."""

    expected = "a text"

    def __init__(self, longest: int = MAX_TEXT, **arguments: Whatever) -> None:
        self.longest = longest
        super().__init__(**arguments)

    def read(self, value: object) -> str:
        """Refuse other types, blank and overlong text; trim."""
        if not isinstance(value, str):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        if not value.strip():
            raise refuse("blank", "the text is blank", self.expected)
        if len(value) > self.longest:
            raise refuse("too_long", f"{len(value)} characters", f"at most {self.longest} characters")
        return value.strip()


class Matching(Words):
    """Text of one shape."""

    pattern = KEY
    expected = "lower-case letters and digits, with single - or _ between them"

    def __init__(self, **arguments: Whatever) -> None:
        super().__init__(MAX_KEY, **arguments)

    def read(self, value: object) -> str:
        """Refuse text of another shape."""
        text = super().read(value)
        if not self.pattern.fullmatch(text):
            raise refuse("wrong_shape", f"“{text}” does not fit", self.expected)
        return text


class Key(Matching):
    """A key by which other parts refer to this one."""


class Version(Matching):
    """A version of three numbers."""

    pattern = VERSION
    expected = 'a version of three numbers in quotes, such as "1.0.0"'


class Whole(Strict[int]):
    """A whole number within bounds. True and "3" are not numbers."""

    def __init__(self, low: int, high: int, **arguments: Whatever) -> None:
        self.low, self.high = low, high
        self.expected = f"a whole number from {low} to {high}"
        super().__init__(**arguments)

    def read(self, value: object) -> int:
        """Refuse other types and numbers out of bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        if not self.low <= value <= self.high:
            raise refuse("out_of_range", f"{value} is out of range", self.expected)
        return value


class Flag(Strict[bool]):
    """True or false, not "yes"."""

    expected = "true or false"

    def read(self, value: object) -> bool:
        """Refuse other types."""
        if not isinstance(value, bool):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        return value


class OneOf(Strict[_Member], Generic[_Member]):
    """The value of one member of an enumeration."""

    def __init__(self, members: type[_Member], **arguments: Whatever) -> None:
        self.members = {str(member.value): member for member in members}
        self.expected = "one of: " + ", ".join(self.members)
        super().__init__(**arguments)

    def read(self, value: object) -> _Member:
        """Refuse other types and unknown words."""
        if not isinstance(value, str):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        if value not in self.members:
            raise refuse("unknown_word", f"“{value[:MAX_KEY]}” is not known here", self.expected)
        return self.members[value]


class Texts(Strict[Text]):
    """Text in every declared language, as a mapping of language to words."""

    expected = "the text in each language, such as {en: …, es: …}"

    def __init__(self, longest: int = MAX_TEXT, **arguments: Whatever) -> None:
        self.words = Words(longest)
        super().__init__(**arguments)

    def read(self, value: object) -> Text:
        """Refuse a language that is missing, undeclared or blank, each at its own place."""
        languages = _Languages.get(REQUIRED_LANGUAGES)
        if not isinstance(value, Mapping):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        absent = [tag for tag in languages if tag not in value]
        if absent:
            raise refuse("language_missing", f"no text in: {', '.join(absent)}", self.expected)
        found = {tag: self._said(tag, words, languages) for tag, words in value.items()}
        return Text.of({tag: found[tag] for tag in languages})

    def _said(self, tag: object, words: object, languages: tuple[str, ...]) -> str:
        if tag not in languages:
            raise refuse_at((str(tag),), "unknown_key", "this language is not declared", ", ".join(languages))
        try:
            return self.words.deserialize(words)
        except ValidationError as error:
            raise ValidationError({str(tag): error.messages}) from error


class Keyed(Strict[dict[str, _Value]], Generic[_Value]):
    """A mapping from keys that the author chooses to values of one field."""

    expected = "a mapping"

    def __init__(self, inner: Strict[_Value], **arguments: Whatever) -> None:
        self.inner = inner
        super().__init__(**arguments)

    def read(self, value: object) -> dict[str, _Value]:
        """Refuse other types; collect the faults of all values, each under its key."""
        if not isinstance(value, Mapping):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        return _each(value.items(), self.inner)


class Many(Strict[tuple[_Value, ...]], Generic[_Value]):
    """A list of values of one field, or of one schema through :class:`Of`."""

    def __init__(self, inner: Strict[_Value], low: int = 0, high: int = 200, **arguments: Whatever) -> None:
        self.inner, self.low, self.high = inner, low, high
        self.expected = f"a list of {low} to {high} entries"
        super().__init__(**arguments)

    def read(self, value: object) -> tuple[_Value, ...]:
        """Refuse other types and lengths; collect the faults of all entries, each under its position."""
        if not isinstance(value, list):
            raise refuse("wrong_type", f"this is {kind_of(value)}", self.expected)
        if not self.low <= len(value) <= self.high:
            raise refuse("wrong_length", f"{len(value)} entries", self.expected)
        return tuple(_each(enumerate(value), self.inner).values())


class Of(Strict[_Value], Generic[_Value]):
    """A mapping of known keys, read by a schema whose ``post_load`` makes the value."""

    expected = "a mapping"

    def __init__(self, schema: type[Schema], **arguments: Whatever) -> None:
        self.schema = schema()
        super().__init__(**arguments)

    def read(self, value: object) -> _Value:
        """Load by the schema; its faults keep their paths."""
        made: _Value = self.schema.load(value)  # type: ignore[arg-type]  # the schema itself refuses other types
        return made


class StrictSchema(Schema):
    """Base of the schemas: unknown keys are refused, in words of ours that name the known ones."""

    def __init__(self) -> None:
        super().__init__()
        known = "one of: " + ", ".join(field.data_key or name for name, field in self.load_fields.items())
        # marshmallow types its messages as str, and hands any object on.
        messages: dict[str, Whatever] = self.error_messages
        messages["unknown"] = Problem("unknown_key", "this key is not known here", known)
        messages["type"] = Problem("wrong_type", "this is no mapping", "a mapping of keys to values")


def kind_of(value: object) -> str:
    """Say in words what kind of value a file holds here."""
    names = {bool: "true or false", int: "a number", str: "a text", list: "a list", dict: "a mapping"}
    return "empty" if value is None else names.get(type(value), "of another kind")


def _each(items: Whatever, inner: Strict[_Value]) -> dict[Any, _Value]:
    found, faults = {}, {}
    for key, value in items:
        try:
            found[key] = inner.deserialize(value)
        except ValidationError as error:
            faults[key] = error.messages
    if faults:
        raise ValidationError(faults)
    return found
