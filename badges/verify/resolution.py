"""From the name of a key to the key: did:key, did:web, an https key document, or a single JWK.

Whatever has to be fetched comes from the fetcher that was handed in. What cannot be had makes a check "could
not check"; what is had and is wrong makes it fail.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from badges.canonical.reader import read_object
from badges.did import DidDocument, did_key_document, did_web_url, read_did_document, split_did_url
from badges.errors import DidSyntaxError, FetchError, KeyFormatError
from badges.keys import key_from_jwk

if TYPE_CHECKING:
    from badges.documents import FetchedDocument, Fetcher
    from badges.keys import PublicKey

# DID documents and JWKs have a few kilobytes.
_MAX_KEY_DOCUMENT = 256 * 1024


@functools.lru_cache(maxsize=64)
def _read_key_document(content: bytes, controller: str) -> DidDocument:
    """A key document is read once as long as it comes with the same bytes."""
    return read_did_document(read_object(content, max_bytes=_MAX_KEY_DOCUMENT), expected=controller)


class MissingError(Exception):
    """Inside the verifier only: a document could not be had, so something could not be checked."""

    def __init__(self, code: str, url: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.url = url
        self.reason = reason


@dataclass
class Resolver:
    """Gets documents through the fetcher, each address once in a verification."""

    fetcher: Fetcher | None
    fetched: dict[str, FetchedDocument] = field(default_factory=dict)

    def fetch(self, url: str) -> FetchedDocument:
        """The document at the address.

        Raises:
            MissingError: there is no fetcher, or it could not get it.
        """
        if url in self.fetched:
            return self.fetched[url]
        if self.fetcher is None:
            raise MissingError("no_fetcher", url, f"{url} was not fetched")
        try:
            document = self.fetcher.fetch(url)
        except FetchError as fault:
            raise MissingError(fault.code, url, fault.message) from fault
        except OSError as fault:
            # A fetcher that lets its network's faults through; what the system says is not for people.
            raise MissingError("not_fetched", url, f"{url} could not be had") from fault
        self.fetched[url] = document
        return document

    def key_document(self, controller: str) -> DidDocument:
        """The document of a did:key, did:web or https controller.

        Raises:
            MissingError: it could not be had.
            DidSyntaxError, KeyFormatError, JsonRefusedError: it is wrong.
        """
        if controller.startswith("did:key:"):
            return did_key_document(controller)
        return _read_key_document(self.key_content(controller), controller)

    def key_content(self, controller: str) -> bytes:
        """The bytes of a controller's key document; empty for did:key, which has none.

        Raises:
            MissingError: it could not be had.
            DidSyntaxError: the controller's identifier is malformed.
        """
        if controller.startswith("did:key:"):
            return b""
        url = did_web_url(controller) if controller.startswith("did:web:") else controller
        return self.fetch(url).content

    def single_jwk(self, url: str) -> PublicKey:
        """The key at an https ``kid``, which must lead to one JWK and not to a set.

        Raises:
            MissingError, KeyFormatError, JsonRefusedError.
        """
        jwk: dict[str, Any] = read_object(self.fetch(url).content, max_bytes=_MAX_KEY_DOCUMENT)
        if "keys" in jwk:
            raise KeyFormatError("jwk_set", "the kid leads to a set of keys, it must lead to one")
        if jwk.get("kid", url) != url:
            raise KeyFormatError("jwk_kid", "the JWK that was found has another kid")
        return key_from_jwk(jwk)


def controller_of(method_id: str) -> str:
    """The part of a key's id before ``#``: whose key it is.

    Raises:
        DidSyntaxError: ``did_syntax``.
    """
    if method_id.startswith("did:"):
        return split_did_url(method_id)[0]
    parts = urlsplit(method_id)
    if parts.scheme != "https" or not parts.hostname or parts.username or not parts.fragment:
        raise DidSyntaxError(
            "did_syntax", f"{method_id[:200]!r} is neither a DID URL nor an https key address"
        )
    return method_id.partition("#")[0]


def host_of(identifier: str) -> str | None:
    """The host that stands behind a did:web or https identifier; None for any other."""
    try:
        if identifier.startswith("did:web:"):
            return urlsplit(did_web_url(identifier)).netloc
    except DidSyntaxError:
        return None
    return urlsplit(identifier).netloc if identifier.startswith("https://") else None
