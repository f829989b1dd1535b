"""What the measurement of scores starts: the practice LMS with its latency, our worker, PyLTI1p3."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lti_tools import ROOT, SERVERS, cpu_of, environment, write_keys
from sqlalchemy import func, select

from ltitool.app import create_app
from ltitool.foundation.db import db, end_read, read_session, transaction
from ltitool.lti import vocabulary as words
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import Context, Deployment, GradeIntent
from ltitool.lti.platforms import Registration, add_platform
from ltitool.people.models import Organisation, Person
from ltitool.sandbox.seed import COHORT_3, DEMO, with_members
from ltitool.sandbox.vocabulary import Role
from ltitool.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MEMBERS, LATENCY = 400, 0.05
SEED = with_members(DEMO, COHORT_3, MEMBERS)
SUBJECTS = tuple(person.sub for person in SEED.enrolled(COHORT_3, Role.LEARNER))[-MEMBERS:]
COLUMN = SEED.line_items[0].id
PATIENCE = 120.0  # seconds


@dataclass
class Served:
    """A server that is up."""

    url: str
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Give the CPU seconds of its processes."""
        return cpu_of(self.process.pid)

    def asked(self) -> Mapping[str, Any]:
        """Say what the practice LMS was asked for since the last time."""
        found: Mapping[str, Any] = json.loads(_ask(f"{self.url}/asked"))
        return found

    def post(self, path: str, **form: str | Sequence[str]) -> None:
        """Post a form, in the session that the peer's launch was kept for."""
        _ask(self.url + path, urllib.parse.urlencode(form, doseq=True).encode())

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=60)


def start_practice_lms(port: int, tool_url: str, folder: Path) -> Served:
    """Start the practice LMS of one tool."""
    url = f"http://127.0.0.1:{port}"
    environ = {
        "LMS_URL": url,
        "TOOL_URL": tool_url,
        "DATA": str(folder / f"lms-{port}"),
        "MEMBERS": str(MEMBERS),
        "LATENCY": str(LATENCY),
    }
    served = Served(url, _gunicorn(sys.executable, "scored:build()", port, environ, threads=32))
    _wait_for(f"{url}/asked")
    return served


def start_peer(port: int, lms_url: str, folder: Path) -> Served:
    """Start PyLTI1p3's way of sending scores, after a launch."""
    write_keys(folder)
    config = folder / "pylti-scores.json"
    registered = {
        "default": True,
        "client_id": SEED.client_id,
        "auth_login_url": f"{lms_url}/lti/auth",
        "auth_token_url": f"{lms_url}/lti/token",
        "key_set_url": f"{lms_url}/lti/jwks",
        "key_set": None,
        "private_key_file": "private.pem",
        "public_key_file": "public.pem",
        "deployment_ids": [SEED.deployment_id],
    }
    config.write_text(json.dumps({lms_url: [registered]}))
    environ = {
        "TOOL_CONFIG": str(config),
        "CACHE_DIR": str(folder / "pylti-scores-cache"),
        "SECRET": secrets.token_hex(16),
        "CLAIMS": json.dumps(_claims(lms_url)),
    }
    served = Served(
        f"http://127.0.0.1:{port}", _gunicorn(str(environment("pylti1p3")), "pylti_scores:app", port, environ)
    )
    _wait_for(f"{served.url}/lti/jwks.json")
    served.post("/launched")
    return served


def _claims(lms_url: str) -> dict[str, Any]:
    endpoint = {
        "scope": [words.SCOPE_LINE_ITEM, words.SCOPE_RESULT, words.SCOPE_SCORE],
        "lineitems": f"{lms_url}/api/courses/{COHORT_3}/lineitems",
        "lineitem": f"{lms_url}/api/courses/{COHORT_3}/lineitems/{COLUMN}",
    }
    return {
        "iss": lms_url,
        "aud": SEED.client_id,
        "https://purl.imsglobal.org/spec/lti/claim/deployment_id": SEED.deployment_id,
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": endpoint,
    }


