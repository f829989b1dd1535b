"""The full house, built once, and applications of their own for whole modules."""

from collections.abc import Callable, Iterator

import pytest
from jinja2 import FileSystemBytecodeCache
from support.house import House, Kept, build_house, new_app

from ltitool.foundation.db import db


@pytest.fixture(scope="session")
def fresh_app(
    tmp_path_factory: pytest.TempPathFactory, compiled_pages: FileSystemBytecodeCache
) -> Iterator[Callable[..., Kept]]:
    """Make applications that outlive a test."""
    made: list[Kept] = []

    def make(database: str = "") -> Kept:
        made.append(new_app(tmp_path_factory.mktemp("house"), compiled_pages, database))
        return made[-1]

    yield make
    for kept in made:
        with kept.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def house(fresh_app: Callable[..., Kept]) -> House:
    return build_house(fresh_app())
