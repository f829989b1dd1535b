"""The model: what is read comes back, what is wrong is named with its place."""

import copy
import re
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from support.badge_samples import RECIPIENT, sample_badge

from badges.errors import ModelError
from badges.instants import read_instant, write_instant, write_instant_as_is
from badges.model import (
    Address,
    Criteria,
    EndorsementCredential,
    EndorsementSubject,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    OpenBadgeCredential,
    Profile,
    RefreshService,
    open_badges_contexts,
)

JSON = sample_badge().to_json()


def test_a_badge_comes_back_from_its_json() -> None:
    assert OpenBadgeCredential.from_json(JSON) == sample_badge()
    assert OpenBadgeCredential.from_json(JSON).to_json() == JSON


def test_unknown_members_survive_at_every_depth() -> None:
    document = copy.deepcopy(JSON)
    document["futureMember"] = {"a": [1, None]}
    document["credentialSubject"]["result"][0]["ext"] = "kept"
    document["issuer"]["x"] = 5
    assert OpenBadgeCredential.from_json(document).to_json() == document


def test_single_values_are_written_as_arrays() -> None:
    document = copy.deepcopy(JSON)
    document["evidence"] = document["evidence"][0]
    document["type"] = "OpenBadgeCredential"
    written = OpenBadgeCredential.from_json(document).to_json()
    assert written["evidence"] == [document["evidence"]]
    assert written["type"] == ["OpenBadgeCredential"]


def test_values_are_frozen() -> None:
    badge = sample_badge()
    with pytest.raises(FrozenInstanceError):
        badge.name = "other"  # type: ignore[misc]


def setting(path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(JSON)
    *way, last = [int(p) if p.isdigit() else p for p in re.findall(r"\w+|@\w+", path)]
    place: Any = document
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.id", ...),
        ("$.id", "no IRI"),
        ("$.issuer", 5),
        ("$.issuer", "no IRI"),
        ("$.issuer.type", ["Person"]),
        ("$.validFrom", ...),
        ("$.validFrom", 5),
        ("$.type", ["VerifiableCredential"]),
        ("$.evidence[1].type", ["Other"]),
        ("$.credentialSubject", ["a"]),
        ("$.credentialSubject.type", ["Person"]),
        ("$.credentialSubject.creditsEarned", "3"),
        ("$.credentialSubject.creditsEarned", True),
        ("$.credentialSubject.identifier[0].hashed", "true"),
        ("$.credentialSubject.identifier[0].type", "Identity"),
        ("$.credentialSubject.achievement.name", ...),
        ("$.credentialSubject.achievement.name", 5),
        ("$.credentialSubject.achievement.criteria", {"x": 1}),
        ("$.credentialSubject.achievement.resultDescription[2].rubricCriterionLevel[1].name", ["x"]),
        ("$.credentialSubject.result[1].value", 3),
    ],
)
def test_the_fault_is_named_with_its_place(path: str, value: Any) -> None:
    OpenBadgeCredential.from_json(JSON)
    with pytest.raises(ModelError) as refused:
        OpenBadgeCredential.from_json(setting(path.removeprefix("$."), value))
    assert refused.value.path == path
    assert refused.value.code == "model"


def test_a_date_without_a_zone_is_named_with_its_place_when_it_is_written() -> None:
    naive = datetime(2026, 11, 21)  # noqa: DTZ001 - the fault that is tried
    badge = sample_badge()
    subject = replace(badge.credential_subject, activity_end_date=naive)
    cases = {
        "$.validUntil": replace(badge, valid_until=naive),
        "$.credentialSubject.activityEndDate": replace(badge, credential_subject=subject),
    }
    assert badge.to_json() == JSON
    for path, faulty in cases.items():
        with pytest.raises(ModelError) as refused:
            faulty.to_json()
        assert (refused.value.code, refused.value.path) == ("instant", path)


