"""A finding in words: what was tried, what came of it, and what to change in the LMS, by its name there.

Texts are message ids; whoever shows them translates. What an LMS calls its settings differs, so a fix may
have a wording for Moodle and one for Canvas.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ltitool.errors import msg
from ltitool.lti.products import CANVAS, MOODLE
from ltitool.lti.scope_features import service_of
from ltitool.lti.selftest.findings import Finding, Outcome, Value

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Case:
    """What a case means, and its fix: in general, and in the words of single LMSs."""

    means: str
    fix: str = ""
    fixes: Mapping[str, str] = field(default_factory=dict)

    def fix_in(self, product: str) -> str:
        """Give the fix in an LMS's own words where there are some."""
        return self.fixes.get(product, self.fix)


@dataclass(frozen=True)
class SaidFinding:
    """A finding for a person."""

    title: str
    means: str
    fix: str


TITLES = {
    "status": msg("People may come in from there"),
    "keys": msg("The keys of the LMS can be read"),
    "token": msg("It gives us leave to: %(service)s"),
    "clock": msg("Its clock agrees with ours"),
    "columns": msg("The gradebook of a course can be read"),
    "roster": msg("The list of people of a course can be read"),
    "cookies": msg("Browsers keep our cookie inside the LMS"),
    "roles": msg("It says who teaches"),
}
REACH = msg("Make sure that the LMS runs, and that its firewall lets this server in.")
SERVICES_ON = msg("Allow this tool the gradebook and membership services in the LMS, all of their parts.")
MOODLE_SERVICES = msg(
    "In Moodle: “Site administration”, “Plugins”, “External tool”, “Manage tools”, "
    "the pencil on Keystone's card, “Services”. "
    "Choose “Use this service for grade sync and column management” and “Use this "
    "service to retrieve members' "
    "information as per privacy settings”."
)
CANVAS_SERVICES = msg(
    "In Canvas: “Admin”, “Developer Keys”, the pencil on Keystone, “LTI Advantage "
    "Services”. Switch on all that "
    "speak of line items, results, scores and of names and roles."
)
SERVICES_IN = {MOODLE: MOODLE_SERVICES, CANVAS: CANVAS_SERVICES}
KEYS_IN = {
    MOODLE: msg(
        "In Moodle: “Manage tools”, the pencil on Keystone's card. “Public key type” has to be "
        "“Keyset URL”, and “Public "
        "keyset” our address below. Compare the client ID, and see that Moodle itself "
        "can reach that address."
    ),
    CANVAS: msg(
        "In Canvas: “Admin”, “Developer Keys”. The key has to be on, its method "
        "“Public JWK URL” with our address "
        "below. Compare the client ID."
    ),
}
OPEN_ONE = msg("Open the activity in a course as a teacher, then test again.")

