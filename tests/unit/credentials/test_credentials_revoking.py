"""Status lists: random places that are never used twice, and lists that never go back."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from support.clock import MovableClock
from support.holders import award_to, reload, signed_text
from support.world import World

from badges.policy import Policy
from badges.report import Verdict
from badges.status import MINIMUM_BITS, BitstringStatusList
from badges.verify import verify
from ltitool.credentials import status_lists
from ltitool.credentials.errors import AlreadyRevoked, AwardUnknown, IssuerMissing
from ltitool.credentials.issuers import ED25519, ensure_issuer, key_owner
from ltitool.credentials.models import Award, Issuer, StatusList
from ltitool.credentials.published import published_document, status_list_of
from ltitool.credentials.revoking import revoke_award
from ltitool.credentials.status_lists import reserve_status_index
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.models import AuditEntry
from ltitool.foundation.services import EXTENSION, Services
from ltitool.verification.documents import PublicFetcher

DID = "did:web:localhost%3A8000:issuers:valle-verde"
LIST = "/issuers/valle-verde/status/1"


@pytest.fixture
def found(app: Flask) -> Services:
    services = app.extensions[EXTENSION]
    assert isinstance(services, Services)
    return services


@pytest.fixture
def award(app: Flask, world: World, clock: MovableClock) -> Award:
    return award_to(app, world, world.amara, clock)


def revoke(award: Award, found: Services, world: World, **changes: Any) -> None:
    with transaction() as session:
        revoke_award(
            session,
            changes.get("award_id", award.id),
            organisation_id=changes.get("organisation_id", world.organisation_id),
            director_id=world.director.id,
            reason="Issued by mistake.",
            keys=found.keys,
            public_url=found.settings.public_url,
            at=found.clock(),
        )


def listed(found: Services) -> BitstringStatusList:
    document = published_document(LIST, found)
    assert document is not None
    return BitstringStatusList.decode(document["credentialSubject"]["encodedList"])


def verdict(award: Award, found: Services) -> Verdict:
    policy, fetcher = Policy.trusting(DID), PublicFetcher(found)
    return verify(signed_text(award), policy=policy, fetcher=fetcher, now=found.clock()).verdict


def test_the_next_verification_says_revoked(award: Award, found: Services, world: World) -> None:
    assert verdict(award, found) is Verdict.VALID
    revoke(award, found, world)
    assert reload(award).state == "revoked"
    assert reload(award).revocation_reason == "Issued by mistake."
    assert verdict(reload(award), found) is Verdict.REVOKED
    entry = read_session().scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id) == ("credential.revoked", world.director.id)


def test_revoking_twice_is_refused(award: Award, found: Services, world: World) -> None:
    revoke(award, found, world)
    version = read_session().scalars(select(StatusList)).one().version
    with pytest.raises(AlreadyRevoked) as refused:
        revoke(award, found, world)
    assert refused.value.code == "credential.already-revoked"
    read_session().rollback()
    assert read_session().scalars(select(StatusList)).one().version == version


@pytest.mark.parametrize("change", ["award_id", "organisation_id"])
def test_somebody_elses_award_is_not_there(award: Award, found: Services, world: World, change: str) -> None:
    other = uuid.uuid4() if change == "award_id" else world.stranger.organisation_id
    with pytest.raises(AwardUnknown) as refused:
        revoke(award, found, world, **{change: other})
    assert refused.value.code == "credential.unknown"
    assert reload(award).state == "issued"


def test_versions_only_rise_and_no_bit_falls(
    app: Flask, world: World, clock: MovableClock, found: Services
) -> None:
    awards = [award_to(app, world, person, clock) for person in (world.amara, world.ben, world.chloe)]
    assert listed(found).bits == bytes(MINIMUM_BITS // 8)
    seen, versions, signed_at = set[int](), [1], [clock()]
    for award in awards:
        clock.forward(minutes=3)
        revoke(award, found, world)
        seen.add(award.status_index)
        assert all(listed(found).get(index) for index in seen)
        read_session().rollback()
        row = read_session().scalars(select(StatusList)).one()
        versions.append(row.version)
        assert row.signed is not None
        signed_at.append(row.signed["validFrom"])
    assert versions == [1, 2, 3, 4]
    assert len(set(signed_at)) == len(signed_at)
    assert listed(found).bits.count(0) < MINIMUM_BITS // 8


def test_no_index_is_used_twice(
    app: Flask, world: World, clock: MovableClock, found: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generator that repeats itself still gives every award its own place."""
    monkeypatch.setattr("support.holders.secrets.randbelow", lambda _size: 7)
    people = (world.amara, world.ben, world.chloe)
    indexes = [award_to(app, world, person, clock).status_index for person in people]
    assert len(set(indexes)) == len(people)
    assert indexes[0] == 7


def test_a_list_that_is_half_full_is_followed_by_a_new_one(
    world: World, found: Services, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        issuer = ensure_issuer(session, world.organisation_id, public_url="http://localhost:8000", at=clock())
        first = reserve_status_index(session, issuer, randbelow=lambda _size: 5)
        monkeypatch.setattr(status_lists, "_taken", lambda *_: set(range(MINIMUM_BITS // 2)))
        second = reserve_status_index(session, issuer, randbelow=lambda _size: 5)
    assert (first.number, first.index) == (1, 5)
    assert (second.number, second.index) == (2, 5)
    found.keys.ensure(key_owner(issuer), ED25519)
    assert status_list_of(issuer.slug, 2, found)["id"].endswith("/status/2")


def test_the_issuer_is_made_once(world: World, clock: MovableClock) -> None:
    def made() -> Issuer:
        with transaction() as session:
            return ensure_issuer(
                session, world.organisation_id, public_url="http://localhost:8000", at=clock()
            )

    assert made().id == made().id
    assert made().slug == "valle-verde"


def test_a_list_that_is_not_there(award: Award, found: Services) -> None:
    assert published_document(LIST, found) is not None
    for path in ("/issuers/valle-verde/status/9", "/issuers/nobody/status/1", "/issuers/valle-verde/did"):
        assert published_document(path, found) is None
    with pytest.raises(IssuerMissing):
        status_list_of("valle-verde", 9, found)
