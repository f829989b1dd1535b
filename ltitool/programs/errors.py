"""What programs refuses: a program file with faults, each with its line and column."""

from dataclasses import dataclass

from ltitool.errors import NotFound, ToolError, msg

MAX_FAULTS = 100
"""Faults that one refusal lists: enough to mend a file by, too few to flood a page or a log."""

MAX_WORDS = 200
"""Characters of a path or problem that are shown: both may quote the file."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a program file.

    Attributes:
        line: First line is 1.
        column: First character is 1.
        path: Where in the data: "activities[3].due".
        code: Stable word for tests and documentation: "unknown_key".
        problem: What is wrong.
        expected: What would be accepted.
    """

    line: int
    column: int
    path: str
    code: str
    problem: str
    expected: str

    def __post_init__(self) -> None:
        for name in ("path", "problem"):
            object.__setattr__(self, name, _fit_to_show(getattr(self, name)))

    def __str__(self) -> str:
        return (
            f"{self.line}:{self.column}: {self.path}: {self.problem}; expected {self.expected} [{self.code}]"
        )


def _fit_to_show(words: str) -> str:
    """Shorten, and take out what could steer a terminal or turn text around."""
    shown = words if len(words) <= MAX_WORDS else words[: MAX_WORDS - 1] + "…"
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in shown)


class ProgramFileInvalid(ToolError):
    """A program file breaks its shape; ``faults`` lists the first ``MAX_FAULTS``, in its order."""

    code = "program.file-invalid"
    status = 422
    title = msg("This program file has faults")
    advice = msg("Nothing was changed. Mend the lines named below and try again.")

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = sorted(faults)[:MAX_FAULTS]
        super().__init__("\n".join(f"{name}:{fault}" for fault in self.faults))


class ProgramUnknown(NotFound):
    """No shipped program, step or activity has this key."""

    code = "program.unknown"
