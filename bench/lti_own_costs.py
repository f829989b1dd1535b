"""What a piece of work costs the process that does it: CPU seconds and memory at its height, from the kernel.

No import beyond the standard library: the processes of other tools read this file too.
"""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS, FORGET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def costs(work: Callable[[], int]) -> dict[str, float]:
    """Do the work; give what it counted, its CPU and wall seconds, and how many MB higher its peak lies."""
    gc.collect()
    FORGET_PEAK.write_text("5")  # VmHWM begins anew at what is resident now
    before, cpu, start = _kilobytes("VmRSS"), time.process_time(), time.monotonic()
    count = work()
    spent, took = time.process_time() - cpu, time.monotonic() - start
    return {
        "count": count,
        "cpu": spent,
        "wall": took,
        "growth": max(_kilobytes("VmHWM") - before, 0) / 1024,
    }


def _kilobytes(name: str) -> int:
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
