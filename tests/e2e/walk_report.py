"""What the walk leaves behind: a page with the Moodle, the day, each step and its result; and pictures."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLORS = 128
CALM_AFTER = 1500  # milliseconds: tours begin after everything else
MOST_BYTES = 150_000
BEGIN, END = "<!-- the run: written by `make e2e-moodle` -->", "<!-- end of the run -->"


@dataclass(frozen=True)
class Done:
    """A step and how it ended."""

    title: str
    passed: bool
    result: str


@dataclass
class Report:
    """Collects steps and pictures."""

    pictures: Path
    release: str = ""
    done: list[Done] = field(default_factory=list)

    def photograph(self, page: Page, name: str) -> None:
        """Keep a small picture of a page as it stands, once Moodle's guided tour has been sent away."""
        page.wait_for_timeout(CALM_AFTER)
        tour = page.locator("[data-role=end]").first
        if tour.is_visible():
            tour.dispatch_event("click")  # it may lie behind a window that was opened meanwhile
            tour.wait_for(state="hidden")
            page.locator("[data-flexitour=backdrop]").first.wait_for(state="hidden")
        shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
        path = self.pictures / f"{name}.png"
        shot.quantize(COLORS).save(path, optimize=True)
        if path.stat().st_size > MOST_BYTES:
            raise AssertionError(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}")

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.done)

    def write(self, page: Path, at: datetime) -> None:
        """Write the run into its place on the page; what stands around it stays."""
        text = page.read_text(encoding="utf-8")
        place = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
        if not place.search(text):
            raise AssertionError(f"{page} has no place for the run")
        run = f"{BEGIN}\n\n{self._text(at)}\n\n{END}"
        page.write_text(place.sub(lambda _found: run, text), encoding="utf-8")

    def _text(self, at: datetime) -> str:
        passed = sum(one.passed for one in self.done)
        lines = [
            f"Moodle {self.release}, {at:%d %B %Y, %H:%M} UTC: {passed} of {len(self.done)} steps passed.",
            "",
            "| | Step | Passed | What was seen |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| {number} | {one.title} | {'yes' if one.passed else '**no**'} | {_cell(one.result)} |"
            for number, one in enumerate(self.done, 1)
        ]
        return "\n".join(lines)


def _cell(words: str) -> str:
    return " ".join(words.replace("|", "/").split())
