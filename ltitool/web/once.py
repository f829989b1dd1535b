"""A form that makes something carries a token of its own: sent twice, it makes one thing.

A double click, a reload, the same page in two tabs: the same token with the same words. Words that were
changed in between, as after the browser's "back", are another thing and are not lost.
"""

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from flask import request
from markupsafe import Markup

from ltitool.foundation.services import services
from ltitool.web.csrf import FIELD as CSRF_FIELD

FIELD = "once"


def once_field(held: Mapping[str, object]) -> Markup:
    """Give the hidden field; a form that is shown again with its faults, or from a draft, keeps its token."""
    token = held.get(FIELD) or services().new_token()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)


def id_to_make(maker: uuid.UUID) -> uuid.UUID:
    """Give the id of what this form makes: the same for the same token and words of the same person."""
    if not request.form.get(FIELD):
        return services().new_id()
    sent = sorted((name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD)
    path = request.path.split("/", 3)[-1]  # without the visit: the other tab may be another launch
    return uuid.uuid5(maker, repr((path, sent)))


def token_to_give(made: uuid.UUID) -> str:
    """Give the secret of a link that this form makes. Sent twice, it shows the same link: we keep none."""
    digest = hmac.new(services().settings.secret_key, b"once-link:" + made.bytes, hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
