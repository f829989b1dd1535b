"""A VC-API on loopback, so that the W3C test suites can be run against this library.

    python -m badges.conformance --port 40443 [--tls CERTIFICATE KEY] [--seed HEX]

It serves ``/credentials/issue``, ``/credentials/verify`` and ``/presentations/verify`` with a did:key of its
own, which it prints. It is test equipment: it listens on 127.0.0.1 only and signs whatever it is given.
"""

from __future__ import annotations

import argparse
import json
import secrets
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from badges import vc_core
from badges.canonical import primary
from badges.canonical.pinned import CREDENTIALS_V1, DATA_INTEGRITY_V2, ContextSet, pinned_contexts
from badges.canonical.reader import MAX_BYTES, read_object
from badges.did import did_key, did_key_method
from badges.errors import BadgeError, ModelError, ProofError
from badges.keys import InMemoryEd25519
from badges.proofs import eddsa_rdfc_2022
from badges.report import Outcome
from badges.verify.data_integrity import verify_proof
from badges.verify.resolution import Resolver, controller_of
from badges.verify.signatures import Secured, check_signatures, embedded_proofs
from badges.verify.verdicts import ProofFault

# The suites' own examples: a context that gives every word a meaning.
_EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }
}
OK, CREATED, BAD_REQUEST, NOT_FOUND = 200, 201, 400, 404


@dataclass(frozen=True)
class Adapter:
    """The three calls, without HTTP.

    Attributes:
        signer: the key that signs what is to be issued.
        contexts: the pinned contexts and those of the suites' examples.
    """

    signer: InMemoryEd25519
    contexts: ContextSet

    @classmethod
    def with_seed(cls, seed: bytes) -> Adapter:
        """An adapter whose did:key comes from the seed."""
        return cls(InMemoryEd25519.from_seed(seed), pinned_contexts().with_documents(_EXAMPLES).with_inline())

    @property
    def did(self) -> str:
        """The issuer's did:key."""
        return did_key(self.signer.public_key)

    def canonical_form(self, document: Mapping[str, Any], /) -> bytes:
        """The canonical form with the suites' contexts."""
        return primary.canonical_form(document, self.contexts)

    def answer(self, path: str, body: bytes, now: datetime) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one call."""
        calls = {
            "/credentials/issue": self.issue,
            "/credentials/verify": self.verify_credential,
            "/presentations/verify": self.verify_presentation,
        }
        call = calls.get(path)
        if call is None:
            return NOT_FOUND, {"errors": ["there is no such call"]}
        try:
            return call(read_object(body, max_bytes=MAX_BYTES), now)
        except BadgeError as fault:
            return BAD_REQUEST, {"verified": False, "errors": [str(fault)]}

    def issue(self, request: Mapping[str, Any], now: datetime) -> tuple[int, dict[str, Any]]:
        """Sign a credential."""
        credential = dict(_object(request, "credential"))
        vc_core.check_credential(credential)
        contexts = credential["@context"]
        if CREDENTIALS_V1 in contexts and DATA_INTEGRITY_V2 not in contexts:
            credential["@context"] = [*contexts, DATA_INTEGRITY_V2]
        method = did_key_method(self.signer.public_key)
        form = self.canonical_form
        return CREATED, eddsa_rdfc_2022.sign(
            credential, signer=self.signer, verification_method=method, created=now, canonical_form=form
        )

    def verify_credential(self, request: Mapping[str, Any], now: datetime) -> tuple[int, dict[str, Any]]:
        """Verify a credential."""
        self._verify(_object(request, "verifiableCredential"), now)
        return OK, {"verified": True, "checks": ["proof"], "warnings": [], "errors": []}

    def verify_presentation(self, request: Mapping[str, Any], now: datetime) -> tuple[int, dict[str, Any]]:
        """Verify the credentials of a presentation, and its own proofs if it has any."""
        presentation = _object(request, "verifiablePresentation")
        for credential in vc_core.check_presentation(presentation):
            self._verify(credential, now)
        unsecured = eddsa_rdfc_2022.without_proof(presentation)
        primary.prepare(unsecured, self.contexts).prove_lossless()
        try:
            for proof in embedded_proofs(presentation):
                self._verify_authentication(unsecured, proof, now)
        except ProofFault as fault:
            raise ProofError(fault.proof.code, fault.proof.evidence.get("reason", "the proof")) from fault
        return OK, {"verified": True, "checks": ["proof"], "warnings": [], "errors": []}

    def _verify_authentication(
        self, unsecured: Mapping[str, Any], proof: Mapping[str, Any], now: datetime
    ) -> None:
        """A presentation is signed by whoever presents it, with a key of their own."""
        holder = controller_of(str(proof.get("verificationMethod")))
        form = self.canonical_form
        verify_proof(unsecured, proof, holder, Resolver(None), now, form, purpose="authentication")

    def _verify(self, credential: Mapping[str, Any], now: datetime) -> None:
        vc_core.check_credential(credential)
        issuer = credential["issuer"]
        name = str(issuer["id"] if isinstance(issuer, Mapping) else issuer)
        primary.prepare(eddsa_rdfc_2022.without_proof(credential), self.contexts).prove_lossless()
        secured = Secured.of(credential, None, name)
        for check in check_signatures(secured, Resolver(None), now, self.canonical_form):
            if check.outcome is not Outcome.PASSED:
                raise ProofError(check.code, check.evidence.get("reason", check.name), path=check.path)


def _object(request: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = request.get(name)
    if not isinstance(value, Mapping):
        raise ModelError("model", f"the request has no {name}", path=f"$.{name}")
    return value


class Handler(BaseHTTPRequestHandler):
    """One request: read, answer, write."""

    adapter: Adapter

    def do_POST(self) -> None:
        """Answer a call."""
        length = min(int(self.headers.get("Content-Length") or 0), MAX_BYTES + 1)
        status, answer = self.adapter.answer(self.path, self.rfile.read(length), datetime.now(UTC))
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the suites make thousands of calls."""


def server(adapter: Adapter, port: int, tls: tuple[str, str] | None = None) -> ThreadingHTTPServer:
    """A server on loopback; port 0 takes a free one."""
    handler = type("AdapterHandler", (Handler,), {"adapter": adapter})
    made = ThreadingHTTPServer(("127.0.0.1", port), handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    return made


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m badges.conformance", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="serve https with these PEM files"
    )
    parser.add_argument("--seed", metavar="HEX", help="64 hex digits; a random key if not given")
    chosen = parser.parse_args()
    adapter = Adapter.with_seed(bytes.fromhex(chosen.seed) if chosen.seed else secrets.token_bytes(32))
    made = server(adapter, chosen.port, tuple(chosen.tls) if chosen.tls else None)
    sys.stdout.write(f"{adapter.did} at {made.server_address[1]}\n")
    sys.stdout.flush()
    try:
        made.serve_forever()
    except KeyboardInterrupt:
        made.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
