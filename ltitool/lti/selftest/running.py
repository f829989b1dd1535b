"""Running a self-test: a row that says how far it is, a job that goes on with it, the command that waits."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.jobs import Work, enqueue
from ltitool.lti.models import Platform, PlatformCheck
from ltitool.lti.platforms import platform_of
from ltitool.lti.selftest.bench import Bench, Tools, make_bench
from ltitool.lti.selftest.checks import CHECKS
from ltitool.lti.selftest.findings import Finding, Outcome, read_finding

JOB = "platforms.check"
KEY_OWNER, KEY_PURPOSE = "tool", "lti-rs256"
SWEEP_AFTER = timedelta(minutes=2)


def ask_for_check(
    session: Session, organisation_id: uuid.UUID, platform_id: uuid.UUID, *, at: datetime
) -> None:
    """Have a platform tested; one that is being tested begins anew.

    Raises:
        PlatformMissing: the organisation has none of this id.
    """
    platform = platform_of(session, organisation_id, platform_id)
    _begin(session, platform, at)
    enqueue(session, JOB, str(platform.id), at)


def check_of(session: Session, platform: Platform) -> PlatformCheck | None:
    """Give the running or last self-test of a platform."""
    return session.scalar(select(PlatformCheck).where(PlatformCheck.platform_id == platform.id))


def findings_of(check: PlatformCheck) -> list[Finding]:
    """Give what a self-test has found until now."""
    return [read_finding(one) for one in check.findings]


def tested_scopes(check: PlatformCheck | None) -> list[tuple[str, bool]]:
    """Give the scopes for which a self-test was given a token, or was refused one as not granted."""
    found = findings_of(check) if check is not None else []
    clear = {"ok", "not-offered", "service.scopes-refused"}
    return [
        (one.about, one.outcome is Outcome.PASSED)
        for one in found
        if one.check == "token" and one.reason in clear
    ]


def run_check(organisation_id: uuid.UUID, platform_id: uuid.UUID, tools: Tools) -> Iterator[Finding]:
    """Test a platform now, keeping each finding as it comes.

    Raises:
        PlatformMissing: the organisation has none of this id.
    """
    tools.keys.ensure(KEY_OWNER, KEY_PURPOSE)
    bench = make_bench(read_session(), organisation_id, platform_id, tools)
    end_read()
    at = tools.clock()
    with transaction() as session:
        _begin(session, bench.platform, at)
    yield from _go_on(bench, at, tools)


def go_on_with_check(work: Work, tools: Tools) -> datetime | None:
    """Handle a "platforms.check" job: its subject is a platform's id."""
    row = read_session().scalar(
        select(PlatformCheck).where(PlatformCheck.platform_id == uuid.UUID(work.subject))
    )
    end_read()
    if row is None or row.finished_at is not None:
        return None
    for _finding in run_check(row.organisation_id, row.platform_id, tools):
        work.renew()
    return None


def sweep_checks(session: Session, now: datetime) -> Iterable[str]:
    """Find self-tests that nobody goes on with."""
    late = (PlatformCheck.finished_at.is_(None), PlatformCheck.asked_at <= now - SWEEP_AFTER)
    return [str(one) for one in session.scalars(select(PlatformCheck.platform_id).where(*late))]


def _go_on(bench: Bench, at: datetime, tools: Tools) -> Iterator[Finding]:
    found: list[Finding] = []
    for check in CHECKS:
        found.append(check(bench))
        end_read()
        with transaction() as session:
            row = check_of(session, bench.platform)
            if row is None or row.asked_at != at:
                return  # somebody asked anew, and that test says the rest
            row.findings = [one.stored() for one in found]
            row.finished_at = tools.clock() if len(found) == len(CHECKS) else None
        yield found[-1]


def _begin(session: Session, platform: Platform, at: datetime) -> None:
    row = check_of(session, platform)
    if row is None:
        row = PlatformCheck(
            id=uuid.uuid5(platform.id, "check"),
            organisation_id=platform.organisation_id,
            platform_id=platform.id,
        )
        session.add(row)
    row.asked_at, row.finished_at, row.total, row.findings = at, None, len(CHECKS), []
