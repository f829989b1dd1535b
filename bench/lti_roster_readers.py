"""Read or take over a roster in this process and say what it cost: NAME BASE POSTMASTER.

`floor` is the least that reading can be: requests, `json`, four fields, nothing checked, nothing kept. `ours`
reads with every guard and stores nobody. `fill` takes the roster over into an empty course, `again` once
more when nothing has changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "bench")]

import requests  # noqa: E402 - found by the line above
from lti_own_costs import costs  # noqa: E402 - as above


def floor(base: str, path: str) -> int:
    """Read a roster with nothing but what it takes."""
    count, url = 0, f"{base}{path}"
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer bench-token"
        while url:
            answer = session.get(url, timeout=10)
            for listed in answer.json()["members"]:
                kept = listed["user_id"], listed["name"], listed["email"], listed["roles"]
                count += len(kept) > 0
            url = urljoin(url, answer.links["next"]["url"]) if "next" in answer.links else ""
    return count


def measured_floor(base: str, _postmaster: int) -> dict[str, float]:
    """Measure the floor."""
    floor(base, "/short")
    return costs(lambda: floor(base, "/roster"))


def measured_reading(base: str, _postmaster: int) -> dict[str, float]:
    """Measure our reading: token, origin, size, loop, strict JSON, members of the right shape, roles read."""
    from lti_roster_course import opened_course  # noqa: PLC0415 - the floor must not carry what we import

    from ltitool.lti.rosters import read_members  # noqa: PLC0415 - as above

    with opened_course(base) as course:
        sum(1 for _ in read_members(course.client, f"{base}/short"))
        return costs(lambda: sum(1 for _ in read_members(course.client, f"{base}/roster")))


def measured_fill(base: str, postmaster: int) -> dict[str, float]:
    """Measure the first taking over; the cluster's CPU is told apart."""
    return _taken(base, postmaster, before=0)


def measured_again(base: str, postmaster: int) -> dict[str, float]:
    """Measure the second taking over of the same roster."""
    return _taken(base, postmaster, before=1)


def _taken(base: str, postmaster: int, *, before: int) -> dict[str, float]:
    from lti_roster_course import opened_course  # noqa: PLC0415 - as above
    from lti_tools import cpu_of  # noqa: PLC0415 - as above

    from ltitool.cohorts.roster_reading import read_roster_here  # noqa: PLC0415 - as above

    with opened_course(base) as course:
        read_roster_here(course.organisation_id, course.short)
        for _ in range(before):
            read_roster_here(course.organisation_id, course.long)
        spent = cpu_of(postmaster)
        found = costs(lambda: read_roster_here(course.organisation_id, course.long).listed)
        return {**found, "database": cpu_of(postmaster) - spent}


MEASURED: dict[str, Callable[[str, int], dict[str, float]]] = {
    "floor": measured_floor,
    "ours": measured_reading,
    "fill": measured_fill,
    "again": measured_again,
}

if __name__ == "__main__":
    name, base_url, cluster = sys.argv[1:]
    json.dump(MEASURED[name](base_url, int(cluster)), sys.stdout)
