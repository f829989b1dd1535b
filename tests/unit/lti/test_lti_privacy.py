"""Data privacy launches: who may ask about whom. What is refused stands among the rows of lticases.py."""

from typing import Any

from sqlalchemy import select
from support.clock import MovableClock
from support.lticases import ADMINISTRATOR, INSTRUCTOR, LEARNER, privacy_claims
from support.practice import ACTIVITY, PERSON, Browser, launch_with
from werkzeug.test import TestResponse

from ltitool.foundation.db import read_session
from ltitool.foundation.jobs import Work
from ltitool.lti import vocabulary as words
from ltitool.lti.models import PrivacyRequest
from ltitool.lti.wiring import FORGET_JOB, forget_old_job
from ltitool.sandbox.seed import DEMO


def ask(browser: Browser, **changes: Any) -> TestResponse:
    """Launch as somebody in the LMS's office who asks about a person, with some claims changed."""
    query = browser.ask()
    valid = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    token = browser.forge.mint(privacy_claims(valid, **changes))
    return browser.launch({"state": query["state"], "id_token": token})


def asked() -> list[str]:
    session = read_session()
    session.expire_all()
    found = list(session.scalars(select(PrivacyRequest.subject)))
    session.commit()
    return found


def test_p37_an_administrator_asks_about_anybody_and_lands_on_the_page(browser: Browser) -> None:
    answer = ask(browser)
    assert (answer.status_code, answer.location.split("/")[3:]) == (303, ["privacy", ""])
    assert asked() == ["somebody"]
    page = browser.client.get(answer.location)
    assert page.status_code == 200
    assert "Nothing is kept about this person." in page.get_data(as_text=True)


def test_p37_who_teaches_a_course_too_is_an_administrator_still(browser: Browser) -> None:
    assert ask(browser, roles=(INSTRUCTOR, ADMINISTRATOR)).status_code == 303


def test_p37_anybody_asks_about_themselves(browser: Browser) -> None:
    browser.launch_well()
    own = DEMO.person(PERSON).sub
    answer = ask(browser, roles=(LEARNER,), **{words.FOR_USER: {"user_id": own}})
    assert answer.status_code == 303
    page = browser.client.get(answer.location).get_data(as_text=True)
    assert "How the LMS names them" in page


def test_p37_a_person_of_the_lms_is_found_by_their_user_id(browser: Browser) -> None:
    browser.launch_well()
    answer = ask(browser, **{words.FOR_USER: {"user_id": DEMO.person(PERSON).sub}})
    assert DEMO.person(PERSON).name in browser.client.get(answer.location).get_data(as_text=True)


def test_the_question_is_forgotten_after_a_day(browser: Browser, clock: MovableClock) -> None:
    ask(browser)
    for hours, left in ((23, ["somebody"]), (2, [])):
        clock.forward(hours=hours)
        forget_old_job(Work(FORGET_JOB, "all", 1, 1, lambda: None))
        assert asked() == left


def test_an_ordinary_launch_asks_about_nobody(browser: Browser) -> None:
    browser.launch_well()
    assert asked() == []
    assert launch_with(browser, **{words.FOR_USER: {"user_id": "x"}}).status_code == 303
    assert asked() == []
