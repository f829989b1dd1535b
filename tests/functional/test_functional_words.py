"""Nobody loses words: a visit that ends while somebody types, a form sent twice, two tabs, a weak network.

The forms are read from the pages as they are shown, and checked against the templates, so that a new form
that saves drafts is walked too.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import template_rendered
from support.house import ORIGIN, STAGES, House, right_visitors
from support.photos import jpeg
from support.rows import all_rows
from support.visitor import Visitor
from support.wrong_person import address_of, form_of, guard_of, path_of

import ltitool
from ltitool.people.sessions import IDLE
from ltitool.web.blueprints import Guard

TEMPLATES = Path(ltitool.__path__[0])
DRAFT = re.compile(r"post_form\([^)]*(?:\([^)]*\)[^)]*)*draft=")
HELD = frozenset({"hidden", "date", "number"})
TYPED = frozenset({"text", "search", "email", "url", ""})
JSON = {"Accept": "application/json", "Origin": ORIGIN}


@dataclass
class Shown:
    """A form as it stands on a page: what somebody can type into it, and what it holds besides."""

    action: str
    draft: bool
    typed: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it is sent, below the visit."""
        return "/".join(urlsplit(self.action).path.split("/")[3:])


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Shown] = []
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and told.get("method") == "post":
            self.found.append(Shown(told["action"], "data-draft-url" in told))
        if not self.found or "name" not in told:
            return
        form = self.found[-1]
        if tag == "textarea":
            self._area = told["name"]
            form.typed[self._area] = ""
        elif tag == "input" and told.get("type", "") in TYPED:
            form.typed[told["name"]] = told.get("value", "")
        elif (
            tag == "input"
            and told["name"] != "csrf_token"
            and (told.get("type") in HELD or "checked" in told)
        ):
            form.held[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "form" and self.found:
            self.found.append(Shown("", draft=False))  # what follows belongs to no form

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1].typed[self._area] += data


@dataclass(frozen=True)
class Place:
    """Where a form is: at which stage, on whose page."""

    stage: str
    guard: Guard
    page: str
    template: str
    form: Shown


@pytest.fixture(scope="session")
def places(house: House) -> list[Place]:
    """Look at every page of the house, at every stage, and note each form once."""
    found: dict[str, Place] = {}
    for stage in STAGES:
        house.kept.restore(stage)
        for place in _forms_of(house, stage):
            found.setdefault(f"{place.guard.value} {place.form.path}", place)
    return list(found.values())


def _forms_of(house: House, stage: str) -> Iterator[Place]:
    visitors, rendered = right_visitors(house), []

    def note(_app: Any, template: Any, **_: Any) -> None:
        rendered.append(template.name)

    with template_rendered.connected_to(note, house.app):
        for rule, method in house.rules():
            guard = guard_of(house.app, rule)
            if method != "GET" or guard is Guard.PUBLIC or rule.endpoint == "visit.language":
                continue
            values = {name: value or "x" for name, value in address_of(rule, house.amara).items()}
            page = path_of(rule, values)
            rendered.clear()
            answer = visitors[guard].get(page, buffered=True)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                for form in Forms(answer.text).found:
                    if form.action:
                        yield Place(stage, guard, page, rendered[0], form)


def drafts(places: list[Place]) -> list[Place]:
    return [place for place in places if place.form.draft and place.form.typed]


def test_every_template_with_a_draft_was_seen(places: list[Place]) -> None:
    promised = {
        str(path).partition("templates/")[2]
        for path in TEMPLATES.rglob("*.html")
        if DRAFT.search(path.read_text(encoding="utf-8")) and path.name != "components.html"
    }
    seen = {place.template for place in places if place.form.draft}
    assert promised - seen == set()
    assert len(drafts(places)) >= 14


