"""The composition root: every binding of the application is visible here."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import ltitool.cohorts.models
import ltitool.credentials.models
import ltitool.evidence.models
import ltitool.foundation.models
import ltitool.lti.models
import ltitool.people.models
import ltitool.scoring.models  # noqa: F401 - every table is known before the first query
from ltitool.cohorts import copy_views, roster_reading
from ltitool.cohorts import director_views as offering_views
from ltitool.cohorts import personal_data as cohorts_data
from ltitool.cohorts import views as coaching_views
from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.known_arrivals import known_arrivals
from ltitool.cohorts.link_offers import link_offers
from ltitool.cohorts.memberships import roles_in_courses, zone_of_course
from ltitool.credentials import awarding
from ltitool.credentials import director_views as award_views
from ltitool.credentials import personal_data as credentials_data
from ltitool.credentials import public_views as public_badge_views
from ltitool.credentials import views as credential_views
from ltitool.dashboards import board_views, overview_views, platforms_views, waiting_views, welcome_views
from ltitool.dashboards import views as dashboard_views
from ltitool.evidence import personal_data as evidence_data
from ltitool.evidence import photo_arrivals
from ltitool.evidence import views as evidence_views
from ltitool.foundation import housekeeping
from ltitool.foundation.clock import Clock, file_clock, system_clock
from ltitool.foundation.db import init_db, read_session
from ltitool.foundation.fetch import SafeHttpClient
from ltitool.foundation.jobs import Handler, Sweeper
from ltitool.foundation.keys import SealedKeyStore
from ltitool.foundation.runners import Runner, open_runner
from ltitool.foundation.services import EXTENSION, Services
from ltitool.foundation.storage import open_store
from ltitool.lti import (
    deep_link_views,
    grade_checking,
    grade_intents,
    grade_views,
    notice_handlers,
    notice_views,
    operator_views,
    platform_views,
    privacy_views,
    registration_views,
)
from ltitool.lti import personal_data as lti_data
from ltitool.lti import views as lti_views
from ltitool.lti.landing import bind_landing
from ltitool.lti.link_offers import bind_link_offers
from ltitool.lti.openings import is_still_open
from ltitool.lti.privacy import hand_over_privacy
from ltitool.lti.role_counts import bind_role_counts
from ltitool.lti.selftest import running as selftest
from ltitool.lti.wiring import (
    FORGET_JOB,
    check_grades_job,
    check_platform_job,
    forget_old_job,
    init_lti,
    register_handlers_job,
    send_grades_job,
    sweep_old,
)
from ltitool.people import personal_data
from ltitool.people.personal_data import Keeper, bind_keepers
from ltitool.scoring import personal_data as scoring_data
from ltitool.scoring import views as scoring_views
from ltitool.settings import Settings
from ltitool.verification import views as verification_views
from ltitool.web import views as web_views
from ltitool.web.assets import seconds_to_keep
from ltitool.web.converters import Number
from ltitool.web.drafts import drop_sent_draft
from ltitool.web.error_pages import init_error_pages
from ltitool.web.headers import init_headers
from ltitool.web.incoming import ToolRequest, check_incoming
from ltitool.web.languages import ZONE_OF_VISIT, init_languages
from ltitool.web.new_tab import bind_handover
from ltitool.web.template_globals import init_template_globals
from ltitool.web.visit import Visit, bind_visits

MIGRATIONS = Path(__file__).parent.parent / "migrations"
# What a link's custom field `opens` may name, and the participant's page that it means, below /l/…/
OPENED_BY_LINKS = {"keystone": "keystone"}
FORM_MEMORY = 2 * 2**20  # bytes of text in one form
FORM_PARTS = 400

BLUEPRINTS: Sequence[Blueprint] = (
    web_views.public,
    web_views.visit_pages,
    lti_views.pages,
    registration_views.pages,
    deep_link_views.pages,
    operator_views.pages,
    platform_views.pages,
    privacy_views.pages,
    notice_views.pages,
    grade_views.pages,
    grade_views.operator_pages,
    coaching_views.pages,
    offering_views.pages,
    copy_views.pages,
    copy_views.taught_pages,
    *evidence_views.BLUEPRINTS,
    scoring_views.coach_pages,
    scoring_views.participant_pages,
    credential_views.pages,
    public_badge_views.pages,
    award_views.pages,
    verification_views.pages,
    dashboard_views.home,
    dashboard_views.week,
    dashboard_views.record,
    board_views.pages,
    overview_views.pages,
    platforms_views.pages,
    waiting_views.codes,
    welcome_views.welcome,
    welcome_views.invitations,
)
# Durable job names: what makes each wish true, and what finds the wishes whose hint was lost.
HANDLERS: Mapping[str, Handler] = {
    grade_intents.JOB: send_grades_job,
    grade_checking.JOB: check_grades_job,
    FORGET_JOB: forget_old_job,
    selftest.JOB: check_platform_job,
    notice_handlers.JOB: register_handlers_job,
    housekeeping.DESTROY_KEYS_JOB: housekeeping.destroy_keys_job,
    roster_reading.JOB: roster_reading.read_roster_job,
    awarding.ISSUE_JOB: awarding.issue_job,
    photo_arrivals.JOB: photo_arrivals.tidy_job,
}
SWEEPERS: Mapping[str, Sweeper] = {
    grade_intents.JOB: grade_intents.sweep_grades,
    grade_checking.JOB: grade_checking.checks_due,
    FORGET_JOB: sweep_old,
    selftest.JOB: selftest.sweep_checks,
    notice_handlers.JOB: notice_handlers.handlers_wanted,
    housekeeping.DESTROY_KEYS_JOB: housekeeping.keys_to_destroy,
    roster_reading.JOB: roster_reading.rosters_due,
    awarding.ISSUE_JOB: awarding.sweep_reserved,
    photo_arrivals.JOB: photo_arrivals.sweep_arrivals,
}

# What is kept about a person, the highest layer first: rows are erased before what they point at.
KEEPERS: Sequence[Keeper] = (
    credentials_data.KEEPER,
    scoring_data.KEEPER,
    evidence_data.KEEPER,
    cohorts_data.KEEPER,
    lti_data.KEEPER,
    personal_data.KEEPER,
)


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Build the application; tests hand in a clock."""
    app = Flask("ltitool.web", static_folder="static", template_folder="templates")
    app.request_class = ToolRequest
    app.ensure_sync = lambda func: func  # type: ignore[method-assign] # nothing here is a coroutine
    app.get_send_file_max_age = seconds_to_keep  # type: ignore[method-assign] # Flask says to override it
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MIGRATIONS_DIRECTORY=str(MIGRATIONS),
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # people's words never reach the log
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        MAX_FORM_PARTS=FORM_PARTS,
    )
    if settings.proxies:
        behind = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=behind, x_proto=behind, x_host=behind)  # type: ignore[method-assign] # Flask's documented way
    app.url_map.converters["int"] = Number
    init_db(app)
    app.extensions[EXTENSION] = make_services(settings, clock or _clock(settings))
    init_languages(app)
    init_template_globals(app)
    init_error_pages(app)
    app.before_request(check_incoming)
    app.after_request(drop_sent_draft)
    init_headers(app)
    init_lti(app, services_of(app))
    bind_landing(app, landing(services_of(app).clock, OPENED_BY_LINKS), known_arrivals(OPENED_BY_LINKS))
    bind_visits(app, is_still_open())
    bind_link_offers(app, link_offers)
    bind_role_counts(app, roles_in_courses)
    bind_keepers(app, KEEPERS)
    bind_handover(app, hand_over_privacy)
    app.extensions[ZONE_OF_VISIT] = _zone_of_visit
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _zone_of_visit(visit: Visit) -> str | None:
    return zone_of_course(read_session(), visit.organisation_id, visit.context_id)


def start_runner(app: Flask, *, concurrency: int = 1) -> Runner:
    """Start the thread that makes wishes true; call it in each server process, after forking."""
    runner = open_runner(app, HANDLERS, SWEEPERS, clock=services_of(app).clock, concurrency=concurrency)
    runner.start()
    return runner


def services_of(app: Flask) -> Services:
    """Give the services that an application was built with."""
    found = app.extensions[EXTENSION]
    if not isinstance(found, Services):
        raise TypeError("the application was not built by create_app")
    return found


def make_services(settings: Settings, clock: Clock) -> Services:
    """Bind the foundation's protocols to what is behind them."""
    return Services(
        settings=settings,
        clock=clock,
        new_id=uuid.uuid4,
        new_token=lambda: secrets.token_urlsafe(32),
        keys=SealedKeyStore(settings.key_encryption_key, clock, uuid.uuid4),
        store=open_store(settings.objects_url or (settings.data_dir / "objects").resolve().as_uri()),
        http=SafeHttpClient(loopback_http=settings.loopback_http),
    )


def _clock(settings: Settings) -> Clock:
    return file_clock(settings.clock_file) if settings.clock_file else system_clock
