"""Every reference page agrees with the code: codes, settings, words, addresses, revisions, tables, packages.

The pages are written by `make docs`; here they are compared with the code once more by walks of their own,
so that a generator that forgets something is found too.
"""

import argparse
import ast
import dataclasses
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sourcetree import the_tree

from build_support import reference
from build_support.reference_tables import (
    UNTOLD,
    badges_command,
    command_words,
    families,
    load_everything,
    tool_command,
)
from ltitool.errors import ToolError
from ltitool.settings import PREFIX, Settings


def page(name: str) -> str:
    return the_tree().files[f"docs/reference/{name}.md"]


@functools.cache
def blocks() -> dict[str, str]:
    return reference.blocks(reference.old_block(page("routes"), "routes"))


def test_make_docs_would_change_nothing() -> None:
    shown = dict(the_tree().under("docs/reference", suffix=".md"))
    assert [path for path, text in shown.items() if reference.rewritten(text, blocks()) != text] == []


def test_no_row_lacks_its_words() -> None:
    found = [
        f"{path}: {line}"
        for path, text in the_tree().under("docs/reference", suffix=".md")
        for line in text.splitlines()
        if line.startswith("|") and UNTOLD in [cell.strip() for cell in line.split("|")]
    ]
    assert found == []


def test_a_stale_row_is_found() -> None:
    text = page("settings")
    assert reference.rewritten(text, blocks()) == text
    changed = text.replace("LTITOOL_PROXIES", "LTITOOL_PROXY")
    assert reference.rewritten(changed, blocks()) == text


def test_purposes_written_by_hand_are_carried_over() -> None:
    row = "| GET | `/health` | public | `site.health` | says that it runs |"
    assert reference.purposes(row) == {"`site.health`": "says that it runs"}
    assert reference.purposes(row.replace("says that it runs", UNTOLD)) == {}


def test_every_error_code_is_documented_once() -> None:
    load_everything("ltitool")
    owners: dict[str, list[str]] = {}
    for one in set(families(ToolError)):
        if one.__module__.startswith("ltitool") and "code" in vars(one):
            owners.setdefault(str(vars(one)["code"]), []).append(one.__qualname__)
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}
    assert [code for code in owners if f"| `{code}` |" not in page("errors")] == []


def test_every_code_of_the_badge_library_is_documented() -> None:
    raised = {code for code in _literal_codes("badges", "Error") if re.fullmatch(r"[a-z][a-z0-9_]*", code)}
    assert len(raised) > 20
    shown = page("errors") + page("verification")
    assert [code for code in raised if f"| `{code}` |" not in shown] == []


def _literal_codes(folder: str, suffix: str) -> Iterator[str]:
    for module in the_tree().modules(folder):
        for node in module.walk():
            raised = node.exc if isinstance(node, ast.Raise) else None
            if isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name):
                first = raised.args[0] if raised.args else None
                if raised.func.id.endswith(suffix) and isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_setting_is_documented() -> None:
    wanted = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}
    assert {name for name in wanted if f"| `{name}` |" not in page("settings")} == set()


@pytest.mark.parametrize("make_parser", [tool_command, badges_command])
def test_every_word_of_a_command_is_documented(make_parser: Callable[[], argparse.ArgumentParser]) -> None:
    help_text = page("commands")
    rows = command_words(make_parser())
    assert rows
    assert [row[0] for row in rows if f"| {row[0]} |" not in help_text] == []


def test_every_word_of_the_makefile_is_documented() -> None:
    makefile = the_tree().files["Makefile"]
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE))
    assert {word for word in targets if f"| `make {word}` |" not in page("commands")} == set()
    assert {
        word for line in re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE) for word in line.split()
    } == targets


def test_every_address_is_documented(app: Flask) -> None:
    listed = page("routes")
    missing = [one.rule for one in app.url_map.iter_rules() if f"| `{one.rule}` |" not in listed]
    assert missing == []


def test_every_migration_is_documented() -> None:
    stems = [Path(path).stem for path, _ in the_tree().under("migrations/versions", suffix=".py")]
    assert stems
    assert [stem for stem in stems if f"| `{stem}` |" not in page("migrations")] == []


def test_every_package_and_table_is_documented(app: Flask) -> None:
    del app  # it has loaded every table
    from ltitool.foundation.db import Base  # noqa: PLC0415 - only here

    assert [name for name in Base.metadata.tables if f"| `{name}` |" not in page("tables")] == []
    folders = {
        "/".join(path.split("/")[:2]) for path, _ in the_tree().under("ltitool", suffix="/__init__.py")
    }
    names = {"badges", "rubrics", *(one for one in folders if not one.endswith(".py"))}
    assert [name for name in sorted(names) if f"[`{name}/`]" not in page("packages")] == []
