"""Data privacy launches, the platform's side: about one person's data, and about no course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.claims import envelope, identity

if TYPE_CHECKING:
    from datetime import datetime

    from ltitool.sandbox.config import PlatformConfig
    from ltitool.sandbox.seed import Person


@dataclass(frozen=True)
class PrivacyLaunch:
    """Who asks, and about whom."""

    person: Person
    for_sub: str
    nonce: str = ""
    locale: str = "en"


def may_ask(person: Person, for_sub: str) -> bool:
    """Let administrators ask about anybody, and everybody about themselves."""
    return person.administrator or person.sub == for_sub


def privacy_claims(launch: PrivacyLaunch, config: PlatformConfig, now: datetime) -> dict[str, object]:
    """Give every claim of a data privacy launch; it has neither a course nor a link."""
    return {
        **envelope(launch.person, launch.nonce, config, now),
        **identity(launch.person, config),
        "locale": launch.locale,
        words.VERSION: words.LTI_VERSION,
        words.MESSAGE_TYPE: words.DATA_PRIVACY_REQUEST,
        words.DEPLOYMENT_ID: config.tool.deployment_id,
        words.TARGET_LINK_URI: config.tool.launch_url,
        words.ROLES: list(words.role_uris(None, administrator=launch.person.administrator)),
        words.FOR_USER: {"user_id": launch.for_sub},
        words.LAUNCH_PRESENTATION: {"document_target": "window", "locale": launch.locale},
    }
