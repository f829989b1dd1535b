"""Steps, stones and standings in the words of the page's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from ltitool.cohorts.days import due_words, short_day
from ltitool.cohorts.hours import HoursLedger
from ltitool.cohorts.journey import ActivityStanding, Journey, Standing, StepStanding, StepState
from ltitool.programs.activities import ActivityKind
from ltitool.programs.calendar import Phase, StepDates
from ltitool.programs.model import Program, Step, StepUnit
from ltitool.web.arch import Stone, draw_arch
from ltitool.web.languages import current_language

ARCH_SIZE = 208
HALF_HOUR = 30  # minutes


@dataclass(frozen=True)
class Word:
    """A state for the look of a page, and the word beside it."""

    state: str  # of components.html: done, now, ahead, needs_you, late, sent, draft
    text: str


@dataclass(frozen=True)
class FlatStone:
    """One small stone of the board."""

    label: str
    state: str


def step_name(program: Program, step: Step) -> str:
    """Name a step: Week 6."""
    match program.unit:
        case StepUnit.WEEK:
            return str(_("Week %(number)s", number=step.number))
        case StepUnit.DAY:
            return str(_("Day %(number)s", number=step.number))
        case _step:
            return str(_("Step %(number)s", number=step.number))


def step_of(program: Program, step: Step) -> str:
    """Name a step among all: Week 6 of 13."""
    return str(_("%(step)s of %(count)s", step=step_name(program, step), count=len(program.steps)))


def step_heading(program: Program, step: Step) -> str:
    """Head a page: Week 6: Where are decisions made?"""
    title = step.title.in_(current_language())
    return str(_("%(step)s: %(title)s", step=step_name(program, step), title=title))


def stone_label(program: Program, item: StepStanding) -> str:
    """Say in words what a stone shows."""
    where = step_of(program, item.step)
    match item.state:
        case StepState.DONE:
            return str(_("%(step)s, done", step=where))
        case StepState.NOW:
            return str(_("%(step)s, now", step=where))
        case StepState.AHEAD:
            return str(_("%(step)s, ahead", step=where))
        case StepState.OPEN:
            titles = ", ".join(activity.title.in_(current_language()) for activity in item.outstanding)
            return str(_("%(step)s, not finished: %(titles)s", step=where, titles=titles))


def arch_of(journey: Journey, name: str) -> Markup:
    """Draw somebody's arch; a step that is behind but not finished is a stone that is not laid."""
    states = {StepState.DONE: "done", StepState.NOW: "now"}
    stones = [
        Stone(stone_label(journey.program, item), states.get(item.state, "ahead"))  # type: ignore[arg-type] # the three words of State
        for item in journey.steps
    ]
    laid = sum(item.state is StepState.DONE for item in journey.steps)
    description = _("%(laid)s of %(count)s stones laid", laid=laid, count=len(stones))
    return draw_arch(stones, title=name, description=str(description), size=ARCH_SIZE)


def empty_arch(program: Program) -> Markup:
    """Draw the arch before anybody has begun."""
    stones = [Stone(step_of(program, step), "ahead") for step in program.steps]
    return draw_arch(stones, title=str(_("An arch that is not built yet")), description="", size=ARCH_SIZE)


def finished_arch(program: Program) -> Markup:
    """Draw the arch as it stands when everybody is through."""
    stones = [Stone(step_of(program, step), "done") for step in program.steps]
    return draw_arch(stones, title=str(_("A finished arch")), description="", size=ARCH_SIZE)


def flat_stones(journey: Journey, *, keystone_waits: bool) -> list[FlatStone]:
    """Lay the same stones flat, for a row of the board."""
    words = {
        StepState.DONE: "done",
        StepState.NOW: "now",
        StepState.AHEAD: "ahead",
        StepState.OPEN: "late",
    }
    stones = [FlatStone(stone_label(journey.program, item), words[item.state]) for item in journey.steps]
    if keystone_waits:
        label = _("%(step)s, waits for scores", step=step_of(journey.program, journey.steps[-1].step))
        stones[-1] = FlatStone(str(label), "needs_you")
    return stones


