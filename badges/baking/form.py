"""What baking writes and reads: names, limits, and the value that comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from badges.errors import BakingError

# Pictures of badges have some 100 KB; 20 MiB is what the page accepts for any upload.
MAX_PICTURE_BYTES = 20 * 1024 * 1024
# The same limit as for a badge that comes as text.
MAX_CREDENTIAL_BYTES = 2 * 1024 * 1024


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
