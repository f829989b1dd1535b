"""What is baked can be unbaked: odd texts, odd pictures, and what is no badge at all."""

import json
from codecs import BOM_UTF8

import pytest
from support.badge_samples import sample_badge, sample_issuer
from test_badges_baking import PNG, SVG

from badges.baking import bake, is_picture, unbake
from badges.errors import BakingError

ISSUER = sample_issuer()
SIGNED = ISSUER.signed(sample_badge().to_json())
TEXT = json.dumps(SIGNED, ensure_ascii=False)


@pytest.mark.parametrize("picture", [PNG, SVG], ids=["png", "svg"])
@pytest.mark.parametrize(
    "name",
    ["Ñandú \U0001f9c1", "\ufffe\uffff", "]]>", "\x7f\x85\u2028", '"\\<&>', "\x00\x1b"],
    ids=ascii,
)
def test_every_text_of_json_comes_out_as_it_went_in(picture: bytes, name: str) -> None:
    document = {"name": name}
    assert json.loads(unbake(bake(picture, json.dumps(document, ensure_ascii=False))).text) == document


@pytest.mark.parametrize("picture", [PNG, SVG], ids=["png", "svg"])
@pytest.mark.parametrize(
    ("credential", "code"),
    [
        ("", "not_a_badge"),
        ("hello", "not_a_badge"),
        ('["a list"]', "not_a_badge"),
        ("a.b", "not_a_badge"),
        ("a.b.c\n", "not_a_badge"),
        ('{"name": "\x1b"}', "not_a_badge"),
        ('{"name": "\ud800"}', "encoding"),
        ('{"name": "' + "é" * 2**20 + '"}', "too_large"),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_what_could_not_come_out_does_not_go_in(picture: bytes, credential: str, code: str) -> None:
    assert unbake(bake(picture, TEXT)).version == "3.0"
    with pytest.raises(BakingError) as refused:
        bake(picture, credential)
    assert refused.value.code == code


def test_an_svg_with_a_byte_order_mark_is_a_picture() -> None:
    marked = BOM_UTF8 + SVG
    assert is_picture(marked)
    baked = bake(marked, TEXT)
    assert unbake(baked).text == TEXT
    assert ISSUER.verify(baked).verdict.value == "valid"
    assert ISSUER.verify(BOM_UTF8 + baked).verdict.value == "valid"


def test_another_kind_of_file_cannot_carry_a_badge() -> None:
    for other in (b"\xff\xd8\xff\xe0 a photograph", b"GIF89a", b""):
        with pytest.raises(BakingError) as refused:
            bake(other, TEXT)
        assert refused.value.code == "not_a_picture"
