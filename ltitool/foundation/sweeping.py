"""Finds the rows whose hint was lost, and forgets jobs that have been done for long."""

import logging
from collections.abc import Mapping

from ltitool.foundation import leases
from ltitool.foundation.attempts import Attempts
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.jobs import Sweeper, enqueue_missing

log = logging.getLogger(__name__)


class Sweeping:
    """The sweepers of all features, for the jobs that these attempts can handle."""

    def __init__(self, attempts: Attempts, sweepers: Mapping[str, Sweeper]) -> None:
        unknown = set(sweepers) - attempts.names
        if unknown:
            message = f"sweepers without a handler: {sorted(unknown)}"
            raise ValueError(message)
        self._attempts = attempts
        self._sweepers = dict(sweepers)

    def sweep(self) -> None:
        """Let every sweeper look once."""
        for name in self._sweepers:
            try:
                self._sweep_for(name)
            except Exception:  # one feature's fault must not keep the others from their work
                log.exception("the sweeper of %s failed", name)
        with self._attempts.use_case() as session:
            leases.forget_done(session, self._attempts.clock())

    def _sweep_for(self, name: str) -> None:
        with self._attempts.app.app_context():
            now = self._attempts.clock()
            subjects = list(self._sweepers[name](read_session(), now))
            if subjects:
                with transaction() as session:
                    enqueue_missing(session, name, subjects, now)
