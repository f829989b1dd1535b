"""Week 13: the keystone, its scores, the grade in the LMS, the badge, and a badge that is taken back."""

import time
from dataclasses import replace
from pathlib import Path

from ltitool.cli.story.acts import fill, meet, send_sheet
from ltitool.cli.story.artefacts import keep_badge, keep_report, verdict_of
from ltitool.cli.story.beginning import AMARA, COACH, DANA, DIRECTOR
from ltitool.cli.story.browser import Browser, StoryStuck
from ltitool.cli.story.stage import KEYSTONE as KEYSTONE_LINK
from ltitool.cli.story.stage import Stage
from ltitool.cli.story.words import CLAIMS, KEYSTONE, RATIONALES, SHEETS
from ltitool.sandbox.seed import COHORT_3, DEMO

BOTH = (AMARA, DANA)
LICENCES = {AMARA: "NM-48213", DANA: "NM-50777"}
GRADE_WITHIN = 20.0  # seconds until the grade must stand in the LMS
CITED = 3  # pieces of evidence for each claim


def last_week(stage: Stage, out: Path) -> None:
    """Play it, keep Amara's badge, and revoke Dana's."""
    stage.turn_to(13)
    meet(stage, COACH, "session_4")
    for key in BOTH:
        send_keystone(stage, key)
        send_sheet(stage, key, "peer_reflection", SHEETS["peer_reflection"])
    for key in BOTH:
        score_keystone(stage, key)
    stage.turn_to(14, day=6)  # now
    for key in BOTH:
        see_grade(stage, key)
        earn_badge(stage, key)
    keep_badge(stage, AMARA, out)
    keep_report(stage, out, LICENCES[AMARA])
    revoke_badge(stage, DANA)


def send_keystone(stage: Stage, key: str) -> None:
    """Write the keystone, cite evidence for every criterion, and send it."""
    browser = stage.browser(key)
    start = stage.enter(key).url.partition("/l/")
    base = f"{start[0]}/l/{start[2].split('/')[0]}"
    browser.open(f"{base}/keystone")
    fill(browser, "/keystone", KEYSTONE)
    for criterion, text in CLAIMS.items():
        page = browser.open(f"{base}/keystone/claims/new/{criterion}")
        form = page.form(f"/claims/new/{criterion}")
        browser.send(form, {"text": text, "citations": _some(list(form.choices["citations"]), criterion)})
    page = browser.open(f"{base}/keystone")
    browser.send(replace(page.form("keystone-words"), action=f"{base}/keystone/send"))
    stage.tell(DEMO.person(key).name, "sends the keystone to Ruth", browser.page.url)


def score_keystone(stage: Stage, key: str) -> None:
    """Open what waits on the board, give each criterion a level and a reason, and lock."""
    browser = stage.browser(COACH)
    stage.enter(COACH)
    browser.follow(DEMO.person(key).name)
    browser.follow("Score")
    form = browser.page.form("sheet")
    entered = {f"{criterion}-level": "proficient" for criterion in RATIONALES}
    entered |= {f"{criterion}-rationale": why for criterion, why in RATIONALES.items()}
    entered["team_meaning-level"] = "leading"
    browser.send(form, {**entered, "lock": "yes"})
    stage.tell("Ruth Delgado", f"scores {DEMO.person(key).name}'s keystone and locks", browser.page.url)


def see_grade(stage: Stage, key: str) -> None:
    """Wait until the grade stands in the LMS's own gradebook.

    Raises:
        StoryStuck: it did not come.
    """
    watcher = Browser("the LMS administrator")
    page = f"{stage.pair.lms_url}/courses/{COHORT_3}/gradebook"
    person = DEMO.person(key)
    deadline = time.monotonic() + GRADE_WITHIN
    while time.monotonic() < deadline:
        watcher.open(f"{stage.pair.lms_url}/enter/{DIRECTOR}?to=/courses/{COHORT_3}/gradebook")
        watcher.open(page)
        row = watcher.page.words.partition(person.family_name)[2][:120]
        if "79.17" in row or "19" in row.split():
            stage.tell("The LMS", f"shows {person.name}'s grade in its gradebook", page)
            return
        time.sleep(0.3)
    raise StoryStuck(f"no grade for {person.name}: {watcher.page.words[:400]}")


def earn_badge(stage: Stage, key: str) -> None:
    """Confirm name and licence, and get the badge."""
    browser = stage.browser(key)
    base = _base(stage.enter(key, KEYSTONE_LINK).url)
    browser.open(f"{base}/keystone/outcome")
    page = browser.open(f"{base}/badge/")
    fields = {"full_name": DEMO.person(key).name, "licence_number": LICENCES[key], "with_email": "yes"}
    browser.send(page.form("/badge/confirm"), fields)
    page = browser.page
    browser.send(page.form("/badge/visibility"), {"is_public": "yes"})
    stage.tell(DEMO.person(key).name, "confirms name and license; the badge is there", browser.page.url)


def revoke_badge(stage: Stage, key: str) -> None:
    """The director takes a badge back, and the next verification says so."""
    name = DEMO.person(key).name
    credential = stage.browser(key).download(f"{_base(stage.enter(key).url)}/badge/file/json")
    before = verdict_of(stage, credential)
    browser = stage.browser(DIRECTOR)
    base = _base(stage.enter(DIRECTOR).url)
    page = browser.open(f"{base}/awards/")
    link = next(one.url for one in page.links if one.url.endswith("/revoke") and name in one.words)
    page = browser.open(link)
    browser.send(page.form("/revoke"), {"reason": "Awarded twice by mistake; the first one stands."})
    stage.tell("Imani Whitfield", f"revokes {name}'s badge with a reason", browser.page.url)
    after = verdict_of(stage, credential)
    if before != "valid" or after != "revoked":
        raise StoryStuck(f"the verifier said {before} before and {after} after the revocation")
    stage.tell("A verifier", f"now reads that {name}'s badge is revoked", f"{stage.pair.tool_url}/verify")


def _some(codes: list[str], criterion: str) -> list[str]:
    """Choose evidence: photos for what is strong, the map for power, answers for the rest."""
    wanted = {"asset_evidence": "photo:", "power_analysis": "map-"}.get(criterion, "answer:")
    fitting = [code for code in codes if code.startswith(wanted)] or codes
    return fitting[:CITED]


def _base(url: str) -> str:
    host, _, rest = url.partition("/l/")
    return f"{host}/l/{rest.split('/')[0]}"
