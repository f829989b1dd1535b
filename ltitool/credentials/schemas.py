"""What is typed about a badge: the holder's identity, and the director's reason for a revocation."""

from marshmallow import validate

from ltitool.credentials.identity import LICENCE_LENGTH, NAME_LENGTH
from ltitool.web.forms import FormSchema, Line, Words

REASON_LENGTH = 1000


class IdentityForm(FormSchema):
    full_name = Line(required=True, validate=validate.Length(min=1, max=NAME_LENGTH))
    licence_number = Line(load_default="", validate=validate.Length(max=LICENCE_LENGTH))
    with_email = Line(load_default="")


class RevocationForm(FormSchema):
    reason = Words(required=True, validate=validate.Length(min=1, max=REASON_LENGTH))
