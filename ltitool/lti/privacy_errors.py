"""Why a data privacy launch, or what is asked on its page, is refused."""

from ltitool.errors import NotAllowed, NotFound, msg
from ltitool.lti.errors import OPEN_AGAIN
from ltitool.lti.launch_errors import LaunchMalformed, LaunchNotAllowed


class PrivacyIncomplete(LaunchMalformed):
    """P37."""

    code = "launch.privacy-incomplete"
    title = msg("Your LMS did not say whose data you want to see")


class PrivacyInCourse(LaunchMalformed):
    """P37."""

    code = "launch.privacy-in-course"
    title = msg("Your LMS asked about a person's data out of a course, and it is about all courses")


class PrivacyNotYours(LaunchNotAllowed):
    """P37."""

    code = "launch.privacy-not-yours"
    title = msg("You can see what is kept about you, and about nobody else")


class PrivacyNone(NotFound):
    code = "privacy.none"
    title = msg("Your LMS did not ask about anybody's data")
    advice = OPEN_AGAIN


class PrivacyInPath(NotAllowed):
    code = "privacy.needs-tab"
    title = msg("A person's data is shown in a tab of its own only")
    advice = msg("Go back to your LMS and open this page again: there you get a button to a new tab.")
