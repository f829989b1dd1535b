"""A strict JSON reader for text that strangers send.

RFC 8259 leaves duplicate names, huge numbers and lone surrogates to the reader's taste, and two programs with
different tastes can be shown two different badges under one signature. Here each of them is an error that
says where it stands. Limits are constants with the reason beside them.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from badges.errors import JsonRefusedError

JsonValue = Any
JsonObject = dict[str, Any]

# A badge with an inlined 512 KiB picture is unusual; 2 MiB leaves room and bounds every later step.
MAX_BYTES = 2 * 1024 * 1024
# The Open Badges model nests 9 levels deep, an embedded endorsement adds 6.
MAX_DEPTH = 32
# Members and items of the whole document; the largest real badges we know of have under 2,000.
MAX_VALUES = 20_000
# Beyond 15 significant digits a double is not the number that was written.
MAX_NUMBER_LENGTH = 64

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}:'))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


class _DuplicateKeyError(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_json(source: bytes | str, *, max_bytes: int = MAX_BYTES) -> JsonValue:
    """The value that the JSON text stands for.

    Args:
        source: UTF-8 bytes, or text that has already been decoded.
        max_bytes: the longest text that is read.

    Raises:
        JsonRefusedError: ``too_large``, ``encoding``, ``bom``, ``too_deep``, ``syntax``, ``duplicate_key``,
            ``number``, ``surrogate``, ``nul_character``, ``too_many_values``.
    """
    data = _encoded(source)
    if len(data) > max_bytes:
        raise JsonRefusedError("too_large", f"the document has {len(data)} bytes, the limit is {max_bytes}")
    text = _decoded(data)
    structure = _structure_of(data)
    _refuse_depth(structure)
    value = _parsed(text, structure.count(b":"))
    if _SURROGATE_ESCAPE.search(text):
        _refuse_surrogates(value, "$")
    if "\\u0000" in text:
        _refuse_nul(value, "$")
    return value


def read_object(source: bytes | str, *, max_bytes: int = MAX_BYTES) -> JsonObject:
    """As ``read_json``, and the value must be an object.

    Raises:
        JsonRefusedError: as ``read_json``, and ``not_an_object``.
    """
    value = read_json(source, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise JsonRefusedError("not_an_object", "the document is not a JSON object")
    return value


def _encoded(source: bytes | str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return source.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise JsonRefusedError("surrogate", "the text holds a lone surrogate") from fault


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise JsonRefusedError("bom", "the document begins with a byte order mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise JsonRefusedError("encoding", f"not UTF-8 at byte {fault.start}") from fault


def _structure_of(data: bytes) -> bytes:
    """The brackets and colons of the text, without its strings."""
    unescaped = _ESCAPED.sub(b"", data) if b"\\" in data else data
    return b"".join(unescaped.translate(None, _NOT_STRUCTURE).split(b'"')[::2])


def _refuse_depth(structure: bytes) -> None:
    """Measure the nesting before parsing: the parser itself would recurse as deep as the attacker likes.

    Each pass takes the innermost pairs of brackets away, so that sound text of allowed depth is gone after as
    many passes.
    """
    brackets = remaining = structure.translate(_ONE_KIND, b":")
    for _ in range(MAX_DEPTH):
        if not remaining:
            return
        remaining = remaining.replace(b"[]", b"")
    if remaining:
        _count_depth(brackets)


def _count_depth(brackets: bytes) -> None:
    depth = 0
    for byte in brackets:
        depth += 1 if byte in b"[" else -1
        if depth > MAX_DEPTH:
            raise JsonRefusedError("too_deep", f"nested deeper than {MAX_DEPTH} levels")


def _object_from(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKeyError(_first_duplicate(pairs))
    return found


def _float_from(text: str) -> float:
    number = float(text)
    if len(text) > MAX_NUMBER_LENGTH or math.isinf(number):
        raise JsonRefusedError("number", f"the number {text[:24]} is out of range")
    if number == 0 and text.startswith("-"):
        raise JsonRefusedError("number", "negative zero has two spellings")
    return number


def _int_from(text: str) -> int:
    if len(text) > MAX_NUMBER_LENGTH:
        raise JsonRefusedError("number", f"the number {text[:24]}… is out of range")
    if text == "-0":
        raise JsonRefusedError("number", "negative zero has two spellings")
    return int(text)


def _refuse_constant(text: str) -> NoReturn:
    raise JsonRefusedError("number", f"{text} is no JSON number")


_NUMBERS: dict[str, Any] = {
    "parse_float": _float_from,
    "parse_int": _int_from,
    "parse_constant": _refuse_constant,
}
_FINDS_DUPLICATES = json.JSONDecoder(object_pairs_hook=_object_from, **_NUMBERS)


def _decoded_value(text: str, members: int) -> JsonValue:
    """The value; where a name stands twice in an object, fewer members come out than the text has colons."""
    sizes: list[int] = []

    def counted(found: JsonObject) -> JsonObject:
        sizes.append(len(found))
        return found

    value = json.JSONDecoder(object_hook=counted, **_NUMBERS).decode(text)
    return value if sum(sizes) == members else _FINDS_DUPLICATES.decode(text)


def _parsed(text: str, members: int) -> JsonValue:
    try:
        value = _decoded_value(text, members)
    except RecursionError as fault:
        raise JsonRefusedError("too_deep", f"nested deeper than {MAX_DEPTH} levels") from fault
    except json.JSONDecodeError as fault:
        raise JsonRefusedError(
            "syntax", f"{fault.msg} at line {fault.lineno} column {fault.colno}"
        ) from fault
    except _DuplicateKeyError as fault:
        raise JsonRefusedError(
            "duplicate_key", f"the name {fault.key!r} stands twice in one object"
        ) from fault
    if text.count(",") > MAX_VALUES and _count(value) > MAX_VALUES:
        raise JsonRefusedError("too_many_values", f"more than {MAX_VALUES} values")
    return value


def _first_duplicate(pairs: list[tuple[str, JsonValue]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    return key


def _count(value: JsonValue) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count(inner) for inner in value.values())
    if isinstance(value, list):
        return len(value) + sum(_count(inner) for inner in value)
    return 0


def strings_of(value: JsonValue, path: str) -> list[tuple[str, str]]:
    """Every string of the value with its place, member names included."""
    if isinstance(value, str):
        return [(path, value)]
    if isinstance(value, list):
        return [found for n, inner in enumerate(value) for found in strings_of(inner, f"{path}[{n}]")]
    if isinstance(value, dict):
        names = [(path, name) for name in value]
        return names + [
            found for name, inner in value.items() for found in strings_of(inner, f"{path}.{name}")
        ]
    return []


def _refuse_surrogates(value: JsonValue, path: str) -> None:
    for place, text in strings_of(value, path):
        if any("\ud800" <= character <= "\udfff" for character in text):
            where = place.encode("utf-8", "backslashreplace").decode("utf-8")
            raise JsonRefusedError("surrogate", "the text holds a lone surrogate", path=where)


def _refuse_nul(value: JsonValue, path: str) -> None:
    for place, text in strings_of(value, path):
        if "\x00" in text:
            raise JsonRefusedError("nul_character", "the text holds U+0000", path=place)
