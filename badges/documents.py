"""How documents from elsewhere reach the verifier: a ``Fetcher`` that is handed in, or a folder of files.

The library itself opens no connection. Without a fetcher, a report says what could not be checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from badges.canonical.reader import MAX_BYTES, read_object
from badges.did import did_web_url
from badges.errors import BadgeError, FetchError
from badges.proofs.vc_jwt import open_token

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

# Stands for an address that two different files answer for; no document is empty.
_AMBIGUOUS = b""
_SUFFIXES = frozenset({".json", ".jsonld", ".jwk", ".jwt", ".jws"})


@dataclass(frozen=True)
class FetchedDocument:
    """A document as it came.

    Attributes:
        url: the address it was asked for under.
        content: its bytes.
        media_type: as the server named it, if it did.
        fetched_at: when; the report dates the status by it.
    """

    url: str
    content: bytes
    media_type: str | None = None
    fetched_at: datetime | None = None


class Fetcher(Protocol):
    """Whatever can get a document; it decides which addresses it will touch at all."""

    def fetch(self, url: str) -> FetchedDocument:
        """The document at the address.

        Raises:
            FetchError: it could not be had, with a code that says why. An ``OSError``, which most HTTP
                clients raise, counts as that too (``not_fetched``); anything else is the fetcher's own
                mistake and leaves ``verify()``.
        """


@dataclass(frozen=True)
class MemoryDocuments:
    """A fetcher over documents that are already at hand.

    Attributes:
        documents: address -> bytes.
        otherwise: who is asked for every other address.
    """

    documents: Mapping[str, bytes]
    otherwise: Fetcher | None = None

    def fetch(self, url: str) -> FetchedDocument:
        """The document, or ``FetchError`` ``not_at_hand``."""
        content = self.documents.get(url)
        if content is not None:
            return FetchedDocument(url, content)
        if self.otherwise is None:
            raise FetchError("not_at_hand", f"{url} is not among the documents at hand")
        return self.otherwise.fetch(url)


@dataclass(frozen=True)
class DocumentFolder:
    """A fetcher over a folder of DID documents, JWKs and status lists, found by what they say they are.

    A DID document answers for its did:web address, a status list credential (JSON or JWT) for its ``id``, a
    JWK for its ``kid``, a newer copy of a badge for its ``id`` and its refresh service. File names mean
    nothing. A file that cannot be read is left out and named in ``unreadable``; an address that two different
    files answer for is refused.
    """

    folder: Path
    documents: dict[str, bytes] = field(init=False, repr=False)
    unreadable: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, bytes] = {}
        failed: list[str] = []
        for path in sorted(self.folder.iterdir()):
            if path.is_file() and path.suffix in _SUFFIXES:
                try:
                    _enter(found, path)
                except BadgeError as fault:
                    failed.append(f"{path.name}: {fault}")
        object.__setattr__(self, "documents", found)
        object.__setattr__(self, "unreadable", tuple(failed))

    def fetch(self, url: str) -> FetchedDocument:
        """The document that answers for this address, or ``FetchError`` ``not_at_hand``."""
        content = self.documents.get(url)
        if content is None:
            raise FetchError("not_at_hand", f"{url} is not in the folder of documents")
        if content == _AMBIGUOUS:
            raise FetchError("ambiguous_document", f"two files in the folder say that they are {url}")
        return FetchedDocument(url, content)


def _enter(found: dict[str, bytes], path: Path) -> None:
    content = _limited(path)
    for address in _addresses(content):
        found[address] = content if found.get(address, content) == content else _AMBIGUOUS


def _limited(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise FetchError("too_large", f"more than {MAX_BYTES} bytes")
    return path.read_bytes()


def _addresses(content: bytes) -> list[str]:
    """The addresses that this document answers for, by its own words."""
    if not content.lstrip().startswith(b"{"):
        return _names(dict(open_token(content.strip()).payload))
    return _names(read_object(content))


def _names(document: Mapping[str, Any]) -> list[str]:
    names = [document[name] for name in ("id", "kid", "jti") if isinstance(document.get(name), str)]
    refresh = document.get("refreshService")
    if isinstance(refresh, dict) and isinstance(refresh.get("id"), str):
        names.append(refresh["id"])
    return names + [did_web_url(name) for name in names if name.startswith("did:web:") and "#" not in name]


def as_text(document: Mapping[str, Any]) -> bytes:
    """A document as UTF-8 JSON, for a fetcher or a file."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8")
