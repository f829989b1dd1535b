"""Forms of coaches and directors, read at the edge."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from marshmallow import fields, validate

from ltitool.cohorts.attendance import Present
from ltitool.cohorts.coaching import OneToOne
from ltitool.cohorts.offerings import NewOffering
from ltitool.errors import Invalid, msg
from ltitool.programs import Program, load_shipped
from ltitool.web.forms import FormSchema, Line, Words, read_form

DAY_MINUTES = 1_440
NAME, LINE, NOTE = 200, 400, 5_000
MANY_DIGITS = 10  # more of them are no number of minutes, and Python reads only so many
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)  # a run of weeks from there stays a date
NOT_A_DAY = msg("Please give a day, such as 2026-03-12.")
NOT_IN_OUR_TIME = msg("Please give a day between 2000 and 2099.")
NOT_MINUTES = msg("Please give whole minutes, from 0 to 1440.")
NO_MINUTES = msg("Please give whole minutes, from 1 to 1440.")
UNKNOWN_CHOICE = msg("Please choose one of these.")


@dataclass(frozen=True)
class SessionForm:
    """A sent attendance grid. People whose minutes were left empty are not in it."""

    held_on: date
    minutes: int
    present: Mapping[uuid.UUID, Present]


class Chosen(fields.UUID):
    """Something chosen from a list; the empty first line means nothing."""

    default_error_messages = {"invalid_uuid": UNKNOWN_CHOICE}  # noqa: RUF012 - marshmallow's way to word a field

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, **kwargs) if value or self.required else None


def _day() -> fields.Date:
    return fields.Date(required=True, error_messages={"invalid": NOT_A_DAY})


def _minutes(least: int, fault: str) -> fields.Integer:
    within = validate.Range(least, DAY_MINUTES, error=fault)
    return fields.Integer(required=True, validate=within, error_messages={"invalid": fault})


def _name() -> Line:
    # Two validators, because marshmallow words a range in one sentence that nobody would understand.
    return Line(required=True, validate=[validate.Length(min=1), validate.Length(max=NAME)])


class OneToOneSchema(FormSchema):
    held_on = _day()
    minutes = _minutes(1, NO_MINUTES)
    focus = Line(load_default="", validate=validate.Length(max=LINE))
    next_step = Line(load_default="", validate=validate.Length(max=LINE))
    shared_note = Words(load_default="", validate=validate.Length(max=NOTE))
    private_note = Words(load_default="", validate=validate.Length(max=NOTE))


class RunSchema(FormSchema):
    title = _name()
    starts_on = fields.Date(
        required=True,
        validate=validate.Range(EARLIEST, LATEST, error=NOT_IN_OUR_TIME),
        error_messages={"invalid": NOT_A_DAY},
    )
    timezone = fields.String(required=True)


class OfferingSchema(RunSchema):
    program = fields.String(required=True)


class CopySchema(RunSchema):
    source = Chosen(required=True)


class CohortSchema(FormSchema):
    name = _name()


class PlaceSchema(FormSchema):
    person = Chosen(required=True)
    cohort = Chosen(load_default=None)


class GroupSchema(FormSchema):
    course = Chosen(required=True)
    group = fields.String(required=True)
    cohort = Chosen(required=True)


class CoachSchema(FormSchema):
    person = Chosen(required=True)
    cohort = Chosen(required=True)


class CoachInvitationSchema(FormSchema):
    cohort = Chosen(required=True)
    note = _name()


class CourseSchema(FormSchema):
    course = Chosen(required=True)


class SessionSchema(FormSchema):
    held_on = _day()
    minutes = _minutes(1, NO_MINUTES)


def read_one_to_one() -> OneToOne:
    """Read a 1:1 as a coach wrote it down.

    Raises:
        Invalid: with each faulty field.
    """
    return OneToOne(**read_form(OneToOneSchema()))


def read_offering() -> tuple[NewOffering, Program]:
    """Read a new offering and the shipped program that it runs.

    Raises:
        Invalid: with each faulty field.
    """
    sent = read_form(OfferingSchema())
    program = load_shipped().get(sent.pop("program"))
    faults = {} if program else {"program": UNKNOWN_CHOICE}
    if sent["timezone"] not in available_timezones():
        faults["timezone"] = UNKNOWN_CHOICE
    if program is None or faults:
        raise Invalid(faults)
    return NewOffering(**sent), program


def read_copy() -> tuple[NewOffering, uuid.UUID]:
    """Read a new run of a copied course, and the run that it takes its weeks from.

    Raises:
        Invalid: with each faulty field.
    """
    sent = read_form(CopySchema())
    source = sent.pop("source")
    if sent["timezone"] not in available_timezones():
        raise Invalid({"timezone": UNKNOWN_CHOICE})
    return NewOffering(**sent), source


def read_session(people: Iterable[uuid.UUID], form: Mapping[str, str]) -> SessionForm:
    """Read an attendance grid of these people: fields minutes-<id> and note-<id>.

    Raises:
        Invalid: with each faulty field; a person's line under their id.
    """
    present: dict[uuid.UUID, Present] = {}
    faults: dict[str, str] = {}
    for person in people:
        minutes = form.get(f"minutes-{person}", "").strip()
        note = " ".join(form.get(f"note-{person}", "").split())[:LINE]
        if (
            minutes.isascii()
            and minutes.isdigit()
            and len(minutes) < MANY_DIGITS
            and int(minutes) <= DAY_MINUTES
        ):
            present[person] = Present(int(minutes), note)
        elif minutes:
            faults[str(person)] = NOT_MINUTES
    try:
        sent = read_form(SessionSchema())
    except Invalid as invalid:
        raise Invalid({**invalid.faults, **faults}) from invalid
    if faults:
        raise Invalid(faults)
    return SessionForm(sent["held_on"], sent["minutes"], present)
