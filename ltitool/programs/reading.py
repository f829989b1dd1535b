"""From a program file's text to a Program, or to all its faults with their lines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from ltitool.programs.checks import KNOWN_LANGUAGES, whole_program_faults
from ltitool.programs.errors import Fault, ProgramFileInvalid
from ltitool.programs.model import Program, Step, StepUnit
from ltitool.programs.schemas import MAX_LANGUAGES, ProgramSchema
from ltitool.programs.tree import MAX_BYTES, Document, read_tree, too_large
from rubrics.errors import DataFault
from rubrics.fields import faults_in, written_in

DAYS_IN = {StepUnit.WEEK: 7, StepUnit.DAY: 1, StepUnit.STEP: 1}
"""Length of a step that does not say its own."""


def parse_program(source: str, name: str) -> Program:
    """Read a program from its text.

    Args:
        source: The YAML text; kept in the program, so that a running offering can store what it began with.
        name: What to call the file in faults.

    Raises:
        ProgramFileInvalid: With every fault that was found, in the file's order.
    """
    document = read_tree(source, name)
    languages = _languages(document, name)
    try:
        with written_in(languages):
            raw = ProgramSchema().load(document.data)  # type: ignore[arg-type]  # refuses other types itself
    except ValidationError as error:
        raise _invalid(name, document, tuple(faults_in(error.messages))) from error
    program = Program(**{**raw, "steps": _steps(raw), "source": source})
    faults = tuple(whole_program_faults(program))
    if faults:
        raise _invalid(name, document, faults)
    return program


def read_program_file(path: Path) -> Program:
    """Read a program from a file.

    Raises:
        ProgramFileInvalid: With every fault; also when the file cannot be opened or is not UTF-8.
    """
    return parse_program(_text_of(path), path.name)


def check_program_file(path: Path) -> list[Fault]:
    """List the faults of a program file, in its order; empty when it can be run."""
    try:
        read_program_file(path)
    except ProgramFileInvalid as error:
        return error.faults
    return []


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        problem = error.strerror or "the file cannot be opened"
        fault = Fault(1, 1, "(whole file)", "unreadable", problem, "a readable file")
        raise ProgramFileInvalid(path.name, [fault]) from error
    if len(content) > MAX_BYTES:
        raise too_large(path.name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        fault = Fault(line, column, "(whole file)", "not_utf8", "this byte is not UTF-8", "a UTF-8 file")
        raise ProgramFileInvalid(path.name, [fault]) from error


def _languages(document: Document, name: str) -> tuple[str, ...]:
    """Read the languages first: every text is then checked against them."""
    data = document.data
    declared = data.get("languages", []) if isinstance(data, Mapping) else []
    # A longer list is refused by the schema; comparing each entry with all before it would take too long.
    listed = declared if isinstance(declared, list) and len(declared) <= MAX_LANGUAGES else []
    faults = tuple(
        DataFault(
            ("languages", index), "unknown_word", "not a language of the pages", ", ".join(KNOWN_LANGUAGES)
        )
        for index, tag in enumerate(listed)
        if tag not in KNOWN_LANGUAGES or tag in listed[:index]
    )
    if faults:
        raise _invalid(name, document, faults)
    return tuple(listed) or KNOWN_LANGUAGES


def _steps(raw: Mapping[str, Any]) -> tuple[Step, ...]:
    """Number the steps and place those that do not say where they stand right after the one before."""
    usual = DAYS_IN[raw["unit"]]
    placed: list[Step] = []
    for number, step in enumerate(raw["steps"], start=1):
        free = placed[-1].offset_days + placed[-1].length_days if placed else 0
        offset = free if step["offset"] is None else step["offset"]
        length = step["length"] or usual
        placed.append(Step(number, step["title"], step["summary"], step["setting"], offset, length))
    return tuple(placed)


def _invalid(name: str, document: Document, faults: tuple[DataFault, ...]) -> ProgramFileInvalid:
    return ProgramFileInvalid(name, [document.locate(fault) for fault in faults])
