"""The landing of somebody who has landed here before, as parts of the launch's one SQL statement.

It mirrors `arrivals.landing`: where that would write a row, `landed` is empty here, and the launch goes the
ordinary way. What decides the rights is read in this same statement; a grant that is just being taken back
is waited for, so that no session outlives it; so is the end of a roster's reading, so that nobody comes in by
a place that it has just taken away.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ltitool.cohorts.arrivals import NO_PAGES, page_of_link
from ltitool.lti.landing import KnownArrivals

READING = """
granted AS (
  SELECT staff_grant.role FROM staff_grant, known
  WHERE staff_grant.organisation_id = known.organisation_id AND staff_grant.person_id = known.person_id
  FOR SHARE OF staff_grant
),
places AS (
  SELECT membership.* FROM membership, known
  WHERE membership.organisation_id = known.organisation_id AND membership.person_id = known.person_id
),
noted_before AS (
  SELECT course_person.* FROM course_person, known
  WHERE course_person.context_id = known.context_id AND course_person.person_id = known.person_id
  FOR KEY SHARE OF course_person
),
landed AS (
  SELECT
    (SELECT COALESCE(json_agg(role ORDER BY role), '[]') FROM (
      SELECT role FROM places WHERE status = 'active' AND role IN ('participant', 'coach')
      UNION SELECT role FROM granted WHERE role = 'director'
    ) AS held) AS roles,
    COALESCE(place.status = 'active', false) AS takes_part
  FROM known
  JOIN noted_before AS course_person ON true
  LEFT JOIN offering_context ON offering_context.context_id = known.context_id
  LEFT JOIN places AS place ON place.role = 'participant'
    AND place.offering_id = offering_context.offering_id
  WHERE course_person.role = %(role)s AND course_person.proved_by = 'launch' AND course_person.listed
    AND course_person.lms_subject = %(subject)s
    AND course_person.lms_groups::text = COALESCE(%(groups)s::text, course_person.lms_groups::text)
    AND CASE
      WHEN offering_context.id IS NULL THEN true
      WHEN %(role)s = 'learner' THEN
        (place.status = 'active' AND place.source = 'launch' AND place.context_id = known.context_id
          AND place.lms_subject = %(subject)s) IS TRUE
        OR EXISTS (SELECT FROM places WHERE role = 'coach' AND status = 'active'
          AND offering_id = offering_context.offering_id)
      ELSE (place.status = 'active' AND place.source = 'roster') IS NOT TRUE
    END
)
"""
NOTING = """
noted AS (
  UPDATE course_person SET seen_at = %(now)s FROM opened
  WHERE course_person.context_id = opened.context_id AND course_person.person_id = opened.person_id
    AND course_person.seen_at < %(now)s - interval '1 hour'
)
"""


@dataclass(frozen=True)
class _LinkPages:
    pages: Mapping[str, str]

    def __call__(self, custom: Mapping[str, str], *, takes_part: bool) -> str:
        return page_of_link(custom, self.pages) if takes_part else ""


def known_arrivals(pages: Mapping[str, str] = NO_PAGES) -> KnownArrivals:
    """Make what `app` binds beside the landing; `pages` as there."""
    return KnownArrivals(READING, NOTING, _LinkPages(pages))
