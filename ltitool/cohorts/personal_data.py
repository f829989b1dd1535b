"""What the cohorts keep about a person: places, hours, 1:1s, progress. See people/personal_data.py.

What they wrote down about others, as a coach, stays with those others.
"""

from ltitool.cohorts.models import Attendance, BoardLook, CoachingEntry, CoursePerson, Membership, Progress
from ltitool.errors import msg
from ltitool.people.personal_data import Held, TableKeeper

KEEPER = TableKeeper(
    (
        Held(Progress, msg("Progress with activities"), lambda who: Progress.person_id == who.person_id),
        Held(BoardLook, msg("Looks at the cohort's board"), lambda who: BoardLook.person_id == who.person_id),
        Held(
            CoachingEntry,
            msg("1:1s with a coach"),
            lambda who: CoachingEntry.person_id == who.person_id,
            frozenset({"private_note"}),  # the coach's own; erased with the rest, and in no copy
        ),
        Held(Attendance, msg("Attendance"), lambda who: Attendance.person_id == who.person_id),
        Held(Membership, msg("Places in programs"), lambda who: Membership.person_id == who.person_id),
        Held(CoursePerson, msg("Courses of the LMS"), lambda who: CoursePerson.person_id == who.person_id),
    )
)
