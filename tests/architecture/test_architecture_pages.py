"""Pages for people: links lead somewhere, decisions are numbered and whole, examples run."""

import re
import shlex
from pathlib import Path

import pytest
from sourcetree import ROOT, Tree, the_tree

from build_support.reference_tables import badges_command, tool_command
from ltitool.programs import parse_program

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)\s]*)?\)")
FENCE = re.compile(r"^```(\w[\w -]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADR_PARTS = ("## Context", "## Options", "## Decision", "## Consequences")
NAMED_FILE = re.compile(
    r"`((?:badges|rubrics|ltitool|tests|docs|migrations|build_support|frontend|requirements)/[\w./-]+)`"
)
BUILT = ("ltitool/web/static/dist",)  # made by `make assets`, not kept
# Where pages live; package READMEs are read too.
PAGES = re.compile(r"^(docs/.*|[A-Z]+|(badges|rubrics|frontend|ltitool/[\w/]+|migrations|tests)/README)\.md$")


def pages(tree: Tree) -> dict[str, str]:
    return {path: text for path, text in tree.files.items() if PAGES.match(path)}


def broken_links(tree: Tree) -> list[str]:
    """Give the links of pages that lead to no file of ours."""
    found = []
    for path, text in pages(tree).items():
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for target in LINK.findall(prose):
            there = (ROOT / Path(path).parent / target).resolve()
            if not there.exists() and there.relative_to(ROOT).as_posix() not in tree.files:
                found.append(f"{path} -> {target}")
    return found


def lost_pages(tree: Tree) -> list[str]:
    """Give the pages of docs/ that no other page links to."""
    linked = {
        (ROOT / Path(path).parent / target).resolve().relative_to(ROOT).as_posix()
        for path, text in pages(tree).items()
        for target in LINK.findall(text)
        if (ROOT / Path(path).parent / target).resolve() != ROOT / path
    }
    return [path for path, _ in tree.under("docs", suffix=".md") if path not in linked]


def files_that_are_gone(tree: Tree) -> list[str]:
    """Give the files that pages name and that are not there; folders are named with a slash at the end."""
    found = []
    for path, text in pages(tree).items():
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
        named = (name.rstrip("/") for name in NAMED_FILE.findall(prose))
        found += [f"{path} -> {name}" for name in named if not _is_there(tree, name)]
    return found


def _is_there(tree: Tree, name: str) -> bool:
    return name in tree.files or any(path.startswith(f"{name}/") for path in tree.files)


def decision_faults(tree: Tree) -> list[str]:
    """Say what is wrong with the decision records: numbers, parts, index."""
    records = {
        path: text for path, text in tree.under("docs/adr", suffix=".md") if not path.endswith("README.md")
    }
    index = tree.files.get("docs/adr/README.md", "")
    numbers = [Path(path).name[:4] for path in records]
    faults = [
        f"two records have the number {one}"
        for one in sorted({one for one in numbers if numbers.count(one) > 1})
    ]
    if sorted(set(numbers)) != [f"{number:04}" for number in range(1, len(set(numbers)) + 1)]:
        faults.append("the numbers have a gap")
    for path, text in records.items():
        name = Path(path).name
        title = re.match(r"# (\d+)\. \S", text)
        if not title or f"{int(title[1]):04}" != name[:4]:
            faults.append(f"{name}: its title does not begin with its number")
        faults += [f"{name}: no {part}" for part in ADR_PARTS if f"\n{part}\n" not in text]
        if f"]({name})" not in index:
            faults.append(f"{name}: not in the index")
    return faults


def test_links_lead_somewhere() -> None:
    assert broken_links(the_tree()) == []


def test_every_page_can_be_found() -> None:
    assert lost_pages(the_tree()) == []
    assert lost_pages(the_tree().with_file("docs/lonely.md", "[me](lonely.md)")) == ["docs/lonely.md"]


def test_pages_name_files_that_are_there() -> None:
    gone = files_that_are_gone(the_tree())
    assert [one for one in gone if not one.endswith(BUILT)] == []


def test_a_file_that_is_gone_is_found() -> None:
    tree = the_tree().with_file(
        "docs/new.md", "See `ltitool/app.py` and `ltitool/gone.py`, in `ltitool/web/`."
    )
    assert "docs/new.md -> ltitool/gone.py" in files_that_are_gone(tree)
    assert len(files_that_are_gone(tree)) == len(files_that_are_gone(the_tree())) + 1


def test_decisions_are_numbered_whole_and_listed() -> None:
    assert decision_faults(the_tree()) == []


def test_a_broken_link_is_found() -> None:
    assert "docs/new.md -> nowhere.md" in broken_links(
        the_tree().with_file("docs/new.md", "[there](nowhere.md)")
    )


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("docs/adr/0001-second-first.md", "# 1. Again", "two records have the number 0001"),
        ("docs/adr/0099-far.md", "# 99. Far", "the numbers have a gap"),
        ("docs/adr/0099-far.md", "# 98. Far", "0099-far.md: its title does not begin with its number"),
        ("docs/adr/0099-far.md", "# 99. Far", "0099-far.md: not in the index"),
        ("docs/adr/0099-far.md", "# 99. Far", "0099-far.md: no ## Consequences"),
    ],
)
def test_a_faulty_decision_is_found(path: str, text: str, fault: str) -> None:
    assert fault in decision_faults(the_tree().with_file(path, text))


def fences(language: str) -> list[tuple[str, str]]:
    """Give path and text of each example in a language."""
    return [
        (path, body)
        for path, text in pages(the_tree()).items()
        if not path.startswith("badges/")  # its README has a test beside the library
        for named, body in FENCE.findall(text)
        if named.strip() == language
    ]


def commands() -> list[tuple[str, str]]:
    return [
        (path, line.strip())
        for path, body in fences("sh")
        for line in re.sub(r"\\\n\s*", " ", body).splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]


def test_commands_in_examples_are_words_that_exist() -> None:
    makefile = the_tree().files["Makefile"]
    for path, line in commands():
        words = [word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", word)]
        match words:
            case ["make", *rest]:
                assert all(f"\n{word}:" in makefile for word in rest), f"{path}: {line}"
            case ["ltitool" | ".venv/bin/ltitool", *rest]:
                tool_command().parse_args(rest)
            case [_, "-m", "badges", *rest]:
                badges_command().parse_args(rest)


def test_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spaces: dict[str, dict[str, object]] = {}
    for path, body in fences("python"):
        exec(compile(body, path, "exec"), spaces.setdefault(path, {}))  # noqa: S102 - the examples of our own pages
    assert spaces


def test_program_examples_are_program_files() -> None:
    found = fences("yaml program")
    assert found
    for path, body in found:
        assert parse_program(body, path).title


def test_there_are_commands_to_check() -> None:
    assert len(commands()) > 10
