"""A browser of few words: follows links, fills in forms, keeps cookies. It runs no scripts.

That the whole story can be played with it is the proof that every page works without JavaScript.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests

from ltitool.cli.story.html import Form, Page, read_page

TIMEOUT = 30  # seconds for one answer
Fields = Mapping[str, str | Sequence[str]]
Files = Sequence[tuple[str, tuple[str, bytes, str]]]


class StoryStuck(Exception):
    """A page did not answer as the story needs; says where, and what the page said."""


@dataclass
class Browser:
    """One person's browser."""

    who: str
    session: requests.Session = field(default_factory=requests.Session)
    page: Page = field(default_factory=lambda: Page("about:blank", 0, "", ()))

    def __post_init__(self) -> None:
        """Take secure cookies from loopback http too, as real browsers do."""
        self.session.trust_env = False
        policy = DefaultCookiePolicy(secure_protocols=("https", "http"))
        self.session.cookies.set_policy(policy)

    def open(self, url: str) -> Page:
        """Go to an address, following redirects."""
        return self._arrive(self.session.get(self._absolute(url), timeout=TIMEOUT))

    def download(self, url: str) -> bytes:
        """Fetch a file without leaving the page."""
        answer = self.session.get(self._absolute(url), timeout=TIMEOUT)
        if not answer.ok:
            raise StoryStuck(f"{self.who}: {url} answered {answer.status_code}")
        return answer.content

    def send(self, form: Form, fields: Fields | None = None, files: Files = ()) -> Page:
        """Send a form of the page, with these fields over what it holds already."""
        filled = {**form.fields, **(fields or {})}
        data = [(name, one) for name, value in filled.items() for one in _several(value)]
        headers = {"Origin": _origin(self.page.url)}
        url = self._absolute(form.action)
        if form.method == "get":
            return self._arrive(self.session.get(url, params=data, timeout=TIMEOUT))
        sent = self.session.post(url, data=data, files=list(files) or None, headers=headers, timeout=TIMEOUT)
        return self._arrive(sent)

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

    def _arrive(self, answer: requests.Response) -> Page:
        self.page = read_page(answer.url, answer.status_code, answer.text)
        if not answer.ok:
            raise StoryStuck(
                f"{self.who}: {answer.url} answered {answer.status_code}: {self.page.words[:400]}"
            )
        return self.page

    def _absolute(self, url: str) -> str:
        return urljoin(self.page.url, url)


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
