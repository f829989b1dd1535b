"""Photos as a phone sends them: big, turned by a flag, and with the school's place inside."""

import io

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

WIDTH, HEIGHT = 1600, 1200
TURNED = 6  # EXIF: the phone was held upright
SKIES = ((246, 214, 173), (203, 220, 226), (228, 203, 190), (214, 226, 200), (236, 222, 236))
GROUNDS = ((164, 85, 47), (11, 92, 99), (27, 110, 70), (138, 90, 0), (90, 98, 114))


def phone_photo(number: int) -> bytes:
    """Draw one scene and save it as a phone does, with orientation and position in its metadata."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), SKIES[number % len(SKIES)])
    draw = ImageDraw.Draw(picture)
    ground = GROUNDS[number % len(GROUNDS)]
    draw.rectangle((0, 780, WIDTH, HEIGHT), fill=ground)
    for place in range(3 + number):
        left = 140 + place * 190
        draw.ellipse((left, 560, left + 150, 860), fill=tuple(channel // 2 + 60 for channel in ground))
    draw.arc((420, 120, 1180, 880), 180, 360, fill=(29, 36, 51), width=26)
    saved = io.BytesIO()
    turned = picture.rotate(90, expand=True)  # as the sensor sees it; the flag turns it back
    turned.save(saved, "JPEG", quality=88, exif=_metadata())
    return saved.getvalue()


def _metadata() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Orientation] = TURNED
    exif[Base.Make] = "Phone"
    position = exif.get_ifd(IFD.GPSInfo)
    position[GPS.GPSLatitudeRef], position[GPS.GPSLatitude] = "N", (35.0, 30.0, 12.0)
    position[GPS.GPSLongitudeRef], position[GPS.GPSLongitude] = "W", (108.0, 44.0, 5.0)
    return exif
