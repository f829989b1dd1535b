"""What one LMS's gradebook wants differently: the small interface, and the answers of the standard itself."""

from collections.abc import Mapping
from enum import Enum

ABSENT_STATUSES = frozenset({400, 403, 404, 422})
# How platforms say that a user id is no learner of the course (any more).
ABSENT_WORDS = ("not_a_learner", "not enrolled", "user not found", "not a student", "no such user")


class Verdict(Enum):
    """What a refused score means."""

    LEARNER_ABSENT = "absent"  # not in the course, or not as a learner
    NO_ATTEMPT_LEFT = "no attempt left"  # it may still be sent as a regrade
    NOT_NEWER = "not newer"  # the gradebook has something at least as new


class Plain:
    """The standard's own manners; a product overrides what it does otherwise."""

    makes_columns = True  # whether a column that we make ourselves is of any use to its teachers

    def extension(self, *, first: bool) -> Mapping[str, object]:
        """Give what a score carries besides; `first` if none was ever sent for this learner."""
        del first
        return {}

    def comment(self, wanted: str | None, last_sent: str | None) -> str | None:
        """Give the comment to send, knowing which was the last one that arrived."""
        del last_sent
        return wanted

    def withholds(self, grading_progress: str) -> bool:
        """Say whether a score that is not final has to be kept back."""
        del grading_progress
        return False

    def verdict(self, status: int, said: str) -> Verdict | None:
        """Say what a refusal means; `said` is its reason phrase and body, in lower case."""
        if status in ABSENT_STATUSES and any(words in said for words in ABSENT_WORDS):
            return Verdict.LEARNER_ABSENT
        return None