def test_words_of_a_visit_that_has_ended_are_in_the_form_after_a_new_launch(
    house: House, places: list[Place]
) -> None:
    faults = []
    for place in drafts(places):
        house.kept.restore(place.stage)
        visitor = right_visitors(house)[place.guard]
        words = _written(place.form)
        began = house.kept.clock.now
        try:
            house.kept.clock.now += IDLE + timedelta(minutes=1)
            late = visitor.post(place.form.path, {**place.form.held, **words}, headers=JSON)
            if (late.status_code, (late.get_json() or {}).get("code")) != (401, "session.ended-words-kept"):
                faults.append(f"{place.form.path}: {late.status_code}, not kept")
            again = right_visitors(house)[place.guard].get(place.page).text
        finally:
            house.kept.clock.now = began
        lost = [name for name, text in words.items() if _shown(again, place.form.path).get(name) != text]
        if lost:
            faults.append(f"{place.form.path}: {lost} not shown again")
        if "These are your words" not in unescape(again):
            faults.append(f"{place.form.path}: does not say since when the words wait")
    assert faults == []


def test_somebody_else_does_not_find_those_words(house: House, places: list[Place]) -> None:
    house.kept.restore("writing")
    place = next(one for one in drafts(places) if one.form.path.endswith("keystone"))
    visitor = right_visitors(house)[Guard.PARTICIPANT]
    began = house.kept.clock.now
    house.kept.clock.now += IDLE + timedelta(minutes=1)
    late = visitor.post(place.form.path, {**place.form.held, **_written(place.form)}, headers=JSON)
    ben = house.visitor(house.world.ben, "participant").get(place.page).text
    house.kept.clock.now = began
    assert late.get_json()["code"] == "session.ended-words-kept"
    assert "Kept words" not in ben


def test_a_late_form_without_the_visits_own_token_is_not_kept(house: House, places: list[Place]) -> None:
    """Another site could otherwise put words into somebody's form by waiting until their visit has ended."""
    house.kept.restore("writing")
    place = next(one for one in drafts(places) if one.form.path.endswith("keystone"))
    visitor = right_visitors(house)[Guard.PARTICIPANT]
    began = house.kept.clock.now
    house.kept.clock.now += IDLE + timedelta(minutes=1)
    forged = {**place.form.held, **_written(place.form), "csrf_token": "x" * 64}
    late = visitor.post(place.form.path, forged, headers=JSON)
    again = right_visitors(house)[Guard.PARTICIPANT].get(place.page).text
    house.kept.clock.now = began
    assert (late.status_code, late.get_json()["code"]) == (401, "session.ended")
    assert "Kept words" not in again


def test_words_saved_while_typing_are_shown_in_the_next_tab_and_can_be_dropped(
    house: House, places: list[Place]
) -> None:
    faults = []
    for place in drafts(places):
        house.kept.restore(place.stage)
        visitor = right_visitors(house)[place.guard]
        words = _written(place.form)
        kept = visitor.post(f"drafts/keep?form=/{place.form.path}", words, headers=JSON)
        if not kept.get_json()["kept"]:
            faults.append(f"{place.form.path}: not kept")
        shown = _shown(visitor.get(place.page).text, place.form.path)
        if {name: shown.get(name) for name in words} != words:
            faults.append(f"{place.form.path}: not shown")
        dropped = {"form": f"/{place.form.path}", "next": visitor.path(place.page)}
        if visitor.post("drafts/discard", dropped).status_code != 303:
            faults.append(f"{place.form.path}: not dropped")
        if "Kept words" in visitor.get(place.page).text:
            faults.append(f"{place.form.path}: shown after it was dropped")
    assert faults == []


def _written(form: Shown) -> dict[str, str]:
    """Type something into every field."""
    return {name: f"Kept words of {name}: «él» & <b>" for name in form.typed}


def _shown(page: str, path: str) -> dict[str, str]:
    """Give what stands in the fields of a form of a page."""
    for form in Forms(page).found:
        if form.action and form.path == path and form.typed:
            return {name: text.removeprefix("\n") for name, text in form.typed.items()}
    return {}


# Each time, something is really done again: a second kept version of a map.
AGAIN_IS_MORE = {"evidence.keep_map"}
NO_FORMS_OF_OURS = {"visit.keep_draft", "visit.drop_draft", "site.open_tab"}


