"""Answers of a launch that only lead elsewhere: an address and no page."""

from collections.abc import Iterable

from flask import Response
from werkzeug.datastructures import Headers
from werkzeug.urls import iri_to_uri


class Led(Response):
    """An answer without a body whose headers are complete: nothing is spelled anew, and no length counted."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: object) -> Headers:
        """Give the headers as they are."""
        del environ
        return self.headers

    def get_app_iter(self, environ: object) -> Iterable[bytes]:
        """Give no body."""
        del environ
        return ()


def lead_to(url: str, status: int = 302) -> Response:
    """Lead a browser to an address whose parts are quoted already.

    Flask's own `redirect` takes any address and writes a page for browsers without redirects; twice in a
    launch, that is more work than the signature's check.
    """
    place = url if url.isascii() else iri_to_uri(url)
    return Led(status=status, headers=[("Location", place), ("Content-Length", "0")])
