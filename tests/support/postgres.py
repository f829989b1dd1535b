"""A PostgreSQL 15 of our own: a private cluster on a unix socket, run by an unprivileged user."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
OPTIONS = "-c listen_addresses='' -c max_connections=60 -c log_min_messages=fatal"


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster and give the address of its maintenance database; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user = _unprivileged(folder)
    data = folder / "data"
    try:
        _run(as_user, "initdb", "-D", str(data), "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync")
        options = f"{OPTIONS} -k {folder}"
        _run(as_user, "pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        yield f"postgresql+psycopg://{USER}@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            _run(as_user, "pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def database_name() -> str:
    """Name a database that nobody else uses."""
    return f"tool_{uuid.uuid4().hex}"


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; the package has made a user for it."""
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam(USER)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _run(as_user: list[str], program: str, *arguments: str) -> None:
    command = [*as_user, str(BINARIES / program), *arguments]
    subprocess.run(
        command, check=True, capture_output=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    )
