"""The people, courses and links that the practice LMS starts with, as plain frozen values.

`DEMO` is the district that `make demo`, `make story` and the browser tests know. Its identifiers are
stable: keys, subs, course ids, resource link ids and line item ids never change between starts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_URL, uuid5

from ltitool.sandbox.vocabulary import Role


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `key` is the slug in links, `sub` is what the tool sees."""

    key: str
    sub: str
    given_name: str
    family_name: str
    email: str
    position: str
    school: str
    locale: str = "en"
    administrator: bool = False

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def sourced_id(self) -> str:
        """Give the id that the district's student information system would use."""
        return f"VV-{self.sub[:8].upper()}"


@dataclass(frozen=True)
class Course:
    """A course; `id` is the LTI context id."""

    id: str
    label: str
    title: str
    term: str


@dataclass(frozen=True)
class Enrolment:
    """One person's part in one course."""

    course_id: str
    person_key: str
    role: Role


@dataclass(frozen=True)
class Activity:
    """A link to the tool in a course; `id` is the LTI resource link id."""

    id: str
    course_id: str
    title: str
    description: str
    custom: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LineItem:
    """A column of the gradebook; `owner` says who made it, the platform or the tool."""

    id: str
    course_id: str
    activity_id: str | None
    label: str
    score_maximum: float
    resource_id: str | None = None
    tag: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    owner: str = "platform"


@dataclass(frozen=True)
class Group:
    """A group of a course's people, in a set of groups."""

    id: str
    course_id: str
    name: str
    set_id: str
    set_name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Seed:
    """Everything a practice LMS is started with."""

    district: str
    guid: str
    client_id: str
    deployment_id: str
    people: tuple[Person, ...]
    courses: tuple[Course, ...]
    enrolments: tuple[Enrolment, ...]
    activities: tuple[Activity, ...]
    line_items: tuple[LineItem, ...] = field(default=())
    groups: tuple[Group, ...] = ()

    def person(self, key: str) -> Person:
        return next(person for person in self.people if person.key == key)

    def course(self, course_id: str) -> Course:
        return next(course for course in self.courses if course.id == course_id)

    def activity(self, activity_id: str) -> Activity:
        return next(activity for activity in self.activities if activity.id == activity_id)

    def role(self, person_key: str, course_id: str) -> Role | None:
        pairs = {(one.person_key, one.course_id): one.role for one in self.enrolments}
        return pairs.get((person_key, course_id))

    def enrolled(self, course_id: str, role: Role) -> tuple[Person, ...]:
        """Give the people who have this role in this course, in the order of the seed."""
        return tuple(
            self.person(one.person_key)
            for one in self.enrolments
            if one.course_id == course_id and one.role is role
        )


def _person(key: str, given: str, family: str, position: str, school: str, **more: str | bool) -> Person:
    address = f"https://lms.valleverde.example/people/{key}"
    return Person(
        key=key,
        sub=str(uuid5(NAMESPACE_URL, address)),
        given_name=given,
        family_name=family,
        email=f"{key.replace('-', '.')}@valleverde.example",
        position=position,
        school=school,
        locale=str(more.get("locale", "en")),
        administrator=bool(more.get("administrator", False)),
    )


def _enrol(course_id: str, role: Role, *people: str) -> tuple[Enrolment, ...]:
    return tuple(Enrolment(course_id, key, role) for key in people)


def _links(course_id: str, suffix: str) -> tuple[Activity, ...]:
    return (
        Activity(
            f"rl-this-week-{suffix}",
            course_id,
            "This week",
            "What this week asks of you, and what your coach said last.",
            (("opens", "this-week"),),
        ),
        Activity(
            f"rl-keystone-{suffix}",
            course_id,
            "Keystone",
            "Your closing project: claims about your leadership, with evidence. Scored by your coach.",
            (("opens", "keystone"),),
        ),
    )


def _coaching_groups(course_id: str, suffix: str, people: tuple[str, ...]) -> tuple[Group, ...]:
    """Halve a course: two coaching groups, which meet on different days."""
    half = len(people) // 2
    days = (("tuesday", "Tuesday group", people[:half]), ("thursday", "Thursday group", people[half:]))
    return tuple(
        Group(f"{day}-{suffix}", course_id, name, f"coaching-{suffix}", "Coaching", members)
        for day, name, members in days
    )


