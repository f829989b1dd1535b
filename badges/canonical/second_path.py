"""The canonical form again, by other code: Oxigraph's JSON-LD parser and its RDFC-1.0, both in Rust.

No credential is released before this path has agreed with the one that signed it. It shares nothing with the
first beyond the pinned contexts: they are put into the document in place of their addresses, because the Rust
parser loads nothing. It has no work budget, so it is for documents of our own or for ones that the first path
has already canonicalized within its budget.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph

from badges.canonical.pinned import ContextSet, pinned_contexts
from badges.errors import DataLossError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BASE = "https://second-path.invalid/"
_CHOOSES_TERMS = frozenset({"@context", "@type", "type", "@language", "proofPurpose"})


def canonical_form(document: Mapping[str, Any], contexts: ContextSet | None = None) -> bytes:
    """RDFC-1.0 canonical N-Quads of the document, as UTF-8.

    Raises:
        ContextError: ``context_not_pinned``.
        DataLossError: ``json_ld`` when the parser refuses the document, ``undefined_term`` or
            ``undefined_type`` when a value of it does not come out.
    """
    inlined = _inlined(document, contexts or pinned_contexts())
    try:
        quads = pyoxigraph.parse(json.dumps(inlined), pyoxigraph.RdfFormat.JSON_LD, base_iri=_BASE)
        dataset = pyoxigraph.Dataset(quads)
    except SyntaxError as fault:
        raise DataLossError("json_ld", f"JSON-LD processing failed: {fault.msg}") from fault
    _refuse_lost_values(document, dataset)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    text = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    # Line feeds only: other line separators may stand inside literals.
    lines = sorted(line for line in text.decode("utf-8").split("\n") if line)
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _inlined(value: Any, contexts: ContextSet) -> Any:
    if isinstance(value, list):
        return [_inlined(inner, contexts) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _context_objects(inner, contexts) if name == "@context" else _inlined(inner, contexts)
        for name, inner in value.items()
    }


def _context_objects(entry: Any, contexts: ContextSet) -> list[Any]:
    return [contexts.get(str(url))["@context"] for url in (entry if isinstance(entry, list) else [entry])]


def _refuse_lost_values(document: Mapping[str, Any], dataset: pyoxigraph.Dataset) -> None:
    """Safe mode once more, on the real values: each text must be among the statements' terms."""
    present: set[str] = set()
    for quad in dataset:
        for term in (quad.subject, quad.object, quad.graph_name):
            present.add(getattr(term, "value", ""))
    for path, text in _texts(document, "$"):
        if text not in present and not text.startswith("_:"):
            raise DataLossError("undefined_term", "this value would not be signed", path=path)
    for value in present:
        if value.startswith(_BASE):
            raise DataLossError("undefined_type", f"{value[len(_BASE) :][:80]!r} is defined by no context")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _CHOOSES_TERMS:
                yield from _texts(inner, f"{path}.{name}")
