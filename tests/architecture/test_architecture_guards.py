"""Walk every address of the application: who guards it, and what a foreign request gets there.

The rules read the application's own map of addresses, so a page that is added tomorrow is walked too.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.visitor import Visitor
from support.world import World
from werkzeug.routing import Rule

from ltitool.web.blueprints import VISIT_PREFIX, Guard, guarded_blueprint

VisitAs = Callable[..., Visitor]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = {"Accept": "application/json"}
ROLE_OF_GUARD = {
    Guard.LAUNCHED: "participant",
    Guard.PARTICIPANT: "participant",
    Guard.COACH: "coach",
    Guard.DIRECTOR: "director",
    Guard.OPERATOR: "operator",
}

# A page that anybody may open is a decision: it is written down here, with its reason.
PUBLIC = {
    "site.health": "says whether the tool runs, and nothing else",
    "site.open_tab": "trades a short-lived ticket; refuses a foreign Origin itself",
    "static": "built assets",
    "welcome.page": "the first page; shows nothing of anybody",
    "invitations.show": "the bearer of a single-use link, who has no session yet",
    "invitations.accept": "uses that link up; refuses a foreign Origin itself",
    "lti.login": "an LMS starts a sign-in here, before anybody is known",
    "lti.check_cookies": "whether the frame's cookie came back",
    "lti.take_launch": "the signed launch itself",
    "lti.jwks": "our public keys, for platforms",
    "notices.take": "signed notices from an LMS's server; each one is proven like a launch",
    "registration.show": "an LMS's administrator with an invitation, who has no session",
    "registration.take": "uses that invitation up; refuses a foreign Origin itself",
    "registration.canvas": "our addresses in Canvas's form; nothing of anybody",
    "verify.page": "anybody may check a badge",
    "verify.check": "as above; nothing is kept, and a network's checks are counted",
    "badges.shown": "a badge page, if its holder shows it",
    "badges.shown_file": "the signed files of such a badge",
    "badges.picture": "its picture",
    "badges.did": "the issuer's DID document, for verifiers",
    "badges.key": "the issuer's keys, for verifiers",
    "badges.status_list": "the signed status list: bits, no names",
    "badges.achievement": "what a badge stands for",
    "badges.achievement_image": "its picture, without anybody's name",
}


@dataclass(frozen=True)
class Door:
    """One way into the application: an address and a method."""

    rule: Rule
    method: str
    guard: Guard

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    def path_below(self) -> str:
        """Give an address of this kind, below /l/<launch>/, that stands for nothing that exists."""
        made = {name: _made(self.rule, name) for name in self.rule.arguments if name != "launch"}
        _, path = self.rule.build({"launch": "here", **made}) or ("", "")
        return path.removeprefix("/l/here/")


def _made(rule: Rule, name: str) -> object:
    converter = type(rule._converters[name]).__name__
    made = {"UUIDConverter": uuid.UUID(int=7), "Number": 1, "PathConverter": "a/b"}
    return made.get(converter, "anything")


def unguarded(app: Flask) -> list[str]:
    """Give the blueprints that do not say who may come in."""
    return [
        name for name, one in app.blueprints.items() if not isinstance(getattr(one, "guard", None), Guard)
    ]


def guard_of(app: Flask, rule: Rule) -> Guard:
    """Give the guard in front of an address; what belongs to no blueprint is public."""
    owner = app.blueprints.get(rule.endpoint.rpartition(".")[0])
    found = getattr(owner, "guard", None)
    return found if isinstance(found, Guard) else Guard.PUBLIC


def misplaced(app: Flask) -> list[str]:
    """Give the addresses of a visit without a guard, and the guarded ones outside a visit."""
    return [
        f"{rule.endpoint} at {rule.rule} is {guard_of(app, rule).value}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(VISIT_PREFIX) == (guard_of(app, rule) is Guard.PUBLIC)
    ]


def public_endpoints(app: Flask) -> set[str]:
    """Give what anybody may open."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if guard_of(app, rule) is Guard.PUBLIC}


def doors(app: Flask, methods: frozenset[str]) -> Iterator[Door]:
    """Give the guarded doors that take one of these methods."""
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule) is not Guard.PUBLIC:
            for method in sorted((rule.methods or set()) & methods):
                yield Door(rule, method, guard_of(app, rule))


def test_every_blueprint_says_who_may_come_in(app: Flask) -> None:
    assert unguarded(app) == []


