"""The shape guard: what JSON-LD allows and a signed badge has no use for.

An RDF signature covers a set of statements, not the JSON they were written as. ``@graph``, ``@reverse``,
``@included``, ``@nest``, inline contexts and full-IRI keys can each rewrite a document into another one with
the same canonical form, so that a reader is shown something else than what was signed. They are refused
before anything is canonicalized. Whoever uses them honestly gets the answer "unsupported", not "invalid".
"""

from __future__ import annotations

from typing import Any

from badges.errors import ShapeRefusedError

# Keywords that name or type a value and can move nothing.
_HARMLESS_KEYWORDS = frozenset({"@id", "@type", "@value", "@language", "@context"})
_VALUE_OBJECT = frozenset({"@value", "@language", "@type"})
# Members that hold a whole credential, which carries a context of its own.
_HOLDS_CREDENTIALS = frozenset({"endorsement", "verifiableCredential"})

# What a new shape may cost to expand: the library behind it takes about a millisecond for an object and the
# square of an array's length. A badge with a rubric of twenty criteria and six levels has some 200 objects.
MAX_OBJECTS = 600
MAX_MEMBERS = 6_000
MAX_ITEMS = 256


def guard_shape(document: Any, *, inline: bool = False) -> None:
    """Refuse every construct that can move data without changing the signature.

    Args:
        document: the document.
        inline: let contexts inside the document and ``@direction`` pass; for test suites, never for badges.

    Raises:
        ShapeRefusedError: ``inline_context``, ``nested_context``, ``keyword``, ``full_iri_key``,
            ``id_twice``, ``type_twice``, ``null``, ``empty``, ``nested_array``, ``too_complex``,
            ``too_many_items``, ``not_an_object``.
    """
    if not isinstance(document, dict):
        raise ShapeRefusedError("not_an_object", "a signed document is a JSON object")
    _Guard(inline=inline).guard_object(document, "$", holds_credential=True)
    objects, members = _size_of(document)
    if objects > MAX_OBJECTS or members > MAX_MEMBERS:
        raise ShapeRefusedError("too_complex", f"{objects} objects with {members} members and items")


def _size_of(value: Any) -> tuple[int, int]:
    """Objects, and members and items of arrays, of a value."""
    if not isinstance(value, (dict, list)):
        return 0, 0
    inside = value.values() if isinstance(value, dict) else value
    sizes = [_size_of(inner) for inner in inside]
    objects = sum(size[0] for size in sizes) + isinstance(value, dict)
    return objects, sum(size[1] for size in sizes) + len(value)


class _Guard:
    def __init__(self, *, inline: bool) -> None:
        self.inline = inline
        self.harmless = _HARMLESS_KEYWORDS | {"@direction"} if inline else _HARMLESS_KEYWORDS

    def guard_object(self, node: dict[str, Any], path: str, *, holds_credential: bool) -> None:
        if not node:
            raise ShapeRefusedError(
                "empty", "an empty object says nothing a signature could cover", path=path
            )
        for key, value in node.items():
            if key == "@context":
                self.guard_context(value, f"{path}.@context", allowed=holds_credential or self.inline)
            else:
                self.guard_key(key, path)
                self.guard_value(value, f"{path}.{key}", credentials_below=key in _HOLDS_CREDENTIALS)
        _guard_aliases(node, path)

    def guard_key(self, key: str, path: str) -> None:
        if key.startswith("@") and key not in self.harmless:
            raise ShapeRefusedError(
                "keyword", f"{key[:40]} can move data without changing the signature", path=path
            )
        if ":" in key:
            raise ShapeRefusedError("full_iri_key", f"{key[:80]!r} is an IRI in place of a term", path=path)

    def guard_context(self, value: Any, path: str, *, allowed: bool) -> None:
        if not allowed:
            raise ShapeRefusedError(
                "nested_context", "a context inside the document changes what its terms mean", path=path
            )
        for number, entry in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(entry, str) and not self.inline:
                where = f"{path}[{number}]"
                raise ShapeRefusedError("inline_context", "an inline context can redefine terms", path=where)

    def guard_value(self, value: Any, path: str, *, credentials_below: bool) -> None:
        if isinstance(value, dict):
            self.guard_object(value, path, holds_credential=credentials_below)
        elif isinstance(value, list):
            if not value:
                raise ShapeRefusedError(
                    "empty", "an empty array says nothing a signature could cover", path=path
                )
            if len(value) > MAX_ITEMS:
                message = f"{len(value)} items, the limit is {MAX_ITEMS}"
                raise ShapeRefusedError("too_many_items", message, path=path)
            for number, inner in enumerate(value):
                if isinstance(inner, list):
                    raise ShapeRefusedError(
                        "nested_array", "an array inside an array", path=f"{path}[{number}]"
                    )
                self.guard_value(inner, f"{path}[{number}]", credentials_below=credentials_below)
        elif value is None:
            raise ShapeRefusedError("null", "null is dropped and would not be signed", path=path)


def _guard_aliases(node: dict[str, Any], path: str) -> None:
    if "id" in node and "@id" in node:
        raise ShapeRefusedError("id_twice", "both id and @id", path=path)
    if "type" in node and "@type" in node:
        raise ShapeRefusedError("type_twice", "both type and @type", path=path)
    if "@value" in node and not (_VALUE_OBJECT | {"@direction"}).issuperset(node):
        raise ShapeRefusedError("keyword", "a value object with members of its own", path=path)
