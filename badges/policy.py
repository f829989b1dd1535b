"""Whom a verifier trusts, and which addresses out of a badge it may ask.

A policy is made of rules; without a rule nothing may be called valid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from badges.errors import PolicyIsEmptyError


class TrustRule(Protocol):
    """One reason to trust an issuer."""

    def trusts(self, issuer: str) -> str | None:
        """A code that names the reason, or None if this rule knows nothing of the issuer."""


@dataclass(frozen=True)
class TrustedIssuers:
    """Trust these issuers, by their exact identifiers."""

    issuers: frozenset[str]

    def trusts(self, issuer: str) -> str | None:
        """``issuer_trusted`` for one of them."""
        return "issuer_trusted" if issuer in self.issuers else None


@dataclass(frozen=True)
class AnyIssuer:
    """The caller judges the issuer; the checks only prove who it is."""

    def trusts(self, issuer: str) -> str | None:
        """Always ``caller_judges_issuer``."""
        del issuer
        return "caller_judges_issuer"


class Refresh(StrEnum):
    """Where a verifier may ask for a newer copy of a badge, of the addresses that badges name."""

    NEVER = "never"
    AT_ISSUER = "at_issuer"
    ANYWHERE = "anywhere"


@dataclass(frozen=True)
class Policy:
    """Rules, any of which suffices.

    ``Policy.trusting("did:web:example.org") | Policy(rules=(registry,))`` trusts what either trusts.

    Attributes:
        rules: reasons to trust an issuer.
        refresh: where a newer copy may be asked for: never unless it is said, at an https address on the
            issuer's own host, or wherever the badge says (for a fetcher that only knows files).
        compare_cited: whether addresses that a badge cites with a digest may be asked, to compare it.
    """

    rules: tuple[TrustRule, ...] = ()
    refresh: Refresh = Refresh.NEVER
    compare_cited: bool = False

    @classmethod
    def trusting(cls, *issuers: str) -> Policy:
        """Trust these issuers; naming none gives an empty policy, which refuses."""
        return cls((TrustedIssuers(frozenset(issuers)),)) if issuers else cls()

    @classmethod
    def any_issuer(cls) -> Policy:
        """Leave the judgement of the issuer to the caller."""
        return cls((AnyIssuer(),))

    def refreshing(self, where: Refresh) -> Policy:
        """The same policy, which may ask for newer copies there."""
        return replace(self, refresh=where)

    def comparing_cited(self) -> Policy:
        """The same policy, which may ask for what badges cite with a digest."""
        return replace(self, compare_cited=True)

    def __or__(self, other: Policy) -> Policy:
        wider = max(self.refresh, other.refresh, key=list(Refresh).index)
        return Policy(self.rules + other.rules, wider, self.compare_cited or other.compare_cited)

    def require_rules(self) -> None:
        """Refuse to work without any rule.

        Raises:
            PolicyIsEmptyError: ``policy_is_empty``.
        """
        if not self.rules:
            raise PolicyIsEmptyError(
                "policy_is_empty", "say which issuers to trust, or that the caller judges them"
            )

    def trusts(self, issuer: str) -> str | None:
        """The code of the first rule that trusts the issuer, or None."""
        return next((code for rule in self.rules if (code := rule.trusts(issuer))), None)
