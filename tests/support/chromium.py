"""Real Chromium for tests: profiles that treat cookies in frames as browsers in schools do, and axe."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Frame, Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--font-render-hinting=none")
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Cookies = Literal["allowed", "blocked", "refused", "strict"]
CALM: dict[str, Any] = {"reduced_motion": "reduce", "color_scheme": "light"}
# Playwright switches off what keeps frames of different sites apart; a later list takes the place of its own.
STRICT_ARGUMENTS = (
    "--disable-features=Translate",
    "--enable-features=ThirdPartyStoragePartitioning,TrackingProtection3pcd",
    "--test-third-party-cookie-phaseout",
)
BLOCK, ALLOW = 2, 1  # Chromium's own numbers for a content setting


def preferences(cookies: Cookies, tool: str, lms: str) -> dict[str, Any]:
    """Give a profile's settings: third-party cookies allowed; blocked, so that partitioned ones alone come
    back; or all cookies of the tool refused inside the LMS. "strict" has the settings of "blocked"; it is for
    `profile` to add Chromium's stricter features.
    """
    blocked = cookies != "allowed"
    profile: dict[str, Any] = {"cookie_controls_mode": int(blocked), "block_third_party_cookies": blocked}
    if cookies == "refused":
        exceptions = {f"{tool},{lms}": {"setting": BLOCK}, f"{tool},{tool}": {"setting": ALLOW}}
        profile["content_settings"] = {"exceptions": {"cookies": exceptions}}
    return {"profile": profile}


@contextmanager
def profile(
    playwright: Playwright, folder: Path, settings: dict[str, Any], *, strict: bool = False, **options: Any
) -> Iterator[BrowserContext]:
    """Open a browser with a profile of its own; `strict` keeps frames of different sites apart altogether."""
    arguments = [*ARGUMENTS, *(STRICT_ARGUMENTS if strict else ())]
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(settings), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=arguments, **CALM, **options
    )
    try:
        yield context
    finally:
        context.close()


def violations(page: Page | Frame) -> tuple[list[Any], int]:
    """Say what axe objects to, and how many rules it found in order. Goes past the policy by the debugger."""
    context = page.context if isinstance(page, Page) else page.page.context
    session = context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    run = (
        f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}}).then(found => JSON.stringify("
        "[found.violations.map(v => [v.id, v.nodes.map(n => n.html)]), found.passes.length]))"
    )
    answer = session.send(
        "Runtime.evaluate", {"expression": run, "awaitPromise": True, "returnByValue": True}
    )
    session.detach()
    found, passed = json.loads(answer["result"]["value"])
    return found, passed


def width_of(page: Page | Frame) -> int:
    """Give how wide the page's content is: more than the window means sideways scrolling."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
