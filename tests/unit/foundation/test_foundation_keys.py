import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import select, update

from badges.proofs import eddsa_rdfc_2022
from ltitool.foundation import keys
from ltitool.foundation.db import in_use_case, read_session, transaction
from ltitool.foundation.errors import KeyMissing, KeySealBroken
from ltitool.foundation.keys import SealedKeyStore, destroy_retired
from ltitool.foundation.models import SealedKey

pytestmark = pytest.mark.usefixtures("inside")
KEK = bytes(range(32))


@pytest.fixture
def store(clock: Any) -> SealedKeyStore:
    return SealedKeyStore(KEK, clock, uuid.uuid4)


def rows() -> list[SealedKey]:
    return list(read_session().scalars(select(SealedKey)))


def change(**values: object) -> None:
    with transaction() as session:
        session.execute(update(SealedKey).values(**values))
        session.expire_all()


def test_a_made_key_stays_the_same_key(store: SealedKeyStore) -> None:
    made = store.ensure("tool", "badge-ed25519")
    assert store.ensure("tool", "badge-ed25519") is made
    assert store.signer("tool", "badge-ed25519") is made
    assert len(rows()) == 1


def test_owners_and_purposes_have_keys_of_their_own(store: SealedKeyStore) -> None:
    made = {
        store.ensure(owner, purpose).thumbprint
        for owner in ("issuer:1", "issuer:2")
        for purpose in ("badge-ed25519", "badge-rs256")
    }
    assert len(made) == 4


def test_an_unknown_key_is_missing(store: SealedKeyStore) -> None:
    with pytest.raises(KeyMissing) as refused:
        store.signer("tool", "lti-rs256")
    assert refused.value.code == "key.missing"


@pytest.mark.parametrize("purpose", ["lti-rs256", "badge-rs256"])
def test_rsa_signs_as_rs256(store: SealedKeyStore, purpose: str) -> None:
    signer = store.ensure("tool", purpose)
    assert signer.algorithm == "RS256"
    public = RSAKey.import_key(dict(signer.public_jwk)).public_key
    assert public.key_size == 2048
    public.verify(signer.sign(b"bytes"), b"bytes", padding.PKCS1v15(), hashes.SHA256())


def test_ed25519_signs_as_ed25519(store: SealedKeyStore) -> None:
    signer = store.ensure("tool", "badge-ed25519")
    assert signer.algorithm == "Ed25519"
    public = OKPKey.import_key(dict(signer.public_jwk))
    assert public.thumbprint() == signer.thumbprint
    public.public_key.verify(signer.sign(b"bytes"), b"bytes")


def test_badges_are_signed_with_sealed_keys(store: SealedKeyStore) -> None:
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:issuer.example",
        "credentialSubject": {"id": "urn:uuid:8f8e2b8e-3f0c-4a37-9a59-6f0b4d3c8f11"},
    }
    signer = store.ensure("issuer:1", "badge-ed25519")
    signed = eddsa_rdfc_2022.sign(
        credential,
        signer=signer,
        verification_method="did:web:issuer.example#key",
        created=datetime(2026, 3, 12, tzinfo=UTC),
    )
    assert signed["proof"]["cryptosuite"] == "eddsa-rdfc-2022"


def test_no_private_half_shows(store: SealedKeyStore) -> None:
    signer = store.ensure("tool", "badge-ed25519")
    assert "d" not in signer.public_jwk
    assert "Private" not in repr(signer)
    published = store.public_keys("tool", "badge-ed25519")
    assert published == [{**signer.public_jwk, "kid": signer.thumbprint}]


@pytest.mark.parametrize(("purpose", "key_class"), [("lti-rs256", RSAKey), ("badge-ed25519", OKPKey)])
def test_a_jwt_names_its_key(
    store: SealedKeyStore, purpose: str, key_class: type[RSAKey] | type[OKPKey]
) -> None:
    signer = store.ensure("tool", purpose)
    token = store.sign_jwt("tool", purpose, {"sub": "client"})
    opened = jwt.decode(token, key_class.import_key(dict(signer.public_jwk)), algorithms=[signer.algorithm])
    assert opened.claims == {"sub": "client"}
    assert opened.header == {"alg": signer.algorithm, "kid": signer.thumbprint, "typ": "JWT"}


def another_process(clock: Any) -> SealedKeyStore:
    return SealedKeyStore(KEK, clock, uuid.uuid4)


def test_another_process_opens_the_same_key(store: SealedKeyStore, clock: Any) -> None:
    made = store.ensure("tool", "badge-ed25519")
    assert another_process(clock).signer("tool", "badge-ed25519").sign(b"x") == made.sign(b"x")


def test_a_key_is_parsed_once_a_process(
    store: SealedKeyStore, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.ensure("tool", "badge-ed25519")
    parsed = []
    real = keys.load_der_private_key
    monkeypatch.setattr(
        keys, "load_der_private_key", lambda *given, **named: parsed.append(1) or real(*given, **named)
    )
    other = another_process(clock)
    for _ in range(3):
        other.signer("tool", "badge-ed25519")
    assert len(parsed) == 1


def test_another_key_encryption_key_opens_nothing(store: SealedKeyStore, clock: Any) -> None:
    store.ensure("tool", "badge-ed25519")
    with pytest.raises(KeySealBroken) as refused:
        SealedKeyStore(bytes(32), clock, uuid.uuid4).signer("tool", "badge-ed25519")
    assert refused.value.code == "key.seal-broken"


@pytest.mark.parametrize(
    "changed",
    [
        {"owner": "thief"},
        {"purpose": "badge-rs256"},
        {"thumbprint": "A" * 43},
        {"public_jwk": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}},
        {"sealed_private": None},
        {"sealed_private": b"\x02" + bytes(100)},
        {"sealed_private": b"\x01" + bytes(100)},
        {"sealed_private": b"\x01"},
    ],
    ids=lambda changed: f"{next(iter(changed))}-{str(next(iter(changed.values())))[:12]}",
)
def test_a_changed_row_opens_nothing(store: SealedKeyStore, clock: Any, changed: dict[str, object]) -> None:
    store.ensure("tool", "badge-ed25519")
    assert another_process(clock).signer("tool", "badge-ed25519")
    change(**changed)
    owner, purpose = changed.get("owner", "tool"), changed.get("purpose", "badge-ed25519")
    with pytest.raises(KeySealBroken):
        another_process(clock).signer(str(owner), str(purpose))


