"""Pictures for the tests, made on the spot: honest ones, and ones that mean harm."""

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRET = b"40.7128 N, 74.0060 W"


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def halves(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, size[0], size[1]))
    return image


def jpeg(size: tuple[int, int] = (400, 300), **options: Any) -> bytes:
    return saved(halves(size), "JPEG", quality=90, **options)


def located_jpeg() -> bytes:
    """A phone's picture: GPS, maker, a comment, XMP, an embedded thumbnail, lying on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif[ExifTags.Base.ImageDescription] = SECRET.decode()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (40.0, 42.0, 46.0)
    return jpeg(exif=exif, comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")


def described_png() -> bytes:
    """Text chunks, half of it transparent."""
    notes = PngInfo()
    notes.add_text("Comment", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    image = halves().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 128))
    return saved(image, "PNG", pnginfo=notes)


def moving_webp() -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "lime", "blue")]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True)


def profiled_jpeg() -> bytes:
    """A picture that brings its colour profile."""
    return jpeg(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def png_header(width: int, height: int) -> bytes:
    """A PNG that is all promise: a header, one row's worth of nothing, an end."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def webp_header(kind: bytes, width: int, height: int) -> bytes:
    """The first bytes of a WebP of each sort, with the size they declare."""
    if kind == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(8)
    else:
        body = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(4)
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def many_scans(repeats: int = 4000) -> bytes:
    """A progressive JPEG whose last scan comes again and again: small to send, long to decode."""
    image = saved(halves((3000, 3000)), "JPEG", progressive=True, quality=95)
    last = image.rindex(b"\xff\xda")
    scan = image[last:-2]
    return image[:last] + scan * repeats + image[-2:]
