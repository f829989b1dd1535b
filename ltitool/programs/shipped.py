"""The programs that ship with the software."""

from functools import cache
from importlib import resources

from ltitool.programs.model import Program
from ltitool.programs.reading import parse_program

DEFAULT_PROGRAM = "collaborative-leadership-13"


def load_shipped() -> dict[str, Program]:
    """All shipped programs by id, in the order of their file names; read once per process.

    Raises:
        ProgramFileInvalid: A shipped file has faults, which the tests do not let pass.
    """
    return dict(_shipped())


@cache
def _shipped() -> tuple[tuple[str, Program], ...]:
    files = (file for file in resources.files("ltitool.programs").iterdir() if file.name.endswith(".yaml"))
    programs = (
        parse_program(file.read_text("utf-8"), file.name) for file in sorted(files, key=lambda f: f.name)
    )
    return tuple((program.id, program) for program in programs)
