"""What a request must be before any page sees it: within the limits, and without NUL."""

from typing import IO

from flask import Request, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from ltitool.errors import Malformed

NUL = "\x00"
FROM_AN_LMS = "/lti/"


class CleanForms(FormDataParser):
    """Reads forms, and drops the one character that no keyboard writes and PostgreSQL does not take."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Read a form as the framework does, then clean its names and values."""
        rest, form, files = super().parse(stream, mimetype, content_length, options)
        clean = [(name.replace(NUL, ""), value.replace(NUL, "")) for name, value in form.items(multi=True)]
        return rest, self.cls(clean), files


class ToolRequest(Request):
    """The application's requests: people's forms are cleaned, an LMS's messages are judged as they are."""

    def make_form_data_parser(self) -> FormDataParser:
        """Choose the parser by who sends the form."""
        self.form_data_parser_class = FormDataParser if self.path.startswith(FROM_AN_LMS) else CleanForms
        return super().make_form_data_parser()


def check_incoming() -> None:
    """Refuse what no page could answer (an app-wide before_request function).

    The form parser holds multipart bodies alone to the limit of forms; the other kinds are held to it here.

    Raises:
        Malformed: NUL stands in the address.
    """
    limits = (request.max_content_length, request.max_form_memory_size)
    if request.mimetype != "multipart/form-data":
        request.max_content_length = min(filter(None, limits), default=None)
    if any(NUL in text for text in (request.path, *request.args.keys(), *_values())):
        raise Malformed("NUL in the address")


def _values() -> list[str]:
    return [value for _, value in request.args.items(multi=True)]
