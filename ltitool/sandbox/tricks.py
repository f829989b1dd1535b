"""What a hostile platform does to a tool that reads from its services: one trick per answer, by turns."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import Response, request

from ltitool.sandbox.manners import Trick
from ltitool.sandbox.runtime import current_platform, switchboard

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREIGN_PAGE: Final = "https://evil.example/next"
SECRETS: Final = "http://169.254.169.254/latest/meta-data/"
_PIECE: Final = b" " * 65_536  # JSON allows any amount of blanks after its end
_HUGE_PIECES: Final = 128  # 8 MiB
_ENDLESS_PIECES: Final = 16_384  # 1 GiB, in case that a tool really reads on


def play_trick(answer: Response) -> Response:
    """Turn the answer to a read into the next trick of a hostile platform."""
    tricks = current_platform().config.manners.tricks
    if not tricks or request.method != "GET" or answer.status_code != 200:  # noqa: PLR2004 - a good answer
        return answer
    trick = tricks[switchboard().next_turn(request.endpoint or "") % len(tricks)]
    if trick is Trick.REDIRECT:
        return Response("", 302, {"Location": SECRETS})
    if trick in {Trick.HUGE_PAGE, Trick.ENDLESS_BODY}:
        pieces = _HUGE_PIECES if trick is Trick.HUGE_PAGE else _ENDLESS_PIECES
        return Response(_padded(answer.get_data(), pieces), 200, content_type=answer.content_type)
    answer.headers["Link"] = f'<{_next_page(trick)}>; rel="next"'
    return answer


def _next_page(trick: Trick) -> str:
    if trick is Trick.FOREIGN_NEXT:
        return FOREIGN_PAGE
    if trick is Trick.CIRCLE_NEXT:
        return request.url
    page = request.args.get("page", "0")
    following = int(page) + 1 if page.isdigit() else 1
    return f"{request.base_url}?{urlencode({**request.args.to_dict(), 'page': following})}"


def _padded(body: bytes, pieces: int) -> Iterator[bytes]:
    yield body
    yield from repeat(_PIECE, pieces)
