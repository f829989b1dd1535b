"""Read what a tool sends, strictly: JSON without doubled names or NaN, the exact media type, plain fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ltitool.sandbox.errors import ServiceRefusal

if TYPE_CHECKING:
    from flask import Request
    from werkzeug.datastructures import MultiDict

MAX_BODY: Final = 64 * 1024


def strict_json(body: bytes) -> Any:
    """Parse JSON, raising ValueError for anything that two parsers could read differently."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_single_names, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def single_fields(form: MultiDict[str, str]) -> dict[str, str] | None:
    """Flatten a form or query; None when a field stands there twice."""
    if any(len(values) > 1 for _, values in form.lists()):
        return None
    return dict(form.items())


def json_object(request: Request, media_type: str) -> dict[str, Any]:
    """Read the JSON object of a service request that must carry exactly this media type."""
    if request.mimetype != media_type:
        raise ServiceRefusal(415, "wrong_content_type", f"send Content-Type: {media_type}")
    try:
        body = strict_json(request.get_data())
    except ValueError as error:
        raise ServiceRefusal(400, "bad_json", f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ServiceRefusal(400, "bad_json", "the body must be a JSON object")
    return body


def require_accept(request: Request, media_type: str) -> None:
    """Refuse a reader that does not name the media type: some real platforms do, so a tool must."""
    named = {value.lower() for value, _ in request.accept_mimetypes}
    if media_type not in named:
        raise ServiceRefusal(406, "not_acceptable", f"send Accept: {media_type}")


def _single_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
