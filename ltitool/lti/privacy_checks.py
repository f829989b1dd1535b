"""The checks of a data privacy launch: somebody wants to know what we keep about a person of the LMS."""

from collections.abc import Callable

from ltitool.lti import privacy_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.claimchecks import Claims, Expected, is_id
from ltitool.lti.roles import administers_lms


def check_privacy_is_whole(claims: Claims, _expected: Expected) -> None:
    """See that it says whom it is about."""
    if _is_privacy(claims) and privacy_subject(claims) is None:
        raise wrong.PrivacyIncomplete


def check_privacy_is_of_no_course(claims: Claims, _expected: Expected) -> None:
    """Refuse one that comes out of a course: it is about everything that is kept, wherever it came from."""
    if _is_privacy(claims) and (claims.get(words.CONTEXT) or claims.get(words.RESOURCE_LINK)):
        raise wrong.PrivacyInCourse


def check_privacy_is_theirs(claims: Claims, _expected: Expected) -> None:
    """Let an administrator of the LMS ask about anybody there, and everybody about themselves."""
    if not _is_privacy(claims) or administers_lms(claims[words.ROLES]):
        return
    if privacy_subject(claims) != claims["sub"]:
        raise wrong.PrivacyNotYours


def privacy_subject(claims: Claims) -> str | None:
    """Give the LMS's user id of the person whose data are meant; None for any other message."""
    meant = claims.get(words.FOR_USER)
    subject = meant.get("user_id") if isinstance(meant, dict) and _is_privacy(claims) else None
    return subject if isinstance(subject, str) and is_id(subject) else None


def _is_privacy(claims: Claims) -> bool:
    return claims.get(words.MESSAGE_TYPE) == words.DATA_PRIVACY_REQUEST


PRIVACY_CHECKS: tuple[Callable[[Claims, Expected], None], ...] = (
    check_privacy_is_whole,
    check_privacy_is_of_no_course,
    check_privacy_is_theirs,
)
