"""Read a program file's YAML into plain data, remembering where each value stands.

A strict part of YAML, because people read these files and strangers may send them: no tags, anchors or
aliases (so nothing is constructed and nothing multiplies), no duplicate keys, one document, bounded size and
depth. Unquoted words are text unless they are `true`, `false`, `null`, `~` or a whole number: `no` is a
language, not false.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import yaml

from ltitool.programs.errors import Fault, ProgramFileInvalid
from rubrics.errors import DataFault, Path, dotted

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
# The parser written in C does the same work about ten times faster; the other is for installs without it.
EVENT_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class Mark(Protocol):
    """A position as PyYAML counts it, from 0."""

    line: int
    column: int


@dataclass
class Document:
    """The data of a file, and the places of its keys and values by path."""

    data: object = None
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def locate(self, fault: DataFault) -> Fault:
        """Give a fault its line and column: the key for an unknown key, else the value or what holds it."""
        places = self.keys if fault.code == "unknown_key" and fault.path in self.keys else self.values
        path = fault.path
        while path not in places and path:
            path = path[:-1]
        line, column = places.get(path, (1, 1))
        return Fault(line, column, dotted(fault.path), fault.code, fault.problem, fault.expected)


def read_tree(source: str, name: str) -> Document:
    """Read the source of one file.

    Raises:
        ProgramFileInvalid: It is too large or not of this strict part of YAML.
    """
    if len(source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise too_large(name)
    try:
        source.encode()
        return _Builder(name, yaml.parse(source, Loader=EVENT_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        raise ProgramFileInvalid(name, [_syntax_fault(error)]) from error
    except yaml.reader.ReaderError as error:
        raise ProgramFileInvalid(name, [_character_fault(source, error.position)]) from error
    except UnicodeEncodeError as error:
        raise ProgramFileInvalid(name, [_character_fault(source, error.start)]) from error


def too_large(name: str) -> ProgramFileInvalid:
    """Build the refusal of a file over the size limit, also for callers that stop reading early."""
    fault = Fault(1, 1, "(whole file)", "too_large", "the file is too large", f"at most {MAX_BYTES} bytes")
    return ProgramFileInvalid(name, [fault])


class _Builder:
    """Builds the data from parser events, one level of recursion per level of depth."""

    def __init__(self, name: str, events: Iterator[yaml.Event]) -> None:
        self.name = name
        self.events = events
        self.document_so_far = Document()
        self.faults: list[Fault] = []

    def document(self) -> Document:
        self._next()
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            self._stop((), event, "empty", "the file holds nothing", "a program")
        self.document_so_far.data = self._node(self._next(), ())
        self._next()
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._stop((), event, "second_document", "a second document begins here", "one document")
        if self.faults:
            raise ProgramFileInvalid(self.name, self.faults)
        return self.document_so_far

    def _next(self) -> yaml.Event:
        return next(self.events)

    def _node(self, event: yaml.Event, path: Path) -> object:
        self.document_so_far.values[path] = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._fault(path, event, "alias", "this is an alias (*name)", "the value itself")
            return None
        self._refuse_decoration(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if len(path) >= MAX_DEPTH:
            self._stop(path, event, "too_deep", "the nesting is too deep", f"at most {MAX_DEPTH} levels")
        return self._sequence(path) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path)

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key in found:
                self._fault(
                    (*path, key), event, "duplicate_key", f"the key “{key}” is given twice", "one value"
                )
            self.document_so_far.keys[*path, key] = _place(event.start_mark)
            found[key] = self._node(self._next(), (*path, key))
        return found

    def _key(self, event: yaml.Event, path: Path) -> str:
        if not isinstance(event, yaml.ScalarEvent) or not isinstance(key := _scalar(event), str):
            self._stop(path, event, "wrong_key", "a key here is no text", "a word as key")
        self._refuse_decoration(event, (*path, key))
        return key

    def _refuse_decoration(self, event: yaml.Event, path: Path) -> None:
        if getattr(event, "anchor", None) is not None:
            self._fault(path, event, "anchor", "this carries an anchor (&name)", "the value alone")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._fault(path, event, "tag", f"this carries a tag ({tag})", "the value alone")

    def _fault(self, path: Path, event: yaml.Event, code: str, problem: str, expected: str) -> None:
        line, column = _place(event.start_mark)
        self.faults.append(Fault(line, column, dotted(path), code, problem, expected))

    def _stop(self, path: Path, event: yaml.Event, code: str, problem: str, expected: str) -> NoReturn:
        self._fault(path, event, code, problem, expected)
        raise ProgramFileInvalid(self.name, self.faults)


def _place(mark: Mark | None) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _scalar(event: yaml.ScalarEvent) -> object:
    text: str = event.value
    if event.style:
        return text
    if text in WORDS:
        return WORDS[text]
    return int(text) if WHOLE_NUMBER.fullmatch(text) else text


def _syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    line, column = _place(error.problem_mark or error.context_mark)
    return Fault(
        line, column, "(whole file)", "not_yaml", str(error.problem or error.context), "readable YAML"
    )


def _character_fault(source: str, position: int) -> Fault:
    before = source[:position]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Fault(
        line, column, "(whole file)", "bad_character", "a character is not allowed", "printable text"
    )
