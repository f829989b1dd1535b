"""What can go wrong in a running program: not enrolled, not placed, not yours to change."""

from ltitool.errors import Conflict, NotAllowed, NotFound, msg


class NotEnrolled(NotAllowed):
    code = "cohort.not-enrolled"
    title = msg("You are not in this program yet")
    advice = msg("Open the activity from the course that your program uses, or ask your program's director.")


class OfferingUnknown(NotFound):
    """No such offering, cohort or participant: not there, or not yours."""

    code = "cohort.unknown"


class CourseTaken(Conflict):
    code = "cohort.course-taken"
    title = msg("This course already belongs to a program")
    advice = msg("Disconnect it from the other program first. Nothing was changed.")


class RosterEmpty(Conflict):
    code = "cohort.roster-empty"
    title = msg("The course listed nobody")
    advice = msg("We changed nothing, because a course always has somebody. Please try again later.")
