"""What each row of the threat list is asked, and how its guard is taken out.

A row must have its known answer with its guard and another one without it; otherwise it proves nothing.
"""

import contextlib
import copy
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import test_badges_baking as baking_rows
import test_badges_citations as cited_rows
import test_badges_exact_contexts as context_rows
import test_badges_hostile_documents as document_rows
import test_badges_hostile_keys as key_rows
import test_badges_hostile_status as status_rows
import test_badges_hostile_text as text_rows
import test_badges_hostile_tokens as token_rows
import test_badges_more_rows as more_rows
import test_badges_refresh as refresh_rows
import test_badges_status_messages as message_rows
import test_badges_verify as endorsement_rows
from support.badge_samples import INDEX, LIST, sample_badge, sample_issuer
from support.taking_out import take_out
from test_badges_guards_bite import forget, nothing

from badges import did
from badges.canonical import pinned, rdfc, reader
from badges.report import VerificationReport
from badges.status import BitstringStatusList
from badges.verify import (
    Policy,
    Recipient,
    Refresh,
    intake,
    standing,
)

Patch = pytest.MonkeyPatch
Answer = tuple[str, str]
ISSUER = sample_issuer()
GENUINE = ISSUER.signed(sample_badge().to_json())
PLENTY = 5_000  # steps, where a badge may take some hundreds


def answer(report: VerificationReport, check: str) -> Answer:
    return report.check(check).code, report.verdict.value


# What each table of rows is asked, by the name of the row.
def document(name: str) -> Callable[[], Answer]:
    case = next(case for case in document_rows.CASES if case.name == name)

    def ask() -> Answer:
        changed = copy.deepcopy(GENUINE)
        case.mutate(changed)
        return answer(ISSUER.verify(changed), case.check)

    return ask


def text(name: str) -> Callable[[], Answer]:
    change = next(case[1] for case in text_rows.TEXT_CASES if case[0] == name)
    return lambda: answer(ISSUER.verify(change(json.dumps(GENUINE, ensure_ascii=False))), "parse")


def token(name: str) -> Callable[[], Answer]:
    case = next(case for case in token_rows.CASES if case.name == name)
    return lambda: answer(ISSUER.verify(case.make(), policy=Policy.any_issuer()), case.check)


def keys(name: str, check: str = "issuer_binding") -> Callable[[], Answer]:
    change = next(case[1] for case in key_rows.DID_CASES if case[0] == name)
    return lambda: answer(ISSUER.verify(GENUINE, key_rows.changed_did(change)), check)


def listed(name: str) -> Callable[[], Answer]:
    make = next(case[1] for case in status_rows.INVALID if case[0] == name)
    return lambda: answer(ISSUER.verify(status_rows.signed_badge(), {LIST: make()}), "status")


def unproven(name: str) -> Callable[[], Answer]:
    _, entry, make = next(case for case in status_rows.UNDECIDED if case[0] == name)
    return lambda: answer(ISSUER.verify(status_rows.signed_badge(**entry), {LIST: make()}), "status")


def entry_of(name: str, value: int = 0) -> Callable[[], Answer]:
    make = next(case[1] for case in message_rows.MALFORMED if case[0] == name)
    return lambda: answer(ISSUER.verify(make(), message_rows.listed(value)), "status")


def png(name: str) -> Callable[[], Answer]:
    make = next(case[1] for case in baking_rows.PNG_CASES if case[0] == name)
    return lambda: answer(ISSUER.verify(make()), "parse")


def svg(name: str) -> Callable[[], Answer]:
    picture = next(case[1] for case in baking_rows.SVG_CASES if case[0] == name)
    return lambda: answer(ISSUER.verify(picture), "parse")


def asked(source: Any, check: str, **options: Any) -> Callable[[], Answer]:
    return lambda: answer(ISSUER.verify(source() if callable(source) else source, **options), check)


def endorsed(make: Callable[[], Any]) -> Callable[[], Answer]:
    more = endorsement_rows.ENDORSERS_DOCUMENT
    return lambda: answer(ISSUER.verify(endorsement_rows.endorsed(make()), more), "endorsements")


# How a guard is taken out.
def out(function: Callable[..., Any], piece: str, instead: str) -> Callable[[Patch], None]:
    return lambda patch: take_out(patch, function, piece, instead)


