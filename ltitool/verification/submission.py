"""What somebody hands in: a file, a pasted text, or the link of a badge. It ends as bytes to be checked."""

import json
import re
from dataclasses import dataclass

from flask import Request

from ltitool.credentials.errors import AwardUnknown
from ltitool.credentials.reading import shown_award
from ltitool.errors import msg
from ltitool.foundation.db import read_session
from ltitool.foundation.errors import FetchBlocked, FetchRefused
from ltitool.foundation.services import Services
from ltitool.verification.documents import ONE_FETCH_SECONDS, as_reachable, own_path
from ltitool.verification.errors import BadgeTooLarge, NothingToCheck

MAX_BADGE_BYTES = 2**20
MAX_REQUEST_BYTES = MAX_BADGE_BYTES + 2**16  # the form's other fields, and its frame
ACCEPT = "application/vc+ld+json, application/json, text/plain, image/png, image/svg+xml"
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
OWN_BADGE = re.compile(r"/badges/([A-Za-z0-9_-]{1,64})")
FILE_FIELD, TEXT_FIELD = "badge_file", "badge"

NOTHING = msg("Choose a file, or paste a badge or its link.")
BLOCKED = msg("We do not go to that address. Ask the holder for the file.")
NO_ANSWER = msg("We could not get anything from that address. Ask the holder for the file.")
NOT_SHOWN = msg(
    "There is no badge at that address, or its holder does not show it. Ask the holder for the file."
)


@dataclass(frozen=True)
class Submission:
    """The bytes of a badge in any form, and how they came: file, text or link."""

    content: bytes
    came_as: str


def read_submission(request: Request, found: Services) -> Submission:
    """Take what was handed in; a file counts before a text.

    Raises:
        BadgeTooLarge: it is larger than a badge.
        NothingToCheck: there is nothing, or nothing at the address.
    """
    sent = request.files.get(FILE_FIELD)
    content = sent.stream.read(MAX_BADGE_BYTES + 1) if sent else b""
    if content:
        return Submission(_limited(content), "file")
    text = request.form.get(TEXT_FIELD, "").strip()
    if LINK.fullmatch(text):
        return Submission(_limited(_at_link(text, found)), "link")
    if not text:
        raise NothingToCheck({TEXT_FIELD: NOTHING})
    return Submission(_limited(text.encode("utf-8", "surrogatepass")), "text")


def _limited(content: bytes) -> bytes:
    if len(content) > MAX_BADGE_BYTES:
        raise BadgeTooLarge(f"more than {MAX_BADGE_BYTES} bytes")
    return content


def _at_link(url: str, found: Services) -> bytes:
    path = own_path(url, found.settings)
    if path is not None:
        return _own_badge(path)
    try:
        answer = found.http.request(
            "GET",
            as_reachable(url, found.settings),
            headers={"Accept": ACCEPT},
            max_bytes=MAX_BADGE_BYTES,
            timeout=ONE_FETCH_SECONDS,
        )
    except FetchBlocked as fault:
        raise NothingToCheck({TEXT_FIELD: BLOCKED}, fault.detail) from fault
    except FetchRefused as fault:
        raise NothingToCheck({TEXT_FIELD: NO_ANSWER}, fault.detail) from fault
    if not answer.ok:
        raise NothingToCheck({TEXT_FIELD: NO_ANSWER}, f"status {answer.status}")
    return answer.body


def _own_badge(path: str) -> bytes:
    """Read a badge of ours as its holder shows it, without asking ourselves over the network."""
    match = OWN_BADGE.match(path)
    try:
        award = shown_award(read_session(), match[1] if match else "")
    except AwardUnknown as unknown:
        raise NothingToCheck({TEXT_FIELD: NOT_SHOWN}, path) from unknown
    return json.dumps(award.signed, ensure_ascii=False).encode()
