"""P37: an LMS's privacy officer sees what is kept about a person, takes a copy, and has it erased.

The world is the full house, where everybody has done everything and each text carries its writer's mark.
"""

import io
import json
import uuid
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, update
from support.house import House
from support.rows import all_rows
from support.visitor import Visitor, page_text
from werkzeug.test import TestResponse

from ltitool.app import HANDLERS, KEEPERS, SWEEPERS, services_of
from ltitool.credentials.models import Award
from ltitool.evidence.models import Photo
from ltitool.foundation.db import Base, read_session, transaction
from ltitool.foundation.models import Job
from ltitool.foundation.runner import JobRunner
from ltitool.lti.models import PrivacyRequest
from ltitool.people.grants import grant
from ltitool.people.models import Person, WebSession
from ltitool.people.personal_data import ERASED, Who, counts

Patch = pytest.MonkeyPatch
NAME = "zzamaraokaforzz Okafor"
YES = {"badges": "revoke", "sure": "yes"}
# Columns that point at a person, and are not about them: whoever did something, in records about others.
DID = {
    ("scoring_task", "scorer_id"): "who scored somebody else's work",
    ("outcome", "decided_by"): "who released somebody else's outcome",
}


@pytest.fixture
def officer(house: House) -> Visitor:
    """Somebody in the LMS's office, whose launch was about Amara."""
    house.kept.restore("shown")
    return asking(house, house.world.amara.subject)


def asking(house: House, subject: str) -> Visitor:
    visitor = house.visitor(house.world.dario)
    with house.app.app_context(), transaction() as session:
        opened = session.scalars(select(WebSession).where(WebSession.short == visitor.short)).one()
        session.add(
            PrivacyRequest(
                id=uuid.uuid4(),
                organisation_id=house.world.organisation_id,
                platform_id=house.world.platform_id,
                session_id=opened.id,
                subject=subject,
                created_at=house.kept.clock(),
            )
        )
    return visitor


def who(house: House) -> Who:
    return Who(house.world.organisation_id, house.world.amara.id)


def packed(answer: TestResponse) -> zipfile.ZipFile:
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_p37_the_page_says_what_there_is_and_shows_none_of_it(house: House, officer: Visitor) -> None:
    page = page_text(officer.get("privacy/"))
    for words in ("Photos and their words 1", "1:1s with a coach", "Keystones sent", "Badges 1"):
        assert words in page
    assert page.count(house.works["amara"].mark) == 1  # in their name
    assert NAME in page


def test_p37_the_copy_holds_everything_of_theirs_and_nothing_of_others(
    house: House, officer: Visitor
) -> None:
    archive = packed(officer.get("privacy/copy.zip"))
    data: Mapping[str, list[dict[str, Any]]] = json.loads(archive.read("data.json"))
    with house.app.app_context():
        kept = dict(counts(read_session(), who(house), KEEPERS))
        read_session().commit()
    assert sum(map(len, data.values())) == sum(kept.values())
    whole = archive.read("data.json").decode()
    assert house.works["amara"].mark in whole
    for other in ("ben", "dario", "stranger"):
        assert house.works[other].mark not in whole
    assert "zzprivatezz" not in whole  # what coaches note for themselves
    for secret in ("token_hash", "csrf_token"):
        assert secret not in whole
    names = archive.namelist()
    assert [name for name in names if name.startswith("photos/")]
    assert [name for name in names if name.startswith("badges/") and name.endswith(".png")], names
    photo = next(name for name in names if name.startswith("photos/"))
    assert archive.read(photo)[:4] == b"RIFF"


def test_p37_nothing_is_left_after_erasing(house: House, officer: Visitor) -> None:
    with house.app.app_context():
        photo = read_session().scalars(select(Photo).where(Photo.person_id == house.world.amara.id)).one()
        stored = f"{photo.object_key}/480.webp"
        assert services_of(house.app).store.get(stored)
        read_session().commit()
    answer = officer.post("privacy/erase", YES)
    assert answer.status_code == 200, page_text(answer)
    assert "Nothing is kept about this person any more" in page_text(answer)
    with house.app.app_context():
        assert counts(read_session(), who(house), KEEPERS) == [
            ("Badges", 1),
            ("Name, e-mail and language", 1),
        ]
        assert rows_with(house, house.works["amara"].mark, NAME, house.world.amara.subject) == set()
        person = read_session().get_one(Person, house.world.amara.id)
        assert (person.display_name, person.email, person.locale) == (ERASED, None, None)
        read_session().commit()
        settle(house)
        assert not _is_stored(house, stored)
    assert "Nothing is kept about this person." in page_text(officer.get("privacy/"))


def rows_with(house: House, *texts: str) -> set[str]:
    """Give the tables that still say one of these; the question itself, and the world's invitations, may."""
    found = {
        name
        for (name, _), row in all_rows().items()
        for value in row.values()
        if any(text in str(value) for text in texts)
    }
    del house
    return found - {"privacy_request", "invitation"}


def settle(house: House) -> None:
    JobRunner(house.app, HANDLERS, SWEEPERS, clock=house.kept.clock).run_due()


def _is_stored(house: House, name: str) -> bool:
    try:
        services_of(house.app).store.get(name)
    except Exception:  # noqa: BLE001 - whatever says that it is not there
        return False
    return True