def test_pages_of_a_visit_are_guarded_and_no_others(app: Flask) -> None:
    assert misplaced(app) == []


def test_a_public_page_is_a_decision(app: Flask) -> None:
    assert public_endpoints(app) == set(PUBLIC)


def test_a_blueprint_without_a_guard_is_found(app: Flask) -> None:
    from flask import Blueprint  # noqa: PLC0415 - no other test makes one without a guard

    app.register_blueprint(Blueprint("careless", __name__))
    assert unguarded(app) == ["careless"]


def test_a_careless_address_is_found(app: Flask) -> None:
    before = (set(misplaced(app)), public_endpoints(app))
    careless = guarded_blueprint("careless", __name__, guard=Guard.PUBLIC)
    careless.add_url_rule("/l/<launch>/careless", "page", lambda launch: launch)
    app.register_blueprint(careless)
    assert set(misplaced(app)) - before[0] == {"careless.page at /l/<launch>/careless is public"}
    assert public_endpoints(app) - before[1] == {"careless.page"}


def test_nobody_comes_in_without_a_session(app: Flask, client: FlaskClient) -> None:
    let_in = []
    for door in doors(app, UNSAFE | {"GET"}):
        answer = client.open(f"/l/nobody/{door.path_below()}", method=door.method, headers=JSON)
        if (answer.status_code, answer.json and answer.json["code"]) != (401, "session.missing"):
            let_in.append(f"{door}: {answer.status_code}")
    assert let_in == []


def test_a_guard_keeps_out_other_roles(app: Flask, world: World, visit_as: VisitAs) -> None:
    visitor = visit_as(world.amara)
    let_in = []
    for door in doors(app, frozenset({"GET"})):
        if door.guard is Guard.LAUNCHED:
            continue
        answer = visitor.get(door.path_below(), headers=JSON)
        if (answer.status_code, answer.json and answer.json["code"]) != (403, "grant.missing"):
            let_in.append(f"{door}: {answer.status_code}")
    assert let_in == []


@pytest.mark.parametrize("mutation", ["foreign origin", "no origin", "wrong token", "no token"])
def test_only_our_own_pages_change_anything(
    app: Flask, world: World, visit_as: VisitAs, mutation: str
) -> None:
    visitors = {guard: visit_as(world.amara, role) for guard, role in ROLE_OF_GUARD.items()}
    assert _accepting(app, visitors, mutation) == []


def test_forms_that_anybody_may_send_are_found(
    app: Flask, world: World, visit_as: VisitAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation of the test above: without the check, every one of them is found."""
    monkeypatch.setattr("ltitool.web.blueprints.check_request_is_ours", lambda _visit: None)
    visitors = {guard: visit_as(world.amara, role) for guard, role in ROLE_OF_GUARD.items()}
    assert _accepting(app, visitors, "foreign origin") == [str(door) for door in doors(app, UNSAFE)]


def test_our_own_pages_are_not_taken_for_foreign(app: Flask, world: World, visit_as: VisitAs) -> None:
    """The control of the tests above: unchanged, none of these requests is called foreign."""
    visitors = {guard: visit_as(world.amara, role) for guard, role in ROLE_OF_GUARD.items()}
    assert _accepting(app, visitors, "nothing") == [str(door) for door in doors(app, UNSAFE)]


def _accepting(app: Flask, visitors: dict[Guard, Visitor], mutation: str) -> list[str]:
    """Give the doors that do not call a changed request foreign."""
    found = doors(app, UNSAFE)
    return [str(door) for door in found if _send(visitors[door.guard], door, mutation) != "request.foreign"]


def _send(visitor: Visitor, door: Door, mutation: str) -> str:
    """Send an empty form through a door and give the code of the refusal, or the status."""
    headers = {**JSON, "Origin": visitor.origin}
    fields = {"csrf_token": visitor.csrf_token}
    match mutation:
        case "foreign origin":
            headers["Origin"] = "https://evil.example"
        case "no origin":
            del headers["Origin"]
        case "wrong token":
            fields["csrf_token"] = "x" * len(visitor.csrf_token)
        case "no token":
            del fields["csrf_token"]
    answer = visitor.client.open(
        visitor.path(door.path_below()),
        method=door.method,
        base_url=visitor.origin,
        headers=headers,
        data=fields,
    )
    refusal = answer.get_json(silent=True)
    return str(refusal.get("code")) if isinstance(refusal, dict) else str(answer.status_code)
