"""Before the start and week 1: the operator, the director, the coach, and eight people arriving."""

from ltitool.cli.story.acts import fill, meet
from ltitool.cli.story.stage import Stage
from ltitool.sandbox.seed import DEMO, PARTICIPANTS_3

ORGANISATION = "valle-verde"
COHORT = "Cohort 3"
DIRECTOR, COACH = "imani-whitfield", "ruth-delgado"
AMARA, DANA = "amara-okafor", "dana-begay"


def before_the_start(stage: Stage) -> None:
    """Register the LMS, make somebody director, and set a run of the program up."""
    stage.turn_to(0, day=2)
    _register(stage)
    link = stage.operate("invite", "director", "--organisation", ORGANISATION, "--note", "Imani")["link"]
    stage.tell("The operator", "invites a program director", link)
    page = stage.enter(DIRECTOR)
    stage.browser(DIRECTOR).send(page.form("invitation"), {"code": link})
    stage.tell("Imani Whitfield", "opens the course, uses the invitation and is director now")
    _set_up_run(stage)


def first_week(stage: Stage) -> None:
    """Everybody arrives; the director places them; the first whole-group session is held."""
    stage.turn_to(1)
    for key in PARTICIPANTS_3:
        page = stage.enter(key)
        stage.tell(DEMO.person(key).name, f"arrives on “{page.title}”", page.url)
    _place_everybody(stage)
    meet(stage, COACH, "session_1")


def _register(stage: Stage) -> None:
    lms = stage.pair.lms_url
    stage.operate("organisations", "add", ORGANISATION, DEMO.district)
    answer = stage.operate(
        *("platforms", "add", "--organisation", ORGANISATION, "--name", "Practice LMS"),
        *("--issuer", lms, "--client-id", DEMO.client_id, "--deployment-id", DEMO.deployment_id),
        *("--auth-login-url", f"{lms}/lti/auth", "--auth-token-url", f"{lms}/lti/token"),
        *("--jwks-url", f"{lms}/lti/jwks"),
    )
    stage.tell("The operator", "registers the district's LMS", answer["tool"]["login_url"])


def _set_up_run(stage: Stage) -> None:
    browser = stage.browser(DIRECTOR)
    browser.follow("Start an offering")
    form = browser.page.form("/offerings/new")
    title, starts_on = f"{DEMO.district}, {stage.starts_on:%Y}", f"{stage.starts_on:%Y-%m-%d}"
    zone = {"title": title, "starts_on": starts_on, "timezone": "America/Denver"}
    browser.send(form, {**zone, "program": "collaborative-leadership-13"})
    stage.tell("Imani Whitfield", f"starts a run of the program on {starts_on}", browser.page.url)
    fill(browser, "/cohorts", {"name": COHORT})
    fill(browser, "/courses", {})
    stage.enter(COACH)
    stage.tell("Ruth Delgado", "opens the course; the LMS says Instructor, which makes nobody a coach here")
    browser.open(browser.page.url)
    form = browser.page.form("/coaches")
    ruth = browser.page.option(form, "person", "Ruth Delgado")
    browser.send(form, {"person": ruth, "cohort": browser.page.option(form, "cohort", COHORT)})
    stage.tell("Imani Whitfield", f"makes a cohort, connects the course and grants Ruth {COHORT}")


def _place_everybody(stage: Stage) -> None:
    browser = stage.browser(DIRECTOR)
    stage.enter(DIRECTOR)
    browser.follow(f"{DEMO.district}, {stage.starts_on:%Y}")
    while True:
        waiting = [
            one
            for one in browser.page.forms
            if one.action.endswith("/places") and not one.fields.get("cohort")
        ]
        if not waiting:
            break
        form = waiting[0]
        browser.send(form, {"cohort": browser.page.option(form, "cohort", COHORT)})
    stage.tell("Imani Whitfield", f"places all eight in {COHORT}", browser.page.url)
