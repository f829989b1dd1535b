import contextlib
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ltitool.foundation import sockets
from ltitool.foundation.errors import FetchBlocked, FetchFailed, FetchTooLarge
from ltitool.foundation.fetch import SafeHttpClient, system_resolver

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"

Talk = Callable[[socket.socket, bytes], None]


class Server:
    """A real server on loopback that says what a test tells it to."""

    def __init__(self, talk: Talk, tls: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._peers: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            if self.stopping.is_set():
                peer.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(peer,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(self._secured(peer)) as line:
            self._peers.append(line)
            line.settimeout(5)
            while request := read_request(line):
                self.requests.append(request)
                self._talk(line, request)

    def _secured(self, peer: socket.socket) -> socket.socket:
        if self._tls is None:
            return peer
        try:
            return self._tls.wrap_socket(peer, server_side=True)
        except BaseException:
            peer.close()
            raise

    def stop(self) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._listener.close()
        for peer in self._peers:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(6)


def read_request(line: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = line.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(row[15:]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def saying(answer: bytes, *, close: bool = False) -> Talk:
    def talk(line: socket.socket, _request: bytes) -> None:
        line.sendall(answer)
        if close:
            line.shutdown(socket.SHUT_RDWR)

    return talk


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(talk: Talk | bytes, **options: Any) -> Server:
        servers.append(Server(saying(talk) if isinstance(talk, bytes) else talk, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def client() -> Iterator[SafeHttpClient]:
    made = SafeHttpClient(loopback_http=True)
    yield made
    made.close()


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give the addresses that any socket connects to.

    An audit hook would see them too, but stays for the life of the process, and with one there threads that
    start while coverage is measured may fail (CPython 3.11: `sys.settrace` bears no second at that moment).
    """
    seen: list[Any] = []
    for name in ("connect", "connect_ex"):
        genuine = getattr(socket.socket, name)

        def connecting(self: socket.socket, address: Any, genuine: Any = genuine) -> Any:
            seen.append(address)
            return genuine(self, address)

        monkeypatch.setattr(socket.socket, name, connecting)
    return seen


def url_of(server: Server, path: str = "/") -> str:
    return f"http://localhost:{server.port}{path}"


# --- what is sent and what comes back ---


def test_a_request_and_its_answer(client: SafeHttpClient, serve: Callable[..., Server]) -> None:
    server = serve(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Note: a\r\nX-NOTE: b\r\n\r\nhi")
    answer = client.request(
        "POST", url_of(server, "/a?b=c#d"), headers={"Content-Type": "text/x", "Host": "evil"}, body=b"hello"
    )
    assert (answer.status, answer.ok, answer.body) == (201, True, b"hi")
    assert answer.headers == {"content-length": "2", "x-note": "a, b"}
    head, body = server.requests[0].split(b"\r\n\r\n")
    assert body == b"hello"
    assert sorted(head.split(b"\r\n")) == sorted(
        [
            b"POST /a?b=c HTTP/1.1",
            b"host: localhost:%d" % server.port,
            b"content-type: text/x",
            b"Content-Length: 5",
            b"user-agent: ltitool",
            b"accept-encoding: identity",
        ]
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer(client: SafeHttpClient, serve: Callable[..., Server], status: int) -> None:
    other = serve(OK)
    server = serve(
        b"HTTP/1.1 %d Moved\r\nLocation: http://localhost:%d/\r\nContent-Length: 0\r\n\r\n"
        % (status, other.port)
    )
    answer = client.request("GET", url_of(server))
    assert (answer.status, answer.ok) == (status, False)
    assert answer.headers["location"] == url_of(other)
    assert other.connections == 0


def test_no_cookie_comes_back(client: SafeHttpClient, serve: Callable[..., Server]) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    client.request("GET", url_of(server))
    client.request("GET", url_of(server))
    assert len(server.requests) == 2
    assert not any(b"cookie" in request.lower() for request in server.requests)


def test_the_environment_names_no_proxy(
    client: SafeHttpClient, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(OK), serve(OK)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    client.request("GET", url_of(server))
    assert (proxy.connections, server.connections) == (0, 1)


def test_a_header_cannot_smuggle_another(client: SafeHttpClient, serve: Callable[..., Server]) -> None:
    server = serve(OK)
    assert client.request("GET", url_of(server), headers={"Authorization": "Bearer a"}).ok
    with pytest.raises(FetchBlocked) as refused:
        client.request("GET", url_of(server), headers={"Authorization": "Bearer a\r\nX: y"})
    assert refused.value.reason == "header"
    assert len(server.requests) == 1


# --- connections ---


def test_a_connection_is_used_again(client: SafeHttpClient, serve: Callable[..., Server]) -> None:
    server = serve(OK)
    for _ in range(3):
        assert client.request("GET", url_of(server)).body == b"hello"
    assert (server.connections, len(server.requests)) == (1, 3)


def test_a_connection_is_not_shared_between_names(
    client: SafeHttpClient, serve: Callable[..., Server]
) -> None:
    server = serve(OK)
    client.request("GET", url_of(server))
    client.request("GET", f"http://a.localhost:{server.port}/")
    assert server.connections == 2


def test_a_kept_connection_that_was_closed_is_replaced(
    client: SafeHttpClient, serve: Callable[..., Server]
) -> None:
    server = serve(saying(OK, close=True))
    for _ in range(2):
        assert client.request("POST", url_of(server), body=b"x").ok
        time.sleep(0.05)
    assert server.connections == 2


def test_a_connection_that_is_to_be_closed_is_not_kept(
    client: SafeHttpClient, serve: Callable[..., Server]
) -> None:
    server = serve(saying(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), close=True))
    assert client.request("GET", url_of(server)).body == b"hello"
    assert client._kept._lines == []


@pytest.mark.parametrize(("method", "sent_again"), [("GET", True), ("POST", False)])
def test_only_what_may_be_repeated_is_repeated(
    client: SafeHttpClient, serve: Callable[..., Server], method: str, *, sent_again: bool
) -> None:
    def hang_up_on_the_second(line: socket.socket, _request: bytes) -> None:
        if len(server.requests) == 2:
            line.shutdown(socket.SHUT_RDWR)
        else:
            line.sendall(OK)

    server = serve(hang_up_on_the_second)
    assert client.request(method, url_of(server)).ok
    if sent_again:
        assert client.request(method, url_of(server)).ok
        assert len(server.requests) == 3
    else:
        with pytest.raises(FetchFailed) as failed:
            client.request(method, url_of(server))
        assert failed.value.reason == "protocol"
        assert len(server.requests) == 2


def test_few_connections_are_kept_and_not_for_long(
    client: SafeHttpClient, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(OK)
    monkeypatch.setattr(client._kept, "MOST", 1)
    for name in ("a", "b"):
        client.request("GET", f"http://{name}.localhost:{server.port}/")
    assert [line.name[1] for line in client._kept._lines] == ["b.localhost"]
    monkeypatch.setattr(client._kept, "SECONDS", 0.0)
    time.sleep(0.001)
    client.request("GET", f"http://b.localhost:{server.port}/")
    assert server.connections == 3


def test_the_next_address_is_tried(client: SafeHttpClient) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        listener.settimeout(5)

        def answer() -> None:
            with listener.accept()[0] as peer:
                read_request(peer)
                peer.sendall(OK)

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        assert client.request("GET", f"http://localhost:{port}/").body == b"hello"
        thread.join(5)


def test_nobody_listens(client: SafeHttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", f"http://127.0.0.1:{port}/")
    assert (failed.value.code, failed.value.reason) == ("fetch.failed", "connect")


# --- limits ---


def test_the_body_may_have_just_the_limit(client: SafeHttpClient, serve: Callable[..., Server]) -> None:
    server = serve(OK)
    assert client.request("GET", url_of(server), max_bytes=5).body == b"hello"
    with pytest.raises(FetchTooLarge) as refused:
        client.request("GET", url_of(server), max_bytes=4)
    assert (refused.value.code, refused.value.reason) == ("fetch.too-large", "size")


def without_end(start: bytes, piece: bytes) -> Talk:
    def talk(line: socket.socket, _request: bytes) -> None:
        line.sendall(start)
        while True:
            line.sendall(piece * 100)

    return talk


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", b"x" * 1000),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"e" * 1000 + b"\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: x\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["length", "no-length", "chunks", "chunk-extensions", "trailers", "continues"],
)
def test_an_endless_answer_is_cut(
    client: SafeHttpClient, serve: Callable[..., Server], start: bytes, piece: bytes
) -> None:
    server = serve(without_end(start, piece))
    with pytest.raises(FetchTooLarge):
        client.request("GET", url_of(server), max_bytes=50_000)


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n"], ids=["one-line", "many-lines"]
)
def test_endless_headers_are_cut(client: SafeHttpClient, serve: Callable[..., Server], start: bytes) -> None:
    piece = b"y" * 100 if start.endswith(b"X: ") else b"X-A: b\r\n"
    server = serve(without_end(start, piece))
    with pytest.raises((FetchTooLarge, FetchFailed)) as failed:
        client.request("GET", url_of(server))
    assert failed.value.reason in {"size", "protocol"}


def drip(answer: bytes) -> Talk:
    def talk(line: socket.socket, _request: bytes) -> None:
        for number in range(len(answer)):
            line.sendall(answer[number : number + 1])
            time.sleep(0.02)

    return talk


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 500,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20,
    ],
    ids=["head", "body", "chunks", "continues"],
)
def test_a_slow_answer_ends_at_the_deadline(
    client: SafeHttpClient, serve: Callable[..., Server], answer: bytes
) -> None:
    server = serve(drip(answer))
    began = time.monotonic()
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", url_of(server), timeout=0.3)
    assert failed.value.reason == "timeout"
    assert 0.25 < time.monotonic() - began < 4


def test_a_peer_that_does_not_read_ends_at_the_deadline(client: SafeHttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(FetchFailed) as failed:
            client.request(
                "POST",
                f"http://127.0.0.1:{listener.getsockname()[1]}/",
                body=b"x" * 50_000_000,
                timeout=0.2,
            )
        assert failed.value.reason == "timeout"


def test_no_time_at_all(client: SafeHttpClient, serve: Callable[..., Server]) -> None:
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", url_of(serve(OK)), timeout=0.0)
    assert failed.value.reason == "timeout"


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
    ],
    ids=["status-line", "cut-short", "chunk-size"],
)
def test_an_answer_that_is_no_http(
    client: SafeHttpClient, serve: Callable[..., Server], answer: bytes
) -> None:
    server = serve(saying(answer, close=True))
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", url_of(server))
    assert failed.value.reason == "protocol"


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate, gzip"])
def test_a_packed_body_is_refused(
    client: SafeHttpClient, serve: Callable[..., Server], encoding: bytes
) -> None:
    plain = serve(OK.replace(b"\r\n\r\n", b"\r\nContent-Encoding: Identity\r\n\r\n"))
    assert client.request("GET", url_of(plain)).body == b"hello"
    packed = serve(OK.replace(b"\r\n\r\n", b"\r\nContent-Encoding: " + encoding + b"\r\n\r\n"))
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", url_of(packed))
    assert failed.value.reason == "encoding"


# --- where it goes: nothing is connected before everything is checked ---


def resolving(*answers: Sequence[str]) -> Callable[[str], Sequence[str]]:
    left = list(answers)
    return lambda _host: left.pop(0) if len(left) > 1 else left[0]


BLOCKED_ANSWERS = [
    ["127.0.0.1"],
    ["0.0.0.0"],  # noqa: S104 - an answer of a resolver, nothing is bound
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["192.0.0.8"],
    ["::1"],
    ["fd00:ec2::254"],
    ["64:ff9b::a9fe:a9fe"],
    ["2002:a9fe:a9fe::"],
    ["::127.0.0.1"],
    ["::ffff:127.0.0.1"],
    ["fec0::1"],
    ["93.184.216.34", "127.0.0.1"],
    ["93.184.216.34", "::1"],
    ["fe80::1%lo", "93.184.216.34"],
]


@pytest.mark.parametrize("answer", BLOCKED_ANSWERS, ids=" ".join)
@pytest.mark.parametrize("loopback_http", [False, True])
def test_a_name_of_a_blocked_address_is_never_connected(
    answer: list[str], connects: list[Any], *, loopback_http: bool
) -> None:
    client = SafeHttpClient(loopback_http=loopback_http, resolver=resolving(answer))
    with pytest.raises(FetchBlocked) as refused:
        client.request("GET", "https://issuer.example/")
    assert refused.value.reason == "address"
    assert connects == []


# fmt: off
SPELLINGS = [
    "localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00:ec2::254]", "2130706433",
    "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.0.0.1", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]",
    "[::127.0.0.1]", "[fec0::1]", "192.0.0.8", "user@127.0.0.1", "issuer.example:22", "issuer.example:6379",
    "issuer.example:0", "issuer.example:99999", "issuer.example%3A22", "issuer.example\\\\@127.0.0.1",
    "issuer.example#@127.0.0.1:22", "[::ffff:7f00:1]", "0", "0x7f000001", "017700000001",
]
# fmt: on


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_spelling_of_a_blocked_address_is_neither_looked_up_nor_connected(
    spelling: str, scheme: str, connects: list[Any]
) -> None:
    looked_up: list[str] = []
    client = SafeHttpClient(resolver=lambda host: looked_up.append(host) or ["127.0.0.1"])
    with pytest.raises(FetchBlocked):
        client.request("GET", f"{scheme}://{spelling}/")
    assert connects == []
    assert set(looked_up) <= {"issuer.example"}


def test_connects_are_seen(client: SafeHttpClient, serve: Callable[..., Server], connects: list[Any]) -> None:
    server = serve(OK)
    client.request("GET", url_of(server))
    assert connects == [("127.0.0.1", server.port)]


def test_a_resolver_that_fails_or_sleeps() -> None:
    def no_such_host(_host: str) -> list[str]:
        raise socket.gaierror

    released = threading.Event()

    def asleep(_host: str) -> list[str]:
        released.wait(5)
        return []

    for resolver, reason in ((no_such_host, "dns"), (lambda _host: [], "dns"), (asleep, "timeout")):
        with pytest.raises(FetchFailed) as failed:
            SafeHttpClient(resolver=resolver).request("GET", "https://issuer.example/", timeout=0.2)
        assert failed.value.reason == reason
    released.set()


def test_the_system_knows_this_machine() -> None:
    assert "127.0.0.1" in system_resolver("127.0.0.1")


# --- TLS: the name is asked for and checked, the address is the one that was checked ---


class Authority:
    """A certificate authority for one test run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
        self.certificate = self._certificate(self._name, self._key.public_key(), authority=True)

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool, **options: Any
    ) -> x509.Certificate:
        ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=options.get("days", 1))
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - dt.timedelta(days=30))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if "host" in options:
            names = x509.SubjectAlternativeName([x509.DNSName(options["host"])])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(options.get("signer", self._key), hashes.SHA256())

    def server(self, host: str, *, days: int = 1, self_signed: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = {"signer": key} if self_signed else {}
        certificate = self._certificate(
            x509.Name([]), key.public_key(), authority=False, host=host, days=days, **signer
        )
        path = self._folder / f"{host}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.sni_callback = lambda _line, name, _context: self.asked_for.append(name)
        return context

    def client(self) -> ssl.SSLContext:
        self.asked_for: list[str | None] = []
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def public_internet(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Lead connections to public addresses to servers of this test; gives address -> port."""
    ports: dict[str, int] = {}
    connect = socket.socket.connect

    def led(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[1] == 443
        connect(self, ("127.0.0.1", ports[address[0]]))

    monkeypatch.setattr(sockets.LimitedSocket, "connect", led, raising=False)
    return ports


def test_the_checked_address_is_connected_and_the_name_is_checked(
    authority: Authority, serve: Callable[..., Server], public_internet: dict[str, int]
) -> None:
    tls = authority.client()
    server = serve(OK, tls=authority.server("issuer.example"))
    public_internet["93.184.216.34"] = server.port
    client = SafeHttpClient(tls=tls, resolver=resolving(["93.184.216.34"], ["93.184.216.34"], ["127.0.0.1"]))
    for _ in range(2):
        assert client.request("GET", "https://issuer.example/did.json").body == b"hello"
    assert authority.asked_for == ["issuer.example"]
    assert server.connections == 1
    assert b"\r\nhost: issuer.example\r\n" in server.requests[0]
    with pytest.raises(FetchBlocked):  # the name has changed its mind; a kept connection changes nothing
        client.request("GET", "https://issuer.example/did.json")
    client.close()


def test_a_name_that_moves_is_followed_to_its_new_address(
    authority: Authority, serve: Callable[..., Server], public_internet: dict[str, int]
) -> None:
    tls = authority.client()
    servers = [serve(OK, tls=authority.server("issuer.example")) for _ in range(2)]
    public_internet.update({"1.1.1.1": servers[0].port, "8.8.8.8": servers[1].port})
    client = SafeHttpClient(tls=tls, resolver=resolving(["1.1.1.1"], ["8.8.8.8"]))
    for _ in range(2):
        client.request("GET", "https://issuer.example/")
    assert [server.connections for server in servers] == [1, 1]
    client.close()


@pytest.mark.parametrize(
    ("host", "options"),
    [("other.example", {}), ("issuer.example", {"days": -1}), ("issuer.example", {"self_signed": True})],
    ids=["wrong-name", "expired", "self-signed"],
)
def test_a_certificate_that_does_not_hold(
    authority: Authority,
    serve: Callable[..., Server],
    public_internet: dict[str, int],
    host: str,
    options: dict[str, Any],
) -> None:
    client = SafeHttpClient(tls=authority.client(), resolver=resolving(["1.1.1.1"]))
    server = serve(OK, tls=authority.server(host, **options))
    public_internet["1.1.1.1"] = server.port
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", "https://issuer.example/")
    assert failed.value.reason == "tls"
    assert server.requests == []


def test_only_our_own_tls_sockets_keep_to_limits(authority: Authority, serve: Callable[..., Server]) -> None:
    tls = authority.client()
    client = SafeHttpClient(loopback_http=True, tls=tls)
    server = serve(OK, tls=authority.server("localhost"))
    tls.sslsocket_class = ssl.SSLSocket
    with pytest.raises(TypeError, match="tls_context"):
        client.request("GET", f"https://localhost:{server.port}/")


def test_a_peer_that_never_shakes_hands(public_internet: dict[str, int]) -> None:
    client = SafeHttpClient(resolver=resolving(["1.1.1.1"]))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        public_internet["1.1.1.1"] = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(FetchFailed) as failed:
            client.request("GET", "https://issuer.example/", timeout=0.2)
    assert failed.value.reason == "timeout"
    assert time.monotonic() - began < 4


def test_a_slow_answer_over_tls_ends_at_the_deadline(
    authority: Authority, serve: Callable[..., Server]
) -> None:
    tls = authority.client()
    server = serve(drip(OK), tls=authority.server("localhost"))
    client = SafeHttpClient(loopback_http=True, tls=tls)
    began = time.monotonic()
    with pytest.raises(FetchFailed) as failed:
        client.request("GET", f"https://localhost:{server.port}/", timeout=0.4)
    assert failed.value.reason == "timeout"
    assert time.monotonic() - began < 4


def test_a_large_body_travels_both_ways_over_tls(authority: Authority, serve: Callable[..., Server]) -> None:
    tls = authority.client()
    large = b"x" * 300_000
    server = serve(
        b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + large, tls=authority.server("localhost")
    )
    client = SafeHttpClient(loopback_http=True, tls=tls)
    answer = client.request("POST", f"https://localhost:{server.port}/", body=large, max_bytes=300_000)
    assert answer.body == large
    assert server.requests[0].endswith(large)
    client.close()
