"""Why a deep linking launch, or the choice made after one, is refused."""

from ltitool.errors import Conflict, Malformed, NotFound, msg
from ltitool.lti.errors import OPEN_AGAIN
from ltitool.lti.launch_errors import LaunchMalformed, LaunchNotAllowed


class DeepLinkSettingsMissing(LaunchMalformed):
    """N68."""

    code = "launch.deep-link-settings-missing"
    title = msg("Your course wants to add something and did not say how")


class DeepLinkReturnMissing(LaunchMalformed):
    """N68."""

    code = "launch.deep-link-return-missing"
    title = msg("Your course did not say where its new links should go")


class DeepLinkReturnUnsafe(LaunchMalformed):
    """N68 A50."""

    code = "launch.deep-link-return-unsafe"
    title = msg("The address that your course wants its new links sent to is not a safe one")


class DeepLinkReturnForeign(LaunchMalformed):
    """A50."""

    code = "launch.deep-link-return-foreign"
    title = msg("Your course wants its new links sent to another site than your LMS")


class DeepLinkNotForLearners(LaunchNotAllowed):
    """N70 A53."""

    code = "launch.deep-link-not-for-learners"
    title = msg("Only teachers can add activities to a course")


class DeepLinkNone(NotFound):
    code = "links.none"
    title = msg("Your course is not waiting for links")
    advice = OPEN_AGAIN


class DeepLinkAnswered(Conflict):
    """A51."""

    code = "links.answered"
    title = msg("These links were sent to your course already")
    advice = msg("To add more, begin again from your course.")


class DeepLinkItemUnknown(Malformed):
    """A52."""

    code = "links.item-unknown"
    title = msg("This cannot be added to your course")
    advice = OPEN_AGAIN
