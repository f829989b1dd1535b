"""Programs as data: one versioned file each, read strictly into a frozen Program."""

from ltitool.programs.activities import (
    Activity,
    ActivityKind,
    Answer,
    Attribute,
    Choice,
    Instrument,
    Lens,
    MapGuide,
    OpportunityGuide,
    PhotoVoiceGuide,
    Prompt,
    Round,
    TeamAnalysis,
)
from ltitool.programs.calendar import Phase, ProgramDates, StepDates
from ltitool.programs.errors import Fault, ProgramFileInvalid, ProgramUnknown
from ltitool.programs.model import (
    Alignment,
    Badge,
    CohortShape,
    CompletionRule,
    Program,
    ScoringPolicy,
    Setting,
    Step,
    StepUnit,
)
from ltitool.programs.reading import check_program_file, parse_program, read_program_file
from ltitool.programs.shipped import DEFAULT_PROGRAM, load_shipped

__all__ = [
    "DEFAULT_PROGRAM",
    "Activity",
    "ActivityKind",
    "Alignment",
    "Answer",
    "Attribute",
    "Badge",
    "Choice",
    "CohortShape",
    "CompletionRule",
    "Fault",
    "Instrument",
    "Lens",
    "MapGuide",
    "OpportunityGuide",
    "Phase",
    "PhotoVoiceGuide",
    "Program",
    "ProgramDates",
    "ProgramFileInvalid",
    "ProgramUnknown",
    "Prompt",
    "Round",
    "ScoringPolicy",
    "Setting",
    "Step",
    "StepDates",
    "StepUnit",
    "TeamAnalysis",
    "check_program_file",
    "load_shipped",
    "parse_program",
    "read_program_file",
]
