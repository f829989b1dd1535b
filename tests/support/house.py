"""A house full of people who have done everything, as tests of doors and walls need it.

It is built once, kept at each of its stages, and put back to one of them in a few milliseconds.
"""

import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from support import full_house, postgres
from support.clock import MovableClock
from support.full_house import Work
from support.photos import jpeg
from support.visitor import Visitor
from support.world import World, build_world
from support.wrong_person import QUERIES, Target, address_of, form_of, guard_of, path_of
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ltitool.app import create_app, services_of
from ltitool.credentials.issuers import RS256, key_owner
from ltitool.credentials.models import Award, Issuer
from ltitool.foundation.db import db, read_session, transaction
from ltitool.lti.models import Context, Deployment
from ltitool.people.grants import grant
from ltitool.people.invitations import NewInvitation, invite
from ltitool.people.models import Invitation, Person
from ltitool.settings import Settings
from ltitool.web.blueprints import Guard

STAGES = ("writing", "sent", "scored", "awarded", "shown")
ORIGIN = "http://localhost:8000"


@dataclass
class Kept:
    """An application whose database and files can be kept under a name, and brought back."""

    app: Flask
    clock: MovableClock
    folder: Path
    database: str = ""  # the address of a PostgreSQL database; else it is SQLite in the folder
    states: dict[str, Path] = field(default_factory=dict)

    def keep(self, name: str) -> None:
        """Keep what there is under a name."""
        self._settle()
        state = self.folder / "kept" / name
        shutil.copytree(self.folder / "data", state / "data")
        if self.database:
            postgres.copy_database(self.database, self._kept_as(name))
        else:
            shutil.copy(self.folder / "tool.db", state / "tool.db")
        self.states[name] = state

    def restore(self, name: str) -> None:
        """Bring a kept state back."""
        self._settle()
        state = self.states[name]
        if self.database:
            postgres.copy_database(self._kept_as(name), self.database)
        else:
            for ending in ("-wal", "-shm"):
                (self.folder / f"tool.db{ending}").unlink(missing_ok=True)
            shutil.copy(state / "tool.db", self.folder / "tool.db")
        shutil.copytree(state / "data", self.folder / "data", dirs_exist_ok=True)

    def _kept_as(self, name: str) -> str:
        address, _, query = self.database.partition("?")
        return f"{address}_{name}?{query}"

    def _settle(self) -> None:
        """Have nothing open on the database file, and everything in it."""
        with self.app.app_context():
            if not self.database:
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.session.remove()
            db.engine.dispose()


def new_app(folder: Path, pages: FileSystemBytecodeCache, database: str = "") -> Kept:
    """Make an application that lives as long as its folder."""
    (folder / "data").mkdir()
    settings = Settings(
        public_url=ORIGIN,
        database_url=database or f"sqlite:///{folder}/tool.db",
        data_dir=folder / "data",
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
    )
    clock = MovableClock()
    app = create_app(settings, clock=clock)
    app.jinja_env.bytecode_cache = pages
    with app.app_context():
        postgres.create_tables(db.engine)
        db.engine.dispose()
    return Kept(app, clock, folder, database)


@dataclass
class House:
    """The built world, and everybody's work in it."""

    kept: Any
    world: World
    works: Mapping[str, Work]  # amara, ben, dario, stranger
    targets: Mapping[str, Target]
    stranger_director: Any
    fresh_invitations: Mapping[str, str]

    @property
    def app(self) -> Flask:
        return self.kept.app  # type: ignore[no-any-return] # of Kept

    @property
    def amara(self) -> Target:
        return self.targets["amara"]

    def visitor(self, person: Any, *roles: str) -> Visitor:
        with self.app.app_context():
            return Visitor.open(self.app, person, roles, self.kept.clock)

    def rules(self) -> Iterator[tuple[Rule, str]]:
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def build_house(kept: Kept) -> House:
    """Build the world, have everybody live in it, and keep each stage."""
    with kept.app.app_context():
        house = _build(kept)
        _targets(house)
    for stage in STAGES:
        with kept.app.app_context():
            _play(house, stage)
        kept.keep(stage)
    return house


def ask(visitor: Any, rule: Rule, method: str, target: Target, app: Flask, **changes: Any) -> TestResponse:
    """Ask for an address of the target's: as a visitor, or with a browser that holds no session."""
    values = {**address_of(rule, target), **changes.get("address", {})}
    path = path_of(rule, values) + QUERIES.get(rule.endpoint, "")
    with app.app_context():
        form = {**form_of(rule.endpoint, target), **changes.get("form", {})} if method == "POST" else {}
    if isinstance(visitor, Visitor) and guard_of(app, rule) is not Guard.PUBLIC:
        return visitor.post(path, form) if method == "POST" else visitor.get(path, buffered=True)
    client = getattr(visitor, "client", visitor)
    headers = {"Origin": "http://localhost:8000"}
    path = path if guard_of(app, rule) is Guard.PUBLIC else f"/l/nobodyis/{path}"
    data = {"data": {**form, "csrf_token": "x" * 64}} if method == "POST" else {}
    answer: TestResponse = client.open(
        path, method=method, base_url="http://localhost:8000", headers=headers, buffered=True, **data
    )
    return answer


