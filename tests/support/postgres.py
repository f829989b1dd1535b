"""A PostgreSQL 15 of our own: a private cluster on a unix socket, run by an unprivileged user."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, Table, create_engine, text

from ltitool.foundation.db import Base

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


def create_database(cluster_url: str) -> str:
    """Make an empty database in a cluster that goes away as a whole; give its address."""
    name = database_name()
    _say(cluster_url, f"CREATE DATABASE {name}")
    return cluster_url.replace("/postgres?", f"/{name}?")


def create_tables(engine: Engine, tables: Sequence[Table] | None = None) -> None:
    """Make tables as the models say, and the job queue beside them where there is one."""
    Base.metadata.create_all(engine, tables=tables)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def copy_database(from_url: str, to_url: str) -> None:
    """Put a copy of one database in the place of another; nobody may be connected to either."""
    source, target = (url.rpartition("?")[0].rpartition("/")[2] for url in (from_url, to_url))
    cluster_url = from_url.replace(f"/{source}?", "/postgres?")
    _say(cluster_url, f"DROP DATABASE IF EXISTS {target}", f"CREATE DATABASE {target} TEMPLATE {source}")


def _say(cluster_url: str, *sentences: str) -> None:
    engine = create_engine(cluster_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for sentence in sentences:
            connection.execute(text(sentence))
    engine.dispose()


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
