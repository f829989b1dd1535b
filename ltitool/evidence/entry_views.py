"""Pages of answer sheets: a plain form, or one question at a time before a team."""

from collections.abc import Mapping

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from ltitool.errors import Invalid
from ltitool.evidence.answer_words import answered
from ltitool.evidence.answers import field_names, missing_on_sheet, read_answers
from ltitool.evidence.errors import ActivityWithoutPage
from ltitool.evidence.guided_entries import read_entry, save_entry, send_entry
from ltitool.evidence.pages import FAULTY, own_scope, pages, said, show, speech, typed
from ltitool.evidence.questions import OWN_PAGES, Sheet, sheet_of
from ltitool.evidence.team_steps import step_at, team_steps
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.web.drafts import with_draft


@pages.get("/activities/<activity_key>")
def entry(activity_key: str) -> ResponseReturnValue:
    scope = own_scope()
    sheet = sheet_of(scope.program, activity_key)
    if sheet.activity.kind in OWN_PAGES:
        return redirect(url_for(f"evidence.{OWN_ENDPOINTS[sheet.activity.kind.value]}"), 303)
    if sheet.by_team:
        return _team_page(sheet)
    return _form_page(sheet, {})


@pages.get("/activities/<activity_key>/sheet")
def sheet(activity_key: str) -> ResponseReturnValue:
    """Show the questions that stand beside a page of its own, such as the readings of the map."""
    asked = sheet_of(own_scope().program, activity_key)
    if asked.is_empty:
        raise ActivityWithoutPage(activity_key)
    return _form_page(asked, {})


@pages.post("/activities/<activity_key>")
def save_answers(activity_key: str) -> ResponseReturnValue:
    scope = own_scope()
    sheet = sheet_of(scope.program, activity_key)
    try:
        answers = read_answers(sheet, request.form)
    except Invalid as error:
        return _form_page(sheet, error.faults, sent=typed())
    with transaction() as session:
        shown = frozenset(field_names(sheet))
        save_entry(session, scope, sheet, answers, shown=shown, at=services().clock())
        missing = send_entry(session, scope, sheet, at=services().clock()) if _sending() else {}
    if missing:
        return _form_page(sheet, missing)
    return _onward(sheet)


@pages.get("/activities/<activity_key>/questions/<int:number>")
def question(activity_key: str, number: int) -> ResponseReturnValue:
    return _step_page(sheet_of(own_scope().program, activity_key), number, {})


@pages.post("/activities/<activity_key>/questions/<int:number>")
def save_answer(activity_key: str, number: int) -> ResponseReturnValue:
    scope = own_scope()
    sheet = sheet_of(scope.program, activity_key)
    shown = frozenset(step_at(sheet, number).names)
    try:
        answers = read_answers(sheet, request.form, shown)
    except Invalid as error:
        return _step_page(sheet, number, error.faults, sent=typed())
    with transaction() as session:
        save_entry(session, scope, sheet, answers, shown=shown, at=services().clock())
    return redirect(_after_step(sheet, number), 303)


@pages.post("/activities/<activity_key>/send")
def send_answers(activity_key: str) -> ResponseReturnValue:
    scope = own_scope()
    sheet = sheet_of(scope.program, activity_key)
    with transaction() as session:
        missing = send_entry(session, scope, sheet, at=services().clock())
    return _team_page(sheet, missing) if missing else _onward(sheet)


OWN_ENDPOINTS = {"photovoice": "photos", "power_map": "power_map", "keystone": "keystone"}


def _sending() -> bool:
    return request.form.get("then") == "send"


def _onward(sheet: Sheet) -> BaseResponse:
    done = "sent" if _sending() else "saved"
    if sheet.activity.kind in OWN_PAGES:
        return redirect(url_for("evidence.sheet", activity_key=sheet.activity.key, done=done), 303)
    return redirect(url_for("evidence.entry", activity_key=sheet.activity.key, done=done), 303)


def _form_page(sheet: Sheet, faults: Mapping[str, str], sent: Mapping[str, object] | None = None) -> Response:
    state = read_entry(read_session(), own_scope(), sheet.activity.key)
    action = url_for("evidence.save_answers", activity_key=sheet.activity.key)
    values = with_draft(action, state.answers) if sent is None else dict(sent)
    return show(
        "entry.html",
        FAULTY if faults else 200,
        sheet=sheet,
        state=state,
        action=action,
        values=values,
        told=list(answered(sheet, state.answers, speech())),
        faults=said(faults),
        done=request.args.get("done"),
    )


def _team_page(sheet: Sheet, faults: Mapping[str, str] | None = None) -> Response:
    state = read_entry(read_session(), own_scope(), sheet.activity.key)
    return show(
        "team.html",
        FAULTY if faults else 200,
        sheet=sheet,
        state=state,
        steps=team_steps(sheet),
        told=list(answered(sheet, state.answers, speech())),
        missing=missing_on_sheet(sheet, state.answers),
        faults=said(faults or {}),
        done=request.args.get("done"),
    )


def _step_page(
    sheet: Sheet, number: int, faults: Mapping[str, str], sent: Mapping[str, object] | None = None
) -> Response:
    state = read_entry(read_session(), own_scope(), sheet.activity.key)
    action = url_for("evidence.save_answer", activity_key=sheet.activity.key, number=number)
    return show(
        "team_step.html",
        FAULTY if faults else 200,
        sheet=sheet,
        state=state,
        step=step_at(sheet, number),
        number=number,
        steps=team_steps(sheet),
        action=action,
        values=with_draft(action, state.answers) if sent is None else dict(sent),
        faults=said(faults),
    )


def _after_step(sheet: Sheet, number: int) -> str:
    key = sheet.activity.key
    if request.form.get("then") == "overview" or number == len(team_steps(sheet)):
        return url_for("evidence.entry", activity_key=key)
    return url_for("evidence.question", activity_key=key, number=number + 1)
