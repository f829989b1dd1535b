"""Small readers that refuse: strict JSON, addresses, roles, states, what a claim may be."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from support.practice import ACTIVITY, PERSON

from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import below, is_at, origin_of, query_of, with_query
from ltitool.lti.claims import ACCOUNTED, Gradebook, LaunchClaims
from ltitool.lti.launch_errors import StateUnknown
from ltitool.lti.roles import LtiRole, higher, is_test_user, read_role
from ltitool.lti.strictjson import MAX_DEPTH, NotStrictJson, read_object, read_value
from ltitool.lti.tickets import State, Tickets
from ltitool.sandbox.forge import Forge


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e400}',
        '{"a": 123456789012345678901}',
        '{"a": 0.' + "1" * 60 + "}",
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        '{"a": "tab\t"}',
        '{"a": 1} x',
        "[1]",
        "",
        "\ufeff{}",
        '{"a": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}",
    ],
)
def test_json_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(NotStrictJson):
        read_object(text.encode())


def test_deep_nesting_is_refused_however_deep() -> None:
    with pytest.raises(NotStrictJson, match="deep"):
        read_object(b"[" * 60_000)


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    with pytest.raises(NotStrictJson):
        read_object(b'{"a": "\xff"}')


@pytest.mark.parametrize(
    "value", [{}, {"a": "[[[[{{\\"}, {"a": [1, 2.5, None, True, "é 😀"]}, {"a": {"b": [{}]}}]
)
def test_json_that_means_one_thing_is_read(value: dict[str, Any]) -> None:
    assert read_object(json.dumps(value).encode()) == value
    assert read_value(json.dumps([value]).encode()) == [value]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://lms.example/a?b#c", "https://lms.example"),
        ("https://LMS.example:443/", "https://lms.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/x", "http://[::1]:8000"),
        ("https://user@lms.example/", None),
        ("https://lms.example\\@evil.example/", None),
        ("https://lms.example/\n", None),
        ("https://lms.example:port/", None),
        ("javascript:alert(1)", None),
        ("//lms.example/", None),
        ("https:///x", None),
        ("", None),
    ],
)
def test_origins(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin
    assert is_at(url, ["https://elsewhere.example"]) is False


def test_addresses_keep_their_query() -> None:
    url = "https://lms.example/lineitem?type_id=1"
    assert below(url, "scores") == "https://lms.example/lineitem/scores?type_id=1"
    assert with_query(url, [("user_id", "a&b")]) == url + "&user_id=a%26b"
    assert query_of(url) == {"type_id": "1"}


MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([f"{MEMBERSHIP}#Learner"], LtiRole.LEARNER),
        ([f"{MEMBERSHIP}#Instructor"], LtiRole.INSTRUCTOR),
        ([f"{MEMBERSHIP}#Administrator"], LtiRole.ADMINISTRATOR),
        ([f"{MEMBERSHIP}/Instructor#TeachingAssistant"], LtiRole.INSTRUCTOR),
        ([f"{MEMBERSHIP}/Learner#Instructor"], LtiRole.LEARNER),
        (["Instructor"], LtiRole.INSTRUCTOR),
        (["Learner"], LtiRole.LEARNER),
        (["urn:lti:role:ims/lis/Instructor"], LtiRole.INSTRUCTOR),
        (["urn:lti:role:ims/lis/TeachingAssistant/Grader"], LtiRole.INSTRUCTOR),
        (["urn:lti:instrole:ims/lis/Administrator"], LtiRole.ADMINISTRATOR),
        (["urn:lti:sysrole:ims/lis/SysAdmin"], LtiRole.ADMINISTRATOR),
        ([f"{INSTITUTION}Faculty"], LtiRole.INSTRUCTOR),
        (["http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"], LtiRole.ADMINISTRATOR),
        ([f"{INSTITUTION}Administrator", f"{MEMBERSHIP}#Learner"], LtiRole.LEARNER),
        ([f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"], LtiRole.INSTRUCTOR),
        (["https://vendor.example/roles#Instructor"], LtiRole.LEARNER),
        (["director"], LtiRole.LEARNER),
        ([""], LtiRole.LEARNER),
        ([], LtiRole.LEARNER),
    ],
)
def test_roles(roles: list[str], role: LtiRole) -> None:
    assert read_role(roles) is role


def test_the_higher_role_stays() -> None:
    assert higher(LtiRole.LEARNER, LtiRole.INSTRUCTOR) is LtiRole.INSTRUCTOR
    assert higher(LtiRole.ADMINISTRATOR, LtiRole.INSTRUCTOR) is LtiRole.ADMINISTRATOR


def test_a_preview_person_is_known() -> None:
    assert is_test_user(["http://purl.imsglobal.org/vocab/lti/system/person#TestUser"])
    assert not is_test_user([f"{MEMBERSHIP}#Learner"])


def test_a_state_is_read_as_it_was_written_and_by_its_own_key_alone() -> None:
    state = State(uuid.uuid4(), "nonce", None, "short", "hash", datetime(2026, 1, 1, tzinfo=UTC))
    text = Tickets(b"a" * 32).write_state(state)
    assert Tickets(b"a" * 32).read_state(text) == state
    with pytest.raises(StateUnknown):
        Tickets(b"b" * 32).read_state(text)
    with pytest.raises(StateUnknown):
        Tickets(b"a" * 32).read_state(Tickets(b"a" * 32).write_login({}, state.expires_at))


def test_nonces_are_recognised_by_their_maker() -> None:
    nonce = Tickets(b"a" * 32).new_nonce("x")
    assert Tickets(b"a" * 32).is_our_nonce(nonce)
    assert not Tickets(b"b" * 32).is_our_nonce(nonce)


def test_launch_claims_come_from_the_verifier_alone() -> None:
    fields = dict.fromkeys(LaunchClaims.__dataclass_fields__)
    with pytest.raises(TypeError, match="verifier"):
        LaunchClaims(**fields)
    assert replace(Gradebook((), None, None), scopes=("a",)).scopes == ("a",)


MOODLE_SENDS = (
    "nonce iat exp iss aud sub given_name family_name name email",
    "deployment_id target_link_uri lis roles context message_type resource_link ext",
    "launch_presentation tool_platform version custom",
)


def test_every_claim_that_platforms_send_is_accounted_for(forge: Forge) -> None:
    moodle = {
        *MOODLE_SENDS[0].split(),
        *(words.LTI + name for row in MOODLE_SENDS[1:] for name in row.split()),
    }
    moodle |= {words.AGS, words.NRPS, words.BASIC_OUTCOME}
    assert moodle <= set(ACCOUNTED)
    assert set(forge.claims(PERSON, ACTIVITY, "n")) <= set(ACCOUNTED)
    assert all(
        why.split(":")[0].split()[0] in {"checked", "kept", "kept;", "ignored"} for why in ACCOUNTED.values()
    )
