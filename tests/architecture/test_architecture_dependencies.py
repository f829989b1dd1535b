"""Every dependency has a reason that is written down, and every lock file pins it by hash."""

import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from sourcetree import Tree, the_tree

PAGE = "docs/reference/dependencies.md"
ROW = re.compile(r"^\| `([^`]+)` \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
# Which lock file answers for which part of pyproject.toml.
LOCKS = {"base": (), "server": ("server",), "build": ("build",), "dev": ("server", "dev")}
OURS = {"badges", "rubrics", "ltitool", *sys.stdlib_module_names}
WHOSE = packages_distributions()
LOADED_BY_NAME = {"psycopg": "SQLAlchemy loads it for a database address that names it"}
# Parts of a package that we ask for, which its makers tell people to import.
COMES_WITH = {"werkzeug": "flask", "markupsafe": "flask", "urllib3": "requests"}
PINNED = re.compile(r"^([A-Za-z0-9._\[\],-]+)==(\S+)", re.MULTILINE)


def project(tree: Tree) -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads(tree.files["pyproject.toml"])
    return loaded


def requirements(tree: Tree, *extras: str) -> list[Requirement]:
    """Give the base requirements and those of some extras."""
    table = project(tree)["project"]
    lines = [
        *table["dependencies"],
        *(line for one in extras for line in table["optional-dependencies"][one]),
    ]
    return [Requirement(line) for line in lines]


def direct(tree: Tree) -> set[str]:
    """Give every package that we chose ourselves, of Python and of the browser."""
    extras = project(tree)["project"]["optional-dependencies"]
    chosen = [one.name for one in requirements(tree, *extras)]
    chosen += [Requirement(line).name for line in project(tree)["build-system"]["requires"]]
    browser = json.loads(tree.files["frontend/package.json"])
    return {*chosen, *browser["dependencies"], *browser.get("devDependencies", {})}


def reason_faults(tree: Tree) -> list[str]:
    """Say which dependencies have no reason, which rows are empty, and which name nothing we use."""
    rows = {
        name: (why.strip(), weighed.strip()) for name, why, weighed in ROW.findall(tree.files.get(PAGE, ""))
    }
    used = direct(tree)
    missing = [f"{name} has no row in {PAGE}" for name in sorted(used - set(rows))]
    idle = [f"{name} is not used any more" for name in sorted(set(rows) - used)]
    empty = [f"{name} has an empty cell" for name, cells in rows.items() if not all(cells)]
    return missing + idle + empty


def lock_faults(text: str) -> list[str]:
    """Say what in a lock file is not pinned by version and hash, or names a place to fetch from."""
    entries = text.replace("\\\n", " ").splitlines()
    wanted = [line for line in entries if line.strip() and not line.lstrip().startswith("#")]
    return [
        line.split()[0]
        for line in wanted
        if not PINNED.match(line) or "--hash=sha256:" not in line or "://" in line or line.startswith("-")
    ]


def range_faults(tree: Tree, lock: str) -> list[str]:
    """Say which direct requirement a lock file leaves out, or pins outside its range."""
    pins = {
        canonicalize_name(name.split("[")[0]): Version(version)
        for name, version in PINNED.findall(lock_text(tree, lock))
    }
    return [
        f"{one} is {pins.get(canonicalize_name(one.name), 'missing')}"
        for one in requirements(tree, *LOCKS[lock])
        if canonicalize_name(one.name) not in pins or pins[canonicalize_name(one.name)] not in one.specifier
    ]


def undeclared(tree: Tree, folders: tuple[str, ...], *extras: str) -> list[str]:
    """Give what some folders import from packages that the base install, or these extras, do not ask for."""
    asked = {canonicalize_name(one.name) for one in requirements(tree, *extras)}
    return sorted(
        {
            f"{module.path}: {top}"
            for module in tree.modules(*folders)
            for top in (origin.split(".")[0] for origin, _ in module.imports())
            if top and top not in OURS and not asked & _distributions(top)
        }
    )


def unused(tree: Tree) -> list[str]:
    """Give what the base install or the server asks for and nobody imports."""
    used = {
        name
        for module in tree.modules("badges", "rubrics", "ltitool", "migrations")
        for origin, _ in module.imports()
        for name in _distributions(origin.split(".")[0])
    }
    asked = {canonicalize_name(one.name) for one in requirements(tree, "server")}
    return sorted(asked - used - set(LOADED_BY_NAME))


def _distributions(top: str) -> set[str]:
    return {canonicalize_name(name) for name in (*WHOSE.get(top, []), COMES_WITH.get(top, top))}


def lock_text(tree: Tree, lock: str) -> str:
    return tree.files[f"requirements/{lock}.txt"]


@pytest.mark.parametrize(
    ("folders", "extras"), [(("badges", "rubrics"), ()), (("ltitool", "migrations"), ("server",))]
)
def test_what_is_imported_is_asked_for(folders: tuple[str, ...], extras: tuple[str, ...]) -> None:
    assert undeclared(the_tree(), folders, *extras) == []


def test_what_is_asked_for_is_imported() -> None:
    assert unused(the_tree()) == []


def test_a_dependency_that_nobody_imports_is_found() -> None:
    tree = the_tree()
    changed = tree.files["pyproject.toml"].replace('"joserfc>=1.6",', '"joserfc>=1.6",\n    "leftpad>=1",')
    assert unused(tree.with_file("pyproject.toml", changed)) == ["leftpad"]


def test_an_import_that_nothing_asks_for_is_found() -> None:
    tree = the_tree().with_file("badges/drawing.py", "from PIL import Image\nimport coverage")
    assert undeclared(tree, ("badges",)) == ["badges/drawing.py: PIL", "badges/drawing.py: coverage"]
    assert undeclared(tree, ("badges",), "server") == ["badges/drawing.py: coverage"]


def test_every_dependency_has_a_reason() -> None:
    assert reason_faults(the_tree()) == []


@pytest.mark.parametrize("lock", [*LOCKS, "contexts"])
def test_a_lock_pins_each_requirement_by_hash(lock: str) -> None:
    assert lock_faults(lock_text(the_tree(), lock)) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_what_the_project_asks_for(lock: str) -> None:
    assert range_faults(the_tree(), lock) == []


def test_the_browser_lock_pins_each_package_by_hash_and_names_no_registry() -> None:
    lock = json.loads(the_tree().files["frontend/package-lock.json"])
    packages = {path: one for path, one in lock["packages"].items() if path}
    assert [
        path for path, one in packages.items() if not one.get("integrity", "").startswith("sha512-")
    ] == []
    assert [path for path, one in packages.items() if "resolved" in one] == []


def test_every_requirement_names_its_range() -> None:
    extras = project(the_tree())["project"]["optional-dependencies"]
    bare = {one.name for one in requirements(the_tree(), *extras) if not one.specifier}
    assert {name for name in bare if not name.startswith("types-")} == set()


def test_a_dependency_without_a_reason_is_found() -> None:
    tree = the_tree()
    changed = tree.files["pyproject.toml"].replace('"joserfc>=1.6",', '"joserfc>=1.6",\n    "leftpad>=1",')
    found = reason_faults(tree.with_file("pyproject.toml", changed))
    assert f"leftpad has no row in {PAGE}" in found


def test_a_row_that_names_nothing_and_an_empty_one_are_found() -> None:
    found = reason_faults(the_tree().with_line(PAGE, "| `leftpad` | pads | |"))
    assert {"leftpad is not used any more", "leftpad has an empty cell"} <= set(found)


@pytest.mark.parametrize(
    "line",
    [
        "leftpad>=1 --hash=sha256:00",
        "leftpad==1",
        "--index-url https://registry.example/simple",
        "leftpad @ https://files.example/leftpad.whl --hash=sha256:00",
    ],
)
def test_a_loose_line_of_a_lock_is_found(line: str) -> None:
    assert len(lock_faults(lock_text(the_tree(), "base") + line + "\n")) == 1


def test_a_pin_outside_the_range_is_found() -> None:
    tree = the_tree()
    old = re.sub(r"^joserfc==\S+", "joserfc==1.0", lock_text(tree, "base"), flags=re.MULTILINE)
    assert range_faults(tree.with_file("requirements/base.txt", old), "base") == ["joserfc>=1.6 is 1.0"]
