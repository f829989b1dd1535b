"""What every template may call: languages, addresses, the visit's place, the look's files."""

import uuid
from dataclasses import dataclass

from flask import Flask, url_for
from sqlalchemy import select

from ltitool.foundation.db import read_session
from ltitool.people.models import Organisation, Person
from ltitool.web.assets import asset_url
from ltitool.web.blueprints import add_launch_to_urls
from ltitool.web.csrf import csrf_field
from ltitool.web.drafts import below_visit, draft_shown_since
from ltitool.web.languages import current_language, language_links
from ltitool.web.new_tab import new_tab
from ltitool.web.once import once_field
from ltitool.web.visit import visit_or_none


@dataclass(frozen=True)
class Place:
    """Where a visitor is: whose program, which course, under which name."""

    organisation: str
    course: str | None
    person: str


def place() -> Place | None:
    """Give the place shown in the page header, or None on public pages."""
    visit = visit_or_none()
    if visit is None:
        return None
    row = read_session().execute(
        select(Organisation.name, Person.display_name)
        .join(Person, Person.organisation_id == Organisation.id)
        .where(Person.id == visit.person_id)
    )
    organisation, person = row.one()
    return Place(organisation=organisation, course=visit.course_title, person=person)


def home_url() -> str:
    """Give the page a visitor starts from; `app` binds the endpoint."""
    return url_for("home.page") if visit_or_none() else url_for("welcome.page")


def frame_origins() -> list[str]:
    """Give the origins that may frame this page, to whose window a script may speak."""
    visit = visit_or_none()
    return list(visit.embed_origins) if visit else []


def new_upload_key() -> str:
    """Name an upload, so that sending the same one twice makes one photo."""
    return uuid.uuid4().hex


def init_template_globals(app: Flask) -> None:
    """Bind the globals to an application."""
    app.url_defaults(add_launch_to_urls)
    app.jinja_env.globals.update(
        asset_url=asset_url,
        below_visit=below_visit,
        csrf_field=csrf_field,
        draft_shown_since=draft_shown_since,
        frame_origins=frame_origins,
        home_url=home_url,
        language_links=language_links,
        locale=current_language,
        new_tab=new_tab,
        new_upload_key=new_upload_key,
        once_field=once_field,
        place=place,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