def test_p37_others_keep_what_is_theirs(house: House, officer: Visitor) -> None:
    with house.app.app_context():
        before = {
            other: dict(counts(read_session(), Who(person.organisation_id, person.id), KEEPERS))
            for other, person in (("ben", house.world.ben), ("coach", house.world.coach))
        }
        read_session().commit()
    officer.post("privacy/erase", YES)
    with house.app.app_context():
        for other, person in (("ben", house.world.ben), ("coach", house.world.coach)):
            found = dict(counts(read_session(), Who(person.organisation_id, person.id), KEEPERS))
            assert found == before[other]
        read_session().commit()


@pytest.mark.parametrize(("badges", "state"), [("revoke", "revoked"), ("keep", "issued")])
def test_p37_badges_in_their_hands_are_taken_back_or_stay_good(
    house: House, officer: Visitor, badges: str, state: str
) -> None:
    with house.app.app_context():
        award = read_session().get_one(Award, house.works["amara"].award_id)
        signed = award.signed
        read_session().commit()
    assert signed is not None
    officer.post("privacy/erase", {**YES, "badges": badges})
    with house.app.app_context():
        award = read_session().get_one(Award, house.works["amara"].award_id, populate_existing=True)
        kept = (award.state, award.signed, award.jwt, award.image_png, award.image_svg, award.unsigned)
        assert kept == (state, None, None, None, None, {})
        assert award.is_public is False
        read_session().commit()
    file = (io.BytesIO(json.dumps(signed).encode()), "badge.json", "application/json")
    verdict = house.app.test_client().post(
        "/verify", data={"badge_file": file, "person": ""}, headers={"Accept": "application/json"}
    )
    assert verdict.get_json()["verdict"] == ("revoked" if badges == "revoke" else "valid"), verdict.text


@pytest.mark.parametrize(
    ("sent", "fault"),
    [({"sure": "yes"}, "Choose what becomes of badges."), ({"badges": "keep"}, "it cannot be undone")],
)
def test_erasing_is_never_a_slip(house: House, officer: Visitor, sent: dict[str, str], fault: str) -> None:
    answer = officer.post("privacy/erase", sent)
    assert (answer.status_code, fault in page_text(answer)) == (422, True)
    assert NAME in page_text(officer.get("privacy/"))
    assert officer.post("privacy/erase", {**YES}).status_code == 200


def test_who_runs_a_program_is_not_erased_from_an_lms(house: House, officer: Visitor) -> None:
    with house.app.app_context(), transaction() as session:
        grant(
            session,
            organisation_id=house.world.organisation_id,
            person_id=house.world.amara.id,
            role="director",
            granted_by=None,
            at=house.kept.clock(),
        )
    answer = officer.post("privacy/erase", YES)
    assert (answer.status_code, "person.is-staff" in answer.text) == (409, True)
    with house.app.app_context():
        assert read_session().get_one(Person, house.world.amara.id).display_name == NAME
        read_session().commit()


def test_a_person_whom_nobody_knows(house: House, officer: Visitor) -> None:
    del officer
    visitor = asking(house, "nobody-here")
    assert "Nothing is kept about this person." in page_text(visitor.get("privacy/"))
    assert visitor.get("privacy/copy.zip").content_type.startswith("text/html")
    assert visitor.post("privacy/erase", YES).status_code == 200


def test_another_platform_s_person_of_the_same_id_is_not_meant(house: House, officer: Visitor) -> None:
    with house.app.app_context(), transaction() as session:
        stranger = house.world.stranger
        session.execute(update(PrivacyRequest).values(subject=stranger.subject))
    page = page_text(officer.get("privacy/"))
    assert stranger.name not in page


def test_a_visit_that_was_opened_for_something_else_sees_nothing(house: House) -> None:
    house.kept.restore("shown")
    visitor = house.visitor(house.world.amara, "participant")
    for answer in (
        visitor.get("privacy/"),
        visitor.get("privacy/copy.zip"),
        visitor.post("privacy/erase", YES),
    ):
        assert (answer.status_code, "privacy.none" in answer.text) == (404, True)


def test_an_error_half_way_erases_nothing(house: House, officer: Visitor, monkeypatch: Patch) -> None:
    """Rows of all features go together: the last keeper fails, and the first one's rows are still there."""
    house.app.testing = False

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(type(KEEPERS[-1]), "before", property(lambda _self: fail))
    with house.app.app_context():
        before = counts(read_session(), who(house), KEEPERS)
        read_session().commit()
    assert officer.post("privacy/erase", YES).status_code == 500
    with house.app.app_context():
        assert dict(counts(read_session(), who(house), KEEPERS)) == dict(before)
        read_session().commit()


def test_every_table_about_people_is_kept_by_somebody() -> None:
    """A table that points at a person and that no keeper names is found: else erasing would forget it."""
    held = {one.model.__tablename__ for keeper in KEEPERS for one in keeper.held}
    pointing = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person" and column.name != "organisation_id"
    }
    assert {place for place in pointing if place[0] not in held and place not in DID} == set()
    assert {place for place in pointing if place[0] == "attendance"}
    named = {
        (table.name, "person_id") for table in Base.metadata.sorted_tables if "person_id" in table.columns
    }
    assert {place for place in named if place[0] not in held} == set()


def test_jobs_hold_ids_alone(house: House, officer: Visitor) -> None:
    officer.post("privacy/erase", YES)
    with house.app.app_context():
        subjects = read_session().scalars(select(Job.subject)).all()
        assert house.world.amara.subject not in subjects
        read_session().commit()
