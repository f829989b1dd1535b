"""The layers hold, and the list of layers is complete."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sourcetree import ROOT, Tree, the_tree

APART = {"ltitool.sandbox"}  # stands outside the layers, see the contract that names it


def contracts() -> list[dict[str, Any]]:
    """Give the import contracts of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run import-linter over the tree in a folder, by that folder's own contracts."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(
        [*command, "--no-cache", "--no-logo"], cwd=folder, check=False, capture_output=True, text=True
    )


def layer_names() -> list[str]:
    """Give the layers from top to bottom, those of one level one after the other."""
    layers = next(contract["layers"] for contract in contracts() if contract["type"] == "layers")
    return [name.strip() for level in layers for name in level.split("|")]


def unlayered(tree: Tree) -> list[str]:
    """Give the packages and modules of the application that no layer names."""
    parts = {".".join(module.name.split(".")[:2]) for module in tree.modules("ltitool")}
    return sorted(parts - set(layer_names()) - APART - {"ltitool"})


def sandbox_users(tree: Tree) -> list[str]:
    """Give the modules that import the practice LMS; only the command may start it."""
    return [
        module.path
        for module in tree.modules("ltitool", "badges", "rubrics")
        if not module.path.startswith(("ltitool/sandbox/", "ltitool/cli/"))
        and any(f"{origin}.{name}".startswith("ltitool.sandbox") for origin, name in module.imports())
    ]


def test_every_contract_is_kept() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert f"{len(contracts())} kept, 0 broken" in outcome.stdout


def test_every_package_stands_in_a_layer() -> None:
    assert unlayered(the_tree()) == []


def test_only_the_command_starts_the_practice_lms() -> None:
    assert sandbox_users(the_tree()) == []


def test_a_package_outside_the_layers_is_found() -> None:
    assert unlayered(the_tree().with_file("ltitool/billing/prices.py", "")) == ["ltitool.billing"]


@pytest.mark.parametrize("line", ["import ltitool.sandbox.app", "from ltitool.sandbox import seed"])
def test_a_page_that_starts_the_practice_lms_is_found(line: str) -> None:
    path = "ltitool/dashboards/practising.py"
    assert sandbox_users(the_tree().with_file(path, line)) == [path]
