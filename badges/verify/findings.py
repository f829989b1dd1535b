"""Small makers of ``Check`` values, and the way to stop when a later check would rest on a failed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from badges.report import Check, Outcome

if TYPE_CHECKING:
    from badges.errors import BadgeError


class StoppedError(Exception):
    """Inside the verifier only: this check did not pass, and those after it rest on it."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.code)
        self.check = check


def passed(name: str, code: str = "ok", **evidence: str) -> Check:
    """The check passed."""
    return Check(name, Outcome.PASSED, code, evidence=evidence)


def failed(
    name: str, code: str, reason: str, *, path: str = "$", unsupported: bool = False, **evidence: str
) -> Check:
    """The check failed, or (``unsupported``) met something that we do not support."""
    return Check(
        name,
        Outcome.FAILED,
        code,
        path=path,
        evidence={"reason": reason, **evidence},
        unsupported=unsupported,
    )


def unknown(name: str, code: str, reason: str, *, path: str = "$", **evidence: str) -> Check:
    """The check could not be made."""
    return Check(name, Outcome.COULD_NOT_CHECK, code, path=path, evidence={"reason": reason, **evidence})


def not_applicable(name: str, code: str = "none") -> Check:
    """There is nothing to check."""
    return Check(name, Outcome.NOT_APPLICABLE, code)


def not_reached(name: str) -> Check:
    """An earlier check did not pass."""
    return Check(name, Outcome.COULD_NOT_CHECK, "not_reached")


def failed_by(name: str, fault: BadgeError, *, unsupported: bool = False) -> Check:
    """The check failed with an error of the library."""
    return failed(name, fault.code, fault.message, path=fault.path, unsupported=unsupported)
