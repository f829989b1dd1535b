"""The checks of a deep linking request, and what is kept of it. Other messages pass untouched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ltitool.lti import deeplink_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import is_at, origin_of
from ltitool.lti.claim_errors import ClaimUnreadable
from ltitool.lti.claimchecks import MAX_TEXT, Claims, Expected
from ltitool.lti.quirks import canvas
from ltitool.lti.roles import LtiRole, read_role
from ltitool.settings import is_loopback

MAX_DATA = 16_384
MAX_TYPES = 50


@dataclass(frozen=True)
class DeepLinkSettings:
    """How a course wants its new links."""

    return_url: str
    takes_links: bool  # at all: some places take only files or text
    takes_several: bool
    data: str | None  # the LMS's own note, echoed letter by letter; None where it sent none


def check_deep_link_settings(claims: Claims, _expected: Expected) -> None:
    if _is_deep_link(claims) and not isinstance(claims.get(words.DEEP_LINK_SETTINGS), dict):
        raise wrong.DeepLinkSettingsMissing


def check_deep_link_return(claims: Claims, expected: Expected) -> None:
    """See that the answer will go to the platform: its form carries what we signed (N68, A50)."""
    if not _is_deep_link(claims):
        return
    url = claims[words.DEEP_LINK_SETTINGS].get("deep_link_return_url")
    if not url:
        raise wrong.DeepLinkReturnMissing
    if not isinstance(url, str) or len(url) > MAX_TEXT or not _is_safe(url):
        raise wrong.DeepLinkReturnUnsafe(repr(url)[:200])
    if not is_at(url, expected.platform_origins) and not canvas.in_one_cloud(expected.issuer, url):
        raise wrong.DeepLinkReturnForeign(url[:200])


def check_deep_link_kinds(claims: Claims, _expected: Expected) -> None:
    if not _is_deep_link(claims):
        return
    settings = claims[words.DEEP_LINK_SETTINGS]
    types, data = settings.get("accept_types"), settings.get("data")
    if (
        not isinstance(types, list)
        or len(types) > MAX_TYPES
        or not all(isinstance(one, str) for one in types)
    ):
        raise ClaimUnreadable("accept_types")
    if not isinstance(settings.get("accept_multiple"), bool | None):
        raise ClaimUnreadable("accept_multiple")
    if data is not None and (not isinstance(data, str) or len(data) > MAX_DATA):
        raise ClaimUnreadable("data")


def check_deep_link_role(claims: Claims, _expected: Expected) -> None:
    if _is_deep_link(claims) and read_role(claims[words.ROLES]) is LtiRole.LEARNER:
        raise wrong.DeepLinkNotForLearners


def read_deep_link(claims: Mapping[str, Any]) -> DeepLinkSettings | None:
    """Give the settings of a deep linking request that has been checked; None for any other message."""
    if not _is_deep_link(claims):
        return None
    settings = claims[words.DEEP_LINK_SETTINGS]
    return DeepLinkSettings(
        return_url=settings["deep_link_return_url"],
        takes_links=words.LINK_ITEM in settings["accept_types"],
        takes_several=settings.get("accept_multiple") is not False,
        data=settings.get("data"),
    )


def _is_deep_link(claims: Claims) -> bool:
    return claims.get(words.MESSAGE_TYPE) == words.DEEP_LINKING_REQUEST


def _is_safe(url: str) -> bool:
    """Say whether a form may be posted there: https, or this machine."""
    origin = origin_of(url)
    if origin is None:
        return False
    return origin.startswith("https://") or is_loopback(urlsplit(url).hostname or "")


DEEP_LINK_CHECKS: tuple[Callable[[Claims, Expected], None], ...] = (
    check_deep_link_settings,
    check_deep_link_return,
    check_deep_link_kinds,
    check_deep_link_role,
)
