"""One error tree. Each error is translated at the doors and shown in one shape.

ToolError
 + Malformed     400  what came cannot be read
 + NotAuthentic  401  it does not come from whom it says, or came too late
 + NotAllowed    403  known, but not permitted
 + NotFound      404  not there, or not yours: the same answer
 + Conflict      409  somebody else was first
 + TooLarge      413  over a limit that the page names
 + Invalid       422  a form or file whose faults are listed by field
 + Unavailable   503  something outside does not answer

A feature derives its own errors from these in its `errors.py`, each with a code that never changes.
"""

from collections.abc import Mapping
from typing import ClassVar


def msg(text: str) -> str:
    """Mark a text for the translators and hand it back unchanged."""
    return text


class ToolError(Exception):
    """Something that we refuse or cannot do.

    `code` is stable and documented; `title` says what happened and `advice` what is safe and what to
    do, both as message ids. `detail` is for the log alone and never reaches a page.
    """

    code: ClassVar[str] = "tool.error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = msg("Something went wrong on our side")
    advice: ClassVar[str] = msg("What you sent before is safe. Please try again in a minute.")
    way_back: str | None = None  # an address that was judged safe, where whoever came can return to

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class Malformed(ToolError):
    code = "request.malformed"
    status = 400
    title = msg("We could not read that request")
    advice = msg("Go back and try again. If it happens twice, tell the person who runs this program.")


class NotAuthentic(ToolError):
    code = "request.not-authentic"
    status = 401
    title = msg("We could not confirm who sent this")
    advice = msg("Open the activity again from your course.")


class NotAllowed(ToolError):
    code = "request.not-allowed"
    status = 403
    title = msg("This is not open to you")
    advice = msg("If you think it should be, ask the director of your program.")


class NotFound(ToolError):
    code = "request.not-found"
    status = 404
    title = msg("There is nothing here")
    advice = msg("The link may be old, or the page may belong to somebody else.")


class Conflict(ToolError):
    code = "request.conflict"
    status = 409
    title = msg("This was changed somewhere else")
    advice = msg("Your words are kept. Look at the newer version, then save again.")


class TooLarge(ToolError):
    code = "request.too-large"
    status = 413
    title = msg("That is larger than we can take")
    advice = msg("Try a smaller file.")


class Invalid(ToolError):
    """A form or a file with faults; `faults` maps a field to what is wrong with it (message ids)."""

    code = "form.invalid"
    status = 422
    title = msg("Some fields need another look")
    advice = msg("Everything you typed is still here.")

    def __init__(self, faults: Mapping[str, str], detail: str = "") -> None:
        super().__init__(detail or ", ".join(faults))
        self.faults = dict(faults)


class Unavailable(ToolError):
    code = "service.unavailable"
    status = 503
    title = msg("Another service does not answer")
    advice = msg("Nothing is lost. Please try again in a few minutes.")
