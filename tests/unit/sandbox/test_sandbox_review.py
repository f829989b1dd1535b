"""Submission review at the practice LMS: whose work may be opened by whom, and what the tool is told."""

import json
from typing import Any

import pytest
from flask import Flask
from support.lms_visitor import COURSE, Browser, Form, ThrowawayTool

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.compact import decode_part
from ltitool.sandbox.seed import DEMO

KEYSTONE = f"/courses/{COURSE}/activities/rl-keystone-3"
AMARA, TOM = "amara-okafor", "tom-ng"


def told(browser: Browser, tool: ThrowawayTool, path: str) -> dict[str, Any]:
    """Give the claims of the launch that a page begins."""
    login = Form(browser.get(path).text)
    token = browser.authenticate(tool.asks(login.fields)).fields["id_token"]
    found: dict[str, Any] = json.loads(decode_part(token.split(".")[1]))
    return found


def test_a_teacher_opens_a_learners_work(browser: Browser, tool: ThrowawayTool) -> None:
    claims = told(browser.enter("imani-whitfield"), tool, f"{KEYSTONE}/review/{AMARA}")
    assert claims[words.MESSAGE_TYPE] == words.SUBMISSION_REVIEW_REQUEST
    assert claims[words.FOR_USER] == {"user_id": DEMO.person(AMARA).sub}
    assert claims["sub"] == DEMO.person("imani-whitfield").sub
    assert claims[words.AGS]["lineitem"].endswith("li-keystone-3")


def test_an_ordinary_launch_is_about_nobody_else(browser: Browser, tool: ThrowawayTool) -> None:
    claims = told(browser.enter("imani-whitfield"), tool, f"{KEYSTONE}/launch")
    assert claims[words.MESSAGE_TYPE] == words.RESOURCE_LINK_REQUEST
    assert words.FOR_USER not in claims


@pytest.mark.parametrize(("person", "status"), [(AMARA, 200), (TOM, 404), ("kwame-boateng", 404)])
def test_a_learner_opens_their_own_work_alone(app: Flask, person: str, status: int) -> None:
    amara = Browser(app).enter(AMARA)
    assert amara.get(f"{KEYSTONE}/review/{person}").status_code == status


def test_nobody_outside_the_course_is_reviewed(app: Flask) -> None:
    imani = Browser(app).enter("imani-whitfield")
    assert imani.get(f"{KEYSTONE}/review/{TOM}").status_code == 200
    assert imani.get(f"{KEYSTONE}/review/kwame-boateng").status_code == 404
