"""The page docs/reference/interoperability.md is what these checks find.

`INTEROPERABILITY_WRITE=1 pytest tests/conformance/test_badges_interoperability.py` writes it anew.
"""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.badge_samples import NOW, ROOT, sample_badge, sample_issuer
from support.own_vectors import issuer, made
from test_badges_npm import LIBRARIES, NPM, ask, node, with_one_character_changed

from badges.did import did_key, published_jwk
from badges.instants import read_instant
from badges.keys import InMemoryEd25519
from badges.proofs import vc_jwt
from badges.verify import Policy, verify

pytestmark = pytest.mark.npm

PAGE = ROOT / "docs" / "reference" / "interoperability.md"
SUBJECTS = {
    "rubric badge, eddsa-rdfc-2022": "plain.json",
    "control characters": "controls.json",
    "Unicode, line separators": "unicode.json",
    "what looks like N-Quads": "syntax.json",
    "embedded endorsement": "endorsed.json",
    "Bitstring Status List": "status-one-bit.json",
}
SEED = b"npm-issuer-seed-of-32-bytes-long"


def version(package: str) -> str:
    found: dict[str, Any] = json.loads((NPM / "node_modules" / Path(package) / "package.json").read_text())
    return f"{package} {found['version']}"


def word(accepted: bool, refused: bool) -> str:
    if accepted and refused:
        return "accepts, refuses it changed"
    return f"accepts: {accepted}, refuses it changed: {refused}"


def changed(credential: dict[str, Any]) -> dict[str, Any]:
    if "achievement" in credential["credentialSubject"]:
        return with_one_character_changed(credential)
    other = copy.deepcopy(credential)
    other["credentialSubject"]["statusPurpose"] += "s"
    return other


def data_integrity_rows() -> list[str]:
    texts = made()
    rows = []
    columns: dict[str, list[str]] = {}
    for library in LIBRARIES:
        credentials = [json.loads(texts[name]) for name in SUBJECTS.values()]
        good = ask([{"verify": credential} for credential in credentials], library)
        bad = ask([{"verify": changed(credential)} for credential in credentials], library)
        columns[library] = [word(g["verified"], not b["verified"]) for g, b in zip(good, bad, strict=True)]
        [older] = ask([{"verify": credentials[0]}], library, older=True)
        columns[library].append(word(older["verified"], refused=True).split(",")[0])
    for place, subject in enumerate([*SUBJECTS, "rubric badge, older text of context-3.0.3.json"]):
        rows.append(f"| {subject} | " + " | ".join(columns[library][place] for library in LIBRARIES) + " |")
    return rows


def theirs_row() -> str:
    author = did_key(InMemoryEd25519.from_seed(SEED).public_key)
    cells = []
    for library in LIBRARIES:
        unsigned = sample_badge(author, status=False).to_json()
        [answer] = ask([{"issue": unsigned, "seed": SEED.hex()}], library)
        signed = answer["credential"]
        now = max(NOW, read_instant(signed["proof"]["created"]))
        policy = Policy.trusting(author)
        good = verify(json.dumps(signed), policy=policy, now=now).verdict.value == "valid"
        bad = verify(json.dumps(changed(signed)), policy=policy, now=now).verdict.value == "invalid"
        cells.append(word(good, bad).replace("accepts", "we accept").replace("refuses", "refuse"))
    return "| what it issues | " + " | ".join(cells) + " |"


def jwt_rows() -> list[str]:
    us, rows = issuer(), []
    for name, signer, kid in (
        ("RS256", us.rs256, us.methods[1]),
        ("ES256", sample_issuer().es256, us.methods[2]),
    ):
        token = vc_jwt.sign(sample_badge().to_json(), signer=signer, kid=kid)
        head, body, tail = token.split(".")
        bent = f"{head}.{body[:-4]}{'AAAA' if body[-4:] != 'AAAA' else 'BBBB'}.{tail}"
        keys = {kid: published_jwk(signer.public_key, kid=kid)}
        good, bad = node("jwt.mjs", {"keys": keys, "tokens": [token, bent]})
        answer = word(good["verified"], not bad["verified"])
        rows.append(f"| VC-JWT, {name} | {answer} |")
    return rows


def page() -> str:
    # Asked first: without the npm packages this skips, with its reason.
    rows = [*data_integrity_rows(), theirs_row()]
    libraries = [version(f"@{library}/vc") for library in LIBRARIES]
    lines = [
        "# Who accepts what",
        "",
        "Written by `tests/conformance/test_badges_interoperability.py`, which also checks that it is",
        "current.",
        "Each badge is handed over once as it is and once with one character changed.",
        "",
        f"| our badge | {libraries[0]} | {libraries[1]} |",
        "|---|---|---|",
        *rows,
        "",
        f"| our token | {version('jose')}, key found through `kid` |",
        "|---|---|",
        *jwt_rows(),
        "",
        "Further: the W3C vectors of eddsa-rdfc-2022, Ed25519Signature2020, proof sets and chains, and of",
        "ecdsa-sd-2023 verify; jsonld.js computes our canonical form of 500 generated badges. Of 500 more,",
        "each given to one of the two libraries, all of ours are accepted there, all of theirs here, and",
        "each is refused with one character changed (`tests/conformance/test_badges_npm.py`).",
        "",
    ]
    return "\n".join(lines)


def test_the_page_is_current() -> None:
    found = page()
    if os.environ.get("INTEROPERABILITY_WRITE") == "1":
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(found, encoding="utf-8")
    assert "accepts: " not in found
    assert PAGE.read_text(encoding="utf-8") == found
