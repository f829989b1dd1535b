"""Rows B73 to B80: badges in pictures, and pictures that lie."""

import json
import struct
import zlib
from collections.abc import Callable

import pytest
from support.badge_samples import sample_badge, sample_issuer

from badges.baking import bake, unbake
from badges.baking.png import PNG_SIGNATURE, read_chunks
from badges.errors import BakingError

ISSUER = sample_issuer()
SIGNED = ISSUER.signed(sample_badge(tail=" ]]> & <é>").to_json())
TEXT = json.dumps(SIGNED, ensure_ascii=False)
TOKEN = ISSUER.jwt(sample_badge().to_json())


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\x00" + bytes(6) + b"\x00" + bytes(6)))
END = chunk(b"IEND", b"")
PNG = PNG_SIGNATURE + HEADER + chunk(b"tEXt", b"Comment\x00drawn by us") + PIXELS + END
SVG = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg> -->\n'
    b'<svg xmlns="http://www.w3.org/2000/svg" width=">"><g/></svg>\n'
)


def text_chunk(text: str, keyword: bytes = b"openbadgecredential") -> bytes:
    return chunk(b"iTXt", keyword + b"\x00\x00\x00\x00\x00" + text.encode())


@pytest.mark.parametrize("credential", [TEXT, TOKEN])
@pytest.mark.parametrize("picture", [PNG, SVG])
def test_what_is_baked_comes_out_and_verifies(picture: bytes, credential: str) -> None:
    baked = bake(picture, credential)
    found = unbake(baked)
    assert found.version == "3.0"
    assert found.text == credential or json.loads(found.text) == SIGNED
    report = ISSUER.verify(baked)
    assert report.verdict.value == "valid", report.to_json()
    carrier = "png" if picture is PNG else "svg"
    assert report.form == f"{carrier}+{'jwt' if credential is TOKEN else 'json'}"


def test_baking_a_png_leaves_every_other_byte_alone() -> None:
    baked = bake(PNG, TEXT)
    chunks = list(read_chunks(baked))
    assert [c.kind for c in chunks] == [b"IHDR", b"iTXt", b"tEXt", b"IDAT", b"IEND"]
    assert chunks[1].data == b"openbadgecredential\x00\x00\x00\x00\x00" + TEXT.encode()
    assert baked.replace(text_chunk(TEXT), b"") == PNG


def test_baking_an_svg_leaves_the_drawing_alone() -> None:
    baked = bake(SVG, TOKEN).decode()
    assert baked.startswith(SVG.decode()[:90])
    assert baked.endswith("<g/></svg>\n")
    assert f'<openbadges:credential verify="{TOKEN}"/><g/>' in baked


def test_open_badges_2_pictures_get_a_typed_answer() -> None:
    assertion = json.dumps({"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"})
    old_svg = SVG.replace(
        b"<g/>", b'<a:assertion xmlns:a="http://openbadges.org" verify="https://x.example/1"/>'
    )
    pictures = [
        PNG_SIGNATURE + HEADER + text_chunk(assertion, b"openbadges") + PIXELS + END,
        PNG_SIGNATURE + HEADER + chunk(b"tEXt", b"openbadges\x00https://x.example/1") + PIXELS + END,
        old_svg,
    ]
    for picture in pictures:
        report = ISSUER.verify(picture)
        assert (report.check("type").code, report.verdict.value) == ("open_badges_2", "unsupported")
    assert ISSUER.verify(assertion).check("type").code == "open_badges_2"


def png(*chunks: bytes) -> bytes:
    return PNG_SIGNATURE + b"".join(chunks)


