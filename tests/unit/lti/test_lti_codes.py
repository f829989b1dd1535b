"""Each error code of this package stands once, and is in the reference with its status and its words."""

import re
from collections import Counter
from pathlib import Path

from support.lticases import ROWS

from ltitool.errors import ToolError
from ltitool.lti import (
    claim_errors,
    deeplink_errors,
    errors,
    launch_errors,
    notice_errors,
    platforms,
    privacy_errors,
    proposals,
    registration_errors,
    review_errors,
    service_errors,
)

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "lti-refusals.md"


def ours() -> list[type[ToolError]]:
    modules = (
        errors,
        launch_errors,
        claim_errors,
        service_errors,
        platforms,
        proposals,
        registration_errors,
        deeplink_errors,
        review_errors,
        notice_errors,
        privacy_errors,
    )
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, ToolError) and kind.__module__ == module.__name__
    ]


def test_a_code_means_one_thing() -> None:
    codes = Counter(kind.code for kind in ours())
    assert [code for code, count in codes.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z]+\.[a-z-]+", code) for code in codes)


def test_the_reference_says_what_the_code_does() -> None:
    listed = re.findall(r"^\| `([^`]+)` \| (\d+) \| (.*?) \| ", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted((kind.code, str(kind.status), kind.title) for kind in ours())


def test_every_refused_token_has_words_of_its_own() -> None:
    titles = {kind.code: kind.title for kind in ours()}
    assert {row.code for row in ROWS} <= set(titles)
    plain = {"launch.token-unreadable", "launch.token-type-wrong", "launch.token-critical-header"}
    told = Counter(title for code, title in titles.items() if code not in plain)
    bases = {"launch.malformed", "launch.not-authentic", "service.failed", "service.busy"}
    assert {title for title, count in told.items() if count > 1} <= {titles[code] for code in bases} | {
        ToolError.title,
        "This is not open to you",
        "This was changed somewhere else",
    }
