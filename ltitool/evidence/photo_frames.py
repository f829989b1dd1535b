"""Frames between the tool and its decoder: a length in four bytes, big-endian, and that many bytes."""

import struct
from typing import IO

LENGTH = struct.Struct(">I")


def read_frame(stream: IO[bytes], most: int) -> bytes | None:
    """Read one frame; None at the end of the stream, where it breaks off, or if it is longer than `most`."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > most:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write one frame."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
