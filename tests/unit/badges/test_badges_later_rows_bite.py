"""Rows B52 to B80: each answer changes when its guard is taken out of the source."""

import pytest
import test_badges_refresh as refresh_rows
import test_badges_verify as endorsement_rows
from asked_rows import (
    INVALID,
    UNDECIDED,
    UNSUPPORTED,
    VALID,
    Mutant,
    b55,
    b56,
    b57,
    b58,
    b64,
    b66,
    b66_md5,
    b69,
    b69_unasked,
    b71,
    dated,
    document,
    endorsed,
    flagged_as_compressed,
    following_lists,
    forgiving_tokens,
    listed,
    name_of,
    notices,
    older_copy,
    out,
    png,
    put,
    refreshed,
    script_in_svg,
    svg,
    text,
    token,
    unproven,
    without_shape_guard,
    without_strict_json,
)
from test_badges_guards_bite import nothing, yes

from badges import instants
from badges.baking import png as png_baking
from badges.baking import svg as svg_baking
from badges.model import identity
from badges.proofs import vc_jwt
from badges.status import BitstringStatusList
from badges.verify import (
    citations,
    data_integrity,
    endorsing,
    entrance,
    envelope,
    intake,
    refreshing,
    standing,
    structure,
)

MUTANTS = [
    Mutant(
        "B52",
        listed("B52 other purpose"),
        ("status_purpose", INVALID),
        put(standing, "_require_purpose", nothing),
    ),
    Mutant(
        "B52",
        unproven("B52 unknown purpose"),
        ("status_purpose_unknown", UNDECIDED),
        put(standing, "_ENDING", {**standing._ENDING, "recall": "revoked"}),
    ),
    Mutant(
        "B53",
        listed("B53 other issuer"),
        ("status_issuer", INVALID),
        out(standing._list_subject, "secured.issuer != question.issuer", "False"),
    ),
    Mutant(
        "B54",
        unproven("B54 unsigned"),
        ("status_list_unusable", UNDECIDED),
        put(standing, "_list_signatures", lambda *_: ()),
    ),
    Mutant(
        "B54",
        unproven("B54 bad signature"),
        ("status_list_unusable", UNDECIDED),
        put(standing, "_list_signatures", lambda *_: ()),
    ),
    Mutant(
        "B54",
        unproven("B54 out of date"),
        ("status_list_unusable", UNDECIDED),
        out(standing._date_of, 'read_instant(document["validUntil"]) < now', "False"),
    ),
    Mutant(
        "B54",
        unproven("B54 not yet in force"),
        ("status_list_unusable", UNDECIDED),
        out(standing._date_of, "starts > now + CLOCK_LEEWAY", "False"),
    ),
    Mutant(
        "B54",
        unproven("B54 other type"),
        ("status_list_unusable", UNDECIDED),
        out(standing._list_subject, '"BitstringStatusListCredential" not in types_of(document)', "False"),
    ),
    Mutant(
        "B54",
        unproven("B54 other id"),
        ("status_list_unusable", UNDECIDED),
        out(standing._list_subject, 'document.get("id") != url', "False"),
    ),
    Mutant(
        "B55",
        b55,
        ("not_at_hand", UNDECIDED),
        out(
            standing._answer,
            'unknown("status", missing.code, missing.reason, missing=missing.url)',
            'passed("status")',
        ),
    ),
    Mutant("B56", b56, ("not_revoked", VALID), following_lists),
    Mutant("B57", b57, ("too_many_status_entries", INVALID), put(standing, "MAX_ENTRIES", 10**6)),
    Mutant("B58", b58(), ("revoked", "revoked"), put(BitstringStatusList, "get", lambda *_, **__: 0)),
    Mutant("B58", b58("suspension"), ("suspended", "suspended"), put(standing, "_ENDING", {})),
    Mutant("B59", token("B59 empty payload"), ("empty", INVALID), without_shape_guard),
    Mutant(
        "B60",
        token("B60 iss"),
        ("envelope_mismatch", INVALID),
        out(envelope._check_envelope, "payload.get(claim) != value", "False"),
    ),
    Mutant(
        "B60",
        token("B60 sub"),
        ("envelope_mismatch", INVALID),
        out(envelope._check_envelope, "payload.get(claim) != value", "False"),
    ),
    Mutant(
        "B60",
        token("B60 jti"),
        ("envelope_mismatch", INVALID),
        out(envelope._check_envelope, "payload.get(claim) != value", "False"),
    ),
    Mutant("B61", token("B61 nbf"), ("envelope_dates", INVALID), put(envelope, "_same_instant", yes)),
    Mutant("B61", token("B61 exp"), ("envelope_dates", INVALID), put(envelope, "_same_instant", yes)),
    Mutant(
        "B62",
        token("B62 vc claim too"),
        ("two_credentials", INVALID),
        put(intake, "_refuse_two_credentials", nothing),
    ),
    Mutant(
        "B63",
        token("B63 jwk of nobody"),
        ("key_not_bound", "issuer-unknown"),
        out(
            envelope._verify_with_embedded_key,
            'raise ProofFault.of_unbound_key("the issuer\'s document does not name the key in the token")',
            'return "believed"',
        ),
    ),
    Mutant(
        "B64",
        b64,
        ("key_not_bound", "issuer-unknown"),
        out(envelope._verify_with_fetched_jwk, "host_of(kid) != host_of(issuer)", "False"),
    ),
    Mutant(
        "B65",
        token("A14 bit flipped"),
        ("signature", INVALID),
        put(vc_jwt, "verify_signature", yes),
    ),
    Mutant(
        "B65",
        token("A05 jku"),
        ("jwt_header", INVALID),
        out(vc_jwt._check_header, "if foreign:", "if False:"),
    ),
    Mutant(
        "B65",
        token("A01 none"),
        ("jwt_algorithm", INVALID),
        out(vc_jwt._check_header, 'header.get("alg") not in VERIFYING_ALGORITHMS', "False"),
    ),
    Mutant("B65", token("A11 iss twice"), ("duplicate_key", INVALID), without_strict_json),
    Mutant(
        "B66",
        b66,
        ("recipient_does_not_match", "wrong-recipient"),
        put(identity.IdentityObject, "matches", yes),
    ),
    Mutant(
        "B66",
        b66_md5,
        ("recipient_does_not_match", "wrong-recipient"),
        out(identity.IdentityObject._expected, 'return ""', "return self.identity_hash"),
    ),
    Mutant(
        "B67",
        document("B67 date without zone"),
        ("model", INVALID),
        put(
            instants,
            "_STAMP",
            instants.re.compile(instants._STAMP.pattern[:-2].replace("(?:Z|", "(?:|Z|") + r"\Z"),
        ),
    ),
    Mutant(
        "B67",
        dated(validFrom="2026-12-01T00:00:00Z"),
        ("not_yet_valid", "not-yet-valid"),
        out(entrance.check_dates, "starts > now + CLOCK_LEEWAY", "False"),
    ),
    Mutant(
        "B67",
        dated(validUntil="2026-11-21T11:59:59Z"),
        ("expired", "expired"),
        out(entrance.check_dates, "ends < now", "False"),
    ),
    Mutant(
        "B67",
        dated(validUntil="2026-11-01T00:00:00Z"),
        ("dates_contradict", INVALID),
        out(entrance.check_dates, "ends <= starts", "False"),
    ),
    Mutant(
        "B68",
        document("B68 not a badge"),
        ("not_a_badge", INVALID),
        put(structure, "check_type", lambda *_: structure.passed("type")),
    ),
    Mutant(
        "B68",
        document("B68 presentation"),
        ("presentation", UNSUPPORTED),
        put(structure, "_OTHER_TYPES", {}),
    ),
    Mutant("B69", b69, ("digest", INVALID), put(citations, "digest_fits", yes)),
    Mutant(
        "B69",
        b69_unasked,
        ("digest_not_compared", VALID),
        out(citations._content, "if not may_ask:", "if False:"),
    ),
    Mutant(
        "B70",
        endorsed(endorsement_rows.forged),
        ("signature", VALID),
        put(data_integrity, "verify_signature", yes),
    ),
    Mutant(
        "B70",
        endorsed(endorsement_rows.own),
        ("endorsed_by_itself", VALID),
        out(endorsing._check_one, "secured.issuer == question.issuer", "False"),
    ),
    Mutant("B71", b71, ("refresh_not_followed", VALID), put(refreshing, "_is_allowed", yes)),
    Mutant(
        "B71",
        refreshed(refresh_rows.other_badge),
        ("refresh_other_badge", VALID),
        out(
            refreshing._judge_sound,
            "(newer.id, newer.issuer_id) != (original.id, original.issuer_id)",
            "False",
        ),
    ),
    Mutant(
        "B71",
        refreshed(older_copy),
        ("refresh_older", VALID),
        out(refreshing._judge_sound, "newer.valid_from < original.valid_from", "False"),
    ),
    Mutant(
        "B73",
        png("B73 two badges"),
        ("several_badges", INVALID),
        put(png_baking, "the_only", lambda found: found[-1]),
    ),
    Mutant(
        "B74",
        flagged_as_compressed,
        ("badge_chunk", INVALID),
        out(png_baking._baked, 'or body[1:2] != b"\\x00"', ""),
    ),
    Mutant(
        "B74",
        png("B74 after the end"),
        ("png_trailing", INVALID),
        out(png_baking.read_chunks, "position != len(picture)", "False"),
    ),
    Mutant(
        "B74",
        png("B74 keyword case"),
        ("badge_chunk", INVALID),
        out(png_baking.unbake_png, "_keyword(chunk).lower() in KEYWORDS", "_keyword(chunk) in KEYWORDS"),
    ),
    Mutant(
        "B75",
        png("B75 bad checksum"),
        ("png_crc", INVALID),
        out(png_baking._chunk_at, "zlib.crc32(kind + data) !=", "False and 0 !="),
    ),
    Mutant(
        "B75",
        png("B75 animated"),
        ("png_animated", INVALID),
        out(png_baking._refuse_misplaced, 'chunk.kind == b"acTL"', "False"),
    ),
    Mutant(
        "B75",
        png("B75 length 2^31"),
        ("png_length", INVALID),
        out(png_baking._chunk_at, "length > _MAX_CHUNK", "False"),
    ),
    Mutant(
        "B75", png("B75 no header"), ("png_order", INVALID), put(png_baking, "_refuse_misplaced", nothing)
    ),
    Mutant(
        "B77",
        script_in_svg,
        ("ok", VALID),
        out(svg_baking.unbake_svg, "if element.tag in _ELEMENTS", ""),
    ),
    Mutant(
        "B78",
        svg("B78 laughs"),
        ("svg_doctype", INVALID),
        out(svg_baking._parsed, "forbid_dtd=True", "forbid_dtd=False, forbid_entities=False"),
    ),
    Mutant(
        "B78",
        svg("B78 external DTD"),
        ("svg_doctype", INVALID),
        out(
            svg_baking._parsed,
            "forbid_dtd=True",
            "forbid_dtd=False, forbid_entities=False, forbid_external=False",
        ),
    ),
    Mutant(
        "B78",
        svg("B78 UTF-7"),
        ("svg_encoding", INVALID),
        out(svg_baking._decoded, "if declared and", "if False and"),
    ),
    Mutant(
        "B79",
        svg("B79 two badges"),
        ("several_badges", INVALID),
        put(svg_baking, "the_only", lambda found: found[0]),
    ),
    Mutant(
        "B79",
        svg("B79 other namespace"),
        ("no_badge", INVALID),
        out(svg_baking.unbake_svg, "element.tag in _ELEMENTS", 'element.tag.endswith("credential")'),
    ),
    Mutant(
        "B80",
        text("B80 address"),
        ("address", INVALID),
        out(intake._from_text, "_ADDRESS.match(text)", "False"),
    ),
    Mutant("B80", token("B80 space inside"), ("syntax", INVALID), forgiving_tokens),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_the_row_notices_that_its_guard_is_gone(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    notices(mutant, monkeypatch)
