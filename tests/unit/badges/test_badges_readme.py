"""The examples in badges/README.md are run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

README = Path(__file__).resolve().parents[3] / "badges" / "README.md"
MAX_LINES = 10


def test_the_examples_of_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = dict(re.findall(r"```python (\w+)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))
    names: dict[str, object] = {}
    for name in ("issue", "verify"):
        assert len([line for line in blocks[name].splitlines() if "import" not in line and line]) <= MAX_LINES
        exec(compile(blocks[name], f"README.md:{name}", "exec"), names)  # noqa: S102 - our own documentation
    assert "auténtica" in capsys.readouterr().out


def test_types_are_told_to_whoever_uses_the_library() -> None:
    """PEP 561: without this file a type checker takes every call for untyped."""
    assert (README.parent / "py.typed").is_file()
