"""Each import contract is broken on purpose, in a copy of the tree, and must notice."""

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sourcetree import PACKAGES, ROOT
from test_architecture_layers import contracts, layer_names, lint_imports

LAYERS = "The application's layers: an arrow points down, never up"
PURE = "The pure libraries know nothing of the web, a database or a network"
APART = "rubrics and badges stand apart from each other"
SANDBOX = "The practice LMS imports nothing of the tool"
PYLTI = "One door for pylti1p3"
HTTP = "One door for outbound HTTP"


@dataclass(frozen=True)
class Bite:
    """A forbidden import, where it is written, and the contract that must break."""

    contract: str
    path: str
    line: str

    def __str__(self) -> str:
        return f"{self.path}: {self.line}"


BITES = [
    Bite(LAYERS, "ltitool/people/looking_up.py", "import ltitool.lti.launch"),
    Bite(LAYERS, "ltitool/errors.py", "import ltitool.settings"),
    Bite(LAYERS, "ltitool/evidence/looking_up.py", "from ltitool.credentials import awarding"),
    Bite(LAYERS, "ltitool/web/looking_up.py", "def late():\n    import ltitool.cohorts.scope"),
    Bite(LAYERS, "ltitool/programs/looking_up.py", "import ltitool.creditrules"),
    Bite(PURE, "badges/asking.py", "import requests"),
    Bite(PURE, "badges/storing.py", "from sqlalchemy.orm import Session"),
    Bite(PURE, "rubrics/showing.py", "import flask"),
    Bite(PURE, "rubrics/asking.py", "import ltitool.errors"),
    Bite(APART, "rubrics/awarding.py", "import badges.keys"),
    Bite(APART, "badges/scoring.py", "import rubrics.model"),
    Bite(SANDBOX, "ltitool/sandbox/borrowing.py", "from ltitool.lti.vocabulary import *"),
    Bite(SANDBOX, "ltitool/sandbox/signing.py", "import badges.keys"),
    Bite(PYLTI, "ltitool/cohorts/reading.py", "import pylti1p3.names_roles"),
    Bite(PYLTI, "ltitool/sandbox/reading.py", "import pylti1p3.message_launch"),
    Bite(HTTP, "ltitool/credentials/asking.py", "import requests"),
    Bite(HTTP, "ltitool/lti/asking.py", "from urllib3 import PoolManager"),
]


@pytest.fixture(scope="module")
def one_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the sources with their contracts."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        leave = shutil.ignore_patterns(
            "__pycache__", "static", "templates", "translations", "*.json", "*.yaml"
        )
        shutil.copytree(ROOT / package, folder / package, ignore=leave)
    return folder


@pytest.fixture
def copy(one_copy: Path) -> Iterator[Path]:
    """Give the copy, and afterwards take out of it what a test wrote."""
    before = {path: path.read_bytes() for path in one_copy.rglob("*.py")}
    yield one_copy
    for path in one_copy.rglob("*.py"):
        if path not in before:
            path.unlink()
        elif path.read_bytes() != before[path]:
            path.write_bytes(before[path])


def broken(folder: Path) -> set[str]:
    """Give the names of the contracts that import-linter calls broken."""
    said = lint_imports(folder).stdout
    assert "Contracts:" in said, said
    return {contract["name"] for contract in contracts() if f"{contract['name']} BROKEN" in said}


def test_the_unchanged_copy_keeps_every_contract(copy: Path) -> None:
    assert broken(copy) == set()


@pytest.mark.parametrize("bite", BITES, ids=str)
def test_a_forbidden_import_breaks_its_contract(copy: Path, bite: Bite) -> None:
    target = copy / bite.path
    old = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(f"{old}\n{bite.line}\n", encoding="utf-8")
    assert bite.contract in broken(copy)


def test_each_contract_is_bitten() -> None:
    assert {bite.contract for bite in BITES} == {contract["name"] for contract in contracts()}


def test_each_arrow_between_neighbouring_layers_is_held(copy: Path) -> None:
    layers = layer_names()
    for upper, lower in itertools.pairwise(layers):
        place = copy / lower.replace(".", "/")
        target = place / "upward.py" if place.is_dir() else place.with_suffix(".py")
        with target.open("a", encoding="utf-8") as file:
            file.write(f"\nimport {upper}\n")
    said = lint_imports(copy).stdout
    for upper, lower in itertools.pairwise(layers):
        assert f"{lower} is not allowed to import {upper}:" in said
