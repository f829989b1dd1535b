"""The one door to PyLD: a JSON-LD document becomes statements.

PyLD drops what it does not understand without a word. Nothing here repairs that; ``shapes`` proves for every
shape that nothing was dropped. What this module does see to is that PyLD never loads anything, that relative
references become visible, and that its errors are translated.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pyld import jsonld

from badges.canonical.nquads import Quad, escape, literal_suffix
from badges.errors import BadgeError, ContextError, DataLossError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from badges.canonical.pinned import ContextSet

# Relative references are resolved against this address; one that comes out was relative, and is refused.
RELATIVE_BASE = "https://relative.invalid/"

_DEFAULT_GRAPH = "@default"


def statements(document: Mapping[str, Any], contexts: ContextSet) -> list[Quad]:
    """The document's statements in the order PyLD finds them; blank nodes as ``_:b0``, ``_:b1``, ….

    Raises:
        ContextError: ``context_not_pinned`` or ``context_conflict`` (a protected term redefined).
        DataLossError: ``json_ld`` when PyLD cannot read the document.
    """
    options = {
        "base": RELATIVE_BASE,
        "documentLoader": _loader(contexts),
        "contextResolver": _resolver(contexts),
        "processingMode": "json-ld-1.1",
    }
    try:
        dataset = jsonld.to_rdf(document, options)
    except jsonld.JsonLdError as fault:
        raise _translated(fault) from fault
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as fault:
        # PyLD meets some malformed documents with its own accidents.
        raise DataLossError("json_ld", f"JSON-LD processing failed: {type(fault).__name__}") from fault
    return [_quad(triple, graph) for graph, triples in dataset.items() for triple in triples]


def _quad(triple: Mapping[str, Mapping[str, str]], graph: str) -> Quad:
    return (
        _term(triple["subject"]),
        _term(triple["predicate"]),
        _term(triple["object"]),
        "" if graph == _DEFAULT_GRAPH else _resource(graph),
    )


def _term(term: Mapping[str, str]) -> str:
    if term["type"] == "literal":
        return f'"{escape(term["value"])}"{literal_suffix(term.get("datatype"), term.get("language"))}'
    return _resource(term["value"])


def _resource(value: str) -> str:
    return value if value.startswith("_:") else f"<{value}>"


@functools.lru_cache(maxsize=8)
def _loader(contexts: ContextSet) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    def load(url: str, _options: Mapping[str, Any]) -> dict[str, Any]:
        document = contexts.get(url)
        # "static" lets PyLD keep the parsed context; the text behind this address cannot change.
        return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}

    return load


@functools.lru_cache(maxsize=8)
def _resolver(contexts: ContextSet) -> Any:
    return jsonld.ContextResolver({}, _loader(contexts))


def _translated(fault: jsonld.JsonLdError) -> BadgeError:
    """Our error, if one is at the bottom of PyLD's chain; else one that carries PyLD's own code."""
    cause: BaseException | None = fault
    code = "invalid"
    while cause is not None:
        if isinstance(cause, BadgeError):
            return cause
        code = getattr(cause, "code", None) or code
        cause = cause.__cause__
    if code in {"protected term redefinition", "invalid context nullification"}:
        return ContextError("context_conflict", f"the contexts contradict each other: {code}")
    return DataLossError("json_ld", f"not valid JSON-LD: {code}")
