"""What the frame says to an LMS and takes from it: each check of frame.js and storage.js stands for itself.

Three sites that exist for these tests alone: the LMS, the tool in its frame, and a stranger. The scripts are
served from their sources, as they are or with one check taken out. Ids are made foreseeable, so that nothing
but the check under test stands between a forger and the frame.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route
from support.chromium import ROOT

pytestmark = pytest.mark.chromium

LMS, TOOL, STRANGER = "https://lms.example", "https://tool.example", "https://stranger.example"
ID = "00000000-0000-4000-8000-000000000000"
ALL = ("lti.frameResize", "lti.scrollToTop", "lti.setUnloadMessage", "lti.removeUnloadMessage")
RESPONSE = "lti.capabilities.response"
NO_ANSWER = ""

# The page around the frame: it notes what it hears. A forger does not wait to be asked.
AROUND = """<!doctype html><title>around</title><iframe src="TOOL/page"></iframe>
<iframe src="LMS/sibling"></iframe><script>
window.told = [];
addEventListener("message", (event) => { told.push(event.data.subject); heard(event.data); });
const tool = () => frames[0];
const say = (message) => tool().postMessage(message, "*");
function heard(message) { PLAN }
</script>"""
SIBLING = """<!doctype html><title>sibling</title><script>
addEventListener("message", (event) => parent.frames[0].postMessage(event.data, "*"));
</script>"""
# Our page: it says when its script has asked, and later, in the place of a step to the next page, goodbye.
FRAME = """<!doctype html><html lang="en"><title>tool</title><meta name="frame-origins" content="ORIGINS">
<body><p style="height: 400px">A page</p><script type="module">
crypto.randomUUID = () => "ID";
const { startFrame } = await import("/js/frame.js");
const { setUnsent } = await import("/js/unsent.js");
startFrame(document);
const tell = (subject) => parent.postMessage({ subject }, "*");
tell("ready");
const deeds = {
  measure: () => setTimeout(() => tell("measured"), 300), // twice as long as the script waits with a height
  type: () => (setUnsent(document, true), tell("typed")),
  step: () => location.assign("/bye"),
};
addEventListener("message", (event) => deeds[event.data.subject]?.());
</script>"""
BYE = '<!doctype html><title>bye</title><script>parent.postMessage({ subject: "bye" }, "*");</script>'
KEEP = """<!doctype html><html lang="en"><title>tool</title>
<div data-storage-keep data-frame="_parent" data-origin="LMS" data-key="k" data-value="secret"
     data-next="/kept" data-silent="/silent"></div><script type="module">
crypto.randomUUID = () => "ID";
const { startStorage } = await import("/js/storage.js");
startStorage(document);
parent.postMessage({ subject: "ready" }, "*");
</script>"""
ENDED = """<!doctype html><title>end</title>
<script>parent.postMessage({ subject: location.pathname }, "*");</script>"""
Sites = Callable[..., Page]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as made:
        made.set_default_timeout(10_000)
        yield made


@pytest.fixture
def sites(context: BrowserContext) -> Sites:
    """Open the page around the frame, on the LMS or on a stranger's site, which does as planned."""

    def opened(
        plan: str,
        *,
        around: str = LMS,
        frame: str = FRAME,
        origins: str = LMS,
        mutant: Mapping[str, str] | None = None,
    ) -> Page:
        def script(route: Route) -> None:
            file = route.request.url.rsplit("/", 1)[1]
            text = (ROOT / "frontend" / "js" / file).read_text(encoding="utf-8")
            for old, new in (mutant or {}).items() if file in {"frame.js", "storage.js"} else ():
                assert text.count(old) == 1, old
                text = text.replace(old, new)
            route.fulfill(body=text, content_type="text/javascript")

        def page(body: str) -> Callable[[Route], None]:
            for name, value in {"PLAN": plan, "TOOL": TOOL, "LMS": LMS, "ID": ID, "ORIGINS": origins}.items():
                body = re.sub(rf"\b{name}\b", lambda _, value=value: value, body)
            return lambda route: route.fulfill(body=body, content_type="text/html")

        for address, answer in {
            f"{around}/": page(AROUND),
            f"{LMS}/sibling": page(SIBLING),
            f"{TOOL}/page": page(frame),
            f"{TOOL}/bye": page(BYE),
            f"{TOOL}/kept": page(ENDED),
            f"{TOOL}/silent": page(ENDED),
            re.compile(re.escape(TOOL) + "/js/.*"): script,
        }.items():
            context.route(address, answer)
        window = context.new_page()
        window.goto(f"{around}/")
        return window

    return opened


