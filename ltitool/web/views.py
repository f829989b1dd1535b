"""Pages that belong to no feature: health, the language switch, drafts, and the theme of addresses."""

from flask import g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text, update

from ltitool.errors import Unavailable
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.models import Person, WebSession
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import give_session_cookie, set_partitioned_cookie
from ltitool.web.drafts import below_visit, discard_draft, store_draft
from ltitool.web.languages import COOKIE, known_language
from ltitool.web.new_tab import new_tab_of, trade_ticket
from ltitool.web.visit import current_visit

YEAR = 31_536_000

public = guarded_blueprint("site", __name__, guard=Guard.PUBLIC)
visit_pages = guarded_blueprint("visit", __name__, guard=Guard.LAUNCHED)


@public.get("/health")
def health() -> ResponseReturnValue:
    try:
        read_session().execute(text("SELECT 1"))
    except Exception as error:
        raise Unavailable("database") from error
    return jsonify({"status": "ok", "time": services().clock().isoformat()})


@public.post("/tab")
def open_tab() -> ResponseReturnValue:
    opened = trade_ticket(request.form.get("ticket", ""))
    response = redirect(_within(opened.segment, request.form.get("next", "")), 303)
    give_session_cookie(response, opened)
    return response


@visit_pages.get("/language/<code>")
def language(code: str) -> ResponseReturnValue:
    visit = current_visit()
    chosen = known_language(code) or visit.locale
    with transaction() as session:
        session.execute(update(WebSession).where(WebSession.id == visit.session_id).values(locale=chosen))
        session.execute(update(Person).where(Person.id == visit.person_id).values(locale=chosen))
    response = redirect(_within(g.launch, request.args.get("next", "")), 303)
    set_partitioned_cookie(response, COOKIE, chosen, max_age=YEAR)
    return response


@visit_pages.get("/tab-ticket")
def tab_ticket() -> ResponseReturnValue:
    """Give the ticket of one more tab, for a page whose own was used."""
    return jsonify({"ticket": new_tab_of(current_visit().short, "/").ticket})


@visit_pages.post("/drafts/keep")
def keep_draft() -> ResponseReturnValue:
    """Take what a form holds while it is being filled in; `form` names the path it will be sent to."""
    now = services().clock()
    kept = store_draft(current_visit(), below_visit(request.args.get("form", "")), request.form, now)
    return jsonify({"kept": kept, "at": now.isoformat()})


@visit_pages.post("/drafts/discard")
def drop_draft() -> ResponseReturnValue:
    visit = current_visit()
    discard_draft(visit, below_visit(request.form.get("form", "")))
    return redirect(_within(g.launch, request.form.get("next", "")), 303)


def _within(segment: str, path: str) -> str:
    """Give a path below the visit as an address of this visit, and the first page for anything else."""
    clean = path.startswith("/") and not any(part in path for part in ("\\", "//", ".."))
    return f"/l/{segment}{path}" if clean else url_for("home.page", launch=segment)
