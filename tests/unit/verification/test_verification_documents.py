"""Documents for a verification: our own without a network, others few, small, from allowed addresses."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask_babel import refresh
from support.clock import MovableClock

from badges.did import PublishedKey, did_document
from badges.errors import FetchError
from badges.keys import InMemoryEd25519
from badges.proofs import eddsa_rdfc_2022
from badges.status import BitstringStatusList, status_list_credential
from ltitool.credentials.models import Award
from ltitool.foundation.errors import FetchBlocked, FetchFailed, FetchTooLarge
from ltitool.foundation.fetch import SafeHttpClient
from ltitool.foundation.services import EXTENSION, HttpAnswer, Services
from ltitool.verification.documents import MAX_FETCHES, PublicFetcher, as_reachable, own_path

SIGNER = InMemoryEd25519.from_seed(b"f" * 32)


class Line:
    """An outbound line that answers everything alike and remembers what was asked, and with what limits."""

    def __init__(self, answer: HttpAnswer | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, float, int]] = []

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 0,
        timeout: float = 0,
    ) -> HttpAnswer:
        assert (method, body) == ("GET", None)
        assert headers is not None
        self.asked.append((url, timeout, max_bytes))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


OK = HttpAnswer(200, {}, b"{}")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["did.json", "status/1"])
def test_our_own_come_without_a_network(award: Award, found: Services, scheme: str, path: str) -> None:
    line = Line(FetchFailed("connect"))
    fetcher = PublicFetcher(replace(found, http=line))
    document = fetcher.fetch(f"{scheme}://localhost:8000/issuers/valle-verde/{path}")
    assert json.loads(document.content)["id"]
    assert document.fetched_at == found.clock()
    assert (line.asked, fetcher.fetches) == ([], 0)


@pytest.mark.parametrize("path", ["issuers/nobody/did.json", "badges/x", "verify", "health", ""])
def test_what_is_ours_and_no_document_is_not_asked_of_ourselves(found: Services, path: str) -> None:
    line = Line(OK)
    with pytest.raises(FetchError) as refused:
        PublicFetcher(replace(found, http=line)).fetch(f"https://localhost:8000/{path}")
    assert refused.value.code == "not_found"
    assert line.asked == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (FetchBlocked("address", "10.0.0.1"), "blocked_address"),
        (FetchFailed("timeout"), "fetch_timeout"),
        (FetchFailed("tls"), "fetch_tls"),
        (FetchTooLarge("size"), "fetch_size"),
        (HttpAnswer(404, {}, b""), "http_status"),
        (HttpAnswer(302, {"location": "https://x.example"}, b""), "http_status"),
    ],
)
def test_why_there_is_no_document(found: Services, answer: Any, code: str) -> None:
    assert PublicFetcher(replace(found, http=Line(OK))).fetch("https://x.example/1").content == b"{}"
    with pytest.raises(FetchError) as refused:
        PublicFetcher(replace(found, http=Line(answer))).fetch("https://x.example/1")
    assert refused.value.code == code


def test_one_badge_may_ask_for_few_documents(found: Services) -> None:
    line = Line(OK)
    fetcher = PublicFetcher(replace(found, http=line))
    for number in range(MAX_FETCHES):
        fetcher.fetch(f"https://x.example/{number}")
    with pytest.raises(FetchError) as refused:
        fetcher.fetch("https://x.example/more")
    assert refused.value.code == "budget"
    assert len(line.asked) == MAX_FETCHES


def test_slow_documents_use_up_the_time(found: Services) -> None:
    now = iter([0.0, 6.0, 10.0])
    line = Line(OK)
    fetcher = PublicFetcher(replace(found, http=line), monotonic=lambda: next(now))
    fetcher.fetch("https://x.example/1")
    fetcher.fetch("https://x.example/2")
    with pytest.raises(FetchError) as refused:
        fetcher.fetch("https://x.example/3")
    assert refused.value.code == "budget"
    assert [seconds for _, seconds, _ in line.asked] == [5.0, 4.0]
    assert {most for _, _, most in line.asked} == {2 * 2**20}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://tool.example/issuers/a/did.json", "/issuers/a/did.json"),
        ("https://TOOL.example/issuers/a/did.json", "/issuers/a/did.json"),
        ("http://tool.example/issuers/a/did.json", None),
        ("https://tool.example:444/issuers/a/did.json", None),
        ("https://tool.example.evil.example/issuers/a/did.json", None),
        ("https://me@tool.example/issuers/a/did.json", None),
        ("https://[::1/x", None),
        ("urn:x:y", None),
    ],
)
def test_which_addresses_are_ours(found: Services, url: str, path: str | None) -> None:
    settings = replace(found.settings, public_url="https://tool.example", loopback_http=False)
    assert own_path(url, settings) == path
    assert as_reachable(url, settings) == url


@pytest.mark.parametrize(
    ("url", "reached"),
    [
        ("https://localhost:9/x", "http://localhost:9/x"),
        ("https://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("https://[::1/x", "https://[::1/x"),
    ],
)
def test_loopback_speaks_http_where_that_is_allowed(found: Services, url: str, reached: str) -> None:
    assert as_reachable(url, found.settings) == reached


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "169.254.169.254", "::1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fd00:ec2::254"],
)
def test_b36_to_b39_a_did_whose_host_lies_inside(
    signed: dict[str, Any], found: Services, ask: Any, address: str
) -> None:
    """The real client with a resolver that says what an attacker's name server would."""
    did = "did:web:inside.example"
    changed = {
        **{name: value for name, value in signed.items() if name != "credentialStatus"},
        "issuer": {**signed["issuer"], "id": did},
        "proof": {**signed["proof"], "verificationMethod": f"{did}#key"},
    }
    client = SafeHttpClient(resolver=lambda _host: ["93.184.215.14", address])
    ask.client.application.extensions[EXTENSION] = replace(found, http=client)
    try:
        status, report = ask.report(json.dumps(changed).encode())
    finally:
        ask.client.application.extensions[EXTENSION] = found
    proof = report["checks"][8]
    assert (status, report["verdict"]) == (200, "could-not-check")
    assert (proof["number"], proof["outcome"], proof["code"]) == (9, "could_not_check", "blocked_address")
    assert report["missing"] == ["https://inside.example/.well-known/did.json"]


