"""Read an answer that comes in pages: one at a time, never in a circle, never from somewhere else (A56)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin

from ltitool.foundation.services import HttpAnswer
from ltitool.lti.addresses import origin_of
from ltitool.lti.platform_client import Call, PlatformClient
from ltitool.lti.service_errors import ServiceAddressForeign, ServiceEndless

MAX_PAGES = 1_000  # 50,000 people in pages of 50
_LINK = re.compile(r"<([^>]*)>([^,<]*)")
_NEXT = re.compile(r"\brel\s*=\s*[\"'“”]?\s*next\b", re.IGNORECASE)


def read_pages(
    client: PlatformClient, call: Call, *, endless: type[ServiceEndless] = ServiceEndless
) -> Iterator[HttpAnswer]:
    """Send a request, then one for each page that follows.

    Raises:
        ServiceEndless: the pages go in a circle, or there are more than MAX_PAGES.
        ServiceAddressForeign: a page lies at another origin than the first; it was not asked for.
    """
    seen: set[int] = set()  # of hashes: addresses can be long, and there can be many
    page: str | None = call.url
    while page is not None:
        if hash(page) in seen or len(seen) >= MAX_PAGES:
            raise endless(f"{len(seen)} pages")
        seen.add(hash(page))
        answer = client.send(replace(call, url=page))
        yield answer
        page = next_page(answer, page)
        if page is not None and origin_of(page) != origin_of(call.url):
            raise ServiceAddressForeign(page[:200])


def next_page(answer: HttpAnswer, here: str) -> str | None:
    """Give the address of the next page, if a Link header names one, however it is quoted."""
    for address, parameters in _LINK.findall(_as_written(answer.headers.get("link", ""))):
        if _NEXT.search(parameters):
            return urljoin(here, unescape(address))
    return None


def _as_written(header: str) -> str:
    """Undo the reading of a header as Latin-1 where it was UTF-8: Moodle's quotes are typographer's."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
