"""Write the generated parts of docs/reference: `make docs`, or `python -m build_support.reference`.

A page is written by hand but for its marked blocks. The purpose of an address is kept by hand too, inside
the block, and carried over; an address without one gets a dash, which a test refuses.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from build_support import reference_tables as tables

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
BLOCK = re.compile(
    r"(?P<begin><!-- begin (?P<name>[a-z-]+):[^>]*-->\n)(?P<body>.*?)(?P<end><!-- end -->)", re.DOTALL
)
ENDPOINT_CELL, PURPOSE_CELL = 3, 4


def blocks(old_routes: str = "") -> dict[str, str]:
    """Give the text of every block by its name; the old address table lends its purposes."""
    table = tables.table
    words = ("Word", "What it does", "Options")
    return {
        "tool-errors": table(
            ("Code", "Status", "What a person reads", "Defined in", "Note"), tables.tool_errors()
        ),
        "badge-errors": table(("Code", "Class", "Meaning of the class", "Raised in"), tables.badge_errors()),
        "file-faults": table(("Code", "Found in"), tables.file_faults()),
        "check-codes": table(("Code", "Used in"), tables.check_codes()),
        "checks": table(("Number", "Check"), tables.checks()),
        "verdicts": table(("Verdict", "What it says"), tables.verdicts()),
        "settings": table(("Variable", "Default", "Meaning"), tables.settings()),
        "make-words": table(("Word", "What it does"), tables.make_words()),
        "tool-command": table(words, tables.command_words(tables.tool_command())),
        "badges-command": table(words, tables.command_words(tables.badges_command())),
        "routes": table(
            ("Methods", "Address", "Guard", "Endpoint", "What it is for"),
            tables.routes(tables.application(), purposes(old_routes)),
        ),
        "migrations": table(("Revision", "What it lays down"), tables.migrations()),
        "tables": table(("Table", "Package", "What a row is"), tables.tables()),
        "packages": table(("Package", "What it is for"), tables.packages()),
        "program-keys": tables.program_keys(),
    }


def purposes(old_routes: str) -> dict[str, str]:
    """Read the hand-written purposes out of an address table."""
    cells = [line.strip("| \n").split(" | ") for line in old_routes.splitlines() if line.startswith("| ")]
    rows = [row for row in cells if len(row) > PURPOSE_CELL and row[PURPOSE_CELL] != tables.UNTOLD]
    return {row[ENDPOINT_CELL]: row[PURPOSE_CELL] for row in rows}


def rewritten(page: str, texts: Mapping[str, str]) -> str:
    """Give a page with its blocks filled.

    Raises:
        KeyError: a block has a name that nothing fills.
    """
    return BLOCK.sub(lambda found: f"{found['begin']}\n{texts[found['name']]}\n\n{found['end']}", page)


def old_block(page: str, name: str) -> str:
    """Give what a block holds now; empty where there is no such block."""
    found = next((one for one in BLOCK.finditer(page) if one["name"] == name), None)
    return found["body"] if found else ""


def stale_pages() -> dict[Path, str]:
    """Give the pages that would change, with their new text."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.md"))}
    texts = blocks("\n".join(old_block(page, "routes") for page in pages.values()))
    new = {path: rewritten(page, texts) for path, page in pages.items()}
    return {path: text for path, text in new.items() if text != pages[path]}


def main() -> int:
    """Write what is stale and say which pages that were."""
    stale = stale_pages()
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    named = ", ".join(path.name for path in stale)
    print(f"Reference pages: {named or 'current'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
