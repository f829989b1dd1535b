"""The page of LTI features says yes where a test says so, and the test is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "lti.md"
FEATURES = ("DL", "AGS", "NRPS", "DR", "PS", "CG", "PNS", "SR", "DP", "KR", "MD", "UI", "RQ")
LINK = re.compile(r"\[(test_\w+)\]\((\.\./\.\./tests/[\w/.]+)\)")


def rows() -> dict[str, tuple[str, str]]:
    """Give what the page says of each feature: the answer, and what proves it."""
    found = re.findall(
        r"^\| ([A-Z]+) \| .+? \| (yes|no|part) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return {name: (answer, proof) for name, answer, proof in found}


def missing(text: str) -> list[str]:
    """Give the linked tests that are not there."""
    return [
        f"{path}::{name}"
        for name, path in LINK.findall(text)
        if not (PAGE.parent / path).exists() or f"def {name}(" not in (PAGE.parent / path).read_text("utf-8")
    ]


def test_every_feature_has_its_row() -> None:
    assert tuple(rows()) == FEATURES


@pytest.mark.parametrize("feature", FEATURES)
def test_each_yes_is_linked_to_its_test(feature: str) -> None:
    answer, proof = rows()[feature]
    assert bool(LINK.search(proof)) is (answer == "yes")


def test_each_linked_test_is_there() -> None:
    assert missing(PAGE.read_text("utf-8")) == []


def test_a_test_that_is_gone_is_missed() -> None:
    gone = "[test_that_nobody_wrote](../../tests/unit/lti/test_lti_grades.py)"
    assert missing(gone) == ["../../tests/unit/lti/test_lti_grades.py::test_that_nobody_wrote"]


def test_the_comparison_says_the_same_of_us() -> None:
    line = re.search(r"^\| This tool \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert line
    assert line[1].split(" | ") == [rows()[feature][0] for feature in FEATURES]
