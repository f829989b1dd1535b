"""News travels upward by rows, by names of durable jobs, by protocols bound in app.py, and no other way."""

import ast
from collections.abc import Collection
from importlib import import_module

from sourcetree import Module, Tree, the_tree

from ltitool.app import HANDLERS, SWEEPERS


def enqueued(tree: Tree) -> dict[str, str]:
    """Give the job names that use cases ask for, each with the module that does."""
    found = {}
    for module in tree.modules("ltitool"):
        for node in module.walk():
            named = _job_argument(node)
            if named is not None:
                found[_value_of(module, named)] = module.path
    return found


def unhandled(tree: Tree, handlers: Collection[str]) -> list[str]:
    """Give the jobs that nobody does."""
    return [f"{name} of {path}" for name, path in enqueued(tree).items() if name not in handlers]


def _job_argument(node: ast.AST) -> ast.Name | ast.Constant | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "enqueue":
        name = node.args[1]
        return name if isinstance(name, ast.Name | ast.Constant) else None
    return None


def _value_of(module: Module, named: ast.Name | ast.Constant) -> str:
    if isinstance(named, ast.Constant):
        return str(named.value)
    return str(getattr(import_module(module.name), named.id))


def buses(tree: Tree) -> list[str]:
    """Give the modules that send signals inside the process: who hears them cannot be seen."""
    libraries = {"blinker", "pluggy", "pydispatch"}
    return [
        module.path
        for module in tree.modules("ltitool")
        if any(origin.split(".")[0] in libraries for origin, _ in module.imports())
    ]


def test_every_job_that_is_asked_for_is_done() -> None:
    assert enqueued(the_tree())
    assert unhandled(the_tree(), HANDLERS) == []


def test_every_job_has_a_sweeper_that_finds_what_was_missed() -> None:
    assert set(HANDLERS) == set(SWEEPERS)


def test_a_job_that_nobody_does_is_found() -> None:
    name, path = next(iter(enqueued(the_tree()).items()))
    assert unhandled(the_tree(), set(HANDLERS) - {name}) == [f"{name} of {path}"]
    tree = the_tree().with_file("ltitool/cohorts/asking.py", 'enqueue(session, "cohorts.dance", "", now)')
    assert unhandled(tree, HANDLERS) == ["cohorts.dance of ltitool/cohorts/asking.py"]


def test_there_is_no_event_bus() -> None:
    assert buses(the_tree()) == []
    path = "ltitool/evidence/shouting.py"
    assert buses(the_tree().with_file(path, "from blinker import signal")) == [path]
