"""How much computing one verification may cost, all its proofs, lists and endorsements together.

The library bounds each canonicalization (badges.canonical.rdfc); a badge may still ask for dozens of them,
each just within that bound. Here their sum is bounded, so no child process has to be killed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from badges.canonical import primary
from badges.errors import WorkBudgetExceededError

MAX_CPU_SECONDS = 2.0


@dataclass(eq=False)  # by identity: the library remembers whose canonicalization a finding is from
class BoundedEffort:
    """Canonicalizes for one verification until its CPU time is used up; implements `CanonicalForm`."""

    cpu: Callable[[], float] = time.thread_time
    _began: float | None = field(default=None, init=False)

    def __call__(self, document: Mapping[str, Any], /) -> bytes:
        """Give the canonical form.

        Raises:
            WorkBudgetExceededError: `canonicalization_budget`, also when this document alone costs too much.
        """
        now = self.cpu()
        self._began = now if self._began is None else self._began
        if now - self._began > MAX_CPU_SECONDS:
            message = "all its signatures together cost more work than one badge is given"
            raise WorkBudgetExceededError("canonicalization_budget", message)
        return primary.canonical_form(document)
