"""Why a login is refused. Launch and service refusals stand in launch_errors.py and service_errors.py.

Each case has a code that never changes: an administrator can look it up, and a test can name it.
The N numbers are the cases in docs/reference/lti-refusals.md.
"""

from ltitool.errors import Malformed, NotAllowed, NotAuthentic, Unavailable, msg

OPEN_AGAIN = msg("Open the activity again from your course.")
ASK_LMS = msg(
    "Open the activity again from your course. If this page comes back, give the code below to the person "
    "who looks after your LMS."
)
ASK_DIRECTOR = msg("Give the code below to the person who runs your program: they can open the door.")


class LoginMalformed(Malformed):
    code = "login.malformed"
    title = msg("Your course sent an incomplete sign-in")
    advice = ASK_LMS


class LoginIssuerMissing(LoginMalformed):
    """N1."""

    code = "login.issuer-missing"
    title = msg("The sign-in did not say which LMS it comes from")


class LoginHintMissing(LoginMalformed):
    """N3."""

    code = "login.hint-missing"
    title = msg("The sign-in did not say whom it is for")


class LoginClientAmbiguous(LoginMalformed):
    """N5."""

    code = "login.client-ambiguous"
    title = msg("Your LMS knows us under several names and did not say which one to use")


class LoginTargetForeign(LoginMalformed):
    """N7."""

    code = "login.target-foreign"
    title = msg("The link in your course points to another site than this one")


class LoginParameterRepeated(LoginMalformed):
    """N8."""

    code = "login.parameter-repeated"
    title = msg("The sign-in says the same thing twice")


class LoginParameterTooLong(LoginMalformed):
    """N8."""

    code = "login.parameter-too-long"
    title = msg("The sign-in is longer than we can take")


class LoginParameterUnreadable(LoginMalformed):
    code = "login.parameter-unreadable"
    title = msg("The sign-in holds characters that do not belong there")


class LoginNotAllowed(NotAllowed):
    code = "login.not-allowed"
    advice = ASK_DIRECTOR


class LoginIssuerUnknown(LoginNotAllowed):
    """N2."""

    code = "login.issuer-unknown"
    title = msg("Your LMS is not registered here")


class LoginClientUnknown(LoginNotAllowed):
    """N4."""

    code = "login.client-unknown"
    title = msg("This link belongs to a registration that we do not know")


class LoginEnvironmentOther(LoginNotAllowed):
    """N78: a test or beta copy of Canvas, with what was registered for its production."""

    code = "login.environment-other"
    title = msg("This is a test copy of your LMS, and only the real one is registered here")
    advice = msg(
        "Open the activity in your school's real Canvas. To try things out in the test copy, it has to be "
        "registered here on its own."
    )


class PlatformPending(LoginNotAllowed):
    code = "platform.pending"
    title = msg("Your LMS is waiting to be approved")


class PlatformDisabled(LoginNotAllowed):
    """N9."""

    code = "platform.disabled"
    title = msg("Your LMS has been switched off here")


class LoginTicketInvalid(NotAuthentic):
    code = "login.ticket-invalid"
    title = msg("This sign-in link is not complete")
    advice = OPEN_AGAIN


class LoginTicketExpired(NotAuthentic):
    code = "login.ticket-expired"
    title = msg("This sign-in link is too old")
    advice = OPEN_AGAIN


class KeysUnavailable(Unavailable):
    """N29 and N30: no key to check with, and the LMS does not hand one out."""

    code = "platform.keys-unavailable"
    title = msg("Your LMS does not answer, so we cannot check who you are")
    advice = msg("Nothing is lost. Please open the activity again in a few minutes.")
