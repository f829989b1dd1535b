"""Pages of a service's answer: `limit` and `page` in the query, the next page named by a Link header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from ltitool.sandbox.errors import ServiceRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ltitool.sandbox.manners import Manners

MAX_LIMIT: Final = 100


@dataclass(frozen=True)
class Page:
    """Which rows are asked for; `number` counts from 0."""

    number: int
    limit: int

    @property
    def sql(self) -> tuple[int, int]:
        """Give LIMIT and OFFSET, one row more than the page: it tells whether another page follows."""
        return self.limit + 1, self.number * self.limit


def asked_page(fields: Mapping[str, str], manners: Manners) -> Page:
    """Read the page from a query; a limit above the platform's page size is cut to it."""
    limit = _whole(fields, "limit", manners.page_size)
    if limit < 1 or (manners.refuses_large_limits and "limit" in fields and limit > MAX_LIMIT):
        raise ServiceRefusal(400, "bad_limit", f"limit must lie between 1 and {MAX_LIMIT}")
    return Page(_whole(fields, "page", 0), min(limit, manners.page_size))


def link_header(url: str, fields: Mapping[str, str], page: Page, found: int) -> dict[str, str]:
    """Name the next page, keeping every filter of this one; nothing when this is the last."""
    if found <= page.limit:
        return {}
    query = urlencode({**fields, "limit": page.limit, "page": page.number + 1})
    return {"Link": f'<{url.partition("?")[0]}?{query}>; rel="next"'}


def in_curly_quotes(links: Mapping[str, str]) -> dict[str, str]:
    """Write a Link header as Moodle's gradebook does: with typographer's quotes and HTML's ampersands."""
    curly = {name: value.replace("&", "&amp;").replace('"next"', "“next”") for name, value in links.items()}
    # A header goes over the wire as bytes; WSGI wants each of them as one character.
    return {name: value.encode().decode("latin-1") for name, value in curly.items()}


def _whole(fields: Mapping[str, str], name: str, default: int) -> int:
    text = fields.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6):  # noqa: PLR2004 - far more than any page
        raise ServiceRefusal(400, f"bad_{name}", f"{name} must be a whole number")
    return int(text)
