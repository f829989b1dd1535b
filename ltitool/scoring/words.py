"""What a fault of a score sheet is called on the page."""

from collections.abc import Mapping

from ltitool.errors import msg

FAULT_WORDS: Mapping[str, str] = {
    "not_scored": msg("Choose a level."),
    "unknown_level": msg("Choose a level."),
    "scored_twice": msg("Choose one level."),
    "unknown_criterion": msg("This criterion is not on the rubric."),
    "rationale_missing": msg("Say in a sentence or two why."),
    "rationale_too_long": msg("Please keep the reason under 5,000 characters."),
}
