"""The small parts: buckets of tokens, criteria and what is asked of them, trust, words."""

import json
from dataclasses import replace
from typing import Any

import pytest

from badges.errors import WorkBudgetExceededError
from badges.model import OpenBadgeCredential
from badges.report import Verdict
from ltitool.foundation.db import read_session
from ltitool.foundation.services import Services
from ltitool.settings import SettingsInvalid, load_settings
from ltitool.verification.effort import MAX_CPU_SECONDS, BoundedEffort
from ltitool.verification.rate import TokenBuckets, network_of
from ltitool.verification.rigor import Rigor, rigor_of
from ltitool.verification.trust import trust_policy
from ltitool.verification.words import ADVICE, LONGEST, VERDICTS, issuer_host, shown

DID = "did:web:localhost%3A8000:issuers:valle-verde"


def test_tokens_come_back_with_time() -> None:
    buckets = TokenBuckets(burst=2, per_second=0.5)
    assert [buckets.wait("203.0.113.7", 0.0) for _ in range(3)] == [0, 0, 2]
    assert buckets.wait("203.0.113.7", 1.0) == 1
    assert buckets.wait("203.0.113.7", 2.0) == 0
    assert buckets.wait("203.0.113.7", 1000.0) == 0
    assert buckets.wait("203.0.113.7", 1000.0) == 0
    assert buckets.wait("203.0.113.7", 1000.0) == 2


def test_the_quietest_network_is_forgotten_first() -> None:
    buckets = TokenBuckets(burst=1, per_second=0.001, remembered=2)
    assert buckets.wait("10.0.1.1", 0.0) == 0
    assert buckets.wait("10.0.2.1", 0.0) == 0
    assert buckets.wait("10.0.1.1", 0.0) > 0
    assert buckets.wait("10.0.3.1", 0.0) == 0
    assert buckets.wait("10.0.1.1", 0.0) > 0
    assert buckets.wait("10.0.2.1", 0.0) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("", ""),
        ("unix", ""),
    ],
)
def test_addresses_are_counted_by_network(address: str, network: str) -> None:
    assert network_of(address) == network


def rigor(signed: dict[str, Any], change: Any = None) -> Rigor | None:
    document = json.loads(json.dumps(signed))
    if change:
        change(document["credentialSubject"])
    return rigor_of(OpenBadgeCredential.from_json(document))


def levels(subject: dict[str, Any]) -> list[dict[str, Any]]:
    found = subject["achievement"]["resultDescription"][0]["rubricCriterionLevel"]
    assert isinstance(found, list)
    return found


def reach(number: int) -> Any:
    def change(subject: dict[str, Any]) -> None:
        subject["result"][0]["achievedLevel"] = levels(subject)[number]["id"]

    return change


def without_points(subject: dict[str, Any]) -> None:
    reach(3)(subject)
    for level in levels(subject):
        del level["points"]


def without_requirement(subject: dict[str, Any]) -> None:
    del subject["achievement"]["resultDescription"][0]["requiredLevel"]


def test_criteria_are_met_by_points(signed: dict[str, Any]) -> None:
    whole = rigor(signed)
    assert whole is not None
    assert (whole.met, len(whole.criteria), whole.required_everywhere) == (6, 6, "Proficient")
    for number, met in enumerate([False, False, True, True]):
        changed = rigor(signed, reach(number))
        assert changed is not None
        assert changed.criteria[0].met is met
        assert changed.met == 5 + met


@pytest.mark.parametrize("change", [without_points, without_requirement])
def test_what_is_not_said_is_not_guessed(signed: dict[str, Any], change: Any) -> None:
    changed = rigor(signed, change)
    assert changed is not None
    assert changed.criteria[0].met is None
    assert changed.met == 5


def test_a_level_that_is_the_asked_one_needs_no_points(signed: dict[str, Any]) -> None:
    def change(subject: dict[str, Any]) -> None:
        for level in levels(subject):
            del level["points"]

    changed = rigor(signed, change)
    assert changed is not None
    assert changed.criteria[0].met is True


def test_different_demands_are_not_called_one(signed: dict[str, Any]) -> None:
    changed = rigor(signed, without_requirement)
    assert changed is not None
    assert changed.required_everywhere is None


def test_a_badge_without_levels_has_no_rigor(signed: dict[str, Any]) -> None:
    assert rigor(signed, lambda subject: subject.pop("result")) is None


def test_our_issuers_and_the_named_ones_are_known(signed: dict[str, Any], found: Services) -> None:
    policy = trust_policy(read_session(), found.settings)
    assert policy.trusts(DID) == "issuer_trusted"
    assert policy.trusts("did:web:known.example") == "issuer_trusted"
    assert policy.trusts("did:web:stranger.example") is None
    alone = trust_policy(read_session(), replace(found.settings, trusted_issuers=()))
    assert alone.trusts("did:web:known.example") is None


def test_trusted_issuers_are_a_setting() -> None:
    key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
    environ = {
        "LTITOOL_PUBLIC_URL": "https://tool.example",
        "LTITOOL_DATABASE_URL": "sqlite://",
        "LTITOOL_SECRET_KEY": key,
        "LTITOOL_KEY_ENCRYPTION_KEY": key,
        "LTITOOL_TRUSTED_ISSUERS": "did:web:a.example  did:key:z6Mk",
    }
    assert load_settings(environ).trusted_issuers == ("did:web:a.example", "did:key:z6Mk")
    with pytest.raises(SettingsInvalid) as refused:
        load_settings({**environ, "LTITOOL_TRUSTED_ISSUERS": "https://a.example"})
    assert "LTITOOL_TRUSTED_ISSUERS" in refused.value.faults[0]


def test_every_verdict_has_its_words_and_only_one_is_green() -> None:
    assert set(VERDICTS) == set(ADVICE) == set(Verdict)
    assert [verdict for verdict, (colour, _) in VERDICTS.items() if colour == "genuine"] == [Verdict.VALID]


def test_a_strangers_text_is_kept_to_a_length() -> None:
    assert shown("a\u202eb\u200bc\n") == "abc\n"
    assert shown("x" * LONGEST) == "x" * LONGEST
    assert shown("x" * (LONGEST + 1)) == "x" * LONGEST + "…"


@pytest.mark.parametrize(
    ("issuer", "host"),
    [
        ("did:web:a.example%3A444:b", "a.example:444"),
        ("did:web:a..example", "did:web:a..example"),
        ("did:key:z6Mk", "did:key:z6Mk"),
    ],
)
def test_an_issuer_is_named_by_its_host(issuer: str, host: str) -> None:
    assert issuer_host(issuer) == host


def test_effort_ends_when_its_time_is_used_up(signed: dict[str, Any]) -> None:
    now = iter([0.0, MAX_CPU_SECONDS, MAX_CPU_SECONDS + 0.1])
    effort = BoundedEffort(cpu=lambda: next(now))
    document = {name: value for name, value in signed.items() if name != "proof"}
    assert effort(document) == effort(document)
    with pytest.raises(WorkBudgetExceededError) as refused:
        effort(document)
    assert refused.value.code == "canonicalization_budget"
