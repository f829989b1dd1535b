"""Start the tools that are measured, each as two processes of its own, and see what CPU they take."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import uuid
import venv
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from lti_lms import CLIENT, DEPLOYMENT, Lms, Tool
from lti_program import run_program
from sqlalchemy import create_engine, select, text
from support import postgres

from ltitool.app import create_app
from ltitool.foundation.db import db, transaction
from ltitool.lti.models import Context
from ltitool.lti.platforms import Registration, add_platform
from ltitool.people.models import Organisation
from ltitool.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
SERVERS = ROOT / "bench" / "lti_servers"
PEERS = ROOT / "build" / "bench-lti"
TICK = os.sysconf("SC_CLK_TCK")
PINNED = {"pylti1p3": "PyLTI1p3==2.0.0", "pylti1p3next": "pylti1p3next==2.0.2"}
NPM = ("ltijs@5.9.9", "ltijs-sequelize@2.4.4", "pg@8")


@dataclass
class Running:
    """A tool that is up."""

    name: str
    tool: Tool
    process: subprocess.Popen[bytes]
    environ: Mapping[str, str]

    def cpu(self) -> float:
        """Give the CPU seconds of its processes, those that have ended included."""
        return cpu_of(self.process.pid)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=20)


def cpu_of(pid: int) -> float:
    """Give the CPU seconds of a process and all below it."""
    return sum(_own_cpu(one) for one in _tree(pid))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _tree(int(child))


def _own_cpu(pid: int) -> float:
    """Give what its threads have used, to the nanosecond, and its ended children, in ticks of the clock."""
    try:
        threads = [one.read_text().split() for one in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(one[0]) for one in threads) / 1e9 + sum(map(int, fields[13:15])) / TICK


def environment(name: str) -> Path:
    """Make a virtual environment for a peer, once; gives its Python."""
    place = PEERS / name
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        wanted = [PINNED[name], "flask", "flask-caching", "gunicorn"]
        subprocess.run([str(python), "-m", "pip", "-q", "install", *wanted], check=True)
        (place / "ready").touch()
    return python


def node_packages() -> Path:
    """Install ltijs from npm, once; gives its folder."""
    place = PEERS / "ltijs"
    if not (place / "ready").exists():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}')
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "install", "--no-audit", "--no-fund", *NPM], cwd=place, check=True)
        (place / "ready").touch()
    shutil.copy(SERVERS / "ltijs.cjs", place)
    return place


def start_floor(lms: Lms, port: int, database: str) -> Running:
    """Start the floor."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE nonce (nonce text PRIMARY KEY)"))
    engine.dispose()
    environ = {"LMS": lms.url, "CLIENT": CLIENT, "JWKS": json.dumps(lms.jwks), "DATABASE": database}
    tool = Tool(port, f"http://localhost:{port}/launch", page=None)
    return Running("floor", tool, _gunicorn(sys.executable, "floor:app", port, environ), environ)


def start_pylti(lms: Lms, port: int, folder: Path, name: str, *, keep_keys: bool = False) -> Running:
    """Start PyLTI1p3 or pylti1p3next as in its example."""
    config, cache = folder / f"{name}{keep_keys}.json", folder / f"{name}{keep_keys}-cache"
    write_keys(folder)
    registered = {
        "default": True,
        "client_id": CLIENT,
        "auth_login_url": f"{lms.url}/auth",
        "auth_token_url": f"{lms.url}/token",
        "key_set_url": f"{lms.url}/jwks",
        "key_set": None,
        "private_key_file": "private.pem",
        "public_key_file": "public.pem",
        "deployment_ids": [DEPLOYMENT],
    }
    config.write_text(json.dumps({lms.url: [registered]}))
    environ = {"TOOL_CONFIG": str(config), "CACHE_DIR": str(cache), "KEEP_KEYS": "yes" if keep_keys else ""}
    environ["SECRET"] = secrets.token_hex(16)
    tool = Tool(port, f"https://localhost:{port}/launch", page=None)
    process = _gunicorn(str(environment(name)), "pylti:app", port, environ)
    return Running(f"{name} keeping keys" if keep_keys else name, tool, process, environ)