def told(page: Page, last: str) -> list[str]:
    """Give what the page around the frame has heard by the time it hears this."""
    page.wait_for_function("last => window.told.includes(last)", arg=last)
    heard: list[str] = page.evaluate("window.told")
    return [one for one in heard if one.startswith("lti.")]


def can(*subjects: str, id_: str = ID, subject: str = RESPONSE) -> str:
    """Give an answer about what is understood, as JavaScript."""
    messages = ", ".join(f'{{ subject: "{one}" }}' for one in subjects)
    return f'{{ subject: "{subject}", message_id: "{id_}", supported_messages: [{messages}] }}'


def forged(answer: str, then: str = "step") -> str:
    """Plan to send an answer once the frame is there, and then to let it take a step."""
    step = f'say({{ subject: "{then}" }})'
    return f'if (message.subject === "ready") {{ say({answer}); {step}; }}'


def from_a_sibling(answer: str) -> str:
    """Plan to let another window of the LMS answer; messages of one window stay in order."""
    return (
        f'if (message.subject === "ready") {{ frames[1].postMessage({answer}, "*");'
        ' frames[1].postMessage({ subject: "step" }, "*"); }'
    )


SCROLL = can("lti.scrollToTop")
FRAME_CHECKS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str], str]] = {
    "the answer comes from the window around us": (
        {"plan": from_a_sibling(SCROLL)},
        {"event.source !== window.parent || ": ""},
        "lti.scrollToTop",
    ),
    "the answer comes from an origin that the server names": (
        {"plan": forged(SCROLL), "around": STRANGER},
        {" || !origins.includes(event.origin)": ""},
        "lti.scrollToTop",
    ),
    "the answer is one about capabilities": (
        {"plan": forged(can("lti.scrollToTop", subject="lti.get_data.response"))},
        {f'answer?.subject !== "{RESPONSE}" || ': ""},
        "lti.scrollToTop",
    ),
    "the answer is one to our question": (
        {"plan": forged(can("lti.scrollToTop", id_="another"))},
        {" || answer.message_id !== id": ""},
        "lti.scrollToTop",
    ),
    "the question goes to a named origin alone": (
        {"plan": forged(NO_ANSWER), "around": STRANGER},
        {"postMessage(message, origin)": 'postMessage(message, "*")'},
        "lti.capabilities",
    ),
    "a star is no origin": (
        {"plan": forged(NO_ANSWER), "around": STRANGER, "origins": "*"},
        {"URL.canParse(origin) && new URL(origin).origin === origin": "origin"},
        "lti.capabilities",
    ),
    "a page scrolls up only where that is understood": (
        {"plan": forged(can("lti.frameResize"))},
        {'if (can.has("lti.scrollToTop")) ': ""},
        "lti.scrollToTop",
    ),
}


@pytest.mark.parametrize("check", FRAME_CHECKS)
def test_each_check_of_the_frame_is_needed(sites: Sites, check: str) -> None:
    asked, mutant, said = FRAME_CHECKS[check]
    assert said not in told(sites(**asked), "bye")
    assert said in told(sites(**asked, mutant=mutant), "bye")


def test_an_lms_that_is_asked_and_answers_is_told_what_it_understands(sites: Sites) -> None:
    """The control of all of these."""
    heard = told(sites(forged(SCROLL)), "bye")
    assert heard == ["lti.capabilities", "lti.scrollToTop"]


def test_height_is_told_only_where_it_is_understood(sites: Sites) -> None:
    measured = forged(SCROLL, then="measure")
    assert "lti.frameResize" not in told(sites(measured), "measured")
    careless = {'if (can.has("lti.frameResize")) ': ""}
    assert "lti.frameResize" in told(sites(measured, mutant=careless), "measured")
    assert "lti.frameResize" in told(sites(forged(can("lti.frameResize"), then="measure")), "measured")


