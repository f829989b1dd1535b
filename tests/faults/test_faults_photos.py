"""Kill -9 while a photo comes in: no photo without its files, and no files of nobody's for long."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.killed import SIGKILLED, Tool
from support.visitor import Visitor
from support.world import World

from ltitool.evidence.models import Photo
from ltitool.evidence.photo_arrivals import GRACE
from ltitool.evidence.photo_sizes import SIZES
from ltitool.foundation.db import read_session

pytestmark = pytest.mark.server


def files(tool: Tool) -> set[str]:
    root = tool.data / "objects"
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def wanted(photos: list[Photo]) -> set[str]:
    return {str(Path(photo.object_key) / f"{size}.webp") for photo in photos for size in SIZES}


def photos() -> list[Photo]:
    session = read_session()
    session.rollback()
    return list(session.scalars(select(Photo)))


def test_nobody_is_killed(tool: Tool, people: World) -> None:
    """The control: the same upload by the same process, without a trap."""
    assert tool.run("photo", person=people.amara) == 0
    [photo] = photos()
    assert files(tool) == wanted([photo])


@pytest.mark.parametrize(
    ("point", "left"), [("after one file", 1), ("before the row", 2), ("before the row is committed", 2)]
)
def test_killed_on_the_way(tool: Tool, people: World, point: str, left: int) -> None:
    assert tool.run("photo", point, people.amara) == SIGKILLED
    assert photos() == []
    assert len(files(tool)) == left
    visitor = Visitor.open(tool.app, people.amara, ["participant"], tool.clock)
    page = visitor.get("photos")
    assert page.status_code == 200
    assert "/480" not in page.text, "a photo is shown that is not there"
    tool.next_runner()
    assert len(files(tool)) == left, "it might still be coming"
    tool.clock.now += GRACE + timedelta(seconds=1)
    tool.next_runner()
    assert files(tool) == set()


def test_sent_again_after_the_kill(tool: Tool, people: World) -> None:
    """The browser sends the same upload once more: one photo with its files, and the rest is tidied up."""
    assert tool.run("photo", "before the row", people.amara) == SIGKILLED
    assert tool.run("photo", person=people.amara) == 0
    assert tool.run("photo", person=people.amara) == 0
    [photo] = photos()
    assert files(tool) > wanted([photo])
    tool.clock.now += GRACE + timedelta(seconds=1)
    tool.next_runner()
    assert files(tool) == wanted([photo])
