"""Every numbered case of a launch, refused (N1 to N78) or welcome (P1 to P38), is a test of its name.

The tests are collected as they would be run; a case whose number no id carries is missing.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (
    "tests/unit/lti",
    "tests/unit/cli",
    "tests/unit/sandbox",
    "tests/unit/cohorts",
    "tests/functional",
    "tests/browser",
)
REFUSED = [f"N{number}" for number in range(1, 79)]
# P17 to P22 and P25 to P32 are calls to an LMS's services, which their own tests name by what they do.
SERVICES = {*range(17, 23), *range(25, 33)}
WELCOME = [f"P{number}" for number in range(1, 39) if number not in SERVICES]
NUMBER = re.compile(r"(?:^|[^A-Za-z0-9])([NnPp])(\d{1,2})(?=[^A-Za-z0-9]|$)")


def numbers(ids: list[str]) -> set[str]:
    """Give the numbers that test ids carry: in a function's name, or in the words of a row."""
    found = (NUMBER.findall(one.partition("::")[2]) for one in ids)
    return {f"{letter.upper()}{number}" for pairs in found for letter, number in pairs}


@pytest.fixture(scope="module")
def carried() -> set[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *PLACES]
    environ = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    ids = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(ids) > 1_000, done.stdout[-2_000:] + done.stderr[-2_000:]
    return numbers(ids)


@pytest.mark.parametrize("wanted", [REFUSED, WELCOME], ids=["refused", "welcome"])
def test_no_numbered_case_lacks_its_test(carried: set[str], wanted: list[str]) -> None:
    assert [one for one in wanted if one not in carried] == []


def test_a_missing_number_is_seen() -> None:
    ids = [
        "tests/x.py::test_n13_a_launch",
        "tests/x.py::test_all[N20 padding]",
        "tests/n7.py::test_other[m9]",
    ]
    assert numbers(ids) == {"N13", "N20"}
