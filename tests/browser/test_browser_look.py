"""The look in a real browser: axe on every component, no sideways scroll, and what the small modules do."""

import functools
import http.server
import json
import sys
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.chromium import violations

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "web"))

from web_gallery import environment, steps, write_pages  # noqa: E402 - found by the line above

from ltitool.web.arch import draw_arch  # noqa: E402
from ltitool.web.assets import asset_url  # noqa: E402

pytestmark = pytest.mark.chromium

POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'"

MOVES = """
{%- extends "base.html" -%}
{%- from "components.html" import post_form, textarea, choices, upload, level_chooser, submit, table -%}
{%- block title %}Moves{% endblock -%}
{%- block main %}
<h1>Moves</h1>
{% call post_form("/l/abc/words", id="words", draft=True) %}
{{ textarea("caption", "Caption", "", maxlength=20) }}
{{ choices("lens", "Lens", [("people", "People"), ("groups", "Groups")]) }}
{{ submit("Send") }}
{% endcall %}
{% call post_form("/l/abc/photos", multipart=True, attrs={"data-photos": "", "data-max-bytes": "20000"}) %}
{{ upload("photos", "Photos", multiple=True, drop=True) }}{{ submit("Send photos") }}
{% endcall %}
<div data-keys-reach>{{ level_chooser("level", "Shared power", levels) }}
<textarea aria-label="Why"></textarea></div>
<div data-map>
<svg viewBox="0 0 100 40" width="300" height="120" role="group" aria-label="Map">
<a href="#row-n1" data-map-item="n1"><title>Budget</title><circle cx="20" cy="20" r="15"/></a>
<a href="#row-n2" data-map-item="n2"><title>Okafor</title><circle cx="70" cy="20" r="15"/></a></svg>
{{ table("Who", ["Who", "Kind"], [
  {"cells": ["Budget", "Group"], "attrs": {"id": "row-n1", "data-map-item": "n1"}},
  {"cells": ["Okafor", "Person"], "attrs": {"id": "row-n2", "data-map-item": "n2"}}]) }}
</div>
{%- endblock -%}
"""

FRAMING = """<!doctype html><title>LMS</title>
<iframe src="{src}" width="600" height="300"></iframe><script src="lms.js"></script>"""

LMS = """
window.heard = [];
addEventListener("message", (event) => {
  window.heard.push([event.origin, event.data]);
  if (event.data.subject === "lti.capabilities" && location.search !== "?mute") {
    event.source.postMessage({
      subject: "lti.capabilities.response",
      message_id: event.data.message_id,
      supported_messages: [{ subject: "lti.frameResize" }],
    }, event.origin);
  }
});
"""


class Tool(http.server.SimpleHTTPRequestHandler):
    """Serves the pages under the tool's policy, and takes drafts and photos."""

    took: list[tuple[str, dict[str, Any]]]
    answers: list[int]

    def __init__(self, *args: Any, took: list[Any], answers: list[int], **kwargs: Any) -> None:
        self.took, self.answers = took, answers
        super().__init__(*args, **kwargs)

    def end_headers(self) -> None:
        if not self.path.startswith("/lms"):
            self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.answers.pop(0) if self.answers else 200
        fields = (
            parse_qs(body.decode("latin-1"))
            if "urlencoded" in self.headers["Content-Type"]
            else {"body": body}
        )
        self.took.append((self.path, {"status": status, "token": self.headers["X-CSRF-Token"], **fields}))
        answer = {"kept": True, "at": "2026-03-17T14:05:00Z", "url": "/moves.html", "title": "Not a picture"}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


