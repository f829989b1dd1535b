"""One post to a tool's address for notices: no redirect, a few seconds, never a second try."""

from __future__ import annotations

from typing import Final

import requests

_TIMEOUT: Final = (2.0, 5.0)


def post_notices(url: str, body: bytes) -> str:
    """Post notices and say in a word what became of them: the status, or that nobody answered."""
    headers = {"Content-Type": "application/json"}
    try:
        with requests.post(
            url, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            return str(answer.status_code)
    except requests.RequestException:
        return "no answer"