def test_an_open_key_does_not_follow_its_row_to_another_owner(store: SealedKeyStore) -> None:
    store.ensure("tool", "badge-ed25519")
    change(owner="thief")
    with pytest.raises(KeySealBroken):
        store.signer("thief", "badge-ed25519")


def test_a_sealed_key_of_another_kind_is_refused(store: SealedKeyStore, clock: Any) -> None:
    made = store.ensure("tool", "badge-ed25519")
    der = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    associated = keys._associated("tool", "badge-ed25519", made.thumbprint)
    change(sealed_private=keys.SEAL_FORMAT + bytes(12) + store._cipher.encrypt(bytes(12), der, associated))
    with pytest.raises(KeySealBroken):
        another_process(clock).signer("tool", "badge-ed25519")


def test_the_private_half_is_not_stored_in_the_open(store: SealedKeyStore) -> None:
    signer = store.ensure("tool", "badge-ed25519")
    (row,) = rows()
    assert row.sealed_private is not None
    assert signer._key.private_bytes_raw() not in row.sealed_private


def test_rotation_takes_over_at_once_by_default(store: SealedKeyStore) -> None:
    old = store.ensure("tool", "badge-ed25519")
    new = store.rotate("tool", "badge-ed25519")
    assert store.signer("tool", "badge-ed25519").thumbprint == new != old.thumbprint


def test_rotation_publishes_before_it_signs(store: SealedKeyStore, clock: Any) -> None:
    old = store.ensure("tool", "badge-ed25519").thumbprint
    new = store.rotate("tool", "badge-ed25519", lead_time=timedelta(days=1))
    assert [key["kid"] for key in store.public_keys("tool", "badge-ed25519")] == [new, old]
    assert store.signer("tool", "badge-ed25519").thumbprint == old
    clock.forward(hours=23, minutes=59)
    assert store.ensure("tool", "badge-ed25519").thumbprint == old
    clock.forward(minutes=1)
    assert store.ensure("tool", "badge-ed25519").thumbprint == new
    assert [key["kid"] for key in store.public_keys("tool", "badge-ed25519")] == [new, old]


def test_a_first_rotation_does_not_leave_a_gap(store: SealedKeyStore) -> None:
    new = store.rotate("tool", "badge-ed25519", lead_time=timedelta(days=1))
    assert store.signer("tool", "badge-ed25519").thumbprint == new


def test_a_retired_key_verifies_but_never_signs(store: SealedKeyStore) -> None:
    old = store.ensure("tool", "badge-ed25519")
    other = store.ensure("other", "badge-ed25519")
    store.retire("tool", "badge-ed25519")
    with pytest.raises(KeyMissing):
        store.signer("tool", "badge-ed25519")
    assert [key["kid"] for key in store.public_keys("tool", "badge-ed25519")] == [old.thumbprint]
    assert {row.owner: row.sealed_private is None for row in rows()} == {"tool": True, "other": False}
    assert store.ensure("tool", "badge-ed25519").thumbprint != old.thumbprint
    assert store.signer("other", "badge-ed25519").thumbprint == other.thumbprint


def test_a_superseded_private_half_is_destroyed_when_its_time_is_over(
    store: SealedKeyStore, clock: Any
) -> None:
    old = store.ensure("tool", "badge-ed25519").thumbprint
    store.rotate("tool", "badge-ed25519", lead_time=timedelta(hours=1))

    def destroyed() -> set[str]:
        with transaction() as session:
            destroy_retired(session, clock())
        return {row.thumbprint for row in rows() if row.sealed_private is None}

    assert destroyed() == set()
    clock.forward(hours=1)
    assert destroyed() == {old}


def test_a_key_made_inside_a_use_case_shares_its_fate(store: SealedKeyStore) -> None:
    class Refused(Exception):
        pass

    def use_case() -> None:
        with transaction() as session:
            store.ensure("tool", "badge-ed25519")
            assert in_use_case(session)
            raise Refused

    with pytest.raises(Refused):
        use_case()
    assert rows() == []
    with pytest.raises(KeyMissing):
        store.signer("tool", "badge-ed25519")


def test_of_many_at_once_one_makes_the_key(
    bare_app: Flask, database_url: str, make_app: Callable[[str], Flask], clock: Any
) -> None:
    processes = [bare_app, make_app(database_url), make_app(database_url)]
    together = threading.Barrier(6)

    def ensure(app: Flask) -> str:
        with app.app_context():
            store = another_process(clock)
            together.wait(60)
            return store.ensure("tool", "badge-ed25519").thumbprint

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(ensure, processes * 2))
    assert len(made) == 1
    with bare_app.app_context():
        assert [row.thumbprint for row in rows()] == list(made)
