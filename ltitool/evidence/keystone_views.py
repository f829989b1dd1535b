"""Pages of the keystone: its words, its claims with the evidence drawer, sending it, presenting it."""

from collections.abc import Mapping

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import Invalid, ToolError, msg
from ltitool.evidence.answer_words import answered
from ltitool.evidence.answers import read_answers
from ltitool.evidence.errors import EvidenceUnknown, KeystoneChanged, KeystoneIncomplete
from ltitool.evidence.exhibits import by_citation, exhibits_of
from ltitool.evidence.keystone import TITLE, Citation, Claim, keystone_sheet, rubric_of
from ltitool.evidence.keystone_editing import read_keystone, remove_claim, save_claim, save_words
from ltitool.evidence.keystone_standing import keystone_standing
from ltitool.evidence.keystone_submission import (
    missing_for_sending,
    submissions_of,
    submit_keystone,
)
from ltitool.evidence.pages import own_scope, pages, said, show, speech, typed
from ltitool.evidence.presenting import slide_of
from ltitool.evidence.schemas import ClaimForm, Seen
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.drafts import drafts_below
from ltitool.web.drafts import below_visit, discard_draft, with_draft
from ltitool.web.forms import read_form
from ltitool.web.visit import current_visit

CLAIM_FORMS = "/keystone/claims/"
UNSAVED_CLAIM = msg("A claim has words that you have not saved yet. Open it, and save or discard them.")


@pages.get("/keystone")
def keystone() -> ResponseReturnValue:
    return _keystone_page({})


@pages.post("/keystone")
def save_keystone() -> ResponseReturnValue:
    scope = own_scope()
    try:
        with transaction() as session:
            _save_words(session, scope)
    except (Invalid, KeystoneChanged) as error:
        return _keystone_page(_faults(error), sent=typed(), error=error)
    return redirect(url_for("evidence.keystone", done="saved"), 303)


@pages.post("/keystone/send")
def send_keystone() -> ResponseReturnValue:
    """Save the words as they stand on the page, and send them: never an older text than the writer saw."""
    scope, found = own_scope(), services()
    try:
        _refuse_unsaved_claims()
        with transaction() as session:
            if "revision" in request.form:
                _save_words(session, scope)
            submit_keystone(session, scope, speech(), submission_id=found.new_id(), at=found.clock())
    except (Invalid, KeystoneChanged) as error:
        return _keystone_page(_faults(error), sent=_typed_over_saved(scope), error=error)
    discard_draft(current_visit(), below_visit(url_for("evidence.save_keystone")))
    return redirect(url_for("evidence.keystone", done="sent"), 303)


@pages.get("/keystone/claims/new/<criterion>")
def new_claim(criterion: str) -> ResponseReturnValue:
    return _claim_page(Claim("", criterion, ""), {})


@pages.post("/keystone/claims/new/<criterion>")
def add_claim(criterion: str) -> ResponseReturnValue:
    return _save_claim(Claim("", criterion, ""))


@pages.get("/keystone/claims/<claim_id>")
def claim(claim_id: str) -> ResponseReturnValue:
    return _claim_page(read_keystone(read_session(), own_scope()).claim(claim_id), {})


@pages.post("/keystone/claims/<claim_id>")
def change_claim(claim_id: str) -> ResponseReturnValue:
    return _save_claim(read_keystone(read_session(), own_scope()).claim(claim_id))


@pages.post("/keystone/claims/<claim_id>/remove")
def drop_claim(claim_id: str) -> ResponseReturnValue:
    seen = read_form(Seen())["revision"]
    with transaction() as session:
        remove_claim(session, own_scope(), claim_id, seen_revision=seen, at=services().clock())
    return redirect(url_for("evidence.keystone", done="removed"), 303)


@pages.get("/keystone/present/<int:number>")
def present(number: int) -> ResponseReturnValue:
    session, scope = read_session(), own_scope()
    document = read_keystone(session, scope)
    slide = slide_of(document, by_citation(exhibits_of(session, scope, speech())), number)
    return show("present.html", document=document, slide=slide, rubric=rubric_of(scope.program))


def _save_words(session: Session, scope: ParticipantScope) -> None:
    seen = read_form(Seen())["revision"]
    words = read_answers(keystone_sheet(scope.program), request.form)
    save_words(session, scope, words, seen_revision=seen, at=services().clock())


def _typed_over_saved(scope: ParticipantScope) -> Mapping[str, object]:
    return {**read_keystone(read_session(), scope).words, **typed()}


def _refuse_unsaved_claims() -> None:
    """Refuse to send while a claim's form holds words that its writer has not saved."""
    visit = current_visit()
    if drafts_below(read_session(), visit.organisation_id, visit.person_id, CLAIM_FORMS):
        raise KeystoneIncomplete({"claim.unsaved": UNSAVED_CLAIM})


def _save_claim(old: Claim) -> ResponseReturnValue:
    scope = own_scope()
    try:
        sent = read_form(ClaimForm())
        citations = tuple(filter(None, map(Citation.read, sent["citations"])))
        new = Claim(old.id, old.criterion, sent["text"], citations)
        with transaction() as session:
            save_claim(session, scope, new, seen_revision=sent["revision"], at=services().clock())
    except (Invalid, KeystoneChanged) as error:
        return _claim_page(old, _faults(error), sent=typed(), error=error)
    return redirect(url_for("evidence.keystone", done="saved") + f"#criterion-{old.criterion}", 303)


def _faults(error: ToolError) -> Mapping[str, str]:
    return error.faults if isinstance(error, Invalid) else {}


def _keystone_page(
    faults: Mapping[str, str], *, sent: Mapping[str, object] | None = None, error: ToolError | None = None
) -> Response:
    session, scope = read_session(), own_scope()
    document = read_keystone(session, scope)
    action = url_for("evidence.save_keystone")
    sheet = keystone_sheet(scope.program)
    return show(
        "keystone.html",
        error.status if error else 200,
        sheet=sheet,
        told=[one for one in answered(sheet, document.words, speech()) if one[0] != TITLE],
        rubric=rubric_of(scope.program),
        document=document,
        standing=keystone_standing(session, scope),
        submissions=submissions_of(session, scope),
        exhibits=by_citation(exhibits_of(session, scope, speech())),
        missing=missing_for_sending(session, scope, speech()),
        action=action,
        values=with_draft(action, document.words) if sent is None else dict(sent),
        faults=said(faults),
        error=error,
        done=request.args.get("done"),
    )


def _claim_page(
    shown: Claim,
    faults: Mapping[str, str],
    *,
    sent: Mapping[str, object] | None = None,
    error: ToolError | None = None,
) -> Response:
    session, scope = read_session(), own_scope()
    criterion = next((one for one in rubric_of(scope.program).criteria if one.id == shown.criterion), None)
    if criterion is None:
        raise EvidenceUnknown(f"criterion {shown.criterion}")
    action = request.path
    saved = {"text": shown.text, "citations": [one.code for one in shown.citations]}
    return show(
        "claim.html",
        error.status if error else 200,
        claim=shown,
        criterion=criterion,
        document=read_keystone(session, scope),
        standing=keystone_standing(session, scope),
        groups=exhibits_of(session, scope, speech()),
        action=action,
        values=with_draft(action, saved) if sent is None else dict(sent),
        faults=said(faults),
        error=error,
    )
