"""The decoder on its own: what it takes, what it makes of it, what it refuses. Rows C01 to C09."""

import io
import json
import resource
import sys
from typing import Any

import pictures
import pytest
from PIL import Image, ImageCms

from ltitool.evidence import photo_decoder
from ltitool.evidence.photo_decoder import Refused, prepare, serve, webp_size
from ltitool.evidence.photo_frames import read_frame, write_frame
from ltitool.evidence.photo_worker import is_plain_webp

RED, BLUE, WHITE = (220, 20, 20), (20, 20, 220), (255, 255, 255)


def near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(colour, wanted, strict=True))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["WEBP"])
    image.load()
    return image


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        prepare(data)
    return caught.value.reason


def test_a_photo_becomes_two_webp_sizes() -> None:
    size, made = prepare(pictures.jpeg((3000, 1500)))
    assert size == (2048, 1024)
    assert [opened(data).size for data in made] == [(2048, 1024), (480, 240)]
    assert all(is_plain_webp(data) for data in made)


def test_a_small_photo_is_not_blown_up() -> None:
    size, made = prepare(pictures.jpeg((100, 80)))
    assert size == (100, 80)
    assert [opened(data).size for data in made] == [(100, 80), (100, 80)]


@pytest.mark.parametrize("make", [pictures.located_jpeg, pictures.described_png], ids=["jpeg", "png"])
def test_c05_no_metadata_of_any_kind_is_left(make: Any) -> None:
    source = make()
    assert pictures.SECRET in source  # the control: it was there
    for data in prepare(source)[1]:
        assert pictures.SECRET not in data
        assert b"SecretPhone" not in data
        assert b"Exif" not in data
        assert opened(data).info.keys() <= {"loop", "background", "timestamp", "duration"}
        assert not opened(data).getexif()


def test_c06_a_photo_on_its_side_is_set_upright() -> None:
    lying = Image.open(io.BytesIO(pictures.located_jpeg()))
    assert lying.size == (400, 300)
    size, made = prepare(pictures.located_jpeg())
    assert size == (300, 400)
    upright = opened(made[0])
    assert near(upright.getpixel((150, 50)), RED)
    assert near(upright.getpixel((150, 350)), BLUE)


def test_c02_only_the_first_frame_of_an_animation_is_kept() -> None:
    assert getattr(Image.open(io.BytesIO(pictures.moving_webp())), "n_frames", 1) == 3
    data = prepare(pictures.moving_webp())[1][0]
    assert is_plain_webp(data)
    assert near(opened(data).getpixel((10, 10)), (255, 0, 0))


@pytest.mark.parametrize(
    "tail",
    [b"<script>alert(1)</script>", b"%PDF-1.7\n1 0 obj", b"PK\x03\x04" + bytes(40), b"GIF89a"],
    ids=["html", "pdf", "zip", "gif"],
)
def test_c04_what_hangs_on_behind_a_photo_is_gone(tail: bytes) -> None:
    source = pictures.jpeg() + tail
    for data in prepare(source)[1]:
        assert tail not in data
        assert is_plain_webp(data)


@pytest.mark.parametrize(
    "source",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"",
        b"\x00" * 4000,
    ],
    ids=["html", "svg", "eps", "empty", "zeros"],
)
def test_c03_what_is_no_picture_is_refused(source: bytes) -> None:
    assert refusal(source) == "not-a-photo"


@pytest.mark.parametrize("form", ["BMP", "GIF", "TIFF", "ICO", "PPM", "TGA", "PCX", "AVIF"])
def test_c08_other_formats_are_refused_even_if_pillow_could_read_them(form: str) -> None:
    source = pictures.saved(pictures.halves((64, 48)), form)
    Image.open(io.BytesIO(source)).load()  # the control: Pillow reads it
    assert refusal(source) == "not-a-photo"


def test_c01_a_huge_picture_is_refused_by_its_header() -> None:
    assert refusal(pictures.png_header(30_000, 30_000)) == "too-many-pixels"
    assert refusal(pictures.png_header(8_000, 8_001)) == "too-many-pixels"
    assert refusal(pictures.png_header(8_000, 8_000)) == "damaged"  # within the limit, but empty


@pytest.mark.parametrize("kind", [b"VP8X", b"VP8L", b"VP8 "])
def test_c01_a_huge_webp_is_refused_before_its_decoder_takes_memory(kind: bytes) -> None:
    assert webp_size(pictures.webp_header(kind, 640, 480)) == (640, 480)
    assert refusal(pictures.webp_header(kind, 16_000, 16_000)) == "too-many-pixels"
    assert refusal(pictures.webp_header(kind, 640, 480)) == "damaged"


def test_a_webp_of_an_unknown_kind_declares_no_size() -> None:
    assert webp_size(pictures.webp_header(b"ODD ", 9, 9)) is None
    assert webp_size(b"RIFF") is None


