"""What a coach reads about a person on the board: what needs them first, then what is new."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from ltitool.cohorts.days import local_day, past_words, short_day
from ltitool.cohorts.scope import CoachedCohort
from ltitool.dashboards.board import Row
from ltitool.web.languages import current_language


@dataclass(frozen=True)
class Lines:
    """Sentences about one person."""

    needs: tuple[str, ...]
    news: tuple[str, ...]


def lines_about(row: Row, cohort: CoachedCohort) -> Lines:
    """Say what needs the coach and what was sent."""
    return Lines(tuple(_needs(row, cohort)), tuple(_news(row, cohort)))


def _needs(row: Row, cohort: CoachedCohort) -> list[str]:
    today, language = row.journey.today, current_language()
    needs: list[str] = []
    if row.waiting is not None:
        day = local_day(row.waiting.submitted_at, cohort.timezone)
        needs.append(str(_("Keystone sent %(when)s, waits for your scores", when=past_words(day, today))))
    if row.late:
        needs.append(_late(row, language))
    if row.one_to_one_missing_since is not None:
        weeks = (today - row.one_to_one_missing_since).days // 7
        if row.had_one_to_one:
            line = ngettext("No 1:1 for %(num)s week", "No 1:1 for %(num)s weeks", weeks)
        else:
            line = _("No 1:1 yet")
        needs.append(str(line))
    if row.quiet_since is not None and not row.late:  # being late says it already
        needs.append(str(_("Nothing has moved since %(day)s", day=short_day(row.quiet_since, language))))
    return needs


def _late(row: Row, language: str) -> str:
    """Count what is late and name what has waited longest; the person's own page lists it all."""
    first = row.late[0]
    return str(
        ngettext(
            "Late: %(title)s (since %(day)s)",
            "%(num)s things late, first: %(title)s (since %(day)s)",
            len(row.late),
            title=first.activity.title.in_(language),
            day=short_day(first.due_on, language),
        )
    )


def _news(row: Row, cohort: CoachedCohort) -> list[str]:
    language = current_language()
    return [
        str(
            _(
                "Sent %(title)s %(when)s",
                title=news.activity.title.in_(language),
                when=past_words(local_day(news.at, cohort.timezone), row.journey.today),
            )
        )
        for news in row.news
    ]
