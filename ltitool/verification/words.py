"""The answer in words: a verdict that is a sentence first, facts in the order in which people ask for them.

Nothing of a badge is shown unless its signature was found in order (`claims`), and every text of it is
freed of characters that nobody sees but that turn or hide what stands beside them.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask_babel import format_date, format_time, gettext

from badges.claims import Claims
from badges.did import did_web_host
from badges.errors import BadgeError
from badges.report import Check, Outcome, Verdict, VerificationReport
from ltitool.errors import msg
from ltitool.verification.checking import Answer, PersonMatch

Language = Literal["en", "es"]

# Only `valid` is green: the macro's colour, and the large word.
VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.VALID: ("genuine", msg("Genuine")),
    Verdict.INVALID: ("not_genuine", msg("Not genuine")),
    Verdict.REVOKED: ("not_genuine", msg("Revoked")),
    Verdict.SUSPENDED: ("unsure", msg("Suspended")),
    Verdict.EXPIRED: ("unsure", msg("No longer in force")),
    Verdict.NOT_YET_VALID: ("unsure", msg("Not in force yet")),
    Verdict.WRONG_RECIPIENT: ("unsure", msg("Genuine, but about somebody else")),
    Verdict.ISSUER_UNKNOWN: ("unsure", msg("Signature in order, issuer unknown")),
    Verdict.UNSUPPORTED: ("unsure", msg("A kind of badge that we cannot judge")),
    Verdict.COULD_NOT_CHECK: ("unsure", msg("Could not be checked")),
}
SENTENCES: Mapping[Verdict, str] = {
    Verdict.VALID: msg("Issued by %(issuer)s on %(day)s; not revoked as of %(time)s UTC today."),
    Verdict.REVOKED: msg("Issued by %(issuer)s on %(day)s, and taken back by the issuer since."),
    Verdict.SUSPENDED: msg("Issued by %(issuer)s on %(day)s. The issuer has suspended it for now."),
    Verdict.EXPIRED: msg("Issued by %(issuer)s on %(day)s; its time ran out on %(until)s."),
    Verdict.NOT_YET_VALID: msg("Issued by %(issuer)s. It comes into force on %(starts)s."),
    Verdict.WRONG_RECIPIENT: msg(
        "Issued by %(issuer)s on %(day)s, but not to the person whose name, e-mail or number was typed."
    ),
    Verdict.ISSUER_UNKNOWN: msg(
        "Nothing was changed since it was signed, but this verifier does not know who signed it. "
        "The issuer calls itself %(issuer)s (%(host)s)."
    ),
}
# What to do now; "genuine" never means "counts".
COUNTS = msg("This shows that the badge is genuine. Whether it counts is your agency's decision.")
ASK_FOR_ORIGINAL = msg(
    "It may have been changed, or damaged on its way. Ask the holder for the original file, or the issuer."
)
ASK_ISSUER = msg("If you have a question about this, ask the issuer.")
ADVICE: Mapping[Verdict, str] = {
    Verdict.VALID: COUNTS,
    Verdict.INVALID: ASK_FOR_ORIGINAL,
    Verdict.REVOKED: ASK_ISSUER,
    Verdict.SUSPENDED: ASK_ISSUER,
    Verdict.EXPIRED: ASK_ISSUER,
    Verdict.NOT_YET_VALID: ASK_ISSUER,
    Verdict.WRONG_RECIPIENT: msg(
        "Check the spelling, or try the license number. Names may have changed since."
    ),
    Verdict.ISSUER_UNKNOWN: msg(
        "Whether to trust this issuer, and whether it counts, is your agency's decision."
    ),
    Verdict.UNSUPPORTED: msg("Ask the issuer how it can be checked."),
    Verdict.COULD_NOT_CHECK: msg("Try again in a few minutes. Until then, nothing is said about the badge."),
}
UNREADABLE = msg("Not a badge that can be read")
NO_LIST = msg("Issued by %(issuer)s on %(day)s. It names no list on which it could be revoked.")
PERSON_WORDS: Mapping[PersonMatch, tuple[str, str]] = {
    PersonMatch.MATCHES: ("met", msg("Matches what was typed")),
    PersonMatch.DIFFERS: ("not_met", msg("Does not match what was typed")),
    PersonMatch.NOTHING_TO_COMPARE: (
        "ahead",
        msg("Nothing to compare: the badge holds no name, e-mail or number"),
    ),
    PersonMatch.NOT_COMPARED: ("ahead", msg("Not compared, because the badge itself did not pass")),
    PersonMatch.NOT_ASKED: ("ahead", msg("Nobody was named, so nothing was compared")),
}
CHECK_TITLES: Mapping[str, str] = {
    "parse": msg("It can be read"),
    "shape": msg("Its form hides nothing"),
    "context": msg("Its words have a fixed meaning"),
    "type": msg("It is an Open Badge 3.0"),
    "schema": msg("It is complete"),
    "subject": msg("Recipient and results fit together"),
    "evidence": msg("Evidence is described"),
    "issuer": msg("An issuer is named"),
    "proof": msg("The signature fits"),
    "issuer_binding": msg("The key is the issuer's"),
    "issuer_trust": msg("The issuer is known here"),
    "refresh": msg("A newer copy"),
    "status": msg("Not revoked, not suspended"),
    "dates": msg("In force today"),
    "recipient": msg("The person who was named"),
    "endorsements": msg("Endorsements by others"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.COULD_NOT_CHECK: "unchecked",
    Outcome.NOT_APPLICABLE: "not_applicable",
}
# The library speaks to whoever chose the issuers; here that is the installation.
OUR_DETAILS: Mapping[str, str] = {
    "issuer_trusted": msg("It is one of the issuers that this verifier knows."),
    "recipient_matches": msg("The badge is about whom you typed."),
    "recipient_does_not_match": msg("The badge is not about whom you typed."),
}
NOT_CHECKED = (
    msg("Whether the person in front of you is the holder. We only compare what you type."),
    msg("The work itself: photos, maps and other evidence were not opened."),
    msg("Whether the hours and the level satisfy your rules."),
)
UNSEEN = {"Cf", "Cc", "Co", "Cs"}  # Unicode categories: format, control, private use, surrogate
LONGEST = 2000


@dataclass(frozen=True)
class CheckLine:
    """One numbered check, as the macro `check_list` takes it."""

    number: int
    title: str
    outcome: str
    detail: str
    evidence: str | None


@dataclass(frozen=True)
class VerdictWords:
    """The large word, its colour, the sentence that goes on from it, and what to do now."""

    colour: str
    word: str
    sentence: str
    advice: str


def verdict_words(report: VerificationReport, language: Language) -> VerdictWords:
    """Say what all checks mean together."""
    colour, word = VERDICTS[report.verdict]
    if report.check("parse").outcome is Outcome.FAILED and report.verdict is Verdict.INVALID:
        word = UNREADABLE
    return VerdictWords(colour, gettext(word), _sentence(report, language), gettext(ADVICE[report.verdict]))


def fact_pairs(answer: Answer) -> list[tuple[str, str]]:
    """Give the facts about a badge whose signature is in order; none for any other."""
    claims = answer.report.claims
    return [] if claims is None else list(_pairs(claims))


def person_words(answer: Answer) -> tuple[str, str]:
    """Give the state and the words for whether the badge is about whom somebody named."""
    state, words = PERSON_WORDS[answer.person]
    return state, gettext(words)


def check_lines(report: VerificationReport, language: Language) -> list[CheckLine]:
    """Give the sixteen checks in the page's language."""
    return [
        CheckLine(
            number=check.number,
            title=gettext(CHECK_TITLES[check.name]),
            outcome=OUTCOMES[check.outcome],
            detail=_detail(check, language),
            evidence=_place(check),
        )
        for check in report.checks
    ]


