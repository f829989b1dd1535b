"""What a part of an address may be."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # what every database can compare with


class Number(IntegerConverter):
    """A whole number that a row could have; anything larger is no address of ours."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST, **kwargs})