def test_c01_a_jpeg_may_be_larger_because_it_is_decoded_by_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    source = pictures.jpeg((3000, 2000))
    monkeypatch.setattr(photo_decoder, "MAX_OTHER_PIXELS", 3_000_000)
    monkeypatch.setattr(photo_decoder, "MAX_JPEG_PIXELS", 6_000_000)
    assert prepare(source)[0] == (2048, 1365)
    monkeypatch.setattr(photo_decoder, "MAX_JPEG_PIXELS", 5_999_999)
    assert refusal(source) == "too-many-pixels"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_c07_a_photo_that_broke_off_is_damaged(form: str) -> None:
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    source = pictures.saved(noise, form)
    assert prepare(source)[0] == (300, 200)
    assert refusal(source[: len(source) // 2]) == "damaged"


def test_what_is_transparent_lies_on_paper() -> None:
    pixel = opened(prepare(pictures.described_png())[1][0]).getpixel((20, 20))
    assert near(pixel, tuple((one + 255) // 2 for one in RED))


@pytest.mark.parametrize(
    ("mode", "form", "colour", "shown"),
    [
        ("L", "PNG", 128, (128, 128, 128)),
        ("LA", "PNG", (128, 255), (128, 128, 128)),
        ("P", "PNG", 0, (0, 0, 0)),
        ("1", "PNG", 1, WHITE),
        ("I;16", "PNG", 32768, (128, 128, 128)),
        ("CMYK", "JPEG", (0, 0, 0, 0), WHITE),
    ],
)
def test_every_mode_ends_as_plain_colour(
    mode: str, form: str, colour: Any, shown: tuple[int, int, int]
) -> None:
    source = pictures.saved(Image.new(mode, (60, 40), colour), form)
    assert near(opened(prepare(source)[1][0]).getpixel((30, 20)), shown)


def test_a_colour_profile_is_applied_and_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    convert = ImageCms.profileToProfile

    def watch(*args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs["outputMode"])
        return convert(*args, **kwargs)

    monkeypatch.setattr(ImageCms, "profileToProfile", watch)
    data = prepare(pictures.profiled_jpeg())[1][0]
    assert asked == ["RGB"]
    assert is_plain_webp(data)
    assert near(opened(data).getpixel((10, 10)), RED)


@pytest.mark.parametrize("profile", [b"no profile at all", bytes(2**20 + 1)], ids=["broken", "huge"])
def test_c09_a_broken_or_huge_profile_is_left_aside(profile: bytes) -> None:
    data = prepare(pictures.jpeg(icc_profile=profile))[1][0]
    assert near(opened(data).getpixel((10, 10)), RED)


class TestServing:
    def test_each_request_gets_its_answer(self) -> None:
        requests, answers = io.BytesIO(), io.BytesIO()
        for data in (pictures.jpeg(), b"no photo"):
            write_frame(requests, data)
        requests.seek(0)
        serve(requests, answers)
        answers.seek(0)
        frames = []
        while (frame := read_frame(answers, 2**20)) is not None:
            frames.append(frame)
        assert json.loads(frames[0]) == {"ok": True, "width": 400, "height": 300}
        assert is_plain_webp(frames[1])
        assert is_plain_webp(frames[2])
        assert json.loads(frames[3]) == {"ok": False, "reason": "not-a-photo"}
        assert len(frames) == 4

    def test_running_out_of_memory_is_an_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def exhausted(_data: bytes) -> None:
            raise MemoryError

        monkeypatch.setattr(photo_decoder, "prepare", exhausted)
        requests, answers = io.BytesIO(b"\x00\x00\x00\x01x"), io.BytesIO()
        serve(requests, answers)
        assert b"too-slow" in answers.getvalue()

    @pytest.mark.parametrize("frame", [b"", b"\x00\x00", b"\x00\x00\x00\x09short", b"\xff\xff\xff\xff"])
    def test_a_broken_frame_ends_the_conversation(self, frame: bytes) -> None:
        assert read_frame(io.BytesIO(b"\x00\x00\x00\x02ok"), 10) == b"ok"
        assert read_frame(io.BytesIO(frame), 2**20) is None

    def test_the_process_limits_itself_before_it_reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limits: dict[int, tuple[int, int]] = {}
        monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
        monkeypatch.setattr(resource, "getrlimit", lambda which: limits.get(which, (-1, -1)))

        class Pipe:
            def __init__(self, data: bytes) -> None:
                self.buffer = io.BytesIO(data)

        monkeypatch.setattr(sys, "stdin", Pipe(b"\x00\x00\x00\x01x"))
        out = Pipe(b"")
        monkeypatch.setattr(sys, "stdout", out)
        photo_decoder.main()
        assert limits[resource.RLIMIT_AS] == (photo_decoder.MEMORY, photo_decoder.MEMORY)
        assert limits[resource.RLIMIT_FSIZE] == (0, 0)
        soft, hard = limits[resource.RLIMIT_CPU]
        assert soft <= hard == photo_decoder.LIFE_SECONDS
        assert b"not-a-photo" in out.buffer.getvalue()
