"""Why a notice, or a post of notices, is refused. What is wrong with its token has the codes of a launch."""

from ltitool.errors import Malformed, NotAllowed, NotAuthentic, msg
from ltitool.lti.errors import ASK_LMS


class NoticesUnreadable(Malformed):
    """N77."""

    code = "notice.post-unreadable"
    title = msg("These are no notices as an LMS sends them")
    advice = ASK_LMS


class NoticeUnreadable(Malformed):
    """N77."""

    code = "notice.unreadable"
    title = msg("A notice does not say what it is about")
    advice = ASK_LMS


class NoticeTypeUnknown(Malformed):
    """N77."""

    code = "notice.type-unknown"
    title = msg("We did not ask for notices of this kind")
    advice = ASK_LMS


class NoticePlatformUnknown(NotAuthentic):
    """N77."""

    code = "notice.platform-unknown"
    title = msg("A notice comes from an LMS that is not registered here")
    advice = ASK_LMS


class NoticeReplayed(NotAuthentic):
    """N77."""

    code = "notice.replayed"
    title = msg("This notice was taken before")
    advice = ASK_LMS


class NoticeDeploymentUnknown(NotAllowed):
    """N77."""

    code = "notice.deployment-unknown"
    title = msg("A notice comes from a place in the LMS that is not approved here")
    advice = ASK_LMS
