"""Every page that a person can walk to, in both languages and widths: axe objects to nothing, nothing scrolls
sideways, and no link leads nowhere.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from support.chromium import CALM, violations, width_of
from support.running_demo import RunningDemo

from ltitool.cli.demo_seed.place import DemoPlace

pytestmark = [pytest.mark.chromium, pytest.mark.server]

# Who walks, and how many pages they must at least have found: a walk that stops early proves nothing.
WALKS = {"dana-begay": 35, DemoPlace.COACH: 9, DemoPlace.DIRECTOR: 4}
NAMELESS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "*"),
    (re.compile(r"/claims/(new/)?[a-z0-9_]+"), r"/claims/\1*"),
    (re.compile(r"/[a-z]+\d+(?=/|$)"), "/*"),  # an entry of a map
    (re.compile(r"(?<=(?<!weeks)/)\d+(?=/|$)"), "*"),  # each week has links of its own
    (re.compile(r"_[123](?=/|$)"), "_*"),  # three practice logs are one page
)
PLAIN_LINKS = (
    "links => links.map(link => link.href).filter(href => typeof href === 'string')"  # none of a drawing
)
NOT_PAGES = re.compile(r"/language/|/file/|/photos/\*/\*$|/picture")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, **CALM)
    yield opened
    opened.close()


def shape_of(address: str) -> str:
    """Give what pages of one kind have in common in their addresses."""
    path = urlsplit(address).path.rstrip("/")
    path = re.sub(r"^/l/\w+", "", path)
    for pattern, name in NAMELESS:
        path = pattern.sub(name, path)
    return path


def walk(page: Page, within: str) -> Iterator[str]:
    """Open one page of each kind that links lead to, the nearest first."""
    ahead, seen = [page.url], {shape_of(page.url)}
    while ahead:
        address = ahead.pop(0)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address} answers {answer.status}"
        yield address
        for link in page.locator("a[href]").evaluate_all(PLAIN_LINKS):
            shape = shape_of(link)
            if link.startswith(within) and shape not in seen and not NOT_PAGES.search(shape):
                seen.add(shape)
                ahead.append(link.split("#")[0])


def faults_of(page: Page, address: str) -> list[str]:
    """Say what is wrong with a page in either language and width."""
    faults: list[str] = []
    for language in ("es", "en"):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            where = f"{shape_of(address)} {language} {width}"
            faults += [f"{where}: {rule} {nodes[:2]}" for rule, nodes in violations(page)[0]]
            if width_of(page) > width:
                faults.append(f"{where}: scrolls sideways, {width_of(page)} wide")
    return faults


@pytest.mark.parametrize("person", WALKS)
def test_every_page_of_a_visit(page: Page, demo: RunningDemo, person: str) -> None:
    page.goto(demo.in_a_tab(person))
    page.wait_for_url(f"{demo.tool}/l/**")
    within = "/".join(page.url.split("/")[:5])
    pages = list(walk(page, within))
    assert len(pages) >= WALKS[person], [shape_of(one) for one in pages]
    audited = {re.sub(r"/weeks/\d+", "/weeks", one): one for one in reversed(pages)}.values()
    assert [fault for one in audited for fault in faults_of(page, one)] == []


def test_every_public_page(page: Page, demo: RunningDemo) -> None:
    page.goto(demo.tool)
    pages = [*walk(page, demo.tool)]
    assert f"{demo.tool}/verify" in [one.split("?")[0] for one in pages]
    assert [fault for one in pages for fault in faults_of(page, one)] == []


def test_every_page_of_an_operator(page: Page, demo: RunningDemo) -> None:
    """Operators come by an invitation, never from an LMS."""
    page.goto(demo.operate("invite", "operator")["link"])
    page.get_by_label("Your name").fill("Pat Lindqvist")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.tool}/l/**")
    pages = list(walk(page, "/".join(page.url.split("/")[:5])))
    shapes = {shape_of(one) for one in pages}
    assert {"/platforms/link", "/platforms/by-hand", "/platforms/*"} <= shapes, shapes
    assert [fault for one in pages for fault in faults_of(page, one)] == []
