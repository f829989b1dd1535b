"""What baking writes and reads: names, limits, and the value that comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from badges.errors import BakingError

# Pictures of badges have some 100 KB; 20 MiB is what the page accepts for any upload.
MAX_PICTURE_BYTES = 20 * 1024 * 1024
# The same limit as for a badge that comes as text.
MAX_CREDENTIAL_BYTES = 2 * 1024 * 1024
COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")
# JSON text never holds these; inside its strings they are escaped.
_NOT_IN_JSON = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Baked:
    """What was found in a picture.

    Attributes:
        text: JSON text or a compact JWS; for Open Badges 2.0 it may be an address.
        version: the generation of Open Badges that the place in the picture belongs to.
    """

    text: str
    version: Literal["3.0", "2.0"]


def the_only(found: list[Baked]) -> Baked:
    """The one badge; none or several are an error, for nobody could say which one is meant."""
    if not found:
        raise BakingError("no_badge", "the picture holds no badge")
    if len(found) > 1:
        raise BakingError(
            "several_badges", f"the picture holds {len(found)} badges; which one is meant is unclear"
        )
    if len(found[0].text) > MAX_CREDENTIAL_BYTES:
        raise BakingError("too_large", "the badge in the picture is too large")
    return found[0]


def credential_bytes(credential: str) -> bytes:
    """The credential as it goes into a picture, when it is one that can come out again.

    Raises:
        BakingError: ``not_a_badge`` for what is neither the text of a JSON object nor a compact JWS,
            ``encoding`` for half characters, ``too_large``.
    """
    braced = credential[:1] == "{" and credential[-1:] == "}" and not _NOT_IN_JSON.search(credential)
    if not braced and not COMPACT_JWS.match(credential):
        raise BakingError("not_a_badge", "neither the text of a JSON object nor a compact JWS")
    try:
        content = credential.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise BakingError("encoding", f"half a character at {fault.start}") from fault
    if len(content) > MAX_CREDENTIAL_BYTES:
        raise BakingError("too_large", f"the badge has more than {MAX_CREDENTIAL_BYTES} bytes")
    return content
