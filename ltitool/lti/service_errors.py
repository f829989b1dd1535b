"""What can go wrong when we call an LMS's services: gradebook, roster, tokens.

`ServiceBusy` passes by itself; the others need somebody to look, and say what at.
"""

from datetime import datetime

from ltitool.errors import NotAllowed, Unavailable, msg

CHECK_LMS = msg("Ask the person who looks after your LMS to check how this tool is set up there.")


class ServiceFailed(Unavailable):
    code = "service.failed"
    title = msg("Your LMS did not do what we asked")
    advice = CHECK_LMS


class ServiceBusy(ServiceFailed):
    """No answer, an overloaded one, or "later": try again."""

    code = "service.busy"
    title = msg("Your LMS does not answer just now")
    advice = msg("Nothing is lost: we try again by ourselves.")

    def __init__(self, detail: str = "", retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.retry_at = retry_at


class ServiceOccupied(ServiceBusy):
    """Another of us is asking for the same thing: try again when it has ended."""

    code = "service.occupied"


class ServiceSilent(ServiceBusy):
    """No answer came, or none that says whether it was done: look before doing it again."""

    code = "service.silent"


class ServiceRefused(ServiceFailed):
    """A clear no; asking again would not help."""

    code = "service.refused"

    def __init__(self, detail: str = "", http_status: int = 0) -> None:
        super().__init__(detail)
        self.http_status = http_status


class ServiceTargetGone(ServiceRefused):
    """P30: what we want to write to has been deleted in the LMS."""

    code = "service.target-gone"
    title = msg("What we want to write to is not in your LMS any more")


class LearnerAbsent(ServiceRefused):
    """P29: the LMS does not take a grade for this person: they left, or are no learner there."""

    code = "gradebook.learner-absent"
    title = msg("This person is not in the course any more")
    advice = msg("If they come back to the course, send the grade again.")


class ColumnLost(ServiceRefused):
    """P30: we know that a teacher deleted the column; we do not make it again behind their back."""

    code = "gradebook.column-lost"
    title = msg("The column for this was deleted in your LMS")
    advice = msg("If it should be there, send again: we look for the column, or make a new one.")


class AttemptsUsed(ServiceBusy):
    """P32: Canvas counts a first score as handed in, and the learner has no attempt left."""

    code = "gradebook.attempts-used"


class ServiceConflict(ServiceRefused):
    """The LMS has something at least as new as what we sent."""

    code = "service.conflict"


class ServiceAnswerUnreadable(ServiceFailed):
    code = "service.answer-unreadable"
    title = msg("Your LMS gave an answer that we cannot read")


class ServiceAddressForeign(NotAllowed):
    """A55 and A56: a service address outside the origins pinned when the platform was registered."""

    code = "service.address-foreign"
    title = msg("Your LMS named an address that does not belong to it")
    advice = CHECK_LMS


class TokenRefused(ServiceFailed):
    code = "service.token-refused"
    title = msg("Your LMS does not let this tool use its services")


class ScopesRefused(TokenRefused):
    """P18."""

    code = "service.scopes-refused"
    title = msg("Your LMS does not let this tool use this service")


class GradebookNotLinked(ServiceFailed):
    """P10: no launch of this course has named a gradebook that we may write to."""

    code = "gradebook.not-linked"
    title = msg("This course has given us no gradebook to write to")


class ColumnMissing(GradebookNotLinked):
    """P25: there is no column for this, and one that we made would be of no use."""

    code = "gradebook.column-missing"
    title = msg("This course has no column for this yet")
    advice = msg("Ask a teacher of the course to add this activity as an assignment, and to open it once.")


class RosterNotLinked(ServiceFailed):
    code = "roster.not-linked"
    title = msg("This course has given us no roster to read")


class ServiceEndless(ServiceFailed):
    """A56: pages that lead in a circle, or more of them than we follow."""

    code = "service.endless"
    title = msg("Your LMS's answer does not come to an end")


class RosterEndless(ServiceEndless):
    """A56: a roster that leads in a circle, or is longer than any course."""

    code = "roster.endless"
    title = msg("The roster of this course does not come to an end")
