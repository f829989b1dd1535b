"""The one door for outbound HTTP: no redirects, no cookies, no proxies, checked addresses, hard limits.

What a fetch refuses is read from the URL (addresses.py) before anything is asked of the network, and
from the resolver's answer before anything is connected. The connection goes to the checked address, so
a name that changes its mind afterwards changes nothing.
"""

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.exceptions import SSLError as TlsBroken

from ltitool.foundation.addresses import Address, Target, check_addresses, read_url
from ltitool.foundation.errors import FetchBlocked, FetchFailed, FetchTooLarge
from ltitool.foundation.services import HttpAnswer
from ltitool.foundation.sockets import Limited, Limits, connect, tls_context

Resolver = Callable[[str], Sequence[str]]

PIECE = 65_536
REPEATABLE = {"GET", "HEAD"}  # may be sent again when a kept connection turns out to be closed
LOCALHOST = ["127.0.0.1", "::1"]  # RFC 6761: such names are never looked up
USER_AGENT = "ltitool"


def system_resolver(host: str) -> list[str]:
    """Ask the system for all addresses of a host."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class _Request:
    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes | None
    max_bytes: int
    limits: Limits


@dataclass
class _Line:
    """A connection that is kept for the next request to the same host at the same address."""

    connection: HTTPConnection
    socket: Limited
    name: tuple[str, str, int, Address]
    idle_since: float = field(default_factory=time.monotonic)


class SafeHttpClient:
    """Implements `services.HttpClient`. Threads may share one."""

    def __init__(
        self,
        *,
        loopback_http: bool = False,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._loopback_http = loopback_http
        self._resolver = resolver
        self._tls = tls_context(tls)
        self._kept = _KeptLines()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 262_144,
        timeout: float = 5.0,
    ) -> HttpAnswer:
        """Send one request within `timeout` seconds altogether, following no redirect.

        Raises:
            FetchBlocked: the URL or an address of its host is none that we go to; nothing was sent.
            FetchFailed: no usable answer.
            FetchTooLarge: the body is longer than `max_bytes`.
        """
        target = read_url(url, loopback_http=self._loopback_http)
        limits = Limits(timeout, max_bytes)
        with _translated():
            addresses = self._addresses(target, limits)
            request = _Request(method, target, _headers(target, headers), body, max_bytes, limits)
            return self._send_kept(request, addresses) or self._send_fresh(request, addresses)

    def close(self) -> None:
        """Close the kept connections."""
        self._kept.close()

    def _addresses(self, target: Target, limits: Limits) -> list[Address]:
        if not target.loopback:
            return check_addresses(target.host, _within(limits, lambda: self._resolver(target.host)))
        with suppress(ValueError):
            return [ip_address(target.host)]
        return [ip_address(text) for text in LOCALHOST]

    def _send_kept(self, request: _Request, addresses: list[Address]) -> HttpAnswer | None:
        for address in addresses:
            line = self._kept.take(_name(request.target, address))
            if line is None:
                continue
            try:
                return self._send(line, request)
            except ConnectionError:
                if request.method not in REPEATABLE:
                    raise
        return None

    def _send_fresh(self, request: _Request, addresses: list[Address]) -> HttpAnswer:
        return self._send(self._open(request.target, addresses, request.limits), request)

    def _open(self, target: Target, addresses: list[Address], limits: Limits) -> _Line:
        *others, last = addresses
        for address in others:
            with suppress(ConnectionError):
                return self._open_at(target, address, limits)
        return self._open_at(target, last, limits)

    def _open_at(self, target: Target, address: Address, limits: Limits) -> _Line:
        connection = HTTPConnection(target.host, target.port)
        connection.auto_open = 0  # it must never look the host up by itself
        connection.sock = limited = connect(target, address, self._tls, limits)
        return _Line(connection, limited, _name(target, address))

    def _send(self, line: _Line, request: _Request) -> HttpAnswer:
        connection = line.connection
        try:
            line.socket.limits = request.limits
            _write(connection, request)
            response = connection.getresponse()
            answer = HttpAnswer(
                response.status,
                {name.lower(): response.headers[name] for name in response.headers},
                _read_body(response, request.max_bytes),
                response.reason or "",
            )
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._kept.put(line)
        return answer


class _KeptLines:
    """The idle connections, few and not for long."""

    MOST = 32
    SECONDS = 20.0

    def __init__(self) -> None:
        self._lines: list[_Line] = []
        self._lock = threading.Lock()

    def take(self, name: tuple[str, str, int, Address]) -> _Line | None:
        with self._lock:
            self._drop_old()
            line = next((line for line in self._lines if line.name == name), None)
            if line is not None:
                self._lines.remove(line)
        if line is not None and not line.connection.is_connected:
            line.connection.close()
            return None
        return line

    def put(self, line: _Line) -> None:
        line.idle_since = time.monotonic()
        with self._lock:
            self._lines.append(line)
            self._drop_old()

    def close(self) -> None:
        with self._lock:
            for line in self._lines:
                line.connection.close()
            self._lines.clear()

    def _drop_old(self) -> None:
        oldest = time.monotonic() - self.SECONDS
        while self._lines and (self._lines[0].idle_since < oldest or len(self._lines) > self.MOST):
            self._lines.pop(0).connection.close()


def _name(target: Target, address: Address) -> tuple[str, str, int, Address]:
    return target.scheme, target.host, target.port, address


def _headers(target: Target, given: Mapping[str, str] | None) -> dict[str, str]:
    ours = {"host": target.authority, "user-agent": USER_AGENT, "accept-encoding": "identity"}
    return {name.lower(): value for name, value in (given or {}).items()} | ours


def _write(connection: HTTPConnection, request: _Request) -> None:
    try:
        connection.request(
            request.method,
            request.target.path,
            body=request.body,
            headers=request.headers,
            preload_content=False,
            decode_content=False,
        )
    except ValueError as fault:  # a line break in a header, a method that is none
        raise FetchBlocked("header", str(fault)) from fault


def _read_body(response: HTTPResponse, max_bytes: int) -> bytes:
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise FetchFailed("encoding", f"{encoding}, though we take none")
    body = bytearray()
    while piece := response.read(PIECE):
        body += piece
        if len(body) > max_bytes:
            raise FetchTooLarge("size", f"more than {max_bytes} bytes")
    return bytes(body)


def _within(limits: Limits, resolve: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Wait for a resolver no longer than the request may take; the system's cannot be interrupted."""
    answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolve())
        except (OSError, UnicodeError) as fault:
            answer.put(fault)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=limits.seconds_left())
    except queue.Empty as fault:
        raise TimeoutError from fault
    if isinstance(found, Exception):
        raise FetchFailed("dns", str(found)) from found
    return found


@contextmanager
def _translated() -> Iterator[None]:
    """Say the failures of sockets, TLS and HTTP in our own words."""
    try:
        yield
    except (TimeoutError, ReadTimeoutError) as fault:
        raise FetchFailed("timeout") from fault
    except (ssl.SSLError, TlsBroken) as fault:
        raise FetchFailed("tls", str(fault)) from fault
    except (http.client.HTTPException, HTTPError) as fault:
        raise FetchFailed("protocol", str(fault)) from fault
    except OSError as fault:
        raise FetchFailed("connect", str(fault)) from fault
