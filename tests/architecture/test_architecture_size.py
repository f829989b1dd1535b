"""Functions stay short, files stay small, modules say what they are, and no import runs in a circle."""

import ast
import graphlib
import re
import statistics
from collections.abc import Iterator

import pytest
from sourcetree import PACKAGES, Module, Tree, the_tree

LONGEST, USUAL, MEDIAN = 60, 40, 10  # lines of a function: of any, of 95 %, of every other
FILE_LINES = 400
VIEW_LINES = 15  # of a view's body: read the form, call one use case, render
ROUTES = frozenset({"get", "post", "put", "delete", "route"})
# An exception from a rule says why, on its own line; some rules have none.
UNREASONED = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ - \S)|#\s*type: ignore(?!\[[a-z, -]+\]\s+(#|- )\s*\S)")
NEVER = re.compile(r"noqa:[^#-]*\b(C901|PLR0915|PLR0912|PLR0911)\b|pragma: no cover")
CODE = ("badges", "rubrics", "ltitool", "migrations")
# Words that say nothing of what is inside; such a module grows for ever.
EMPTY_WORDS = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"})


def lengths(tree: Tree) -> list[tuple[int, str]]:
    """Give the length of each function, its decorators left out, and where it stands."""
    return sorted(
        ((function.end_lineno or 0) - function.lineno + 1, f"{module.path}:{function.name}")
        for module in tree.modules(*CODE)
        for function in module.functions()
    )


def function_faults(tree: Tree) -> list[str]:
    """Say which functions break the budget, and whether the whole does."""
    found = lengths(tree)
    sizes = [size for size, _ in found]
    faults = [f"{where} has {size} lines, over {LONGEST}" for size, where in found if size > LONGEST]
    over = [where for size, where in found if size > USUAL]
    if len(over) > 0.05 * len(found):
        faults.append(f"{len(over)} of {len(found)} functions have over {USUAL} lines: {', '.join(over)}")
    if statistics.median(sizes) > MEDIAN:
        faults.append(f"the median function has {statistics.median(sizes)} lines, over {MEDIAN}")
    return faults


def long_views(tree: Tree) -> list[str]:
    """Give the views that do more than a view should."""
    found = []
    for module in tree.modules("ltitool"):
        if module.path.endswith("views.py"):
            views = (one for one in module.functions() if any(map(_is_route, one.decorator_list)))
            found += [
                f"{module.path}:{one.name} has {_body(one)} lines" for one in views if _body(one) > VIEW_LINES
            ]
    return found


