"""The notification service that a launch names: what is checked of it, and what is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import origin_of
from ltitool.lti.claim_errors import ClaimUnreadable
from ltitool.lti.claimchecks import MAX_TEXT, Claims, Expected

MAX_TYPES = 100


@dataclass(frozen=True)
class NoticeService:
    """Where an LMS takes the addresses that its notices should go to, and which notices it has."""

    url: str
    types: tuple[str, ...]


def check_notice_service(claims: Claims, _expected: Expected) -> None:
    service = claims.get(words.NOTICE_SERVICE)
    if service is None:
        return
    if not isinstance(service, dict):
        raise ClaimUnreadable(words.NOTICE_SERVICE)
    url, types = service.get("platform_notification_service_url"), service.get("notice_types_supported", [])
    if not isinstance(url, str) or len(url) > MAX_TEXT or origin_of(url) is None:
        raise ClaimUnreadable("platform_notification_service_url")
    if (
        not isinstance(types, list)
        or len(types) > MAX_TYPES
        or not all(isinstance(one, str) for one in types)
    ):
        raise ClaimUnreadable("notice_types_supported")


def read_notice_service(claims: Mapping[str, Any]) -> NoticeService | None:
    """Give the service of a launch that has been checked; None where it names none."""
    service = claims.get(words.NOTICE_SERVICE)
    if service is None:
        return None
    types = service.get("notice_types_supported", [])
    return NoticeService(service["platform_notification_service_url"], tuple(types))


NOTICE_SERVICE_CHECKS: tuple[Callable[[Claims, Expected], None], ...] = (check_notice_service,)
