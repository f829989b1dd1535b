"""The demo's cohort: every story holds to the program's rules, and the records say what the links promise."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from ltitool.app import create_app
from ltitool.cli.demo_seed import photographing
from ltitool.cli.demo_seed.arriving import Arrivals
from ltitool.cli.demo_seed.pictures import SCENES, draw_picture
from ltitool.cli.demo_seed.pictures.palettes import PALETTES
from ltitool.cli.demo_seed.place import DemoPlace, When
from ltitool.cli.demo_seed.seeding import seed_demo, why_start_over
from ltitool.cli.demo_seed.story import read_stories, stories
from ltitool.cli.demo_seed.working import StoryIncomplete, Worker
from ltitool.cohorts.coaching import entries_for_coach
from ltitool.cohorts.hours import hours_ledger
from ltitool.cohorts.models import BoardLook, Offering
from ltitool.cohorts.scope import CoachedCohort, ParticipantScope, coached_cohorts, participant_scope
from ltitool.credentials.standing import standing
from ltitool.dashboards.board import Board, board
from ltitool.evidence.keystone_standing import keystone_standing
from ltitool.evidence.keystone_submission import missing_for_sending
from ltitool.evidence.models import Photo
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import db, read_session, transaction
from ltitool.lti.models import Context, Deployment, GradeIntent, Platform, ResourceLink
from ltitool.people.grants import roles_of
from ltitool.sandbox.seed import COHORT_3, COHORT_4, DEMO, PARTICIPANTS_3, PARTICIPANTS_4
from ltitool.settings import Settings

NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)  # a Thursday
PLACE = DemoPlace("http://localhost:8000", "http://127.0.0.1:8001", NOW)
SMALL = (64, 48)


class Drawn:
    """Gives the same small picture for each: drawing all of them is for the tests that look at them."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        self.asked: list[tuple[str, str]] = []

    def submit(self, _draw: Any, scene: str, palette: str, **_options: Any) -> "Drawn":
        assert scene in SCENES
        assert palette in PALETTES
        self.asked.append((scene, palette))
        return self

    def result(self) -> bytes:
        out = BytesIO()
        Image.new("RGB", SMALL, "teal").save(out, "JPEG")
        return out.getvalue()

    def shutdown(self, **_options: Any) -> None:
        assert self.asked


@dataclass(frozen=True)
class SeededOnce:
    """A database that was seeded once; each test gets a copy of the file."""

    path: Path
    said: list[str]


@pytest.fixture(scope="module")
def seeded_once(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> SeededOnce:
    folder = tmp_path_factory.mktemp("seeded")
    path = shutil.copy(empty_database, folder / "tool.db")
    settings = Settings(
        public_url=PLACE.tool_url,
        database_url=f"sqlite:///{path}",
        data_dir=folder / "data",
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
    )
    settings.data_dir.mkdir()
    app, said = create_app(settings), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photographing, "ProcessPoolExecutor", Drawn)
        seed_demo(app, PLACE, said.append)
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()
    return SeededOnce(Path(path), said)


@pytest.fixture
def seeded(app: Flask, seeded_once: SeededOnce, tmp_path: Path) -> list[str]:
    db.engine.dispose()
    shutil.copy(seeded_once.path, tmp_path / "tool.db")
    return list(seeded_once.said)


def scope_of(person: str) -> ParticipantScope:
    session = read_session()
    context = session.scalars(select(Context).where(Context.lms_id == course_of(person))).one()
    return participant_scope(
        session,
        organisation_id=PLACE.organisation_id,
        person_id=PLACE.person_id(person),
        context_id=context.id,
    )


def course_of(person: str) -> str:
    return COHORT_4 if person in PARTICIPANTS_4 else COHORT_3


def cohort_of(coach: str) -> CoachedCohort:
    return coached_cohorts(
        read_session(), organisation_id=PLACE.organisation_id, coach_id=PLACE.person_id(coach)
    )[0]


def board_of(coach: str) -> Board:
    return board(
        read_session(),
        cohort_of(coach),
        organisation_id=PLACE.organisation_id,
        since=NOW - timedelta(days=7),
        at=NOW,
    )


