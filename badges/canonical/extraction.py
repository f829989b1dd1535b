"""Writes, for one shape, the Python function that takes a document of that shape apart.

``leaves.flatten`` visits every member of a document to learn its shape. A document of a shape that has been
met before needs less: the generated function unpacks each object at once, compares its names, and gives the
texts, or None as soon as something is different. It never guesses: what it gives is what ``flatten`` would.

Names in the generated code are numbers only; names and words of a document enter it as values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from badges.canonical.leaves import ARRAY, CONSTANT, NUMBER, OBJECT, TEXT

if TYPE_CHECKING:
    from badges.canonical.leaves import ShapeKey


class Extraction(Protocol):
    """The generated function."""

    def __call__(self, document: object, /) -> list[str] | None:
        """The document's texts in order, or None when it has another shape."""


def generate_extraction(key: ShapeKey) -> Extraction:
    """The function that takes documents of this shape apart."""
    writer = _Writer(key)
    writer.value("document")
    leaves = f"[{', '.join(writer.leaves)}]"
    # Joining them is the fastest way to find out that all of them are texts.
    end = [f"leaves = {leaves}", "''.join(leaves)", "return leaves"]
    body = [f"        {line}" for line in [*writer.lines, *end]]
    wrong = "    except (TypeError, ValueError, AttributeError):\n        return None"
    source = "\n".join(["def extract(document):", "    try:", *body, wrong])
    names: dict[str, Any] = writer.constants
    exec(compile(source, "<extraction>", "exec"), names)  # noqa: S102 - made of numbers only
    function: Extraction = names["extract"]
    return function


class _Writer:
    """Reads the entries of a shape key and writes a line of code or two for each."""

    def __init__(self, key: ShapeKey) -> None:
        self.key = key
        self.place = 0
        self.lines: list[str] = []
        self.leaves: list[str] = []
        self.constants: dict[str, Any] = {}
        self.count = 0

    def next(self) -> Any:
        self.place += 1
        return self.key[self.place - 1]

    def constant(self, value: Any) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def variables(self, count: int) -> list[str]:
        self.count += count
        return [f"v{number}" for number in range(self.count - count, self.count)]

    def value(self, variable: str) -> None:
        """Code for the value that the next entries describe."""
        kind = self.next()
        if kind == TEXT:
            self.leaves.append(variable)
        elif kind == CONSTANT:
            self.lines.append(f"if {variable} != {self.constant(self.next())}: return None")
        elif kind == NUMBER:
            self.same_text(variable)
        elif kind == ARRAY:
            self.array(variable)
        elif kind == OBJECT:
            self.object(variable)

    def same_text(self, variable: str) -> None:
        """Numbers, true, false, null and contexts: 1 is not 1.0 and not true."""
        self.lines.append(f"if repr({variable}) != {self.constant(self.next())}: return None")

    def array(self, variable: str) -> None:
        count = self.next()
        entries = self.key[self.place : self.place + 2 * count]
        if set(entries[::2]) == {CONSTANT}:
            # A list of types.
            self.place += 2 * count
            self.lines.append(f"if {variable} != {self.constant(list(entries[1::2]))}: return None")
            return
        items = self.variables(count)
        self.lines.append(f"if type({variable}) is not list: return None")
        self.lines.append(f"[{', '.join(items)}] = {variable}")
        for item in items:
            self.value(item)

    def object(self, variable: str) -> None:
        members = self.variables(self.next())
        place = len(self.lines)
        names = []
        for member in members:
            names.append(self.next())
            if names[-1] == "@context":
                self.next()
                self.same_text(member)
            else:
                self.value(member)
        expected = self.constant(tuple(names))
        self.lines[place:place] = [
            f"if type({variable}) is not dict or tuple({variable}) != {expected}: return None",
            f"[{', '.join(members)}] = {variable}.values()",
        ]
