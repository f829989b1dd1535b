"""No bent badge raises, takes long, or is VALID while showing something else than what was signed."""

import collections
import json
import os
import time

from support.badge_mutations import bent
from support.badge_samples import NOW, sample_badge, sample_issuer

from badges.claims import Claims
from badges.verify import Policy, VerificationReport

COUNT = int(os.environ.get("FUZZ_SLICE", "150"))
SEED = 20261121
ISSUER = sample_issuer()
SIGNED = ISSUER.signed(sample_badge().to_json())


def shown(report: VerificationReport) -> str:
    """The claims as a set of statements: the order in an array is not signed, and nobody may rely on it."""
    claims = report.claims
    assert isinstance(claims, Claims)
    plain = claims.to_json()
    for name in ("results", "identities", "evidence"):
        plain[name] = sorted(json.dumps(entry, sort_keys=True) for entry in plain.get(name, []))
    return json.dumps(plain, sort_keys=True)


def test_bent_badges() -> None:
    signed_claims = shown(ISSUER.verify(SIGNED))
    verdicts: collections.Counter[str] = collections.Counter()
    for number in range(COUNT):
        source = bent(SIGNED, SEED, number)
        began = time.process_time()
        report = ISSUER.verify(source, policy=Policy.any_issuer(), now=NOW)
        assert time.process_time() - began < 2, number
        verdicts[report.verdict.value] += 1
        if report.claims is not None:
            assert shown(report) == signed_claims, number
        json.dumps(report.to_json())
    assert verdicts["invalid"] > COUNT // 3
    assert verdicts["valid"] > 0, "the mutations that change nothing must not be refused"
