"""Moodle, as a running 4.3 and 4.5 behaved.

It wipes the grade for anything that is not finished, says why it refuses in the reason phrase alone, and
does not tell a stranger from a teacher. Besides: addresses keep their query (addresses.below), lists are
asked for without a limit (gradebook.py, rosters.py), media types are exact, and two scores of one second
conflict (grade_intents.BETWEEN_STAMPS).
"""

from ltitool.lti.quirks.plain import Plain, Verdict

REFUSED = 400


class Moodle(Plain):
    """Moodle's gradebook."""

    def withholds(self, grading_progress: str) -> bool:
        """Keep back whatever is not final: it would erase the grade that is there."""
        return grading_progress != "FullyGraded"

    def verdict(self, status: int, said: str) -> Verdict | None:
        """Read the reason phrase: Moodle answers a stranger and a teacher alike."""
        if status == REFUSED and "incorrect score received" in said:
            return Verdict.LEARNER_ABSENT
        return super().verdict(status, said)