@pytest.mark.parametrize("missing", ["lti.setUnloadMessage", "lti.removeUnloadMessage"])
def test_a_question_before_leaving_is_asked_only_where_it_can_be_taken_back(
    sites: Sites, missing: str
) -> None:
    half = [one for one in ALL if one != missing]
    plan = forged(can(*half), then="type")
    halves = [f'can.has("{one}")' for one in ("lti.setUnloadMessage", "lti.removeUnloadMessage")]
    careless = {" && ".join(halves): next(one for one in halves if missing not in one)}
    for mutant, expected in ((None, False), (careless, True)):
        assert ("lti.setUnloadMessage" in told(sites(plan, mutant=mutant), "typed")) is expected
    assert "lti.setUnloadMessage" in told(sites(forged(can(*ALL), then="type")), "typed")  # the control


def test_alone_in_a_window_nothing_is_asked(context: BrowserContext, sites: Sites) -> None:
    del context
    around = sites("")
    told(around, "ready")
    alone = around.context.new_page()
    alone.add_init_script("window.told = []; addEventListener('message', e => told.push(e.data.subject))")
    alone.goto(f"{TOOL}/page")
    assert told(alone, "ready") == []


def keeping(answer: str) -> str:
    """Plan to play the storage: say what was put away, and read it out again."""
    return (
        'if (message.subject?.startsWith("lti.") || message.subject === "ready") {'
        ' const value = "secret", message_id = "ID";'
        f' for (const subject of ["lti.put_data.response", "lti.get_data.response"]) {{ {answer} }} }}'
    )


FORGED = 'say({ subject, message_id, value, key: "k" });'
BESIDE = 'frames[1].postMessage({ subject, message_id, value, key: "k" }, "*");'
STORAGE_CHECKS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]] = {
    "the answer comes from the window that was asked": (
        {"plan": keeping(BESIDE)},
        {"event.source !== target || ": ""},
    ),
    "the answer comes from the registration's origin": (
        {"plan": keeping(FORGED), "around": STRANGER},
        {"event.origin !== origin || ": ""},
    ),
}
REPEATED = " setInterval(() => heard({ subject: 'ready' }), 50);"  # a stranger hears no question to answer


@pytest.mark.parametrize("check", STORAGE_CHECKS)
def test_each_check_of_the_storage_is_needed(sites: Sites, check: str) -> None:
    asked, mutant = STORAGE_CHECKS[check]
    if asked.get("around") == STRANGER:
        once = 'if (message.subject === "ready" && !window.began) { window.began = true;' + REPEATED + " }"
        asked = {**asked, "plan": f"{once} {asked['plan']}"}
    page = sites(**asked, frame=KEEP)
    page.wait_for_function("() => told.includes('/kept') || told.includes('/silent')")
    assert "/silent" in page.evaluate("told")
    page = sites(**asked, frame=KEEP, mutant=mutant)
    page.wait_for_function("() => told.includes('/kept') || told.includes('/silent')")
    assert "/kept" in page.evaluate("told")


def test_a_storage_that_answers_keeps_the_secret(sites: Sites) -> None:
    """The control of both."""
    page = sites(keeping(FORGED), frame=KEEP)
    page.wait_for_function("() => told.includes('/kept')")


LOADING = (  # it hears nothing of the first second
    "window.began ??= performance.now(); if (performance.now() - began > 1000) {" + keeping(FORGED) + "}"
)


@pytest.mark.parametrize(("mutant", "ends"), [({}, "/kept"), ({"setInterval(say, AGAIN)": "0"}, "/silent")])
def test_a_storage_that_still_loads_is_asked_again(
    sites: Sites, mutant: Mapping[str, str], ends: str
) -> None:
    page = sites(LOADING, frame=KEEP, mutant=mutant)
    page.wait_for_function("() => told.includes('/kept') || told.includes('/silent')")
    assert ends in page.evaluate("told")


def test_the_secret_is_told_to_the_registrations_origin_alone(sites: Sites) -> None:
    page = sites("", around=STRANGER, frame=KEEP)
    assert told(page, "/silent") == []
    told_to = "postMessage({ ...question, message_id }, "
    careless = {f"{told_to}origin)": f'{told_to}"*")'}
    page = sites("", around=STRANGER, frame=KEEP, mutant=careless)
    assert "lti.put_data" in told(page, "/silent")
