"""What can go wrong while a keystone is scored."""

from ltitool.errors import Conflict, Invalid, NotFound, msg


class SubmissionUnknown(NotFound):
    code = "scoring.submission-unknown"


class AlreadyScored(Conflict):
    code = "scoring.already-scored"
    title = msg("This keystone has already been scored")
    advice = msg("The scores are locked and the participant can see them. Nothing was changed.")


class SheetIncomplete(Invalid):
    code = "scoring.sheet-incomplete"
    title = msg("Some criteria still need a level or a reason")
    advice = msg("What you wrote is saved. Fill in what is marked, then lock your scores.")
