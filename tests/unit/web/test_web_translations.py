"""Spanish is whole: each text is there with its placeholders, and no page leaves an English sentence."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from flask import Flask
from flask_babel import force_locale, gettext
from support import full_house
from support.clock import MovableClock
from support.photos import jpeg
from support.visitor import Visitor
from support.world import World
from support.wrong_person import QUERIES, Target, address_of, guard_of, path_of
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from build_support.translations import CATALOGUE, collect, faults, left_over, merged, read, texts
from ltitool.evidence.keystone_submission import submit_keystone
from ltitool.evidence.speech import Speech
from ltitool.foundation.db import transaction
from ltitool.web.blueprints import Guard

SHOWN = frozenset({"alt", "aria-label", "content", "label", "placeholder", "title", "value"})
NOT_READ = frozenset({"script", "style", "code"})
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|were|your?|with|this|that|not|from|what|which|has|have)\b", re.IGNORECASE
)
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)[a-z]|\\\{\w+\\\}")
PAGES, FORMS = 50, 20  # at least so many are walked
PRODUCT = "Keystone"  # the name of the tool, and in English also of what a participant sends
LONG = 3  # words: a text of fewer is only compared as a whole
# Pages that need an LMS at the other end, sign or leave the visit, or are read by machines.
ELSEWHERE = frozenset(
    {"lti.login", "lti.take_launch", "lti.check_cookies", "directing.read_list", "visit.language"}
)


@pytest.fixture(scope="module")
def template() -> Catalog:
    return collect()


def test_every_text_has_a_translation_with_its_placeholders(template: Catalog) -> None:
    catalogue = merged(template)
    assert len(texts(catalogue)) == len(texts(template)) > 900
    assert faults(catalogue) == []


def test_the_catalogue_holds_no_text_that_is_gone(template: Catalog) -> None:
    assert left_over(template, read()) == []


def test_each_fault_of_a_catalogue_is_found_once() -> None:
    catalogue = Catalog(locale="es")
    catalogue.add("By %(day)s", "El %(day)s")
    catalogue.add(("%(num)s day", "%(num)s days"), ("Un día", "%(num)s días"))
    assert faults(catalogue) == []
    catalogue.add("Late", "")
    catalogue.add("On %(day)s", "El día")
    catalogue.add("Today", "Hoy, %(name)s")
    catalogue.add("Saved {time}", "Guardado")
    catalogue.add(("%(num)s hour", "%(num)s hours"), ("%(num)s hora", ""))
    catalogue.add(("%(num)s photo", "%(num)s photos"), ("%(num)s foto", "fotos"))
    assert sorted(faults(catalogue)) == [
        "'Late': untranslated",
        "'On %(day)s': %(day)s is missing",
        "'Saved {time}': {time} is missing",
        "'Today': %(name)s is not in the English text",
        "('%(num)s hour', '%(num)s hours'): untranslated",
        "('%(num)s photo', '%(num)s photos'): %(num)s is missing",
    ]


def test_a_text_that_no_page_has_any_more_is_named() -> None:
    wanted, kept = Catalog(locale="es"), Catalog(locale="es")
    wanted.add("Late", "")
    kept.add("Late", "Con retraso")
    assert left_over(wanted, kept) == []
    kept.add("Early", "Temprano")
    assert left_over(wanted, kept) == ["'Early': no page says this"]


def compiled(folder: Path) -> Path:
    """Compile the catalogue as it is now, below a folder of its own."""
    written = folder / "es" / "LC_MESSAGES" / "messages.mo"
    written.parent.mkdir(parents=True)
    with written.open("wb") as file:
        write_mo(file, read(CATALOGUE))
    return written


def test_the_compiled_catalogue_says_the_same(tmp_path: Path) -> None:
    with compiled(tmp_path).open("rb") as file:
        found = read_mo(file)
    for one in texts(read()):
        singular = one.id[0] if isinstance(one.id, tuple) else one.id
        said = found.get(singular)
        assert said is not None, singular
        assert forms(said.string) == forms(one.string)


@pytest.fixture
def spanish(app: Flask, tmp_path: Path) -> Flask:
    """Have the application speak from the catalogue as it is now."""
    babel = app.extensions["babel"]
    babel.translation_directories = [str(compiled(tmp_path / "translations").parents[2])]
    babel.instance.domain_instance.cache.clear()
    return app


class Reader(HTMLParser):
    """Gathers what a page says: its text nodes, and the attributes that are shown or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_READ:
            self._inside.append(tag)
        for name, value in attrs:
            if name in SHOWN and not (tag == "input" and ("type", "hidden") in attrs):
                self.said.append(value or "")
            if name == "data-words":
                self.said.extend(json.loads(value or "{}").values())

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.said.append(data)


def sayings(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return [" ".join(one.split()) for one in reader.said if one.strip()]


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, tuple | list) else ()


@dataclass(frozen=True)
class English:
    """The English texts of the catalogue that differ from their Spanish."""

    short: re.Pattern[str]
    long: re.Pattern[str]

    @classmethod
    def of(cls, catalogue: Catalog) -> "English":
        short: list[str] = []
        long: list[str] = []
        for one in texts(catalogue):
            for text in forms(one.id):
                pattern = re.escape(text)
                literal = PLACEHOLDER.sub(" ", pattern)
                if text not in forms(one.string) and re.search(r"[a-z]{2}", literal):
                    kind = long if len(literal.split()) >= LONG else short
                    kind.append(PLACEHOLDER.sub(".+", pattern))
        return cls(re.compile("|".join(short)), re.compile("|".join(long)))

    def left_in(self, page: str) -> list[str]:
        """Give what a page says in English: texts of the catalogue, and anything with English words."""
        return [
            one
            for one in sayings(page)
            if one != PRODUCT and (self.short.fullmatch(one) or self.long.search(one) or ENGLISH.search(one))
        ]


