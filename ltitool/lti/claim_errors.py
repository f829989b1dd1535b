"""Why a signed launch is refused all the same: the claims inside it, case by case."""

from ltitool.errors import msg
from ltitool.lti.errors import OPEN_AGAIN
from ltitool.lti.launch_errors import LaunchMalformed, LaunchNotAllowed, LaunchNotAuthentic


class IssuerMissing(LaunchNotAuthentic):
    """N33."""

    code = "launch.issuer-missing"
    title = msg("The proof does not say which LMS it comes from")


class IssuerWrong(LaunchNotAuthentic):
    """N34."""

    code = "launch.issuer-wrong"
    title = msg("The proof comes from another LMS than the one that is registered")


class AudienceMissing(LaunchNotAuthentic):
    """N35."""

    code = "launch.audience-missing"
    title = msg("The proof does not say for whom it was made")


class AudienceWrong(LaunchNotAuthentic):
    """N36."""

    code = "launch.audience-wrong"
    title = msg("The proof was made for another tool")


class AudienceListWrong(LaunchNotAuthentic):
    """N37."""

    code = "launch.audience-list-wrong"
    title = msg("The proof was made for several tools, and we are not one of them")


class PartyMissing(LaunchNotAuthentic):
    """N38."""

    code = "launch.party-missing"
    title = msg("The proof was made for several tools and does not say which one may use it")


class PartyWrong(LaunchNotAuthentic):
    """N39."""

    code = "launch.party-wrong"
    title = msg("Another tool may use this proof, and we may not")


class ExpiryMissing(LaunchNotAuthentic):
    """N40."""

    code = "launch.expiry-missing"
    title = msg("The proof does not say how long it is good for")


class Expired(LaunchNotAuthentic):
    """N41."""

    code = "launch.expired"
    title = msg("This launch is too old")
    advice = OPEN_AGAIN


class ExpiryTooFar(LaunchNotAuthentic):
    code = "launch.expiry-too-far"
    title = msg("The proof claims to be good for longer than an hour")


class IssuedMissing(LaunchNotAuthentic):
    """N42."""

    code = "launch.issued-missing"
    title = msg("The proof does not say when it was made")


class IssuedInFuture(LaunchNotAuthentic):
    """N43."""

    code = "launch.issued-in-future"
    title = msg("The clock of your LMS runs ahead of ours")


class IssuedTooLongAgo(LaunchNotAuthentic):
    """N44."""

    code = "launch.issued-too-long-ago"
    title = msg("This launch was made too long ago")
    advice = OPEN_AGAIN


class NotYetValid(LaunchNotAuthentic):
    """N45."""

    code = "launch.not-yet-valid"
    title = msg("This launch is not valid yet: the clocks differ")


class TimeUnreadable(LaunchMalformed):
    """N46."""

    code = "launch.time-unreadable"
    title = msg("The times in this launch are not times")


class NonceMissing(LaunchNotAuthentic):
    """N47."""

    code = "launch.nonce-missing"
    title = msg("The proof does not belong to any sign-in")


class NonceUnknown(LaunchNotAuthentic):
    """N48."""

    code = "launch.nonce-unknown"
    title = msg("The proof belongs to a sign-in that we did not start")


class NonceReplayed(LaunchNotAuthentic):
    """N49."""

    code = "launch.nonce-replayed"
    title = msg("The proof of an earlier launch was sent again")
    advice = OPEN_AGAIN


class NonceRaced(LaunchNotAuthentic):
    """N50."""

    code = "launch.nonce-raced"
    title = msg("The same launch arrived twice at the same moment")
    advice = msg("One of the two is open already. If you do not see it, open the activity again.")


class NonceOfOtherLogin(LaunchNotAuthentic):
    """N51."""

    code = "launch.nonce-of-other-login"
    title = msg("The proof belongs to another sign-in than this one")
    advice = OPEN_AGAIN


class VersionWrong(LaunchMalformed):
    """N52."""

    code = "launch.version-wrong"
    title = msg("Your course did not launch this as LTI 1.3")


class MessageTypeMissing(LaunchMalformed):
    """N53."""

    code = "launch.message-type-missing"
    title = msg("Your course did not say what it wants to open")


class MessageTypeUnknown(LaunchMalformed):
    """N54."""

    code = "launch.message-type-unknown"
    title = msg(
        "Your course wants to open something that we do not know; we know LtiResourceLinkRequest, "
        "LtiDeepLinkingRequest, LtiSubmissionReviewRequest and DataPrivacyLaunchRequest"
    )


class MessageTypeNotHere(LaunchMalformed):
    """N55."""

    code = "launch.message-type-not-here"
    title = msg("Your course sent a kind of message that this tool does not take part in")


class DeploymentMissing(LaunchMalformed):
    """N56."""

    code = "launch.deployment-missing"
    title = msg("Your course did not say in which deployment it uses us")


class DeploymentPending(LaunchNotAllowed):
    """N57."""

    code = "launch.deployment-pending"
    title = msg("This place in your LMS is waiting to be approved")


class DeploymentOfOtherClient(LaunchNotAllowed):
    """N58."""

    code = "launch.deployment-of-other-client"
    title = msg("This place in your LMS is known under another registration")


class DeploymentDisabled(LaunchNotAllowed):
    """N59."""

    code = "launch.deployment-disabled"
    title = msg("This place in your LMS has been switched off here")


class DeploymentUnreadable(LaunchMalformed):
    """N60."""

    code = "launch.deployment-unreadable"
    title = msg("Your course named its deployment in a way that we cannot read")


class SubjectMissing(LaunchMalformed):
    """N61."""

    code = "launch.subject-missing"
    title = msg("Your course did not say who you are")


class SubjectUnreadable(LaunchMalformed):
    """N62."""

    code = "launch.subject-unreadable"
    title = msg("Your course said who you are in a way that we cannot read")


class RolesMissing(LaunchMalformed):
    """N63."""

    code = "launch.roles-missing"
    title = msg("Your course did not say what your role is")


class RolesUnreadable(LaunchMalformed):
    """N63."""

    code = "launch.roles-unreadable"
    title = msg("Your course said your role in a way that we cannot read")


class ResourceLinkMissing(LaunchMalformed):
    """N64."""

    code = "launch.resource-link-missing"
    title = msg("Your course did not say which activity you opened")


class TargetMissing(LaunchMalformed):
    """N65."""

    code = "launch.target-missing"
    title = msg("Your course did not say which page to open")


class TargetChanged(LaunchNotAuthentic):
    """N66."""

    code = "launch.target-changed"
    title = msg("The launch asks for another page than the sign-in did")


class TargetForeign(LaunchMalformed):
    """N67."""

    code = "launch.target-foreign"
    title = msg("The launch asks for a page that is not ours")


class ClaimUnreadable(LaunchMalformed):
    """N74."""

    code = "launch.claim-unreadable"
    title = msg("A part of this launch is not of the kind it should be")
