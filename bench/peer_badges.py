"""Measures one other Python library for bench_badges.py, per CPU-second of this process.

It runs in an environment of its own under build/, with openbadgeslib and openvc-core and nothing of ours.
Standard input: {"library", "issue": [unsigned], "verify": [signed], "seed": hex, "verificationMethod",
"contexts", "seconds"}; standard output: {"issue": seconds per badge, "verify": seconds per badge}.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Document = dict[str, Any]
Operations = tuple[Callable[[Document], object], Callable[[Document], object]]


def openbadgeslib(request: Document, key: Ed25519PrivateKey) -> Operations:
    """Its proof functions alone: they check limits and contexts, not what a badge must be."""
    ldp = importlib.import_module("openbadgeslib.ob3.ldp")
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    public = key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    return (
        lambda document: ldp.add_data_integrity_proof(document, private, request["verificationMethod"]),
        lambda document: ldp.verify_data_integrity_proof(document, public),
    )


def openvc(request: Document, key: Ed25519PrivateKey) -> Operations:
    """Its suite for this kind of proof; contexts that it does not bring are handed to it."""
    suite = importlib.import_module("openvc.proof.data_integrity").DataIntegrityProofSuite()
    signing = importlib.import_module("openvc.keys").Ed25519SigningKey(key, kid=request["verificationMethod"])
    contexts = request["contexts"]
    jwk = signing.public_jwk()

    def verify(document: Document) -> None:
        suite.verify(document, public_key_jwk=jwk, extra_contexts=contexts)

    return (
        lambda document: suite.add_proof(
            document,
            signing_key=signing,
            verification_method=request["verificationMethod"],
            extra_contexts=contexts,
        ),
        verify,
    )


def seconds_per_badge(
    operation: Callable[[Document], object], badges: list[Document], seconds: float
) -> float:
    """CPU seconds for one badge, after a few to warm up."""
    for badge in badges[:3]:
        operation(badge)
    count, began = 0, time.process_time()
    while (used := time.process_time() - began) < seconds:
        operation(badges[count % len(badges)])
        count += 1
    return used / count


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(request["seed"]))
    issue, verify = {"openbadgeslib": openbadgeslib, "openvc-core": openvc}[request["library"]](request, key)
    seconds = request["seconds"]
    answer = {
        "issue": seconds_per_badge(issue, request["issue"], seconds),
        "verify": seconds_per_badge(verify, request["verify"], seconds),
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
