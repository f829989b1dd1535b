"""Every macro renders, in both languages, as HTML that holds together and obeys the policy."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from web_gallery import LANGUAGES, WEB, environment, render

VOID = {"meta", "link", "input", "img", "br", "hr", "path"}


class Outline(HTMLParser):
    """Opens and closes every element, and remembers their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> repeats an attribute: {names}")
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID or (tag == "path" and self.rawdata[self.offset_of_end() - 2] != "/"):
            self.open.append(tag)

    def offset_of_end(self) -> int:
        start = self.get_starttag_text() or ""
        line, column = self.getpos()
        lines = self.rawdata.splitlines(keepends=True)
        return sum(map(len, lines[: line - 1])) + column + len(start)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    parser.close()
    return parser


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> Outline:
    return outline(render(request.param))


def test_every_element_is_closed(page: Outline) -> None:
    assert page.faults == []
    assert page.open == []
    assert len(page.elements) > 300


def test_ids_are_unique_and_references_lead_somewhere(page: Outline) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {
        part
        for _, attrs in page.elements
        for name in ("for", "aria-describedby", "aria-labelledby")
        for part in (attrs.get(name) or "").split()
    }
    assert wanted
    assert wanted <= set(ids)


def test_errors_lead_to_their_fields(page: Outline) -> None:
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert {"f-caption", "f-lens"} <= ids
    links = [
        attrs["href"]
        for tag, attrs in page.elements
        if tag == "a" and (attrs.get("href") or "").startswith("#f-")
    ]
    assert links == ["#f-caption", "#f-lens"]


def test_nothing_inline_that_the_policy_refuses(page: Outline) -> None:
    assert not [
        tag
        for tag, attrs in page.elements
        if "style" in attrs or any(name.startswith("on") for name in attrs)
    ]
    scripts = [attrs for tag, attrs in page.elements if tag == "script"]
    assert [attrs.get("src") for attrs in scripts] == ["/static/dist/app.js"]
    assert "style" not in {tag for tag, _ in page.elements}


def test_forms_carry_the_token_and_pictures_their_size(page: Outline) -> None:
    posts = [attrs for tag, attrs in page.elements if tag == "form" and "data-new-tab" not in attrs]
    tokens = [attrs for tag, attrs in page.elements if tag == "input" and attrs.get("name") == "csrf_token"]
    assert len(posts) == len(tokens) == 3
    pictures = [attrs for tag, attrs in page.elements if tag == "img"]
    assert pictures
    assert all(attrs.get("width") and attrs.get("height") and "alt" in attrs for attrs in pictures)


def test_one_main_part_with_one_heading(page: Outline) -> None:
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [tag for tag, _ in page.elements].count("main") == 1


def test_words_are_escaped() -> None:
    env = environment("en", str)
    source = '{% from "components.html" import field, notice %}'
    source += '{{ field("a", "<b>", attack) }}{{ notice("good", "<i>") }}'
    written = env.from_string(source).render(attack='"><script>')
    assert "<script>" not in written
    assert "<b>" not in written
    assert "&lt;i&gt;" in written


def test_every_macro_is_documented_and_shown() -> None:
    source = (WEB / "templates" / "components.html").read_text()
    contract, rest = source.split("-#}", 1)
    macros = set(re.findall(r"macro ([a-z]\w*)\(", rest)) - {"state_word"}
    assert macros
    gallery = (Path(__file__).parent / "gallery.html").read_text()
    assert {name for name in macros if f"{name}(" not in contract} == set()
    assert {name for name in macros if f"{name}(" not in gallery} == set()


def test_page_without_a_visit_still_stands() -> None:
    env = environment(
        "es",
        str,
        place=lambda: None,
        new_tab=lambda: None,
        home_url=lambda: None,
        frame_origins=lambda: ["https://lms.example"],
    )
    written = outline(
        env.from_string('{% extends "base.html" %}{% block main %}<h1>x</h1>{% endblock %}').render()
    )
    assert written.faults == []
    metas = {attrs.get("name"): attrs.get("content") for tag, attrs in written.elements if tag == "meta"}
    assert metas["frame-origins"] == "https://lms.example"
    assert "aside" not in {tag for tag, _ in written.elements}


def test_error_page_says_what_to_do() -> None:
    error = SimpleNamespace(
        title="There is nothing here",
        advice="Try a smaller file.",
        code="x.y",
        faults={"a": "Try again"},
        way_back=None,
    )
    written = (
        environment("es", str).get_template("error.html").render(error=error, reference="abcd1234", words=())
    )
    for words in (
        "Aquí no hay nada",
        "Pruebe con un archivo más pequeño.",
        "x.y",
        "abcd1234",
        "Intentar otra vez",
    ):
        assert words in written
    assert outline(written).faults == []


def test_missing_globals_are_noticed() -> None:
    env = environment("en", str)
    del env.globals["home_url"]
    with pytest.raises(jinja2.UndefinedError, match="home_url"):
        env.from_string('{% extends "base.html" %}').render()


def test_spanish_has_every_word_of_the_templates() -> None:
    with (WEB / "translations" / "es" / "LC_MESSAGES" / "messages.po").open("rb") as text:
        spanish = read_po(text, locale="es")
    assert [list(faults) for _, faults in spanish.check()] == []
    for path in sorted((WEB / "templates").glob("*.html")):
        with path.open("rb") as source:
            for _line, message, _comments, _context in extract(
                "jinja2", source, options={"newstyle_gettext": "true"}
            ):
                assert isinstance(message, str)
                entry = spanish.get(message)
                assert entry is not None, (path.name, message)
                assert entry.string, (path.name, message)
                assert not entry.fuzzy