def not_checked(report: VerificationReport) -> list[str]:
    """Say what this verification did not look at, what could not be had included."""
    had_not = [gettext("This could not be had: %(address)s", address=shown(one)) for one in report.missing]
    return [*had_not, *map(gettext, NOT_CHECKED)]


def shown(text: str) -> str:
    """Free a stranger's text of what nobody sees, and keep it to a length that a page can bear."""
    seen = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in UNSEEN)
    return seen if len(seen) <= LONGEST else f"{seen[:LONGEST]}…"


def issuer_host(issuer: str) -> str:
    """Give the host behind an issuer's identifier, or the identifier itself."""
    try:
        return did_web_host(issuer) if issuer.startswith("did:web:") else issuer
    except BadgeError:
        return issuer


def _sentence(report: VerificationReport, language: Language) -> str:
    claims = report.claims
    template = SENTENCES.get(report.verdict)
    if claims is None or template is None:
        return _sentence_of_checks(report, language)
    if report.verdict is Verdict.VALID and report.check("status").outcome is Outcome.NOT_APPLICABLE:
        template = NO_LIST
    return str(gettext(template, **_values(claims, report.checked_at)))


def _sentence_of_checks(report: VerificationReport, language: Language) -> str:
    """Say which check decided, in the library's own sentence."""
    wanted = Outcome.FAILED if report.verdict is not Verdict.COULD_NOT_CHECK else Outcome.COULD_NOT_CHECK
    deciding = next(one for one in report.checks if one.outcome is wanted)
    reason = shown(deciding.sentence(language)).rstrip(".") + "."
    return reason if report.verdict is Verdict.INVALID else f"{shown(report.sentence(language))} {reason}"


def _values(claims: Claims, checked_at: datetime) -> dict[str, Any]:
    return {
        "issuer": shown(claims.issuer_name or issuer_host(claims.issuer_id)),
        "host": shown(issuer_host(claims.issuer_id)),
        "day": format_date(claims.awarded or claims.valid_from, "long", rebase=False),
        "time": format_time(checked_at, "HH:mm"),
        "starts": format_date(claims.valid_from, "long", rebase=False),
        "until": format_date(claims.valid_until, "long", rebase=False) if claims.valid_until else "",
    }


def _pairs(claims: Claims) -> Iterator[tuple[str, str]]:
    values = _values(claims, claims.valid_from)
    yield gettext("Badge"), shown(claims.name)
    yield gettext("Issuer"), f"{values['issuer']} ({values['host']})"
    if claims.activity_start and claims.activity_end:
        first, last = (
            format_date(one, "long", rebase=False) for one in (claims.activity_start, claims.activity_end)
        )
        yield gettext("Took part"), gettext("%(first)s to %(last)s", first=first, last=last)
    yield gettext("Awarded"), values["day"]
    until = values["until"] or gettext("no end date")
    yield gettext("In force until"), until


def _detail(check: Check, language: Language) -> str:
    ours = OUR_DETAILS.get(check.code)
    return str(gettext(ours)) if ours else shown(check.sentence(language))


def _place(check: Check) -> str | None:
    return (
        None if check.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE} else f"{check.code} · {check.path}"
    )
