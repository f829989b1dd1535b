"""What strangers upload: each row is one change of a genuine badge, and the exact answer it must get.

The rows are those of the threat list that reach the public page. The unchanged badge stands beside every row.
"""

import copy
import json
import struct
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from support.holders import signed_text
from werkzeug.test import TestResponse

from ltitool.credentials.models import Award
from ltitool.credentials.pictures import achievement_picture
from ltitool.foundation.db import db, read_session
from ltitool.verification import effort

Document = dict[str, Any]
Failures = Callable[[Mapping[str, Any]], list[tuple[int, str]]]
SUBJECT = "credentialSubject"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"


@dataclass(frozen=True)
class Row:
    """One change, and the status, verdict, number and code of the failed check that it must get."""

    case: str
    change: Callable[[Document], Document | None]
    number: int
    code: str
    verdict: str = "invalid"
    status: int = 422


def put(*path: Any) -> Callable[[Document], None]:
    """Change one member: the last of `path` is its new value."""
    *places, last, value = path

    def change(document: Document) -> None:
        node: Any = document
        for place in places:
            node = node[place]
        node[last] = value

    return change


def context(*entries: Any) -> Callable[[Document], None]:
    return lambda document: document["@context"].extend(entries)


def reordered(document: Document) -> None:
    document["@context"].reverse()


