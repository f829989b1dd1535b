"""Where the story is played: both servers on free ports, a clock that we hold, and everybody's browser."""

import argparse
import contextlib
import io
import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ltitool.app import create_app
from ltitool.cli import administer, platforms
from ltitool.cli.pair import Pair, prepare, start, stop, wait_until_ready
from ltitool.cli.serve import bring_up_to_date
from ltitool.cli.story.browser import Browser, StoryStuck
from ltitool.cli.story.html import Page
from ltitool.sandbox.seed import COHORT_3, DEMO
from ltitool.settings import load_settings

WEEKS = 13
MORNING = time(15, 0, tzinfo=UTC)
THIS_WEEK, KEYSTONE = "rl-this-week-3", "rl-keystone-3"


@dataclass
class Stage:
    """Everything that the scenes act on."""

    pair: Pair
    environ: Mapping[str, str]
    now: datetime  # the moment at which the story ends
    browsers: dict[str, Browser] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    today: str = ""  # the day that the clock stands on, as forms write it

    @property
    def starts_on(self) -> datetime:
        """Monday of week 1, so that the story's end lies in week 13."""
        monday = self.now.date() - timedelta(days=self.now.weekday())
        return datetime.combine(monday - timedelta(weeks=WEEKS - 1), MORNING)

    def turn_to(self, week: int, day: int = 0) -> None:
        """Set the clock to a day of a week (0 is Monday); week 0 is the one before the start."""
        moment = min(self.starts_on + timedelta(weeks=week - 1, days=day), self.now)
        self._set_clock(moment)
        self.today = moment.date().isoformat()
        self.steps.append(f"\n## {'Before the start' if week < 1 else f'Week {week}'}, {moment:%d %B %Y}\n")

    def tick(self) -> None:
        """Let a minute pass, as between two things that people do."""
        if self.pair.clock_file:
            moment = datetime.fromisoformat(self.pair.clock_file.read_text(encoding="ascii"))
            self._set_clock(min(moment + timedelta(minutes=1), self.now))

    def enter(self, key: str, activity: str = THIS_WEEK) -> Page:
        """Somebody signs in to the LMS and opens an activity of the course."""
        browser = self.browsers.setdefault(key, Browser(DEMO.person(key).name))
        course = f"/courses/{COHORT_3}/activities/{activity}"
        browser.open(f"{self.pair.lms_url}/enter/{key}?to={course}")
        return browser.launch(f"{self.pair.lms_url}{course}/launch")

    def browser(self, key: str) -> Browser:
        """Give somebody's browser, on the page that they are on."""
        return self.browsers[key]

    def operate(self, *words: str) -> dict[str, Any]:
        """Say a word of the operator's command and read its answer."""
        parser = argparse.ArgumentParser()
        known = parser.add_subparsers(required=True)
        for module in (administer, platforms):
            module.add_words(known)
        arguments = parser.parse_args([*words, "--json"])
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            if arguments.run(arguments, self.environ):
                raise StoryStuck(f"the operator's {words} failed")
        answer: dict[str, Any] = json.loads(said.getvalue())
        return answer

    def tell(self, who: str, what: str, link: str = "") -> None:
        """Write a step into the story."""
        where = f" — <{link}>" if link else ""
        self.steps.append(f"- **{who}** {what}{where}")
        self.tick()

    def _set_clock(self, moment: datetime) -> None:
        if self.pair.clock_file is None:
            raise StoryStuck("the story needs a clock of its own")
        waiting = self.pair.clock_file.with_suffix(".next")
        waiting.write_text(moment.isoformat(), encoding="ascii")
        waiting.replace(self.pair.clock_file)


@contextmanager
def stage(folder: Path, now: datetime) -> Iterator[Stage]:
    """Set the stage in an empty folder, and clear it afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / "clock.txt"
    clock.write_text((now - timedelta(weeks=WEEKS)).isoformat(), encoding="ascii")
    pair = Pair(free_port(), free_port(), folder, clock)
    environ = prepare(pair)
    bring_up_to_date(create_app(load_settings(environ)))
    servers: list[subprocess.Popen[bytes]] = start(pair, environ)
    try:
        wait_until_ready(pair, servers)
        yield Stage(pair, environ, now)
    finally:
        stop(servers)


def free_port() -> int:
    """Give a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
