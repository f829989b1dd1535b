"""How a platform behaves where platforms differ: each habit is one switch, a mode is a named set of them.

The defaults are the strict ones. What Canvas and Moodle do is taken from their source, their documents and
a running Moodle; a hostile platform does what an attacker who owns an LMS would try.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ltitool.sandbox import vocabulary as words


class Trick(StrEnum):
    """What a hostile platform answers a service request with."""

    FOREIGN_NEXT = "foreign-next"  # the next page lies on somebody else's host
    CIRCLE_NEXT = "circle-next"  # the next page is this one
    ENDLESS_NEXT = "endless-next"  # there is always one more page
    HUGE_PAGE = "huge-page"  # more bytes than anybody should read
    ENDLESS_BODY = "endless-body"  # a body that does not stop
    REDIRECT = "redirect"  # to the address where clouds keep their secrets


class StorageTrick(StrEnum):
    """What the storage frame does instead of answering a tool as it should."""

    SILENT = "silent"
    LATE = "late"  # answers after any patience has ended
    OTHER_MESSAGE = "other-message"  # the answer to another question
    OTHER_ORIGIN = "other-origin"  # the answer comes from the course's page, not from the storage frame
    OTHER_VALUE = "other-value"  # something else than what was kept
    ERROR = "error"


# What a platform's page does for a tool in its frame, asked by postMessage (lti.capabilities lists them).
MESSAGES: Final = (
    "lti.frameResize",
    "lti.fetchWindowSize",
    "lti.scrollToTop",
    "lti.setUnloadMessage",
    "lti.removeUnloadMessage",
)
FRAME_FEATURES: Final = ("microphone", "camera", "geolocation", "midi", "encrypted-media", "autoplay")
# A tight list for a tool's frame: without allow-top-navigation, and popups that shake the list off.
TIGHT: Final = (
    "allow-scripts",
    "allow-same-origin",
    "allow-forms",
    "allow-modals",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-downloads",
)


@dataclass(frozen=True)
class Manners:
    """The habits of one platform; a further one is a further field, with the strict value as its default."""

    name: str = "strict"
    # Registration and launch
    product_family: str = "practice-lms"
    shared_issuer: str = ""  # Canvas: one issuer for many schools, which is not the address of any
    id_token_seconds: int = 60
    sends_azp: bool = True
    short_context_types: bool = False  # Moodle says CourseSection where a URI is due
    storage_target: str = ""  # the frame that keeps a tool's notes; Canvas names one in each login
    storage_trick: str = ""  # one of StorageTrick; none: it answers as it should
    storage_trick_from: int = 1  # the answer of the storage frame, counted from 1, that first plays the trick
    messages: tuple[str, ...] = MESSAGES  # what its pages do for a framed tool; Moodle's do nothing
    frame_features: tuple[str, ...] = FRAME_FEATURES  # the frame's `allow` attribute
    frame_sandbox: tuple[str, ...] = ()  # the frame's `sandbox` attribute; none: the frame is free
    shares_names: bool = True
    shares_emails: bool = True
    guards_configuration: bool = False  # Canvas shows its configuration to a registration token alone
    link_types: tuple[str, ...] = ("ltiResourceLink",)  # what a course takes from a tool
    takes_several_links: bool = True
    sends_link_data: bool = True  # Moodle sends none
    notice_types: tuple[str, ...] = (words.HELLO_NOTICE, words.CONTEXT_COPY_NOTICE)  # Moodle sends none
    privacy_launches: bool = True  # neither Canvas nor Moodle asks what a tool keeps about a person
    tells_history: bool = True  # otherwise $Context.id.history stays as it stands
    names_deployment: bool = True  # Moodle's answer to a registration holds the deployment, Canvas's does not
    # Tokens
    html_tokens: bool = False  # Moodle calls its JSON text/html
    drops_unknown_scopes: bool = False  # Moodle grants the rest instead of refusing
    trusts_assertions: bool = False  # Moodle looks at neither iss, aud nor jti
    # Services as a whole
    service_query: str = ""  # Moodle's service addresses carry a query, which must stay
    reason_errors: bool = False  # Moodle says why in the reason phrase and leaves the body empty
    wrong_types_get_400: bool = False  # Moodle finds no handler where others say 406 or 415
    page_size: int = 50
    refuses_large_limits: bool = True  # Canvas and Moodle cut a limit to what they give
    curly_links: bool = False  # Moodle quotes rel="next" of line items so that nobody can read it
    tricks: tuple[Trick, ...] = ()  # by turns, so that one run of a tool meets them all
    # Gradebook
    stamps_in_whole_seconds: bool = False  # Moodle: two scores in one second are a conflict
    older_gets_400: bool = False  # Canvas: an older timestamp is a bad request, an equal one is none
    takes_future_stamps: bool = False  # Canvas and Moodle do not look ahead
    erases_unfinished: bool = False  # Moodle: anything but a finished grade wipes the one there was
    takes_any_number: bool = False  # Moodle: negative scores and a maximum of 0 are fine
    refuses_with_422: bool = False  # Canvas: unknown learner, missing maximum
    makes_attempts: bool = False  # Canvas: each score is a new attempt, unless it says that it is none
    attempts_allowed: int = 0  # 0: as many as one likes
    comments_pile_up: bool = False  # Canvas: each post adds its comment to those before
    results_limit_breaks: bool = False  # Moodle: a limit on results ends in an error page
    coupled_delete_status: int = 403  # of a column that belongs to an activity; Moodle does it, Canvas: 401
    # Roster
    short_roles: bool = False  # Moodle
    coaches_are_learners: bool = False  # Moodle's roster calls a non-editing teacher a learner
    next_link_drops_role: bool = False  # Moodle
    offers_groups: bool = True  # neither Canvas nor Moodle does
    scripts_in_names: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        """Give the scopes that a tool may ask for."""
        groups = () if self.offers_groups else (words.SCOPE_GROUPS,)
        return tuple(scope for scope in words.SERVICE_SCOPES if scope not in groups)


STRICT: Final = Manners()
CANVAS: Final = Manners(
    name="canvas",
    product_family="canvas",
    shared_issuer="https://canvas.instructure.com",
    id_token_seconds=3_600,
    storage_target="post_message_forwarding",
    frame_features=(*FRAME_FEATURES, "clipboard-write", "display-capture"),
    guards_configuration=True,
    names_deployment=False,
    privacy_launches=False,
    refuses_large_limits=False,
    older_gets_400=True,
    takes_future_stamps=True,
    refuses_with_422=True,
    makes_attempts=True,
    comments_pile_up=True,
    coupled_delete_status=401,
    offers_groups=False,
)
MOODLE: Final = Manners(
    name="moodle",
    product_family="moodle",
    sends_azp=False,
    messages=(),
    short_context_types=True,
    sends_link_data=False,
    notice_types=(),
    privacy_launches=False,
    html_tokens=True,
    drops_unknown_scopes=True,
    trusts_assertions=True,
    service_query="type_id=1",
    reason_errors=True,
    wrong_types_get_400=True,
    page_size=1_000_000,
    refuses_large_limits=False,
    curly_links=True,
    stamps_in_whole_seconds=True,
    takes_future_stamps=True,
    erases_unfinished=True,
    takes_any_number=True,
    results_limit_breaks=True,
    coupled_delete_status=204,
    short_roles=True,
    coaches_are_learners=True,
    next_link_drops_role=True,
    offers_groups=False,
)
HOSTILE: Final = Manners(name="hostile", tricks=tuple(Trick), scripts_in_names=True)
MODES: Final = MappingProxyType({mode.name: mode for mode in (STRICT, CANVAS, MOODLE, HOSTILE)})
