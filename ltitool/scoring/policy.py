"""Who scores a keystone, and how locked sheets become one result: the seam for blind second scorers.

A program names its policy. `single` asks for one sheet by a coach of the participant's own cohort.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from ltitool.programs import Program
from rubrics import ScoreSheet


class Policy(Protocol):
    """Decides who may open a sheet and when there is a result."""

    def may_open(self, scorer_id: uuid.UUID, others: Collection[uuid.UUID]) -> bool:
        """Say whether somebody may score, given who has a sheet already."""

    def decide(self, locked: Sequence[ScoreSheet]) -> ScoreSheet | None:
        """Give the sheet that counts once enough sheets are locked, else None."""


class SinglePolicy:
    """One coach scores; the first locked sheet is the result."""

    def may_open(self, scorer_id: uuid.UUID, others: Collection[uuid.UUID]) -> bool:  # noqa: ARG002 - the policy's question
        """A partner may finish what a coach began, each on their own sheet."""
        return True

    def decide(self, locked: Sequence[ScoreSheet]) -> ScoreSheet | None:
        """Take the sheet that was locked first."""
        return locked[0] if locked else None


POLICIES: Mapping[str, Policy] = {"single": SinglePolicy()}


def policy_of(program: Program) -> Policy:
    """Give the policy that a program names; program files name no unknown one."""
    if program.scoring is None:
        message = f"{program.id} has no keystone to score"
        raise ValueError(message)
    return POLICIES[program.scoring.name]
