"""The generated badges that other people's verifiers are asked about are what they are said to be."""

import pytest
from support.badge_samples import sample_issuer
from support.valid_badges import valid_badge

ISSUER = sample_issuer()


@pytest.mark.parametrize("number", range(40))
def test_a_generated_badge_is_valid(number: int) -> None:
    assert ISSUER.verify(ISSUER.signed(valid_badge(number))).verdict.value == "valid"


def test_they_hold_what_verifiers_stumble_over() -> None:
    texts = [str(valid_badge(number)) for number in range(500)]
    for mark in (
        "\\x0b",
        "\\x7f",
        "\\u2028",
        "\U0001f600",
        "\\x85",
        "'endorsement'",
        "sha256$",
        "requiredLevel",
    ):
        assert any(mark in text for text in texts), mark
