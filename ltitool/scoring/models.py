"""Tables of scoring: who scores which submission, each criterion's level, and the released outcome."""

import uuid
from datetime import datetime

from sqlalchemy import Float, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base, Tenant, tenant_fk, tenant_key


class ScoringTask(Tenant, Base):
    """One scorer's sheet for one submission."""

    __tablename__ = "scoring_task"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("submission_id", "scorer_id"),
        tenant_fk("submission_id", "keystone_submission"),
        tenant_fk("scorer_id", "person"),
    )

    submission_id: Mapped[uuid.UUID]
    scorer_id: Mapped[uuid.UUID]
    opened_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class CriterionScore(Tenant, Base):
    """The level given for one criterion, with the reason."""

    __tablename__ = "criterion_score"
    __table_args__ = (
        UniqueConstraint("task_id", "criterion_id"),
        tenant_fk("task_id", "scoring_task"),
    )

    task_id: Mapped[uuid.UUID]
    criterion_id: Mapped[str]
    level_id: Mapped[str]
    rationale: Mapped[str] = mapped_column(Text)


class Outcome(Tenant, Base):
    """What the policy made of the locked sheets, released to the participant."""

    __tablename__ = "outcome"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("submission_id"),
        tenant_fk("submission_id", "keystone_submission"),
        tenant_fk("decided_by", "person"),
    )

    submission_id: Mapped[uuid.UUID]
    rubric_id: Mapped[str]
    rubric_version: Mapped[str]
    passed: Mapped[bool]
    points: Mapped[float] = mapped_column(Float)
    points_maximum: Mapped[float] = mapped_column(Float)
    decided_by: Mapped[uuid.UUID]
    released_at: Mapped[datetime]
