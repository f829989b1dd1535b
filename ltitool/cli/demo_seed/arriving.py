"""How people come in before anybody opens a browser: the practice LMS's own claims, read as at a launch.

Claims are made by the platform's code and judged by the tool's; only the signature between the two is left
out, because both sides are this process.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cohorts.arrivals import landing
from ltitool.lti.claimchecks import Expected
from ltitool.lti.claims import judge
from ltitool.lti.landing import Launched
from ltitool.lti.launchrows import find_deployment, store_person, store_place
from ltitool.lti.models import Context, Platform
from ltitool.sandbox.claims import Launch, launch_claims
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.seed import DEMO, Activity, Enrolment
from ltitool.sandbox.vocabulary import role_uris

NONCE = "seeded"


@dataclass(frozen=True)
class Arrivals:
    """The doors of a demo: people step through them at given instants."""

    place: DemoPlace
    platform: Platform

    @property
    def config(self) -> PlatformConfig:
        return PlatformConfig(self.place.lms_url, self.place.tool_url, Path("unused"))

    def come(self, session: Session, enrolment: Enrolment, activity: Activity, at: datetime) -> Context:
        """Let somebody open an activity of a course; what a launch stores is stored, no session is opened."""
        claims = judge(self._claims(enrolment, activity, at), self._expected(at))
        deployment, refusal = find_deployment(session, self.platform, claims, at=at)
        if refusal is not None:
            raise refusal
        context, link = store_place(session, deployment, claims)
        if context is None or link is None:
            message = f"the launch of {activity.id} names no course"
            raise ValueError(message)
        person_id = self.place.person_id(enrolment.person_key)
        person = store_person(session, self.platform, claims, person_id=person_id, at=at)
        session.flush()
        launched = Launched(
            organisation_id=self.platform.organisation_id,
            platform_id=self.platform.id,
            person_id=person.id,
            subject=claims.subject,
            context_id=context.id,
            resource_link_id=link.id,
            role=claims.role,
            test_user=claims.test_user,
            target_link_uri=claims.target_link_uri,
            custom=claims.custom,
        )
        landing(lambda: at)(session, launched)
        return context

    def _claims(self, enrolment: Enrolment, activity: Activity, at: datetime) -> dict[str, object]:
        person = DEMO.person(enrolment.person_key)
        launch = Launch(
            person=person,
            course=DEMO.course(enrolment.course_id),
            activity=activity,
            roles=role_uris(enrolment.role, administrator=person.administrator),
            nonce=NONCE,
            line_item=self._line_item(activity),
            locale=person.locale,
        )
        return launch_claims(launch, self.config, at)

    def _line_item(self, activity: Activity) -> str | None:
        """Give the address of an activity's column, as the platform names it when there is just one."""
        columns = [item for item in DEMO.line_items if item.activity_id == activity.id]
        if len(columns) != 1:
            return None
        return self.config.endpoints.line_item(activity.course_id, columns[0].id)

    def _expected(self, at: datetime) -> Expected:
        return Expected(
            issuer=self.place.lms_url,
            client_id=DEMO.client_id,
            nonce=NONCE,
            target_link_uri=None,
            own_origin=self.place.tool_url,
            now=at,
            is_our_nonce=lambda nonce: nonce == NONCE,
        )
