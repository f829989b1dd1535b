"""Canvas: one issuer for all schools of its cloud, and words of its own in a registration.

From Canvas's source and documents (doc/api/registration.md, app/models/lti/ims/registration.rb).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ltitool.lti.quirks.plain import Plain, Verdict

FAMILY = "canvas"
EXTENSION = "https://canvas.instructure.com/lti/"
SUBMISSION = EXTENSION + "submission"
BAD_REQUEST, UNPROCESSABLE = 400, 422
PRIVACY = "public"  # name and e-mail: coaches have to know whose work they read
# The cloud's issuer is one host, each school another, and its sign-in a third. All belong to one company.
PRODUCTION = "https://canvas.instructure.com"
COPIES = frozenset({"https://canvas.beta.instructure.com", "https://canvas.test.instructure.com"})
COPY_ENVIRONMENTS = frozenset({"beta", "test"})  # as a login of a copy calls itself
CLOUD_ISSUERS = frozenset(urlsplit(issuer).hostname for issuer in (PRODUCTION, *COPIES))
CLOUD_DOMAINS = (".instructure.com", ".canvaslms.com")
# Where a course can open us, and where a teacher can choose from us; a registration asks for those offered.
LAUNCH_PLACEMENTS = ("course_navigation",)
CHOICE_PLACEMENTS = ("assignment_selection", "link_selection", "module_index_menu_modal")


def in_one_cloud(issuer: str, url: str) -> bool:
    """Say whether an address belongs to the cloud of this issuer, though its host is another."""
    one, other = urlsplit(issuer), urlsplit(url)
    if one.hostname not in CLOUD_ISSUERS or other.scheme != "https" or other.port not in {None, 443}:
        return False
    return (other.hostname or "").endswith(CLOUD_DOMAINS)


def is_copy(issuer: str, environment: str | None) -> bool:
    """Say whether a login comes from a test or beta copy of the cloud: data of last week, real people."""
    return issuer in COPIES or (issuer == PRODUCTION and environment in COPY_ENVIRONMENTS)


def tool_words(tool_id: str) -> Mapping[str, Any]:
    """Give what Canvas reads in a registration besides the standard's own words."""
    return {f"{EXTENSION}privacy_level": PRIVACY, f"{EXTENSION}tool_id": tool_id}


def launch_words() -> Mapping[str, Any]:
    """Give what Canvas reads in the message that opens us from a course's navigation."""
    return {f"{EXTENSION}course_navigation/default_enabled": False, f"{EXTENSION}visibility": "members"}


class CanvasGradebook(Plain):
    """Canvas's gradebook (app/controllers/lti/ims/scores_controller.rb)."""

    # A column made without a link is an assignment that nobody can open: the launch must name one.
    makes_columns = False

    def extension(self, *, first: bool) -> Mapping[str, object]:
        """Hand in once, then only grade: otherwise each score would use up one of the learner's attempts.

        A grade that a teacher gave by hand stays, where Canvas is new enough to be asked for it.
        """
        return {SUBMISSION: {"new_submission": first, "prioritize_non_tool_grade": True}}

    def comment(self, wanted: str | None, last_sent: str | None) -> str | None:
        """Send a comment once: each post adds it to those that are there."""
        return None if wanted == last_sent else wanted

    def verdict(self, status: int, said: str) -> Verdict | None:
        """Read Canvas's words."""
        if status == UNPROCESSABLE and "attempts" in said:
            return Verdict.NO_ATTEMPT_LEFT
        if status == BAD_REQUEST and ("before last updated" in said or "not_newer" in said):
            return Verdict.NOT_NEWER
        return super().verdict(status, said)
