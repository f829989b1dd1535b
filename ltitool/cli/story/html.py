"""Read what a page offers: its words, links, frames and forms with what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

SELF_SENDING = "forward"  # the id that the practice LMS gives to forms which a script sends
Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Link:
    """A link with its words."""

    url: str
    words: str


@dataclass
class Form:
    """A form as it stands on the page; `fields` holds what would be sent if nobody touched it."""

    action: str
    method: str
    id: str
    sends_itself: bool
    fields: dict[str, str | Sequence[str]] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)  # value to words

    def add(self, name: str, value: str) -> None:
        """Note a value; a second one of the same name makes a list."""
        held = self.fields.get(name)
        if held is None:
            self.fields[name] = value
        else:
            self.fields[name] = [*([held] if isinstance(held, str) else held), value]


@dataclass(frozen=True)
class Page:
    """A page that was opened."""

    url: str
    status: int
    words: str
    forms: Sequence[Form]
    links: Sequence[Link] = ()
    frames: Sequence[str] = ()
    title: str = ""

    def form(self, sign: str) -> Form:
        """Find a form by its id or a part of its action.

        Raises:
            LookupError: the page has none such.
        """
        for one in self.forms:
            if one.id == sign or sign in one.action:
                return one
        offered = ", ".join(one.id or one.action for one in self.forms)
        raise LookupError(
            f"no form {sign!r} on {self.url}; there are: {offered}. It says: {self.words[:600]}"
        )

    def option(self, form: Form, name: str, words: str) -> str:
        """Find the value of a choice by its words.

        Raises:
            LookupError: nothing of the kind is offered.
        """
        for value, said in form.choices.get(name, {}).items():
            if words in said:
                return value
        raise LookupError(f"{name} does not offer {words!r}, only {form.choices.get(name)}")

    def form_that_sends_itself(self) -> Form | None:
        """Give the form that a script would send as soon as the page is there."""
        return next((one for one in self.forms if one.sends_itself), None)


def read_page(url: str, status: int, text: str) -> Page:
    """Read a page's text."""
    reader = _Reader()
    reader.feed(text)
    words = " ".join(" ".join(reader.words).split())
    return Page(url, status, words, reader.forms, reader.links, reader.frames, reader.title.strip())


class _Reader(HTMLParser):
    """Collects forms, links and words as the tags go by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: list[Link] = []
        self.frames: list[str] = []
        self.title = ""
        self._form: Form | None = None
        self._silent = ""
        self._link: tuple[str, list[str]] | None = None
        self._textarea: tuple[str, list[str]] | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._options: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        present = {name for name, _ in attrs}
        match tag:
            case "form":
                self._open_form(given)
            case "input" | "button":
                self._take_input(tag, given, present)
            case "textarea" | "select" | "option":
                self._open_field(tag, given, present)
            case "a" if "href" in given:
                self._link = (given["href"], [])
            case "iframe":
                self.frames.append(given.get("src", ""))
            case "script" | "style":
                self._silent = tag
            case "title":
                self._silent = tag if not self.title else "svg title"

    def _open_field(self, tag: str, given: dict[str, str], present: set[str]) -> None:
        if tag == "textarea":
            self._textarea = (given.get("name", ""), [])
        elif tag == "select":
            self._select, self._options = (given.get("name", ""), []), {}
        elif self._select:
            self._select[1].append((given.get("value", ""), "selected" in present))
            self._options[given.get("value", "")] = ""

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._form = None
            case "textarea":
                self._close_textarea()
            case "select":
                self._close_select()
            case "a" if self._link:
                self.links.append(Link(self._link[0], " ".join("".join(self._link[1]).split())))
                self._link = None
        if tag == self._silent or (tag == "title" and self._silent):
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._textarea[1].append(data)
        elif self._select and self._options:
            self._options[next(reversed(self._options))] += data.strip()
        elif self._silent == "title":
            self.title += data
        elif not self._silent:
            self.words.append(data)
            if self._link:
                self._link[1].append(data)

    def _open_form(self, given: dict[str, str]) -> None:
        method = given.get("method", "get").lower()
        name = given.get("id", "")
        self._form = Form(given.get("action", ""), method, name, name == SELF_SENDING)
        self.forms.append(self._form)

    def _take_input(self, tag: str, given: dict[str, str], present: set[str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "submit" if tag == "button" else "text")
        if self._form is None or not name or kind in {"submit", "file", "button"}:
            return
        if kind in {"radio", "checkbox"}:
            self._form.choices.setdefault(name, {})[given.get("value", "on")] = ""
            if "checked" not in present:
                return
        self._form.add(name, given.get("value", "on" if kind == "checkbox" else ""))

    def _close_textarea(self) -> None:
        if self._form and self._textarea and self._textarea[0]:
            text = "".join(self._textarea[1])
            self._form.add(self._textarea[0], text.removeprefix("\n"))
        self._textarea = None

    def _close_select(self) -> None:
        if self._form and self._select and self._select[0]:
            name, options = self._select
            chosen = next((value for value, is_chosen in options if is_chosen), None)
            self._form.choices[name] = self._options
            self._form.add(name, chosen if chosen is not None else (options[0][0] if options else ""))
        self._select = None
