"""A course in Moodle: links made by deep linking, launches, the gradebook, and a copy of the course."""

from dataclasses import dataclass, replace

from moodle_site import MoodlePerson, MoodleSite, number_in, settle, tool_frame
from playwright.sync_api import Frame, Locator, Page

LINKS = "[data-for=cmitem] a[href*='/mod/lti/view.php']"


@dataclass(frozen=True)
class CourseLink:
    """An activity of the course that opens our tool."""

    number: int
    title: str


@dataclass(frozen=True)
class MoodleCourse:
    """One course of a Moodle in which our tool is used."""

    site: MoodleSite
    number: int
    tool_type: int
    tool: str  # our address

    def view(self, person: MoodlePerson) -> Page:
        page = self.site.page(person)
        self.site.open(page, f"/course/view.php?id={self.number}")
        return page

    def links(self, person: MoodlePerson) -> list[CourseLink]:
        """List the course's links to our tool in their order, as somebody sees them."""
        found = self.view(person).locator(LINKS)
        return [
            CourseLink(number_in(str(one.get_attribute("href"))), one.inner_text().splitlines()[0].strip())
            for one in found.all()
        ]

    def launch(self, person: MoodlePerson, link: CourseLink) -> Frame:
        """Open an activity and give our tool's frame in it."""
        return self.launch_in(self.site.page(person), link)

    def launch_in(self, page: Page, link: CourseLink, path: str = "/l/") -> Frame:
        """Open an activity in a given window."""
        page.goto(f"{self.site.url}/mod/lti/view.php?id={link.number}")
        return tool_frame(page, self.tool, path)


def open_chooser(course: MoodleCourse, teacher: MoodlePerson) -> Page:
    """Open the list of activities that a teacher can add to the first section."""
    page = course.view(teacher)
    switch = page.locator("[name=setmode]")
    if not switch.is_checked():
        switch.check(force=True)
        page.wait_for_load_state()
        settle(page)
    page.get_by_role("button", name="Add an activity or resource").nth(1).click()
    page.locator(f"a[href*='typeid={course.tool_type}&']:visible").first.wait_for()
    return page


def choose_tool(page: Page, course: MoodleCourse, path: str = "/l/") -> Frame:
    """Choose our tool in the list, then "Select content"; gives our frame."""
    page.locator(f"a[href*='typeid={course.tool_type}&']:visible").first.click()
    page.wait_for_url("**/course/modedit.php*")
    settle(page)
    page.get_by_role("button", name="Select content").click()
    return tool_frame(page, course.tool, path)


def add_all_steps(page: Page, frame: Frame) -> list[str]:
    """Choose the whole program; gives the titles that Moodle announces."""
    frame.get_by_role("button", name="Add the whole program").click()
    page.get_by_text("The following items will be added to your course").wait_for()
    settle(page)
    return page.locator("#region-main li strong, #region-main ul b").all_inner_texts()


def save_all_steps(page: Page) -> None:
    """Save what Moodle announced."""
    page.get_by_role("button", name="Save and return to course").click()
    page.wait_for_url("**/course/view.php*", timeout=180_000)


def add_one(page: Page, frame: Frame, title: str) -> dict[str, str]:
    """Choose one link and save it; gives the parts of Moodle's form that we filled in."""
    frame.get_by_label(title).check()
    frame.get_by_role("button", name="Add to the course").click()
    page.wait_for_function("title => document.querySelector('#id_name')?.value === title", arg=title)
    filled = {
        name: page.locator(f"[name='{name}']").last.input_value()
        for name in (
            "instructorcustomparameters",
            "lineitemresourceid",
            "lineitemsubreviewurl",
            "grade[modgrade_point]",
        )
    }
    page.click("#id_submitbutton2")
    page.wait_for_url("**/course/view.php*")
    return filled


def open_gradebook(course: MoodleCourse, teacher: MoodlePerson) -> Page:
    """Open the grader report."""
    page = course.site.page(teacher)
    course.site.open(page, f"/grade/report/grader/index.php?id={course.number}")
    return page


def grade_of(page: Page, person: MoodlePerson) -> str:
    """Read the grade of the keystone in somebody's row of the grader report."""
    return _cell(page, person).locator(".gradevalue").inner_text().strip()


def open_analysis(page: Page, person: MoodlePerson, tool: str) -> Frame:
    """Go from somebody's grade to the work behind it."""
    cell = _cell(page, person)
    cell.get_by_role("button").click()
    cell.get_by_role("menuitem", name="Grade analysis").click()
    page.wait_for_url("**/mod/lti/view.php*")
    return tool_frame(page, tool)


def _cell(page: Page, person: MoodlePerson) -> Locator:
    row = page.locator("tr.userrow", has_text=person.name)
    return row.locator("td.grade", has=page.locator("a[href*='/mod/lti/grade.php']")).first


def copy_course(course: MoodleCourse) -> MoodleCourse:
    """Back a course up without its people and restore it as a new one; gives the copy."""
    site = course.site
    _work_at_once(site)
    page = site.as_admin(f"/backup/backup.php?id={course.number}")
    page.locator("[name=setting_root_users][type=checkbox]").uncheck()
    for button in ("Jump to final step", "Continue"):
        _press(page, button)
    # Backups without people lie in the administrator's own area, beside those of other courses.
    backup = page.locator("#region-main tr", has_text=f"-course-{course.number}-").first
    backup.get_by_role("link", name="Restore").click()
    settle(page)
    _press(page, "Continue")
    as_new = page.locator("#region-main form").first
    as_new.locator("[name=targetid]").first.check()
    as_new.get_by_role("button", name="Continue").click()
    settle(page)
    for button in ("Next", "Next", "Perform restore", "Continue"):
        _press(page, button)
    page.wait_for_url("**/course/view.php*")
    return replace(course, number=number_in(page.url))


def _work_at_once(site: MoodleSite) -> None:
    """Have copies made while the administrator waits, not by Moodle's cron."""
    page = site.as_admin("/admin/settings.php?section=asyncgeneralsettings")
    box = page.locator("[name=s__enableasyncbackup][type=checkbox]")
    if box.is_checked():
        box.uncheck()
        _press(page, "Save changes")


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)
