"""A VC-API on loopback, so that the W3C test suites can be run against this library.

    python -m badges.conformance --port 40443 [--tls CERTIFICATE KEY] [--seed HEX]

It serves ``/credentials/issue``, ``/credentials/verify`` and ``/presentations/verify`` with a did:key of its
own, which it prints; ``/status/credentials/issue`` also gives what it signs a place in a status list, which
stands at ``/status/list``. It is test equipment: it listens on 127.0.0.1 only and signs whatever it is given.

Open Badges want the issuer's own key on a credential. Any credential may bear somebody else's too, and the
suites have such; so each proof is judged here against the key's own controller. Badges never are.
"""

from __future__ import annotations

import argparse
import json
import secrets
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from badges import vc_core
from badges.canonical import primary
from badges.canonical.pinned import CREDENTIALS_V1, DATA_INTEGRITY_V2, ContextSet, pinned_contexts
from badges.canonical.reader import MAX_BYTES, read_object
from badges.did import did_key, did_key_method
from badges.documents import MemoryDocuments
from badges.errors import BadgeError, ModelError, ProofError
from badges.keys import InMemoryEd25519
from badges.proofs import eddsa_rdfc_2022
from badges.report import Outcome
from badges.status import MINIMUM_BITS, BitstringStatusList, status_list_credential
from badges.status_entries import StatusEntry
from badges.verify.data_integrity import verify_proof
from badges.verify.resolution import Resolver, controller_of
from badges.verify.signatures import earlier_proofs, embedded_proofs
from badges.verify.standing import StatusQuestion, check_status
from badges.verify.verdicts import ProofFault
from badges.verify.view import BadgeView, several

