"""What a request must be before any page sees it: within the limits, and without NUL."""

from collections.abc import Mapping, Sequence
from typing import IO, Any, cast
from urllib.parse import parse_qs

from flask import Request, current_app, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

from ltitool.errors import Malformed

NUL = "\x00"
URLENCODED = "application/x-www-form-urlencoded"
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

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Read the cookies from where the server put them; Werkzeug looks for them among all headers."""
        return parse_cookie(self.environ.get("HTTP_COOKIE"), ImmutableMultiDict)  # type: ignore[return-value] # of that class

    def posted(self) -> Mapping[str, Sequence[str]]:
        """Give what an LMS had a browser post, all values of each name.

        Read as the framework reads it, in half the time: no parser is made, and no place for files.
        """
        if self.mimetype != URLENCODED:
            return dict(self.form.lists())
        try:
            text = self.get_data().decode()
        except UnicodeDecodeError:
            return {}
        return parse_qs(text, keep_blank_values=True, errors="werkzeug.url_quote")

    def check(self, limits: Mapping[str, Any]) -> None:
        """Refuse what no page could answer; hold forms of all kinds to the limit of forms.

        The limits are noted here once, where a page may change them; else Flask asks the running application
        for them a dozen times in a form.

        Raises:
            Malformed: NUL stands in the address, as it is or quoted.
        """
        most, of_forms = limits["MAX_CONTENT_LENGTH"], limits["MAX_FORM_MEMORY_SIZE"]
        self.max_form_memory_size, self.max_form_parts = of_forms, limits["MAX_FORM_PARTS"]
        self.max_content_length = most if self.mimetype == "multipart/form-data" else min(most, of_forms)
        if NUL in self.path or b"%00" in self.query_string or b"\0" in self.query_string:
            raise Malformed("NUL in the address")


def check_incoming() -> None:
    """Look at a request (an app-wide before_request function)."""
    cast("ToolRequest", request).check(current_app.config)


def posted_fields() -> Mapping[str, Sequence[str]]:
    """Give what an LMS had a browser post with this request."""
    return cast("ToolRequest", request).posted()
