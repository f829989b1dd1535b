"""The Open Badges 3.0 model: frozen dataclasses that read themselves from JSON and write themselves back.

``Class.from_json(data)`` raises ``ModelError`` with the JSON path of what is wrong; ``value.to_json()``
writes what was read, members that no class knows included.
"""

from __future__ import annotations

from badges.model.achievement import Achievement, AchievementSubject, Criteria, Related
from badges.model.alignment import Alignment
from badges.model.credential import (
    CredentialSchema,
    CredentialStatus,
    OpenBadgeCredential,
    RefreshService,
    open_badges_contexts,
)
from badges.model.endorsement import EndorsementCredential, EndorsementSubject
from badges.model.evidence import Evidence
from badges.model.identity import IdentifierEntry, IdentityObject
from badges.model.nodes import Node
from badges.model.profile import Address, GeoCoordinates, Image, Profile
from badges.model.result import CLOCK_HOURS, Result, ResultDescription, RubricCriterionLevel

__all__ = [
    "CLOCK_HOURS",
    "Achievement",
    "AchievementSubject",
    "Address",
    "Alignment",
    "CredentialSchema",
    "CredentialStatus",
    "Criteria",
    "EndorsementCredential",
    "EndorsementSubject",
    "Evidence",
    "GeoCoordinates",
    "IdentifierEntry",
    "IdentityObject",
    "Image",
    "Node",
    "OpenBadgeCredential",
    "Profile",
    "RefreshService",
    "Related",
    "Result",
    "ResultDescription",
    "RubricCriterionLevel",
    "open_badges_contexts",
]
