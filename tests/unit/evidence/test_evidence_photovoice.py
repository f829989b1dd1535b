"""PhotoVoice: photos added, told, withdrawn and served; never a half-made row or file."""

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pictures
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.app import HANDLERS, SWEEPERS
from ltitool.cohorts.progress import progress_of
from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import Invalid
from ltitool.evidence import photovoice
from ltitool.evidence.errors import ActivityWithoutPage, EvidenceUnknown, NotAPhoto, PhotoQuotaReached
from ltitool.evidence.models import Photo
from ltitool.evidence.photo_arrivals import JOB, sweep_arrivals, tidy_job
from ltitool.evidence.photo_rows import photos_of
from ltitool.evidence.photo_sizes import FORM_BYTES, MAX_FILE_BYTES, largest_file
from ltitool.evidence.photo_views import DECODER
from ltitool.evidence.photo_worker import PhotoDecoder, PreparedPhoto
from ltitool.evidence.photovoice import PhotoTools, PhotoWords, add_photo, tell_photo, withdraw_photo
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.errors import ObjectMissing, StorageUnavailable
from ltitool.foundation.jobs import Work
from ltitool.foundation.services import services
from ltitool.settings import Settings

ANSWERS = {key: f"About {key}" for key in ("see", "happening", "our_lives", "why")}
WORDS = PhotoWords("A door", "A green door stands open", "structures", "nobody", ANSWERS)


@pytest.fixture(scope="module")
def decoder() -> Iterator[PhotoDecoder]:
    made = PhotoDecoder()
    yield made
    made.close()


@pytest.fixture
def tools(app: Flask, decoder: PhotoDecoder, clock: MovableClock) -> PhotoTools:
    app.extensions[DECODER] = decoder
    return PhotoTools(decoder, services().store, uuid.uuid4, clock)


@pytest.fixture
def scope(world: World, scope_of: Callable[..., Any]) -> ParticipantScope:
    return scope_of(world.amara)


@pytest.fixture
def stored(settings: Settings) -> Callable[[], list[str]]:
    """List the files that are kept."""

    def names() -> list[str]:
        return sorted(path.name for path in Path(settings.data_dir).rglob("*") if path.is_file())

    return names


@dataclass
class FaultyStore:
    """A store that fails where it is told to."""

    inner: Any
    fail_put_at: int = 0
    fail_delete: bool = False
    puts: list[str] = field(default_factory=list)

    def put(self, key: str, data: bytes) -> None:
        self.puts.append(key)
        if len(self.puts) == self.fail_put_at:
            raise StorageUnavailable(key)
        self.inner.put(key, data)

    def get(self, key: str) -> bytes:
        return bytes(self.inner.get(key))

    def delete(self, key: str) -> None:
        if self.fail_delete:
            raise StorageUnavailable(key)
        self.inner.delete(key)


