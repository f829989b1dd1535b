"""Make faults happen: before a request is looked at, or after it was done and nobody is to hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, g, request

from ltitool.sandbox.faults import HANG_SECONDS, Fault, Kind, Service
from ltitool.sandbox.runtime import switchboard

if TYPE_CHECKING:
    from collections.abc import Iterator

# Which service a request belongs to, by endpoint.
_SERVICES: Final = {
    "protocol.openid_configuration": Service.CONFIGURATION,
    "protocol.register_tool": Service.CONFIGURATION,
    "protocol.key_set": Service.KEYS,
    "protocol.authorize": Service.LOGIN,
    "protocol.token": Service.TOKEN,
    "services.list_line_items": Service.LINE_ITEMS,
    "services.create_line_item": Service.LINE_ITEMS,
    "services.get_line_item": Service.LINE_ITEMS,
    "services.change_line_item": Service.LINE_ITEMS,
    "services.delete_line_item": Service.LINE_ITEMS,
    "services.post_score": Service.SCORES,
    "services.list_results": Service.RESULTS,
    "services.list_members": Service.ROSTER,
    "group_services.list_groups": Service.GROUPS,
    "group_services.list_sets": Service.GROUPS,
}
_WAITS: Final = {Kind.SLOW: None, Kind.HANGING: HANG_SECONDS}
_SAY_WHEN: Final = frozenset({Kind.TOO_MANY, Kind.UNAVAILABLE})
_ANSWERS: Final = {
    Kind.TOO_MANY: (429, "Too Many Requests"),
    Kind.THROTTLED: (403, "403 Forbidden (Rate Limit Exceeded)\n"),
    Kind.BROKEN: (500, "Internal Server Error"),
    Kind.UNAVAILABLE: (503, "Service Unavailable"),
    Kind.HTML: (200, "<!doctype html><title>Sign in</title><p>Please sign in again."),
    Kind.FORGOTTEN: (401, ""),
    Kind.GONE: (404, ""),
}
_PROMISED: Final = "100000"  # bytes of an answer that breaks off after the first


def misbehave() -> Response | None:
    """Answer a request wrongly, or late, if its service has a fault."""
    service = _SERVICES.get(request.endpoint or "")
    taken = switchboard().take(service) if service else None
    if taken is None:
        return None
    fault = taken.fault
    if fault.kind in _WAITS:
        switchboard().wait(taken, _WAITS[fault.kind] or fault.seconds)
    elif fault.kind is Kind.DROPPED_AFTER:
        g.practice_drops = True
    else:
        return _wrong_answer(fault)
    return None


def break_off(answer: Response) -> Response:
    """Break the connection after the request was done, if that is the fault."""
    return _broken_off() if g.pop("practice_drops", False) else answer


def _wrong_answer(fault: Fault) -> Response:
    if fault.kind is Kind.DROPPED:
        return _broken_off()
    status, body = _ANSWERS[fault.kind]
    answer = Response(body, status)
    if fault.kind in _SAY_WHEN:
        answer.headers["Retry-After"] = str(max(1, round(fault.seconds)))
    return answer


def _broken_off() -> Response:
    """Promise an answer and stop after its first byte: every server closes the connection then."""

    def body() -> Iterator[bytes]:
        yield b" "
        raise ConnectionResetError("dropped, as the fault demands")

    return Response(body(), 200, {"Content-Length": _PROMISED})
