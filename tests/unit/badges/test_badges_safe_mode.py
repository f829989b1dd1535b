"""Safe mode: whatever would not be signed as it is written is refused; beside each refusal its sound twin."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from support.badge_samples import sample_badge, sample_issuer

from badges.canonical import expansion, leaves, primary, shapes
from badges.errors import DataLossError

Document = dict[str, Any]
BADGE = sample_badge().to_json()
IMAGE = {"type": "Image"}


def adding_type(word: str) -> Callable[[Document], None]:
    return lambda document: document["type"].append(word)


def setting(member: str, value: Any) -> Callable[[Document], None]:
    return lambda document: document.update({member: value})


def in_issuer(member: str, value: Any) -> Callable[[Document], None]:
    return lambda document: document["issuer"].update({member: value})


def in_language(tag: str) -> Callable[[Document], None]:
    return setting("name", {"@value": "Keystone", "@language": tag})


def of_datatype(word: str) -> Callable[[Document], None]:
    return setting("name", {"@value": "Keystone", "@type": word})


# What a badge may say, what it may not, the code, and the check whose absence would let it through.
ROWS = [
    (adding_type("urn:x"), adding_type("Verified Teacher"), "undefined_type", "word"),
    (adding_type("urn:x"), adding_type("Verified\u00a0Teacher"), "undefined_type", "word"),
    (adding_type("urn:x"), adding_type("1:x"), "undefined_type", "word"),
    (adding_type("urn:x"), adding_type("_:x"), "undefined_type", "word"),
    (adding_type("urn:x"), adding_type("urn:x>y<z"), "undefined_type", "word"),
    (adding_type("Profile"), adding_type("Unheard"), "undefined_type", "relative"),
    (in_issuer("image", IMAGE), in_issuer("picture", IMAGE), "undefined_term", "constants"),
    (in_issuer("name", "x"), in_issuer("proofPurpose", "assertionMethod"), "undefined_term", "constants"),
    (in_issuer("name", "x"), in_issuer("points", 5), "undefined_term", "constants"),
    (in_language("en-US"), in_language('en .\n<urn:a> <urn:b> "c"'), "json_ld", "suffix"),
    (in_language("es"), in_language("en_US"), "json_ld", "suffix"),
    (in_language("es"), in_language(""), "json_ld", "suffix"),
    (of_datatype("urn:x"), of_datatype("unheard"), "undefined_type", "suffix"),
    (in_issuer("id", "urn:x"), in_issuer("id", "1:x"), "malformed_iri", "identifier"),
    (in_issuer("id", "_:x"), in_issuer("id", "_:x y"), "malformed_iri", "identifier"),
    (in_issuer("id", "did:web:x"), in_issuer("id", "did:web:x\u00a0y"), "malformed_iri", "identifier"),
    (in_issuer("id", "urn:x"), in_issuer("id", "north"), "relative_iri", "identifier"),
]  # fmt: skip
GUARDS = {
    "word": (leaves, "_refuse_unsound_word"),
    "relative": (shapes, "_refuse_relative"),
    "constants": (shapes, "_prove_constants_survive"),
    "suffix": (expansion, "_refuse_unsound_suffix"),
    "identifier": (shapes, "_refuse_dropped_identifiers"),
}


def changed(change: Callable[[Document], None]) -> Document:
    document = copy.deepcopy(BADGE)
    change(document)
    return document


def refusal(document: Document) -> str:
    primary._CACHE.forget()
    try:
        primary.canonical_form(document)
    except DataLossError as fault:
        return fault.code
    return "accepted"


@pytest.mark.parametrize(("sound", "lossy", "code", "_guard"), ROWS)
def test_what_would_not_be_signed_is_refused(
    sound: Callable[[Document], None], lossy: Callable[[Document], None], code: str, _guard: str
) -> None:
    assert refusal(changed(sound)) == "accepted"
    assert refusal(changed(lossy)) == code


@pytest.mark.parametrize("guard", GUARDS)
def test_without_the_guard_something_gets_through(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*GUARDS[guard], lambda *_args: None)
    answers = [refusal(changed(lossy)) == code for _, lossy, code, name in ROWS if name == guard]
    primary._CACHE.forget()
    assert not all(answers)


def test_the_form_tells_a_language_from_the_lines_it_might_hide() -> None:
    """Without the check a badge could lose its status and keep its signature."""
    honest = changed(in_language("en"))
    lines = primary.canonical_form(honest).decode().split("\n")
    name = next(number for number, line in enumerate(lines) if line.endswith('"Keystone"@en .'))
    hidden = lines[name + 1]
    forged = changed(in_language(f"en .\n{hidden.removesuffix(' .')}"))
    assert refusal(forged) == "json_ld"


def test_a_type_that_would_not_be_signed_makes_a_genuine_badge_invalid() -> None:
    issuer = sample_issuer()
    signed = issuer.signed(BADGE)
    assert issuer.verify(signed).verdict.value == "valid"
    signed["type"] = [*signed["type"], "Verified Teacher"]
    report = issuer.verify(signed)
    assert report.verdict.value == "invalid"
    assert report.check("context").code == "undefined_type"
