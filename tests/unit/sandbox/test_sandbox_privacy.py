"""Data privacy launches of the practice LMS: an administrator about anybody, everybody about themselves."""

from joserfc import jwt
from support.lms_visitor import Browser, Form, ThrowawayTool

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import DEMO


def launched(browser: Browser, tool: ThrowawayTool, person: str) -> dict[str, object]:
    page = browser.get(f"/privacy/{person}/launch")
    assert page.status_code == 200, page.text
    answer = browser.authenticate(tool.asks(Form(page.text).fields))
    key = browser.client.application.extensions[EXTENSION].keys.signing[0]
    claims: dict[str, object] = jwt.decode(answer.fields["id_token"], key, ["RS256"]).claims
    return claims


def test_an_administrator_asks_about_anybody(browser: Browser, tool: ThrowawayTool) -> None:
    pat = browser.enter("pat-lindqvist")
    assert "What the tool keeps about Amara Okafor" in pat.get("/privacy").text
    claims = launched(pat, tool, "amara-okafor")
    assert claims[words.MESSAGE_TYPE] == words.DATA_PRIVACY_REQUEST
    assert claims[words.FOR_USER] == {"user_id": DEMO.person("amara-okafor").sub}
    assert claims["sub"] == DEMO.person("pat-lindqvist").sub
    assert not {words.CONTEXT, words.RESOURCE_LINK, words.AGS, words.NRPS} & claims.keys()


def test_a_person_asks_about_themselves_alone(amara: Browser, tool: ThrowawayTool) -> None:
    assert amara.get("/privacy").text.count("What the tool keeps about") == 1
    assert launched(amara, tool, "amara-okafor")[words.ROLES] == []
    assert amara.get("/privacy/tom-ng/launch").status_code == 404


def test_somebody_else_s_hint_asks_about_nobody(browser: Browser, tool: ThrowawayTool) -> None:
    pat = browser.enter("pat-lindqvist")
    login = Form(pat.get("/privacy/amara-okafor/launch").text).fields
    tom = browser.enter("tom-ng")
    answer = tom.authenticate(tool.asks(login, login_hint=DEMO.person("tom-ng").sub))
    assert answer.fields["error"] == "login_required"


def test_a_hint_is_good_once(amara: Browser, tool: ThrowawayTool) -> None:
    login = Form(amara.get("/privacy/amara-okafor/launch").text).fields
    assert "id_token" in amara.authenticate(tool.asks(login)).fields
    assert amara.authenticate(tool.asks(login)).fields["error"] == "invalid_request"


def test_strangers_choose_a_person_first(browser: Browser) -> None:
    assert browser.get("/privacy").status_code == 302
