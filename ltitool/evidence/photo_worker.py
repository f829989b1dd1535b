"""Warm decoder processes: started at the first photo, killed when one hangs, replaced after some photos."""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ltitool.evidence.errors import (
    NotAPhoto,
    PhotoDamaged,
    PhotoDecoderBusy,
    PhotoRefused,
    PhotoTooLarge,
    PhotoTooManyPixels,
    PhotoTooSlow,
)
from ltitool.evidence.photo_frames import read_frame, write_frame
from ltitool.evidence.photo_sizes import MAX_FILE_BYTES, SIZES

COMMAND = ("-m", "ltitool.evidence.photo_decoder")
ROOT = Path(__file__).parents[2]
PASSED_ON = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")  # never our own settings
ANSWER_BYTES = 16 * 2**20
REFUSALS: dict[str, type[PhotoRefused | PhotoTooManyPixels]] = {
    "not-a-photo": NotAPhoto,
    "too-many-pixels": PhotoTooManyPixels,
    "damaged": PhotoDamaged,
    "too-slow": PhotoTooSlow,
}
PLAIN_WEBP = b"VP8 "  # the only chunk of a WebP without transparency and metadata


@dataclass(frozen=True)
class PreparedPhoto:
    """A photo as it is kept: its size, and the bytes by length of the longer side."""

    width: int
    height: int
    sizes: dict[int, bytes]


@dataclass(frozen=True)
class DecoderLimits:
    """How long one photo may take, how many a process prepares, and how long to wait for a free one."""

    seconds: float = 30.0
    photos_per_life: int = 25
    wait_seconds: float = 45.0
    processes: int = 1


class PhotoDecoder:
    """A few decoder processes behind one lock. Safe to share between threads."""

    def __init__(self, limits: DecoderLimits = DecoderLimits()) -> None:
        self._limits = limits
        self._owner = os.getpid()
        self._free: queue.LifoQueue[DecoderProcess] = queue.LifoQueue()
        self._fill()

    def prepare(self, data: bytes) -> PreparedPhoto:
        """Prepare one photo in a process of its own.

        Raises:
            PhotoTooLarge, PhotoTooManyPixels, NotAPhoto, PhotoDamaged: what is wrong with it.
            PhotoTooSlow: it took too long, or the process did not survive it.
            PhotoDecoderBusy: no process became free in time.
        """
        if len(data) > MAX_FILE_BYTES:
            raise PhotoTooLarge(f"{len(data)} bytes")
        with self._one() as process:
            return process.prepare(data)

    def close(self) -> None:
        """End all processes that are not at work."""
        with suppress(queue.Empty):
            while True:
                self._free.get_nowait().end()

    @contextmanager
    def _one(self) -> Iterator["DecoderProcess"]:
        if os.getpid() != self._owner:  # a server forked: the other half's processes are not ours
            self._owner, self._free = os.getpid(), queue.LifoQueue()
            self._fill()
        try:
            process = self._free.get(timeout=self._limits.wait_seconds)
        except queue.Empty as fault:
            raise PhotoDecoderBusy from fault
        try:
            yield process
        finally:
            self._free.put(process)

    def _fill(self) -> None:
        for _ in range(self._limits.processes):
            self._free.put(DecoderProcess(self._limits))


class DecoderProcess:
    """One place for a decoder process; the process itself comes and goes."""

    def __init__(self, limits: DecoderLimits) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None
        self._prepared = 0

    @property
    def pid(self) -> int | None:
        """The process now alive, if any."""
        return self._child.pid if self._child else None

    def prepare(self, data: bytes) -> PreparedPhoto:
        child = self._warm()
        watch = threading.Timer(self._limits.seconds, child.kill)
        watch.start()
        try:
            frames = _asked(child, data)
        finally:
            watch.cancel()
        if frames is None:
            self.end()
            raise PhotoTooSlow("the decoder did not answer")
        self._prepared += 1
        if self._prepared >= self._limits.photos_per_life:
            self.end()
        return _understood(frames)

    def end(self) -> None:
        """End the process; the next photo starts a new one."""
        child, self._child, self._prepared = self._child, None, 0
        if child is not None:
            child.kill()
            child.communicate()

    def _warm(self) -> "subprocess.Popen[bytes]":
        if self._child is not None and self._child.poll() is not None:
            self.end()
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                [sys.executable, "-B", *COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd=ROOT,
                start_new_session=True,
            )
        return self._child


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def _asked(child: "subprocess.Popen[bytes]", data: bytes) -> list[bytes] | None:
    """Send one photo and read the answer; None if the process ended over it or spoke nonsense."""
    if child.stdin is None or child.stdout is None:
        return None
    try:
        write_frame(child.stdin, data)
        child.stdin.flush()
        head = read_frame(child.stdout, ANSWER_BYTES)
        if head is None:
            return None
        count = len(SIZES) if json.loads(head).get("ok") else 0
        frames = [head, *(read_frame(child.stdout, ANSWER_BYTES) for _ in range(count))]
    except (OSError, ValueError):
        return None
    whole = [frame for frame in frames if frame is not None]
    return whole if len(whole) == len(frames) else None


def _understood(frames: list[bytes]) -> PreparedPhoto:
    head = json.loads(frames[0])
    if not head["ok"]:
        raise REFUSALS.get(head["reason"], PhotoDamaged)(head["reason"])
    sizes = dict(zip(SIZES, frames[1:], strict=True))
    if not all(is_plain_webp(data) for data in sizes.values()):
        raise PhotoDamaged("the decoder answered with something else than a plain picture")
    return PreparedPhoto(int(head["width"]), int(head["height"]), sizes)


def is_plain_webp(data: bytes) -> bool:
    """Say whether these bytes are one picture and nothing else: no metadata, nothing after its end."""
    if data[:4] != b"RIFF" or data[8:16] != b"WEBP" + PLAIN_WEBP:
        return False
    riff, chunk = int.from_bytes(data[4:8], "little"), int.from_bytes(data[16:20], "little")
    padded = chunk + chunk % 2
    return riff + 8 == len(data) == padded + 20


@cache
def shared_decoder() -> PhotoDecoder:
    """Give the decoder that all requests of a server process share; it ends with the process."""
    decoder = PhotoDecoder()
    atexit.register(decoder.close)
    return decoder