# The suites' own examples: a context that gives every word a meaning.
_EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }
}
OK, CREATED, BAD_REQUEST, NOT_FOUND = 200, 201, 400, 404
_LIST_PATH = "/status/list"
_LIST_BEGINS = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Adapter:
    """The calls, without HTTP.

    Attributes:
        signer: the key that signs what is to be issued.
        contexts: the pinned contexts and those of the suites' examples.
        origin: where it is served; the status list's address begins with it.
    """

    signer: InMemoryEd25519
    contexts: ContextSet
    origin: str = "https://127.0.0.1"

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
            "/status/credentials/issue": self.issue_with_status,
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
        return CREATED, self._signed(_object(request, "credential"), now)

    def issue_with_status(self, request: Mapping[str, Any], now: datetime) -> tuple[int, dict[str, Any]]:
        """Give a credential a place in the list, and sign it."""
        index = secrets.randbelow(MINIMUM_BITS)
        entry = {
            "id": f"{self.list_address}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": self.list_address,
        }
        return CREATED, self._signed({**_object(request, "credential"), "credentialStatus": entry}, now)

    def _signed(self, unsigned: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        credential = dict(unsigned)
        vc_core.check_credential(credential)
        for entry in _bitstring_entries(credential):
            StatusEntry.from_json(entry)
        contexts = credential["@context"]
        if CREDENTIALS_V1 in contexts and DATA_INTEGRITY_V2 not in contexts:
            credential["@context"] = [*contexts, DATA_INTEGRITY_V2]
        method = did_key_method(self.signer.public_key)
        form = self.canonical_form
        return eddsa_rdfc_2022.sign(
            credential, signer=self.signer, verification_method=method, created=now, canonical_form=form
        )

    @property
    def list_address(self) -> str:
        """Where the status list stands."""
        return self.origin + _LIST_PATH

    def status_list(self, now: datetime) -> dict[str, Any]:
        """The signed status list: nobody is revoked."""
        bits, purpose = BitstringStatusList.create(), "revocation"
        unsigned = status_list_credential(
            bits, id=self.list_address, issuer=self.did, purpose=purpose, valid_from=_LIST_BEGINS
        )
        return self._signed(unsigned, now)

    def verify_credential(self, request: Mapping[str, Any], now: datetime) -> tuple[int, dict[str, Any]]:
        """Verify a credential: its own members, its proofs, and its status as far as it can be had."""
        warnings = self._verify(_object(request, "verifiableCredential"), now)
        checks = ["proof", "credentialStatus"]
        return OK, {"verified": True, "checks": checks, "warnings": warnings, "errors": []}

    def verify_presentation(self, request: Mapping[str, Any], now: datetime) -> tuple[int, dict[str, Any]]:
        """Verify the credentials of a presentation, and its own proofs if it has any."""
        presentation = _object(request, "verifiablePresentation")
        warnings = [
            warning
            for credential in vc_core.check_presentation(presentation)
            for warning in self._verify(credential, now)
        ]
        self._verify_proofs(presentation, now, "authentication")
        return OK, {"verified": True, "checks": ["proof"], "warnings": warnings, "errors": []}

    def _verify(self, credential: Mapping[str, Any], now: datetime) -> list[str]:
        vc_core.check_credential(credential)
        if not self._verify_proofs(credential, now, "assertionMethod"):
            raise ProofError("unsigned", "the credential carries no signature", path="$.proof")
        if not _bitstring_entries(credential):
            return []
        documents = MemoryDocuments({self.list_address: json.dumps(self.status_list(now)).encode()})
        question = StatusQuestion(BadgeView(credential), Resolver(documents), now, self.canonical_form)
        check = check_status(question)
        if check.outcome is Outcome.FAILED:
            raise ProofError(check.code, check.evidence.get("reason", check.name), path=check.path)
        return [] if check.outcome is Outcome.PASSED else [check.code]

    def _verify_proofs(self, document: Mapping[str, Any], now: datetime, purpose: str) -> int:
        """How many proofs there are; each holds, and was made by a key of the controller that it names."""
        unsecured = eddsa_rdfc_2022.without_proof(document)
        primary.prepare(unsecured, self.contexts).prove_lossless()
        form, resolver = self.canonical_form, Resolver(None)
        try:
            proofs = embedded_proofs(document)
            for proof in proofs:
                earlier = earlier_proofs(proof, proofs)
                controller = controller_of(str(proof.get("verificationMethod")))
                verify_proof(
                    unsecured, proof, controller, resolver, now, form, earlier=earlier, purpose=purpose
                )
        except ProofFault as fault:
            found = fault.binding if fault.proof.code == "not_reached" else fault.proof
            raise ProofError(found.code, found.evidence.get("reason", found.name)) from fault
        return len(proofs)


def _bitstring_entries(credential: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = several(credential.get("credentialStatus"))
    return [entry for entry in entries if entry.get("type") == "BitstringStatusListEntry"]


def _object(request: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = request.get(name)
    if not isinstance(value, Mapping):
        raise ModelError("model", f"the request has no {name}", path=f"$.{name}")
    return value


def _length(said: str) -> int | None:
    """How many bytes to read, at most one more than is taken; None for what is no number of bytes."""
    if not (said.isascii() and said.isdigit()):
        return None
    return MAX_BYTES + 1 if len(said) > len(str(MAX_BYTES)) else min(int(said), MAX_BYTES + 1)


class Handler(BaseHTTPRequestHandler):
    """One request: read, answer, write."""

    adapter: Adapter

    def do_POST(self) -> None:
        """Answer a call."""
        length = _length(self.headers.get("Content-Length") or "0")
        if length is None:
            self.reply(BAD_REQUEST, {"errors": ["the Content-Length is no length that is taken here"]})
            return
        self.reply(*self.adapter.answer(self.path, self.rfile.read(length), datetime.now(UTC)))

    def do_GET(self) -> None:
        """Serve the status list."""
        if self.path == _LIST_PATH:
            self.reply(OK, self.adapter.status_list(datetime.now(UTC)))
        else:
            self.reply(NOT_FOUND, {"errors": ["there is no such document"]})

    def reply(self, status: int, answer: Mapping[str, Any]) -> None:
        """Write the answer."""
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
    made = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    origin = f"{'https' if tls else 'http'}://127.0.0.1:{made.server_address[1]}"
    at_home = replace(adapter, origin=origin)
    made.RequestHandlerClass = type("AdapterHandler", (Handler,), {"adapter": at_home})
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
