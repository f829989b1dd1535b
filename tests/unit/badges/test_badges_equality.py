"""Our canonical form against two other implementations, on badges made at random; and their known faults."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyld.nquads import escape
from support.badge_fuzz import (
    compare,
    generated,
    load_pinned,
    outcomes_of,
    oxigraph_form,
    points_at_itself,
    pyld_form,
    with_proofs_alike,
)
from support.badge_samples import sample_badge

from badges.canonical import expansion, primary, second_path

BADGE = sample_badge().to_json()


# Every character but those on which a library is known to be wrong (below); lone surrogates are no text.
SOUND = st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\x00"), max_size=40)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOUND, SOUND, SOUND)
def test_any_text_has_the_same_form_everywhere(narrative: str, name: str, tag: str) -> None:
    document = copy.deepcopy(BADGE)
    document["credentialSubject"]["narrative"] = narrative
    document["evidence"][1]["name"] = name
    document["credentialSubject"]["achievement"]["tag"] = [tag, narrative]
    assert compare(document) == "equal"


def narrated(text: str) -> dict[str, object]:
    document = copy.deepcopy(BADGE)
    document["credentialSubject"]["narrative"] = text
    return document


def test_known_fault_oxigraph_escapes_noncharacters() -> None:
    """RDFC-1.0 escapes only C0 and DEL; Oxigraph 0.5 escapes U+FFFE too. Issuers never sign one."""
    document = narrated("a\ufffe")
    assert primary.canonical_form(document) == pyld_form(document)
    assert second_path.canonical_form(document) != primary.canonical_form(document)


def test_known_fault_pyld_does_not_escape_controls() -> None:
    """PyLD 3.3 writes U+000B as it is; its form is only right with our escapes in place of its own."""
    assert escape("\x0b") == "\x0b"
    document = narrated("a\x0b")
    ours = primary.canonical_form(document)
    assert ours == second_path.canonical_form(document) == pyld_form(document)


@pytest.mark.parametrize("number", [0.30000000000000004, 1e20])
def test_known_fault_oxigraph_writes_long_numbers_its_own_way(number: float) -> None:
    document = copy.deepcopy(BADGE)
    document["credentialSubject"]["creditsEarned"] = number
    assert primary.canonical_form(document) == pyld_form(document)
    assert second_path.canonical_form(document) != primary.canonical_form(document)


def test_known_fault_pyld_counts_a_statement_about_itself_twice() -> None:
    """A blank node that points at itself; jsonld.js (in the npm tests) and Oxigraph agree with us."""
    assert compare(points_at_itself()) == "pyld alone"


def test_known_fault_oxigraph_and_proof_graphs_that_look_alike() -> None:
    """Two embedded endorsements with equal proofs; jsonld.js (in the npm tests) and PyLD agree with us."""
    assert compare(with_proofs_alike()) == "oxigraph alone"


def test_a_disagreement_without_a_known_fault_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_path, "canonical_form", lambda *_: b"another form")
    outcomes, faults = outcomes_of(1, range(3))
    assert outcomes == {}
    assert [fault.partition(": ")[0] for fault in faults] == [f"seed 1 number {n}" for n in range(3)]


@pytest.mark.parametrize("number", range(0, 240, 12))
def test_what_pyld_is_made_to_remember_changes_nothing(number: int) -> None:
    options = {"base": expansion.RELATIVE_BASE, "documentLoader": load_pinned}
    document = generated(3, number)
    assert expansion.Processor().to_rdf(copy.deepcopy(document), options) == jsonld.to_rdf(document, options)


@pytest.mark.parametrize("number", range(0, 240, 12))
def test_a_badge_compared_with_fewer_words_has_the_form_that_all_words_give(number: int) -> None:
    document = generated(3, number)
    assert oxigraph_form(document) == second_path.canonical_form(document)


@pytest.mark.parametrize("name", ["urn:a", "urn:b"])
def test_lists_of_two_nodes_with_one_name_are_kept_apart_by_the_full_algorithm(name: str) -> None:
    document = copy.deepcopy(BADGE)
    described = document["credentialSubject"]["achievement"]["resultDescription"]
    described[0] |= {"id": "urn:a", "allowedValue": ["A", "B"]}
    described[1] |= {"id": name, "allowedValue": ["B", "C"]}
    assert compare(document) == "equal"
