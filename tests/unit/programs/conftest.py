"""The shipped file's text, which tests mutate one place at a time."""

from importlib import resources

import pytest

SHIPPED = "collaborative_leadership_13.yaml"


@pytest.fixture(scope="session")
def source() -> str:
    return (resources.files("ltitool.programs") / SHIPPED).read_text("utf-8")
