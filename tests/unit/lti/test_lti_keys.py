"""Keys of platforms: which are taken, how often they are asked for, what happens when they are not given."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import delete, select, update
from support.clock import MovableClock
from support.practice import Wire, down

from ltitool.errors import ToolError
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.errors import KeysUnavailable
from ltitool.lti.launch_errors import KeyUnknown
from ltitool.lti.models import Platform, PlatformKey
from ltitool.lti.platform_keys import PlatformKeys, is_usable, read_key_set
from ltitool.sandbox.keys import KeyRing


def public(key: RSAKey, **changes: Any) -> dict[str, Any]:
    return {"kty": "RSA", **key.as_dict(private=False), "kid": "one", **changes}


def key_set(*keys: dict[str, Any]) -> HttpAnswer:
    return HttpAnswer(200, {}, json.dumps({"keys": list(keys)}).encode())


@pytest.fixture
def good(lms_keys: KeyRing) -> dict[str, Any]:
    return public(lms_keys.signing[0])


def small_key() -> dict[str, Any]:
    """Give a key of 1,024 bits; its parts are what counts, and nobody signs with it."""
    return {"kty": "RSA", "kid": "one", "e": "AQAB", "n": "w" * 171}


UNUSABLE: tuple[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("oct", lambda _good: {**OctKey.generate_key(256).as_dict(), "kid": "one"}),
    ("EC", lambda _good: {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "one"}),
    ("private", lambda good: good | {"d": "AQAB"}),
    ("short", lambda _good: small_key()),
    ("e=1", lambda good: good | {"e": "AQ"}),
    ("for encryption", lambda good: good | {"use": "enc"}),
    ("for another algorithm", lambda good: good | {"alg": "RS512"}),
    ("for signing only", lambda good: good | {"key_ops": ["sign"]}),
    ("key_ops of another kind", lambda good: good | {"key_ops": "verify"}),
    ("no kid", lambda good: {name: good[name] for name in good if name != "kid"}),
    ("kid of another kind", lambda good: good | {"kid": 7}),
    ("no modulus", lambda good: good | {"n": None}),
)


@pytest.mark.parametrize(("case", "change"), UNUSABLE, ids=[case[0] for case in UNUSABLE])
def test_n31_a_key_that_may_not_verify_is_skipped(
    good: dict[str, Any], case: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    del case
    assert is_usable(good)
    assert is_usable(good | {"alg": "RS256", "use": "sig", "key_ops": ["verify"]})
    assert not is_usable(change(good))
    both = key_set(change(good), good | {"kid": "two"})
    assert list(read_key_set(both.body)) == ["two"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<h1>down</h1>", b"[]", b"{}", b'{"keys": {}}', b'{"keys": []}', b'{"keys": [5]}'],
)
def test_n30_what_is_no_key_set_is_not_taken(body: bytes) -> None:
    with pytest.raises(KeysUnavailable):
        read_key_set(body)


def test_n32_a_key_that_names_neither_algorithm_nor_use_is_taken(good: dict[str, Any]) -> None:
    bare = {name: good[name] for name in ("kty", "n", "e", "kid")}
    assert list(read_key_set(key_set(bare).body)) == ["one"]


def test_a_set_of_thousands_is_not_taken(good: dict[str, Any]) -> None:
    assert read_key_set(key_set(*[good] * 100).body)
    with pytest.raises(KeysUnavailable):
        read_key_set(key_set(*[good] * 101).body)


@pytest.fixture
def keys(wire: Wire, clock: MovableClock, good: dict[str, Any]) -> PlatformKeys:
    wire.overrides["/lti/jwks"] = key_set(good)
    return PlatformKeys(wire, clock)


def refusal(keys: PlatformKeys, platform: Platform, kid: str) -> type[ToolError] | None:
    try:
        keys.find(platform, kid)
    except ToolError as error:
        return type(error)
    return None


def test_a_known_key_is_never_asked_for_again(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock
) -> None:
    for _ in range(3):
        keys.find(platform, "one")
    PlatformKeys(wire, clock).find(platform, "one")  # another process: the database knows
    clock.forward(minutes=6)
    keys.find(platform, "one")
    assert wire.count("jwks") == 1


def test_an_unknown_key_id_asks_once_a_minute(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock
) -> None:
    keys.find(platform, "one")
    for number in range(20):
        assert refusal(keys, platform, f"unknown-{number}") is KeyUnknown
    assert wire.count("jwks") == 2
    assert refusal(PlatformKeys(wire, clock), platform, "unknown") is KeyUnknown
    assert wire.count("jwks") == 2
    clock.forward(seconds=60)
    assert refusal(keys, platform, "unknown") is KeyUnknown
    assert wire.count("jwks") == 3


def test_p15_a_rotated_key_is_found_at_once(
    keys: PlatformKeys, platform: Platform, wire: Wire, good: dict[str, Any]
) -> None:
    keys.find(platform, "one")
    wire.overrides["/lti/jwks"] = key_set(good | {"kid": "two"})
    keys.find(platform, "two")
    assert wire.count("jwks") == 2
    stored = read_session().scalars(select(PlatformKey.kid)).all()
    assert stored == ["two"]  # a key that the platform withdrew is not trusted any longer


@pytest.mark.parametrize("answer", [down(), HttpAnswer(500, {}, b""), HttpAnswer(200, {}, b"<html>")])
def test_n30_an_error_is_never_cached_and_the_old_keys_stay(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock, answer: Any
) -> None:
    keys.find(platform, "one")
    wire.overrides["/lti/jwks"] = answer
    assert refusal(keys, platform, "two") is KeysUnavailable
    assert refusal(keys, platform, "one") is None
    assert refusal(PlatformKeys(wire, clock), platform, "one") is None


def test_without_any_key_the_answer_is_later(keys: PlatformKeys, platform: Platform, wire: Wire) -> None:
    good, wire.overrides["/lti/jwks"] = wire.overrides["/lti/jwks"], down()
    assert refusal(keys, platform, "one") is KeysUnavailable
    wire.overrides["/lti/jwks"] = good
    assert refusal(keys, platform, "one") is KeysUnavailable
    assert wire.count("jwks") == 1


def test_old_keys_are_looked_up_again_and_kept_if_nobody_answers(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock
) -> None:
    keys.find(platform, "one")
    clock.forward(hours=25)
    good, wire.overrides["/lti/jwks"] = wire.overrides["/lti/jwks"], down()
    assert refusal(keys, platform, "one") is None
    assert wire.count("jwks") == 2
    wire.overrides["/lti/jwks"] = good
    clock.forward(minutes=2)
    assert refusal(keys, platform, "one") is None
    assert refusal(keys, platform, "one") is None
    assert wire.count("jwks") == 3


def test_a_key_that_the_lms_took_back_verifies_no_more(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock, good: dict[str, Any]
) -> None:
    keys.find(platform, "one")
    clock.forward(hours=25)
    assert refusal(keys, platform, "one") is None  # read anew, it is still listed
    wire.overrides["/lti/jwks"] = key_set(good | {"kid": "two"})
    clock.forward(hours=25)
    other = PlatformKeys(wire, clock)
    assert refusal(keys, platform, "one") is KeyUnknown
    assert refusal(keys, platform, "one") is KeyUnknown
    assert refusal(other, platform, "one") is KeyUnknown
    assert refusal(other, platform, "two") is None


def test_a_key_that_another_process_saw_taken_back_verifies_no_more(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock, good: dict[str, Any]
) -> None:
    """It asks while we wait for our turn: too late to ask ourselves, and our memory is of yesterday."""
    keys.find(platform, "one")
    clock.forward(hours=25)
    may_fetch = keys._may_fetch

    def after_the_other(platform_id: uuid.UUID) -> bool:
        other = PlatformKeys(wire, clock)
        assert refusal(other, platform, "two") is None
        return may_fetch(platform_id)

    wire.overrides["/lti/jwks"] = key_set(good | {"kid": "two"})
    keys._may_fetch = after_the_other  # type: ignore[method-assign] # the moment between look and question
    assert refusal(keys, platform, "one") is KeyUnknown
    assert wire.count("jwks") == 2


def test_a_new_platform_is_asked_once_for_key_ids_that_nobody_lists(
    keys: PlatformKeys, platform: Platform, wire: Wire
) -> None:
    for number in range(20):
        assert refusal(keys, platform, f"unknown-{number}") is KeyUnknown
    assert wire.count("jwks") == 1
    assert refusal(keys, platform, "one") is None  # it came with that one answer
    assert wire.count("jwks") == 1


@pytest.mark.parametrize("moves", [True, False])
def test_keys_of_an_address_that_was_replaced_while_we_asked_are_not_kept(
    keys: PlatformKeys, platform: Platform, wire: Wire, clock: MovableClock, *, moves: bool
) -> None:
    request, moved = keys._request, "http://127.0.0.1:8001/moved/jwks"

    def request_and_move(url: str) -> bytes:
        body = request(url)
        with transaction() as session:  # an operator takes over what the LMS proposed, meanwhile
            if moves:
                session.execute(update(Platform).values(jwks_url=moved, jwks_refetched_at=None))
        return body

    keys._request = request_and_move  # type: ignore[method-assign] # the moment after the answer
    assert refusal(keys, platform, "one") is (KeysUnavailable if moves else None)
    kept = read_session().scalars(select(PlatformKey.kid)).all()
    read_session().commit()
    assert kept == ([] if moves else ["one"])
    now = read_session().scalars(select(Platform).execution_options(populate_existing=True)).one()
    read_session().commit()
    wire.overrides["/moved/jwks"] = key_set(small_key())  # where the key is not listed
    found = refusal(PlatformKeys(wire, clock), now, "one")
    assert found is (KeysUnavailable if moves else None)


def test_p15_many_at_once_ask_once(tool: Flask, keys: PlatformKeys, platform: Platform, wire: Wire) -> None:
    together, found = Barrier(12), []

    def find() -> None:
        with tool.app_context():
            mine = read_session().scalars(select(Platform).where(Platform.id == platform.id)).one()
            read_session().commit()
            together.wait(timeout=20)
            found.append(keys.find(mine, "one"))

    threads = [Thread(target=find) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == 12
    assert wire.count("jwks") == 1


def test_keys_of_a_former_address_count_no_more(
    keys: PlatformKeys, platform: Platform, wire: Wire, strange_key: RSAKey
) -> None:
    """An operator took over another address of the key set, in this process or in another one."""
    before = keys.find(platform, "one")
    wire.overrides["/moved/jwks"] = key_set(public(strange_key))
    with transaction() as session:
        session.execute(delete(PlatformKey))
        moved = session.get_one(Platform, platform.id)
        moved.jwks_url = "http://127.0.0.1:8001/moved/jwks"
    with pytest.raises(KeyUnknown):
        keys.known(moved, "one")
    assert keys.find(moved, "one").thumbprint() == strange_key.thumbprint() != before.thumbprint()


def test_one_key_id_in_two_registrations_is_two_keys(
    keys: PlatformKeys,
    platform: Platform,
    wire: Wire,
    strange_key: RSAKey,
    second_platform: Callable[..., Platform],
) -> None:
    other = second_platform(client_id="other", jwks_url="http://127.0.0.1:8001/other/jwks")
    wire.overrides["/other/jwks"] = key_set(public(strange_key))
    ours, theirs = keys.find(platform, "one"), keys.find(other, "one")
    assert ours.thumbprint() != theirs.thumbprint()
    assert replace(wire).count("jwks") == 2
