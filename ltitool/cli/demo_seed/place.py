"""Where and when the demo plays: addresses, the persons of its links, and the instants of thirteen weeks."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from ltitool.sandbox.seed import COHORT_3, DEMO

SEED_VERSION = "1"  # a new one starts over: what an older seed laid down is put aside
TIMEZONE = "America/Denver"
WEEKS = 13
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
JUST_NOW = timedelta(minutes=5)


def _activity_path(activity_id: str) -> str:
    return f"/courses/{COHORT_3}/activities/{activity_id}"


@dataclass(frozen=True)
class When:
    """A moment of the program: week from 1, a day of it, and the hour on the wall clock there."""

    week: int
    day: str = "wed"
    hour: int = 16
    minute: int = 0


@dataclass(frozen=True)
class DemoPlace:
    """One demo: the tool's and the practice LMS's addresses, and the moment at which it is seeded."""

    PARTICIPANT: ClassVar[str] = "amara-okafor"
    COACH: ClassVar[str] = "ruth-delgado"
    OTHER_COACH: ClassVar[str] = "henrik-sorensen"
    DIRECTOR: ClassVar[str] = "imani-whitfield"
    HOME_PATH: ClassVar[str] = _activity_path("rl-this-week-3")
    KEYSTONE_PATH: ClassVar[str] = _activity_path("rl-keystone-3")

    tool_url: str
    lms_url: str
    now: datetime

    @cached_property
    def today(self) -> date:
        """The day it is where the district is."""
        return self.now.astimezone(ZoneInfo(TIMEZONE)).date()

    @cached_property
    def starts_on(self) -> date:
        """The Monday from which this week is the thirteenth."""
        return self.today - timedelta(days=self.today.weekday(), weeks=WEEKS - 1)

    def day_of(self, when: When) -> date:
        """Give the day of a moment; nothing of the demo happens after today."""
        day = self.starts_on + timedelta(weeks=when.week - 1, days=DAYS.index(when.day))
        return min(day, self.today)

    def instant(self, when: When) -> datetime:
        """Give a moment as an instant; what would lie ahead has happened just now."""
        local = datetime.combine(self.day_of(when), time(when.hour, when.minute), ZoneInfo(TIMEZONE))
        return min(local, self.now - JUST_NOW)

    def id_of(self, name: str) -> uuid.UUID:
        """Give the identifier of something that the demo lays down; the same at each start."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.lms_url}/demo/{SEED_VERSION}/{name}")

    def person_id(self, key: str) -> uuid.UUID:
        """Give the identifier of somebody, by their key in the practice LMS."""
        return self.id_of(f"person/{DEMO.person(key).key}")

    @property
    def organisation_id(self) -> uuid.UUID:
        return self.id_of("organisation")

    @property
    def offering_id(self) -> uuid.UUID:
        return self.id_of("offering")

    def cohort_id(self, course_id: str) -> uuid.UUID:
        """Give the cohort that meets in a course."""
        return self.id_of(f"cohort/{course_id}")
