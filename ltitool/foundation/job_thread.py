"""The thread that a runner works in: started once a process, told to stop, waited for."""

import threading
from collections.abc import Callable


class JobThread:
    """Runs a loop that ends soon after `stopping` is set."""

    def __init__(self, loop: Callable[[], None], *, wake: Callable[[], None]) -> None:
        self.stopping = threading.Event()
        self._loop = loop
        self._wake = wake
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless it has begun; call it after forking."""
        if self._thread is None:
            self.stopping.clear()
            self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
            self._thread.start()

    def stop(self, timeout: float) -> None:
        """Tell the loop to end, wake it, and wait for it."""
        if self._thread is not None:
            self.stopping.set()
            self._wake()
            self._thread.join(timeout)
            self._thread = None
