"""What can go wrong with a badge."""

from ltitool.errors import Conflict, Invalid, NotFound, ToolError, msg


class AwardUnknown(NotFound):
    code = "credential.unknown"
    title = msg("There is no such badge here")
    advice = msg("The link may be incomplete, or its holder may not show it. Ask the holder for the file.")


class NotCompleteYet(Conflict):
    code = "credential.not-complete"
    title = msg("The program is not complete yet")
    advice = msg("The badge page lists what is still missing. Everything you did so far counts.")


class AlreadyRevoked(Conflict):
    code = "credential.already-revoked"
    title = msg("This badge has been revoked already")
    advice = msg("Nothing was changed.")


class IdentityIncomplete(Invalid):
    code = "credential.identity-incomplete"


class SelfCheckFailed(ToolError):
    """A signed credential did not pass our own independent verification: it is not released."""

    code = "credential.self-check-failed"
    title = msg("Your badge needs another look by us")
    advice = msg("It was not released, and nothing is lost. The people who run the program have been told.")


class IssuerMissing(NotFound):
    code = "issuer.missing"
    title = msg("There is no such issuer")
