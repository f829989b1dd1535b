"""The external tool in Moodle's administration: registered by a link, activated, shown to teachers."""

from contextlib import suppress
from dataclasses import dataclass

from moodle_site import PATIENCE, TRIES, MoodleSite, number_in, settle, tool_frame
from playwright.sync_api import Frame, Locator, Page
from playwright.sync_api import TimeoutError as NotInTime

MANAGE = "/mod/lti/toolconfigure.php"
IN_CHOOSER = "2"  # "Show in activity chooser and as a preconfigured tool"


@dataclass(frozen=True)
class ToolSettings:
    """What Moodle wrote down of our registration."""

    name: str
    client_id: str
    key_set: str
    custom: str
    usage: str
    deep_linking: bool
    grades: str
    roster: str
    names: str
    emails: str
    icon: str


def open_registration(site: MoodleSite, link: str, tool: str) -> tuple[Page, Frame]:
    """Paste an invitation's link as a tool's address and press the button for LTI Advantage."""
    page = site.as_admin(MANAGE)
    page.fill("#tool-url", link)
    page.click("#tool-create-button")
    return page, tool_frame(page, tool, "/lti/register")


def open_renewal(site: MoodleSite, link: str, tool: str) -> tuple[Page, Frame]:
    """Do the same where the tool is known: Moodle asks whether to update it."""
    page = site.as_admin(MANAGE)
    page.fill("#tool-url", link)
    page.click("#tool-create-button")
    question = page.frame_locator("iframe[src*='startltiadvregistration']")
    for _try in range(TRIES):  # Moodle opens this page twice, and what was pressed in the first is lost
        question.get_by_text("Update", exact=True).first.click()
        with suppress(NotInTime):
            question.get_by_role("button", name="Register").wait_for(timeout=PATIENCE / TRIES)
            break
    return page, tool_frame(page, tool, "/lti/register")


def register_in(page: Page, frame: Frame, tool: str) -> str:
    """Press our button, and give the heading that follows."""
    before = frame.locator("h1").inner_text().strip()
    frame.get_by_role("button", name="Register").click()
    frame.locator("h1").filter(has_not_text=before).wait_for()
    return tool_frame(page, tool, "/lti/register").locator("h1").inner_text().strip()


def back_to_moodle(page: Page, frame: Frame) -> None:
    """Press the button that tells Moodle to close our frame."""
    frame.locator("[data-lti-close]").click()
    page.wait_for_selector("#tool-url", state="visible")
    settle(page)


def activate(site: MoodleSite) -> int:
    """Activate the tool that waits, and give its number."""
    page = site.as_admin(MANAGE)
    card = page.locator(".tool-card", has=page.get_by_text("Activate", exact=True)).first
    number = number_in(str(card.locator("a[href*='typessettings']").get_attribute("href")))
    card.get_by_text("Activate", exact=True).click()
    card_of(page, number).get_by_text("Active", exact=True).wait_for()
    return number


def card_of(page: Page, tool_type: int) -> Locator:
    """Give a tool's card on the page of all tools."""
    return page.locator(".tool-card", has=page.locator(f"a[href*='id={tool_type}&']"))


def read_settings(site: MoodleSite, tool_type: int) -> ToolSettings:
    """Read a tool's settings page."""
    page = _settings_page(site, tool_type)

    def held(name: str) -> str:
        return page.locator(f"[name={name}]").last.input_value()

    def chosen(name: str) -> str:
        return page.locator(f"[name={name}] option:checked").inner_text().strip()

    return ToolSettings(
        name=held("lti_typename"),
        client_id=held("lti_clientid_disabled"),
        key_set=held("lti_publickeyset"),
        custom=held("lti_customparameters"),
        usage=chosen("lti_coursevisible"),
        deep_linking=page.locator("[name=lti_contentitem][type=checkbox]").is_checked(),
        grades=chosen("ltiservice_gradesynchronization"),
        roster=chosen("ltiservice_memberships"),
        names=chosen("lti_sendname"),
        emails=chosen("lti_sendemailaddr"),
        icon=held("lti_icon") or held("lti_secureicon"),
    )


def show_in_chooser(site: MoodleSite, tool_type: int) -> Page:
    """Let teachers find the tool among the activities; gives the page before it is saved."""
    page = _settings_page(site, tool_type)
    page.select_option("[name=lti_coursevisible]", IN_CHOOSER)
    return page


def share_names(site: MoodleSite, tool_type: int, *, share: bool) -> None:
    """Let launches carry names and addresses, or not."""
    page = _settings_page(site, tool_type)
    page.click("a[href='#id_privacycontainer']")
    for name in ("lti_sendname", "lti_sendemailaddr"):
        page.select_option(f"[name={name}]", str(int(share)))
    save_settings(page)


def save_settings(page: Page) -> None:
    """Save a tool's settings."""
    page.click("#id_submitbutton")
    page.wait_for_url(f"**{MANAGE}*")


def _settings_page(site: MoodleSite, tool_type: int) -> Page:
    page = site.as_admin(MANAGE)
    address = card_of(page, tool_type).locator("a[href*='typessettings']").get_attribute("href")
    page.goto(str(address))
    settle(page)
    return page
