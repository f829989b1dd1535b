"""Somebody who was here before launches again: one SQL statement, on databases that can do that.

The statement looks whether everything is as this launch says: the registration and the deployment are open,
course, link and person are stored with these same words, and the landing would write nothing. Then, and only
then, it burns the nonce and opens the session. If anything differs it does nothing at all, and the ordinary
way (launch.py) stores what is new, or says what is wrong.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy.exc import IntegrityError

from ltitool.foundation.db import run_alone
from ltitool.foundation.services import Services
from ltitool.lti.claims import LaunchClaims
from ltitool.lti.course_groups import groups_in
from ltitool.lti.course_origins import origins_in
from ltitool.lti.landing import KnownArrivals
from ltitool.lti.launchrows import embedding_origins, nonce_hash
from ltitool.lti.models import Platform
from ltitool.lti.notice_handlers import taken_types
from ltitool.lti.openings import language_of, way_back
from ltitool.people.identities import NAME_LENGTH
from ltitool.people.sessions import ABSOLUTE, OpenedSession, Secrets, make_secrets, token_hash

# A column of lists is compared as the text that it was stored as: a second spelling of the same list
# is no match here, and goes the ordinary way.
STATEMENT = """
WITH known AS (
  SELECT platform.organisation_id, deployment.id AS deployment_id, deployment.embed_origins,
    context.id AS context_id, resource_link.id AS resource_link_id, person.id AS person_id, person.locale
  FROM platform
  JOIN deployment ON deployment.platform_id = platform.id AND deployment.lms_id = %(deployment)s
  JOIN context ON context.deployment_id = deployment.id AND context.lms_id = %(context)s
  JOIN resource_link ON resource_link.context_id = context.id AND resource_link.lms_id = %(link)s
  JOIN lti_identity ON lti_identity.issuer = %(issuer)s AND lti_identity.client_id = %(client_id)s
    AND lti_identity.subject = %(subject)s
  JOIN person ON person.id = lti_identity.person_id AND person.organisation_id = platform.organisation_id
  WHERE platform.id = %(platform)s AND platform.status = 'active' AND deployment.status = 'active'
    AND platform.issuer = %(issuer)s AND platform.client_id = %(client_id)s
    AND platform.jwks_url = %(jwks_url)s AND platform.service_origins::text = %(service_origins)s
    AND deployment.embed_origins::jsonb @> %(origins)s::jsonb
    AND deployment.embed_origins::jsonb <@ platform.service_origins::jsonb
    AND deployment.notices_url IS NOT DISTINCT FROM COALESCE(%(notices_url)s::text, deployment.notices_url)
    AND deployment.notice_types::text = COALESCE(%(notice_types)s::text, deployment.notice_types::text)
    AND context.copied_from::jsonb @> %(history)s::jsonb
    AND context.title = COALESCE(%(context_title)s::text, context.title)
    AND context.lineitems_url IS NOT DISTINCT FROM COALESCE(%(lineitems)s::text, context.lineitems_url)
    AND context.memberships_url IS NOT DISTINCT FROM COALESCE(%(roster)s::text, context.memberships_url)
    AND context.groups_url IS NOT DISTINCT FROM COALESCE(%(groups_url)s::text, context.groups_url)
    AND context.group_sets_url IS NOT DISTINCT FROM COALESCE(%(sets_url)s::text, context.group_sets_url)
    AND context.scopes::text = COALESCE(%(scopes)s::text, context.scopes::text)
    AND resource_link.title = COALESCE(%(link_title)s::text, resource_link.title)
    AND resource_link.lineitem_url IS NOT DISTINCT FROM
      COALESCE(%(lineitem)s::text, resource_link.lineitem_url)
    AND person.display_name = COALESCE(%(name)s::text, person.display_name)
    AND person.email IS NOT DISTINCT FROM COALESCE(%(email)s::text, person.email)
),
/* the landing reads */,
burnt AS (
  INSERT INTO burnt_nonce (nonce_hash, keep_until)
  SELECT %(nonce_hash)s, %(keep_until)s FROM landed
  ON CONFLICT DO NOTHING RETURNING nonce_hash
),
opened AS (
  INSERT INTO web_session (id, organisation_id, short, token_hash, csrf_token, person_id, kind, roles,
    locale, context_id, resource_link_id, deployment_id, course_title, return_url, embed_origins,
    created_at, last_seen_at, expires_at)
  SELECT %(id)s, organisation_id, %(short)s, %(token_hash)s, %(csrf_token)s, person_id, 'lti', landed.roles,
    COALESCE(NULLIF(locale, ''), %(locale)s), context_id, resource_link_id, deployment_id,
    %(context_title)s, %(return_url)s, embed_origins, %(now)s, %(now)s, %(expires)s
  FROM known, landed, burnt
  RETURNING context_id, person_id
),
/* the landing notes */
SELECT landed.takes_part FROM landed, opened
"""


@dataclass(frozen=True)
class Returned:
    """A launch that found everything as it says: its session is open."""

    opened: OpenedSession
    path: str  # the first page, below the visit's own /l/<short>/


def is_plain(claims: LaunchClaims) -> bool:
    """Say whether a launch opens a link in a course, and nothing else is asked for."""
    return (
        claims.context_id is not None
        and claims.resource_link_id is not None
        and claims.deep_link is None
        and claims.for_subject is None
        and not claims.test_user
    )


def return_known(
    claims: LaunchClaims,
    platform: Platform,
    arrivals: KnownArrivals,
    services: Services,
    *,
    keep_nonce: timedelta,
) -> Returned | None:
    """Open the session of somebody for whom nothing needs storing; None, and nothing done, for others."""
    secrets, now = make_secrets(services.new_token), services.clock()
    values = {
        **_claimed(claims, platform),
        **_session_values(secrets, now),
        "id": services.new_id(),
        "keep_until": now + keep_nonce,
    }
    try:
        row = run_alone(_statement(arrivals), values)
    except IntegrityError:  # a session's short name was taken: the ordinary way draws another
        return None
    if row is None:
        return None
    path = arrivals.path(claims.custom, takes_part=row.takes_part)
    return Returned(secrets.opened, path)


@cache
def _statement(arrivals: KnownArrivals) -> str:
    text = STATEMENT.replace("/* the landing reads */", arrivals.reading)
    return text.replace("/* the landing notes */", arrivals.noting)


def _claimed(claims: LaunchClaims, platform: Platform) -> Mapping[str, Any]:
    """Give what a launch says, as the columns hold it; None where it says nothing."""
    taken, groups = taken_types(claims.notices), groups_in(claims.custom)
    return {
        "platform": platform.id,
        "issuer": platform.issuer,
        "client_id": platform.client_id,
        "jwks_url": platform.jwks_url,
        "service_origins": _listed(tuple(platform.service_origins)),
        "deployment": claims.deployment_id,
        "origins": _listed(tuple(embedding_origins(platform, claims))),
        "notices_url": claims.notices.url if claims.notices and taken else None,
        "notice_types": _listed(tuple(taken)) if taken else None,
        "groups": None if groups is None else _listed(tuple(groups)),
        "history": _listed(tuple(origins_in(claims.custom, claims.context_id or ""))),
        "context": claims.context_id,
        "context_title": claims.context_title or None,
        "lineitems": claims.gradebook.lineitems_url,
        "roster": claims.memberships_url,
        "groups_url": claims.groups.groups_url,
        "sets_url": claims.groups.sets_url,
        "scopes": _listed(claims.gradebook.scopes) if claims.gradebook.scopes else None,
        "link": claims.resource_link_id,
        "link_title": claims.resource_link_title or None,
        "lineitem": claims.gradebook.lineitem_url,
        "subject": claims.subject,
        "role": claims.role.value,
        "name": claims.name[:NAME_LENGTH] if claims.name else None,
        "email": claims.email,
        "locale": language_of(claims.locale),
        "return_url": way_back(claims.return_url, platform.service_origins),
        "nonce_hash": nonce_hash(claims.nonce),
    }


@lru_cache(1024)
def _listed(words: tuple[str, ...]) -> str:
    """Write a list as the columns hold it; most launches say the same few again."""
    return json.dumps(words)


def _session_values(secrets: Secrets, now: datetime) -> Mapping[str, Any]:
    return {
        "short": secrets.opened.short,
        "token_hash": token_hash(secrets.opened.token),
        "csrf_token": secrets.csrf_token,
        "now": now,
        "expires": now + ABSOLUTE,
    }
