"""The project's files as a value: rules read it, and tests give them a changed one to bite into."""

import ast
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("badges", "rubrics", "ltitool")
# Built or installed on this machine, and ignored by git.
NOT_OURS = frozenset({"build", "dist", "var", "node_modules", "__pycache__"})


HIDDEN = frozenset({".ci", ".github"})


@dataclass(frozen=True)
class Module:
    """One Python file: where it stands, its dotted name, and its syntax tree."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """Give the dotted name; a package's `__init__` has the package's name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def syntax(self) -> ast.Module:
        return _parse(self.text)

    def walk(self) -> Iterator[ast.AST]:
        """Give every node of the file."""
        yield from _nodes(self.text)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in self.walk():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self) -> Iterator[tuple[str, str]]:
        """Give (module, name) for each imported thing; the name is empty for `import module`."""
        for node in self.walk():
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)


@dataclass(frozen=True)
class Tree:
    """Texts by path, as they are or with a mutation laid over."""

    files: Mapping[str, str]

    def with_file(self, path: str, text: str) -> "Tree":
        """Give the same tree with one file written or replaced."""
        return Tree({**self.files, path: text})

    def with_line(self, path: str, line: str) -> "Tree":
        """Give the same tree with one more line at the end of a file."""
        return self.with_file(path, f"{self.files.get(path, '')}\n{line}\n")

    def under(self, *folders: str, suffix: str = "") -> Iterator[tuple[str, str]]:
        """Give path and text of the files in some folders."""
        for path, text in sorted(self.files.items()):
            if path.endswith(suffix) and path.startswith(tuple(f"{folder}/" for folder in folders)):
                yield path, text

    def modules(self, *folders: str) -> Iterator[Module]:
        """Give the Python files of some folders."""
        for path, text in self.under(*folders, suffix=".py"):
            yield Module(path, text)


def the_tree() -> Tree:
    """Read the project as it is on disk, without what is built or installed."""
    return _read(ROOT)


def tracked_paths() -> list[str] | None:
    """Give the paths that git keeps, or None where this is no git checkout."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return None
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]


@functools.cache
def _read(root: Path) -> Tree:
    files = {}
    for folder, names, found in os.walk(root):
        names[:] = [name for name in names if name in HIDDEN or not (name in NOT_OURS or name[0] == ".")]
        if Path(folder).parts[-2:] == ("static", "dist"):
            names.clear()
            continue
        for name in found:
            text = _text(Path(folder) / name)
            if text is not None:
                files[(Path(folder) / name).relative_to(root).as_posix()] = text
    return Tree(files)


def _text(path: Path) -> str | None:
    if path.suffix in {".pyc", ".mo", ".png", ".jpg", ".webp", ".woff2", ".ttf", ".db"}:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return None


@functools.lru_cache(maxsize=2048)
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@functools.lru_cache(maxsize=2048)
def _nodes(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_parse(text)))
