"""Why an LMS that wants to register itself is refused, case by case."""

from ltitool.errors import Conflict, Malformed, NotAuthentic, NotFound, Unavailable, msg

ASK_OPERATOR = msg(
    "Nothing was registered here. Start again in your LMS; if this page comes back, give the code below to "
    "the person who runs this tool."
)
NEW_LINK = msg("Ask the person who runs this tool for a new registration link. Nothing was registered here.")
BY_HAND = msg(
    "Nothing was registered here. Such an LMS can be registered by hand: give the code below to the person "
    "who runs this tool."
)


class RegistrationMalformed(Malformed):
    code = "registration.malformed"
    title = msg("Your LMS sent something that we cannot read")
    advice = ASK_OPERATOR


class InvitationUnusable(NotFound):
    """Unknown, used or too old; the three look the same from outside."""

    code = "registration.invitation-unusable"
    title = msg("This registration link cannot be used")
    advice = NEW_LINK


class InvitationRaced(Conflict):
    """A63."""

    code = "registration.invitation-raced"
    title = msg("This registration link is being used by somebody else at this moment")
    advice = NEW_LINK


class TokenReplayed(NotAuthentic):
    """A63."""

    code = "registration.token-replayed"
    title = msg("Your LMS's permission to register was used before")
    advice = msg("Start the registration again in your LMS: it makes a new permission each time.")


class StartIncomplete(RegistrationMalformed):
    code = "registration.start-incomplete"
    title = msg("Your LMS started the registration without saying all that is needed")


class AddressUnsafe(RegistrationMalformed):
    """A61."""

    code = "registration.address-unsafe"
    title = msg("Your LMS named an address that is not a plain https address")


class ConfigurationUnreadable(RegistrationMalformed):
    code = "registration.configuration-unreadable"
    title = msg("What your LMS says about itself cannot be read")


class ConfigurationUnavailable(Unavailable):
    code = "registration.configuration-unavailable"
    title = msg("Your LMS does not tell us about itself")
    advice = ASK_OPERATOR


class IssuerElsewhere(RegistrationMalformed):
    """A62."""

    code = "registration.issuer-elsewhere"
    title = msg("What your LMS says about itself lies on another host than the LMS")
    advice = BY_HAND


class EndpointElsewhere(RegistrationMalformed):
    """A62."""

    code = "registration.endpoint-elsewhere"
    title = msg("Your LMS names an address on another host than its own")
    advice = BY_HAND


class PlatformUnfit(RegistrationMalformed):
    code = "registration.platform-unfit"
    title = msg("Your LMS does not offer what this tool needs: signed LTI 1.3 launches with RS256")
    advice = BY_HAND


class RegistrationRefused(Unavailable):
    code = "registration.refused"
    title = msg("Your LMS did not accept the registration")
    advice = ASK_OPERATOR


class AnswerUnreadable(RegistrationMalformed):
    code = "registration.answer-unreadable"
    title = msg("What your LMS answered to the registration cannot be read")
    advice = ASK_OPERATOR
