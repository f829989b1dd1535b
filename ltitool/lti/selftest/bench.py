"""What the checks of a self-test work with: one platform, its newest course, and the way to its services."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.foundation.services import HttpAnswer, HttpClient, KeyStore
from ltitool.lti.access_tokens import AccessTokens
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.platforms import platform_of
from ltitool.lti.role_counts import RoleCounts
from ltitool.people.models import LtiIdentity, WebSession

LAST_VISITS = 200


@dataclass
class WatchedHttp:
    """Outbound HTTP that notes by how many seconds the other side's clock differs from ours."""

    http: HttpClient
    clock: Callable[[], datetime]
    skews: list[float] = field(default_factory=list)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 262_144,
        timeout: float = 5.0,
    ) -> HttpAnswer:
        answer = self.http.request(
            method, url, headers=headers, body=body, max_bytes=max_bytes, timeout=timeout
        )
        said = read_date(answer.headers.get("date", ""))
        if said is not None:
            self.skews.append((said - self.clock()).total_seconds())
        return answer


@dataclass(frozen=True)
class Course:
    """The course whose services are tried."""

    title: str
    lineitems_url: str | None
    memberships_url: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Visits:
    """How the last visits were carried: by our cookie, or in the address."""

    by_cookie: int
    in_path: int


@dataclass(frozen=True)
class Bench:
    """Everything that a check may look at; `roles` counts the people of the platform's courses."""

    platform: Platform
    deployments: Mapping[str, int]  # how many by status
    courses: tuple[Course, ...]
    visits: Visits
    roles: Mapping[str, int]
    http: WatchedHttp
    tokens: AccessTokens

    @property
    def client(self) -> PlatformClient:
        """Give the platform's services."""
        return PlatformClient(self.platform, self.tokens, self.http, self.http.clock)


@dataclass(frozen=True)
class Tools:
    """What a bench is made with."""

    http: HttpClient
    keys: KeyStore
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    count_roles: RoleCounts


def make_bench(session: Session, organisation_id: uuid.UUID, platform_id: uuid.UUID, tools: Tools) -> Bench:
    """Read all that the checks need of the database, so that none is open while we wait for the LMS.

    Raises:
        PlatformMissing: the organisation has none of this id.
    """
    platform = platform_of(session, organisation_id, platform_id)
    rows = _courses(session, platform)
    http = WatchedHttp(tools.http, tools.clock)
    return Bench(
        platform=platform,
        deployments=_deployments(session, platform),
        courses=tuple(_course(row) for row in rows),
        visits=_visits(session, platform),
        roles=tools.count_roles(session, organisation_id, [row.id for row in rows]),
        http=http,
        tokens=AccessTokens(http=http, keys=tools.keys, clock=tools.clock, new_token=tools.new_token),
    )


def read_date(text: str) -> datetime | None:
    """Read a Date header."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _deployments(session: Session, platform: Platform) -> dict[str, int]:
    statuses = session.scalars(select(Deployment.status).where(Deployment.platform_id == platform.id)).all()
    return {status: statuses.count(status) for status in set(statuses)}


def _courses(session: Session, platform: Platform) -> list[Context]:
    found = (
        select(Context)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.platform_id == platform.id, Deployment.status == "active")
        .order_by(Context.roster_read_at.desc().nulls_last(), Context.id)
    )
    return list(session.scalars(found))


def _course(row: Context) -> Course:
    return Course(row.title, row.lineitems_url, row.memberships_url, tuple(map(str, row.scopes)))


def _visits(session: Session, platform: Platform) -> Visits:
    known = (LtiIdentity.issuer == platform.issuer, LtiIdentity.client_id == platform.client_id)
    agents = session.scalars(
        select(WebSession.path_agent)
        .join(LtiIdentity, LtiIdentity.person_id == WebSession.person_id)
        .where(*known, WebSession.kind == "lti")
        .order_by(WebSession.created_at.desc())
        .limit(LAST_VISITS)
    ).all()
    in_path = sum(agent is not None for agent in agents)
    return Visits(len(agents) - in_path, in_path)
