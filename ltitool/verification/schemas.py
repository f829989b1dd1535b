"""What is typed beside a badge; the badge itself is read by `submission`."""

from marshmallow import validate

from ltitool.web.forms import FormSchema, Line

PERSON_LENGTH = 200


class VerifyForm(FormSchema):
    person = Line(load_default="", validate=validate.Length(max=PERSON_LENGTH))