class TestPlace:
    def test_this_week_is_the_thirteenth_whatever_day_it_is(self) -> None:
        for days in range(14):
            place = replace(PLACE, now=NOW + timedelta(days=days))
            assert place.starts_on.weekday() == 0
            assert 84 <= (place.today - place.starts_on).days <= 90

    def test_the_day_is_the_districts_own(self) -> None:
        late = replace(PLACE, now=datetime(2026, 11, 16, 5, 0, tzinfo=UTC))  # still Sunday in Denver
        assert late.today == date(2026, 11, 15)
        assert late.starts_on == date(2026, 8, 17)

    def test_nothing_happens_in_the_future(self) -> None:
        assert PLACE.instant(When(13, "sun", 23)) < NOW
        assert PLACE.day_of(When(13, "sun")) == PLACE.today
        assert PLACE.instant(When(1, "mon", 8)) == datetime(2026, 8, 24, 14, 0, tzinfo=UTC)


@pytest.mark.usefixtures("seeded")
class TestSeeded:
    def test_everybody_is_placed(self) -> None:
        rows = board_of(DemoPlace.COACH).rows
        assert {row.name for row in rows} == {DEMO.person(key).name for key in PARTICIPANTS_3}
        assert all(row.journey.current.number == 13 for row in rows)
        assert roles_of(read_session(), PLACE.organisation_id, PLACE.person_id(DemoPlace.DIRECTOR)) == {
            "director"
        }

    def test_amara_has_only_to_send(self) -> None:
        scope = scope_of(DemoPlace.PARTICIPANT)
        assert missing_for_sending(read_session(), scope, ENGLISH) == {}
        reached = standing(read_session(), scope)
        assert [one.activity.key for one in reached.completion.missing if one.activity] == ["keystone"]
        ledger = hours_ledger(read_session(), scope)
        assert ledger is not None
        assert ledger.minutes == 355 + 170
        assert keystone_standing(read_session(), scope).submission is None

    def test_others_are_mid_cycle(self) -> None:
        rows = {row.name.split()[0]: row for row in board_of(DemoPlace.COACH).rows}
        assert rows["Łukasz"].one_to_one_missing_since is not None
        assert rows["Łukasz"].quiet_since is not None
        assert "power_map" in [one.activity.key for one in rows["Łukasz"].late]
        assert rows["María"].late[0].activity.key == "photovoice"
        dana = keystone_standing(read_session(), scope_of("dana-begay"))
        assert dana.returned
        assert dana.is_open
        siobhan = standing(read_session(), scope_of("siobhan-featherstonehaugh"))
        assert ("attendance", 1, 3) in [
            (one.requirement.value, one.have, one.need) for one in siobhan.completion.missing
        ]
        assert read_session().scalar(select(func.count()).select_from(GradeIntent)) == 1

    def test_photos_are_told(self) -> None:
        photos = read_session().scalars(select(Photo)).all()
        assert len(photos) == sum(len(story.photos) for story in stories())
        assert all(photo.caption and photo.alt_text and photo.lens for photo in photos)
        assert all(photo.created_at < NOW for photo in photos)

    def test_launches_left_their_addresses(self) -> None:
        session = read_session()
        platform = session.scalars(select(Platform)).one()
        assert (platform.issuer, platform.client_id) == (PLACE.lms_url, DEMO.client_id)
        assert session.scalars(select(Deployment)).one().lms_id == DEMO.deployment_id
        links = {link.lms_id: link.lineitem_url for link in session.scalars(select(ResourceLink))}
        assert links["rl-keystone-3"] == f"{PLACE.lms_url}/api/courses/{COHORT_3}/lineitems/li-keystone-3"
        assert links["rl-this-week-3"] is None
        for context in session.scalars(select(Context)):
            assert context.memberships_url == f"{PLACE.lms_url}/api/courses/{context.lms_id}/memberships"

    def test_the_wall_stands(self) -> None:
        names = {row.name for row in board_of(DemoPlace.OTHER_COACH).rows}
        assert names == {DEMO.person(key).name for key in PARTICIPANTS_4}
        assert scope_of("kwame-boateng").cohort_id != scope_of(DemoPlace.PARTICIPANT).cohort_id
        assert len(entries_for_coach(read_session(), scope_of("kwame-boateng"))) == 3

    def test_progress_was_said(self, seeded: list[str]) -> None:
        assert len(seeded) == 1 + len(PARTICIPANTS_3)
        assert any("Amara Okafor: 7 photos" in line for line in seeded)


