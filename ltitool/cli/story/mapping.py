"""Drawing the power and decision map by its forms, line by line."""

from ltitool.cli.story.browser import Browser
from ltitool.cli.story.stage import Stage
from ltitool.cli.story.words import DECISION, LINKS, NODES
from ltitool.sandbox.seed import DEMO


def draw_map(stage: Stage, key: str) -> None:
    """Add who is there, how power runs between them, one decision; and keep the map as it stands."""
    browser = stage.browser(key)
    base = stage.enter(key).url
    _add_nodes(browser, f"{base}map")
    _add_links(browser, f"{base}map")
    _add_decision(browser, f"{base}map/decisions/new")
    page = browser.open(f"{base}map")
    browser.send(page.form("/map/versions"), {"name": "Before we opened the budget talk"})
    said = f"maps {len(NODES)} people and groups, and where money is really decided"
    stage.tell(DEMO.person(key).name, said, browser.page.url)


def _add_nodes(browser: Browser, url: str) -> None:
    for name, kind, voice in NODES:
        page = browser.open(url)
        browser.send(page.form("/map/nodes"), {"name": name, "kind": kind, "voice": voice})


def _add_links(browser: Browser, url: str) -> None:
    for source, target, kind in LINKS:
        page = browser.open(url)
        form = page.form("/map/links")
        ends = {"source": page.option(form, "source", source), "target": page.option(form, "target", target)}
        browser.send(form, {**ends, "kind": page.option(form, "kind", kind)})


def _add_decision(browser: Browser, url: str) -> None:
    page = browser.open(url)
    form = page.form("/map/decisions/new")
    topic, owner, decider, missing = DECISION
    browser.send(
        form,
        {
            "topic": topic,
            "power": "budget",
            "formal_owner": page.option(form, "formal_owner", owner),
            "actual_decider": page.option(form, "actual_decider", decider),
            "missing": list(missing),
            "note": "Settled in the parking lot, a week before the meeting.",
        },
    )
