"""The words of LTI 1.3 Advantage that this platform uses: claims, roles, scopes, media types."""

from enum import StrEnum
from typing import Final

LTI_CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
MESSAGE_TYPE: Final = LTI_CLAIM + "message_type"
VERSION: Final = LTI_CLAIM + "version"
DEPLOYMENT_ID: Final = LTI_CLAIM + "deployment_id"
TARGET_LINK_URI: Final = LTI_CLAIM + "target_link_uri"
ROLES: Final = LTI_CLAIM + "roles"
CONTEXT: Final = LTI_CLAIM + "context"
RESOURCE_LINK: Final = LTI_CLAIM + "resource_link"
TOOL_PLATFORM: Final = LTI_CLAIM + "tool_platform"
LAUNCH_PRESENTATION: Final = LTI_CLAIM + "launch_presentation"
LIS: Final = LTI_CLAIM + "lis"
CUSTOM: Final = LTI_CLAIM + "custom"
NOTICE_SERVICE: Final = LTI_CLAIM + "platformnotificationservice"
NOTICE: Final = LTI_CLAIM + "notice"
ORIGIN_CONTEXTS: Final = LTI_CLAIM + "origin_contexts"
AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
GROUPS: Final = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NRPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
PLATFORM_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"

TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"

RESOURCE_LINK_REQUEST: Final = "LtiResourceLinkRequest"
SUBMISSION_REVIEW_REQUEST: Final = "LtiSubmissionReviewRequest"
DATA_PRIVACY_REQUEST: Final = "DataPrivacyLaunchRequest"
FOR_USER: Final = LTI_CLAIM + "for_user"
DEEP_LINKING_REQUEST: Final = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE: Final = "LtiDeepLinkingResponse"
DEEP_LINKING_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINK_SETTINGS: Final = DEEP_LINKING_CLAIM + "deep_linking_settings"
DEEP_LINK_DATA: Final = DEEP_LINKING_CLAIM + "data"
DEEP_LINK_MESSAGE: Final = DEEP_LINKING_CLAIM + "msg"
DEEP_LINK_ERROR: Final = DEEP_LINKING_CLAIM + "errormsg"
CONTENT_ITEMS: Final = DEEP_LINKING_CLAIM + "content_items"
LINK_ITEM: Final = "ltiResourceLink"
# What this platform sends, and where a tool may ask for it to be offered.
MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    RESOURCE_LINK_REQUEST: (),
    DEEP_LINKING_REQUEST: ("ContentArea",),
    SUBMISSION_REVIEW_REQUEST: (),
    DATA_PRIVACY_REQUEST: (),
}
LTI_VERSION: Final = "1.3.0"
SHORT_COURSE_SECTION: Final = "CourseSection"
COURSE_OFFERING: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"

MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
LEARNER: Final = MEMBERSHIP + "Learner"
INSTRUCTOR: Final = MEMBERSHIP + "Instructor"
INSTITUTION_ADMINISTRATOR: Final = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
SYSTEM_ADMINISTRATOR: Final = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"

SCOPE_LINE_ITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_ROSTER: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GRADEBOOK_SCOPES: Final = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT_READ, SCOPE_SCORE)
SCOPE_GROUPS: Final = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
SCOPE_NOTICES: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
SERVICE_SCOPES: Final = (*GRADEBOOK_SCOPES, SCOPE_ROSTER, SCOPE_GROUPS, SCOPE_NOTICES)

HELLO_NOTICE: Final = "LtiHelloWorldNotice"
CONTEXT_COPY_NOTICE: Final = "LtiContextCopyNotice"
# What a tool may put into a custom field; a launch carries the value, and an unknown name as it stands.
VARIABLES: Final = (
    "Context.id",
    "Context.id.history",
    "Context.label",
    "Context.title",
    "ResourceLink.id",
    "ResourceLink.title",
    "User.id",
)

LINE_ITEM_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
ROSTER_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

GROUPS_TYPE: Final = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"

ACTIVITY_PROGRESS: Final = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING_PROGRESS: Final = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
FULLY_GRADED: Final = "FullyGraded"
PENDING_MANUAL: Final = "PendingManual"
CANVAS_SUBMISSION: Final = "https://canvas.instructure.com/lti/submission"

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Role(StrEnum):
    """What a person is in one course, in the words of this LMS."""

    LEARNER = "learner"
    NON_EDITING_TEACHER = "non-editing-teacher"
    TEACHER = "teacher"


# LTI has no word for "may teach but not edit": both kinds of teacher are Instructors on the wire.
ROLE_URIS: Final = {
    Role.LEARNER: (LEARNER,),
    Role.NON_EDITING_TEACHER: (INSTRUCTOR,),
    Role.TEACHER: (INSTRUCTOR,),
}
ADMINISTRATOR_URIS: Final = (INSTITUTION_ADMINISTRATOR, SYSTEM_ADMINISTRATOR)


def role_uris(role: Role | None, *, administrator: bool) -> tuple[str, ...]:
    """Give the role URIs that a launch or a roster carries for one person in one course."""
    in_course = ROLE_URIS[role] if role else ()
    return in_course + (ADMINISTRATOR_URIS if administrator else ())
