"""Sessions whose token stands in the path, for browsers that keep no cookie of ours in an LMS's frame.

An address can be copied, and what is copied must be worth nothing: such a session opens in frames alone,
for our own pages alone, for one user agent, and its token stays out of logs, of caches and of what other
sites are told. So nobody can put their own session into a page where others would take it for theirs.
"""

import hashlib
import re

from flask import request

from ltitool.people.sessions import SEPARATOR

FRAMES = frozenset({"iframe", "frame"})
OUR_OWN = frozenset({"same-origin", "none"})  # none: the person's own doing, such as loading a frame again
_CARRIED = re.compile(rf"(/l/[^/{SEPARATOR}]*{SEPARATOR})[^/?#\s]*")


def agent_hash() -> str:
    """Hash this request's user agent: what a session in the path is bound to."""
    return hashlib.sha256(request.user_agent.string.encode()).hexdigest()


def is_in_frame() -> bool:
    """Say whether one of our own pages wants this answer in a frame, or for a page that stands in one.

    Browsers tell who asks and where an answer goes, and no page can make them lie; one that tells nothing is
    refused. A session in the path begins on our own page (lti/recall.html), so no other site ever asks.
    """
    if request.headers.get("Sec-Fetch-Site") not in OUR_OWN:
        return False
    goes_to = request.headers.get("Sec-Fetch-Dest", "")
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return goes_to in FRAMES
    return goes_to not in {"", "document"}


def carries_session(path: str) -> bool:
    """Say whether an address holds a session's token."""
    return _CARRIED.search(path) is not None


def masked(text: str) -> str:
    """Take the tokens out of addresses, for the log."""
    return _CARRIED.sub(r"\1…", text)
