"""A small world: one organisation with an offering in week 6, and another one behind the wall."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from support.clock import MovableClock

from ltitool.cohorts.models import Cohort, Membership, Offering, OfferingContext
from ltitool.foundation.db import transaction
from ltitool.lti.models import Context, Deployment, Platform, ResourceLink
from ltitool.people.grants import grant
from ltitool.people.models import LtiIdentity, Organisation, Person
from ltitool.programs import DEFAULT_PROGRAM, load_shipped

STARTS_ON = date(2026, 2, 2)  # a Monday; the world's clock stands in week 6


@dataclass(frozen=True)
class Someone:
    """A person of the world, and where they come in."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    context_id: uuid.UUID
    name: str
    subject: str


@dataclass(frozen=True)
class World:
    """Identifiers of everything that was laid down."""

    organisation_id: uuid.UUID
    platform_id: uuid.UUID
    deployment_id: uuid.UUID
    context_id: uuid.UUID
    resource_link_id: uuid.UUID
    offering_id: uuid.UUID
    cohort_id: uuid.UUID
    other_cohort_id: uuid.UUID
    amara: Someone  # participants of the cohort: amara, ben, chloe
    ben: Someone
    chloe: Someone
    dario: Someone  # participant of the other cohort of the same offering
    coach: Someone
    other_coach: Someone
    director: Someone
    stranger: Someone  # a participant of the other organisation, in the same program
    stranger_coach: Someone


def build_world(clock: MovableClock) -> World:
    """Lay both organisations down."""
    with transaction() as session:
        ours = _Builder(session, clock.now, "valle-verde")
        theirs = _Builder(session, clock.now, "north-ridge")
        cohort, other = ours.cohort("Cohort A"), ours.cohort("Cohort B")
        foreign = theirs.cohort("Cohort A")
        return World(
            organisation_id=ours.organisation_id,
            platform_id=ours.platform_id,
            deployment_id=ours.deployment_id,
            context_id=ours.context_id,
            resource_link_id=ours.resource_link_id,
            offering_id=ours.offering_id,
            cohort_id=cohort,
            other_cohort_id=other,
            amara=ours.person("Amara Okafor", "participant", cohort),
            ben=ours.person("Ben Whitcomb", "participant", cohort),
            chloe=ours.person("Chloë Nuñez-Baptiste", "participant", cohort),
            dario=ours.person("Darío Salas", "participant", other),
            coach=ours.person("Ruth Adeyemi", "coach", cohort),
            other_coach=ours.person("Sam Lindqvist", "coach", other),
            director=ours.director("Inés Calderón"),
            stranger=theirs.person("Vera Stranger", "participant", foreign),
            stranger_coach=theirs.person("Walt Elsewhere", "coach", foreign),
        )


class _Builder:
    """Lays down one organisation with a platform, a course, and an offering of the 13-week program."""

    def __init__(self, session: Session, now: datetime, slug: str) -> None:
        self.session = session
        self.now = now
        self.slug = slug
        self.organisation_id = self._id("organisation")
        self.platform_id = self._id("platform")
        self.deployment_id = self._id("deployment")
        self.context_id = self._id("context")
        self.resource_link_id = self._id("link")
        self.offering_id = self._id("offering")
        self._organisation()
        self._platform()
        self._offering()

    def _id(self, name: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"https://{self.slug}.example/{name}")

    def _organisation(self) -> None:
        self.session.add(
            Organisation(id=self.organisation_id, slug=self.slug, name=self.slug.title(), created_at=self.now)
        )
        self.session.flush()

    def _platform(self) -> None:
        issuer = f"https://lms.{self.slug}.example"
        common = {"organisation_id": self.organisation_id}
        self.session.add(
            Platform(
                id=self.platform_id,
                name="Practice LMS",
                issuer=issuer,
                client_id="client-1",
                auth_login_url=f"{issuer}/auth",
                auth_token_url=f"{issuer}/token",
                jwks_url=f"{issuer}/jwks",
                status="active",
                deployment_policy="approve",
                created_at=self.now,
                **common,
            )
        )
        self.session.flush()
        self.session.add(
            Deployment(
                id=self.deployment_id,
                platform_id=self.platform_id,
                lms_id="deployment-1",
                status="active",
                embed_origins=[issuer],
                created_at=self.now,
                **common,
            )
        )
        self.session.flush()
        self.session.add(
            Context(
                id=self.context_id,
                deployment_id=self.deployment_id,
                lms_id="course-1",
                title="Collaborative Leadership",
                scopes=[],
                **common,
            )
        )
        self.session.flush()
        self.session.add(
            ResourceLink(
                id=self.resource_link_id,
                context_id=self.context_id,
                lms_id="link-1",
                title="This week",
                **common,
            )
        )

    def _offering(self) -> None:
        program = load_shipped()[DEFAULT_PROGRAM]
        self.session.add(
            Offering(
                id=self.offering_id,
                organisation_id=self.organisation_id,
                title="Spring 2026",
                program_id=program.id,
                program_version=program.version,
                program_source=program.source,
                program_digest=program.digest,
                starts_on=STARTS_ON,
                timezone="America/Denver",
                created_at=self.now,
            )
        )
        self.session.flush()
        self.session.add(
            OfferingContext(
                id=self._id("offering-context"),
                organisation_id=self.organisation_id,
                offering_id=self.offering_id,
                context_id=self.context_id,
            )
        )

    def cohort(self, name: str) -> uuid.UUID:
        cohort_id = self._id(name)
        self.session.add(
            Cohort(
                id=cohort_id, organisation_id=self.organisation_id, offering_id=self.offering_id, name=name
            )
        )
        self.session.flush()
        return cohort_id

    def person(self, name: str, role: str, cohort_id: uuid.UUID) -> Someone:
        someone = self._someone(name)
        self.session.add(
            Membership(
                id=self._id(f"{name}/{role}"),
                organisation_id=self.organisation_id,
                offering_id=self.offering_id,
                cohort_id=cohort_id,
                person_id=someone.id,
                role=role,
                status="active",
                source="launch" if role == "participant" else "tool",
                context_id=self.context_id,
                lms_subject=someone.subject,
                created_at=self.now,
            )
        )
        self.session.flush()
        return someone

    def director(self, name: str) -> Someone:
        someone = self._someone(name)
        grant(
            self.session,
            organisation_id=self.organisation_id,
            person_id=someone.id,
            role="director",
            granted_by=None,
            at=self.now,
        )
        self.session.flush()
        return someone

    def _someone(self, name: str) -> Someone:
        person_id = self._id(name)
        subject = f"user-{person_id.hex[:8]}"
        self.session.add(
            Person(
                id=person_id,
                organisation_id=self.organisation_id,
                display_name=name,
                email=f"{subject}@{self.slug}.example",
                created_at=self.now,
            )
        )
        self.session.flush()
        self.session.add(
            LtiIdentity(
                id=self._id(f"{name}/identity"),
                organisation_id=self.organisation_id,
                person_id=person_id,
                issuer=f"https://lms.{self.slug}.example",
                client_id="client-1",
                subject=subject,
                created_at=self.now,
            )
        )
        self.session.flush()
        return Someone(person_id, self.organisation_id, self.context_id, name, subject)
