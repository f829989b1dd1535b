"""A photo as a phone sends it."""

import io

from PIL import Image


def jpeg(size: tuple[int, int] = (400, 300)) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()
