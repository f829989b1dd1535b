"""The document says what the records say: hours by their rows, levels by their scores, nobody by name."""

import json
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from support.clock import MovableClock
from support.holders import LICENCE, award_to, finish, signed_text
from support.world import World

from badges.canonical import second_path
from badges.model import OpenBadgeCredential
from badges.policy import Policy
from badges.report import Outcome, Verdict
from badges.verify import Recipient, verify
from ltitool.cohorts.hours import HoursLedger, HoursLine
from ltitool.credentials.document import Facts, credential_document
from ltitool.credentials.issuers import IssuerAddresses
from ltitool.credentials.models import Award, ConfirmedIdentity, Issuer
from ltitool.credentials.standing import standing
from ltitool.credentials.status_lists import StatusSlot
from ltitool.foundation.db import read_session
from ltitool.foundation.services import EXTENSION
from ltitool.programs import ActivityKind
from ltitool.verification.documents import PublicFetcher

DID = "did:web:localhost%3A8000:issuers:valle-verde"
CRITERIA = 6


@pytest.fixture
def award(app: Flask, world: World, clock: MovableClock) -> Award:
    return award_to(app, world, world.amara, clock)


@pytest.fixture
def facts(world: World, clock: MovableClock) -> Facts:
    scope = finish(world, world.amara, clock, with_hours=False)
    salts = iter(range(10_000))
    issuer = Issuer(
        slug="valle-verde", name="Valle Verde", url="https://x.example", email=None, description=""
    )
    return Facts(
        scope=scope,
        issuer=issuer,
        addresses=IssuerAddresses("https://x.example", "valle-verde"),
        standing=standing(read_session(), scope),
        identity=ConfirmedIdentity(full_name="Amara Okafor", email=None, licence_number=None),
        slot=StatusSlot(uuid.uuid4(), 1, 17),
        public_id="public",
        subject_id=uuid.UUID(int=1),
        new_salt=lambda: f"salt-of-sixteen-{next(salts)}",
        awarded_at=clock(),
    )


@pytest.mark.parametrize("form", ["json", "jwt", "png", "svg"])
def test_every_form_passes_every_check(app: Flask, award: Award, clock: MovableClock, form: str) -> None:
    source = {
        "json": signed_text(award),
        "jwt": (award.jwt or "").encode(),
        "png": award.image_png or b"",
        "svg": award.image_svg or b"",
    }[form]
    report = verify(
        source,
        policy=Policy.trusting(DID),
        fetcher=PublicFetcher(app.extensions[EXTENSION]),
        recipient=[Recipient("Amara Okafor", "name"), Recipient(LICENCE, "ext:LicenseNumber")],
        now=clock(),
        canonical_form=second_path.canonical_form,
    )
    outcomes = {check.name: check.outcome for check in report.checks}
    not_there = {"evidence", "refresh", "endorsements"}
    assert {name for name, outcome in outcomes.items() if outcome is Outcome.NOT_APPLICABLE} == not_there
    assert {
        name for name, outcome in outcomes.items() if outcome is Outcome.PASSED
    } == outcomes.keys() - not_there
    assert report.verdict is Verdict.VALID


def test_the_model_reads_and_writes_it_unchanged(award: Award) -> None:
    assert OpenBadgeCredential.from_json(award.unsigned).to_json() == award.unsigned


def test_nothing_of_the_holder_stands_in_it_readably(award: Award, world: World) -> None:
    text = json.dumps(award.signed, ensure_ascii=False).casefold()
    for secret in (*world.amara.name.split(), LICENCE, "holder@example.org", str(world.amara.id)):
        assert secret.casefold() not in text
    assert len(award.unsigned["credentialSubject"]["identifier"]) == 3
    salts = {one["salt"] for one in award.unsigned["credentialSubject"]["identifier"]}
    assert len(salts) == 3


def test_levels_are_the_released_scores(award: Award) -> None:
    subject = award.unsigned["credentialSubject"]
    described = {one["id"]: one for one in subject["achievement"]["resultDescription"]}
    levels = [one for one in subject["result"] if "achievedLevel" in one]
    assert len(levels) == CRITERIA
    for one in levels:
        assert one["achievedLevel"].endswith("-proficient")
        assert described[one["resultDescription"]]["requiredLevel"].endswith("-proficient")


def test_without_rows_there_are_no_hours(facts: Facts) -> None:
    assert facts.standing.hours is None
    text = json.dumps(credential_document(facts))
    assert "ClockHours" not in text
    assert "clock-hours" not in text


def test_a_program_without_a_released_score_states_no_levels(facts: Facts) -> None:
    bare = replace(facts, standing=replace(facts.standing, released=None, hours=None))
    document = credential_document(bare)
    assert "result" not in document["credentialSubject"]
    for one in document["credentialSubject"]["achievement"]["resultDescription"]:
        assert "requiredLevel" not in one


LINES = st.lists(
    st.builds(
        HoursLine,
        held_on=st.dates(date(2026, 2, 2), date(2026, 5, 3)),
        kind=st.sampled_from([ActivityKind.GROUP_SESSION, ActivityKind.COACHING_SESSION]),
        minutes=st.integers(1, 1440),
        activity_key=st.none(),
        row_id=st.uuids(),
    ),
    min_size=1,
    max_size=30,
)


def test_hours_are_the_sum_of_their_rows(facts: Facts) -> None:
    @given(LINES)
    def holds(lines: list[HoursLine]) -> None:
        ledger = HoursLedger(tuple(lines))
        with_hours = replace(facts, standing=replace(facts.standing, hours=ledger))
        values = {
            one["resultDescription"].rpartition("#")[2]: Decimal(one["value"])
            for one in credential_document(with_hours)["credentialSubject"]["result"]
            if "value" in one
        }
        total = values.pop("clock-hours")
        assert total == _hours(lines)
        assert sum(values.values()) == total
        for kind in {line.kind for line in lines}:
            own = _hours([line for line in lines if line.kind is kind])
            assert 0 <= values[f"clock-hours-{kind.value}"] - own <= Decimal("0.01")

    holds()


def test_rows_of_the_database_become_the_signed_hours(award: Award) -> None:
    values = {
        one["resultDescription"].rpartition("#")[2]: one["value"]
        for one in award.unsigned["credentialSubject"]["result"]
        if "value" in one
    }
    # four sessions of 120 minutes, three 1:1s of 50 minutes
    assert values == {
        "clock-hours": "10.50",
        "clock-hours-group_session": "8.00",
        "clock-hours-coaching_session": "2.50",
    }


def test_dates_carry_the_programs_zone(facts: Facts) -> None:
    subject = credential_document(facts)["credentialSubject"]
    assert subject["activityStartDate"] == "2026-02-02T00:00:00-07:00"
    assert subject["activityEndDate"] == "2026-03-12T15:00:00Z"


def _hours(lines: list[HoursLine]) -> Decimal:
    minutes = sum((timedelta(minutes=line.minutes) for line in lines), timedelta()).total_seconds() / 60
    return (Decimal(int(minutes)) / 60).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
