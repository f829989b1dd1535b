"""Addresses that others name: compared as origins, never by the start of a text."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_UNPLAIN = re.compile(r"[\x00-\x20\\]")
DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(1024)
def origin_of(url: str) -> str | None:
    """Give scheme://host[:port] of a web address in its one spelling, or None if it is not a plain one."""
    if _UNPLAIN.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def is_at(url: str, origins: Iterable[str]) -> bool:
    """Say whether an address lies at one of these origins."""
    origin = origin_of(url)
    return origin is not None and origin in set(origins)


def with_query(url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Add query parameters to an address, keeping those that it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(list(parameters)))))
    return urlunsplit(parts._replace(query=query))


def below(url: str, segment: str) -> str:
    """Append a path segment, keeping the query: Moodle's line items end in ?type_id=1."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{segment}"))


def query_of(url: str) -> dict[str, str]:
    """Give the query parameters of an address; of a doubled one, the last."""
    return dict(parse_qsl(urlsplit(url).query))