def test_a_form_sent_twice_makes_one_row(house: House, places: list[Place]) -> None:
    """A double click, or the same form in two tabs: what is sent again changes no number of rows."""
    faults, once = [], 0
    for rule, method in house.rules():
        guard = guard_of(house.app, rule)
        if method != "POST" or guard is Guard.PUBLIC or rule.endpoint in AGAIN_IS_MORE | NO_FORMS_OF_OURS:
            continue
        for stage in STAGES[:4]:
            house.kept.restore(stage)
            values = {name: value or "x" for name, value in address_of(rule, house.amara).items()}
            path = path_of(rule, values)
            held = next((one.form.held for one in places if one.form.path == path), {})
            visitor = right_visitors(house)[guard]
            first = _twice(house, visitor, path, rule.endpoint, held)
            if first is None:
                continue
            once += 1
            if first:
                faults.append(f"{rule.endpoint}: {first}")
            break
    assert faults == []
    assert once > 30


def _twice(
    house: House, visitor: Visitor, path: str, endpoint: str, held: Mapping[str, str]
) -> dict[str, int] | None:
    """Send a form twice; gives how many rows the second time added to which table, None if it was refused."""

    def body() -> dict[str, Any]:
        with house.app.app_context():
            form = dict(form_of(endpoint, house.amara))
        form = {**held, **form}
        if endpoint == "evidence.add_photos":
            form["photos"] = (io.BytesIO(jpeg((320, 200))), "photo.jpg")
        return form

    sent = body()
    if visitor.post(path, sent).status_code not in {200, 201, 303}:
        return None
    after_one = _counts(house)
    again = body() if "photos" in sent else sent
    if visitor.post(path, again).status_code >= 500:
        return {"server fault": 1}
    after_two = _counts(house)
    added = {table: count - after_one.get(table, 0) for table, count in after_two.items()}
    return {table: count for table, count in added.items() if count}


def _counts(house: House) -> dict[str, int]:
    with house.app.app_context():
        tables = [table for table, _ in all_rows()]
    return {table: tables.count(table) for table in set(tables)}


def test_of_two_tabs_the_later_one_keeps_its_words(house: House, places: list[Place]) -> None:
    """Both show the same revision; one saves; the other is told so, and has its words still in the form."""
    faults, tried = [], 0
    for place in places:
        if "revision" not in place.form.held or not place.form.typed:
            continue
        house.kept.restore(place.stage)
        visitor = right_visitors(house)[place.guard]
        words = {name: f"Words of {name}" for name in place.form.typed}
        stale = {**place.form.held, **_chosen(house, place), **words, "revision": "0"}
        answer = visitor.post(place.form.path, stale)
        tried += 1
        found = _shown(answer.text, place.form.path)
        if answer.status_code != 409:
            faults.append(f"{place.form.path}: {answer.status_code}")
        elif {name: found.get(name) for name in words} != words:
            faults.append(f"{place.form.path}: words lost")
    assert faults == []
    assert tried >= 6


def test_what_comes_too_late_is_on_the_page_that_refuses_it(house: House, places: list[Place]) -> None:
    """The form was opened before the work was sent or scored; without any script, the words can be copied."""
    faults, refused = [], set()
    for place in places:
        if not place.form.typed:
            continue
        house.kept.restore("scored")
        words = _written(place.form)
        late = right_visitors(house)[place.guard].post(
            place.form.path, {**place.form.held, **_chosen(house, place), **words}
        )
        if late.status_code != 409:
            continue
        refused.add(place.template)
        page = unescape(late.text)
        faults += [f"{place.form.path}: {name}" for name, text in words.items() if text not in page]
    assert faults == []
    assert len(refused) >= 2, refused


def test_the_page_that_refuses_says_only_what_was_written(house: House) -> None:
    house.kept.restore("scored")
    amara = right_visitors(house)[Guard.PARTICIPANT]
    sent = {"title": "Half a <b>sentence</b>", "once": "token", "revision": "1", "citations": "photo:1"}
    page = amara.post("keystone", sent).text
    assert "Half a &lt;b&gt;sentence&lt;/b&gt;</textarea>" in page
    assert page.count("<textarea readonly") == 1
    assert amara.csrf_token not in page.partition("<main")[2].partition("</main>")[0]


def _chosen(house: House, place: Place) -> dict[str, Any]:
    """Give what else an honest form of this kind holds: kinds, ends, levels."""
    adapter = house.app.url_map.bind("localhost")
    endpoint, _ = adapter.match(f"/l/here/{place.form.path}", method="POST")
    with house.app.app_context():
        return dict(form_of(endpoint, house.amara))
