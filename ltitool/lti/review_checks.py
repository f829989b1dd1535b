"""The checks of a submission review: somebody opens one learner's work from the gradebook."""

from collections.abc import Callable

from ltitool.lti import review_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.claimchecks import MAX_ID, Claims, Expected
from ltitool.lti.roles import LtiRole, read_role


def check_review_is_whole(claims: Claims, _expected: Expected) -> None:
    """See that a review says whose work it is about, and for which column (N71)."""
    if _is_review(claims) and (
        subject_of(claims) is None or not (claims.get(words.AGS) or {}).get("lineitem")
    ):
        raise wrong.ReviewIncomplete


def check_review_is_theirs(claims: Claims, _expected: Expected) -> None:
    """Let a learner see their own work and nobody else's (N73)."""
    if not _is_review(claims) or read_role(claims[words.ROLES]) is not LtiRole.LEARNER:
        return
    if subject_of(claims) != claims["sub"]:
        raise wrong.ReviewNotYours


def subject_of(claims: Claims) -> str | None:
    """Give the LMS's user id of the person whose work is meant; None for any other message."""
    meant = claims.get(words.FOR_USER)
    subject = meant.get("user_id") if isinstance(meant, dict) and _is_review(claims) else None
    return subject if isinstance(subject, str) and 0 < len(subject) <= MAX_ID else None


def _is_review(claims: Claims) -> bool:
    return claims.get(words.MESSAGE_TYPE) == words.SUBMISSION_REVIEW_REQUEST


REVIEW_CHECKS: tuple[Callable[[Claims, Expected], None], ...] = (
    check_review_is_whole,
    check_review_is_theirs,
)
