"""The practice LMS as a server whose scores take a while, and which says what it was asked for.

LMS_URL, TOOL_URL, DATA, MEMBERS and LATENCY come by the environment. LATENCY is how many seconds after its
arrival a score is answered, the practice LMS's own work included: a real platform has processors of its own.
"""

import json
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.seed import COHORT_3, DEMO, with_members

if TYPE_CHECKING:
    from collections.abc import Iterable


class Counting:
    """Counts requests by the last part of their path, and how many scores were there at a time."""

    def __init__(self, application: Any, latency: float) -> None:
        self._application, self._latency = application, latency
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()
        self._present = 0
        self._most = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> "Iterable[bytes]":
        """Answer a request, and count it."""
        arrived, last = time.monotonic(), environ["PATH_INFO"].rpartition("/")[2]
        if last == "asked":
            return self._say(start_response)
        with self._lock:
            self._asked[last] += 1
            self._present += last == "scores"
            self._most = max(self._most, self._present)
        try:
            answer = [b"".join(self._application(environ, start_response))]
            if last == "scores":
                time.sleep(max(0.0, arrived + self._latency - time.monotonic()))
            return answer
        finally:
            with self._lock:
                self._present -= last == "scores"

    def _say(self, start_response: Any) -> list[bytes]:
        """Say what was asked for since the last time."""
        with self._lock:
            said = json.dumps({"asked": self._asked, "most": self._most}).encode()
            self._asked, self._most = Counter(), 0
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
        return [said]


def build() -> Counting:
    """Build the LMS for gunicorn."""
    app = create_platform(
        PlatformConfig(
            base_url=os.environ["LMS_URL"],
            tool_url=os.environ["TOOL_URL"],
            data_dir=Path(os.environ["DATA"]),
            seed=with_members(DEMO, COHORT_3, int(os.environ["MEMBERS"])),
        )
    )
    return Counting(app, float(os.environ["LATENCY"]))
