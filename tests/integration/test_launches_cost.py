"""What a launch costs, as a ratio: our processes and the floor's, in one run that lets them take turns.

Both are served by gunicorn, with PostgreSQL; the CPU time of processes is compared, the database's included,
and no clock. bench/lti.md says what it is on a quiet machine, bench/lti_servers/floor.py what the floor does.
"""

import os
import sys
from argparse import Namespace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from bench import bench_lti  # noqa: E402 - found by the line above

pytestmark = [pytest.mark.postgres, pytest.mark.server]
TURNS = Namespace(rounds=8, launches=20, only="floor,ours")
MOST = 2.1  # floors: well above the 1.5 to 1.7 that it is here, for the machine's sake; it was 2.4 once


def test_a_launch_costs_little_more_than_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("COV")]:
        monkeypatch.delenv(name)  # who counts lines slows our processes, and the floor's not
    floor, ours, with_page = bench_lti.run(TURNS)
    cost = bench_lti.ratio(ours, floor)
    assert cost <= MOST, [round(a / b, 2) for a, b in zip(ours.seconds, floor.seconds, strict=True)]
    assert ours.fetches == 0
    assert bench_lti.ratio(with_page, floor) > MOST  # the same launch with a real page is seen to cost more
