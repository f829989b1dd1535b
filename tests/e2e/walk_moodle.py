"""Drive a real Moodle through everything that our tool does with an LMS: `make e2e-moodle MOODLE_URL=…`.

Credentials come from the environment: MOODLE_PASSWORD, and MOODLE_ADMIN where the administrator is not
called admin. Writes docs/reference/moodle-run.md and docs/screenshots/moodle/.
"""

import os
import secrets
import shutil
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from moodle_site import MoodlePerson, MoodleSite, release_of  # noqa: E402 - found by the line above
from own_tool import own_tool  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from support.chromium import ARGUMENTS, CHROMIUM  # noqa: E402
from walk_report import Done, Report  # noqa: E402
from walk_steps import NEEDED, STEPS, Cast, Walk  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "moodle-run.md"
PICTURES = ROOT / "docs" / "screenshots" / "moodle"
KEPT = ROOT / "build" / "e2e-moodle"


def main(url: str) -> int:
    now = datetime.now(UTC)
    stamp = f"{now:%m%d-%H%M}"
    cast = _cast(stamp)
    for folder in (PICTURES, KEPT):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        site = MoodleSite(url.rstrip("/"), browser, cast.admin)
        with own_tool(Path(data), site.url) as tool:
            walk = Walk(playwright, site, tool, cast, stamp, Report(PICTURES, release_of(site)))
            try:
                take_steps(walk)
            finally:
                for put_back in walk.put_back:
                    put_back()
                shutil.copy(Path(data) / "tool.log", KEPT)
        browser.close()
    walk.report.write(PAGE, now)
    return 0 if walk.report.passed else 1


def take_steps(walk: Walk) -> None:
    """Take one step after the other; one that fails is photographed; what rests on it is not tried."""
    for number, step in enumerate(STEPS, 1):
        title = str(step.__doc__)
        try:
            done = Done(title, passed=True, result=step(walk))
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the step's result
            traceback.print_exc()
            _keep_windows(walk, step.__name__)
            done = Done(title, passed=False, result=f"{type(error).__name__}: {error}"[:300])
        walk.report.done.append(done)
        sys.stdout.write(f"{'passed' if done.passed else 'FAILED'}  {title}: {done.result}\n")
        sys.stdout.flush()
        if not done.passed and number <= NEEDED:
            return


def _keep_windows(walk: Walk, step: str) -> None:
    for username, page in walk.site.pages.items():
        page.screenshot(path=KEPT / f"{step}-{username}.png")


def _cast(stamp: str) -> Cast:
    password = os.environ.get("MOODLE_PASSWORD")
    if not password:
        raise SystemExit("Put the password of Moodle's administrator into MOODLE_PASSWORD.")
    names = {
        "teacher": ("Imani", "Whitfield", "editingteacher"),
        "coach": ("Ruth", "Delgado", "teacher"),
        "student": ("Amara", "Okafor", "student"),
        "other": ("Dana", "Begay", "student"),
    }
    made = {
        key: MoodlePerson(f"{given.lower()}-{stamp}", f"aA1-{secrets.token_urlsafe(12)}", given, family, role)
        for key, (given, family, role) in names.items()
    }
    return Cast(MoodlePerson(os.environ.get("MOODLE_ADMIN", "admin"), password, "", "", ""), **made)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
