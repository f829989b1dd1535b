"""What the walk of the wrong person asks for: the ids of its victim, and what each form holds.

Addresses are read from the application. What a parameter stands for, and what a form holds, is said here;
an address with a parameter or a form that nobody has told about makes the walk fail.
"""

import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from support.full_house import SENT_SHEET, TEAM_SHEET, Work, keystone_words, revisions, whole_answers
from werkzeug.routing import Rule

from ltitool.evidence.questions import sheet_of
from ltitool.programs import DEFAULT_PROGRAM, ActivityKind
from ltitool.web.blueprints import Guard

Value = Any
Form = Mapping[str, Value]


@dataclass(frozen=True)
class Target:
    """What the walk aims at: one person's work, and what belongs to their organisation."""

    work: Work
    offering_id: uuid.UUID
    cohort_id: uuid.UUID
    context_id: uuid.UUID
    platform_id: uuid.UUID
    deployment_id: uuid.UUID
    copy_id: uuid.UUID  # of a course that was copied from theirs and leads nowhere yet
    slug: str
    thumbprint: str
    spare: Mapping[str, str]  # tokens and tickets that are good for nothing (any more)
    picture: bytes


def _map_key(target: Target) -> str:
    return next(iter(target.work.scope.program.of_kind(ActivityKind.POWER_MAP))).key


# Ids of somebody's things: with somebody else's id in their place, the address is somebody else's.
IDS: Mapping[str, Callable[[Target], Value]] = {
    "offering_id": lambda target: target.offering_id,
    "context_id": lambda target: target.context_id,
    "copies.show context_id": lambda target: target.copy_id,
    "copies.accept context_id": lambda target: target.copy_id,
    "cohort_id": lambda target: target.cohort_id,
    "platform_id": lambda target: target.platform_id,
    "deployment_id": lambda target: target.deployment_id,
    "person_id": lambda target: target.work.person.id,
    "photo_id": lambda target: target.work.photo_id,
    "entry_id": lambda target: target.work.entry_id,
    "submission_id": lambda target: target.work.submission_id,
    "award_id": lambda target: target.work.award_id,
    "public_id": lambda target: target.work.public_id,
    "intent_id": lambda target: target.work.intent_id,
}
# Names that mean something only together with whoever asks: their own map, their own claims.
LOCAL: Mapping[str, Callable[[Target], Value]] = {
    "node_id": lambda target: target.work.node_id,
    "link_id": lambda target: target.work.link_id,
    "decision_id": lambda target: target.work.decision_id,
    "claim_id": lambda target: target.work.claim_id,
}
# Words that are nobody's: which activity, which size, which form of the badge.
PLAIN: Mapping[str, Callable[[Target], Value]] = {
    "activity_key": lambda _target: SENT_SHEET,
    "evidence.question activity_key": lambda _target: TEAM_SHEET,
    "evidence.save_answer activity_key": lambda _target: TEAM_SHEET,
    "evidence.send_answers activity_key": lambda _target: TEAM_SHEET,
    "evidence.sheet activity_key": _map_key,
    "evidence.question number": lambda _target: 2,
    "evidence.save_answer number": lambda _target: 2,
    "criterion": lambda target: target.work.scope.program.rubric.criteria[0].id,  # type: ignore[union-attr] # it has one
    "number": lambda _target: 1,
    "key": lambda _target: "session_1",
    "kind": lambda _target: "json",
    "badges.achievement_image kind": lambda _target: "svg",
    "size": lambda _target: 480,
    "code": lambda _target: "es",
    "slug": lambda target: target.slug,
    "thumbprint": lambda target: target.thumbprint,
    "program_id": lambda _target: DEFAULT_PROGRAM,
    "token": lambda target: target.spare["invitation"],
    "filename": lambda _target: "favicon.svg",
}
SECRETS = frozenset({"token"})  # whoever holds it is the right person: the walk holds one that was used


def address_of(rule: Rule, target: Target) -> dict[str, Value]:
    """Fill in every parameter of an address with what is the target's.

    Raises:
        LookupError: nobody has said what a parameter stands for.
    """
    found: dict[str, Value] = {}
    for name in sorted(rule.arguments - {"launch"}):
        here = f"{rule.endpoint} {name}"
        provider = PLAIN.get(here) or IDS.get(here) or IDS.get(name) or LOCAL.get(name) or PLAIN.get(name)
        if provider is None:
            message = f"{rule.endpoint}: say in {Path(__file__).name} what <{name}> stands for"
            raise LookupError(message)
        found[name] = provider(target)
    return found