def other_spelling(suffix: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["@context"][0] += suffix

    return change


def in_graph(document: Document) -> Document:
    return {"@context": document["@context"], "@graph": [document]}


def presented(document: Document) -> Document:
    return {
        "@context": document["@context"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": document,
    }


def unsigned(document: Document) -> None:
    del document["proof"]


def proofs(count: int) -> Callable[[Document], None]:
    return lambda document: document.update(proof=[document["proof"]] * count)


def second_proof_is_bad(document: Document) -> None:
    genuine = document["proof"]["proofValue"]
    bad = genuine[:-1] + ("2" if genuine.endswith("1") else "1")
    document["proof"] = [document["proof"], {**document["proof"], "proofValue": bad}]


def clique(size: int) -> Callable[[Document], None]:
    names = [f"_:n{number}" for number in range(size)]
    nodes = [
        {"id": name, "type": "Achievement", "related": [{"id": other} for other in names if other != name]}
        for name in names
    ]
    return lambda document: document.update(termsOfUse=nodes)


def of_did_key(document: Document) -> None:
    did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    document["proof"]["verificationMethod"] = f"{did}#{did.removeprefix('did:key:')}"


STATUS = ("credentialStatus", 0)
UNSUPPORTED = "unsupported"
ROWS = (
    Row("B01 undefined term", put(SUBJECT, "undefinedTerm", "x"), 3, "undefined_term"),
    Row("B02 inline context", context({"x": "https://e.example/x"}), 2, "inline_context", UNSUPPORTED),
    Row("B03 contexts swapped", reordered, 3, "context_order"),
    Row("B04 slash", other_spelling("/"), 3, "context_not_pinned", UNSUPPORTED),
    Row("B04 fragment", other_spelling("#"), 3, "context_not_pinned", UNSUPPORTED),
    Row("B05 remote", context("https://attacker.example/ctx"), 3, "context_not_pinned", UNSUPPORTED),
    Row("B06 vocab", context({"@vocab": "https://e.example/"}), 2, "inline_context", UNSUPPORTED),
    Row("B07 nested", put(SUBJECT, "@context", DATA_INTEGRITY), 2, "nested_context", UNSUPPORTED),
    Row("B08 graph", in_graph, 2, "keyword", UNSUPPORTED),
    Row("B09 reverse", put("@reverse", {"name": "x"}), 2, "keyword", UNSUPPORTED),
    Row("B10 included", put("@included", [{"id": "urn:x:y"}]), 2, "keyword", UNSUPPORTED),
    Row("B11 nest", put("@nest", {"name": "x"}), 2, "keyword", UNSUPPORTED),
    Row("B12 full IRI", put("https://schema.org/name", "x"), 2, "full_iri_key", UNSUPPORTED),
    Row("B13 id and @id", put("@id", "urn:x:y"), 2, "id_twice"),
    Row("B13 type and @type", put("@type", "VerifiableCredential"), 2, "type_twice"),
    Row("B16 NaN", put(SUBJECT, "creditsEarned", float("nan")), 1, "number"),
    Row("B17 lone surrogate", put("name", "\ud800"), 1, "surrogate"),
    Row("B17 NUL", put("name", "a\0b"), 1, "nul_character"),
    Row("B20 10-clique", clique(10), 9, "canonicalization_budget", status=413),
    Row("B21 8-clique", clique(8), 9, "canonicalization_budget", status=413),
    Row("B24 purpose", put("proof", "proofPurpose", "authentication"), 9, "proof_purpose", status=200),
    Row(
        "B27 key in the fragment",
        lambda one: put("proof", "verificationMethod", f"{one['issuer']['id']}#z6MkAttacker")(one),
        10,
        "key_not_in_document",
        status=200,
    ),
    Row("B29 another's key", of_did_key, 10, "issuer_mismatch", status=200),
    Row("B32 changed after signing", put("name", "Another"), 9, "signature", status=200),
    Row("B33 one of two proofs", second_proof_is_bad, 9, "signature", status=200),
    Row("B33 five proofs", proofs(5), 9, "too_many_proofs", status=413),
    Row(
        "B34 suite", put("proof", "cryptosuite", "eddsa-jcs-2022"), 9, "cryptosuite_unknown", UNSUPPORTED, 200
    ),
    Row("B35 future", put("proof", "created", "2036-01-01T00:00:00Z"), 9, "proof_from_future", status=200),
    Row("B67 leap second", put("validFrom", "2026-03-12T15:00:60Z"), 5, "model"),
    Row("B67 no zone", put("validFrom", "2026-03-12T15:00:00"), 5, "model"),
    Row("B68 no badge", put("type", ["VerifiableCredential"]), 4, "not_a_badge"),
    Row("B68 presentation", presented, 4, "presentation", UNSUPPORTED),
    Row("unsigned", unsigned, 9, "unsigned", status=200),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case.replace(" ", "-"))
def test_a_changed_badge_is_told_from_the_genuine_one(
    row: Row, signed: Document, ask: Any, failures: Failures
) -> None:
    status, genuine = ask.report(json.dumps(signed).encode())
    assert (status, genuine["verdict"], failures(genuine)) == (200, "valid", [])
    changed = copy.deepcopy(signed)
    source = json.dumps(row.change(changed) or changed).encode()
    status, report = ask.report(source)
    assert (row.number, row.code) in failures(report)
    assert (status, report["verdict"]) == (row.status, row.verdict)
    assert report["claims"] is None
    _names_the_fault_without_a_trace(ask.page(source), row.status)


def before_name(added: bytes) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(b'"name":', added + b',"name":', 1)


TEXTS: Mapping[str, tuple[Callable[[bytes], bytes], int, str, int]] = {
    "B15 a name twice": (before_name(b'"name":"X"'), 1, "duplicate_key", 422),
    "B16 1e400": (before_name(b'"x":1e400'), 1, "number", 422),
    "B16 5000 digits": (before_name(b'"x":' + b"9" * 5000), 1, "number", 422),
    "B17 BOM": (lambda text: b"\xef\xbb\xbf" + text, 1, "bom", 422),
    "B17 UTF-16": (lambda text: text.decode().encode("utf-16"), 1, "encoding", 422),
    "B17 overlong": (lambda text: text.replace(b'"name"', b'"na\xc0\xafme"', 1), 1, "encoding", 422),
    "B18 200000 deep": (lambda _text: b"[" * 200_000, 1, "too_deep", 413),
    "B19 200000 values": (lambda _text: b'{"a":[' + b"1," * 200_000 + b"1]}", 1, "too_many_values", 413),
    "truncated": (lambda text: text[: len(text) // 2], 1, "syntax", 422),
    "no badge at all": (lambda _text: b"hello", 1, "syntax", 422),
    "B68 Open Badges 2.0": (
        lambda _text: b'{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"urn:x:y"}',
        4,
        "open_badges_2",
        422,
    ),
    "an empty object": (lambda _text: b"{}", 2, "empty", 422),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_no_badge(case: str, award: Award, ask: Any, failures: Failures) -> None:
    change, number, code, wanted = TEXTS[case]
    text = signed_text(award)
    assert ask.report(text)[1]["verdict"] == "valid"
    began = time.process_time()
    status, report = ask.report(change(text))
    assert time.process_time() - began < 2
    assert (status, failures(report)) == (wanted, [(number, code)])
    _names_the_fault_without_a_trace(ask.page(change(text)), wanted)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


AFTER_HEADER = 33
KEYWORD = b"openbadgecredential"
BOMB = zlib.compress(b"{" + b" " * 50_000_000)


def inserted(kind: bytes, data: bytes) -> Callable[[bytes, bytes], bytes]:
    return lambda png, _svg: png[:AFTER_HEADER] + chunk(kind, data) + png[AFTER_HEADER:]


def plain(kind: bytes, data: bytes) -> Callable[[bytes, bytes], bytes]:
    bare = achievement_picture("A badge", "Somebody", 13).png
    return lambda _png, _svg: bare[:AFTER_HEADER] + chunk(kind, data) + bare[AFTER_HEADER:]


SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">%s</svg>'
)
ENTITY = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
TWICE = b"</openbadges:credential><openbadges:credential>{}</openbadges:credential>"
PICTURES: Mapping[str, tuple[Callable[[bytes, bytes], bytes], str]] = {
    "B73 two badges": (inserted(b"iTXt", KEYWORD + b"\0\0\0\0\0{}"), "several_badges"),
    "B74 tEXt beside iTXt": (inserted(b"tEXt", KEYWORD + b"\0{}"), "badge_chunk"),
    "B74 compressed bomb": (plain(b"iTXt", KEYWORD + b"\0\1\0\0\0" + BOMB), "badge_chunk"),
    "B74 keyword in capitals": (plain(b"iTXt", KEYWORD.upper() + b"\0\0\0\0\0{}"), "badge_chunk"),
    "B74 after the end": (lambda png, _svg: png + chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0{}"), "png_trailing"),
    "B75 checksum": (lambda png, _svg: png[:40] + bytes([png[40] ^ 1]) + png[41:], "png_crc"),
    "B75 length 2^32": (lambda png, _svg: png[:33] + b"\xff" * 4 + png[37:], "png_length"),
    "B75 truncated": (lambda png, _svg: png[:200], "png_truncated"),
    "B75 no header": (lambda png, _svg: png[:8] + png[AFTER_HEADER:], "png_order"),
    "B75 animated": (inserted(b"acTL", bytes(8)), "png_animated"),
    "a picture without a badge": (plain(b"tEXt", b"Comment\0x"), "no_badge"),
    "B77 script alone": (lambda _png, _svg: SVG % b"<script>alert(1)</script>", "no_badge"),
    "B78 external entity": (
        lambda _png, svg: ENTITY + svg.replace(b"</title>", b"&x;</title>", 1),
        "svg_doctype",
    ),
    "B78 billion laughs": (
        lambda _png, svg: b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + svg,
        "svg_doctype",
    ),
    "B78 UTF-7": (lambda _png, svg: b'<?xml version="1.0" encoding="UTF-7"?>' + svg, "svg_encoding"),
    "B79 two badges": (
        lambda _png, svg: svg.replace(b"</openbadges:credential>", TWICE, 1),
        "several_badges",
    ),
    "B79 in a comment": (
        lambda _png, _svg: SVG % b"<!-- <openbadges:credential>{}</openbadges:credential> -->",
        "no_badge",
    ),
    "not well formed": (lambda _png, svg: svg[:-8], "svg_malformed"),
    "HTML": (lambda _png, _svg: b"<!doctype html><title>x</title>", "svg_malformed"),
}  # fmt: skip


@pytest.mark.parametrize("case", PICTURES)
def test_a_picture_that_holds_no_one_badge(case: str, award: Award, ask: Any, failures: Failures) -> None:
    change, code = PICTURES[case]
    png, svg = award.image_png or b"", award.image_svg or b""
    assert [ask.report(picture)[1]["verdict"] for picture in (png, svg)] == ["valid", "valid"]
    status, report = ask.report(change(png, svg))
    assert (status, failures(report)) == (422, [(1, code)])
    page = ask.page(change(png, svg))
    _names_the_fault_without_a_trace(page, 422)
    assert b"alert(1)" not in page.data
    assert b"root:" not in page.data


def test_b76_the_answer_shows_what_is_signed_not_what_is_drawn(award: Award, ask: Any) -> None:
    """A picture that says something else is only the carrier: nothing of it comes back."""
    svg = (award.image_svg or b"").replace(b"Collaborative Leadership</text>", b"Doctor of Law</text>")
    assert b"Doctor of Law" in svg
    page = ask.page(svg)
    assert page.status_code == 200
    assert b"Doctor of Law" not in page.data
    assert b"Collaborative Leadership" in page.data


def test_b59_an_empty_token_inside_a_picture(award: Award, ask: Any, failures: Failures) -> None:
    bare = achievement_picture("A badge", "Somebody", 13).png
    head = (award.jwt or "").split(".")[0]
    token = f"{head}.e30.AAAA".encode()
    picture = bare[:AFTER_HEADER] + chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + token) + bare[AFTER_HEADER:]
    status, report = ask.report(picture)
    assert status == 422
    assert report["verdict"] != "valid"
    assert failures(report)[0][0] == 2


def test_b65_a_tampered_token(award: Award, ask: Any, failures: Failures) -> None:
    token = award.jwt or ""
    assert ask.report(token.encode())[1]["verdict"] == "valid"
    assert ask.report(b"", text=f"  {token}\n")[1]["verdict"] == "valid"  # B80
    end = "AAAA" if not token.endswith("AAAA") else "BBBB"
    status, report = ask.report((token[:-4] + end).encode())
    assert (status, report["verdict"], failures(report)) == (200, "invalid", [(9, "signature")])
    status, report = ask.report(f"{token}.AAAA".encode())
    assert (status, failures(report)) == (422, [(1, "jwt_form")])


def test_all_signatures_together_have_one_budget(
    signed: Document, ask: Any, failures: Failures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: within its budget the badge is valid; the same badge without any is refused by limit."""
    assert ask.report(json.dumps(signed).encode())[1]["verdict"] == "valid"
    monkeypatch.setattr(effort, "MAX_CPU_SECONDS", -1.0)
    status, report = ask.report(json.dumps(signed).encode())
    assert (status, failures(report)) == (413, [(9, "canonicalization_budget")])


def test_nothing_of_an_upload_is_stored(app: Flask, award: Award, ask: Any) -> None:
    def rows() -> dict[str, int]:
        read_session().rollback()
        tables = db.metadata.sorted_tables
        return {t.name: read_session().scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    files = app.extensions["ltitool"].settings.data_dir
    before, kept = rows(), sorted(files.rglob("*"))
    for content in (signed_text(award), b"hello", award.image_png or b""):
        ask.page(content, person="Amara Okafor")
    assert rows() == before
    assert sorted(files.rglob("*")) == kept


def _names_the_fault_without_a_trace(page: TestResponse, status: int) -> None:
    text = page.get_data(as_text=True)
    assert page.status_code == status
    assert "verdict__word" in text
    assert "Traceback" not in text
    assert ".py" not in text
