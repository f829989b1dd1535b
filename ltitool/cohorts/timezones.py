"""Time zones to choose from, named as people name them."""

from babel.dates import get_timezone_location, get_timezone_name

# Where the programs run; any other IANA name may be kept in an offering, too.
OFFERED = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "America/Mexico_City",
    "America/Bogota",
    "Europe/Madrid",
    "UTC",
)


def timezone_choices(locale: str) -> list[tuple[str, str]]:
    """Give pairs of IANA name and words: ("America/Denver", "Mountain Time (Denver)")."""
    return [(zone, _words(zone, locale)) for zone in OFFERED]


def _words(zone: str, locale: str) -> str:
    if zone == "UTC":
        return zone
    name = get_timezone_name(zone, locale=locale)
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return f"{name} ({city})"