def test_a_subject_needs_an_identity() -> None:
    document = copy.deepcopy(JSON)
    del document["credentialSubject"]["id"], document["credentialSubject"]["identifier"]
    with pytest.raises(ModelError) as refused:
        OpenBadgeCredential.from_json(document)
    assert refused.value.path == "$.credentialSubject"
    with pytest.raises(ModelError):
        Criteria()
    with pytest.raises(ModelError):
        Profile.from_json("did:web:x.org")


def test_the_rest_of_the_model_comes_back() -> None:
    place = Address(address_country="US", geo=GeoCoordinates(latitude=41.8, longitude=-87.6))
    profile = Profile(
        id="did:web:x.org",
        image=Image(id="data:image/png;base64,AAAA", caption="A lighthouse"),
        address=place,
        other_identifier=(IdentifierEntry(identifier="1", identifier_type="ext:LinkedIn:organizationId"),),
        parent_org="did:web:parent.org",
    )
    assert Profile.from_json(profile.to_json()) == profile
    endorsement = EndorsementCredential(
        id="urn:uuid:1",
        name="Endorsement",
        issuer=profile,
        valid_from=datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=timezone(timedelta(hours=-6))),
        credential_subject=EndorsementSubject(id="urn:uuid:2", endorsement_comment="Sound work"),
    )
    written = endorsement.to_json()
    assert written["validFrom"] == "2026-01-02T03:04:05.600000-06:00"
    assert EndorsementCredential.from_json(written) == endorsement
    service = RefreshService(id="https://x.org/refresh", type="1EdTechCredentialRefresh")
    assert RefreshService.from_json(service.to_json()) == service
    assert len(open_badges_contexts(extensions=True)) == 3


IDENTITY = IdentityObject.hashed_from(RECIPIENT, "emailAddress", "5b1c7e")


def identity_with(**changes: str) -> IdentityObject:
    return IdentityObject.from_json({**IDENTITY.to_json(), **changes})


def plain(value: str) -> IdentityObject:
    return IdentityObject(hashed=False, identity_hash=value, identity_type="emailAddress")


@pytest.mark.parametrize(
    ("identity", "candidate", "kind", "expected"),
    [
        (IDENTITY, RECIPIENT, "emailAddress", True),
        (IDENTITY, RECIPIENT, None, True),
        (IDENTITY, RECIPIENT, "name", False),
        (IDENTITY, "bob@example.org", "emailAddress", False),
        (identity_with(identityHash=IDENTITY.identity_hash.upper()), RECIPIENT, None, True),
        (identity_with(salt="other"), RECIPIENT, None, False),
        (identity_with(salt="5" * 1_000_000), RECIPIENT, None, False),
        (identity_with(identityHash="sha1$00"), RECIPIENT, None, False),
        (identity_with(identityHash="sha256"), RECIPIENT, None, False),
        (
            IdentityObject(
                hashed=True, identity_hash="md5$5d41402abc4b2a76b9719d911017c592", identity_type="name"
            ),
            "hello",
            None,
            True,
        ),
        (plain(RECIPIENT), RECIPIENT, None, True),
        (plain(RECIPIENT), "", None, False),
    ],
)
def test_b66_identities(identity: IdentityObject, candidate: str, kind: str | None, expected: bool) -> None:
    assert identity.matches(candidate, kind) is expected


def test_instants() -> None:
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert read_instant("2026-11-21T12:00:00Z") == moment == read_instant("2026-11-21T13:30:00.000+01:30")
    assert read_instant("2026-11-21T12:00:00.25Z").microsecond == 250_000
    assert write_instant(moment.astimezone(timezone(timedelta(hours=5)))) == "2026-11-21T12:00:00Z"
    assert write_instant_as_is(moment) == "2026-11-21T12:00:00Z"
    naive = moment.replace(tzinfo=None)
    for write in (write_instant, write_instant_as_is):
        with pytest.raises(ModelError, match="zone"):
            write(naive)
    for text in (
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-21 12:00:00Z",
        "٢٠٢٦-11-21T12:00:00Z",
    ):
        with pytest.raises(ModelError, match="instant"):
            read_instant(text)
