"""Photos of people who are not there: drawn by us, then taken in like anybody's upload.

Pictures are drawn ahead in processes of their own, while the ones before are taken in.
"""

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Self

from ltitool.cli.demo_seed.pictures import draw_picture
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.demo_seed.story import PhotoTold, Story
from ltitool.cli.demo_seed.working import StoryIncomplete, Worker
from ltitool.evidence.answers import read_answers
from ltitool.evidence.photo_questions import ANSWER_PREFIX, photo_sheet
from ltitool.evidence.photo_worker import PhotoDecoder
from ltitool.evidence.photovoice import PhotoTools, PhotoWords, add_photo, guide_of, tell_photo
from ltitool.foundation.db import transaction
from ltitool.foundation.services import services

DRAWERS = 2


class Camera:
    """Takes photos into a person's evidence; used as a context, because processes stand behind it."""

    def __init__(self, place: DemoPlace, told: Sequence[Story]) -> None:
        self._place = place
        self._told = told
        self._decoder = PhotoDecoder()
        self._drawers = ProcessPoolExecutor(
            DRAWERS,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=signal.signal,  # Ctrl-C is for the one who started them
            initargs=(signal.SIGINT, signal.SIG_IGN),
        )
        self._drawn: dict[str, Future[bytes]] = {}

    def __enter__(self) -> Self:
        for story in self._told:
            for photo in story.photos:
                name, wide = _name_of(story.person, photo), _width_of(story.person)
                self._drawn[name] = self._drawers.submit(
                    draw_picture, photo.scene, photo.palette, seed=name, wide=wide
                )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drawers.shutdown(cancel_futures=True)
        self._decoder.close()

    def take(self, person: str, worker: Worker, told: PhotoTold) -> None:
        """Add a drawn picture as a photo, and write down its story."""
        name, at = _name_of(person, told), worker.at(told)
        picture = self._drawn.pop(name).result()
        tools = PhotoTools(self._decoder, services().store, lambda: self._place.id_of(name), lambda: at)
        photo = add_photo(worker.scope, picture, told.name, tools)
        worker.evidence[f"photo:{told.name}"] = str(photo.id)
        with transaction() as session:
            tell_photo(session, worker.scope, photo.id, self._words(worker, told), at=at)

    def _words(self, worker: Worker, told: PhotoTold) -> PhotoWords:
        sheet = photo_sheet(worker.scope.program, guide_of(worker.scope))
        form = worker.form({f"{ANSWER_PREFIX}{key}": value for key, value in told.answers.items()})
        answers = read_answers(sheet, form)
        if len(answers) != len(told.answers):
            raise StoryIncomplete(f"{told.name}: an answer to a question that nobody asks")
        return PhotoWords(
            caption=told.caption.strip(),
            alt_text=told.alt_text.strip(),
            lens=told.lens,
            who_is_in_it=told.who_is_in_it,
            answers={name.removeprefix(ANSWER_PREFIX): value for name, value in answers.items()},
        )


def _name_of(person: str, photo: PhotoTold) -> str:
    return f"photo/{person}/{photo.name}"


def _width_of(person: str) -> int:
    """Some phones take smaller pictures. The one that everybody looks at first takes large ones."""
    return 1600 if person == DemoPlace.PARTICIPANT else 1200
