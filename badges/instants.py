"""Points in time as credentials write them: ``dateTimeStamp``, a date and time that names its zone.

VC Data Model 2.0, section 4.9, and XML Schema 1.1 part 2, section 3.4.28.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NoReturn

from badges.errors import ModelError

_STAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))\Z",
    re.ASCII,
)


def read_instant(text: object, *, path: str = "$") -> datetime:
    """The point in time of a ``dateTimeStamp``.

    Raises:
        ModelError: ``instant`` when it is no date and time with a zone, or a date that does not exist
            (leap seconds, year 0 and years of five digits included).
    """
    try:
        return _parsed(text) if isinstance(text, str) else _refused("not a text")
    except ValueError as fault:
        raise ModelError("instant", str(fault), path=path) from fault


# Badges of one program share most of their dates.
@functools.lru_cache(maxsize=1024)
def _parsed(text: str) -> datetime:
    match = _STAMP.match(text)
    if match is None:
        _refused("not a date and time with a time zone, like 2026-11-21T12:00:00Z")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    micro = int((match[7] or "").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, micro, _zone(match))


def _refused(reason: str) -> NoReturn:
    raise ValueError(reason)


def require_zone(moment: datetime) -> None:
    """Refuse a date and time that could be any of a day's.

    Raises:
        ModelError: ``instant`` when it has no time zone.
    """
    if moment.utcoffset() is None:
        raise ModelError("instant", "a date and time without a zone is not a point in time")


def write_instant(moment: datetime) -> str:
    """The instant in UTC, to the second, as ``2026-11-21T12:00:00Z``.

    Raises:
        ModelError: ``instant`` when it has no time zone.
    """
    require_zone(moment)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_instant_as_is(moment: datetime) -> str:
    """The instant in its own zone and with its fraction of a second, so that reading gives it back.

    Raises:
        ModelError: ``instant`` when it has no time zone.
    """
    require_zone(moment)
    text = moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == timedelta() else text


def _zone(match: re.Match[str]) -> timezone:
    if match[8] is None:
        return UTC
    offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
    return timezone(-offset if match[8] == "-" else offset)
