"""Awards: reserved once, signed alike however often, released only after an independent check."""

import copy
import json
import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask
from sqlalchemy import func, select
from support.clock import MovableClock
from support.holders import award_to, confirm, finish, reload, reserve, scope_of
from support.world import World

from badges.did import published_jwk
from badges.keys import InMemoryRS256, encode_multikey
from badges.proofs import vc_jwt
from ltitool.credentials import awarding
from ltitool.credentials.awarding import issue_award, issue_job, sweep_reserved
from ltitool.credentials.errors import IdentityIncomplete, NotCompleteYet, SelfCheckFailed
from ltitool.credentials.identity import HolderIdentity, confirm_identity
from ltitool.credentials.models import Award
from ltitool.credentials.selfcheck import check_signed
from ltitool.credentials.signing import Signed, sign_award
from ltitool.foundation.db import db, read_session, transaction
from ltitool.foundation.jobs import Work
from ltitool.foundation.models import AuditEntry, Job
from ltitool.foundation.services import EXTENSION, Services

OF_CREDENTIALS = (
    select(AuditEntry.action).where(AuditEntry.action.like("credential.%")).order_by(AuditEntry.sequence)
)


@pytest.fixture
def found(app: Flask) -> Services:
    services = app.extensions[EXTENSION]
    assert isinstance(services, Services)
    return services


@pytest.fixture
def reserved(app: Flask, world: World, clock: MovableClock) -> Award:
    scope = finish(world, world.amara, clock)
    confirm(scope, world.amara, clock)
    return reserve(app, scope, clock)


