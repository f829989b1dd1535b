"""A browser of few words: follows links, fills in forms, keeps cookies. It runs no scripts.

That the whole story can be played with it is the proof that every page works without JavaScript.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

from urllib3.filepost import encode_multipart_formdata

from ltitool.cli.story.html import Form, Page, read_page

TIMEOUT = 30  # seconds for one answer
Fields = Mapping[str, str | Sequence[str]]
Files = Sequence[tuple[str, tuple[str, bytes, str]]]


class StoryStuck(Exception):
    """A page did not answer as the story needs; says where, and what the page said."""


@dataclass(frozen=True)
class Answer:
    """What came back after all redirects."""

    url: str
    status: int
    body: bytes


def _opener() -> OpenerDirector:
    """Keep cookies, and take secure ones over loopback http too, as real browsers do."""
    jar = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
    return build_opener(HTTPCookieProcessor(jar), ProxyHandler({}))


@dataclass
class Browser:
    """One person's browser."""

    who: str
    opener: OpenerDirector = field(default_factory=_opener)
    page: Page = field(default_factory=lambda: Page("about:blank", 0, "", ()))

    def open(self, url: str) -> Page:
        """Go to an address, following redirects."""
        return self._arrive(self._ask(Request(self._absolute(url))))  # noqa: S310 - loopback addresses of ours

    def download(self, url: str, accept: str = "*/*") -> bytes:
        """Fetch a file without leaving the page."""
        answer = self._ask(Request(self._absolute(url), headers={"Accept": accept}))  # noqa: S310 - as above
        if answer.status >= 400:  # noqa: PLR2004 - HTTP's first error status
            raise StoryStuck(f"{self.who}: {url} answered {answer.status}")
        return answer.body

    def send(self, form: Form, fields: Fields | None = None, files: Files = ()) -> Page:
        """Send a form of the page, with these fields over what it holds already."""
        filled = {**form.fields, **(fields or {})}
        data = [(name, one) for name, value in filled.items() for one in _several(value)]
        url = self._absolute(form.action or self.page.url)
        if form.method == "get":
            return self.open(f"{url}?{urlencode(data)}")
        return self._arrive(self._ask(self._post(url, data, files)))

    def post_json(self, form: Form, fields: Fields, files: Files = ()) -> Answer:
        """Send a form and take the answer as it is, without leaving the page."""
        filled = {**form.fields, **fields}
        data = [(name, one) for name, value in filled.items() for one in _several(value)]
        request = self._post(self._absolute(form.action), data, files)
        request.add_header("Accept", "application/json")
        return self._ask(request)

    def _post(self, url: str, data: Sequence[tuple[str, str]], files: Files) -> Request:
        body, kind = urlencode(data).encode(), "application/x-www-form-urlencoded"
        if files:
            body, kind = encode_multipart_formdata([*data, *files])
        headers = {"Content-Type": kind, "Origin": _origin(self.page.url)}
        return Request(url, data=body, headers=headers)  # noqa: S310 - loopback addresses of ours

    def _ask(self, request: Request) -> Answer:
        request.add_header("Accept-Language", "en")
        try:
            with self.opener.open(request, timeout=TIMEOUT) as answer:
                return Answer(answer.geturl(), answer.status, answer.read())
        except HTTPError as refused:
            with refused:
                return Answer(refused.geturl() or request.full_url, refused.code, refused.read())

    def follow(self, words: str) -> Page:
        """Follow the first link whose words contain these."""
        for link in self.page.links:
            if words.lower() in link.words.lower():
                return self.open(link.url)
        raise StoryStuck(f"{self.who} finds no link “{words}” on {self.page.url}: {self.page.words[:300]}")

    def launch(self, url: str) -> Page:
        """Open an activity of the LMS, and pass through the forms that a script would send by itself."""
        self.open(url)
        frame = next((one for one in self.page.frames), None)
        if frame:
            self.open(frame)
        for _ in range(4):  # login, authorisation, launch: each at most one form
            form = self.page.form_that_sends_itself()
            if form is None:
                return self.page
            self.send(form)
        raise StoryStuck(f"{self.who}: the launch of {url} goes round in circles")

    def _arrive(self, answer: Answer) -> Page:
        self.page = read_page(answer.url, answer.status, answer.body.decode("utf-8", "replace"))
        if answer.status >= 400:  # noqa: PLR2004 - HTTP's first error status
            raise StoryStuck(f"{self.who}: {answer.url} answered {answer.status}: {self.page.words[:600]}")
        return self.page

    def _absolute(self, url: str) -> str:
        return urljoin(self.page.url, url)


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
