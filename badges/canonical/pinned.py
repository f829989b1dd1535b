"""The JSON-LD contexts we know, each pinned to one SHA-256; nothing is ever loaded from anywhere else.

A context decides what a signature covers, so a context that could change under us could change what an old
badge says. The files are brought by ``build_support/contexts.py``; ``contexts.lock.json`` is what is trusted.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from badges.errors import ContextError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
ED25519_2020_V1 = "https://w3id.org/security/suites/ed25519-2020/v1"

# The addresses under which an Open Badges 3.0 context may stand in second place.
OPEN_BADGES_CONTEXTS = (
    OPEN_BADGES,
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
)


@dataclass(frozen=True)
class ContextSet:
    """Contexts by address; whatever is not in it does not exist.

    Attributes:
        documents: address -> the parsed context document.
        inline: whether a document may bring contexts of its own; never for badges, only for test suites.
        fingerprint: changes when any of this changes; part of every cache key.
    """

    documents: Mapping[str, Mapping[str, Any]]
    inline: bool = False
    fingerprint: str = field(default="")

    def __post_init__(self) -> None:
        if not self.fingerprint:
            text = json.dumps([self.documents, self.inline], sort_keys=True)
            object.__setattr__(self, "fingerprint", hashlib.sha256(text.encode()).hexdigest())

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def get(self, url: str) -> Mapping[str, Any]:
        """The context document at this address.

        Raises:
            ContextError: ``context_not_pinned``.
        """
        found = self.documents.get(url)
        if found is None:
            raise ContextError(
                "context_not_pinned", f"the context {url[:200]!r} is not one of the pinned ones"
            )
        return found

    def with_documents(self, more: Mapping[str, Mapping[str, Any]]) -> ContextSet:
        """A larger set, for test suites that use contexts of their own."""
        return ContextSet({**self.documents, **more}, self.inline)

    def with_inline(self) -> ContextSet:
        """The same set, for documents that may bring contexts of their own."""
        return ContextSet(self.documents, inline=True)


@functools.cache
def pinned_contexts() -> ContextSet:
    """The contexts of ``contexts.lock.json``, read from disk and checked against their hashes once.

    Raises:
        ContextError: ``context_missing`` when a file was not brought, ``context_altered`` when its hash
            differs.
    """
    here = resources.files("badges.canonical")
    lock = json.loads((here / "contexts.lock.json").read_text(encoding="utf-8"))
    return ContextSet({entry["url"]: _read(here, entry) for entry in lock["contexts"]})


def _read(here: Traversable, entry: Mapping[str, str]) -> dict[str, Any]:
    try:
        content = (here / "contexts" / entry["file"]).read_bytes()
    except FileNotFoundError as fault:
        message = f"{entry['file']} is absent: run python build_support/contexts.py"
        raise ContextError("context_missing", message) from fault
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ContextError("context_altered", f"{entry['file']} does not have the pinned SHA-256")
    document: dict[str, Any] = json.loads(content)
    return document


def pinned_bytes(url: str) -> bytes | None:
    """The bytes of a pinned context file, or None; for digests of related resources."""
    here = resources.files("badges.canonical")
    lock = json.loads((here / "contexts.lock.json").read_text(encoding="utf-8"))
    entry = next((entry for entry in lock["contexts"] if entry["url"] == url), None)
    return None if entry is None else (here / "contexts" / entry["file"]).read_bytes()
