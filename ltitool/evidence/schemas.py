"""The forms of evidence that are not answer sheets, read at the edge."""

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from ltitool.errors import msg
from ltitool.evidence.keystone import CLAIM_LENGTH, MAX_CITATIONS
from ltitool.evidence.map_document import NAME_LENGTH, NOTE_LENGTH, STRENGTHS
from ltitool.evidence.map_words import LinkKind, NodeKind, Power, Voice
from ltitool.web.forms import FormSchema, Line, Words

CODE_LENGTH = 200
CAPTION_LENGTH, ALT_LENGTH = 400, 600
WHO_WORDS = {
    "nobody": msg("Nobody who can be recognized"),
    "adults_agreed": msg("Adults, and each of them agreed"),
}
CHOOSE = msg("Choose one of these.")
MAX_NODES_NAMED = 60


class Seen(FormSchema):
    """The revision that a page showed, so that nothing is overwritten unseen."""

    revision = fields.Integer(required=True, validate=Range(0))


class ClaimForm(Seen):
    text = Words(required=True, validate=Length(1, CLAIM_LENGTH))
    citations = fields.List(
        fields.String(validate=Length(1, CODE_LENGTH)), load_default=list, validate=Length(0, MAX_CITATIONS)
    )


class NodeForm(Seen):
    name = Line(required=True, validate=Length(1, NAME_LENGTH))
    kind = fields.String(required=True, validate=OneOf(list(NodeKind), error=CHOOSE))
    voice = fields.String(load_default="", validate=OneOf(["", *Voice], error=CHOOSE))
    note = Words(load_default="", validate=Length(0, NOTE_LENGTH))


class LinkForm(Seen):
    source = Line(required=True, validate=Length(1, CODE_LENGTH, error=CHOOSE))
    target = Line(required=True, validate=Length(1, CODE_LENGTH, error=CHOOSE))
    kind = fields.String(required=True, validate=OneOf(list(LinkKind), error=CHOOSE))
    strength = fields.Integer(load_default=2, validate=OneOf(STRENGTHS, error=CHOOSE))
    note = Words(load_default="", validate=Length(0, NOTE_LENGTH))


class DecisionForm(Seen):
    topic = Line(required=True, validate=Length(1, NAME_LENGTH))
    formal_owner = Line(load_default="")
    actual_decider = Line(load_default="")
    consulted = fields.List(Line(), load_default=list, validate=Length(0, MAX_NODES_NAMED))
    informed = fields.List(Line(), load_default=list, validate=Length(0, MAX_NODES_NAMED))
    missing = fields.List(fields.String(validate=OneOf(list(Voice), error=CHOOSE)), load_default=list)
    power = fields.String(load_default="", validate=OneOf(["", *Power], error=CHOOSE))
    note = Words(load_default="", validate=Length(0, NOTE_LENGTH))


class VersionForm(FormSchema):
    name = Line(required=True, validate=Length(1, NAME_LENGTH))


class PhotoForm(FormSchema):
    """A photo's words. All may stay empty for now; the page says what is still untold."""

    caption = Words(load_default="", validate=Length(0, CAPTION_LENGTH))
    alt_text = Words(load_default="", validate=Length(0, ALT_LENGTH))
    lens = Line(load_default="")
    who_is_in_it = fields.String(load_default="", validate=OneOf(["", *WHO_WORDS], error=CHOOSE))
