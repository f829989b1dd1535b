"""Switch a running platform: its manners, faults, clock and keys, by orders from a page or a script."""

from __future__ import annotations

import math
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.faults import HANG_SECONDS, Fault, Kind, Service
from ltitool.sandbox.keys import rotate_key_ring
from ltitool.sandbox.manners import MODES, STRICT, Manners, Trick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ltitool.sandbox.runtime import Platform

SWITCHES: Final = tuple(field.name for field in fields(Manners) if field.name != "name")
CHANGED: Final = "own"  # the name of manners that are no mode any more
KEY_CHANGES: Final = ("rotate", "replace")  # with the old key still published, or not
_ORDERS: Final = frozenset({"mode", "manners", "faults", "clock_skew_seconds", "keys"})
_LONGEST_SKEW: Final = 365 * 86_400.0
_MAX_TEXT: Final = 200


def status(platform: Platform) -> dict[str, Any]:
    """Say how the platform is switched."""
    board = platform.board
    return {
        "mode": platform.config.manners.name,
        "manners": asdict(platform.config.manners),
        "faults": {service: asdict(fault) for service, fault in board.faults().items()},
        "clock_skew_seconds": board.skew.total_seconds() if board.skew else 0,
        "keys": [key["kid"] for key in platform.keys.published()["keys"]],
    }


def switch(platform: Platform, orders: Mapping[str, Any]) -> None:
    """Do what is ordered; an order that cannot be read changes nothing.

    Orders are `mode`, a mode's name; `manners`, single switches; `faults`, by service
    `{"kind": …, "seconds": …, "times": …}` or null; `clock_skew_seconds`, ahead of the real time;
    `keys`, "rotate" (both published) or "replace" (the old one gone).
    """
    unknown = set(orders) - _ORDERS
    if unknown:
        raise _refusal(f"there is no order {', '.join(sorted(unknown))[:80]}")
    manners = _manners(platform, orders)
    faults = {_service(name): _fault(value) for name, value in _object(orders, "faults").items()}
    skew = _number(orders.get("clock_skew_seconds", 0), -_LONGEST_SKEW, _LONGEST_SKEW)
    keys = orders.get("keys")
    if keys is not None and keys not in KEY_CHANGES:
        raise _refusal(f"keys must be one of {', '.join(KEY_CHANGES)}")
    board = platform.board
    board.manners = manners
    for service, fault in faults.items():
        board.set_fault(service, fault)
    if "clock_skew_seconds" in orders:
        board.skew = timedelta(seconds=skew) if skew else None
    if keys:
        board.keys = rotate_key_ring(platform.config.data_dir, keep=keys == "rotate")


def _manners(platform: Platform, orders: Mapping[str, Any]) -> Manners:
    manners = platform.config.manners
    if "mode" in orders:
        if orders["mode"] not in MODES:
            raise _refusal(f"mode must be one of {', '.join(sorted(MODES))}")
        manners = MODES[orders["mode"]]
    changes = _object(orders, "manners")
    if not changes:
        return manners
    return replace(manners, name=CHANGED, **{name: _value(name, value) for name, value in changes.items()})


def _value(name: str, value: Any) -> Any:
    """Read a switch's value: of the same kind as its strict one."""
    usual = getattr(STRICT, name, None) if name in SWITCHES else None
    if isinstance(usual, tuple):
        return _texts(name, value)
    if usual is None or type(value) is not type(usual):
        raise _refusal(f"{name[:80]} is no switch, or this is no value for it")
    return value[:_MAX_TEXT] if isinstance(value, str) else value


def _texts(name: str, values: Any) -> tuple[str, ...]:
    known = values if name != "tricks" else list(Trick)
    if not isinstance(values, list) or not all(isinstance(one, str) and one in known for one in values):
        raise _refusal(f"{name} must be a list of texts that it knows")
    return tuple(Trick(one) if name == "tricks" else one[:_MAX_TEXT] for one in values)


def _service(name: str) -> Service:
    if name not in set(Service):
        raise _refusal(f"faults are for {', '.join(Service)}")
    return Service(name)


def _fault(value: Any) -> Fault | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("kind") not in set(Kind):
        raise _refusal(f"a fault's kind is one of {', '.join(Kind)}")
    times = value.get("times")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise _refusal("times must be a whole number above 0")
    return Fault(Kind(value["kind"]), _number(value.get("seconds", 1.0), 0, HANG_SECONDS), times)


def _number(value: Any, lowest: float, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _refusal("seconds must be a number")
    if not lowest <= value <= highest:
        raise _refusal(f"seconds must lie between {lowest:g} and {highest:g}")
    return float(value)


def _object(orders: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = orders.get(name, {})
    if not isinstance(value, dict):
        raise _refusal(f"{name} must be an object")
    return value


def _refusal(detail: str) -> ServiceRefusal:
    return ServiceRefusal(400, "bad_order", detail)