def test_a_finished_participant_gets_a_badge_in_every_form(
    app: Flask, world: World, clock: MovableClock
) -> None:
    award = award_to(app, world, world.amara, clock)
    assert award.state == "issued"
    assert award.signed is not None
    assert award.signed["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    assert award.jwt is not None
    assert award.jwt.count(".") == 2
    assert award.image_png is not None
    assert award.image_png.startswith(b"\x89PNG")
    assert award.image_svg is not None
    assert b"<openbadges:credential>" in award.image_svg


def test_nothing_is_awarded_while_something_is_missing(app: Flask, world: World, clock: MovableClock) -> None:
    scope = scope_of(world.amara)
    confirm(scope, world.amara, clock)
    with pytest.raises(NotCompleteYet) as refused:
        reserve(app, scope, clock)
    assert refused.value.code == "credential.not-complete"
    assert read_session().scalar(select(func.count()).select_from(Award)) == 0


def test_nothing_is_awarded_without_a_confirmed_name(app: Flask, world: World, clock: MovableClock) -> None:
    scope = finish(world, world.amara, clock)
    with pytest.raises(NotCompleteYet):
        reserve(app, scope, clock)
    confirm(scope, world.amara, clock)
    assert reserve(app, scope, clock).state == "reserved"


def test_an_empty_name_is_refused(world: World, clock: MovableClock) -> None:
    scope = finish(world, world.amara, clock)
    with pytest.raises(IdentityIncomplete) as refused, transaction() as session:
        confirm_identity(session, scope, HolderIdentity(""), at=clock())
    assert set(refused.value.faults) == {"full_name"}


def test_two_at_once_make_one_award(app: Flask, world: World, clock: MovableClock) -> None:
    scope = finish(world, world.amara, clock)
    confirm(scope, world.amara, clock)
    db.session.remove()
    gate, got = threading.Barrier(2), list[uuid.UUID]()

    def ask() -> None:
        with app.app_context():
            gate.wait()
            got.append(reserve(app, scope, clock).id)
            db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 2
    assert len(set(got)) == 1
    assert read_session().scalar(select(func.count()).select_from(Award)) == 1


def test_the_unique_key_stands_behind_the_question(reserved: Award) -> None:
    columns = [column.name for column in Award.__table__.columns]
    values = {name: getattr(reserved, name) for name in columns}
    twin = {**values, "id": uuid.uuid4(), "public_id": "another", "status_index": reserved.status_index + 1}
    with pytest.raises(Exception, match="UNIQUE"), transaction() as session:
        session.add(Award(**twin))


def test_a_crash_before_storing_repeats_itself_byte_for_byte(
    reserved: Award, found: Services, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[Signed] = []

    def recording(*args: Any) -> Signed:
        signed.append(sign_award(*args))
        return signed[-1]

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(awarding, "sign_award", recording)
    with monkeypatch.context() as broken:
        broken.setattr(awarding, "_release", crash)
        with pytest.raises(KeyboardInterrupt):
            issue_award(reserved.id, found)
    assert reload(reserved).state == "reserved"
    clock.forward(hours=5)
    issue_award(reserved.id, found)
    assert reload(reserved).state == "issued"
    assert signed[0] == signed[1]
    assert reload(reserved).image_png == signed[0].png


def test_issuing_again_changes_nothing(
    app: Flask, world: World, clock: MovableClock, found: Services
) -> None:
    award = award_to(app, world, world.amara, clock)
    before = (award.jwt, award.issued_at)
    clock.forward(minutes=1)
    issue_award(award.id, found)
    assert (reload(award).jwt, reload(award).issued_at) == before


def _changed_name(signed: Signed) -> Signed:
    document = copy.deepcopy(dict(signed.document))
    document["credentialSubject"]["achievement"]["name"] += "!"
    return replace(signed, document=document)


def _changed_proof(signed: Signed) -> Signed:
    document = copy.deepcopy(dict(signed.document))
    value = document["proof"]["proofValue"]
    document["proof"]["proofValue"] = value[:-1] + ("1" if value[-1] != "1" else "2")
    return replace(signed, document=document)


def _changed_token(signed: Signed) -> Signed:
    return replace(signed, jwt=signed.jwt[:-4] + ("AAAA" if not signed.jwt.endswith("AAAA") else "BBBB"))


def _foreign_picture(signed: Signed) -> Signed:
    return replace(signed, png=signed.png.replace(b"urn:uuid:", b"urn:uuix:"))


def _other_picture(signed: Signed) -> Signed:
    return replace(signed, svg=signed.svg.replace(b'"Completed"', b'"Failed"', 1))


def _another_key(signed: Signed) -> Signed:
    did = next(address for address in signed.documents if address.endswith("/did.json"))
    document = json.loads(json.dumps(signed.documents[did]))
    document["assertionMethod"] = []
    return replace(signed, documents={**signed.documents, did: document})


def _with_did_key(signed: Signed, **changes: Any) -> Signed:
    did = next(address for address in signed.documents if address.endswith("/did.json"))
    document = json.loads(json.dumps(signed.documents[did]))
    wanted = signed.document["proof"]["verificationMethod"]
    method = next(one for one in document["verificationMethod"] if one["id"] == wanted)
    method.update(changes)
    return replace(signed, documents={**signed.documents, did: document})


def _ended_key(signed: Signed) -> Signed:
    return _with_did_key(signed, revoked="2026-01-01T00:00:00Z")


def _key_of_another_kind(signed: Signed) -> Signed:
    other = encode_multikey(ec.generate_private_key(ec.SECP256R1()).public_key())
    return _with_did_key(signed, publicKeyMultibase=other)


def _token_of_another_document(signed: Signed) -> Signed:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kid = next(address for address in signed.documents if "/keys/" in address)
    document = {**signed.document, "name": "Another"}
    jwk = published_jwk(key.public_key(), kid=kid)
    token = vc_jwt.sign(document, signer=InMemoryRS256(key), kid=kid)
    return replace(signed, jwt=token, documents={**signed.documents, kid: jwk})


def _token_key_elsewhere(signed: Signed) -> Signed:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kid = "https://elsewhere.example/keys/1"
    unsigned = {name: value for name, value in signed.document.items() if name != "proof"}
    token = vc_jwt.sign(unsigned, signer=InMemoryRS256(key), kid=kid)
    jwk = published_jwk(key.public_key(), kid=kid)
    return replace(signed, jwt=token, documents={**signed.documents, kid: jwk})


MUTATIONS = [
    _ended_key,
    _key_of_another_kind,
    _token_of_another_document,
    _token_key_elsewhere,
    _changed_name,
    _changed_proof,
    _changed_token,
    _foreign_picture,
    _other_picture,
    _another_key,
]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda one: one.__name__.strip("_"))
def test_what_fails_the_self_check_is_not_released(
    reserved: Award, found: Services, monkeypatch: pytest.MonkeyPatch, mutate: Any
) -> None:
    sound = sign_award(read_session(), reserved, found)
    check_signed(sound, unsigned=reserved.unsigned, now=found.clock())
    monkeypatch.setattr(awarding, "sign_award", lambda *_: mutate(sound))
    with pytest.raises(SelfCheckFailed) as refused:
        issue_award(reserved.id, found)
    assert refused.value.code == "credential.self-check-failed"
    held = reload(reserved)
    assert (held.state, held.signed, held.image_png) == ("reserved", None, None)
    assert held.error
    actions = list(read_session().scalars(OF_CREDENTIALS))
    assert actions == ["credential.held-back"]


def test_a_held_back_badge_is_released_once_it_passes(
    reserved: Award, found: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = sign_award(read_session(), reserved, found)
    with monkeypatch.context() as broken:
        broken.setattr(awarding, "sign_award", lambda *_: _changed_name(sound))
        for _ in range(2):
            with pytest.raises(SelfCheckFailed):
                issue_award(reserved.id, found)
    issue_award(reserved.id, found)
    assert (reload(reserved).state, reload(reserved).error) == ("issued", None)
    actions = list(read_session().scalars(OF_CREDENTIALS))
    assert actions == ["credential.held-back", "credential.issued"]


def test_the_job_and_its_sweeper_finish_what_was_reserved(reserved: Award, clock: MovableClock) -> None:
    job = read_session().scalars(select(Job).where(Job.name == "awards.issue")).one()
    assert job.subject == str(reserved.id)
    assert sweep_reserved(read_session(), clock()) == []
    clock.forward(minutes=1)
    assert sweep_reserved(read_session(), clock()) == [str(reserved.id)]
    assert issue_job(Work(job.name, job.subject, 1, 1, lambda: None)) is None
    assert reload(reserved).state == "issued"
    assert sweep_reserved(read_session(), clock()) == []
