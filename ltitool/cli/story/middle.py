"""Weeks 2 to 12: photos, sheets, the map, the team's analysis; sessions and 1:1s between them."""

from ltitool.cli.story.acts import meet, one_to_one, send_sheet
from ltitool.cli.story.beginning import AMARA, COACH, DANA
from ltitool.cli.story.mapping import draw_map
from ltitool.cli.story.pictures import phone_photo
from ltitool.cli.story.stage import Stage
from ltitool.cli.story.words import OPPORTUNITY, PHOTO_ANSWERS, PHOTOS, SHEETS, TEAM
from ltitool.sandbox.seed import DEMO

BOTH = (AMARA, DANA)


def weeks_between(stage: Stage) -> None:
    """Play them; the two who finish do everything that completion asks for."""
    stage.turn_to(3, day=2)
    for key in BOTH:
        one_to_one(stage, COACH, key, focus="Whom have you invited?", next_step="Ask the night staff.")
        take_photos(stage, key)
        send_sheet(stage, key, "practice_1", SHEETS["practice_1"])
    stage.turn_to(5)
    meet(stage, COACH, "session_2")
    for key in BOTH:
        send_sheet(stage, key, "photovoice_analysis", SHEETS["photovoice_analysis"])
    stage.turn_to(7, day=1)
    for key in BOTH:
        one_to_one(stage, COACH, key, focus="Where is money decided?", next_step="Draw the parking lot.")
        draw_map(stage, key)
    stage.turn_to(9)
    meet(stage, COACH, "session_3")
    for key in BOTH:
        send_sheet(stage, key, "map_analysis", SHEETS["map_analysis"])
    stage.turn_to(11, day=3)
    for key in BOTH:
        one_to_one(stage, COACH, key, focus="What does the team own?", next_step="Leave the room.")
        hold_dialogue(stage, key)


def take_photos(stage: Stage, key: str) -> None:
    """Send five photos as a phone sends them, and tell each."""
    browser = stage.browser(key)
    page = stage.enter(key)
    page = browser.open(f"{page.url}photos")
    files = [
        ("photos", (f"IMG_{number}.jpg", phone_photo(number), "image/jpeg")) for number in range(len(PHOTOS))
    ]
    browser.send(page.form("/photos"), {}, files)
    told = [link.url for link in browser.page.links if "/photos/" in link.url and "#" not in link.url]
    for url, (lens, caption, alt_text) in zip(dict.fromkeys(told), PHOTOS, strict=True):
        page = browser.open(url)
        form = page.form(url.rpartition("/")[2])
        answers = {
            name: PHOTO_ANSWERS[name.rpartition(".")[2]] for name in form.fields if name.startswith("p.")
        }
        said = {"lens": lens, "caption": caption, "alt_text": alt_text, "who_is_in_it": "nobody"}
        browser.send(form, {**said, **answers, "then": "back"})
    stage.tell(DEMO.person(key).name, "sends five photos; place and camera are taken out of them")


def hold_dialogue(stage: Stage, key: str) -> None:
    """Go through the team's analysis, one question at a time, and send it."""
    browser = stage.browser(key)
    start = stage.enter(key).url
    page = browser.open(f"{start}activities/team_analysis/questions/1")
    while "/questions/" in page.url:
        form = page.form("/questions/")
        said: dict[str, str | list[str]] = {"then": "next"}
        for name, choices in form.choices.items():
            said[name] = list(choices)
        for name in form.fields:
            known = TEAM.get(name.rpartition(".")[2])
            said.setdefault(name, known or _opportunity(stage, name, form.fields[name]))
        page = browser.send(form, said)
    browser.send(page.form("/send"))
    stage.tell(DEMO.person(key).name, "leads the team through its analysis", browser.page.url)


def _opportunity(stage: Stage, name: str, held: object) -> str:
    kind = name.rpartition(".")[2]
    words = {"what": OPPORTUNITY, "who": "Office manager", "when": f"{stage.now:%Y-%m-%d}"}
    return words[kind] if ".1." in name and kind in words else str(held)
