"""Take one guard out of a function's source, to see whether any test notices that it is gone."""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest


def take_out(monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any], guard: str, instead: str) -> None:
    """Replace a piece of a function's source; everybody who imported the function gets the changed one.

    Args:
        monkeypatch: puts it back afterwards.
        function: a plain function or method, also one behind a cache.
        guard: a piece of its source that stands there exactly once.
        instead: what stands there then.
    """
    plain = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(plain))
    assert source.count(guard) == 1, f"{guard!r} stands {source.count(guard)} times in {plain.__qualname__}"
    lines = source.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(("def ", "async def ")))
    changed = "\n".join(lines[start:]).replace(guard, instead)
    made: dict[str, Any] = {}
    code = compile(f"from __future__ import annotations\n{changed}", f"<without {guard}>", "exec")
    exec(code, dict(plain.__globals__), made)  # noqa: S102 - our own source, with one guard less
    monkeypatch.setattr(plain, "__code__", made[plain.__name__].__code__)