# By check and reason; then by reason alone, for what any service may answer.
CASES: Mapping[tuple[str, str], Case] = {
    ("status", "ok"): Case(msg("It is let in. Deployments: %(count)s.")),
    ("status", "platform-pending"): Case(msg("It still waits for you."), msg("Let it in, above.")),
    ("status", "platform-disabled"): Case(msg("It is switched off."), msg("Let it in, above.")),
    ("status", "no-active-deployment"): Case(
        msg("No deployment is let in. Waiting: %(waiting)s."), msg("Let it in under “Deployments”.")
    ),
    ("status", "deployments-wait"): Case(
        msg("Deployments that wait, so that nobody comes in from there: %(waiting)s."),
        msg("Decide under “Deployments”."),
    ),
    ("status", "no-deployment"): Case(
        msg("No deployment is known yet."), msg("Open the activity in a course once.")
    ),
    ("keys", "ok"): Case(msg("Keys that can verify a launch: %(count)s.")),
    ("keys", "status"): Case(
        msg("%(url)s answers with status %(status)s."),
        msg("Compare the public keyset URL with what the LMS shows; register anew if it has moved."),
    ),
    ("keys", "platform.keys-unavailable"): Case(
        msg("What stands at %(url)s is no set of usable keys."),
        msg(
            "Compare the public keyset URL with what the LMS shows: it has to list an RSA "
            "key of 2,048 bits or more."
        ),
    ),
    ("keys", "fetch.blocked"): Case(
        msg("%(url)s is none of the addresses that we go to."),
        msg("The LMS needs a public https address. Register it anew under that."),
    ),
    ("keys", "fetch.failed"): Case(msg("%(url)s does not answer."), REACH),
    ("keys", "fetch.too-large"): Case(
        msg("%(url)s answers with more than a set of keys."),
        msg("Compare the public keyset URL with what the LMS shows."),
    ),
    ("clock", "ok"): Case(msg("Difference in seconds: %(seconds)s.")),
    ("clock", "ahead"): Case(
        msg("It is %(seconds)s seconds ahead: we take its launches for not valid yet."),
        msg("Set the clock of the LMS's server by a time server (NTP), and ours too."),
    ),
    ("clock", "behind"): Case(
        msg(
            "It is %(seconds)s seconds behind: it takes our requests for not valid yet, "
            "and its launches are too old."
        ),
        msg("Set the clock of the LMS's server by a time server (NTP), and ours too."),
    ),
    ("clock", "no-date"): Case(msg("No answer said what time it is there.")),
    ("token", "ok"): Case(msg("Granted.")),
    ("token", "not-offered"): Case(msg("This LMS does not offer it. Everything else works without it.")),
    ("token", "service.scopes-refused"): Case(msg("The LMS does not grant it."), SERVICES_ON, SERVICES_IN),
    ("token", "service.token-refused"): Case(
        msg("The LMS does not accept our signature or our client ID."),
        msg("Compare the client ID and the access token URL, and give the LMS our public keyset URL."),
        KEYS_IN,
    ),
    ("columns", "ok"): Case(msg("Columns in “%(course)s”: %(count)s.")),
    ("columns", "no-course"): Case(msg("No course has named its gradebook yet."), OPEN_ONE, SERVICES_IN),
    ("roster", "ok"): Case(msg("People on the first page of “%(course)s”: %(count)s.")),
    ("roster", "no-course"): Case(msg("No course has named its list of people yet."), OPEN_ONE, SERVICES_IN),
    ("roster", "no-names"): Case(
        msg("People in “%(course)s”: %(count)s, none with a name."),
        msg("Let the LMS share names with this tool: coaches have to know whose work they read."),
        {
            MOODLE: msg(
                "In Moodle: “Manage tools”, the pencil on Keystone's card, “Privacy”. Set “Share "
                "launcher's name with tool” to “Always”."
            ),
            CANVAS: msg(
                "In Canvas: “Admin”, “Developer Keys”, the pencil on Keystone. Set “Privacy "
                "Level” to “Public”."
            ),
        },
    ),
    ("cookies", "ok"): Case(msg("%(kept)s of the last %(all)s visits kept it; the others went on without.")),
    ("cookies", "mostly-refused"): Case(
        msg(
            "Only %(kept)s of the last %(all)s visits kept it. People work without it, but "
            "staff need a tab of their own."
        ),
        msg(
            "Allow third-party cookies for this tool's host in the school's browsers, or "
            "open the tool in a new window."
        ),
        {
            MOODLE: msg(
                "In Moodle: “Manage tools”, the pencil on Keystone's card, “Default launch container”: "
                "choose “New window”. Or allow "
                "third-party cookies for this tool's host in the school's browsers."
            ),
            CANVAS: msg(
                "In Canvas: tick “Load This Tool In A New Tab” on the assignment. Or allow "
                "third-party cookies for this "
                "tool's host in the school's browsers."
            ),
        },
    ),
    ("cookies", "nobody"): Case(msg("Nobody has come from there in the last days."), OPEN_ONE),
    ("roles", "ok"): Case(msg("Teachers and administrators: %(teachers)s. Learners: %(learners)s.")),
    ("roles", "too-few"): Case(msg("Learners who have come: %(learners)s. No teacher yet."), OPEN_ONE),
    ("roles", "no-teacher"): Case(
        msg("All %(learners)s people are learners. Nobody could be made a coach from the course."),
        msg(
            "Open the activity as a teacher. If you still count as a learner, map the "
            "teacher's role to “Instructor” in the LMS."
        ),
        {
            MOODLE: msg(
                "Open the activity as a teacher. If you still count as a learner, give the "
                "teacher's role the capability "
                "“mod/lti:manage” in Moodle: “Site administration”, “Users”, “Define roles”."
            ),
        },
    ),
}
ANY: Mapping[str, Case] = {
    "service.busy": Case(msg("The LMS does not answer, or says that it is too busy."), REACH),
    "service.silent": Case(msg("The LMS does not answer, or says that it is too busy."), REACH),
    "service.scopes-refused": Case(msg("The LMS does not grant this service."), SERVICES_ON, SERVICES_IN),
    "service.token-refused": CASES["token", "service.token-refused"],
    "service.target-gone": Case(msg("What a launch named is not in the LMS any more."), OPEN_ONE),
    "service.address-foreign": Case(
        msg("The LMS named an address that lies on another host than the registered ones."),
        msg("Register the LMS anew under its public address; see that it knows that address itself."),
        {
            MOODLE: msg(
                "In Moodle's config.php, “$CFG->wwwroot” has to be the address under which people open it."
            )
        },
    ),
    "service.answer-unreadable": Case(
        msg("The LMS answered with something that is not what the standard says."),
        msg(
            "Look whether a login page or a proxy stands in front of the LMS's services, "
            "and bring the LMS up to date."
        ),
    ),
    "service.refused": Case(msg("The LMS refused the request."), SERVICES_ON, SERVICES_IN),
}
OTHER = Case(msg("It ended with the error %(code)s."), msg("Look the code up in the list of errors."))


def case_of(finding: Finding) -> Case:
    """Find what a finding means."""
    return CASES.get((finding.check, finding.reason)) or ANY.get(finding.reason) or OTHER


def say(finding: Finding, product: str, translate: Translate) -> SaidFinding:
    """Say a finding, with the fix where something has to be mended."""
    case = case_of(finding)
    values: dict[str, Value] = {"code": finding.reason, **finding.values}
    if finding.about:
        values["service"] = translate(service_of(finding.about).name)
    fix = "" if finding.outcome is Outcome.PASSED else case.fix_in(product)
    return SaidFinding(
        title=translate(TITLES[finding.check]) % values,
        means=translate(case.means) % values,
        fix=translate(fix) % values if fix else "",
    )
