"""What people do inside our tool during the walk: a director sets a run up, a participant sends a keystone, a
coach scores it. All of it through the pages, in the frame that the LMS shows.
"""

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Frame, expect

PROGRAM = "Collaborative Leadership"
RUN, COHORT = "Valle Verde, autumn", "Cohort 3"
WEEKS = 13
WORDS = "I asked two parents to walk the building with me, and they showed me what I had never seen."
WHY = "The log shows it in the words of those who were there."
GIVEN, POINTS = 18, 24  # six criteria at the third of four levels


def visit_of(frame: Frame) -> str:
    """Give the address under which all pages of a visit live."""
    return "/".join(frame.url.split("/")[:5])


def use_invitation(frame: Frame, link: str) -> str:
    """Use an invitation from inside the visit, and give the heading that follows."""
    frame.get_by_label("Invitation code").fill(link)
    press(frame, "Use the code")
    return heading(frame)


def start_offering(frame: Frame, today: date) -> None:
    """Start a run of the program that stands in its last week, with one cohort and this course."""
    frame.get_by_role("link", name="Start an offering").click()
    frame.get_by_label("Name of this run").fill(RUN)
    frame.get_by_label("Program").select_option(label=PROGRAM)
    frame.get_by_label("First day").fill((today - timedelta(weeks=WEEKS - 1)).isoformat())
    frame.get_by_label("Time zone").select_option(label="UTC")
    press(frame, "Start the offering")
    unfold(frame, "Make a cohort")
    frame.get_by_label("Name of the cohort").fill(COHORT)
    press(frame, "Make the cohort")


def connect_course(frame: Frame, title: str) -> None:
    """Connect a course that has opened the tool."""
    unfold(frame, "Connect a course")
    offered = frame.get_by_label("Course", exact=True).locator("option", has_text=title)
    frame.get_by_label("Course", exact=True).select_option(value=str(offered.first.get_attribute("value")))
    press(frame, "Connect the course")


def open_offering(frame: Frame) -> None:
    """Go from the director's overview to the run."""
    frame.get_by_role("link", name=RUN).first.click()
    expect(frame.locator("h1")).to_have_text(RUN)


def read_roster(frame: Frame) -> str:
    """Have the course's list of people read, and give what the page says."""
    press(frame, "Read the list of people")
    return frame.locator(".notice", has_text="The list was read").inner_text().strip()


def unplaced(frame: Frame) -> list[str]:
    """List who has no cohort yet."""
    places = frame.locator("form[action$='/places']", has=frame.locator("select option[value='']:checked"))
    return [
        str(one.get_attribute("aria-label")).removeprefix("Cohort of ")
        for one in places.locator("select").all()
    ]


def place(frame: Frame, name: str) -> None:
    """Put somebody into the cohort."""
    choice = frame.get_by_label(f"Cohort of {name}")
    choice.select_option(label=COHORT)
    arrive(frame, frame.locator("form", has=choice).get_by_role("button", name="Place").click)


def make_coach(frame: Frame, name: str) -> None:
    """Make a teacher of the course the cohort's coach."""
    unfold(frame, "Choose a teacher of the course as coach")
    frame.get_by_label("Person", exact=True).select_option(label=name)
    frame.locator("#f-grant-cohort").select_option(label=COHORT)
    press(frame, "Make them a coach")


def send_log(frame: Frame) -> None:
    """Answer the first practice log and send it: evidence that a keystone can cite."""
    frame.goto(f"{visit_of(frame)}/activities/practice_1")
    for answer in frame.locator("main form textarea").all():
        answer.fill(WORDS)
    press(frame, "Send to your coach")


def send_keystone(frame: Frame) -> str:
    """Write a keystone with a claim for each criterion, send it, and give what the page says."""
    visit = visit_of(frame)
    frame.goto(f"{visit}/keystone")
    for answer in frame.locator("#keystone-words textarea, #keystone-words input[type=text]").all():
        answer.fill(WORDS[:80])
    press(frame, "Save")
    addresses = frame.locator("a[href*='/keystone/claims/new/']").evaluate_all("all => all.map(a => a.href)")
    for address in addresses:
        frame.goto(address)
        frame.get_by_label("What have you shown?").fill("We show it together.")
        frame.locator("input[name=citations]").first.check()
        arrive(frame, frame.get_by_role("button", name="Save this claim").locator("visible=true").first.click)
    frame.goto(f"{visit}/keystone")
    press(frame, "Send to your coach")
    return frame.locator(".notice").first.inner_text().splitlines()[0]


def score_keystone(frame: Frame, name: str) -> None:
    """Open what waits on the board, give each criterion its third level and a reason, and lock."""
    frame.get_by_role("link", name=name).first.click()
    frame.locator("main a[href*='/scoring/']").first.click()
    panels = frame.locator("details[name=criterion]")
    panels.first.wait_for()
    for number in range(panels.count()):
        panel = panels.nth(number)
        if not panel.evaluate("details => details.open"):
            panel.locator("summary").click()
        panel.locator("input[data-key='3']").check()
        panel.locator("textarea").fill(WHY)
    frame.get_by_role("button", name="Lock my scores").click()
    frame.get_by_text("Your scores are locked.").wait_for()


def heading(frame: Frame) -> str:
    """Give the heading of the page in a frame."""
    return " ".join(frame.locator("h1").first.inner_text().split())


def press(frame: Frame, name: str) -> None:
    """Press a button and wait for the page that answers."""
    arrive(frame, frame.get_by_role("button", name=name, exact=True).locator("visible=true").first.click)


def arrive(frame: Frame, act: Callable[[], None]) -> None:
    """Do something that leads to another page, and wait until that page stands."""
    frame.locator("html").evaluate("page => page.setAttribute('data-before', '')")
    act()
    frame.locator(
        "html:not([data-before]) h1"
    ).first.wait_for()  # a locator: our policy lets no text become code
    frame.wait_for_load_state()


def unfold(frame: Frame, title: str) -> None:
    """Open a panel that may be closed."""
    panel = frame.locator("details", has=frame.locator("summary", has_text=title)).first
    if not panel.evaluate("details => details.open"):
        panel.locator("summary").first.click()