def start_ltijs(lms: Lms, port: int, database: str) -> Running:
    """Start ltijs with Sequelize."""
    place = node_packages()
    address, _, host = database.partition("?host=")
    environ = {
        "LMS": lms.url,
        "CLIENT": CLIENT,
        "PORT": str(port),
        "PGHOST": host,
        "PGDATABASE": address.rpartition("/")[2],
    }
    log = (PEERS / "ltijs-run.log").open("wb")
    node = shutil.which("node") or "node"
    process = subprocess.Popen(
        [node, "ltijs.cjs"], cwd=place, env={**os.environ, **environ}, stdout=log, stderr=log
    )
    return Running("ltijs", Tool(port, f"http://localhost:{port}/"), process, environ)


def start_ours(lms: Lms, port: int, folder: Path, database: str, *, others: int = 0) -> Running:
    """Start the tool, with an LMS registered, and perhaps many more."""
    environ = {
        "LTITOOL_PUBLIC_URL": f"http://localhost:{port}",
        "LTITOOL_DATABASE_URL": database,
        "LTITOOL_DATA_DIR": str(folder),
        "LTITOOL_SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "LTITOOL_KEY_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "LTITOOL_LOOPBACK_HTTP": "yes",
    }
    _register(environ, lms, others)
    tool = Tool(
        port,
        f"http://localhost:{port}/lti/launch",
        login="/lti/login",
        cookies={"__Host-lti_probe": "1"},
        page="empty",
    )
    name = f"ours, {others} more platforms" if others else "ours"
    return Running(name, tool, _gunicorn(sys.executable, "ours:build()", port, environ), environ)


def real_page(running: Running) -> Running:
    """Give the same tool, asked for the participant's first page instead of an empty one."""
    return replace(running, name=f"{running.name}, real first page", tool=replace(running.tool, page=""))


def connect_course(environ: Mapping[str, str]) -> None:
    """Have the course that people launched from run the program, so that they get their places."""
    app = create_app(load_settings(environ))
    with app.app_context():
        with transaction() as session:
            context = session.scalars(select(Context)).one()
            run_program(session, context.organisation_id, context.id)
        db.engine.dispose()


def _register(environ: Mapping[str, str], lms: Lms, others: int) -> None:
    settings = load_settings(environ)
    app = create_app(settings)
    with app.app_context():
        postgres.create_tables(db.engine)
        organisation, now = uuid.uuid4(), datetime.now(UTC)
        with transaction() as session:
            session.add(Organisation(id=organisation, slug="bench", name="Bench", created_at=now))
            session.flush()
            for number in range(others + 1):
                url = lms.url if number == 0 else f"https://lms-{number}.example"
                add_platform(
                    session,
                    Registration(
                        name=f"LMS {number}",
                        issuer=url,
                        client_id=CLIENT,
                        auth_login_url=f"{url}/auth",
                        auth_token_url=f"{url}/token",
                        jwks_url=f"{url}/jwks",
                        deployment_ids=(DEPLOYMENT,),
                    ),
                    organisation_id=organisation,
                    platform_id=uuid.uuid4(),
                    settings=settings,
                    at=now,
                )
        db.engine.dispose()


def write_keys(folder: Path) -> None:
    """Write a key pair in files, as PyLTI1p3 wants them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "private.pem").write_bytes(private)
    (folder / "public.pem").write_bytes(public)


def _gunicorn(
    python: str, application: str, port: int, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    command = [python, "-m", "gunicorn", "-w", "2", "-k", "sync", "-b", f"127.0.0.1:{port}"]
    search = os.pathsep.join(map(str, (SERVERS, ROOT)))
    return subprocess.Popen(
        [*command, "--log-level", "warning", application],
        cwd=SERVERS,
        env={**os.environ, **environ, "PYTHONPATH": search},
    )


def database_in(cluster: str) -> str:
    """Make an empty database."""
    return postgres.create_database(cluster)
