"""From a stored launch to the entry of a session: language, title, the way back, and what keeps it open."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from ltitool.lti.addresses import is_at
from ltitool.lti.claims import LaunchClaims
from ltitool.lti.landing import Launched, Place
from ltitool.lti.models import Deployment, Platform
from ltitool.people.models import Person, WebSession
from ltitool.people.sessions import Entry
from ltitool.web.languages import DEFAULT, known_language

# Of a query over both tables: nobody has switched the LMS off. Else it is neither asked nor told anything.
OPEN = (Platform.status == "active", Deployment.status == "active")


def entry_for(
    launched: Launched,
    place: Place,
    person: Person,
    claims: LaunchClaims,
    platform: Platform,
    deployment: Deployment,
) -> Entry:
    """Describe the session that a launch opens."""
    return Entry(
        organisation_id=launched.organisation_id,
        person_id=person.id,
        kind="lti",
        roles=sorted(place.roles),
        locale=person.locale or language_of(claims.locale),
        context_id=launched.context_id,
        resource_link_id=launched.resource_link_id,
        deployment_id=deployment.id,
        course_title=claims.context_title or None,
        return_url=way_back(claims.return_url, platform.service_origins),
        embed_origins=[one for one in deployment.embed_origins if one in platform.service_origins],
    )


def language_of(locale: str | None) -> str:
    """Give the page language for an LMS's locale, such as es for es_MX."""
    return known_language(locale) or DEFAULT


def way_back(return_url: str | None, origins: Sequence[str]) -> str | None:
    """Keep an address to return to only where it leads to the platform, and is a web address (N75)."""
    return return_url if return_url and is_at(return_url, origins) else None


def is_still_open() -> ColumnElement[bool]:
    """Say of a row of web_session that nobody has switched off the LMS that it came through."""
    shut = (
        select(Deployment.id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(
            Deployment.id == WebSession.deployment_id,
            or_(Deployment.status != "active", Platform.status != "active"),
        )
    )
    return ~shut.exists()