Documents = dict[str, bytes]


@pytest.fixture
def neighbour() -> Iterator[tuple[int, Documents]]:
    """Another issuer on this machine, over real HTTP."""
    documents: Documents = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], documents
    server.shutdown()
    server.server_close()
    thread.join()


def neighbours_badge(signed: dict[str, Any], port: int, documents: Documents, *, revoked: bool) -> bytes:
    did = f"did:web:localhost%3A{port}"
    listed = f"http://localhost:{port}/status/1"
    key = PublishedKey(SIGNER.public_key, fragment="k")
    documents["/.well-known/did.json"] = json.dumps(did_document(did, [key])).encode()
    now = MovableClock().now

    def sign(document: dict[str, Any]) -> dict[str, Any]:
        return eddsa_rdfc_2022.sign(document, signer=SIGNER, verification_method=f"{did}#k", created=now)

    bits = BitstringStatusList.create().with_all([9] if revoked else [])
    documents["/status/1"] = json.dumps(
        sign(status_list_credential(bits, id=listed, issuer=did, purpose="revocation", valid_from=now))
    ).encode()
    badge = {name: value for name, value in signed.items() if name != "proof"}
    badge["issuer"] = {**badge["issuer"], "id": did, "name": "The neighbour"}
    entry = {**badge["credentialStatus"][0], "statusListCredential": listed, "statusListIndex": "9"}
    badge["credentialStatus"] = [{**entry, "id": f"{listed}#9"}]
    return json.dumps(sign(badge)).encode()


def trusting(found: Services, *issuers: str) -> Services:
    return replace(found, settings=replace(found.settings, trusted_issuers=issuers))


@pytest.fixture
def as_settings(found: Services, ask: Any) -> Iterator[Callable[[Services], None]]:
    def use(services: Services) -> None:
        ask.client.application.extensions[EXTENSION] = services

    yield use
    ask.client.application.extensions[EXTENSION] = found


@pytest.mark.parametrize(
    ("known", "revoked", "verdict"),
    [(True, False, "valid"), (True, True, "revoked"), (False, False, "issuer-unknown")],
)
def test_another_issuers_badge_over_real_http(
    signed: dict[str, Any],
    found: Services,
    ask: Any,
    neighbour: tuple[int, Documents],
    as_settings: Callable[[Services], None],
    known: bool,
    revoked: bool,
    verdict: str,
) -> None:
    port, documents = neighbour
    badge = neighbours_badge(signed, port, documents, revoked=revoked)
    as_settings(trusting(found, *([f"did:web:localhost%3A{port}"] if known else [])))
    assert ask.report(badge)[1]["verdict"] == verdict


