"""Check 15: whether the badge is about the person whose name, address or number somebody typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from badges.verify.findings import failed, not_applicable, passed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from badges.model import IdentityObject
    from badges.report import Check
    from badges.verify.view import BadgeView


@dataclass(frozen=True)
class Recipient:
    """An identifier that somebody typed.

    Attributes:
        value: the name, e-mail address, licence number, …
        identity_type: what it is (``emailAddress``, ``name``, …); None compares with every identity in the
            badge.
        spellings: other ways to write the same, any of which may be the badge's.
    """

    value: str
    identity_type: str | None = None
    spellings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What to call it in a sentence, without repeating it."""
        return self.identity_type or "identity"


def check_recipient(badge: BadgeView, recipients: Sequence[Recipient]) -> Check:
    """Check 15: every identifier that was typed must be one of the badge's identities."""
    if not recipients:
        return not_applicable("recipient", "nobody_asked")
    identities = badge.identities()
    unmatched = [recipient.label for recipient in recipients if not _matches(identities, recipient)]
    if unmatched:
        reason = "no identity in the badge is that of what was typed"
        path = "$.credentialSubject.identifier"
        names = ", ".join(unmatched)
        return failed("recipient", "recipient_does_not_match", reason, path=path, unmatched=names)
    return passed("recipient", "recipient_matches", matched=", ".join(r.label for r in recipients))


def _matches(identities: Sequence[IdentityObject], recipient: Recipient) -> bool:
    """Compares with all identities and all spellings, so that the time taken tells nothing."""
    answers = [
        identity.matches(spelling, recipient.identity_type)
        for identity in identities
        for spelling in _spellings(recipient)
    ]
    return any(answers)


def _spellings(recipient: Recipient) -> list[str]:
    """As typed, and without differences that no person means: outer spaces, Unicode form, address case."""
    tidy = unicodedata.normalize("NFC", " ".join(recipient.value.split()))
    spellings = [recipient.value, tidy, *recipient.spellings]
    if "@" in tidy:
        spellings.append(tidy.lower())
    return spellings
