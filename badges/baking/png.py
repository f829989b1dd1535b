"""A badge inside a PNG: one uncompressed iTXt chunk, every other byte left as it was.

The chunks are read and written here and not by an imaging library: those decode and encode the pixels anew,
keep the last of several chunks without a word, and inflate compressed text without a limit.
PNG (third edition), sections 5.3 and 11.3.3.4.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from badges.baking.form import MAX_PICTURE_BYTES, Baked, credential_bytes, the_only
from badges.errors import BakingError

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORDS = {"openbadgecredential": "3.0", "openbadges": "2.0"}
_KEYWORD = b"openbadgecredential"
_MAX_CHUNK = 2**31 - 1
_IHDR_LENGTH = 13
_TEXT_CHUNKS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
# Keyword end, compression flag 0, method 0, empty language tag, empty translated keyword.
_UNCOMPRESSED = b"\x00\x00\x00\x00\x00"


@dataclass(frozen=True)
class Chunk:
    """One chunk: its four-letter type, its data, and where it begins in the file."""

    kind: bytes
    data: bytes
    start: int


def bake_png(picture: bytes, credential: str) -> bytes:
    """The PNG with one iTXt chunk more, right after the header; pixels and other chunks stay byte for byte.

    Raises:
        BakingError: ``already_baked``, what ``credential_bytes`` refuses, and whatever makes the picture no
            sound PNG.
    """
    content = credential_bytes(credential)
    chunks = list(read_chunks(picture))
    if any(_keyword(chunk).lower() in KEYWORDS for chunk in chunks):
        raise BakingError("already_baked", "the picture already holds a badge")
    after_header = chunks[1].start
    chunk = _chunk(b"iTXt", _KEYWORD + _UNCOMPRESSED + content)
    return picture[:after_header] + chunk + picture[after_header:]


def unbake_png(picture: bytes) -> Baked:
    """The one badge in the PNG.

    Raises:
        BakingError: ``no_badge``, ``several_badges``, ``badge_chunk`` for a badge in any other form than one
            uncompressed iTXt (Open Badges 2.0 may use tEXt), and whatever makes the picture no sound PNG.
    """
    return the_only([_baked(chunk) for chunk in read_chunks(picture) if _keyword(chunk).lower() in KEYWORDS])


def read_chunks(picture: bytes) -> Iterator[Chunk]:
    """Every chunk, with lengths, order and checksums proven.

    Raises:
        BakingError: ``too_large``, ``not_png``, ``png_truncated``, ``png_length``, ``png_crc``,
            ``png_order``, ``png_animated``, ``png_trailing``.
    """
    if len(picture) > MAX_PICTURE_BYTES:
        raise BakingError("too_large", f"the picture has more than {MAX_PICTURE_BYTES} bytes")
    if not picture.startswith(PNG_SIGNATURE):
        raise BakingError("not_png", "the file does not begin like a PNG")
    position, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        chunk = _chunk_at(picture, position)
        _refuse_misplaced(chunk, first=position == len(PNG_SIGNATURE))
        yield chunk
        kind, position = chunk.kind, position + 12 + len(chunk.data)
    if position != len(picture):
        raise BakingError("png_trailing", "something follows the end of the picture")


def _chunk_at(picture: bytes, start: int) -> Chunk:
    length = int.from_bytes(picture[start : start + 4], "big")
    if length > _MAX_CHUNK:
        raise BakingError("png_length", f"a chunk at byte {start} claims {length} bytes")
    end = start + 12 + length
    if end > len(picture):
        raise BakingError("png_truncated", f"the picture ends inside the chunk at byte {start}")
    kind, data = picture[start + 4 : start + 8], picture[start + 8 : end - 4]
    if zlib.crc32(kind + data) != int.from_bytes(picture[end - 4 : end], "big"):
        raise BakingError("png_crc", f"the chunk at byte {start} has a wrong checksum")
    return Chunk(kind, data, start)


def _refuse_misplaced(chunk: Chunk, *, first: bool) -> None:
    if first != (chunk.kind == b"IHDR") or (first and len(chunk.data) != _IHDR_LENGTH):
        raise BakingError("png_order", "the picture must begin with its header, once")
    if chunk.kind == b"acTL":
        raise BakingError("png_animated", "animated pictures are not accepted")


def _keyword(chunk: Chunk) -> str:
    if chunk.kind not in _TEXT_CHUNKS:
        return ""
    return chunk.data.partition(b"\x00")[0].decode("latin-1")


def _baked(chunk: Chunk) -> Baked:
    keyword = _keyword(chunk)
    version = KEYWORDS.get(keyword)
    body = chunk.data[len(keyword) :]
    if version == "2.0" and chunk.kind == b"tEXt":
        return Baked(body[1:].decode("latin-1"), "2.0")
    if version is None or chunk.kind != b"iTXt" or body[1:2] != b"\x00":
        raise BakingError(
            "badge_chunk", "the badge is not in one uncompressed iTXt chunk of the exact keyword"
        )
    _language, _separator, rest = body[3:].partition(b"\x00")
    text = rest.partition(b"\x00")[2]
    try:
        return Baked(text.decode("utf-8"), "3.0" if version == "3.0" else "2.0")
    except UnicodeDecodeError as fault:
        raise BakingError("badge_chunk", "the badge's text is not UTF-8") from fault


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
