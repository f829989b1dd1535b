"""Hours by kind: rounded, and still adding up to what is signed."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from ltitool.cohorts.hours import HoursLedger, HoursLine, as_hours
from ltitool.programs import ActivityKind


@pytest.mark.parametrize("minutes", [(355, 170), (61, 61), (1, 1), (120, 0), (7, 13), (59, 1)])
def test_hours_by_kind_add_up(minutes: tuple[int, int]) -> None:
    kinds = (ActivityKind.GROUP_SESSION, ActivityKind.COACHING_SESSION)
    lines = tuple(
        HoursLine(date(2026, 3, 2), kind, amount, None, uuid.uuid4())
        for kind, amount in zip(kinds, minutes, strict=True)
        if amount
    )
    ledger = HoursLedger(lines)
    assert sum(ledger.hours_by_kind.values()) == ledger.hours
    for kind, hours in ledger.hours_by_kind.items():
        assert 0 <= hours - as_hours(ledger.minutes_by_kind[kind]) <= Decimal("0.01")
