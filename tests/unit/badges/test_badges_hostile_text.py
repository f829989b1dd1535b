"""Rows B15 to B19 and B80: text that is no strict JSON, and things that are no badge at all."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.badge_samples import SampleIssuer, sample_badge, sample_issuer

Document = dict[str, Any]


@pytest.fixture(scope="module")
def issuer() -> SampleIssuer:
    return sample_issuer()


@pytest.fixture(scope="module")
def genuine(issuer: SampleIssuer) -> Document:
    return issuer.signed(sample_badge().to_json())


TEXT_CASES = [
    (
        "B15 duplicate key",
        lambda text: text.replace('"name":', '"name": "Mallory", "name":', 1),
        "duplicate_key",
    ),
    ("B16 NaN", lambda text: text.replace('"creditsEarned": 2.5', '"creditsEarned": NaN'), "number"),
    ("B16 infinity", lambda text: text.replace('"creditsEarned": 2.5', '"creditsEarned": 1e400'), "number"),
    ("B16 negative zero", lambda text: text.replace('"creditsEarned": 2.5', '"creditsEarned": -0'), "number"),
    (
        "B16 5,000 digits",
        lambda text: text.replace('"creditsEarned": 2.5', '"creditsEarned": ' + "1" * 5000),
        "number",
    ),
    ("B17 lone surrogate", lambda text: text.replace("Photographs", "Photo\\ud800"), "surrogate"),
    ("B17 NUL", lambda text: text.replace("Photographs", "Photo\\u0000"), "nul_character"),
    ("B17 byte order mark", lambda text: b"\xef\xbb\xbf" + text.encode(), "bom"),
    ("B17 UTF-16", lambda text: text.encode("utf-16-le"), "syntax"),
    ("B17 overlong UTF-8", lambda text: text.encode().replace(b"Photographs", b"Photo\xc0\xaf"), "encoding"),
    ("B18 nesting", lambda _: '{"a":' * 200_000 + "1" + "}" * 200_000, "too_deep"),
    ("B19 a million elements", lambda _: '{"a":[' + "1," * 1_000_000 + "1]}", "too_many_values"),
    ("B19 50 MB", lambda text: text + " " * 50_000_000, "too_large"),
    ("B80 address", lambda _: "https://keystone.example/badges/1", "address"),
    ("B80 words", lambda _: "a badge", "syntax"),
    ("empty", lambda _: b"", "syntax"),
]


@pytest.mark.parametrize(("name", "mutate", "code"), TEXT_CASES, ids=[case[0] for case in TEXT_CASES])
def test_hostile_text(
    name: str, mutate: Callable[[str], Any], code: str, issuer: SampleIssuer, genuine: Document
) -> None:
    source = mutate(json.dumps(genuine, ensure_ascii=False))
    report = issuer.verify(source)
    assert (report.check("parse").code, report.verdict.value) == (code, "invalid"), name
