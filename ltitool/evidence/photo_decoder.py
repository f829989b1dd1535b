"""The process that opens strangers' pictures: `python -m ltitool.evidence.photo_decoder`.

It knows Pillow and nothing of the tool, has no secrets in its environment, and lives within limits of memory
and processor time that it sets on itself. A request on standard input is one frame: the picture's bytes. The
answer is a frame of JSON and, if that says "ok", one frame of WebP for each size.
"""

import io
import json
import resource
import struct
import sys
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from ltitool.evidence.photo_frames import read_frame, write_frame
from ltitool.evidence.photo_sizes import MAX_FILE_BYTES, MAX_JPEG_PIXELS, MAX_OTHER_PIXELS, SIZES

FORMATS = ("JPEG", "PNG", "WEBP")
MEMORY = 1_536 * 2**20  # bytes of address space: a progressive JPEG of 120 megapixels needs about half
LIFE_SECONDS = 300  # of processor time in one life
PHOTO_SECONDS = 20  # of processor time for one photo
OPEN_FILES = 32
QUALITY = 82
MAX_PROFILE_BYTES = 2**20  # larger colour profiles are left aside
PAPER = (255, 255, 255)  # behind what is transparent
SRGB = ImageCms.createProfile("sRGB")
VP8X, VP8L, VP8 = b"VP8X", b"VP8L", b"VP8 "


class Refused(Exception):
    """The picture is not taken; the reason is one of a few stable words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def prepare(data: bytes) -> tuple[tuple[int, int], list[bytes]]:
    """Turn a picture into its clean sizes: upright, sRGB, without any metadata, as WebP.

    Gives width and height of the largest, and each size's bytes in the order of `SIZES`.

    Raises:
        Refused: with "not-a-photo", "too-many-pixels" or "damaged".
    """
    image = _opened(data)
    try:
        clean = _clean(image)
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as fault:
        raise Refused("damaged") from fault
    return clean.size, [_encoded(clean, size) for size in SIZES]


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one request after the other until there are no more."""
    while (data := read_frame(requests, MAX_FILE_BYTES)) is not None:
        _allow_seconds_for_one_photo()
        try:
            (width, height), sizes = prepare(data)
            head: dict[str, Any] = {"ok": True, "width": width, "height": height}
        except Refused as refusal:
            head, sizes = {"ok": False, "reason": refusal.reason}, []
        except MemoryError:
            head, sizes = {"ok": False, "reason": "too-slow"}, []
        for frame in (json.dumps(head).encode(), *sizes):
            write_frame(answers, frame)
        answers.flush()


def limit_life() -> None:
    """Bound what this process can ever take: memory, processor time, files; it writes none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LIFE_SECONDS, LIFE_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_seconds_for_one_photo() -> None:
    """Move the soft limit, so that one hostile photo ends this life before the hard limit would."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + PHOTO_SECONDS
    if hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))


def _opened(data: bytes) -> Image.Image:
    """Open by content, never by name, and look at the size before anything is decoded."""
    Image.MAX_IMAGE_PIXELS = None  # our own limits are checked below, by format
    _refuse_large_webp(data)
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as fault:
        raise Refused("not-a-photo") from fault
    except (OSError, SyntaxError, ValueError, struct.error) as fault:
        raise Refused("damaged") from fault
    jpeg = image.format in {"JPEG", "MPO"}
    if image.width * image.height > (MAX_JPEG_PIXELS if jpeg else MAX_OTHER_PIXELS):
        raise Refused("too-many-pixels")
    return image


def _refuse_large_webp(data: bytes) -> None:
    """Read a WebP's size off its header: Pillow's decoder takes memory for all of it when it is opened."""
    size = webp_size(data)
    if size is not None and size[0] * size[1] > MAX_OTHER_PIXELS:
        raise Refused("too-many-pixels")


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Give the size that a WebP's header declares, None if it is no WebP."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:  # noqa: PLR2004 - the longest header
        return None
    kind = data[12:16]
    if kind == VP8X:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == VP8L:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == VP8:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _clean(image: Image.Image) -> Image.Image:
    """Make the largest size: made small first, so that all further steps are cheap."""
    profile = image.info.get("icc_profile")
    largest = SIZES[0]
    image.draft(None, _draft_size(image.size, largest))
    image.load()
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    upright = ImageOps.exif_transpose(image)
    return _bare(_in_srgb(_flat(upright), profile))


def _draft_size(size: tuple[int, int], largest: int) -> tuple[int, int]:
    """Ask a JPEG for twice the size that is wanted, in the picture's own proportions."""
    scale = min(1.0, 2 * largest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _flat(image: Image.Image) -> Image.Image:
    """Put paper behind what is transparent, and bring every mode to grey, RGB or CMYK of eight bits."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode in {"L", "RGB", "CMYK"} and "transparency" not in image.info:
        return image
    if image.mode in {"YCbCr", "LAB", "HSV", "1"}:
        return image.convert("RGB")
    solid = image.convert("RGBA")
    paper = Image.new("RGB", solid.size, PAPER)
    paper.paste(solid, mask=solid.getchannel("A"))
    return paper


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale sixteen bits of grey down to eight."""
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to sRGB; a profile that is huge or broken is left aside."""
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _bare(image: Image.Image) -> Image.Image:
    """Copy pixels alone: nothing that Pillow remembered of the source can reach the new file."""
    return Image.frombytes("RGB", image.size, image.tobytes())


def _encoded(image: Image.Image, size: int) -> bytes:
    small = image.copy()
    small.thumbnail((size, size), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def main() -> None:
    """Serve on standard input and output."""
    Image.init()  # load the codecs before the limits count
    limit_life()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