class Site:
    """Where the pages are, what the server took, and how it shall answer next."""

    def __init__(self, address: str, took: list[tuple[str, dict[str, Any]]], answers: list[int]) -> None:
        self.address, self.took, self.answers = address, took, answers
        self.port = address.rsplit(":", 1)[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gallery")
    write_pages(out)
    levels = [{"value": n, "name": f"Level {n}", "text": ""} for n in range(1, 5)]
    env = environment("en", asset_url, draft_shown_since=lambda _action: None)
    (out / "moves.html").write_text(env.from_string(MOVES).render(levels=levels))
    (out / "lms.js").write_text(LMS)
    return out


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    took: list[tuple[str, dict[str, Any]]] = []
    answers: list[int] = []
    handler = functools.partial(Tool, directory=str(folder), took=took, answers=answers)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", took, answers)
        server.shutdown()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(address: str, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_component_is_accessible_and_fits(
    site: Site, open_page: Callable[..., Page], language: str, width: int, scheme: str
) -> None:
    page = open_page(f"{site.address}/{language}.html", width, color_scheme=scheme)
    found, passed = violations(page)
    assert found == []
    assert passed > 30
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_would_notice(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/en.html")
    page.evaluate("document.querySelector('label[for=f-name]').remove()")
    assert "label" in [name for name, _ in violations(page)[0]]


def test_page_stays_readable_at_four_hundred_percent_and_without_scripts(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{site.address}/en.html", 320, java_script_enabled=False)
    expect(page.get_by_role("button", name="Send to your coach")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_error_summary_takes_the_focus(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/en.html")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="Write a caption: one sentence is enough").click()
    expect(page.locator("#f-caption")).to_be_focused()


def test_a_step_leads_to_the_new_heading(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    expect(page.locator("h1")).not_to_be_focused()
    page.evaluate("document.querySelector('.masthead__place').href = '/moves.html?next'")
    page.locator(".masthead__place").click()
    expect(page.locator("h1")).to_be_focused()


def test_typed_words_are_saved_after_a_pause(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    page.get_by_label("Caption").fill("The parents' room")
    page.get_by_label("Groups").check()
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    path, fields = site.took[-1]
    assert path == "/visit/keep_draft"
    assert fields["caption"] == ["The parents' room"]
    assert fields["lens"] == ["groups"]
    assert fields["token"] == "token"
    assert "csrf_token" not in fields


def test_words_outlive_a_failing_server(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    site.answers[:] = [503]
    page.get_by_label("Caption").fill("Not lost")
    expect(page.locator("[data-saved]")).to_contain_text("Your words are kept in this tab")
    page.reload()
    expect(page.get_by_label("Caption")).to_have_value("Not lost")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Caption")).to_have_value("")


def test_an_ended_session_is_said(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    site.answers[:] = [401]
    page.get_by_label("Caption").fill("Late")
    expect(page.locator("[data-saved]")).to_contain_text("Your session has ended")


def test_room_for_characters_is_counted(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    page.get_by_label("Caption").fill("x" * 25)
    expect(page.locator("#f-caption-count")).to_have_text("5 characters too many")


def photo(name: str, colour: str = "red") -> dict[str, Any]:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def test_photos_go_one_by_one_and_can_be_tried_again(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    site.answers[:] = [200, 503, 422]
    page.get_by_label("Photos").set_input_files([photo("one.png"), photo("two.png"), photo("three.png")])
    rows = page.locator(".uploads > li")
    expect(rows.nth(0)).to_have_attribute("data-state", "done")
    expect(rows.nth(0).get_by_role("link", name="Describe this photo")).to_have_attribute(
        "href", "/moves.html"
    )
    expect(rows.nth(2)).to_contain_text("Not a picture")
    expect(rows.nth(2).get_by_role("button", name="Try again")).to_have_count(0)
    rows.nth(1).get_by_role("button", name="Try again").click()
    expect(rows.nth(1)).to_have_attribute("data-state", "done")
    keys = [fields["body"].split(b'name="upload_key"\r\n\r\n')[1][:32] for _, fields in site.took]
    assert len(set(keys)) == 3
    assert keys[3] == keys[1]
    assert all(fields["body"].count(b'name="photos"') == 1 for _, fields in site.took)


def test_a_photo_on_its_way_survives_leaving(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    site.answers[:] = [503]
    page.get_by_label("Photos").set_input_files([photo("one.png")])
    expect(page.locator(".uploads > li")).to_have_attribute("data-state", "failed")
    page.goto("about:blank")
    page.goto(f"{site.address}/moves.html")
    expect(page.locator(".uploads > li")).to_have_attribute("data-state", "done")
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".uploads > li")).to_have_count(0)


def test_nothing_kept_is_shown_to_somebody_else(
    site: Site, open_page: Callable[..., Page], folder: Path
) -> None:
    mine = (folder / "moves.html").read_text()
    (folder / "theirs.html").write_text(mine.replace("/ Ana María Ñáñez", "/ T. Osei"))
    page = open_page(f"{site.address}/moves.html")
    site.answers[:] = [503, 503]
    page.get_by_label("Photos").set_input_files([photo("one.png")])
    expect(page.locator(".uploads > li")).to_have_attribute("data-state", "failed")
    page.get_by_label("Caption").fill("Mine alone")
    expect(page.locator("[data-saved]")).to_contain_text("Your words are kept in this tab")
    page.goto(f"{site.address}/theirs.html")
    expect(page.get_by_label("Caption")).to_have_value("")
    expect(page.locator(".uploads > li")).to_have_count(0)
    page.goto(f"{site.address}/moves.html")
    expect(page.get_by_label("Caption")).to_have_value("Mine alone")
    expect(page.locator(".uploads > li")).to_have_count(1)


def test_a_photo_that_is_too_large_is_not_sent(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    large = {"name": "large.png", "mimeType": "image/png", "buffer": b"x" * 20001}
    page.get_by_label("Photos").set_input_files([large])
    expect(page.locator(".uploads > li")).to_contain_text("larger than we can take")
    page.get_by_role("button", name="Leave it out").click()
    expect(page.locator(".uploads > li")).to_have_count(0)
    assert site.took == []


def test_a_dropped_file_lands_in_the_field(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    data = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['x'], 'dropped.png')); return d; }"
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": data})
    expect(page.locator(".uploads > li")).to_contain_text("dropped.png")


def test_number_keys_choose_a_level_only_where_the_focus_is(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{site.address}/moves.html")
    level = page.locator("input[name=level]")
    page.locator("h1").click()
    page.keyboard.press("3")
    expect(page.locator("input[name=level]:checked")).to_have_count(0)
    level.first.focus()
    page.keyboard.press("4")
    expect(level.nth(3)).to_be_checked()
    expect(level.nth(3)).to_be_focused()
    page.get_by_label("Why").focus()
    page.keyboard.type("2")
    expect(level.nth(3)).to_be_checked()
    expect(page.get_by_label("Why")).to_have_value("2")


def test_picture_and_table_answer_each_other(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.address}/moves.html")
    page.locator("svg [data-map-item=n2]").click()
    expect(page.locator("#row-n2")).to_be_focused()
    expect(page.locator("#row-n2")).to_have_attribute("aria-current", "true")
    page.locator("#row-n1").click()
    expect(page.locator("svg [data-map-item=n1]")).to_have_attribute("data-chosen", "")
    expect(page.locator("svg [data-map-item=n2]")).not_to_have_attribute("data-chosen", "")


@pytest.mark.parametrize(
    ("query", "named", "resizes"), [("", True, True), ("?mute", True, False), ("", False, False)]
)
def test_height_is_told_to_the_named_platform_that_can_use_it(
    site: Site, folder: Path, open_page: Callable[..., Page], query: str, named: bool, resizes: bool
) -> None:
    lms = f"http://localhost:{site.port}"
    origins = [lms] if named else ["https://lms.example"]
    env = environment("en", asset_url, frame_origins=lambda: origins)
    (folder / "framed.html").write_text(
        env.from_string('{% extends "base.html" %}{% block main %}<h1>x</h1>{% endblock %}').render()
    )
    (folder / "lms.html").write_text(FRAMING.format(src=f"{site.address}/framed.html"))
    page = open_page(f"{lms}/lms.html{query}")
    expect(page.frame_locator("iframe").locator("h1")).to_be_visible()
    page.wait_for_timeout(600)
    heard = page.evaluate("window.heard")
    subjects = [data["subject"] for _, data in heard]
    assert ("lti.frameResize" in subjects) is resizes
    assert all(origin == site.address for origin, _ in heard)
    assert bool(heard) is named


def test_verdict_prints_on_one_sheet(site: Site, folder: Path, open_page: Callable[..., Page]) -> None:
    checks = [
        {
            "number": n,
            "title": f"Check {n}",
            "outcome": "passed",
            "detail": "What we looked at.",
            "evidence": None,
        }
        for n in range(1, 17)
    ]
    source = """
    {%- extends "base.html" -%}
    {%- from "components.html" import verdict, definition_list, check_list, panel, notice -%}
    {%- block title %}Verify{% endblock -%}
    {%- block main %}<h1>Verify a badge</h1>
    {% call verdict("genuine", "Issued by Riverbend Institute; not revoked as of 14:05 today.") %}
    {{ definition_list([("Person", "Matches"), ("Dates", "June 12, 2026"), ("Clock hours", "38.5")]) }}
    {% endcall %}
    {{ notice("info", "Whether it counts is your agency's decision.") }}
    {% call panel("What we checked") %}{{ check_list(checks) }}{% endcall %}
    {% endblock -%}
    """
    env = environment("en", asset_url)
    (folder / "verify.html").write_text(env.from_string(source).render(checks=checks))
    page = open_page(f"{site.address}/verify.html", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.get_by_text("Check 16", exact=True)).to_be_visible()
    expect(page.get_by_text("Open in a new tab")).to_be_hidden()
    sheets = page.pdf(format="Letter").count(b"/Type /Page\n")
    assert sheets == 1


def test_forced_colours_keep_the_stones_apart(
    site: Site, folder: Path, open_page: Callable[..., Page]
) -> None:
    arch = draw_arch(steps(5), title="t", description="d")
    env = environment("en", asset_url)
    source = '{% extends "base.html" %}{% from "components.html" import arch %}'
    source += "{% block main %}<h1>x</h1>{{ arch(svg) }}{% endblock %}"
    (folder / "forced.html").write_text(env.from_string(source).render(svg=arch))
    page = open_page(f"{site.address}/forced.html", forced_colors="active")
    fills = {
        state: page.locator(f".stone--{state}").first.evaluate("stone => getComputedStyle(stone).fill")
        for state in ("done", "now", "ahead")
    }
    assert fills["done"] != fills["now"]