GOOD = text_chunk(TEXT)
COMPRESSED = chunk(b"iTXt", b"openbadgecredential\x00\x01\x00\x00\x00" + zlib.compress(bytes(10_000_000)))
PNG_CASES: list[tuple[str, Callable[[], bytes], str]] = [
    ("no badge", lambda: PNG, "no_badge"),
    ("B73 two badges", lambda: png(HEADER, GOOD, GOOD, PIXELS, END), "several_badges"),
    (
        "B74 tEXt too",
        lambda: png(HEADER, GOOD, chunk(b"tEXt", b"openbadgecredential\x00{}"), PIXELS, END),
        "badge_chunk",
    ),
    (
        "B74 old and new",
        lambda: png(HEADER, GOOD, text_chunk("{}", b"openbadges"), PIXELS, END),
        "several_badges",
    ),
    ("B74 after the end", lambda: png(HEADER, PIXELS, END, GOOD), "png_trailing"),
    (
        "B74 keyword case",
        lambda: png(HEADER, text_chunk(TEXT, b"OpenBadgeCredential"), PIXELS, END),
        "badge_chunk",
    ),
    ("B74 compressed bomb", lambda: png(HEADER, COMPRESSED, PIXELS, END), "badge_chunk"),
    (
        "B74 zTXt",
        lambda: png(HEADER, chunk(b"zTXt", b"openbadgecredential\x00\x00x"), PIXELS, END),
        "badge_chunk",
    ),
    (
        "not UTF-8",
        lambda: png(HEADER, chunk(b"iTXt", b"openbadgecredential\x00\x00\x00\x00\x00\xff"), PIXELS, END),
        "badge_chunk",
    ),
    ("B75 bad checksum", lambda: png(HEADER, chunk(b"iTXt", GOOD[8:-4], crc=1), PIXELS, END), "png_crc"),
    ("B75 length 2^31", lambda: png(HEADER, b"\x80\x00\x00\x00iTXt"), "png_length"),
    ("B75 cut short", lambda: png(HEADER, GOOD, PIXELS), "png_truncated"),
    ("B75 cut inside", lambda: png(HEADER, GOOD, PIXELS, END)[:-10], "png_truncated"),
    ("B75 animated", lambda: png(HEADER, chunk(b"acTL", bytes(8)), GOOD, PIXELS, END), "png_animated"),
    ("B75 no header", lambda: png(GOOD, PIXELS, END), "png_order"),
    ("B75 two headers", lambda: png(HEADER, HEADER, GOOD, PIXELS, END), "png_order"),
    ("too large", lambda: PNG + bytes(21 * 1024 * 1024), "too_large"),
    (
        "badge too large",
        lambda: png(HEADER, text_chunk("x" * (2 * 1024 * 1024 + 1)), PIXELS, END),
        "too_large",
    ),
]


@pytest.mark.parametrize(("name", "make", "code"), PNG_CASES, ids=[case[0] for case in PNG_CASES])
def test_hostile_png(name: str, make: Callable[[], bytes], code: str) -> None:
    report = ISSUER.verify(make())
    assert (report.check("parse").code, report.verdict.value) == (code, "invalid"), name


def svg(inside: str, before: str = "", root: str = "") -> bytes:
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0"'
    return f"{before}<svg {namespaces} {root}>{inside}</svg>".encode()


ELEMENT = f'<o:credential verify="{TOKEN}"/>'
SVG_CASES: list[tuple[str, bytes, str]] = [
    ("no badge", SVG, "no_badge"),
    (
        "B78 external entity",
        svg(ELEMENT, '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "svg_doctype",
    ),
    ("B78 laughs", svg("&b;", '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'), "svg_doctype"),
    ("B78 external DTD", svg(ELEMENT, '<!DOCTYPE svg SYSTEM "https://x.example/d">'), "svg_doctype"),
    ("B78 UTF-7", svg(ELEMENT, '<?xml version="1.0" encoding="UTF-7"?>'), "svg_encoding"),
    ("UTF-16", SVG.decode().encode("utf-16-be"), "encoding"),
    ("not UTF-8", SVG + b"\xff", "svg_encoding"),
    ("B79 two badges", svg(ELEMENT * 2), "several_badges"),
    ("B79 in a comment", svg(f"<!-- {ELEMENT} -->"), "no_badge"),
    ("B79 in CDATA", svg(f"<desc><![CDATA[{ELEMENT}]]></desc>"), "no_badge"),
    ("B79 other namespace", svg(f'<credential verify="{TOKEN}"/>'), "no_badge"),
    ("malformed", svg("<g>"), "svg_malformed"),
    ("HTML", b"<html></html>", "not_svg"),
    ("too large", b"<svg>" + bytes(21 * 1024 * 1024), "too_large"),
]


@pytest.mark.parametrize(("name", "picture", "code"), SVG_CASES, ids=[case[0] for case in SVG_CASES])
def test_hostile_svg(name: str, picture: bytes, code: str) -> None:
    report = ISSUER.verify(picture)
    found = report.check("parse").code
    assert report.verdict.value == "invalid"
    assert found == code or (name == "UTF-16" and found == "syntax"), found


def test_b77_scripts_in_an_svg_are_never_read() -> None:
    hostile = svg(
        f'{ELEMENT}<script>alert(1)</script><use href="https://x.example/"/>', root='onload="alert(1)"'
    )
    assert ISSUER.verify(hostile).verdict.value == "valid"


@pytest.mark.parametrize(
    ("picture", "code"), [(bake(PNG, TEXT), "already_baked"), (bake(SVG, TEXT), "already_baked")]
)
def test_a_picture_is_baked_once(picture: bytes, code: str) -> None:
    with pytest.raises(BakingError) as refused:
        bake(picture, TOKEN)
    assert refused.value.code == code


def test_an_empty_svg_cannot_carry_a_badge() -> None:
    with pytest.raises(BakingError, match="empty_svg"):
        bake(b'<svg xmlns="http://www.w3.org/2000/svg"/>', TOKEN)


def test_other_files_are_no_pictures() -> None:
    with pytest.raises(BakingError, match="not_a_picture"):
        unbake(b"GIF89a")
    with pytest.raises(BakingError, match="not_png"):
        list(read_chunks(b"GIF89a"))
