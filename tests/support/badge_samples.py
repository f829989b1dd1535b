"""Badges, issuers and vectors for the tests of badges/ and of whoever verifies badges."""

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from badges import did
from badges.documents import MemoryDocuments
from badges.keys import InMemoryEd25519, InMemoryES256, InMemoryRS256
from badges.model import (
    CLOCK_HOURS,
    Achievement,
    AchievementSubject,
    Alignment,
    CredentialStatus,
    Criteria,
    Evidence,
    IdentityObject,
    OpenBadgeCredential,
    Profile,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from badges.proofs import eddsa_rdfc_2022, vc_jwt
from badges.report import VerificationReport
from badges.status import BitstringStatusList, status_list_credential
from badges.verify import Policy, verify

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DID = "did:web:keystone.example:issuers:north"
LIST = "https://keystone.example/status/1"
RECIPIENT = "ann@example.org"
INDEX = 94_567
ROOT = Path(__file__).resolve().parents[2]


def vectors(*parts: str) -> Path:
    """A folder of the shared vectors; without it the test is skipped, and fails in CI."""
    base = Path(os.environ.get("VECTORS_DIR") or ROOT.parent / "shared" / "vectors")
    folder = base.joinpath(*parts)
    if not folder.exists():
        reason = f"the third-party test vectors are not here: {folder}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@functools.cache
def rsa_signer() -> InMemoryRS256:
    return InMemoryRS256(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@dataclass(frozen=True)
class SampleIssuer:
    """An issuer with an Ed25519, an RSA and a P-256 key, a DID document and a status list."""

    did: str
    ed25519: InMemoryEd25519
    rs256: InMemoryRS256
    es256: InMemoryES256

    @property
    def did_document(self) -> dict[str, Any]:
        keys = [self.ed25519.public_key, self.rs256.public_key, self.es256.public_key]
        return did.did_document(self.did, [did.PublishedKey(key) for key in keys])

    @property
    def methods(self) -> list[str]:
        methods: list[str] = self.did_document["assertionMethod"]
        return methods

    def signed(self, document: Mapping[str, Any], created: datetime = NOW) -> dict[str, Any]:
        return eddsa_rdfc_2022.sign(
            document, signer=self.ed25519, verification_method=self.methods[0], created=created
        )

    def jwt(self, document: Mapping[str, Any]) -> str:
        return vc_jwt.sign(document, signer=self.rs256, kid=self.methods[1])

    def status_list(
        self, bits: BitstringStatusList | None = None, purpose: str = "revocation", **changes: Any
    ) -> dict[str, Any]:
        unsigned = status_list_credential(
            bits or BitstringStatusList.create(), id=LIST, issuer=self.did, purpose=purpose, valid_from=NOW
        )
        return self.signed({**unsigned, **changes})

    def documents(self, more: Mapping[str, Any] | None = None) -> MemoryDocuments:
        found: dict[str, Any] = {
            did.did_web_url(self.did): self.did_document,
            LIST: self.status_list(),
            **(more or {}),
        }
        return MemoryDocuments({url: _bytes(document) for url, document in found.items()})

    def verify(
        self, source: Any, more: Mapping[str, Any] | None = None, **options: Any
    ) -> VerificationReport:
        text = json.dumps(source) if isinstance(source, dict) else source
        settings = {"policy": Policy.trusting(self.did), "now": NOW, "fetcher": self.documents(more)}
        return verify(text, **{**settings, **options})


def _bytes(document: Any) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


@functools.cache
def sample_issuer(name: str = DID, seed: bytes = b"k" * 32) -> SampleIssuer:
    p256 = InMemoryES256(ec.derive_private_key(int.from_bytes(seed, "big"), ec.SECP256R1()))
    return SampleIssuer(name, InMemoryEd25519.from_seed(seed), rsa_signer(), p256)


CRITERIA = ("Inquiry", "Shared leadership", "Evidence of change")
LEVELS = ("Beginning", "Developing", "Accomplished", "Exemplary")


def _criterion(number: int, name: str) -> ResultDescription:
    base = f"https://keystone.example/achievements/7/criteria/{number}"
    levels = tuple(
        RubricCriterionLevel(
            id=f"{base}/{n}", name=level, level=level, points=str(n), description=f"{name}: {level}"
        )
        for n, level in enumerate(LEVELS, start=1)
    )
    return ResultDescription(
        id=base,
        name=name,
        result_type="RubricCriterionLevel",
        required_level=f"{base}/2",
        rubric_criterion_level=levels,
    )


def _achievement(issuer: str) -> Achievement:
    criteria = tuple(_criterion(number, name) for number, name in enumerate(CRITERIA, start=1))
    hours = ResultDescription(
        id="https://keystone.example/achievements/7/hours", name="Clock hours", result_type=CLOCK_HOURS
    )
    return Achievement(
        id="https://keystone.example/achievements/7",
        name="Collaborative Leadership Keystone",
        description="Thirteen weeks of inquiry into shared leadership.",
        criteria=Criteria(narrative="Pass the keystone rubric at *Developing* or above."),
        achievement_type="MicroCredential",
        creator=Profile(id=issuer, name="Keystone Program"),
        credits_available=3,
        tag=("leadership", "inquiry"),
        alignment=(
            Alignment(
                target_name="Standard 7",
                target_url="https://case.example/uri/7",
                target_type="CFItem",
                target_code="7",
            ),
        ),
        result_description=(*criteria, hours),
    )


def sample_badge(
    issuer: str = DID, *, tail: str = "", salt: str = "5b1c7e", status: bool = True
) -> OpenBadgeCredential:
    """A badge with everything a program puts into one; ``tail`` is appended to its free texts."""
    achievement = _achievement(issuer)
    results = tuple(
        Result(
            result_description=described.id, achieved_level=described.rubric_criterion_level[2].id, value="3"
        )
        for described in achievement.result_description[:3]
    )
    hours = Result(result_description=achievement.result_description[3].id, value="26.5")
    subject = AchievementSubject(
        id="urn:uuid:77777777-0000-4000-8000-000000000001",
        identifier=(
            IdentityObject.hashed_from(RECIPIENT, "emailAddress", salt),
            IdentityObject.hashed_from("Ann Example", "name", salt + "2"),
        ),
        achievement=achievement,
        activity_start_date=datetime(2026, 8, 17, tzinfo=UTC),
        activity_end_date=datetime(2026, 11, 15, tzinfo=UTC),
        credits_earned=2.5,
        narrative=f"Led a team through the cycle.{tail}",
        result=(*results, hours),
    )
    entry = CredentialStatus.bitstring(purpose="revocation", index=INDEX, list_id=LIST)
    return OpenBadgeCredential(
        id="urn:uuid:11111111-0000-4000-8000-000000000001",
        name="Collaborative Leadership Keystone",
        issuer=Profile(id=issuer, name="Keystone Program", url="https://keystone.example/"),
        valid_from=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        awarded_date=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        credential_subject=subject,
        evidence=(
            Evidence(id="https://keystone.example/evidence/1", name="Photographs", genre="PhotoVoice"),
            Evidence(name="Team analysis", narrative=f"What we saw.{tail}"),
        ),
        credential_status=(entry,) if status else (),
    )