def with_members(seed: Seed, course_id: str, count: int) -> Seed:
    """Add so many made-up participants to a course, for rosters of any length."""
    people = tuple(
        _person(f"participant-{number}", "Participant", f"{number:05}", "Teacher leader", "Any School")
        for number in range(1, count + 1)
    )
    enrolments = _enrol(course_id, Role.LEARNER, *(person.key for person in people))
    return replace(seed, people=seed.people + people, enrolments=seed.enrolments + enrolments)


def _keystone_column(course_id: str, suffix: str) -> LineItem:
    return LineItem(
        f"li-keystone-{suffix}", course_id, f"rl-keystone-{suffix}", "Keystone", 100.0, "keystone", "keystone"
    )


COHORT_3 = "collaborative-leadership-3"
COHORT_4 = "collaborative-leadership-4"

_PEOPLE = (
    _person("amara-okafor", "Amara", "Okafor", "Principal", "Cedar Hollow Elementary"),
    _person(
        "jose-luis-hernandez",
        "José Luis",
        "Hernández Muñoz",
        "Teacher leader",
        "Escuela Río Claro",
        locale="es",
    ),
    _person(
        "siobhan-featherstonehaugh",
        "Siobhán",
        "O'Rourke-Featherstonehaugh",
        "Principal",
        "Mill Street School",
    ),
    _person("chau-nguyen", "Minh Châu", "Nguyễn Thị", "Community-school coordinator", "Harbor Point K-8"),
    _person("lukasz-wisniewski", "Łukasz", "Wiśniewski", "Teacher leader", "North Ridge Middle School"),
    _person("dana-begay", "Dana", "Begay", "Principal", "Two Wells Community School"),
    _person(
        "maria-fernanda-de-la-cruz",
        "María Fernanda Guadalupe",
        "de la Cruz Villanueva Etxeberria",
        "Assistant principal",
        "Valle Verde High School",
        locale="es",
    ),
    _person("tom-ng", "Tom", "Ng", "Teacher leader", "Cedar Hollow Elementary"),
    _person("ruth-delgado", "Ruth", "Delgado", "Leadership coach", "District office"),
    _person("imani-whitfield", "Imani", "Whitfield", "Program director", "District office"),
    _person(
        "pat-lindqvist", "Pat", "Lindqvist", "Learning technology", "District office", administrator=True
    ),
    _person("kwame-boateng", "Kwame", "Boateng", "Principal", "Orchard Lane Elementary"),
    _person("elena-petrova", "Elena", "Petrova", "Teacher leader", "Orchard Lane Elementary"),
    _person("grace-kim", "Grace", "Kim", "Community-school coordinator", "Lakeview Middle School"),
    _person("oluwaseun-adeyemi", "Oluwaseun", "Adeyemi-Blackwood", "Principal", "Lakeview Middle School"),
    _person("henrik-sorensen", "Henrik", "Sørensen", "Leadership coach", "District office"),
)

PARTICIPANTS_3 = tuple(person.key for person in _PEOPLE[:8])
PARTICIPANTS_4 = ("kwame-boateng", "elena-petrova", "grace-kim", "oluwaseun-adeyemi")

DEMO = Seed(
    district="Valle Verde Public Schools",
    guid="lms.valleverde.example",
    client_id="keystone-tool",
    deployment_id="valle-verde-1",
    people=_PEOPLE,
    courses=(
        Course(COHORT_3, "CL-3", "Collaborative Leadership — Cohort 3", "13 weeks"),
        Course(COHORT_4, "CL-4", "Collaborative Leadership — Cohort 4", "13 weeks"),
    ),
    enrolments=(
        *_enrol(COHORT_3, Role.LEARNER, *PARTICIPANTS_3),
        *_enrol(COHORT_3, Role.NON_EDITING_TEACHER, "ruth-delgado"),
        *_enrol(COHORT_3, Role.TEACHER, "imani-whitfield"),
        *_enrol(COHORT_4, Role.LEARNER, *PARTICIPANTS_4),
        *_enrol(COHORT_4, Role.NON_EDITING_TEACHER, "henrik-sorensen"),
        *_enrol(COHORT_4, Role.TEACHER, "imani-whitfield"),
    ),
    activities=(*_links(COHORT_3, "3"), *_links(COHORT_4, "4")),
    line_items=(_keystone_column(COHORT_3, "3"), _keystone_column(COHORT_4, "4")),
    groups=(
        *_coaching_groups(COHORT_3, "3", PARTICIPANTS_3),
        *_coaching_groups(COHORT_4, "4", PARTICIPANTS_4),
    ),
)
