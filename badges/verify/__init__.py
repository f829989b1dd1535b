"""Verify an Open Badge: sixteen numbered checks, each with its evidence, and one verdict."""

from __future__ import annotations

from badges.policy import AnyIssuer, Policy, Refresh, TrustedIssuers, TrustRule
from badges.report import Check, Outcome, Verdict, VerificationReport
from badges.verify.entrance import verify
from badges.verify.recipient import Recipient

__all__ = [
    "AnyIssuer",
    "Check",
    "Outcome",
    "Policy",
    "Recipient",
    "Refresh",
    "TrustRule",
    "TrustedIssuers",
    "Verdict",
    "VerificationReport",
    "verify",
]