def _is_route(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ROUTES


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def exceptions_without_reason(tree: Tree) -> list[str]:
    """Give the lines of shipped code that step around a check without saying why, or may not at all."""
    return [
        f"{path}:{number}"
        for path, text in tree.under(*CODE, "build_support", suffix=".py")
        for number, line in enumerate(text.splitlines(), 1)
        if UNREASONED.search(line) or NEVER.search(line)
    ]


def long_files(tree: Tree) -> list[str]:
    """Give the code files over the limit."""
    sizes = ((path, len(text.splitlines())) for path, text in tree.under(*CODE, suffix=".py"))
    return [f"{path} has {size} lines" for path, size in sizes if size > FILE_LINES]


def empty_names(tree: Tree) -> list[str]:
    """Give the modules and packages whose name says nothing."""
    named = ((module.path, module.name.split(".")) for module in tree.modules(*CODE, "build_support"))
    return [
        path for path, parts in named if EMPTY_WORDS & {word for part in parts for word in part.split("_")}
    ]


def undescribed(tree: Tree) -> list[str]:
    """Give the modules without a sentence on what they are for."""
    modules = tree.modules(*CODE, "build_support")
    return [one.path for one in modules if one.text.strip() and ast.get_docstring(one.syntax) is None]


def import_cycle(tree: Tree) -> list[str]:
    """Give one circle of modules that import each other, imports inside functions included."""
    modules = {module.name: module for module in tree.modules(*PACKAGES)}
    graph = {name: set(_edges(module, modules)) for name, module in modules.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def _edges(module: Module, known: dict[str, Module]) -> Iterator[str]:
    for origin, name in module.imports():
        target = f"{origin}.{name}" if f"{origin}.{name}" in known else origin
        if target in known and target != module.name:
            yield target


def test_functions_are_short() -> None:
    assert function_faults(the_tree()) == []


def test_files_are_small() -> None:
    assert long_files(the_tree()) == []


def test_views_are_short() -> None:
    assert long_views(the_tree()) == []


def test_every_exception_has_its_reason() -> None:
    assert exceptions_without_reason(the_tree()) == []


def test_names_say_what_is_inside() -> None:
    assert empty_names(the_tree()) == []


def test_every_module_says_what_it_is_for() -> None:
    assert undescribed(the_tree()) == []


def test_no_import_runs_in_a_circle() -> None:
    assert import_cycle(the_tree()) == []


def function_of(lines: int, name: str = "work") -> str:
    return f"def {name}():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(("lines", "faults"), [(60, 0), (61, 1)])
def test_a_function_over_the_limit_is_found(lines: int, faults: int) -> None:
    tree = the_tree().with_file("badges/long.py", function_of(lines))
    assert len(function_faults(tree)) == faults


def test_many_longish_functions_are_found() -> None:
    many = "".join(function_of(41, f"work_{number}") for number in range(len(lengths(the_tree())) // 10))
    assert any(
        "over 40 lines" in fault for fault in function_faults(the_tree().with_file("rubrics/x.py", many))
    )


def test_a_high_median_is_found() -> None:
    assert function_faults(Tree({"badges/a.py": function_of(11)})) == [
        "the median function has 11 lines, over 10"
    ]
    assert function_faults(Tree({"badges/a.py": function_of(10)})) == []


@pytest.mark.parametrize(("lines", "found"), [(400, []), (401, ["migrations/x.py has 401 lines"])])
def test_a_long_file_is_found(lines: int, found: list[str]) -> None:
    assert long_files(Tree({"migrations/x.py": "pass\n" * lines})) == found


@pytest.mark.parametrize(("lines", "found"), [(15, 0), (16, 1)])
def test_a_long_view_is_found(lines: int, found: int) -> None:
    view = '@pages.get("/x")\ndef show():\n    """Show it."""\n' + "    pass\n" * lines
    assert len(long_views(Tree({"ltitool/web/views.py": view}))) == found


@pytest.mark.parametrize(
    "line",
    [
        "x = eval(y)  # noqa",
        "x = eval(y)  # noqa: S307",
        "x: int = f()  # type: ignore",
        "x: int = f()  # type: ignore[assignment]",
        "def f():  # noqa: C901 - it is long",
        "if x:  # pragma: no cover",
    ],
)
def test_an_exception_without_reason_is_found(line: str) -> None:
    assert exceptions_without_reason(Tree({"badges/x.py": line})) == ["badges/x.py:1"]


@pytest.mark.parametrize(
    "line", ["x = 1  # noqa: S307 - our own words", "x = 1  # type: ignore[misc] # the library has no types"]
)
def test_an_exception_with_its_reason_is_left_alone(line: str) -> None:
    assert exceptions_without_reason(Tree({"badges/x.py": line})) == []


@pytest.mark.parametrize("path", ["ltitool/web/utils.py", "badges/key_helpers.py", "ltitool/manager/x.py"])
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert empty_names(the_tree().with_file(path, '"""A drawer."""')) == [path]


def test_a_module_without_a_sentence_is_found() -> None:
    assert undescribed(the_tree().with_file("rubrics/silent.py", "X = 1")) == ["rubrics/silent.py"]


def test_a_circle_is_found() -> None:
    library = Tree(dict(the_tree().under("badges")))
    assert import_cycle(library) == []
    circle = import_cycle(library.with_line("badges/errors.py", "def late():\n    from badges import keys"))
    assert {"badges.errors", "badges.keys"} <= set(circle)
