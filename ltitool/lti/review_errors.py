"""Why a submission review is refused."""

from ltitool.errors import NotFound, msg
from ltitool.lti.launch_errors import LaunchMalformed, LaunchNotAllowed


class ReviewIncomplete(LaunchMalformed):
    """N71."""

    code = "launch.review-incomplete"
    title = msg("Your course did not say whose work you want to see")


class ReviewNotYours(LaunchNotAllowed):
    """N73."""

    code = "launch.review-not-yours"
    title = msg("You can see your own work here, and nobody else's")


class ReviewPersonUnknown(NotFound):
    """N72 A54."""

    code = "launch.review-person-unknown"
    title = msg("This person has no work here yet")
    advice = msg("They have never opened this program from your course, or they have left it.")