def path_of(rule: Rule, values: Mapping[str, Value]) -> str:
    """Give the path; for pages of a visit, what comes after /l/<launch>/."""
    _, path = rule.build({"launch": "here", **values}) or ("", "")
    return path.removeprefix("/l/here/")


def names_somebody(rule: Rule) -> bool:
    """Say whether an address names somebody's things, and so is nobody else's."""
    return bool(rule.arguments & (IDS.keys() | LOCAL.keys() | SECRETS))


def guard_of(app: Flask, rule: Rule) -> Guard:
    """Give the guard in front of an address; what belongs to no blueprint is public."""
    owner = app.blueprints.get(rule.endpoint.rpartition(".")[0])
    found = getattr(owner, "guard", None)
    return found if isinstance(found, Guard) else Guard.PUBLIC


def _photo_words(_target: Target) -> Form:
    return {"caption": "c", "alt_text": "a", "lens": "people", "who_is_in_it": "nobody", "q.see": "s"}


def _node(target: Target) -> Form:
    return {"revision": revisions(target.work)[0], "name": "The library", "kind": "space"}


def _link(target: Target) -> Form:
    ends = {"source": "n1", "target": target.work.node_id}
    return {"revision": revisions(target.work)[0], **ends, "kind": "trust", "strength": 1}


def _decision(target: Target) -> Form:
    return {"revision": revisions(target.work)[0], "topic": "The budget", "formal_owner": "n1"}


def _claim(target: Target) -> Form:
    cited = [f"photo:{target.work.photo_id}", f"map-node:{target.work.node_id}"]
    return {"revision": revisions(target.work)[1], "text": "We did.", "citations": cited}


def _seen_map(target: Target) -> Form:
    return {"revision": revisions(target.work)[0]}


def _seen_keystone(target: Target) -> Form:
    return {"revision": revisions(target.work)[1]}


def _keystone(target: Target) -> Form:
    return {"revision": revisions(target.work)[1], **keystone_words("Other words")}


def _team(target: Target) -> Form:
    return whole_answers(sheet_of(target.work.scope.program, TEAM_SHEET), "Other words")


def _one_to_one(target: Target) -> Form:
    return {"held_on": target.work.scope.starts_on.isoformat(), "minutes": 50, "private_note": "Overwritten"}


def _session(target: Target) -> Form:
    line = {f"minutes-{target.work.person.id}": 60, f"note-{target.work.person.id}": "Overwritten"}
    return {"held_on": target.work.scope.starts_on.isoformat(), "minutes": 120, **line}


def _scores(target: Target) -> Form:
    criteria = [one.id for one in target.work.scope.program.rubric.criteria]  # type: ignore[union-attr] # it has one
    levels = {f"{one}-level": "not_yet" for one in criteria}
    return {**levels, **{f"{one}-rationale": "Overwritten" for one in criteria}, "lock": "yes"}


def _place(target: Target) -> Form:
    return {"person": target.work.person.id, "cohort": target.cohort_id}


def _group(target: Target) -> Form:
    return {"course": target.context_id, "group": "12", "cohort": target.cohort_id}


def _coach(target: Target) -> Form:
    return {"person": target.work.coach.id, "cohort": target.cohort_id}


def _photo_file(target: Target) -> Form:
    return {"photos": (io.BytesIO(target.picture), "photo.jpg"), "upload_key": "second"}


def _new_offering(_target: Target) -> Form:
    named = {"title": "Another run", "program": DEFAULT_PROGRAM}
    return {**named, "starts_on": "2026-03-02", "timezone": "America/Denver"}


def _platform(_target: Target) -> Form:
    return {
        "name": "Another LMS",
        "issuer": "https://lms.example",
        "client_id": uuid.uuid4().hex,
        "auth_login_url": "https://lms.example/auth",
        "auth_token_url": "https://lms.example/token",
        "jwks_url": "https://lms.example/jwks",
        "deployment_policy": "approve",
    }


def _badge_text(target: Target) -> Form:
    return {"badge": f"http://localhost:8000/badges/{target.work.public_id}"}


def _draft(_target: Target) -> Form:
    return {"tried": "Overwritten"}


