"""The errors of this package.

RubricError
├── RubricInvalid      a rubric or pass rule read from data breaks its shape
├── ScoresInvalid      a score sheet is incomplete or names what the rubric lacks
└── RatingsInvalid     two scorers' ratings cannot be compared
"""

from dataclasses import dataclass

Path = tuple[str | int, ...]


class RubricError(Exception):
    """Anything that rubrics refuses."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one value in a file, and what would be right.

    Attributes:
        code: Stable word for tests, logs and documentation, for example "unknown_key".
        problem: What is wrong, as a short clause.
        expected: What would be accepted, as a short clause.
    """

    code: str
    problem: str
    expected: str


@dataclass(frozen=True, slots=True)
class DataFault:
    """A problem and the path of keys and list positions that leads to it."""

    path: Path
    code: str
    problem: str
    expected: str

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.problem}; expected {self.expected}"


@dataclass(frozen=True, slots=True)
class ScoreFault:
    """One reason why scores cannot be locked.

    Attributes:
        criterion_id: The criterion concerned, as given by the caller.
        code: "not_scored", "scored_twice", "unknown_criterion", "unknown_level", "rationale_missing"
            or "rationale_too_long".
    """

    criterion_id: str
    code: str

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.code}"


class RubricInvalid(RubricError):
    """Data that should hold a rubric or a pass rule does not; ``faults`` says where and why."""

    def __init__(self, faults: tuple[DataFault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class ScoresInvalid(RubricError):
    """Scores do not fill the rubric's sheet; ``faults`` names each criterion concerned."""

    def __init__(self, faults: tuple[ScoreFault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class RatingsInvalid(RubricError):
    """Ratings are empty, of unequal length, or use a level that was not declared."""


def dotted(path: Path) -> str:
    """Write a path as people write it: ``criteria[2].levels``; the empty path is ``(whole file)``."""
    written = ""
    for part in path:
        written += f"[{part}]" if isinstance(part, int) else f".{part}"
    return written.lstrip(".") or "(whole file)"
