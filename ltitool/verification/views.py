"""One page: a field that takes a badge in any form, and the answer on one screen."""

import time
from typing import Any, cast

from flask import Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from badges.report import Outcome, VerificationReport
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session
from ltitool.foundation.services import Services, services
from ltitool.verification import words
from ltitool.verification.checking import Answer, check_badge
from ltitool.verification.documents import PublicFetcher
from ltitool.verification.errors import TooManyChecks
from ltitool.verification.rate import TokenBuckets
from ltitool.verification.schemas import VerifyForm
from ltitool.verification.submission import MAX_REQUEST_BYTES, Submission, read_submission
from ltitool.verification.trust import trust_policy
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.error_pages import show_error
from ltitool.web.forms import read_form
from ltitool.web.languages import current_language

pages = guarded_blueprint("verify", __name__, guard=Guard.PUBLIC, path="/verify")

BURST, PER_SECOND = 30, 0.5  # checks of one network: thirty at once, then one every two seconds
BUCKETS = "verification.buckets"
TOO_MUCH = frozenset(
    {
        "too_large",
        "too_deep",
        "too_many_values",
        "too_many_items",
        "too_many_proofs",
        "too_many_status_entries",
        "too_many_blank_nodes",
        "canonicalization_budget",
    }
)
STRUCTURE = ("parse", "shape", "context", "type", "schema", "subject", "evidence", "issuer")


@pages.get("")
def page() -> ResponseReturnValue:
    return _form({}, {"badge": request.args.get("link", "")})


@pages.post("")
def check() -> ResponseReturnValue:
    request.max_content_length = MAX_REQUEST_BYTES
    _ask_leave()
    found = services()
    try:
        form = read_form(VerifyForm())
        submission = read_submission(request, found)
    except Invalid as invalid:
        return _refuse(invalid)
    return _show(_answer(submission, form["person"], found))


@pages.errorhandler(TooManyChecks)
def too_many(error: TooManyChecks) -> Response:
    response = show_error(error)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def status_of(report: VerificationReport) -> int:
    """Give the HTTP status: an answer is 200, whatever it says; what is no readable badge is refused."""
    failed = [one for one in report.checks if one.outcome is Outcome.FAILED]
    if any(one.code in TOO_MUCH for one in failed):
        return 413
    return 422 if any(one.name in STRUCTURE for one in failed) else 200


def _answer(submission: Submission, typed: str, found: Services) -> Answer:
    policy = trust_policy(read_session(), found.settings)
    return check_badge(
        submission.content, typed, policy=policy, fetcher=PublicFetcher(found), now=found.clock()
    )


def _show(answer: Answer) -> Response:
    status = status_of(answer.report)
    if _wants_json():
        return make_response(jsonify(answer.to_json()), status)
    language = cast("words.Language", current_language())
    page_of_answer = render_template(
        "verification/answer.html",
        answer=answer,
        verdict=words.verdict_words(answer.report, language),
        facts=words.fact_pairs(answer),
        person=words.person_words(answer),
        checks=words.check_lines(answer.report, language),
        not_checked=words.not_checked(answer.report),
        shown=words.shown,
    )
    return make_response(page_of_answer, status)


def _refuse(invalid: Invalid) -> Response:
    if _wants_json():
        return show_error(invalid)
    typed = {name: request.form.get(name, "") for name in ("badge", "person")}
    return make_response(_form(invalid.faults, typed), invalid.status)


def _form(faults: dict[str, str], values: dict[str, Any]) -> str:
    return render_template("verification/verify.html", faults=faults, values=values)


def _ask_leave() -> None:
    buckets = current_app.extensions.setdefault(BUCKETS, TokenBuckets(burst=BURST, per_second=PER_SECOND))
    seconds = buckets.wait(request.remote_addr or "", time.monotonic())
    if seconds:
        raise TooManyChecks(seconds)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"
