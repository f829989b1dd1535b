"""What a self-test found: a stable word for each case, so that pages and scripts say it in their own way."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

Value = str | int


class Outcome(StrEnum):
    """How one check ended; a check that could not run has found nothing wrong."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Finding:
    """One check of a self-test. `reason` is a word of ours or the code of an error; `about` a scope."""

    check: str
    outcome: Outcome
    reason: str
    about: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """Give what is kept in the database."""
        return asdict(self)


def read_finding(stored: Mapping[str, Any]) -> Finding:
    """Read what was kept."""
    return Finding(**{**stored, "outcome": Outcome(stored["outcome"])})


def passed(check: str, reason: str = "ok", /, **values: Value) -> Finding:
    return Finding(check, Outcome.PASSED, reason, values=values)


def failed(check: str, reason: str, /, **values: Value) -> Finding:
    return Finding(check, Outcome.FAILED, reason, values=values)


def unchecked(check: str, reason: str, /, **values: Value) -> Finding:
    return Finding(check, Outcome.UNCHECKED, reason, values=values)
