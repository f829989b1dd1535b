"""What is kept in git: our own work alone, finished, and bound to no machine."""

import re
from collections.abc import Iterable

import pytest
from sourcetree import Tree, the_tree, tracked_paths

from build_support.translations import collect, faults, merged

LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX)\b")
CANNOT_FAIL = re.compile(r"\|\|\s*(true\b|:(\s|$)|exit 0)")
MACHINE = re.compile(r"(?<![\w.:/-])/([w]ork|home/\w+|Users/\w+|root)(/|\b)")
REGISTRY = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(org|com)|jsdelivr\.net|unpkg\.com|(?<!emit-)index-url|registry=http",
    re.IGNORECASE,
)
# The two rule files show what they look for.
RULES = {
    "tests/architecture/test_architecture_tree.py",
    "tests/architecture/test_architecture_dependencies.py",
}
THIRD_PARTY = re.compile(
    r"(^|/)node_modules/|\.(woff2?|ttf|otf|eot|whl|tgz|jar|min\.js|min\.css)$"
    r"|^badges/canonical/contexts/|^ltitool/web/static/dist/|\.mo$|\.pyc$|\.db$|\.sqlite3?$"
)
LIBRARIES = ("badges", "rubrics")
README_LINES = 30  # a library may say more: people read it without the rest


def lines_with(tree: Tree, pattern: re.Pattern[str]) -> list[str]:
    """Give the places where a pattern stands."""
    return [
        f"{path}:{number}"
        for path, text in tree.files.items()
        if path not in RULES and pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def third_party(paths: Iterable[str]) -> list[str]:
    """Give the files that were built or made by others."""
    return [path for path in paths if THIRD_PARTY.search(path)]


def test_the_walk_sees_the_whole_project() -> None:
    paths = tracked_paths()
    if paths is None:
        pytest.skip("git is missing, or this is no checkout")
    text = [path for path in paths if not path.endswith((".png", ".jpg", ".webp", ".ttf", ".woff2"))]
    assert sorted(set(text) - set(the_tree().files)) == []


def test_nothing_is_left_to_do() -> None:
    assert lines_with(the_tree(), LEFT_OVER) == []


def test_no_command_hides_its_failure() -> None:
    assert lines_with(the_tree(), CANNOT_FAIL) == []


def test_no_path_of_one_machine() -> None:
    assert lines_with(the_tree(), MACHINE) == []


def test_no_registry_is_named() -> None:
    assert lines_with(the_tree(), REGISTRY) == []


def test_nobody_elses_files_are_kept() -> None:
    paths = tracked_paths()
    if paths is None:
        pytest.skip("git is missing, or this is no checkout")
    assert third_party(paths) == []


def test_every_package_says_what_belongs_in_it() -> None:
    tree = the_tree()
    folders = {"/".join(path.split("/")[:2]) for path, _ in tree.under("ltitool", suffix="/__init__.py")}
    features = {folder for folder in folders if f"{folder}/__init__.py" in tree.files}
    readmes = {package: tree.files.get(f"{package}/README.md", "") for package in (*features, *LIBRARIES)}
    assert [package for package, text in readmes.items() if "not belong here" not in text] == []
    assert [package for package in features if len(readmes[package].splitlines()) > README_LINES] == []


def test_the_spanish_catalogue_is_complete() -> None:
    """The same as `python build_support/translations.py --check`."""
    assert faults(merged(collect())) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (LEFT_OVER, "# TODO: later"),
        (LEFT_OVER, "// FIXME"),
        (CANNOT_FAIL, "ruff check || true"),
        (CANNOT_FAIL, "axe ||:"),
        (MACHINE, "see /home/somebody/notes"),
        (MACHINE, 'path = "/root/main"'),
        (REGISTRY, "https://{}.org/simple".format("pypi")),
        (REGISTRY, "pip install --index-url https://mirror.example"),
    ],
)
def test_such_a_line_is_found(pattern: re.Pattern[str], line: str) -> None:
    before = lines_with(the_tree(), pattern)
    after = lines_with(the_tree().with_file("docs/sneaking.md", line), pattern)
    assert set(after) - set(before) == {"docs/sneaking.md:1"}


@pytest.mark.parametrize("line", ["the homework of week 2", "https://tool.example/home/x", "or || trueness"])
def test_innocent_words_are_left_alone(line: str) -> None:
    tree = Tree({"docs/page.md": line})
    assert [lines_with(tree, one) for one in (LEFT_OVER, CANNOT_FAIL, MACHINE, REGISTRY)] == [[], [], [], []]


@pytest.mark.parametrize(
    "path",
    [
        "frontend/node_modules/esbuild/main.js",
        "frontend/fonts/public-sans.woff2",
        "badges/canonical/contexts/credentials-v2.json",
        "ltitool/web/static/dist/app.js",
        "frontend/vendor/htmx.min.js",
        "tool.whl",
    ],
)
def test_somebody_elses_file_is_found(path: str) -> None:
    assert third_party(["README.md", path]) == [path]