class TestAgain:
    def test_a_second_start_keeps_what_is_there(self, app: Flask, seeded: list[str]) -> None:
        count = len(seeded)
        later = replace(PLACE, now=NOW + timedelta(days=6))
        assert why_start_over(app, later) is None
        seed_demo(app, later, seeded.append)
        assert len(seeded) == count

    @pytest.mark.usefixtures("seeded")
    def test_weeks_move_on(self, app: Flask) -> None:
        assert why_start_over(app, replace(PLACE, now=NOW + timedelta(days=7))) is None
        over = why_start_over(app, replace(PLACE, now=NOW + timedelta(days=14)))
        assert over == "its thirteen weeks began on 2026-08-24 and are over"

    @pytest.mark.usefixtures("seeded")
    def test_an_interrupted_seeding_is_noticed(self, app: Flask) -> None:
        with transaction() as session:
            session.query(BoardLook).delete()
        assert "interrupted" in (why_start_over(app, PLACE) or "")

    @pytest.mark.usefixtures("seeded")
    def test_another_versions_data_are_noticed(self, app: Flask) -> None:
        elsewhere = replace(PLACE, lms_url="http://127.0.0.1:8011")
        assert "another version" in (why_start_over(app, elsewhere) or "")

    def test_an_empty_database_is_simply_seeded(self, app: Flask) -> None:
        assert why_start_over(app, PLACE) is None
        assert read_session().get(Offering, PLACE.offering_id) is None


class TestStories:
    def test_unknown_fields_are_refused(self) -> None:
        good = {"person": "tom-ng", "attended": {"session_1": 120}}
        assert read_stories(yaml.safe_dump(good))[0].person == "tom-ng"
        with pytest.raises(TypeError, match="mood"):
            read_stories(yaml.safe_dump({**good, "mood": "sunny"}))

    @pytest.mark.usefixtures("seeded")
    def test_a_story_cannot_send_what_is_incomplete(self) -> None:
        worker = Worker(PLACE, scope_of("tom-ng"), "en")
        sheet = next(story for story in stories() if story.person == "tom-ng").sheets[0]
        with transaction() as session:
            worker.fill_in(session, sheet)
        for answers in ({"tried": "Something."}, {**sheet.answers, "mood": "sunny"}):
            with pytest.raises(StoryIncomplete), transaction() as session:
                worker.fill_in(session, replace(sheet, activity="practice_3", answers=answers))

    @pytest.mark.usefixtures("seeded")
    def test_a_launch_is_refused_where_the_deployment_is_unknown(self) -> None:
        with transaction() as session:
            session.scalars(select(Deployment)).one().status = "disabled"
        platform = read_session().scalars(select(Platform)).one()
        arrivals = Arrivals(PLACE, platform)
        with pytest.raises(Exception, match="valle-verde"), transaction() as session:
            arrivals.come(session, DEMO.enrolments[0], DEMO.activities[0], NOW)


class TestPictures:
    @pytest.mark.parametrize("scene", sorted(SCENES))
    def test_every_scene_is_drawn(self, scene: str) -> None:
        with Image.open(BytesIO(draw_picture(scene, "desert", seed="a", wide=320))) as image:
            assert (image.format, image.size) == ("JPEG", (320, 240))
            colors = image.convert("RGB").resize((16, 12)).getcolors(256)
        assert colors is not None
        assert len(colors) > 40

    def test_seed_and_palette_change_the_picture(self) -> None:
        def small(palette: str, seed: str) -> bytes:
            with Image.open(BytesIO(draw_picture("quilt", palette, seed=seed, wide=320))) as image:
                return image.convert("RGB").resize((24, 18)).quantize(8).tobytes()

        assert len({small("clay", "a"), small("clay", "b"), small("harbor", "a")}) == 3

    def test_no_scene_asks_for_a_font(self) -> None:
        folder = Path(photographing.__file__).parent / "pictures"
        assert not any("<text" in file.read_text() for file in folder.glob("*.py"))
