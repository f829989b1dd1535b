"""The forge makes what the platform would, and what it never would: one change at a time."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, KeySet
from support.lms_visitor import Browser, ThrowawayTool

from ltitool.sandbox.compact import decode_part, open_compact
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.forge import ABSENT, Forge, changed

LINK = "rl-keystone-3"


def opened(forge: Forge, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(forge.jwks())  # type: ignore[arg-type] # the library wants its own TypedDict
    return dict(jwt.decode(token, keys, ["RS256"]).claims)


def test_a_forged_launch_equals_the_platforms_own(forge: Forge, amara: Browser, tool: ThrowawayTool) -> None:
    asked = tool.asks(amara.login(LINK).fields)
    real = amara.authenticate(asked).fields
    made = forge.answer("amara-okafor", LINK, asked)
    assert opened(forge, made["id_token"]) == opened(forge, real["id_token"])
    assert made["state"] == real["state"]
    assert open_compact(made["id_token"]).header == open_compact(real["id_token"]).header


def test_a_forged_login_is_one_that_the_platform_accepts(
    forge: Forge, amara: Browser, tool: ThrowawayTool
) -> None:
    login = forge.login("amara-okafor", LINK)
    assert set(login) == set(amara.login(LINK).fields)
    assert "id_token" in amara.authenticate(tool.asks(login)).fields
    assert "iss" not in forge.login("amara-okafor", LINK, iss=ABSENT)


@pytest.mark.parametrize("person", ["ruth-delgado", "pat-lindqvist"])
def test_roles_follow_the_person(forge: Forge, browser: Browser, tool: ThrowawayTool, person: str) -> None:
    asked = tool.asks(browser.enter(person).login("rl-this-week-3").fields)
    real = opened(forge, browser.authenticate(asked).fields["id_token"])
    assert forge.claims(person, "rl-this-week-3", "nonce-1") == real


def test_a_forge_opens_on_a_platforms_data_folder(config: PlatformConfig, forge: Forge) -> None:
    assert Forge.open(config).jwks() == forge.jwks()


def test_a_claim_or_header_is_changed_or_taken_away(forge: Forge) -> None:
    claims = forge.claims("amara-okafor", LINK, "n")
    token = open_compact(forge.mint(changed(claims, exp=ABSENT, iss="x"), header={"kid": ABSENT, "jku": "y"}))
    assert token.header == {"alg": "RS256", "typ": "JWT", "jku": "y"}
    assert token.claims == {**{name: value for name, value in claims.items() if name != "exp"}, "iss": "x"}


def test_no_algorithm_means_no_signature(forge: Forge) -> None:
    for spelling in ("none", "None", "nOnE"):
        token = forge.mint({"sub": "x"}, header={"alg": spelling}, key=b"ignored")
        assert token.endswith(".")


def test_the_public_key_can_pose_as_a_secret(forge: Forge) -> None:
    token = forge.mint({"sub": "x"}, header={"alg": "HS256"}, key=forge.public_pem())
    signed, _, signature = token.rpartition(".")
    assert b"BEGIN PUBLIC KEY" in forge.public_pem()
    expected = hmac.new(forge.public_pem(), signed.encode(), hashlib.sha256).digest()
    assert decode_part(signature) == expected


def test_a_strangers_signature_wears_our_key_id(forge: Forge) -> None:
    token = forge.mint({"sub": "x"}, key=forge.stranger)
    assert open_compact(token).header["kid"] == forge.kid
    with pytest.raises(BadSignatureError):
        opened(forge, token)
    assert jws.deserialize_compact(token, forge.stranger, ["RS256"])


def test_other_algorithms_are_signed_truly(forge: Forge) -> None:
    own = forge.keys.signing[0]
    for algorithm in ("RS512", "PS256"):
        assert jws.deserialize_compact(forge.mint({}, header={"alg": algorithm}), own, [algorithm])
    curve = ECKey.generate_key("P-256")
    assert jws.deserialize_compact(forge.mint({}, header={"alg": "ES256"}, key=curve), curve, ["ES256"])


def test_tampering_leaves_the_signature_as_it_was(forge: Forge) -> None:
    token = forge.mint({"sub": "x", "nonce": "n"})
    other = forge.tamper(token, sub="y")
    assert open_compact(other).claims == {"sub": "y", "nonce": "n"}
    assert other.split(".")[2] == token.split(".")[2]
    with pytest.raises(BadSignatureError):
        opened(forge, other)


@pytest.mark.parametrize("header", ["not json", "[]", "{}", '{"alg": "XX1"}', '{"alg": 7}'])
def test_any_text_can_be_signed(forge: Forge, header: str) -> None:
    token = forge.mint_text(header, '{"aud": "a", "aud": "b"}')
    assert [decode_part(part).decode() for part in token.split(".")[:2]] == [
        header,
        '{"aud": "a", "aud": "b"}',
    ]
    assert len(decode_part(token.split(".")[2])) == 256


def test_a_doubled_name_reaches_the_reader(forge: Forge) -> None:
    header = json.dumps({"alg": "RS256", "kid": forge.kid})
    with pytest.raises(ValueError, match="twice"):
        open_compact(forge.mint_text(header, '{"aud": "a", "aud": "b"}'))
    assert repr(ABSENT) == "ABSENT"
