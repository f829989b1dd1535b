"""The index of what proves what: no attack, no probe and no rule without a test that is there."""

import ast
import functools
import re
from pathlib import Path

import pytest
import test_badges_later_rows_bite as later_rows
import test_badges_rows_bite as rows
from support.badge_samples import ROOT

from badges.sentences import CHECK_NAMES

PAGE = (ROOT / "docs" / "reference" / "verification-index.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ROW_NUMBERS = re.compile(r"(?<![a-z0-9])b(\d\d)(?:_to_b(\d\d))?(?![0-9])", re.IGNORECASE)


def table(section: str) -> list[list[str]]:
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


ATTACKS, PROBES, RULES = (
    table("Attacks"),
    table("The public validator's probes"),
    table("Rules of the standards"),
)
# About the network or about a page: nothing of them can be taken out of the library.
ELSEWHERE = {"B36", "B37", "B38", "B39", "B40", "B41", "B43", "B44", "B72", "B76"}


@functools.cache
def file_of(name: str) -> ast.Module:
    found: list[Path] = list((ROOT / "tests").rglob(name))
    assert len(found) == 1, name
    return ast.parse(found[0].read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def numbers_in(tree: ast.Module) -> set[int]:
    """The rows that a file's tests and cases are named for; what it says of itself as a whole is no proof."""
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)} - {
        ast.get_docstring(tree, clean=False)
    }
    texts = {text for text in said if isinstance(text, str)} | functions(tree)
    found: set[int] = set()
    for first, last in (pair for text in texts for pair in ROW_NUMBERS.findall(text)):
        found.update(range(int(first), int(last or first) + 1))
    return found


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_row_of_the_threat_list_stands_there_once() -> None:
    assert [row[0] for row in ATTACKS] == [f"B{number:02}" for number in range(1, 81)]
    assert [row[0] for row in PROBES] == [str(number) for number in range(1, 14)]
    assert len(RULES) > 50


@pytest.mark.parametrize("row", ATTACKS, ids=lambda row: row[0])
def test_a_row_is_proven_where_the_index_says(row: list[str]) -> None:
    files = named(row[3])
    assert files, row
    proven = [name for name in files if int(row[0][1:]) in numbers_in(file_of(name))]
    # The files of the network prove whole families of rows and name none.
    assert proven or row[0] in {"B43", "B44"}, row
    assert [
        name for name in files if name not in proven and not name.startswith("test_foundation_")
    ] == [] or (row[0] in {"B22", "B40", "B65"}), row


def test_every_row_about_a_document_has_a_mutant() -> None:
    bitten = {mutant.row for mutant in (*rows.MUTANTS, *later_rows.MUTANTS)}
    with_a_check = {row[0] for row in ATTACKS if row[2]}
    assert with_a_check == {row[0] for row in ATTACKS} - ELSEWHERE
    assert bitten == with_a_check


@pytest.mark.parametrize("row", [*PROBES, *RULES], ids=lambda row: row[0][:50])
def test_a_rule_is_proven_where_the_index_says(row: list[str]) -> None:
    proofs = named(row[-1])
    assert proofs, row
    for proof in proofs:
        name, _, function = proof.partition("::")
        assert function in functions(file_of(name)), proof


@pytest.mark.parametrize("row", [*ATTACKS, *PROBES, *RULES], ids=lambda row: row[0][:50])
def test_a_check_is_one_of_the_sixteen(row: list[str]) -> None:
    numbers = [int(number) for number in re.findall(r"\d+", row[-2])]
    assert all(1 <= number <= len(CHECK_NAMES) for number in numbers), row


def test_an_absent_row_or_test_would_be_noticed() -> None:
    """The index itself has a mutant: what is not there is not found."""
    tree = file_of("test_badges_citations.py")
    assert 69 in numbers_in(tree)
    assert 70 not in numbers_in(tree)
    assert "test_b69_a_thousand_pieces_of_evidence" in functions(tree)
    assert "test_b69_nothing_of_the_kind" not in functions(tree)
