"""What LTI keeps about a person: the scores that wait for their gradebook. See people/personal_data.py."""

from ltitool.errors import msg
from ltitool.lti.models import GradeIntent
from ltitool.people.personal_data import Held, TableKeeper

KEEPER = TableKeeper(
    (Held(GradeIntent, msg("Scores for the gradebook"), lambda who: GradeIntent.person_id == who.person_id),)
)
