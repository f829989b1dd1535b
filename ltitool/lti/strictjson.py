"""JSON as a signed message needs it: one meaning per text, and nothing that only some readers accept."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

_CONTAINERS = (dict, list)
MAX_DEPTH = 24
MAX_DIGITS = 20


class NotStrictJson(ValueError):
    """The text is not JSON, or could be read in two ways."""


def read_object(data: bytes) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        NotStrictJson: as `read_value`, or for another kind of value.
    """
    value = read_value(data)
    if not isinstance(value, dict):
        raise NotStrictJson("not an object")
    return value


def read_value(data: bytes) -> object:
    """Read one JSON value.

    Raises:
        NotStrictJson: for anything but JSON in UTF-8 without doubled names, NaN, Infinity, NUL, lone
            surrogates, overlong numbers, or nesting deeper than MAX_DEPTH.
    """
    try:
        text = data.decode("utf-8")
        value: object = _STRICT.decode(text)
        _check_characters(text, value)
    except (UnicodeError, json.JSONDecodeError) as error:
        raise NotStrictJson(str(error)) from error
    except RecursionError as error:  # the reader's own bound, far beyond ours
        raise NotStrictJson("nested too deeply") from error
    _check_depth(text, value)
    return value


def _check_depth(text: str, value: object) -> None:
    """Go down level by level; walking what was read is several times faster than reading the text twice."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return  # so few cannot nest too deeply, not even if none of them stands in a string
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, _CONTAINERS)]
        if not level:
            return
    raise NotStrictJson("nested too deeply")


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _check_characters(text: str, value: object) -> None:
    """Databases take neither NUL nor half a character; both can only come in as an escape."""
    if "\\u0000" in text:
        raise NotStrictJson("holds NUL")
    if "\\ud" in text or "\\uD" in text:
        json.dumps(value, ensure_ascii=False).encode("utf-8")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrictJson("a name stands twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise NotStrictJson(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise NotStrictJson("a number is too long")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if len(digits) > 2 * MAX_DIGITS or value in {float("inf"), float("-inf")}:
        raise NotStrictJson("a number is too large")
    return value


# The reader is made once: a launch reads two texts with it.
HOOKS: Mapping[str, Any] = {
    "object_pairs_hook": _once,
    "parse_constant": _refuse_constant,
    "parse_int": _integer,
    "parse_float": _real,
}
_STRICT = json.JSONDecoder(**HOOKS)