class Ours:
    """Our rows, and the worker that makes them true."""

    def __init__(self, environ: Mapping[str, str], lms_url: str) -> None:
        self._environ = {**os.environ, **environ, "PYTHONPATH": str(ROOT)}
        self._app = create_app(load_settings(environ))
        self._context = uuid.uuid4()
        with self._app.app_context():
            self._organisation = self._register(lms_url)
        command = [sys.executable, "-m", "ltitool.cli", "work", "--concurrency", "4"]
        self.worker = Served("", subprocess.Popen(command, cwd=ROOT, env=self._environ))

    def want(self, given: float) -> float:
        """Want a score for everybody, in one transaction; gives the CPU seconds that the wishes took."""
        began = time.process_time()
        with self._app.app_context(), transaction() as session:
            for subject in SUBJECTS:
                want_grade(session, self._wanted(subject, given), at=datetime.now(UTC))
        return time.process_time() - began

    def wait_until_sent(self) -> None:
        """Wait until every row says that its score was sent.

        Raises:
            TimeoutError: it did not within two minutes.
        """
        until = time.monotonic() + PATIENCE
        while self._unsent():
            if time.monotonic() > until:
                raise TimeoutError(f"{self._unsent()} scores were not sent")
            time.sleep(0.05)

    def close(self) -> None:
        """End the worker."""
        self.worker.stop()
        with self._app.app_context():
            db.engine.dispose()

    def _unsent(self) -> int:
        with self._app.app_context():
            found = read_session().scalar(select(func.count()).where(GradeIntent.state != "sent"))
            end_read()
        return found or 0

    def _register(self, lms_url: str) -> uuid.UUID:
        settings, now = load_settings(self._environ), datetime.now(UTC)
        self._app.extensions["ltitool"].keys.ensure("tool", "lti-rs256")
        with transaction() as session:
            organisation = session.scalars(select(Organisation.id)).one()
            platform = add_platform(
                session,
                Registration(
                    name="Practice LMS",
                    issuer=lms_url,
                    client_id=SEED.client_id,
                    auth_login_url=f"{lms_url}/lti/auth",
                    auth_token_url=f"{lms_url}/lti/token",
                    jwks_url=f"{lms_url}/lti/jwks",
                    deployment_ids=(SEED.deployment_id,),
                ),
                organisation_id=organisation,
                platform_id=uuid.uuid4(),
                settings=settings,
                at=now,
            )
            session.flush()
            deployment = session.scalars(
                select(Deployment.id).where(Deployment.platform_id == platform.id)
            ).one()
            session.add(
                Context(
                    id=self._context,
                    organisation_id=organisation,
                    deployment_id=deployment,
                    lms_id=COHORT_3,
                    title="Course",
                    lineitems_url=f"{lms_url}/api/courses/{COHORT_3}/lineitems",
                    scopes=[words.SCOPE_LINE_ITEM, words.SCOPE_RESULT, words.SCOPE_SCORE],
                )
            )
            for subject in SUBJECTS:
                session.add(
                    Person(
                        id=uuid.uuid5(self._context, subject),
                        organisation_id=organisation,
                        display_name=subject[:8],
                        created_at=now,
                    )
                )
        return organisation

    def _wanted(self, subject: str, given: float) -> WantedGrade:
        return WantedGrade(
            organisation_id=self._organisation,
            context_id=self._context,
            activity_key="keystone",
            person_id=uuid.uuid5(self._context, subject),
            subject=subject,
            label="Keystone",
            score_given=given,
            score_maximum=100.0,
        )


def _gunicorn(
    python: str, application: str, port: int, environ: Mapping[str, str], threads: int = 1
) -> subprocess.Popen[bytes]:
    workers = "1" if threads > 1 else "2"  # the LMS asks for a key set while it is being asked
    command = [python, "-m", "gunicorn", "-w", workers, "--threads", str(threads), "-b", f"127.0.0.1:{port}"]
    if threads > 1:
        command += ["-k", "gthread", "--keep-alive", "30"]
    search = os.pathsep.join(map(str, (SERVERS, ROOT)))
    return subprocess.Popen(
        [*command, "--log-level", "warning", application],
        cwd=SERVERS,
        env={**os.environ, **environ, "PYTHONPATH": search},
    )


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            _ask(url)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _ask(url: str, form: bytes | None = None) -> bytes:
    """Ask one of our own servers, in the session that the peer's launch was kept for."""
    cookie = {"Cookie": "lti1p3-session-id=lti1p3-bench"}
    request = urllib.request.Request(url, form, cookie)  # noqa: S310 - http on loopback
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
        body: bytes = answer.read()
    return body