def test_an_english_sentence_on_a_page_is_found() -> None:
    english = English.of(read())
    clean = "<h1>Esta semana</h1><p title='Ayuda'>Semana 6 de 13</p><code>the code</code>"
    assert english.left_in(clean) == []
    for mutation in ("<p>This week</p>", "<p>Not catalogued, but of English</p>", "<p title='Save'>x</p>"):
        assert len(english.left_in(clean + mutation)) == 1


@dataclass
class Walk:
    """Everybody's pages, asked for in Spanish."""

    app: Flask
    target: Target
    visitors: dict[Guard, Visitor]
    english: English

    def answers(self, method: str) -> Iterator[tuple[str, TestResponse]]:
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda one: one.rule):
            if method in (rule.methods or ()) and rule.endpoint not in ELSEWHERE:
                for guard in self._askers(rule):
                    yield f"{guard.name} {rule.rule}", self._ask(rule, method, guard)

    def _askers(self, rule: Rule) -> list[Guard]:
        guard = guard_of(self.app, rule)
        return [Guard.PARTICIPANT, Guard.COACH, Guard.DIRECTOR] if guard is Guard.LAUNCHED else [guard]

    def _ask(self, rule: Rule, method: str, guard: Guard) -> TestResponse:
        path = path_of(rule, address_of(rule, self.target)) + QUERIES.get(rule.endpoint, "")
        path += ("&" if "?" in path else "?") + "lang=es"
        visitor = self.visitors.get(guard)
        if visitor is not None:
            return visitor.post(path, buffered=True) if method == "POST" else visitor.get(path, buffered=True)
        client, origin = self.app.test_client(), "http://localhost:8000"
        return client.open(path, method=method, base_url=origin, headers={"Origin": origin}, buffered=True)

    def english_left(self, method: str) -> tuple[int, dict[str, list[str]]]:
        """Give the number of pages, and what each says in English."""
        pages, left = 0, {}
        for name, answer in self.answers(method):
            assert answer.status_code < 500, name
            if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
                continue
            pages += 1
            page = answer.get_data(as_text=True)
            assert '<html lang="es">' in page, name
            found = self.english.left_in(page)
            if found:
                left[name] = found
        return pages, left


@pytest.fixture
def walk(spanish: Flask, world: World, clock: MovableClock) -> Walk:
    work = full_house.begin(spanish, world.amara, world.coach, jpeg((400, 300)), clock)
    target = Target(
        work=work,
        offering_id=world.offering_id,
        cohort_id=world.cohort_id,
        context_id=world.context_id,
        platform_id=world.platform_id,
        deployment_id=world.deployment_id,
        copy_id=world.context_id,
        slug="valle-verde",
        thumbprint="none",
        spare={"invitation": "spent", "ticket": "made-up"},
        picture=jpeg((320, 240)),
    )
    seats: dict[Guard, Any] = {
        Guard.PARTICIPANT: (world.amara, ["participant"]),
        Guard.COACH: (world.coach, ["coach"]),
        Guard.DIRECTOR: (world.director, ["director"]),
        Guard.OPERATOR: (world.director, ["operator"]),
    }
    visitors = {guard: Visitor.open(spanish, who, roles, clock) for guard, (who, roles) in seats.items()}
    return Walk(spanish, target, visitors, English.of(read()))


def send_in_spanish(walk: Walk, clock: MovableClock) -> None:
    """Send the keystone as from a Spanish page: what is frozen keeps the language of its sender."""
    work = walk.target.work
    work.submission_id = uuid.uuid4()
    with force_locale("es"), transaction() as session:
        speech = Speech("es", gettext)
        submit_keystone(session, work.scope, speech, submission_id=work.submission_id, at=clock())


def test_every_page_is_in_spanish_while_people_are_at_work(walk: Walk) -> None:
    walk.target.work.submission_id = walk.target.work.award_id = uuid.uuid4()
    walk.target.work.public_id = "made-up"
    pages, left = walk.english_left("GET")
    assert left == {}
    assert pages > PAGES


def test_what_is_said_about_empty_forms_is_in_spanish(walk: Walk) -> None:
    walk.target.work.submission_id = walk.target.work.award_id = uuid.uuid4()
    pages, left = walk.english_left("POST")
    assert left == {}
    assert pages > FORMS


def test_every_page_is_in_spanish_when_the_keystone_waits(walk: Walk, clock: MovableClock) -> None:
    send_in_spanish(walk, clock)
    walk.target.work.award_id, walk.target.work.public_id = uuid.uuid4(), "made-up"
    pages, left = walk.english_left("GET")
    assert left == {}
    assert pages > PAGES


def test_every_page_is_in_spanish_when_the_badge_is_there(walk: Walk, clock: MovableClock) -> None:
    send_in_spanish(walk, clock)
    full_house.score(walk.target.work, clock)
    full_house.award(walk.app, walk.target.work, clock)
    pages, left = walk.english_left("GET")
    assert left == {}
    assert pages > PAGES