FORMS: Mapping[str, Callable[[Target], Form]] = {
    "awards.revoke": lambda _target: {"reason": "Overwritten"},
    "badge.confirm": lambda _target: {"full_name": "Overwritten"},
    "badge.visibility": lambda _target: {"is_public": "yes"},
    "codes.use": lambda target: {"code": target.spare["invitation"]},
    "coaching.change": _one_to_one,
    "coaching.read_lists": lambda _target: {},
    "coaching.record": _one_to_one,
    "coaching.record_session": _session,
    "directing.add_cohort": lambda _target: {"name": "Cohort Z"},
    "directing.connect": lambda target: {"course": target.context_id},
    "directing.create": _new_offering,
    "directing.disconnect": lambda target: {"course": target.context_id},
    "directing.grant": _coach,
    "directing.invite": lambda target: {"cohort": target.cohort_id, "note": "Overwritten"},
    "directing.place": _place,
    "directing.place_whole_group": _group,
    "directing.read_list": lambda target: {"course": target.context_id},
    "directing.withdraw": _coach,
    "evidence.add_claim": _claim,
    "evidence.add_decision": _decision,
    "evidence.add_link": _link,
    "evidence.add_node": _node,
    "evidence.add_photos": _photo_file,
    "evidence.change_claim": _claim,
    "evidence.change_decision": _decision,
    "evidence.change_link": _link,
    "evidence.change_node": _node,
    "evidence.drop_claim": _seen_keystone,
    "evidence.keep_map": lambda _target: {"name": "Overwritten"},
    "evidence.remove_decision": _seen_map,
    "evidence.remove_link": _seen_map,
    "evidence.remove_node": _seen_map,
    "evidence.save_answer": _team,
    "evidence.save_answers": lambda _target: {"tried": "Overwritten", "happened": "Overwritten"},
    "evidence.save_keystone": _keystone,
    "evidence.send_answers": lambda _target: {},
    "evidence.send_keystone": _keystone,
    "evidence.tell": _photo_words,
    "evidence.withdraw": lambda _target: {},
    "grades.again": lambda _target: {},
    "undelivered.deliver": lambda _target: {},
    "invitations.accept": lambda _target: {"full_name": "Overwritten"},
    "copies.accept": lambda target: {
        "title": "Overwritten",
        "starts_on": "2026-09-07",
        "timezone": "America/Denver",
        "source": str(target.offering_id),
    },
    "taught_copy.take": lambda target: {
        "title": "Overwritten",
        "starts_on": "2026-09-07",
        "timezone": "America/Denver",
        "source": str(target.offering_id),
    },
    "notices.take": lambda _target: {"notices": "none"},
    "privacy.erase": lambda _target: {"badges": "revoke", "sure": "yes"},
    "links.add": lambda _target: {"link": "this-week"},
    "links.cancel": lambda _target: {},
    "lti.login": lambda _target: {"iss": "https://lms.valle-verde.example"},
    "lti.take_launch": lambda _target: {"id_token": "x", "state": "y"},
    "platform.check": lambda _target: {},
    "platform.decide": lambda _target: {"decision": "yes"},
    "platform.decide_place": lambda _target: {"decision": "yes"},
    "platform.pace": lambda _target: {"at_once": 4},
    "platform.policy": lambda _target: {"policy": "approve"},
    "platform.proposal": lambda _target: {"decision": "no", "proposal": uuid.UUID(int=5)},
    "registering.add": _platform,
    "registering.make_link": lambda _target: {"name": "Another LMS"},
    "registration.take": lambda _target: {"openid_configuration": "https://lms.example/openid"},
    "scoring.save": _scores,
    "site.open_tab": lambda target: {"ticket": target.spare["ticket"], "next": "/l/x/keystone"},
    "verify.check": _badge_text,
    "visit.drop_draft": lambda _target: {"form": f"/activities/{SENT_SHEET}"},
    "visit.keep_draft": _draft,
}
QUERIES: Mapping[str, str] = {"visit.keep_draft": f"?form=/activities/{SENT_SHEET}"}


def form_of(endpoint: str, target: Target) -> Form:
    """Give what the right person would send through a door.

    Raises:
        LookupError: nobody has said what its form holds.
    """
    if endpoint not in FORMS:
        message = f"{endpoint}: say in {Path(__file__).name} what its form holds"
        raise LookupError(message)
    return FORMS[endpoint](target)
