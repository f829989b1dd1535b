"""Rows B01 to B51: each answer changes when its guard is taken out of the source."""

import pytest
import test_badges_hostile_status as status_rows
from asked_rows import (
    INVALID,
    ISSUER,
    UNDECIDED,
    UNSUPPORTED,
    VALID,
    Mutant,
    all_work_in_the_world,
    any_method,
    asked,
    b25,
    b30,
    b42,
    b46,
    crowd,
    crowded_keys,
    document,
    entry_of,
    idle_context,
    key_in_fragment,
    keys,
    listed,
    lookalike,
    name_of,
    near_enough,
    nested,
    notices,
    out,
    poison,
    put,
    remembering_errors,
    ring,
    text,
    without_shape_guard,
    without_strict_json,
)
from test_badges_guards_bite import nothing, yes

from badges import did, status, status_entries
from badges.canonical import guard, pinned, rdfc, reader, shapes
from badges.policy import TrustedIssuers
from badges.verify import (
    data_integrity,
    entrance,
    intake,
    signatures,
    structure,
    vocabularies,
)

NO_PROOF_OF_TERMS = put(shapes, "_prove_all_emerge", nothing)
TOLERANT = put(pinned.ContextSet, "get", near_enough)
MUTANTS = [
    Mutant("B01", document("B01 undefined term"), ("undefined_term", INVALID), NO_PROOF_OF_TERMS),
    Mutant("B02", document("B02 inline context"), ("inline_context", UNSUPPORTED), without_shape_guard),
    Mutant(
        "B03",
        document("B03 contexts swapped"),
        ("context_order", INVALID),
        put(structure, "_check_order", nothing),
    ),
    Mutant(
        "B03",
        idle_context,
        ("context_unneeded", UNSUPPORTED),
        put(entrance, "check_exact_contexts", nothing),
    ),
    Mutant(
        "B03",
        idle_context,
        ("context_unneeded", UNSUPPORTED),
        out(vocabularies.check_exact_contexts, "used.isdisjoint(_words_of(url) - known)", "False"),
    ),
    Mutant("B04", document("B04 context in other case"), ("context_not_pinned", UNSUPPORTED), TOLERANT),
    Mutant("B04", document("B04 context with fragment"), ("context_not_pinned", UNSUPPORTED), TOLERANT),
    Mutant("B05", document("B05 attacker's context"), ("context_not_pinned", UNSUPPORTED), TOLERANT),
    Mutant("B06", document("B06 vocab in context"), ("inline_context", UNSUPPORTED), without_shape_guard),
    Mutant("B06", document("B06 base in context"), ("inline_context", UNSUPPORTED), without_shape_guard),
    Mutant("B07", document("B07 context in evidence"), ("nested_context", UNSUPPORTED), without_shape_guard),
    Mutant("B08", document("B08 graph"), ("keyword", UNSUPPORTED), without_shape_guard),
    Mutant("B09", document("B09 reverse"), ("keyword", UNSUPPORTED), without_shape_guard),
    Mutant("B10", document("B10 included"), ("keyword", UNSUPPORTED), without_shape_guard),
    Mutant("B11", document("B11 nest"), ("keyword", UNSUPPORTED), without_shape_guard),
    Mutant(
        "B12",
        document("B12 full IRI key"),
        ("full_iri_key", UNSUPPORTED),
        out(guard._Guard.guard_key, 'if ":" in key:', "if False:"),
    ),
    Mutant(
        "B13",
        document("B13 id twice"),
        ("id_twice", INVALID),
        out(guard._guard_aliases, '"id" in node and "@id" in node', "False"),
    ),
    Mutant(
        "B13",
        document("B13 type twice"),
        ("type_twice", INVALID),
        out(guard._guard_aliases, '"type" in node and "@type" in node', "False"),
    ),
    Mutant(
        "B14",
        document("B14 credits as text"),
        ("model", INVALID),
        put(structure, "check_schema", lambda _document: structure.passed("schema")),
    ),
    Mutant(
        "B15",
        text("B15 duplicate key"),
        ("duplicate_key", INVALID),
        without_strict_json,
    ),
    Mutant("B16", text("B16 NaN"), ("number", INVALID), without_strict_json),
    Mutant(
        "B16",
        text("B16 infinity"),
        ("number", INVALID),
        out(reader._float_from, "or math.isinf(number)", ""),
    ),
    Mutant(
        "B16",
        text("B16 negative zero"),
        ("number", INVALID),
        out(reader._int_from, 'text == "-0"', "False"),
    ),
    Mutant(
        "B16",
        text("B16 5,000 digits"),
        ("number", INVALID),
        out(reader._int_from, "len(text) > MAX_NUMBER_LENGTH", "False"),
    ),
    Mutant(
        "B17",
        text("B17 lone surrogate"),
        ("surrogate", INVALID),
        put(reader, "_refuse_surrogates", nothing),
    ),
    Mutant("B17", text("B17 NUL"), ("nul_character", INVALID), put(reader, "_refuse_nul", nothing)),
    Mutant(
        "B17",
        text("B17 byte order mark"),
        ("bom", INVALID),
        out(reader._decoded, 'data.startswith(b"\\xef\\xbb\\xbf")', "False"),
    ),
    Mutant(
        "B17",
        text("B17 overlong UTF-8"),
        ("encoding", INVALID),
        out(reader._decoded, 'data.decode("utf-8")', 'data.decode("utf-8", "replace")'),
    ),
    Mutant("B18", nested, ("too_deep", INVALID), put(reader, "_refuse_depth", nothing)),
    Mutant(
        "B19", text("B19 a million elements"), ("too_many_values", INVALID), put(reader, "MAX_VALUES", 10**9)
    ),
    Mutant("B19", text("B19 50 MB"), ("too_large", INVALID), put(intake, "MAX_PICTURE_BYTES", 10**9)),
    Mutant("B20", poison(10), ("canonicalization_budget", INVALID), all_work_in_the_world),
    Mutant("B21", poison(8), ("canonicalization_budget", INVALID), all_work_in_the_world),
    Mutant("B22", ring, ("ok", VALID), put(rdfc._Run, "hash_n_degree", nothing)),
    Mutant("B23", crowd, ("too_many_items", INVALID), put(guard, "MAX_ITEMS", 10**6)),
    Mutant(
        "B24",
        document("B24 other purpose"),
        ("proof_purpose", INVALID),
        out(data_integrity._check_options, 'proof.get("proofPurpose") != purpose', "False"),
    ),
    Mutant(
        "B25",
        b25,
        ("key_not_for_assertion", INVALID),
        put(did.DidDocument, "assertion_method", any_method),
    ),
    Mutant(
        "B26",
        keys("B26 other controller"),
        ("controller_mismatch", INVALID),
        out(data_integrity.issuers_method, "method.controller != issuer", "False"),
    ),
    Mutant(
        "B27",
        document("B27 key in fragment"),
        ("key_not_in_document", INVALID),
        put(did.DidDocument, "assertion_method", key_in_fragment),
    ),
    Mutant(
        "B28",
        document("B28 did:key with other fragment"),
        ("issuer_mismatch", INVALID),
        put(data_integrity, "controller_of", lambda _method: ISSUER.did),
    ),
    Mutant(
        "B29",
        document("B29 attacker's own did"),
        ("issuer_mismatch", INVALID),
        put(data_integrity, "controller_of", lambda _method: ISSUER.did),
    ),
    Mutant("B30", b30, ("issuer_not_trusted", "issuer-unknown"), put(TrustedIssuers, "trusts", yes)),
    Mutant(
        "B31",
        lookalike,
        ("did_syntax", INVALID),
        out(did.did_web_url, "not _HOST.match(host)", "False"),
    ),
    Mutant(
        "B32",
        document("B32 another badge's proof"),
        ("signature", INVALID),
        put(data_integrity, "verify_signature", yes),
    ),
    Mutant(
        "B33",
        document("B33 one bad proof of two"),
        ("signature", INVALID),
        out(signatures.check_signatures, "[attempt() for attempt in attempts]", "[attempts[0]()]"),
    ),
    Mutant(
        "B33",
        document("B33 a thousand proofs"),
        ("too_many_proofs", INVALID),
        put(signatures, "MAX_PROOFS", 10**6),
    ),
    Mutant(
        "B33",
        document("B33 proof chain loop"),
        ("signature", INVALID),
        put(data_integrity, "verify_signature", yes),
    ),
    Mutant(
        "B34",
        document("B34 unknown suite"),
        ("cryptosuite_unknown", UNSUPPORTED),
        out(data_integrity._check_options, "suite not in _SUITES", "False"),
    ),
    Mutant(
        "B35",
        document("B35 proof from the future"),
        ("proof_from_future", INVALID),
        out(data_integrity._check_dates, "created > now + CLOCK_LEEWAY", "False"),
    ),
    Mutant(
        "B35",
        document("B35 proof expired"),
        ("proof_expired", INVALID),
        out(data_integrity._check_dates, 'read_instant(proof["expires"]) <= now', "False"),
    ),
    Mutant(
        "B35",
        document("B35 proof for one domain"),
        ("proof_bound_elsewhere", UNDECIDED),
        out(data_integrity._check_options, '("domain" in proof or "challenge" in proof)', "False"),
    ),
    Mutant(
        "B42",
        b42,
        ("did_syntax", INVALID),
        out(did.did_web_url, 'or set(segment) == {"."}', ""),
    ),
    Mutant(
        "B45",
        keys("B45 other document"),
        ("did_mismatch", INVALID),
        out(did.read_did_document, 'document.get("id") != expected', "False"),
    ),
    Mutant("B45", crowded_keys, ("too_many_keys", INVALID), put(did, "MAX_METHODS", 10**6)),
    Mutant(
        "B45",
        keys("B45 duplicate ids"),
        ("duplicate_key_id", INVALID),
        out(did.read_did_document, "len(methods) != len(declared) + len(embedded)", "False"),
    ),
    Mutant(
        "B45",
        keys("B45 key of unknown type", "proof"),
        ("method_type", INVALID),
        out(did.VerificationMethod.public_key, "self.type in _MULTIBASE_TYPES", "True"),
    ),
    Mutant("B46", b46, ("ok", VALID), remembering_errors),
    Mutant(
        "B47", listed("B47 bomb"), ("status_too_large", INVALID), put(status, "MAX_EXPANDED_BYTES", 2**30)
    ),
    Mutant(
        "B48",
        listed("B48 two members"),
        ("status_encoding", INVALID),
        out(status._expanded, "or machine.unused_data", ""),
    ),
    Mutant(
        "B48",
        listed("B48 junk"),
        ("status_encoding", INVALID),
        out(status._expanded, "or machine.unused_data", ""),
    ),
    Mutant(
        "B48",
        listed("B48 zlib"),
        ("status_encoding", INVALID),
        out(status._expanded, "wbits=31", "wbits=47"),
    ),
    Mutant(
        "B48",
        listed("B48 cut short"),
        ("status_encoding", INVALID),
        out(status._expanded, "not machine.eof or", ""),
    ),
    Mutant(
        "B49",
        listed("B49 too short"),
        ("status_length", INVALID),
        put(status, "MINIMUM_BITS", 8),
    ),
    Mutant(
        "B50",
        asked(lambda: status_rows.signed_badge(statusListIndex="01"), "status"),
        ("status_index", INVALID),
        out(status.read_index, "not _INDEX.match(text)", "False"),
    ),
    Mutant(
        "B50",
        asked(lambda: status_rows.signed_badge(statusListIndex="131072"), "status"),
        ("status_range", INVALID),
        out(status.BitstringStatusList.get, "not 0 <= index < self.size // status_size", "False"),
    ),
    Mutant(
        "B51",
        entry_of("B51 size 2^31"),
        ("status_size", INVALID),
        out(status_entries._read_size, "not 1 <= size <= MAX_STATUS_SIZE", "False"),
    ),
    Mutant(
        "B51",
        entry_of("B51 too few words"),
        ("status_messages", INVALID),
        put(status_entries, "_read_messages", lambda *_: {}),
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_the_row_notices_that_its_guard_is_gone(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    notices(mutant, monkeypatch)
