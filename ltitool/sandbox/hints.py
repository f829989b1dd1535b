"""The lti_message_hint: our own note to ourselves that travels through the tool's login.

It says who starts which activity, and how it is shown. It is signed, lives for five minutes and can be
used once. A tool must hand it back byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, cast

from joserfc import jwt
from joserfc.errors import JoseError

from ltitool.sandbox.errors import LaunchRefusal

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

LIFETIME: Final = timedelta(minutes=5)
MAX_LENGTH: Final = 2_048

DocumentTarget = Literal["iframe", "window"]


@dataclass(frozen=True)
class Hint:
    """What one launch is about."""

    id: str
    person_key: str
    course_id: str
    activity_id: str  # empty where the tool is asked for new links
    document_target: DocumentTarget
    expires_at: datetime
    for_sub: str = ""  # whose work is to be reviewed


def write_hint(hint: Hint, key: OctKey) -> str:
    claims = {
        "jti": hint.id,
        "sub": hint.person_key,
        "course": hint.course_id,
        "activity": hint.activity_id,
        "shown": hint.document_target,
        "exp": int(hint.expires_at.timestamp()),
        "for": hint.for_sub,
    }
    return jwt.encode({"alg": "HS256"}, claims, key, ["HS256"])


def read_hint(text: str, key: OctKey, now: datetime) -> Hint:
    """Check a hint's signature and age; whether it was used before is for the caller to burn."""
    if len(text) > MAX_LENGTH:
        raise LaunchRefusal("invalid_request", "lti_message_hint is not ours: it is too long")
    try:
        claims = jwt.decode(text, key, ["HS256"]).claims
    except (JoseError, ValueError) as error:
        raise LaunchRefusal("invalid_request", "lti_message_hint is not ours, or was changed") from error
    hint = Hint(
        id=claims["jti"],
        person_key=claims["sub"],
        course_id=claims["course"],
        activity_id=claims["activity"],
        document_target=cast("DocumentTarget", claims["shown"]),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        for_sub=claims["for"],
    )
    if hint.expires_at < now:
        raise LaunchRefusal("invalid_request", "lti_message_hint has expired: start again from the course")
    return hint
