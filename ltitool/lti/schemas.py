"""The forms of the operator's pages."""

from marshmallow import fields, validate

from ltitool.lti.platforms import POLICIES
from ltitool.web.forms import FormSchema, Line

LONGEST = 2000
SHORT = 200


def _line(longest: int = LONGEST) -> Line:
    return Line(required=True, validate=[validate.Length(min=1), validate.Length(max=longest)])


class PlatformSchema(FormSchema):
    """What an administrator copies from the LMS; deployment ids are parted by blanks."""

    name = _line(SHORT)
    issuer = _line()
    client_id = _line()
    auth_login_url = _line()
    auth_token_url = _line()
    jwks_url = _line()
    deployment_ids = Line(load_default="")
    deployment_policy = fields.String(required=True, validate=validate.OneOf(POLICIES))


class PlatformLinkSchema(FormSchema):
    name = _line(SHORT)


class DecisionSchema(FormSchema):
    """A decision between two: let in or keep out."""

    decision = fields.String(required=True, validate=validate.OneOf(("yes", "no")))


class ProposalSchema(DecisionSchema):
    proposal = fields.UUID(required=True)


class PaceSchema(FormSchema):
    at_once = fields.Integer(required=True)


class PolicySchema(FormSchema):
    policy = fields.String(required=True, validate=validate.OneOf(POLICIES))
