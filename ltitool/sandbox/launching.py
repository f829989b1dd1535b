"""How a launch starts: the parameters that the browser posts to the tool's login address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ltitool.sandbox.hints import LIFETIME, DocumentTarget, Hint, write_hint

if TYPE_CHECKING:
    from datetime import datetime

    from ltitool.sandbox.config import PlatformConfig
    from ltitool.sandbox.keys import KeyRing
    from ltitool.sandbox.seed import Person


@dataclass(frozen=True)
class Start:
    """Who opens which activity, where it will be shown, and when."""

    person: Person
    course_id: str  # empty where it is about a person's data
    activity_id: str  # empty where the tool is asked for new links
    document_target: DocumentTarget
    at: datetime
    for_sub: str = ""  # whose work is to be reviewed


def login_fields(start: Start, config: PlatformConfig, keys: KeyRing) -> dict[str, str]:
    """Give the login parameters of one launch, with a fresh message hint."""
    hint = Hint(
        id=secrets.token_urlsafe(16),
        person_key=start.person.key,
        course_id=start.course_id,
        activity_id=start.activity_id,
        document_target=start.document_target,
        expires_at=start.at + LIFETIME,
        for_sub=start.for_sub,
    )
    storage = config.manners.storage_target
    return {
        **({"lti_storage_target": storage} if storage else {}),
        "iss": config.endpoints.issuer,
        "target_link_uri": config.tool.launch_url,
        "login_hint": start.person.sub,
        "lti_message_hint": write_hint(hint, keys.hints),
        "client_id": config.tool.client_id,
        "lti_deployment_id": config.tool.deployment_id,
    }
