"""Requests to one platform's services: with its token, to its pinned origins, with one fresh try on 401.

Canvas says "slow down" with a 403, so a 403 counts as busy where the answer says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ltitool.foundation.errors import FetchBlocked, FetchRefused, FetchTooLarge
from ltitool.foundation.services import HttpAnswer, HttpClient
from ltitool.lti.access_tokens import AccessTokens
from ltitool.lti.addresses import is_at
from ltitool.lti.models import Platform
from ltitool.lti.service_errors import (
    ServiceAddressForeign,
    ServiceAnswerUnreadable,
    ServiceBusy,
    ServiceConflict,
    ServiceRefused,
    ServiceSilent,
    ServiceTargetGone,
)
from ltitool.lti.strictjson import NotStrictJson, read_value

MAX_ANSWER = 2 * 2**20
TIMEOUT = 10.0
UNAUTHORISED, FORBIDDEN, CONFLICT = 401, 403, 409
GONE = frozenset({404, 410})
LATER = frozenset({401, 408, 425, 429})  # a 401 here has been tried with a fresh token already
SERVER_ERROR = 500
THROTTLED = (b"rate limit exceeded", b"throttl")
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class Call:
    """One request to a service."""

    method: str
    url: str
    scopes: tuple[str, ...]
    accept: str
    content_type: str | None = None
    body: bytes | None = None
    max_bytes: int = MAX_ANSWER


@dataclass(frozen=True)
class PlatformClient:
    """One platform's services."""

    platform: Platform
    tokens: AccessTokens
    http: HttpClient
    clock: Callable[[], datetime]

    def send(self, call: Call) -> HttpAnswer:
        """Send a request and give its answer, which is a success.

        Raises:
            ServiceAddressForeign: the address is not the platform's; nothing was sent.
            ServiceBusy, ServiceRefused and its kin: by what was answered.
            TokenRefused: there is no token for this.
        """
        if not is_at(call.url, self.platform.service_origins):
            raise ServiceAddressForeign(call.url[:200])
        token = self.tokens.get(self.platform, call.scopes)
        answer = self._request(call, token)
        if answer.status == UNAUTHORISED:
            answer = self._request(call, self.tokens.get(self.platform, call.scopes, instead_of=token))
        if not answer.ok:
            raise self._refusal(answer)
        return answer

    def _request(self, call: Call, token: str) -> HttpAnswer:
        headers = {"Accept": call.accept, "Authorization": f"Bearer {token}"}
        if call.content_type is not None:
            headers["Content-Type"] = call.content_type
        try:
            return self.http.request(
                call.method,
                call.url,
                headers=headers,
                body=call.body,
                max_bytes=call.max_bytes,
                timeout=TIMEOUT,
            )
        except FetchBlocked as error:
            raise ServiceAddressForeign(str(error)) from error
        except FetchTooLarge as error:
            raise ServiceAnswerUnreadable(str(error)) from error
        except FetchRefused as error:
            raise ServiceSilent(str(error)) from error

    def _refusal(self, answer: HttpAnswer) -> ServiceBusy | ServiceRefused:
        status = answer.status
        detail = f"status {status} {answer.reason[:200]}: {answer.body[:200]!r}"
        if status >= SERVER_ERROR:
            return ServiceSilent(detail, retry_after(answer, self.clock()))
        if status in LATER or is_throttled(answer):
            return ServiceBusy(detail, retry_after(answer, self.clock()))
        if status in GONE:
            return ServiceTargetGone(detail, status)
        if status == CONFLICT:
            return ServiceConflict(detail, status)
        return ServiceRefused(detail, status)


def read_answer(answer: HttpAnswer) -> object:
    """Read a JSON answer.

    Raises:
        ServiceAnswerUnreadable: it is none.
    """
    try:
        return read_value(answer.body)
    except NotStrictJson as error:
        raise ServiceAnswerUnreadable(str(error)) from error


def is_throttled(answer: HttpAnswer) -> bool:
    """Say whether a 403 means "too fast" and not "no"."""
    if answer.status != FORBIDDEN:
        return False
    body = answer.body[:2000].lower()
    return "retry-after" in answer.headers or any(word in body for word in THROTTLED)


def retry_after(answer: HttpAnswer, now: datetime) -> datetime | None:
    """Read when an LMS wants to be asked again: seconds or a date, at most a day ahead."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
        return now + wait
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, now), now + LONGEST_WAIT)


def scopes_of(granted: Iterable[str], *wanted: str) -> tuple[str, ...]:
    """Give those of the wanted scopes that a course granted, in one order."""
    return tuple(sorted(set(granted) & set(wanted)))
