"""What can go wrong before a badge is checked."""

from ltitool.errors import Invalid, NotAllowed, TooLarge, msg


class TooManyChecks(NotAllowed):
    """One address asks more often than people do; `retry_after` is in whole seconds."""

    code = "verify.too-many"
    status = 429
    title = msg("That was a lot of checks in a short time")
    advice = msg("Please wait a minute, then check the next badge. Nothing was kept.")

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class BadgeTooLarge(TooLarge):
    code = "verify.too-large"
    title = msg("That is larger than a badge")
    advice = msg("A badge may have up to 1 MiB. Nothing was kept.")


class NothingToCheck(Invalid):
    """The form holds no badge, or an address where none can be had."""

    code = "verify.nothing"
