"""Four processes want a service token at the same moment: the LMS is asked once, and all get what it gave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from support import pg_tool
from support.asking_processes import THREADS, Askers, askers
from support.served_lms import PLATFORM, ServedLms, serving_lms

from ltitool.foundation.clock import system_clock
from ltitool.foundation.db import db
from ltitool.sandbox.faults import Fault, Kind, Service

pytestmark = [pytest.mark.postgres, pytest.mark.server]
PROCESSES = 4


@pytest.fixture
def tool(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = pg_tool.build_tool(postgres_url, tmp_path, system_clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def lms(tool: Flask, tmp_path: Path) -> Iterator[ServedLms]:
    with serving_lms(tool, tmp_path / "lms") as lms:
        yield lms


@pytest.fixture
def four(tool: Flask, lms: ServedLms, postgres_url: str, tmp_path: Path) -> Iterator[Askers]:
    del tool, lms
    with askers(PROCESSES, postgres_url, tmp_path, PLATFORM) as started:
        yield started


def test_of_four_processes_with_no_token_one_asks(four: Askers, lms: ServedLms) -> None:
    lms.board.set_fault(Service.TOKEN, Fault(Kind.SLOW, 0.5))  # long enough for all to want one
    first = four.get()
    assert (len(first), len(set(first)), lms.asked["token"]) == (PROCESSES * THREADS, 1, 1)
    assert set(four.get()) == set(first)
    assert lms.asked["token"] == 1


def test_of_four_processes_whose_token_was_forgotten_one_asks(four: Askers, lms: ServedLms) -> None:
    (first,) = set(four.get())
    lms.board.set_fault(Service.TOKEN, Fault(Kind.SLOW, 0.5))
    second = set(four.get(instead_of=first))
    assert (len(second), first in second, lms.asked["token"]) == (1, False, 2)


def test_without_the_turn_each_process_asks(
    tool: Flask, lms: ServedLms, postgres_url: str, tmp_path: Path
) -> None:
    del tool
    lms.board.set_fault(Service.TOKEN, Fault(Kind.SLOW, 0.5))
    with askers(PROCESSES, postgres_url, tmp_path, PLATFORM, in_turn=False) as started:
        started.get()
    assert lms.asked["token"] == PROCESSES
