"""Names that the LTI specifications give to claims, scopes and media types."""

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEPLOYMENT_ID = LTI + "deployment_id"
VERSION = LTI + "version"
MESSAGE_TYPE = LTI + "message_type"
ROLES = LTI + "roles"
RESOURCE_LINK = LTI + "resource_link"
TARGET_LINK_URI = LTI + "target_link_uri"
CONTEXT = LTI + "context"
CUSTOM = LTI + "custom"
PRESENTATION = LTI + "launch_presentation"
TOOL_PLATFORM = LTI + "tool_platform"
LIS = LTI + "lis"
LTI1P1 = LTI + "lti1p1"
EXT = LTI + "ext"
FOR_USER = LTI + "for_user"
NOTICE_SERVICE = LTI + "platformnotificationservice"
NOTICE = LTI + "notice"
ORIGIN_CONTEXTS = LTI + "origin_contexts"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
BASIC_OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"

DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINK_SETTINGS = DEEP_LINKING + "deep_linking_settings"
DEEP_LINK_DATA = DEEP_LINKING + "data"
DEEP_LINK_MESSAGE = DEEP_LINKING + "msg"
DEEP_LINK_LOG = DEEP_LINKING + "log"
DEEP_LINK_ERROR = DEEP_LINKING + "errormsg"
DEEP_LINK_ERROR_LOG = DEEP_LINKING + "errorlog"
CONTENT_ITEMS = DEEP_LINKING + "content_items"
LINK_ITEM = "ltiResourceLink"

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"

RESOURCE_LINK_REQUEST = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"
SUBMISSION_REVIEW_REQUEST = "LtiSubmissionReviewRequest"
DATA_PRIVACY_REQUEST = "DataPrivacyLaunchRequest"
SERVED_MESSAGES = frozenset(
    {RESOURCE_LINK_REQUEST, DEEP_LINKING_REQUEST, SUBMISSION_REVIEW_REQUEST, DATA_PRIVACY_REQUEST}
)
# Messages that open nothing that stands in a course.
WITHOUT_LINK = (DEEP_LINKING_REQUEST, DATA_PRIVACY_REQUEST)
OTHER_MESSAGES = frozenset(
    {
        "LtiDataPrivacyLaunchRequest",
        "LtiStartProctoring",
        "LtiEndAssessment",
        "LtiEulaRequest",
        "LtiAssetProcessorSettingsRequest",
        "LtiReportReviewRequest",
    }
)

HELLO_NOTICE = "LtiHelloWorldNotice"
CONTEXT_COPY_NOTICE = "LtiContextCopyNotice"

SCOPE_LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPE_GROUPS = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
SCOPE_NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
GROUPS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
