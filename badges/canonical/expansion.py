"""The one door to PyLD: a JSON-LD document becomes statements.

PyLD drops what it does not understand without a word. Nothing here repairs that; ``shapes`` proves for every
shape that nothing was dropped. What this module does see to is that PyLD never loads anything, that relative
references become visible, and that its errors are translated.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar

from pyld import jsonld

from badges.canonical.nquads import ABSOLUTE_IRI, LANGUAGE, Quad, escape, literal_suffix
from badges.errors import BadgeError, ContextError, DataLossError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from badges.canonical.pinned import ContextSet

# Relative references are resolved against this address; one that comes out was relative, and is refused.
RELATIVE_BASE = "https://relative.invalid/"

_DEFAULT_GRAPH = "@default"
# Scoped contexts kept in processed form; one set of contexts and its badges need about sixty.
MAX_SCOPES = 256


class Processor(jsonld.JsonLdProcessor):  # type: ignore[misc] # PyLD is not typed
    """PyLD, remembering what a type's own context came to.

    PyLD keeps processed contexts by the name of the context they were laid over. For a type's context it lays
    them over a fresh copy without a name, so that it processes the same one again at every object: two thirds
    of its time. Here the name of what was copied is used. One thread at a time, like all of PyLD's caches.
    """

    _scopes: ClassVar[dict[tuple[str, int, bool], tuple[Any, Any]]] = {}

    def _process_context(
        self, active_ctx: Any, local_ctx: Any, options: Any, *changes: Any, **more: Any
    ) -> Any:
        if changes or more.get("propagate", True) or "_uuid" not in active_ctx:
            return super()._process_context(active_ctx, local_ctx, options, *changes, **more)
        key = (active_ctx["_uuid"], id(local_ctx), bool(more.get("override_protected")))
        found = self._scopes.get(key)
        if found is None:
            if len(self._scopes) >= MAX_SCOPES:
                self._scopes.clear()
            # The context is kept too, so that its id stays its own.
            found = (local_ctx, super()._process_context(active_ctx, local_ctx, options, **more))
            self._scopes[key] = found
        return found[1]


def statements(document: Mapping[str, Any], contexts: ContextSet) -> list[Quad]:
    """The document's statements in the order PyLD finds them; blank nodes as ``_:b0``, ``_:b1``, ….

    Raises:
        ContextError: ``context_not_pinned`` or ``context_conflict`` (a protected term redefined).
        DataLossError: ``json_ld`` when PyLD cannot read the document, or a language is no language tag;
            ``undefined_type`` for a datatype that is no IRI.
    """
    options = {
        "base": RELATIVE_BASE,
        "documentLoader": _loader(contexts),
        "contextResolver": _resolver(contexts),
        "processingMode": "json-ld-1.1",
    }
    try:
        dataset = Processor().to_rdf(document, options)
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
        datatype, language = term.get("datatype"), term.get("language")
        _refuse_unsound_suffix(datatype, language)
        return f'"{escape(term["value"])}"{literal_suffix(datatype, language)}'
    return _resource(term["value"])


def _refuse_unsound_suffix(datatype: str | None, language: str | None) -> None:
    """PyLD lets any text be a language or a datatype, even one that holds whole statements."""
    if language is not None and not LANGUAGE.match(language):
        raise DataLossError("json_ld", f"{language[:80]!r} is no language tag")
    if datatype and (datatype.startswith(RELATIVE_BASE) or not ABSOLUTE_IRI.match(datatype)):
        raise DataLossError("undefined_type", f"the datatype {datatype[:80]!r} is no IRI")


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
