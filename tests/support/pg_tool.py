"""The whole tool on PostgreSQL with the practice LMS registered, for tests of what only PostgreSQL does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile

from flask import Flask, current_app, g
from sqlalchemy import text
from support.clock import MovableClock
from support.postgres import create_tables
from support.practice import Wire, seed_registration

from ltitool.app import create_app, services_of
from ltitool.foundation.clock import Clock
from ltitool.foundation.db import ALONE, Base, db, read_session, transaction
from ltitool.foundation.services import EXTENSION
from ltitool.lti.wiring import init_lti
from ltitool.settings import Settings


def forget_request(_app: Flask) -> None:
    """Empty `g` at each request: the test's own application context would share it between them."""
    for name in list(g):
        g.pop(name)


def settings_on(database_url: str, folder: Path) -> Settings:
    return Settings(
        public_url="http://localhost:8000",
        database_url=database_url,
        data_dir=folder,
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
    )


def build_tool(database_url: str, folder: Path, clock: Clock) -> Flask:
    """Build the application and lay its tables."""
    app = create_app(settings_on(database_url, folder), clock=clock)
    with app.app_context():
        create_tables(db.engine)
    return app


def empty(app: Flask, wire: Wire, clock: MovableClock) -> None:
    """Take everything away, memories too, and register the practice LMS."""
    found = replace(services_of(app), http=wire)
    app.extensions[EXTENSION] = found
    init_lti(app, found)
    wire.tool = app
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with transaction() as session:
        session.execute(text(f"TRUNCATE {names} CASCADE"))
    seed_registration(clock, found.settings)


@dataclass
class Sent:
    """What the driver sent to the server, read from libpq's own trace."""

    words: list[str] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """Executions of anything at all: BEGIN and COMMIT count, Parse and Sync do not."""
        return len(self.words)


@contextmanager
def traced() -> Iterator[Sent]:
    """Trace this thread's connections: that of use cases, and that of single statements."""
    sent = Sent()
    read_session().rollback()
    with db.engine.connect() as ordinary, current_app.extensions[ALONE].taken() as lone:
        raw = [ordinary.connection.driver_connection, lone.driver]
    with TemporaryFile("w+") as one, TemporaryFile("w+") as other:
        for connection, out in zip(raw, (one, other), strict=True):
            connection.pgconn.trace(out.fileno())
        try:
            yield sent
        finally:
            for connection in raw:
                connection.pgconn.untrace()
        for out in (one, other):
            out.seek(0)
            sent.words += _executions(out.read().splitlines())


def _executions(lines: Sequence[str]) -> list[str]:
    parts = [line.split("\t") for line in lines]
    return [
        one[-1] for one in parts if len(one) > 3 and one[1] == "F" and one[3].startswith(("Query", "Execute"))
    ]