def right_visitors(house: House) -> dict[Guard, Visitor]:
    """Whose pages they are: Amara's own, her coach's, her director's."""
    amara = house.visitor(house.world.amara, "participant")
    return {
        Guard.LAUNCHED: amara,
        Guard.PARTICIPANT: amara,
        Guard.COACH: house.visitor(house.world.coach, "coach"),
        Guard.DIRECTOR: house.visitor(house.world.director, "director"),
        Guard.OPERATOR: house.visitor(house.world.director, "operator"),
    }


def _build(kept: Any) -> House:
    world = build_world(kept.clock)
    director = _stranger_director(kept, world)
    people = {
        "amara": (world.amara, world.coach),
        "ben": (world.ben, world.coach),
        "dario": (world.dario, world.other_coach),
        "stranger": (world.stranger, world.stranger_coach),
    }
    works = {
        key: full_house.begin(kept.app, person, coach, jpeg((400 + 8 * number, 300)), kept.clock)
        for number, (key, (person, coach)) in enumerate(people.items())
    }
    tokens = {key: uuid.uuid4().hex for key in ("accept", "use")}
    for number, token in enumerate(tokens.values()):
        _invite(kept, world, token, number)
    return House(kept, world, works, {}, director, tokens)


def _targets(house: House) -> None:
    world, spent = house.world, uuid.uuid4().hex
    _invite(house.kept, world, spent, 7, accepted_by=world.chloe.id)
    found = {}
    for key, work in house.works.items():
        found[key] = Target(
            work=work,
            offering_id=work.scope.offering_id,
            cohort_id=work.scope.cohort_id or uuid.UUID(int=0),
            context_id=work.person.context_id,
            **_place_of(work.person.context_id),
            copy_id=_copied_course(work.person.context_id),
            slug="valle-verde",
            thumbprint="",
            spare={"invitation": spent, "ticket": "made-up"},
            picture=jpeg((320, 240)),
        )
    house.targets = found


def _place_of(context_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Give the deployment and the platform of a course."""
    deployment = read_session().get_one(Deployment, read_session().get_one(Context, context_id).deployment_id)
    found = {"deployment_id": deployment.id, "platform_id": deployment.platform_id}
    read_session().commit()
    return found


def _copied_course(context_id: uuid.UUID) -> uuid.UUID:
    """Let the LMS have copied a course, once: nobody has taken its weeks over yet."""
    copy_id = uuid.uuid5(context_id, "copy")
    with transaction() as session:
        source = session.get_one(Context, context_id)
        session.merge(
            Context(
                id=copy_id,
                organisation_id=source.organisation_id,
                deployment_id=source.deployment_id,
                lms_id=f"copy-of-{source.lms_id}",
                title="A copied course",
                copied_from=[source.lms_id],
                scopes=[],
            )
        )
    return copy_id


def _play(house: House, stage: str) -> None:
    for work in house.works.values():
        if stage == "sent":
            full_house.send(work, house.kept.clock)
        if stage == "scored":
            full_house.score(work, house.kept.clock)
        if stage == "awarded":
            full_house.award(house.app, work, house.kept.clock)
    if stage == "awarded":
        session, found = read_session(), services_of(house.app)
        issuer = session.get_one(Issuer, session.get_one(Award, house.works["amara"].award_id).issuer_id)
        thumbprint = found.keys.ensure(key_owner(issuer), RS256).thumbprint
        house.targets = {
            key: replace(target, slug=issuer.slug, thumbprint=thumbprint)
            for key, target in house.targets.items()
        }
        session.commit()
        # The first who fetches a status list has it signed: let that be over before the walk begins.
        assert house.app.test_client().get(f"/issuers/{issuer.slug}/status/1").status_code == 200
    if stage == "shown":
        with transaction() as session:
            session.get_one(Award, house.works["amara"].award_id).is_public = True


def _invite(kept: Any, world: World, token: str, number: int, accepted_by: uuid.UUID | None = None) -> None:
    with transaction() as session:
        wanted = NewInvitation(
            uuid.UUID(int=number + 1),
            world.organisation_id,
            "coach",
            str(world.cohort_id),
            "zzamaraokaforzz invited",
        )
        invite(session, wanted, token=token, at=kept.clock())
        session.flush()
        if accepted_by:
            row = session.get_one(Invitation, uuid.UUID(int=number + 1))
            row.accepted_at, row.accepted_by = kept.clock(), accepted_by


def _stranger_director(kept: Any, world: World) -> Any:
    organisation_id, person_id = world.stranger.organisation_id, uuid.uuid4()
    with transaction() as session:
        session.add(
            Person(
                id=person_id,
                organisation_id=organisation_id,
                display_name="Nora Elsewhere",
                created_at=kept.clock(),
            )
        )
        session.flush()
        grant(
            session,
            organisation_id=organisation_id,
            person_id=person_id,
            role="director",
            granted_by=None,
            at=kept.clock(),
        )
    return SimpleNamespace(
        id=person_id, organisation_id=organisation_id, context_id=world.stranger.context_id
    )