def week_items(journey: Journey) -> list[dict[str, object]]:
    """Give the steps as the list of weeks wants them."""
    return [_week_item(journey, item) for item in journey.steps]


def _week_item(journey: Journey, item: StepStanding) -> dict[str, object]:
    language = current_language()
    words: dict[StepState, Word] = {
        StepState.DONE: Word("done", str(_("Done"))),
        StepState.NOW: Word("now", str(_("Now"))),
        StepState.AHEAD: Word("ahead", str(_("Ahead"))),
        StepState.OPEN: Word("late", str(_("Not finished"))),
    }
    word = words[item.state]
    return {
        "number": item.step.number,
        "title": item.step.title.in_(language),
        "state": word.state,
        "word": word.text,
        "url": url_for("week.page", number=item.step.number),
        "due": span_words(item.dates, language),
        "current": item.step is journey.current and journey.phase is Phase.RUNNING,
    }


def span_words(dates: StepDates, language: str) -> str:
    """Name the days of a step: Mar 9 to Mar 15."""
    first, last = short_day(dates.first, language), short_day(dates.last, language)
    return first if dates.first == dates.last else str(_("%(first)s to %(last)s", first=first, last=last))


def standing_word(item: ActivityStanding) -> Word:
    """Say how an activity stands."""
    if item.late and item.activity.required and item.standing is not Standing.RETURNED:
        return Word("late", str(_("Late")))
    words = {
        Standing.AHEAD: Word("ahead", str(_("Not open yet"))),
        Standing.OPEN: Word("now", str(_("Not started"))),
        Standing.STARTED: Word("draft", str(_("Started"))),
        Standing.SENT: Word("sent", str(_("With your coach"))),
        Standing.RETURNED: Word("needs_you", str(_("Came back to you"))),
        Standing.DONE: Word("done", str(_("Done"))),
        Standing.HELD: Word("done", str(_("You were there"))),
        Standing.MISSED: Word("not_met", str(_("Missed"))),
    }
    if item.activity.is_session and item.standing is Standing.OPEN:
        return Word("now", _session_word(item))
    return words[item.standing]


def _session_word(item: ActivityStanding) -> str:
    if item.activity.kind is ActivityKind.GROUP_SESSION:
        return str(_("In this step, with everybody"))
    return str(_("Agree on a time with your coach"))


def due_of(item: ActivityStanding, journey: Journey) -> str | None:
    """Say until when an activity is wanted, as long as it is wanted."""
    if item.activity.is_session or not (item.waits_for_writer or item.standing is Standing.AHEAD):
        return None
    if item.late and not item.activity.required:  # nobody waits for it
        return None
    return due_words(item.due_on, journey.today)


def minutes_words(minutes: int) -> str:
    """Say how long something takes: about 20 minutes, about 2.5 hours."""
    hours, rest = divmod(minutes, 60)
    if hours and rest == 0:
        return str(ngettext("about %(num)s hour", "about %(num)s hours", hours))
    if hours and rest == HALF_HOUR:
        return str(_("about %(hours)s hours", hours=format_decimal(Decimal(minutes) / 60)))
    return str(ngettext("about %(num)s minute", "about %(num)s minutes", minutes))


def hours_words(hours: Decimal) -> str:
    """Say hours with their unit, exact to hundredths."""
    return str(_("%(hours)s hours", hours=format_decimal(hours)))


def kind_word(kind: ActivityKind) -> str:
    """Name a kind of recorded time."""
    if kind is ActivityKind.GROUP_SESSION:
        return str(_("Whole-group sessions"))
    return str(_("1:1 with a coach"))


def hours_by_kind(ledger: HoursLedger) -> Sequence[tuple[str, str]]:
    """Give the ledger's totals as pairs of words."""
    return [(kind_word(kind), hours_words(hours)) for kind, hours in ledger.hours_by_kind.items()]
