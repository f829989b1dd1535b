"""Makes the badges in tests/vectors/badges: the same bytes every time.

python tests/support/own_vectors.py        writes the files anew
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402 - after the path above
from support.badge_samples import DID, NOW, SampleIssuer, sample_badge, sample_issuer  # noqa: E402

from badges.keys import InMemoryRS256  # noqa: E402
from badges.model import EndorsementCredential, EndorsementSubject, Profile  # noqa: E402
from badges.multibase import base64url_decode  # noqa: E402
from badges.proofs import vc_jwt  # noqa: E402
from badges.status import BitstringStatusList  # noqa: E402

FOLDER = ROOT / "tests" / "vectors" / "badges"
KEY = ROOT / "tests" / "vectors" / "rsa-test-key.jwk"
TAILS = {
    "plain": "",
    "controls": " tab\t vertical\x0b form\x0c unit\x1f delete\x7f return\r feed\n",
    "unicode": " \u00e9 \u4e2d \U0001f600 nbsp\u00a0 next\x85 line\u2028 rtl\u202e",
    "syntax": ' quote" backslash\\ _:b0 <urn:x> . {0} %s ]]>',
}


def rs256() -> InMemoryRS256:
    """The RSA key of these vectors, which is nobody's."""
    jwk = json.loads(KEY.read_text(encoding="utf-8"))
    number = {name: int.from_bytes(base64url_decode(jwk[name]), "big") for name in ("n", "e", "d", "p", "q")}
    public = rsa.RSAPublicNumbers(number["e"], number["n"])
    exponents = (number["d"] % (number["p"] - 1), number["d"] % (number["q"] - 1))
    inverse = pow(number["q"], -1, number["p"])
    private = rsa.RSAPrivateNumbers(number["p"], number["q"], number["d"], *exponents, inverse, public)
    return InMemoryRS256(private.private_key())


def issuer() -> SampleIssuer:
    """The sample issuer with the fixed RSA key."""
    sample = sample_issuer()
    return SampleIssuer(sample.did, sample.ed25519, rs256(), sample.es256)


def endorsed(us: SampleIssuer) -> dict[str, Any]:
    """A badge with an endorsement of its achievement inside."""
    badge = sample_badge().to_json()
    endorser = sample_issuer("did:web:union.example", b"e" * 32)
    endorsement = EndorsementCredential(
        id="urn:uuid:33333333-0000-4000-8000-000000000003",
        name="Endorsement",
        issuer=Profile(id=endorser.did, name="Union of Principals"),
        valid_from=NOW,
        credential_subject=EndorsementSubject(
            id=badge["credentialSubject"]["achievement"]["id"], endorsement_comment="We know this work."
        ),
    )
    return us.signed({**badge, "endorsement": [endorser.signed(endorsement.to_json())]})


def made() -> dict[str, str]:
    """File name -> content."""
    us = issuer()
    badges: dict[str, Any] = {
        f"{name}.json": us.signed(sample_badge(tail=t).to_json()) for name, t in TAILS.items()
    }
    badges["endorsed.json"] = endorsed(us)
    badges["status-empty.json"] = us.status_list()
    badges["status-one-bit.json"] = us.status_list(BitstringStatusList.create().set(94_567))
    badges["did.json"] = us.did_document
    texts = {name: json.dumps(badge, ensure_ascii=False, indent=2) + "\n" for name, badge in badges.items()}
    kid = us.methods[1]
    texts["plain.jwt"] = vc_jwt.sign(sample_badge().to_json(), signer=us.rs256, kid=kid) + "\n"
    texts["both-proofs.jwt"] = vc_jwt.sign(badges["plain.json"], signer=us.rs256, kid=kid) + "\n"
    return texts


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in made().items():
        (FOLDER / name).write_bytes(text.encode("utf-8"))
    sys.stdout.write(f"{len(made())} vectors of {DID} in {FOLDER.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
