"""The same launch from many sides at once: one gets in. And people who arrive in a new course together."""

from collections import Counter
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from support.practice import ACTIVITY, PERSON, Browser, Learners, code_of
from werkzeug.test import TestResponse

from ltitool.foundation.db import read_session
from ltitool.lti import launch
from ltitool.lti.landing import Launched, Place
from ltitool.lti.models import BurntNonce
from ltitool.people.models import WebSession

AT_ONCE = 6


def test_n50_of_many_at_once_exactly_one_gets_in(
    tool: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.launch_well()
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    all_proven = Barrier(AT_ONCE)
    prove = launch.prove

    def prove_and_wait(*args: Any) -> Any:
        proven = prove(*args)
        all_proven.wait(timeout=20)  # now nobody can have seen anybody else's nonce
        return proven

    monkeypatch.setattr(launch, "prove", prove_and_wait)
    answers = launch_from_threads(tool, browser, form)
    got = Counter((answer.status_code, code_of(answer)) for answer in answers)
    assert got == {(303, ""): 1, (401, "launch.nonce-raced"): AT_ONCE - 1}
    read_session().commit()  # ends this thread's older view of the database
    assert read_session().scalar(select(func.count()).select_from(WebSession)) == 2
    assert read_session().scalar(select(func.count()).select_from(BurntNonce)) == 2


def launch_from_threads(tool: Flask, browser: Browser, form: dict[str, str]) -> list[TestResponse]:
    """Post from several threads that all hold the browser's cookies."""
    answers: list[TestResponse] = []
    cookies = [cookie for cookie in vars(browser.client)["_cookies"].values() if "lti_" in cookie.key]

    def post() -> None:
        client = tool.test_client()
        for cookie in cookies:
            client.set_cookie(cookie.key, cookie.value, secure=True)
        answers.append(client.post("/lti/launch", data=form))

    threads = [Thread(target=post) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


@pytest.mark.parametrize(("collisions", "status"), [(1, 303), (4, 303), (5, 500)])
def test_rows_that_somebody_else_made_meanwhile_are_found_at_the_next_try(
    browser: Browser, landing: Learners, monkeypatch: pytest.MonkeyPatch, collisions: int, status: int
) -> None:
    left = [collisions]

    def collide(_landing: Learners, session: Session, launched: Launched) -> Place:
        del session, launched
        if left[0]:
            left[0] -= 1
            raise IntegrityError("INSERT INTO context", {}, Exception("unique"))
        return Place(frozenset({"participant"}))

    del landing
    monkeypatch.setattr(Learners, "__call__", collide)
    assert browser.launch_well().status_code == status
    stored = read_session().scalar(select(func.count()).select_from(BurntNonce))
    assert stored == (1 if status == 303 else 0)