@pytest.mark.parametrize(("count", "status", "verdict"), [(4, 200, "valid"), (5, 413, "invalid")])
def test_b57_few_lists_are_asked_for_one_badge(
    signed: dict[str, Any],
    found: Services,
    ask: Any,
    neighbour: tuple[int, Documents],
    as_settings: Callable[[Services], None],
    count: int,
    status: int,
    verdict: str,
) -> None:
    port, documents = neighbour
    did = f"did:web:localhost%3A{port}"
    badge = json.loads(neighbours_badge(signed, port, documents, revoked=False))
    (entry,) = badge.pop("credentialStatus")
    badge["credentialStatus"] = [{**entry, "id": f"{entry['id']}-{number}"} for number in range(count)]
    del badge["proof"]
    created = MovableClock().now
    several = eddsa_rdfc_2022.sign(badge, signer=SIGNER, verification_method=f"{did}#k", created=created)
    as_settings(trusting(found, did))
    answered, report = ask.report(json.dumps(several).encode())
    assert (answered, report["verdict"]) == (status, verdict)
    codes = {check["code"] for check in report["checks"]}
    assert ("too_many_status_entries" in codes) is (count > 4)


EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def renewable(badge: bytes, port: int, address: str) -> tuple[bytes, bytes]:
    """The neighbour's badge with a refresh service, and the newer copy that the service hands out."""
    document = {name: value for name, value in json.loads(badge).items() if name != "proof"}
    document["@context"] = [*document["@context"], EXTENSIONS]
    document["refreshService"] = {"id": address, "type": "1EdTechCredentialRefresh"}
    method = f"did:web:localhost%3A{port}#k"

    def sign(one: dict[str, Any]) -> bytes:
        created = MovableClock().now
        signed = eddsa_rdfc_2022.sign(one, signer=SIGNER, verification_method=method, created=created)
        return json.dumps(signed).encode()

    subject = document["credentialSubject"]
    achievement = {**subject["achievement"], "name": "Corrected Leadership"}
    newer = {**document, "credentialSubject": {**subject, "achievement": achievement}}
    return sign(document), sign(newer)


@pytest.mark.parametrize(
    ("host", "followed"), [("localhost", True), ("127.0.0.1", False), ("elsewhere.example", False)]
)
def test_b71_a_newer_copy_is_asked_for_on_the_issuers_host_alone(
    signed: dict[str, Any],
    found: Services,
    ask: Any,
    neighbour: tuple[int, Documents],
    as_settings: Callable[[Services], None],
    host: str,
    followed: bool,
) -> None:
    port, documents = neighbour
    old = neighbours_badge(signed, port, documents, revoked=False)
    badge, newer = renewable(old, port, f"https://{host}:{port}/newest")
    documents["/newest"] = newer
    as_settings(trusting(found, f"did:web:localhost%3A{port}"))
    report = ask.report(badge)[1]
    assert report["verdict"] == "valid"
    assert report["checks"][11]["code"] == ("refreshed" if followed else "refresh_not_followed")
    assert (report["claims"]["name"] == "Corrected Leadership") is followed
    for language, words in (("en", "Everything here is about"), ("es", "Todo lo que aquí se dice")):
        refresh()
        page = ask.page(badge, headers={"Accept-Language": language}).get_data(as_text=True)
        assert (words in page) is followed


@pytest.mark.parametrize("gone", ["/.well-known/did.json", "/status/1"])
def test_b54_b55_what_could_not_be_fetched_is_never_green(
    signed: dict[str, Any],
    found: Services,
    ask: Any,
    neighbour: tuple[int, Documents],
    as_settings: Callable[[Services], None],
    gone: str,
) -> None:
    port, documents = neighbour
    badge = neighbours_badge(signed, port, documents, revoked=False)
    as_settings(trusting(found, f"did:web:localhost%3A{port}"))
    assert ask.report(badge)[1]["verdict"] == "valid"
    del documents[gone]
    page = ask.page(badge)
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    assert "verdict--unsure" in html
    assert "Could not be checked" in html
    assert gone in html
    assert ask.report(badge)[1]["verdict"] == "could-not-check"
