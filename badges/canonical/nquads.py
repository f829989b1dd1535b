"""N-Quads as RDFC-1.0 wants them: terms as text, canonical escapes, and a real tokenizer.

A quad is a tuple of four pieces of text, each already written as N-Quads writes it; the graph of the default
graph is the empty text. A blank node always begins with ``_:``, an IRI with ``<``, a literal with ``"``, so
the kind of a term is its first character and a literal that *contains* ``_:b0`` is never mistaken for one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from badges.errors import DataLossError

if TYPE_CHECKING:
    from collections.abc import Iterator

Quad = tuple[str, str, str, str]

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

# RDFC-1.0, "Canonical N-Quads": seven characters by name, other C0 controls and DEL by number, nothing else.
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)}
_ESCAPES |= {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\",
}  # fmt: skip
NEEDS_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')
# What may stand between < and >: RFC 3987 as the N-Quads grammar (IRIREF) bounds it, absolute only; and none
# of the wider spaces, because JSON-LD libraries drop an identifier that holds one.
ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|^`\\]*\Z")
BLANK_NODE = re.compile(r"_:[^\s\x00-\x20<>\"{}|^`\\]+\Z")
# BCP 47 as N-Quads bounds it (LANGTAG).
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")

_TERM = re.compile(
    r"[ \t]*(?:"
    r"(?P<iri><[^<>\"{}|^`\x00-\x20]*>)"
    r"|(?P<blank>_:[^\s.<>\"](?:[^\s<>\"]*[^\s.<>\"])?)"
    r"|(?P<literal>\"(?:[^\"\\\n\r]|\\.)*\")(?:\^\^(?P<datatype><[^<>\"{}|^`\x00-\x20]*>)|(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*))?"
    r"|(?P<end>\.)[ \t]*(?:\#.*)?\Z"
    r")"
)
_UNESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def escape(text: str) -> str:
    """The text as it stands between the quotes of a canonical literal."""
    return text.translate(_ESCAPES) if NEEDS_ESCAPE.search(text) else text


def literal_suffix(datatype: str | None, language: str | None) -> str:
    """What follows the closing quote: nothing for a plain string, else ``^^<datatype>`` or ``@language``."""
    if language:
        return f"@{language}"
    if datatype in {None, XSD_STRING}:
        return ""
    return f"^^<{datatype}>"


def line_of(quad: Quad) -> str:
    """The canonical line of one quad, line feed included."""
    subject, predicate, value, graph = quad
    if graph:
        return f"{subject} {predicate} {value} {graph} .\n"
    return f"{subject} {predicate} {value} .\n"


def parse_nquads(text: str) -> list[Quad]:
    """Read N-Quads; lines end at line feeds only, for U+0085 and U+2028 may stand inside literals.

    Raises:
        DataLossError: ``nquads`` naming the line that is no statement.
    """
    quads: dict[Quad, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip(" \t\r")
        if stripped and not stripped.startswith("#"):
            quads[_parse_line(stripped, number)] = None
    return list(quads)


def _parse_line(line: str, number: int) -> Quad:
    terms = list(_terms(line, number))
    if len(terms) not in {3, 4} or terms[0].startswith('"') or not terms[1].startswith("<"):
        raise DataLossError("nquads", f"line {number} is no statement")
    return (terms[0], terms[1], terms[2], terms[3] if len(terms) > 3 else "")  # noqa: PLR2004 - the graph


def _terms(line: str, number: int) -> Iterator[str]:
    position = 0
    while True:
        match = _TERM.match(line, position)
        if match is None:
            raise DataLossError("nquads", f"line {number} is no statement from column {position + 1}")
        if match["end"]:
            return
        yield _term(match)
        position = match.end()


def _term(match: re.Match[str]) -> str:
    if match["iri"]:
        return _unescape(match["iri"])
    if match["blank"]:
        return match["blank"]
    datatype = _unescape(match["datatype"][1:-1]) if match["datatype"] else None
    language = match["lang"][1:] if match["lang"] else None
    return f'"{escape(_unescape(match["literal"][1:-1]))}"{literal_suffix(datatype, language)}'


def _unescape(text: str) -> str:
    return _UNESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    return chr(int(digits, 16)) if digits else _NAMED[match[3]]