def put(place: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(place, name, value)


def without_strict_json(patch: Patch) -> None:
    """Read JSON as the standard library does: the last of two names counts, and NaN is a number."""
    patch.setattr(reader, "_decoded_value", lambda text, _members: json.loads(text))


def without_shape_guard(patch: Patch) -> None:
    for place in ("badges.verify.structure.guard_shape", "badges.canonical.shapes.guard_shape"):
        patch.setattr(place, nothing)


def near_enough(contexts: pinned.ContextSet, url: str) -> Any:
    """Another spelling of a pinned address is taken for it, and any other address for an empty context."""
    plain = url.lower().rstrip("/#")
    return contexts.documents.get(url) or contexts.documents.get(plain) or {"@context": {}}


def key_in_fragment(found: did.DidDocument, method_id: str) -> did.VerificationMethod:
    """The mistake of taking the key out of its own name."""
    multikey = method_id.partition("#")[2]
    source = {"publicKeyMultibase": multikey}
    return found.methods.get(method_id) or did.VerificationMethod(method_id, "Multikey", found.id, source)


def any_method(found: did.DidDocument, method_id: str) -> did.VerificationMethod:
    return found.methods[method_id]


def all_work_in_the_world(patch: Patch) -> None:
    """Without the budget the graph is walked until somebody stops it."""
    spent = itertools.count()

    def spend(*_given: Any) -> None:
        if next(spent) > PLENTY:
            raise TimeoutError

    patch.setattr(rdfc._Run, "spend", spend)


def poison(size: int) -> Callable[[], Answer]:
    changed = GENUINE | {"termsOfUse": document_rows.clique(size)}
    return asked(lambda: changed, "proof")


def nested() -> Answer:
    return answer(ISSUER.verify('{"a":' * 100 + "1" + "}" * 100), "parse")


def crowded_keys() -> Answer:
    def add(found: Any) -> None:
        one = found["verificationMethod"][0]
        found["verificationMethod"] += [{**one, "id": f"{found['id']}#{n}"} for n in range(64)]

    return answer(ISSUER.verify(GENUINE, key_rows.changed_did(add)), "issuer_binding")


def flagged_as_compressed() -> Answer:
    data = b"openbadgecredential\x00\x01\x00\x00\x00" + json.dumps(GENUINE).encode()
    picture = baking_rows.png(
        baking_rows.HEADER, baking_rows.chunk(b"iTXt", data), baking_rows.PIXELS, baking_rows.END
    )
    return answer(ISSUER.verify(picture), "parse")


def crowd() -> Answer:
    star = [{"type": "Achievement", "name": "one of many"} for _ in range(3000)]
    return answer(ISSUER.verify(GENUINE | {"termsOfUse": star}), "shape")


def ring() -> Answer:
    return answer(ISSUER.verify(ISSUER.signed(more_rows.BADGE | {"termsOfUse": more_rows.ring(7)})), "proof")


def b25() -> Answer:
    def for_authentication_only(found: Any) -> None:
        found["authentication"] = [found["assertionMethod"].pop(0)]

    return answer(ISSUER.verify(GENUINE, key_rows.changed_did(for_authentication_only)), "issuer_binding")


def b30() -> Answer:
    attacker = key_rows.ATTACKER
    badge = attacker.signed(sample_badge(attacker.did, status=False).to_json())
    return answer(attacker.verify(badge, policy=Policy.trusting(ISSUER.did)), "issuer_trust")


def b42() -> Answer:
    """A path that climbs out of itself."""
    odd = f"{ISSUER.did}:.."
    changed = json.loads(json.dumps(GENUINE).replace(ISSUER.did, odd))
    return answer(ISSUER.verify(changed, policy=Policy.any_issuer()), "issuer_binding")


def b46() -> Answer:
    """An error page first, the document afterwards."""
    ISSUER.verify(GENUINE, {key_rows.DID_URL: b"<html>503</html>"})
    return answer(ISSUER.verify(GENUINE), "issuer_binding")


def b55() -> Answer:
    documents = ISSUER.documents()
    left = {url: content for url, content in documents.documents.items() if url != LIST}
    return answer(ISSUER.verify(GENUINE, fetcher=type(documents)(left)), "status")


def b56() -> Answer:
    """The list's own entry says that the list itself is revoked; nobody asks it."""
    of_list = {LIST: ISSUER.status_list(credentialStatus=GENUINE["credentialStatus"])}
    return answer(ISSUER.verify(GENUINE, of_list), "status")


def b57() -> Answer:
    unsigned = sample_badge().to_json()
    entry = unsigned["credentialStatus"][0]
    unsigned["credentialStatus"] = [{**entry, "id": f"{LIST}#{n}"} for n in range(5)]
    return answer(ISSUER.verify(ISSUER.signed(unsigned)), "status")


def b58(purpose: str = "revocation") -> Callable[[], Answer]:
    badge = status_rows.signed_badge(statusPurpose=purpose)
    bits = {LIST: ISSUER.status_list(BitstringStatusList.create().set(INDEX), purpose=purpose)}
    return lambda: answer(ISSUER.verify(badge, bits), "status")


def b64() -> Answer:
    url = "https://attacker.example/key.jwk"
    jwk = token_rows.published_jwk(ISSUER.rs256.public_key, kid=url)
    source = token_rows.token(token_rows.header(kid=url))
    return answer(ISSUER.verify(source, {url: jwk}), "issuer_binding")


def b66() -> Answer:
    return answer(ISSUER.verify(GENUINE, recipient=Recipient("bob@example.org")), "recipient")


def b66_md5() -> Answer:
    different = more_rows.about(identityHash="crc32$" + "0" * 8)
    return answer(ISSUER.verify(different, recipient=Recipient("ann@example.org")), "recipient")


def b69() -> Answer:
    badge = cited_rows.cited(digestSRI=cited_rows.sri(cited_rows.PHOTO))
    return answer(cited_rows.check(badge, {cited_rows.ADDRESS: cited_rows.OTHER})[0], "evidence")


def b69_unasked() -> Answer:
    badge = cited_rows.cited(digestSRI=cited_rows.sri(cited_rows.PHOTO))
    report, _ = cited_rows.check(badge, {cited_rows.ADDRESS: cited_rows.PHOTO}, compare=False)
    return answer(report, "evidence")


def b71() -> Answer:
    badge = ISSUER.signed(refresh_rows.unsigned(refresh_rows.INSIDE))
    report, _ = refresh_rows.ask(badge, ISSUER.signed(refresh_rows.NEWER), Refresh.AT_ISSUER)
    return answer(report, "refresh")


def refreshed(make: Callable[[], Any]) -> Callable[[], Answer]:
    return lambda: answer(refresh_rows.ask(refresh_rows.ORIGINAL, make())[0], "refresh")


def older_copy() -> Any:
    return ISSUER.signed(refresh_rows.NEWER | {"validFrom": "2026-11-19T09:30:00Z"})


def idle_context() -> Answer:
    contexts = [*GENUINE["@context"], pinned.OPEN_BADGES_EXTENSIONS]
    return answer(ISSUER.verify(context_rows.with_contexts(GENUINE, *contexts)), "context")


def dated(**dates: str) -> Callable[[], Answer]:
    return lambda: answer(ISSUER.verify(ISSUER.signed(more_rows.BADGE | dates)), "dates")


def lookalike() -> Answer:
    name = "did:web:keyston\u0435.example:issuers:north"
    changed = json.loads(json.dumps(GENUINE).replace(ISSUER.did, name))
    return answer(ISSUER.verify(changed, policy=Policy.any_issuer()), "issuer_binding")


def script_in_svg() -> Answer:
    picture = baking_rows.svg(f"{baking_rows.ELEMENT}<script>alert(1)</script>", root='onload="alert(1)"')
    return answer(ISSUER.verify(picture), "parse")


def remembering_errors(patch: Patch) -> None:
    """A cache by address, the mistake behind row B46."""
    remembered: dict[str, Any] = {}
    fetch = standing.Resolver.fetch

    def by_address(self: Any, url: str) -> Any:
        return remembered.setdefault(url, fetch(self, url))

    patch.setattr(standing.Resolver, "fetch", by_address)


def following_lists(patch: Patch) -> None:
    """A verifier that asks for the status of a list in that list, and so on."""
    ask = standing._list_subject

    def ask_on(url: str, question: Any) -> Any:
        found = ask(url, question)
        return (
            ask_on(url, question)
            if json.loads(question.resolver.fetch(url).content).get("credentialStatus")
            else found
        )

    patch.setattr(standing, "_list_subject", ask_on)


def forgiving_tokens(patch: Patch) -> None:
    """Blanks inside a token are passed over."""
    read = intake._from_text
    patch.setattr(intake, "_from_text", lambda data, carrier: read(data.replace(b" ", b""), carrier))


@dataclass(frozen=True)
class Mutant:
    """A row with its known answer, and the guard that is taken out."""

    row: str
    ask: Callable[[], Answer]
    known: Answer
    without: Callable[[Patch], None]


INVALID, UNSUPPORTED, UNDECIDED, VALID = "invalid", "unsupported", "could-not-check", "valid"


# Without its guard the next part may fall over, or go on for ever: noticed too.
FALLS_OVER = (
    TypeError,
    AttributeError,
    KeyError,
    ValueError,
    IndexError,
    RecursionError,
    TimeoutError,
    MemoryError,
)


def name_of(mutant: Mutant) -> str:
    return f"{mutant.row} {mutant.known[0]}"


def notices(mutant: Mutant, patch: Patch) -> None:
    """Assert the known answer, take the guard out, and assert another one; nothing learned is left behind."""
    forget()
    try:
        assert mutant.ask() == mutant.known
        forget()
        mutant.without(patch)
        with contextlib.suppress(*FALLS_OVER):
            assert mutant.ask() != mutant.known
    finally:
        forget()
