"""Documents that a verification needs: ours without a network, others through the safe client, few and small.

The library asks for DID documents, keys and status lists, and for a newer copy on the issuer's own host;
evidence, pictures, schemas, terms and whatever else a badge names is never fetched.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from badges.documents import FetchedDocument
from badges.errors import FetchError
from ltitool.credentials.published import published_document
from ltitool.errors import ToolError
from ltitool.foundation.errors import FetchBlocked, FetchRefused
from ltitool.foundation.services import Services
from ltitool.settings import Settings, is_loopback

MAX_FETCHES = 8
MAX_SECONDS = 10.0  # of all fetches of one verification
ONE_FETCH_SECONDS = 5.0
MAX_BYTES = 2 * 2**20  # a status list of a million entries, half of them set, has less
ACCEPT = "application/did+ld+json, application/vc+ld+json, application/jwk+json, application/json, text/plain"


@dataclass
class PublicFetcher:
    """Gets documents for one verification, within its budget; implements `badges.documents.Fetcher`."""

    found: Services
    monotonic: Callable[[], float] = time.monotonic
    fetches: int = 0
    _began: float | None = field(default=None, init=False)

    def fetch(self, url: str) -> FetchedDocument:
        """Give the document at an address.

        Raises:
            FetchError: `not_found`, `blocked_address`, `budget`, or why there was no usable answer.
        """
        path = own_path(url, self.found.settings)
        content = self._own(url, path) if path is not None else self._foreign(url)
        return FetchedDocument(url, content, fetched_at=self.found.clock())

    def _own(self, url: str, path: str) -> bytes:
        document = published_document(path, self.found)
        if document is None:
            raise FetchError("not_found", f"there is no such document here: {url[:200]}")
        return json.dumps(document, ensure_ascii=False).encode()

    def _foreign(self, url: str) -> bytes:
        seconds = self._spend()
        address = as_reachable(url, self.found.settings)
        try:
            answer = self.found.http.request(
                "GET", address, headers={"Accept": ACCEPT}, max_bytes=MAX_BYTES, timeout=seconds
            )
        except FetchRefused as refused:
            raise fetch_error(refused, url) from refused
        if not answer.ok:
            raise FetchError("http_status", f"{url[:200]} answered with status {answer.status}")
        return answer.body

    def _spend(self) -> float:
        now = self.monotonic()
        self._began = now if self._began is None else self._began
        left = MAX_SECONDS - (now - self._began)
        if self.fetches >= MAX_FETCHES or left <= 0:
            raise FetchError("budget", "this badge asks for more documents, or slower ones, than we fetch")
        self.fetches += 1
        return min(ONE_FETCH_SECONDS, left)


def fetch_error(refused: ToolError, url: str) -> FetchError:
    """Say why a fetch brought nothing, as the library's reports do."""
    if isinstance(refused, FetchBlocked):
        return FetchError("blocked_address", f"we do not connect to {url[:200]}")
    reason = refused.reason if isinstance(refused, FetchRefused) else refused.code
    return FetchError(f"fetch_{reason}", f"{url[:200]} gave no usable answer ({reason})")


def own_path(url: str, settings: Settings) -> str | None:
    """Give the path of one of our own addresses, or None for somebody else's.

    did:web and `kid` name https addresses; on loopback those of our own host are ours, too.
    """
    parts = _parts(url)
    if parts is None:
        return None
    ours = urlsplit(settings.public_url)
    schemes = {"https", "http"} if settings.loopback_http else {ours.scheme}
    if parts.netloc.lower() != ours.netloc.lower() or parts.scheme not in schemes:
        return None
    return parts.path


def as_reachable(url: str, settings: Settings) -> str:
    """Give the address that is really asked: where loopback http is allowed, loopback speaks no https."""
    parts = _parts(url)
    if parts is None or not settings.loopback_http or not is_loopback(parts.hostname or ""):
        return url
    return parts._replace(scheme="http").geturl()


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # brackets that hold no address; the safe client refuses it by its own reading
        return None
