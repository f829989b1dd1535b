"""Kill -9 while a badge is awarded: one award, one place in the status list, the same bytes, released."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from support import holders
from support.killed import SIGKILLED, Tool
from support.world import World

from ltitool.credentials.awarding import SWEEP_AFTER
from ltitool.credentials.models import Award
from ltitool.foundation.attempts import LEASE as JOB_LEASE
from ltitool.foundation.audit import verify_chain
from ltitool.foundation.db import read_session
from ltitool.foundation.models import AuditEntry, SealedKey

pytestmark = pytest.mark.server


@pytest.fixture
def complete(tool: Tool, people: World) -> World:
    """Give Amara all that the badge asks for."""
    holders.finish(people, people.amara, tool.clock)
    return people


def awards() -> list[Award]:
    session = read_session()
    session.rollback()
    found = list(session.scalars(select(Award).execution_options(populate_existing=True)))
    for award in found:
        _ = (award.signed, award.jwt, award.image_svg, award.unsigned)
    session.rollback()
    return found


def time_goes_by(tool: Tool) -> None:
    tool.clock.now += max(SWEEP_AFTER, JOB_LEASE) + timedelta(seconds=1)


def assert_released(award: Award) -> None:
    """It is signed, and both forms hold the document that was reserved."""
    assert (award.state, award.error) == ("issued", None)
    assert award.signed is not None
    assert {name: value for name, value in award.signed.items() if name != "proof"} == award.unsigned
    assert award.jwt is not None


def entries(action: str) -> int:
    return read_session().scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_nobody_is_killed(tool: Tool, complete: World) -> None:
    """The control: the same form, sent by the same process, without a trap."""
    assert tool.run("badge", person=complete.amara) == 0
    [award] = awards()
    assert_released(award)


@pytest.mark.parametrize("point", ["after reserving", "after signing", "before the release is committed"])
def test_killed_after_reserving(tool: Tool, complete: World, point: str) -> None:
    assert tool.run("badge", point, complete.amara) == SIGKILLED
    [reserved] = awards()
    assert (reserved.state, reserved.signed, reserved.jwt) == ("reserved", None, None)
    before = (reserved.id, reserved.public_id, reserved.status_index, reserved.unsigned)
    keys = _keys()
    time_goes_by(tool)
    tool.next_runner()
    [award] = awards()
    assert_released(award)
    assert (award.id, award.public_id, award.status_index, award.unsigned) == before
    assert entries("credential.issued") == 1
    if point != "after reserving":  # it had been signed once already
        assert _keys() == keys
    if point == "after signing":
        assert _signed_before(tool) == (award.signed or {})["proof"]
    assert verify_chain(read_session()) is None


def test_killed_before_the_reservation_is_committed(tool: Tool, complete: World) -> None:
    """Nothing is left of it, and the holder confirms again."""
    assert tool.run("badge", "before reserving is committed", complete.amara) == SIGKILLED
    assert awards() == []
    time_goes_by(tool)
    tool.next_runner()
    assert awards() == []
    assert tool.run("badge", person=complete.amara) == 0
    [award] = awards()
    assert_released(award)


def test_asked_for_again_after_the_kill(tool: Tool, complete: World) -> None:
    """The holder does not wait for the sweeper, and sends the form once more: still one award, same bytes."""
    assert tool.run("badge", "after signing", complete.amara) == SIGKILLED
    [reserved] = awards()
    assert tool.run("badge", person=complete.amara) == 0
    [award] = awards()
    assert_released(award)
    assert (award.id, award.status_index) == (reserved.id, reserved.status_index)
    assert _signed_before(tool) == (award.signed or {})["proof"]


def _signed_before(tool: Tool) -> dict[str, Any]:
    """Give the proof that the killed process had made, once the other forms are the same too."""
    told = json.loads((tool.data / "notes.json").read_text(encoding="utf-8"))
    [award] = awards()
    assert told["jwt"] == award.jwt
    assert told["svg"] == (award.image_svg or b"").decode()
    proof: dict[str, Any] = told["proof"]
    return proof


def _keys() -> list[uuid.UUID]:
    return sorted(read_session().scalars(select(SealedKey.id)))
