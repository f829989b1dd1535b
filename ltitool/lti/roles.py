"""LTI roles, in every spelling that platforms use, to the three words that matter here.

Only roles in the course count when there are any; a school-wide role counts where none is given for
the course. Coach and director are never read from an LMS: they are granted in the tool.
"""

from collections.abc import Iterable
from enum import StrEnum

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
PERSON = "http://purl.imsglobal.org/vocab/lis/v2/person#"  # the older spelling; Moodle's rosters use it
URN_CONTEXT = "urn:lti:role:ims/lis/"
URN_INSTITUTION = "urn:lti:instrole:ims/lis/"
URN_SYSTEM = "urn:lti:sysrole:ims/lis/"


class LtiRole(StrEnum):
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


IN_COURSE = {
    "Administrator": LtiRole.ADMINISTRATOR,
    "ContentDeveloper": LtiRole.INSTRUCTOR,
    "Instructor": LtiRole.INSTRUCTOR,
    "Manager": LtiRole.INSTRUCTOR,
    "Mentor": LtiRole.LEARNER,  # sees what a learner sees, and no more
    "Member": LtiRole.LEARNER,
    "Officer": LtiRole.LEARNER,
    "Learner": LtiRole.LEARNER,
    "Student": LtiRole.LEARNER,
    "TeachingAssistant": LtiRole.INSTRUCTOR,
}
OUTSIDE = {
    "Administrator": LtiRole.ADMINISTRATOR,
    "SysAdmin": LtiRole.ADMINISTRATOR,
    "Faculty": LtiRole.INSTRUCTOR,
    "Instructor": LtiRole.INSTRUCTOR,
    "Staff": LtiRole.LEARNER,
    "Student": LtiRole.LEARNER,
    "Learner": LtiRole.LEARNER,
}
RANK = (LtiRole.ADMINISTRATOR, LtiRole.INSTRUCTOR, LtiRole.LEARNER)


def read_role(roles: Iterable[str]) -> LtiRole:
    """Give the highest role in the course; without any, the highest outside; else learner."""
    names = list(roles)
    return _highest(map(_in_course, names)) or _highest(map(_outside, names)) or LtiRole.LEARNER


def administers_lms(roles: Iterable[str]) -> bool:
    """Say whether somebody administers the whole LMS; a role in a course says nothing about that."""
    return any(_outside(name) is LtiRole.ADMINISTRATOR for name in roles)


def higher(one: LtiRole, other: LtiRole) -> LtiRole:
    """Give the one that may do more: what a launch proved is never taken back by a roster."""
    return min(one, other, key=RANK.index)


def is_test_user(roles: Iterable[str]) -> bool:
    """Say whether this is an LMS's preview person, who must never earn anything."""
    return any(name.rsplit("#", 1)[-1] == "TestUser" for name in roles)


def _highest(found: Iterable[LtiRole | None]) -> LtiRole | None:
    present = set(found)
    return next((role for role in RANK if role in present), None)


def _in_course(name: str) -> LtiRole | None:
    if name.startswith(f"{CONTEXT}#"):
        return IN_COURSE.get(name.removeprefix(f"{CONTEXT}#"))
    if name.startswith(f"{CONTEXT}/"):  # a sub-role, as in …/membership/Instructor#TeachingAssistant
        return IN_COURSE.get(name.removeprefix(f"{CONTEXT}/").partition("#")[0])
    if name.startswith(URN_CONTEXT):
        return IN_COURSE.get(name.removeprefix(URN_CONTEXT).partition("/")[0])
    return IN_COURSE.get(name)


def _outside(name: str) -> LtiRole | None:
    for prefix in (INSTITUTION, SYSTEM, PERSON, URN_INSTITUTION, URN_SYSTEM):
        if name.startswith(prefix):
            return OUTSIDE.get(name.removeprefix(prefix))
    return None
