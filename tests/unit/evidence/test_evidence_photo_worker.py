"""The decoder's process: warm, limited, killed when it hangs, replaced when it dies."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pictures
import pytest

from ltitool.evidence import photo_worker
from ltitool.evidence.errors import (
    NotAPhoto,
    PhotoDamaged,
    PhotoDecoderBusy,
    PhotoTooLarge,
    PhotoTooManyPixels,
    PhotoTooSlow,
)
from ltitool.evidence.photo_worker import DecoderLimits, DecoderProcess, PhotoDecoder, is_plain_webp


@pytest.fixture
def decoder() -> Iterator[PhotoDecoder]:
    made = PhotoDecoder(DecoderLimits(seconds=10, photos_per_life=3, wait_seconds=0.2))
    yield made
    made.close()


def only_process(decoder: PhotoDecoder) -> DecoderProcess:
    process = decoder._free.get_nowait()
    decoder._free.put(process)
    return process


def wait_for_pid(process: DecoderProcess) -> int:
    until = time.monotonic() + 5
    while process.pid is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    return process.pid


def test_one_warm_process_answers_until_it_is_recycled(decoder: PhotoDecoder) -> None:
    process = only_process(decoder)
    pids = []
    for _ in range(2):
        assert decoder.prepare(pictures.jpeg()).width == 400
        pids.append(process.pid)
    assert pids[0] == pids[1] is not None
    decoder.prepare(pictures.jpeg())  # the third and last of this life
    assert process.pid is None
    assert decoder.prepare(pictures.jpeg()).height == 300
    assert process.pid not in {None, pids[0]}


def test_refusals_come_back_as_our_errors_and_the_process_lives_on(decoder: PhotoDecoder) -> None:
    with pytest.raises(NotAPhoto) as caught:
        decoder.prepare(b"<html>")
    assert caught.value.code == "evidence.not-a-photo"
    with pytest.raises(PhotoTooManyPixels) as many:
        decoder.prepare(pictures.png_header(30_000, 30_000))
    assert many.value.code == "evidence.photo-too-many-pixels"
    assert decoder.prepare(pictures.jpeg()).width == 400


def test_a_file_over_the_limit_is_not_even_sent(
    decoder: PhotoDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = pictures.jpeg()
    monkeypatch.setattr(photo_worker, "MAX_FILE_BYTES", len(photo))
    assert decoder.prepare(photo)
    monkeypatch.setattr(photo_worker, "MAX_FILE_BYTES", len(photo) - 1)
    with pytest.raises(PhotoTooLarge) as caught:
        decoder.prepare(photo)
    assert caught.value.code == "evidence.photo-too-large"


def test_c09_a_photo_that_takes_too_long_ends_its_process_and_the_next_works() -> None:
    decoder = PhotoDecoder(DecoderLimits(seconds=0.8))
    try:
        decoder.prepare(pictures.jpeg())
        with pytest.raises(PhotoTooSlow) as caught:
            decoder.prepare(pictures.many_scans())
        assert caught.value.code == "evidence.photo-too-slow"
        assert decoder.prepare(pictures.jpeg()).width == 400
    finally:
        decoder.close()


def test_c07_a_process_killed_in_mid_photo_costs_that_photo_alone(decoder: PhotoDecoder) -> None:
    decoder.prepare(pictures.jpeg())
    process = only_process(decoder)
    victim = wait_for_pid(process)
    killer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
    killer.start()
    with pytest.raises(PhotoTooSlow):
        decoder.prepare(pictures.many_scans())
    killer.join()
    assert decoder.prepare(pictures.jpeg()).width == 400
    assert process.pid != victim


def test_a_process_that_died_between_photos_is_replaced_unnoticed(decoder: PhotoDecoder) -> None:
    decoder.prepare(pictures.jpeg())
    process = only_process(decoder)
    victim = wait_for_pid(process)
    os.kill(victim, signal.SIGKILL)
    until = time.monotonic() + 5
    while process._child is not None and process._child.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert decoder.prepare(pictures.jpeg()).width == 400


def test_c14_whoever_finds_no_free_process_is_asked_to_wait(decoder: PhotoDecoder) -> None:
    with decoder._one(), pytest.raises(PhotoDecoderBusy) as caught:
        decoder.prepare(pictures.jpeg())
    assert caught.value.code == "evidence.photo-busy"
    assert decoder.prepare(pictures.jpeg())


def test_the_process_holds_itself_to_its_limits_and_gets_no_secrets(
    decoder: PhotoDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTITOOL_SECRET_KEY", "do not tell")
    decoder.prepare(pictures.jpeg())
    pid = wait_for_pid(only_process(decoder))
    assert b"LTITOOL" not in Path(f"/proc/{pid}/environ").read_bytes()
    limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    bounded = [line for line in limits.splitlines() if line.startswith(("Max address", "Max file size"))]
    assert len(bounded) == 2
    assert not any("unlimited" in line for line in bounded)


def test_after_a_fork_the_other_half_has_processes_of_its_own(decoder: PhotoDecoder) -> None:
    decoder.prepare(pictures.jpeg())
    mine = decoder._free
    decoder._owner = -1  # as it looks in a child of this process
    assert decoder.prepare(pictures.jpeg()).width == 400
    assert decoder._free is not mine
    mine.get_nowait().end()


@pytest.mark.parametrize(
    "script",
    [
        "import sys; sys.stdout.buffer.write(b'\\x00\\x00\\x00\\x03???')",
        "import sys; sys.stdout.buffer.write(b'\\x00\\x00\\x00\\x0b{\"ok\":true}')",
        "raise SystemExit(3)",
    ],
    ids=["nonsense", "half an answer", "nothing"],
)
def test_a_process_that_speaks_nonsense_is_ended(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = PhotoDecoder(DecoderLimits(seconds=10))
    monkeypatch.setattr(photo_worker, "COMMAND", ("-c", script))
    with pytest.raises(PhotoTooSlow):
        decoder.prepare(pictures.jpeg())
    monkeypatch.undo()
    assert decoder.prepare(pictures.jpeg()).width == 400
    decoder.close()


def test_an_answer_that_is_more_than_a_plain_picture_is_not_believed() -> None:
    with_metadata = pictures.saved(pictures.halves(), "WEBP", xmp=b"<x/>")
    plain = pictures.saved(pictures.halves(), "WEBP")
    assert is_plain_webp(plain)
    assert not is_plain_webp(with_metadata)
    assert not is_plain_webp(plain + b"<script>")
    assert not is_plain_webp(b"")
    head = b'{"ok": true, "width": 1, "height": 1}'
    assert photo_worker._understood([head, plain, plain]).width == 1
    with pytest.raises(PhotoDamaged):
        photo_worker._understood([head, plain, with_metadata])


def test_the_shared_decoder_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[object] = []
    monkeypatch.setattr(photo_worker.atexit, "register", registered.append)
    photo_worker.shared_decoder.cache_clear()
    try:
        first = photo_worker.shared_decoder()
        assert photo_worker.shared_decoder() is first
        assert registered == [first.close]
    finally:
        photo_worker.shared_decoder.cache_clear()
