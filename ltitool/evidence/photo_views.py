"""Pages of PhotoVoice: adding photos with or without scripts, the contact sheet, one photo's words."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from ltitool.errors import Invalid, ToolError
from ltitool.evidence.answers import read_answers
from ltitool.evidence.errors import PhotoMissing
from ltitool.evidence.models import Photo
from ltitool.evidence.pages import own_scope, pages, said, show, typed
from ltitool.evidence.photo_questions import ANSWER_PREFIX, photo_sheet
from ltitool.evidence.photo_rows import is_told, own_photo, photos_of
from ltitool.evidence.photo_sizes import MAX_FILE_BYTES, SIZES, largest_file
from ltitool.evidence.photo_worker import shared_decoder
from ltitool.evidence.photovoice import (
    PhotoTools,
    PhotoWords,
    add_photo,
    guide_of,
    tell_photo,
    withdraw_photo,
)
from ltitool.evidence.schemas import WHO_WORDS, PhotoForm
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.web.drafts import with_draft
from ltitool.web.forms import read_form

DECODER = "evidence.photo_decoder"
FIELD = "photos"
NAME_SHOWN = 80


@dataclass(frozen=True)
class NotTaken:
    """A file that was sent and not taken, by the name its sender knows it by, and why."""

    name: str
    error: ToolError


@pages.get("/photos")
def photos() -> ResponseReturnValue:
    return _photos_page(())


@pages.post("/photos")
def add_photos() -> ResponseReturnValue:
    files = [file for file in request.files.getlist(FIELD) if file.filename]
    if not files:
        raise PhotoMissing
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return _one_added(files[0])
    refused = [fault for number, file in enumerate(files) if (fault := _try(file, number))]
    if refused:
        return _photos_page(refused)
    return redirect(url_for("evidence.photos", added=len(files)), 303)


@pages.get("/photos/<uuid:photo_id>")
def photo(photo_id: uuid.UUID) -> ResponseReturnValue:
    return _photo_page(photo_id, {})


@pages.post("/photos/<uuid:photo_id>")
def tell(photo_id: uuid.UUID) -> ResponseReturnValue:
    scope = own_scope()
    try:
        words = _read_words()
        with transaction() as session:
            tell_photo(session, scope, photo_id, words, at=services().clock())
    except Invalid as error:
        return _photo_page(photo_id, error.faults, sent=typed())
    return redirect(_after_telling(photo_id), 303)


@pages.post("/photos/<uuid:photo_id>/withdraw")
def withdraw(photo_id: uuid.UUID) -> ResponseReturnValue:
    withdraw_photo(own_scope(), photo_id, tools())
    return redirect(url_for("evidence.photos", withdrawn=1), 303)


def tools() -> PhotoTools:
    """Give what photos need, from the running application."""
    found = services()
    decoder = current_app.extensions.get(DECODER) or shared_decoder()
    return PhotoTools(decoder, found.store, found.new_id, found.clock)


def _one_added(file: FileStorage) -> Response:
    added = add_photo(own_scope(), _bytes_of(file), request.form.get("upload_key", ""), tools())
    answer = jsonify(
        {
            "id": str(added.id),
            "url": url_for("evidence.photo", photo_id=added.id),
            "thumbnail": url_for("evidence_reading.photo_file", photo_id=added.id, size=SIZES[-1]),
        }
    )
    answer.status_code = 201
    return answer


def _try(file: FileStorage, number: int) -> NotTaken | None:
    """Add one of several files; one that cannot be taken does not stop the others."""
    key = f"{request.form.get('upload_key', '')}-{number}"
    try:
        add_photo(own_scope(), _bytes_of(file), key, tools())
    except ToolError as error:
        return NotTaken("".join(filter(str.isprintable, file.filename or ""))[:NAME_SHOWN], error)
    return None


def _bytes_of(file: FileStorage) -> bytes:
    return file.stream.read(MAX_FILE_BYTES + 1)


def _read_words() -> PhotoWords:
    scope = own_scope()
    plain = read_form(PhotoForm())
    answers = read_answers(photo_sheet(scope.program, guide_of(scope)), request.form)
    return PhotoWords(
        **plain, answers={name.removeprefix(ANSWER_PREFIX): value for name, value in answers.items()}
    )


def _after_telling(photo_id: uuid.UUID) -> str:
    following = _neighbours(photos_of(read_session(), own_scope()), photo_id)[1]
    if request.form.get("then") == "next" and following is not None:
        return url_for("evidence.photo", photo_id=following.id)
    return url_for("evidence.photos", told=1) + f"#photo-{photo_id}"


def _neighbours(rows: Sequence[Photo], photo_id: uuid.UUID) -> tuple[Photo | None, Photo | None]:
    place = next((index for index, row in enumerate(rows) if row.id == photo_id), 0)
    before = rows[place - 1] if place else None
    return before, rows[place + 1] if place + 1 < len(rows) else None


def _photos_page(refused: Sequence[NotTaken]) -> Response:
    scope = own_scope()
    guide = guide_of(scope)
    rows = photos_of(read_session(), scope)
    return show(
        "photos.html",
        refused[0].error.status if refused else 200,
        guide=guide,
        photos=rows,
        told={row.id for row in rows if is_told(row, guide)},
        lenses={lens.key: lens for lens in guide.lenses},
        refused=refused,
        max_bytes=largest_file(services().settings.max_upload_bytes),
        added=request.args.get("added", type=int),
        withdrawn=request.args.get("withdrawn"),
    )


def _photo_page(
    photo_id: uuid.UUID, faults: Mapping[str, str], sent: Mapping[str, object] | None = None
) -> Response:
    session, scope = read_session(), own_scope()
    guide, row = guide_of(scope), own_photo(session, scope, photo_id)
    rows = photos_of(session, scope)
    before, after = _neighbours(rows, photo_id)
    action = url_for("evidence.tell", photo_id=photo_id)
    return show(
        "photo.html",
        422 if faults else 200,
        guide=guide,
        sheet=photo_sheet(scope.program, guide),
        photo=row,
        number=rows.index(row) + 1,
        total=len(rows),
        before=before,
        after=after,
        who_words=WHO_WORDS,
        action=action,
        values=with_draft(action, _saved(row)) if sent is None else dict(sent),
        faults=said(faults),
    )


def _saved(row: Photo) -> dict[str, object]:
    answers = {f"{ANSWER_PREFIX}{key}": value for key, value in row.answers.items()}
    return {
        "caption": row.caption,
        "alt_text": row.alt_text,
        "lens": row.lens,
        "who_is_in_it": row.who_is_in_it,
        **answers,
    }
