"""Single statements: each a transaction of its own, on connections beside those of use cases.

They are executed by libpq itself, through psycopg's own names for it. A launch is two such statements, and
the cursors and the pool that are made for the general case take several times as long as these two need.

A server that was restarted says goodbye on every connection. A kept one on which anything has come is not
used again: so much is seen without asking the server, before a statement is sent, and so holds for writing
too. What breaks later is asked again on a new connection if it only reads.
"""

import json
import re
import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import make_dataclass
from functools import cache
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.types.json import set_json_loads
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

NAMED = re.compile(r"%\((\w+)\)s")
READS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_JSON = json.JSONDecoder()
DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


class LoneConnection:
    """One connection, and the statements that the server has read on it."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self.is_kept = False  # from an earlier statement
        self.begin(driver)

    def begin(self, driver: psycopg.Connection[Any]) -> None:
        """Work on a new connection from now on."""
        self.driver = driver
        self._values = Transformer(driver)  # knows, once it has met them, how kinds of values are written
        self._news = _news_on(driver.fileno())
        self._prepared: dict[tuple[bytes, tuple[int, ...]], tuple[bytes, Callable[..., Any]]] = {}

    def first(self, text: bytes, values: Sequence[Any]) -> Any:
        """Run a statement and give its first row by its columns' names, or None."""
        said = self._values
        written = said.dump_sequence(values, [PyFormat.AUTO] * len(values))
        name, make_row = self._prepare(text, said.types or ())
        found = _done(self.driver.pgconn.exec_prepared(name, written, said.formats))  # type: ignore[arg-type] # a NULL is None
        if not found.ntuples:
            return None
        said.set_pgresult(found)
        return said.load_row(0, make_row)

    def has_news(self) -> bool:
        """Say whether the server has said anything that nobody asked for, such as goodbye."""
        return bool(self._news.poll(0))

    def _prepare(self, text: bytes, types: tuple[int, ...]) -> tuple[bytes, Callable[..., Any]]:
        """Have the server read a statement, once for each kind of values."""
        if (text, types) not in self._prepared:
            name, server = b"lone_%d" % len(self._prepared), self.driver.pgconn
            _done(server.prepare(name, text, types))
            self._prepared[text, types] = name, _row_of(server.describe_prepared(name))
        return self._prepared[text, types]


class LoneStatements:
    """Connections for single statements: as many as are used at once, kept for the next ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[LoneConnection] = []

    def first(self, statement: str, values: Mapping[str, Any]) -> Any:
        """Run a statement with parameters such as %(name)s; gives its first row, or None."""
        text, names = _numbered(statement)
        wanted = [values[name] for name in names]
        try:
            with self.taken() as connection:
                try:
                    return connection.first(text, wanted)
                except psycopg.Error:
                    if not (connection.is_kept and connection.driver.broken and READS.match(statement)):
                        raise
                self._renew(connection)
                return connection.first(text, wanted)
        except psycopg.Error as error:
            raise as_sqlalchemy(error) from error

    @contextmanager
    def taken(self) -> Iterator[LoneConnection]:
        """Lend a connection; one on which something failed is not lent again."""
        connection = self._take()
        try:
            yield connection
        except BaseException:
            if connection.driver.broken:
                self.close()  # the server went, and those beside it are broken too
            connection.driver.close()
            raise
        connection.is_kept = True
        self._idle.append(connection)

    def close(self) -> None:
        """Close what nobody uses now."""
        while self._idle:
            self._idle.pop().driver.close()

    def _take(self) -> LoneConnection:
        try:
            while (connection := self._idle.pop()).has_news():
                connection.driver.close()
        except IndexError:
            return LoneConnection(self._connect())
        return connection

    def _renew(self, connection: LoneConnection) -> None:
        self.close()  # the server went, and those beside it are broken too
        connection.driver.close()
        connection.begin(self._connect())

    def _connect(self) -> psycopg.Connection[Any]:
        words, named = self._engine.dialect.create_connect_args(self._engine.url)
        driver = psycopg.connect(*words, **named, autocommit=True)
        set_json_loads(_read_json, driver)
        return driver


def has_news(handle: int) -> bool:
    """Say whether anything has come on a connection on which nobody has asked anything."""
    return bool(_news_on(handle).poll(0))


def _news_on(handle: int) -> select.poll:
    news = select.poll()
    news.register(handle, select.POLLIN)
    return news


def _read_json(text: str | bytes) -> object:
    """Read a column; `json.loads` would look for the encoding first."""
    return _JSON.decode(str(text, "utf-8") if isinstance(text, bytes) else text)


@cache
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Turn named parameters into the server's own numbered ones."""
    names = tuple(dict.fromkeys(NAMED.findall(statement)))
    return NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", statement).encode(), names


def _row_of(told: PGresult) -> Callable[..., Any]:
    """Give what makes a row of a statement's values, named as the server names its columns."""
    columns = [(told.fname(number) or b"").decode() for number in range(told.nfields)]
    row = make_dataclass("Row", columns, slots=True)
    return lambda values: row(*values)


def _done(result: PGresult) -> PGresult:
    if result.status not in DONE:
        raise error_from_result(result)
    return result


def as_sqlalchemy(error: psycopg.Error) -> DBAPIError:
    """Say the driver's errors as SQLAlchemy does."""
    kind = IntegrityError if isinstance(error, psycopg.IntegrityError) else DBAPIError
    return kind(None, None, error)
