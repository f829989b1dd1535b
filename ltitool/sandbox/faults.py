"""Faults on demand: what a platform does wrong now, for one of its services, until told otherwise.

A fault is set while the platform runs, from a page, over loopback or in process. It may be good for so many
requests; afterwards the service works again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Condition
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import timedelta

    from ltitool.sandbox.keys import KeyRing
    from ltitool.sandbox.manners import Manners


class Service(StrEnum):
    """What a fault can be set for."""

    CONFIGURATION = "configuration"
    KEYS = "keys"
    LOGIN = "login"
    TOKEN = "token"  # noqa: S105 - a service's name, no secret
    LINE_ITEMS = "line-items"
    SCORES = "scores"
    RESULTS = "results"
    ROSTER = "roster"
    GROUPS = "groups"


class Kind(StrEnum):
    """What goes wrong."""

    SLOW = "slow"  # the answer comes after some seconds
    HANGING = "hanging"  # it does not come before the fault is cleared, or an hour has passed
    TOO_MANY = "too-many"  # 429 with Retry-After
    THROTTLED = "throttled"  # Canvas's 403 "Rate Limit Exceeded"
    BROKEN = "broken"  # 500
    UNAVAILABLE = "unavailable"  # 503 with Retry-After
    DROPPED = "dropped"  # the connection ends before anything is done
    DROPPED_AFTER = "dropped-after"  # it is done, but nobody hears
    HTML = "html"  # 200 and a page
    FORGOTTEN = "forgotten"  # 401: the token is no good any more
    GONE = "gone"  # 404


HANG_SECONDS: Final = 3_600.0


@dataclass(frozen=True)
class Fault:
    """One service's fault; `seconds` is how slow, or what Retry-After says."""

    kind: Kind
    seconds: float = 1.0
    times: int | None = None  # for so many requests; None: until it is cleared


@dataclass(frozen=True)
class Taken:
    """A fault as one request met it; `change` counts what was switched before."""

    fault: Fault
    change: int


class Switchboard:
    """What can be switched while the platform runs; one object serves all threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._faults: dict[Service, Fault] = {}
        self._turns: dict[str, int] = {}
        self._changes = 0
        self.manners: Manners | None = None  # in place of the configuration's
        self.keys: KeyRing | None = None  # in place of those that the platform was started with
        self.skew: timedelta | None = None  # by how much the platform's clock is ahead

    def faults(self) -> dict[Service, Fault]:
        """Give the faults that are set."""
        with self._changed:
            return dict(self._faults)

    def set_fault(self, service: Service, fault: Fault | None) -> None:
        """Set a service's fault, or clear it; whoever hangs is let go."""
        with self._changed:
            if fault is None:
                self._faults.pop(service, None)
            else:
                self._faults[service] = fault
            self._note_change()

    def clear_faults(self) -> None:
        """Let everything work again."""
        with self._changed:
            self._faults.clear()
            self._note_change()

    def take(self, service: Service) -> Taken | None:
        """Give a service's fault for one request, and count it."""
        with self._changed:
            fault = self._faults.get(service)
            if fault is None:
                return None
            if fault.times is not None:
                self._count_down(service, fault, fault.times - 1)
            return Taken(fault, self._changes)

    def _count_down(self, service: Service, fault: Fault, left: int) -> None:
        if left > 0:
            self._faults[service] = replace(fault, times=left)
        else:
            del self._faults[service]

    def wait(self, taken: Taken, seconds: float) -> None:
        """Wait so long, but no longer than until somebody sets or clears a fault."""
        with self._changed:
            self._changed.wait_for(lambda: self._changes != taken.change, seconds)

    def _note_change(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def next_turn(self, endpoint: str) -> int:
        """Count the requests of one endpoint, from 0."""
        with self._changed:
            turn = self._turns.get(endpoint, 0)
            self._turns[endpoint] = turn + 1
            return turn