class TestAdding:
    def test_a_row_and_both_sizes(
        self, scope: ParticipantScope, tools: PhotoTools, stored: Callable[[], list[str]]
    ) -> None:
        photo = add_photo(scope, pictures.jpeg((3000, 2000)), "a", tools)
        assert (photo.width, photo.height) == (2048, 1365)
        assert stored() == ["2048.webp", "480.webp"]
        assert photo.object_key == f"photos/{scope.organisation_id.hex}/{photo.id.hex}"

    def test_the_same_upload_sent_again_is_the_same_photo(
        self, scope: ParticipantScope, tools: PhotoTools
    ) -> None:
        first = add_photo(scope, pictures.jpeg(), "a", tools)
        assert add_photo(scope, pictures.jpeg(), "a", tools).id == first.id
        assert add_photo(scope, pictures.jpeg(), "b", tools).id != first.id
        assert add_photo(scope, pictures.jpeg((64, 48)), "a", tools).id != first.id

    def test_a_refused_photo_leaves_nothing(
        self, scope: ParticipantScope, tools: PhotoTools, stored: Callable[[], list[str]]
    ) -> None:
        with pytest.raises(NotAPhoto):
            add_photo(scope, b"<html>", "a", tools)
        assert stored() == []
        assert photos_of(read_session(), scope) == []

    @pytest.mark.parametrize("at", [1, 2])
    def test_a_store_that_fails_leaves_no_row_and_no_file(
        self, scope: ParticipantScope, tools: PhotoTools, stored: Callable[[], list[str]], at: int
    ) -> None:
        faulty = FaultyStore(tools.store, fail_put_at=at)
        with pytest.raises(StorageUnavailable):
            add_photo(scope, pictures.jpeg(), "a", replace(tools, store=faulty))
        assert stored() == []
        assert photos_of(read_session(), scope) == []
        assert add_photo(scope, pictures.jpeg(), "a", tools)

    def test_a_row_that_cannot_be_written_leaves_no_file(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        stored: Callable[[], list[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def fail(*_args: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(photovoice, "_note", fail)
        with pytest.raises(RuntimeError):
            add_photo(scope, pictures.jpeg(), "a", tools)
        assert stored() == []

    def test_two_lines_sending_the_same_upload_make_one_photo(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        stored: Callable[[], list[str]],
    ) -> None:
        @dataclass
        class Overtaken:
            inner: PhotoDecoder

            def prepare(self, data: bytes) -> PreparedPhoto:
                prepared = self.inner.prepare(data)
                add_photo(scope, data, "a", tools)  # the other line is faster
                return prepared

        photo = add_photo(scope, pictures.jpeg(), "a", replace(tools, decoder=Overtaken(tools.decoder)))
        assert [row.id for row in photos_of(read_session(), scope)] == [photo.id]
        assert len(stored()) == 2

    def test_another_broken_rule_of_the_table_is_not_taken_for_a_repeat(
        self, scope: ParticipantScope, tools: PhotoTools, stored: Callable[[], list[str]]
    ) -> None:
        nobody = replace(scope, person_id=uuid.uuid4())
        with pytest.raises(IntegrityError):
            add_photo(nobody, pictures.jpeg(), "a", tools)
        assert stored() == []

    def test_c14_there_is_a_most_for_one_person(
        self, scope: ParticipantScope, tools: PhotoTools, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(photovoice, "MAX_PHOTOS", 2)
        for key in "ab":
            add_photo(scope, pictures.jpeg(), key, tools)
        with pytest.raises(PhotoQuotaReached) as caught:
            add_photo(scope, pictures.jpeg(), "c", tools)
        assert caught.value.code == "evidence.photo-quota"
        assert add_photo(scope, pictures.jpeg(), "b", tools)  # a repeat is not one more

    def test_a_program_without_photovoice_takes_no_photos(
        self, scope: ParticipantScope, tools: PhotoTools
    ) -> None:
        without = replace(scope, program=replace(scope.program, photovoice=None))
        with pytest.raises(ActivityWithoutPage):
            add_photo(without, pictures.jpeg(), "a", tools)


class Killed(BaseException):
    """As when the process is killed: nothing after it runs."""


class TestArrivals:
    def left_over(self) -> list[str]:
        now = services().clock()
        return list(sweep_arrivals(read_session(), now))

    def test_after_a_crash_between_files_and_row_the_files_are_tidied_up(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        stored: Callable[[], list[str]],
        clock: MovableClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def killed(*_args: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(photovoice, "_write", killed)
            patch.setattr(photovoice, "remove_files", lambda *_args: None)
            with pytest.raises(Killed):
                add_photo(scope, pictures.jpeg(), "a", tools)
        assert len(stored()) == 2
        assert self.left_over() == []  # it might still be on its way
        clock.forward(hours=1)
        (subject,) = self.left_over()
        for _ in range(2):
            assert tidy_job(Work(JOB, subject, 1, 1, lambda: None)) is None
        assert stored() == []
        assert self.left_over() == []

    def test_a_photo_that_came_leaves_no_note(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        stored: Callable[[], list[str]],
        clock: MovableClock,
    ) -> None:
        photo = add_photo(scope, pictures.jpeg(), "a", tools)
        clock.forward(days=1)
        assert self.left_over() == []
        tidy_job(Work(JOB, str(photo.id), 1, 1, lambda: None))
        assert len(stored()) == 2

    def test_the_runner_knows_the_job(self) -> None:
        assert HANDLERS[JOB] is tidy_job
        assert SWEEPERS[JOB] is sweep_arrivals


class TestTelling:
    def test_enough_told_photos_complete_the_activity(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        world: World,
        clock: MovableClock,
        stage_of: Callable[..., Any],
    ) -> None:
        for number in range(5):
            assert stage_of(world.amara, "photovoice") == ("started" if number else None)
            photo = add_photo(scope, pictures.jpeg((60, 40)), str(number), tools)
            with transaction() as session:
                tell_photo(session, scope, photo.id, WORDS, at=clock())
        assert stage_of(world.amara, "photovoice") == "done"

    @pytest.mark.parametrize(
        "change", [{"caption": ""}, {"lens": ""}, {"answers": {}}, {"alt_text": ""}, {"who_is_in_it": ""}]
    )
    def test_an_untold_photo_does_not_count(
        self, scope: ParticipantScope, tools: PhotoTools, change: dict[str, Any], clock: MovableClock
    ) -> None:
        photo = add_photo(scope, pictures.jpeg((60, 40)), "a", tools)
        guide = photovoice.guide_of(scope)
        with transaction() as session:
            told = tell_photo(session, scope, photo.id, WORDS, at=clock())
            assert photovoice.is_told(told, guide)
            told = tell_photo(session, scope, photo.id, replace(WORDS, **change), at=clock())
            assert not photovoice.is_told(told, guide)

    def test_a_lens_is_one_of_the_programs(
        self, scope: ParticipantScope, tools: PhotoTools, clock: MovableClock
    ) -> None:
        photo = add_photo(scope, pictures.jpeg((60, 40)), "a", tools)
        with pytest.raises(Invalid) as caught, transaction() as session:
            tell_photo(session, scope, photo.id, replace(WORDS, lens="gossip"), at=clock())
        assert set(caught.value.faults) == {"lens"}

    def test_nobody_else_tells_it(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        world: World,
        scope_of: Callable[..., Any],
        clock: MovableClock,
    ) -> None:
        photo = add_photo(scope, pictures.jpeg((60, 40)), "a", tools)
        for other in (world.ben, world.stranger):
            with pytest.raises(EvidenceUnknown), transaction() as session:
                tell_photo(session, scope_of(other), photo.id, WORDS, at=clock())


class TestWithdrawing:
    def test_c21_files_and_words_are_gone_at_once(
        self,
        scope: ParticipantScope,
        tools: PhotoTools,
        stored: Callable[[], list[str]],
        clock: MovableClock,
    ) -> None:
        photo = add_photo(scope, pictures.jpeg(), "a", tools)
        with transaction() as session:
            tell_photo(session, scope, photo.id, WORDS, at=clock())
        withdraw_photo(scope, photo.id, tools)
        assert stored() == []
        row = read_session().scalars(select(Photo).where(Photo.id == photo.id)).one()
        assert row.withdrawn_at == clock()
        assert (row.caption, row.alt_text, row.answers) == ("", "", {})
        with pytest.raises(EvidenceUnknown):
            withdraw_photo(scope, photo.id, tools)
        assert add_photo(scope, pictures.jpeg(), "a", tools).id != photo.id

    def test_a_step_that_withdrawn_photos_made_done_is_open_again(
        self, scope: ParticipantScope, tools: PhotoTools, clock: MovableClock
    ) -> None:
        def stage() -> str:
            ids = (scope.organisation_id, scope.offering_id, scope.person_id)
            with transaction() as session:
                return progress_of(session, *ids)["photovoice"].state

        wanted = photovoice.guide_of(scope).minimum_photos
        made = [add_photo(scope, pictures.jpeg(), f"key-{number}", tools) for number in range(wanted)]
        for photo in made:
            with transaction() as session:
                tell_photo(session, scope, photo.id, WORDS, at=clock())
        assert stage() == "done"
        withdraw_photo(scope, made[0].id, tools)
        assert stage() == "started"
        again = add_photo(scope, pictures.jpeg(), "one more", tools)
        with transaction() as session:
            tell_photo(session, scope, again.id, WORDS, at=clock())
        assert stage() == "done"

    def test_if_the_files_cannot_be_removed_nothing_has_changed(
        self, scope: ParticipantScope, tools: PhotoTools
    ) -> None:
        photo = add_photo(scope, pictures.jpeg(), "a", tools)
        with pytest.raises(StorageUnavailable):
            withdraw_photo(scope, photo.id, replace(tools, store=FaultyStore(tools.store, fail_delete=True)))
        assert [row.id for row in photos_of(read_session(), scope)] == [photo.id]
        withdraw_photo(scope, photo.id, tools)
        assert photos_of(read_session(), scope) == []


def upload(*files: tuple[bytes, str], key: str = "k") -> dict[str, Any]:
    return {"photos": [(io.BytesIO(data), name) for data, name in files], "upload_key": key}


@pytest.mark.usefixtures("tools")
class TestPages:
    def test_several_photos_in_one_plain_form(
        self, amara: Visitor, scope: ParticipantScope, stored: Callable[[], list[str]]
    ) -> None:
        assert "No photo yet" in page_text(amara.get("photos"))
        files = [(pictures.jpeg(), "one.jpg"), (pictures.described_png(), "two.png")]
        assert amara.post("photos", upload(*files)).status_code == 303
        assert amara.post("photos", upload(*files)).status_code == 303  # the button pressed twice
        assert len(photos_of(read_session(), scope)) == 2
        assert len(stored()) == 4
        page = page_text(amara.get("photos?added=2"))
        assert "2 photos arrived" in page
        assert "No photo of people, groups, structures, climate, culture yet." in page

    def test_one_bad_file_does_not_stop_the_others(self, amara: Visitor, scope: ParticipantScope) -> None:
        files = [(b"<html>", "evil<script>.jpg"), (pictures.jpeg(), "good.jpg")]
        answer = amara.post("photos", upload(*files))
        assert answer.status_code == 422
        assert "This file is not a photo that we can read" in page_text(answer)
        assert "evil&lt;script&gt;.jpg" in answer.text
        assert len(photos_of(read_session(), scope)) == 1

    def test_one_photo_by_fetch(self, amara: Visitor) -> None:
        headers = {"Accept": "application/json"}
        answer = amara.post("photos", upload((pictures.jpeg(), "a.jpg")), headers=headers)
        again = amara.post("photos", upload((pictures.jpeg(), "a.jpg")), headers=headers)
        assert answer.status_code == again.status_code == 201
        assert answer.get_json() == again.get_json()
        thumbnail = amara.client.get(answer.get_json()["thumbnail"], base_url=amara.origin)
        assert thumbnail.mimetype == "image/webp"
        assert amara.client.get(answer.get_json()["url"], base_url=amara.origin).status_code == 200

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"<html>", 422, "evidence.not-a-photo"),
            (pictures.png_header(30_000, 30_000), 413, "evidence.photo-too-many-pixels"),
            (pictures.jpeg()[:500], 422, "evidence.photo-damaged"),
        ],
    )
    def test_a_refusal_by_fetch_has_its_code(
        self, amara: Visitor, scope: ParticipantScope, data: bytes, status: int, code: str
    ) -> None:
        headers = {"Accept": "application/json"}
        answer = amara.post("photos", upload((data, "a.jpg")), headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
        assert photos_of(read_session(), scope) == []

    def test_a_form_without_a_file_says_so(self, amara: Visitor) -> None:
        answer = amara.post("photos", {"upload_key": "k"})
        assert answer.status_code == 422
        assert "No photo was chosen" in page_text(answer)

    @pytest.mark.parametrize(
        "name",
        ["../../x.jpg", "C:\\boot.ini", "nul\x00.jpg", "x" * 4000 + ".jpg", "\u202egpj.exe", "CON", "a/b/c"],
        ids=["up", "drive", "nul", "long", "rtl", "reserved", "slashes"],
    )
    def test_c10_the_name_of_a_file_means_nothing(
        self, amara: Visitor, scope: ParticipantScope, stored: Callable[[], list[str]], name: str
    ) -> None:
        assert amara.post("photos", upload((pictures.jpeg(), name))).status_code == 303
        photo = photos_of(read_session(), scope)[0]
        assert photo.object_key == f"photos/{scope.organisation_id.hex}/{photo.id.hex}"
        assert stored() == ["2048.webp", "480.webp"]

    def test_c13_a_body_over_the_limit_is_refused_whole(
        self, amara: Visitor, app: Flask, scope: ParticipantScope, stored: Callable[[], list[str]]
    ) -> None:
        noise = pictures.saved(pictures.Image.effect_noise((400, 400), 90), "PNG")
        app.config["MAX_CONTENT_LENGTH"] = len(noise) + 2000
        assert amara.post("photos", upload((noise, "a.png"))).status_code == 303
        app.config["MAX_CONTENT_LENGTH"] = len(noise) - 1
        assert amara.post("photos", upload((noise, "b.png"), key="other")).status_code == 413
        assert len(photos_of(read_session(), scope)) == 1
        assert len(stored()) == 2

    def test_saying_what_a_photo_shows(self, amara: Visitor, scope: ParticipantScope) -> None:
        files = [(pictures.jpeg(), "a.jpg"), (pictures.jpeg((90, 60)), "b.jpg")]
        amara.post("photos", upload(*files))
        first, second = photos_of(read_session(), scope)
        page = page_text(amara.get(f"photos/{first.id}"))
        assert "Who is in it?" in page
        assert "If a student can be recognized" in page
        fields = {
            "caption": "The open door",
            "alt_text": "A door",
            "lens": "climate",
            "who_is_in_it": "nobody",
            "then": "next",
            **{f"p.{key}": value for key, value in ANSWERS.items()},
        }
        saved = amara.post(f"photos/{first.id}", fields)
        assert saved.location.endswith(f"/photos/{second.id}")
        sheet = page_text(amara.get("photos"))
        assert "1 of 2 told in full" in sheet
        assert "No photo of people, groups, structures, culture yet." in sheet
        assert "The open door" in amara.get(f"photos/{first.id}").text
        last = amara.post(f"photos/{second.id}", {**fields, "caption": "Last"})
        assert "/photos?" in last.location

    @pytest.mark.parametrize(
        "fault", [{"lens": "gossip"}, {"who_is_in_it": "pupils"}, {"caption": "x" * 401}]
    )
    def test_a_fault_keeps_every_word(
        self, amara: Visitor, scope: ParticipantScope, fault: dict[str, str]
    ) -> None:
        amara.post("photos", upload((pictures.jpeg(), "a.jpg")))
        photo = photos_of(read_session(), scope)[0]
        answer = amara.post(f"photos/{photo.id}", {"alt_text": "My own words", **fault})
        assert answer.status_code == 422
        assert "My own words" in answer.text
        assert f'href="#f-{next(iter(fault))}"' in answer.text

    def test_withdrawing(self, amara: Visitor, scope: ParticipantScope) -> None:
        amara.post("photos", upload((pictures.jpeg(), "a.jpg")))
        photo = photos_of(read_session(), scope)[0]
        assert amara.get(f"photos/{photo.id}/480").status_code == 200
        assert amara.post(f"photos/{photo.id}/withdraw").status_code == 303
        assert amara.get(f"photos/{photo.id}/480").status_code == 404
        assert amara.get(f"photos/{photo.id}").status_code == 404
        assert "Withdrawn" in page_text(amara.get("photos?withdrawn=1"))


@pytest.mark.usefixtures("tools")
class TestServing:
    @pytest.fixture
    def path(self, amara: Visitor, scope: ParticipantScope) -> str:
        amara.post("photos", upload((pictures.located_jpeg(), "a.jpg")))
        return f"photos/{photos_of(read_session(), scope)[0].id}"

    def test_c22_a_photo_is_shut_in_by_its_headers(self, amara: Visitor, path: str) -> None:
        answer = amara.get(f"{path}/2048")
        assert answer.mimetype == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert pictures.SECRET not in answer.data

    @pytest.mark.parametrize("size", ["480", "2048"])
    def test_its_owner_their_coach_and_a_director_see_it(
        self, amara: Visitor, path: str, world: World, visit_as: Callable[..., Visitor], size: str
    ) -> None:
        readers = (amara, visit_as(world.coach, "coach"), visit_as(world.director, "director"))
        assert {reader.get(f"{path}/{size}").status_code for reader in readers} == {200}
        assert amara.get(f"{path}/4096").status_code == 404
        assert amara.get(f"{path}/original").status_code == 404

    @pytest.mark.parametrize(
        ("who", "role"),
        [
            ("ben", "participant"),
            ("dario", "participant"),
            ("other_coach", "coach"),
            ("stranger", "participant"),
            ("stranger_coach", "coach"),
        ],
    )
    def test_c11_nobody_else_does_and_the_answer_is_that_of_no_photo(
        self, amara: Visitor, path: str, world: World, visit_as: Callable[..., Visitor], who: str, role: str
    ) -> None:
        other = visit_as(getattr(world, who), role)
        assert amara.get(f"{path}/480").status_code == 200
        mine, nobodys = other.get(f"{path}/480"), other.get(f"photos/{uuid.uuid4()}/480")
        assert mine.status_code == nobodys.status_code == 404
        assert page_text(mine).rpartition("·")[0] == page_text(nobodys).rpartition("·")[0]
        if role == "participant":
            assert other.get(path).status_code == 404
            assert other.post(f"{path}/withdraw").status_code == 404

    def test_c20_the_same_picture_of_somebody_else_is_their_own_photo(
        self, path: str, world: World, visit_as: Callable[..., Visitor]
    ) -> None:
        ben = visit_as(world.ben, "participant")
        headers = {"Accept": "application/json"}
        answer = ben.post("photos", upload((pictures.located_jpeg(), "a.jpg")), headers=headers)
        assert answer.status_code == 201
        assert answer.get_json()["id"] not in path

    def test_the_store_has_no_original(self, settings: Settings, path: str) -> None:
        assert path
        kept = [file.read_bytes() for file in Path(settings.data_dir).rglob("*.webp")]
        assert len(kept) == 2
        assert not any(pictures.SECRET in data or data.startswith(b"\xff\xd8") for data in kept)
        assert list(Path(settings.data_dir).rglob("*.jpg")) == []

    def test_missing_bytes_are_a_plain_not_found(
        self, amara: Visitor, path: str, scope: ParticipantScope
    ) -> None:
        photo = photos_of(read_session(), scope)[0]
        services().store.delete(f"{photo.object_key}/480.webp")
        with pytest.raises(ObjectMissing):
            services().store.get(f"{photo.object_key}/480.webp")
        assert amara.get(f"{path}/480").status_code == 404
        assert amara.get(f"{path}/2048").status_code == 200


@pytest.mark.parametrize(
    ("request_limit", "photo"),
    [(2**20, 2**20 - FORM_BYTES), (25 * 2**20, 25 * 2**20 - FORM_BYTES), (2**30, MAX_FILE_BYTES)],
)
def test_a_photo_may_be_as_large_as_request_and_decoder_take(request_limit: int, photo: int) -> None:
    assert largest_file(request_limit) == photo
