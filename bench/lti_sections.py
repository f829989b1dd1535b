"""Sections of bench/lti.md that parts of their own measure; each replaces its own and leaves the others."""

from __future__ import annotations

import re
from pathlib import Path

RESULT = Path(__file__).resolve().parent / "lti.md"


def put_section(heading: str, text: str) -> None:
    """Put a section in the place of the one with this heading, or at the end."""
    whole = RESULT.read_text(encoding="utf-8").rstrip()
    own = re.compile(rf"\n*^## {re.escape(heading)}$.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    section = f"\n\n## {heading}\n\n{text.strip()}\n\n"
    kept = own.sub(lambda _: section, whole) if own.search(whole) else whole + section
    RESULT.write_text(kept.rstrip() + "\n", encoding="utf-8")
