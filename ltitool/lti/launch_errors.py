"""Why a launch is refused: one class, one code, one sentence per case.

400: we cannot read it. 401: it is not proven, or came too late. 403: proven, and not permitted.
"""

from ltitool.errors import Malformed, NotAllowed, NotAuthentic, msg
from ltitool.lti.errors import ASK_DIRECTOR, ASK_LMS, OPEN_AGAIN


class LaunchMalformed(Malformed):
    code = "launch.malformed"
    title = msg("Your course sent something that we cannot read")
    advice = ASK_LMS


class LaunchNotAuthentic(NotAuthentic):
    code = "launch.not-authentic"
    title = msg("We could not confirm that this comes from your course")
    advice = ASK_LMS


class LaunchNotAllowed(NotAllowed):
    code = "launch.not-allowed"
    advice = ASK_DIRECTOR


# The message around the token


class TokenMissing(LaunchMalformed):
    """N11."""

    code = "launch.token-missing"
    title = msg("Your course sent no proof of who you are")


class PlatformRefused(LaunchNotAuthentic):
    """N12."""

    code = "launch.platform-refused"
    title = msg("Your LMS did not let you through")
    advice = msg("Sign in to your LMS, then open the activity again from your course.")


class StateMissing(LaunchMalformed):
    """N14."""

    code = "launch.state-missing"
    title = msg("This launch was not started here")


class StateUnknown(LaunchNotAuthentic):
    """N15."""

    code = "launch.state-unknown"
    title = msg("We did not start this launch")


class StateExpired(LaunchNotAuthentic):
    """N16."""

    code = "launch.state-expired"
    title = msg("Opening the activity took too long")
    advice = OPEN_AGAIN


class StateUsed(LaunchNotAuthentic):
    """N17."""

    code = "launch.state-used"
    title = msg("This launch was used before")
    advice = OPEN_AGAIN


class OtherBrowser(LaunchNotAuthentic):
    """N18."""

    code = "launch.other-browser"
    title = msg("This launch was started in another browser, or your browser kept no cookie for us")
    advice = msg("Open the activity again from your course, or open it in a new tab or another browser.")


class StateOtherPlatform(LaunchNotAuthentic):
    """N19."""

    code = "launch.state-other-platform"
    title = msg("This launch began at one LMS and came back from another")


# The shape of the token, and its signature


class TokenUnreadable(LaunchMalformed):
    """N20."""

    code = "launch.token-unreadable"


class TokenTooLarge(LaunchMalformed):
    code = "launch.token-too-large"
    title = msg("Your course sent more than we can take")


class TokenTypeWrong(LaunchMalformed):
    code = "launch.token-type-wrong"


class TokenCritical(LaunchMalformed):
    code = "launch.token-critical-header"


class AlgorithmNone(LaunchNotAuthentic):
    """N21."""

    code = "launch.algorithm-none"
    title = msg("The proof from your course is not signed")


class AlgorithmSymmetric(LaunchNotAuthentic):
    """N22."""

    code = "launch.algorithm-symmetric"
    title = msg("The proof from your course is signed with something that is no secret")


class AlgorithmNotAllowed(LaunchNotAuthentic):
    """N23."""

    code = "launch.algorithm-not-allowed"
    title = msg("The proof from your course is signed in a way that was not agreed")


class KeyIdMissing(LaunchNotAuthentic):
    """N24."""

    code = "launch.key-id-missing"
    title = msg("The proof from your course does not say which key signed it")


class KeyUnknown(LaunchNotAuthentic):
    """N25."""

    code = "launch.key-unknown"
    title = msg("Your LMS does not list the key that signed this launch")


class SignatureWrong(LaunchNotAuthentic):
    """N26."""

    code = "launch.signature-wrong"
    title = msg("The signature does not belong to your LMS")


class TokenAltered(LaunchNotAuthentic):
    """N27."""

    code = "launch.token-altered"
    title = msg("Something in this launch was changed after your LMS signed it")
