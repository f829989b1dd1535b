"""Pages that belong to no feature: health, the language switch, drafts, and the theme of addresses."""

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text, update

from ltitool.errors import Unavailable
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.models import Person, WebSession
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import give_session_cookie, set_partitioned_cookie
from ltitool.web.drafts import discard_draft, form_key, store_draft
from ltitool.web.languages import COOKIE, known_language
from ltitool.web.new_tab import trade_ticket
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
    old = request.form.get("next", "").split("/", 3)
    path = f"/l/{opened.short}/" + (old[3] if len(old) > 3 else "")  # noqa: PLR2004 - "", "l", launch, rest
    response = redirect(_own_path(path, opened.short), 303)
    give_session_cookie(response, opened)
    return response


@visit_pages.get("/language/<code>")
def language(code: str) -> ResponseReturnValue:
    visit = current_visit()
    chosen = known_language(code) or visit.locale
    with transaction() as session:
        session.execute(update(WebSession).where(WebSession.id == visit.session_id).values(locale=chosen))
        session.execute(update(Person).where(Person.id == visit.person_id).values(locale=chosen))
    response = redirect(_own_path(request.args.get("next", ""), visit.short), 303)
    set_partitioned_cookie(response, COOKIE, chosen, max_age=YEAR)
    return response


@visit_pages.post("/drafts/keep")
def keep_draft() -> ResponseReturnValue:
    """Take what a form holds while it is being filled in; `form` names the path it will be sent to."""
    now = services().clock()
    kept = store_draft(current_visit(), form_key(request.args.get("form", "")), request.form, now)
    return jsonify({"kept": kept, "at": now.isoformat()})


@visit_pages.post("/drafts/discard")
def drop_draft() -> ResponseReturnValue:
    visit = current_visit()
    discard_draft(visit, form_key(request.form.get("form", "")))
    return redirect(_own_path(request.form.get("next", ""), visit.short), 303)


def _own_path(path: str, short: str) -> str:
    """Follow only paths of this same visit, wherever the address came from."""
    prefix = f"/l/{short}/"
    clean = path.startswith(prefix) and "\\" not in path and "//" not in path
    return path if clean else url_for("home.page", launch=short)
