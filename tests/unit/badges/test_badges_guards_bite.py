"""Each guard taken out must turn the row that it guards red; otherwise the row proves nothing."""

import contextlib
import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.badge_samples import INDEX, LIST, sample_badge, sample_issuer
from test_badges_hostile_documents import CASES
from test_badges_hostile_status import badly_signed_list
from test_badges_hostile_tokens import payload, token

from badges import did, instants
from badges.canonical import primary, reader, shapes
from badges.status import BitstringStatusList
from badges.verify import Recipient, entrance, resolution, standing

ISSUER = sample_issuer()
GENUINE = ISSUER.signed(sample_badge().to_json())
ROWS = {case.name: case for case in CASES}


def forget() -> None:
    """Nothing that was learned with a guard in place may stand in for it."""
    primary._CACHE.forget()
    entrance._FAMILIAR.known.clear()
    standing._LIST_SIGNATURES.clear()
    standing._secured_list.cache_clear()
    standing._decoded.cache_clear()
    resolution._read_key_document.cache_clear()
    shapes._plain_iris.cache_clear()
    shapes.is_absolute_iri.cache_clear()
    did.did_web_url.cache_clear()
    did.split_did_url.cache_clear()
    instants._parsed.cache_clear()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


def nothing(*_args: Any, **_options: Any) -> None:
    """A guard that guards nothing."""


def yes(*_args: Any, **_options: Any) -> bool:
    return True


@dataclass(frozen=True)
class Mutant:
    """What is taken out, and the row that must notice."""

    targets: tuple[str, ...]
    replacement: Any
    row: str


MUTANTS = [
    Mutant(
        ("badges.verify.structure.guard_shape", "badges.canonical.shapes.guard_shape"), nothing, "B08 graph"
    ),
    Mutant(
        ("badges.verify.structure.guard_shape", "badges.canonical.shapes.guard_shape"), nothing, "B09 reverse"
    ),
    Mutant(
        ("badges.verify.structure.guard_shape", "badges.canonical.shapes.guard_shape"),
        nothing,
        "B13 id twice",
    ),
    Mutant(("badges.verify.structure._check_order",), nothing, "B03 contexts swapped"),
    Mutant(("badges.canonical.shapes._prove_all_emerge",), nothing, "B01 undefined term"),
    Mutant(("badges.canonical.shapes._prove_constants_survive",), nothing, "B01 undefined number"),
    Mutant(("badges.verify.data_integrity.verify_signature",), yes, "changed name"),
    Mutant(("badges.verify.data_integrity.verify_signature",), yes, "B32 another badge's proof"),
    Mutant(
        ("badges.verify.data_integrity.controller_of",), lambda _method: ISSUER.did, "B29 attacker's did:key"
    ),
    Mutant(("badges.verify.signatures.MAX_PROOFS",), 10**6, "B33 a hundred proofs"),
    Mutant(("badges.verify.data_integrity._check_dates",), nothing, "B35 proof from the future"),
    Mutant(("badges.verify.structure.check_single_description",), nothing, "one node described twice"),
    Mutant(("badges.canonical.shapes.ABSOLUTE_IRI",), re.compile(""), "malformed id"),
]


def answer(row: str) -> tuple[str, str]:
    case = ROWS[row]
    document = copy.deepcopy(GENUINE)
    case.mutate(document)
    report = ISSUER.verify(document)
    return report.check(case.check).code, report.verdict.value


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.targets[0]} / {mutant.row}")
def test_the_row_notices_that_its_guard_is_gone(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (ROWS[mutant.row].code, ROWS[mutant.row].verdict)
    assert answer(mutant.row) == expected
    forget()
    for target in mutant.targets:
        monkeypatch.setattr(target, mutant.replacement)
    # Without its guard the next part may fall over: noticed too.
    with contextlib.suppress(TypeError, AttributeError, KeyError):
        assert answer(mutant.row) != expected


def test_duplicate_keys_are_noticed_by_the_reader_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(GENUINE).replace('"name":', '"name": "Mallory", "name":', 1)
    assert ISSUER.verify(text).verdict.value == "invalid"
    monkeypatch.setattr(reader, "_FINDS_DUPLICATES", json.JSONDecoder())
    assert ISSUER.verify(text).verdict.value == "valid"


def test_a_badly_signed_list_is_noticed_by_its_signature_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ISSUER.verify(GENUINE, {LIST: badly_signed_list()}).verdict.value == "could-not-check"
    forget()
    monkeypatch.setattr(standing, "_list_signatures", lambda *_args: ())
    assert ISSUER.verify(GENUINE, {LIST: badly_signed_list()}).verdict.value == "valid"


def test_revocation_is_noticed_by_the_bit_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {LIST: ISSUER.status_list(BitstringStatusList.create().set(INDEX))}
    assert ISSUER.verify(GENUINE, listed).verdict.value == "revoked"
    monkeypatch.setattr(BitstringStatusList, "get", lambda *_args, **_options: 0)
    assert ISSUER.verify(GENUINE, listed).verdict.value == "valid"


def test_the_envelope_is_compared_by_its_own_check_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    source = token(payload=payload(jti="urn:uuid:x"))
    assert ISSUER.verify(source).verdict.value == "invalid"
    monkeypatch.setattr("badges.verify.envelope._check_envelope", nothing)
    assert ISSUER.verify(source).verdict.value == "valid"


def test_recipients_are_compared_by_the_identity_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    bob = Recipient("bob@example.org")
    assert ISSUER.verify(GENUINE, recipient=bob).verdict.value == "wrong-recipient"
    monkeypatch.setattr("badges.model.identity.IdentityObject.matches", yes)
    assert ISSUER.verify(GENUINE, recipient=bob).verdict.value == "valid"
