"""What happens again and again: fill a form, hold a session, meet one to one."""

from ltitool.cli.story.browser import Browser, Fields
from ltitool.cli.story.html import Page
from ltitool.cli.story.stage import Stage
from ltitool.sandbox.seed import DEMO


def fill(browser: Browser, sign: str, fields: Fields) -> Page:
    """Fill in the form that a sign names, and send it."""
    return browser.send(browser.page.form(sign), fields)


def meet(stage: Stage, coach: str, session: str) -> None:
    """Hold a whole-group session and record who was there for how long."""
    browser = stage.browser(coach)
    stage.enter(coach)
    browser.follow("Record a whole-group session")
    browser.open(next(link.url for link in browser.page.links if link.url.endswith(f"/sessions/{session}")))
    form = browser.page.form(f"/sessions/{session}")
    present = {name: "120" for name in form.fields if name.startswith("minutes-")}
    browser.send(form, {"held_on": stage.today, "minutes": "120", **present})
    stage.tell(DEMO.person(coach).name, f"records {len(present)} people at {session.replace('_', ' ')}")


def one_to_one(stage: Stage, coach: str, with_whom: str, *, focus: str, next_step: str) -> None:
    """Meet somebody and write it down."""
    browser = stage.browser(coach)
    stage.enter(coach)
    browser.follow(DEMO.person(with_whom).name)
    browser.follow("Record a 1:1")
    form = browser.page.form("/one-to-one")
    said = {"held_on": stage.today, "minutes": "50", "focus": focus, "next_step": next_step}
    browser.send(form, {**said, "shared_note": "A good hour.", "private_note": "Ask about the deputy."})
    stage.tell(DEMO.person(coach).name, f"meets {DEMO.person(with_whom).name}: {focus}", browser.page.url)


def send_sheet(stage: Stage, key: str, activity: str, words: Fields) -> None:
    """Answer the questions of an activity and send them to the coach."""
    browser = stage.browser(key)
    start = stage.enter(key).url
    page = browser.open(f"{start}activities/{activity}")
    browser.send(page.form(f"/activities/{activity}"), {**words, "then": "send"})
    stage.tell(DEMO.person(key).name, f"sends “{page.title.partition(' · ')[0]}”", browser.page.url)
