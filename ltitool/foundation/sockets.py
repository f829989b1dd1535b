"""Sockets that keep to a deadline and an allowance of bytes, however slowly or endlessly the peer talks."""

import socket
import ssl
import time
from typing import Any

from ltitool.foundation.addresses import Address, Target
from ltitool.foundation.errors import FetchTooLarge

HEAD_BYTES = 65_536  # beside the body: status line, headers, chunk sizes, trailers


class Limits:
    """What one request may take: seconds until the deadline, and bytes of answer."""

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self._deadline = time.monotonic() + seconds
        self._allowance = max_bytes + HEAD_BYTES

    def seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def spend(self, count: int) -> None:
        self._allowance -= count
        if self._allowance < 0:
            raise FetchTooLarge("size", "headers or framing without end")


class Limited(socket.socket):
    """Sets the time that is left before each wait, because a socket's own timeout starts anew each time."""

    limits: Limits

    def recv_into(self, *given: Any, **named: Any) -> int:
        self.settimeout(self.limits.seconds_left())
        count = super().recv_into(*given, **named)
        self.limits.spend(count)
        return count

    def send(self, *given: Any, **named: Any) -> int:
        self.settimeout(self.limits.seconds_left())
        return super().send(*given, **named)

    def sendall(self, *given: Any, **named: Any) -> None:
        self.settimeout(self.limits.seconds_left())
        super().sendall(*given, **named)


class LimitedSocket(Limited):
    """Plain TCP, within limits."""


class LimitedTlsSocket(Limited, ssl.SSLSocket):
    """TLS, within limits."""


def tls_context(context: ssl.SSLContext | None = None) -> ssl.SSLContext:
    """Give a context whose sockets keep to limits; certificates and names are always checked."""
    made = context or ssl.create_default_context()
    made.sslsocket_class = LimitedTlsSocket
    return made


def connect(target: Target, address: Address, tls: ssl.SSLContext, limits: Limits) -> Limited:
    """Connect to this very address; with TLS, ask for and check the name of the target."""
    plain = LimitedSocket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)  # noqa: PLR2004 - IPv6
    plain.limits = limits
    try:
        plain.settimeout(limits.seconds_left())
        plain.connect((str(address), target.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return plain if target.scheme == "http" else _secure(plain, target, tls, limits)
    except BaseException:
        plain.close()
        raise


def _secure(plain: socket.socket, target: Target, tls: ssl.SSLContext, limits: Limits) -> LimitedTlsSocket:
    secured = tls.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
    if not isinstance(secured, LimitedTlsSocket):
        secured.close()
        message = "the TLS context was not made by tls_context"
        raise TypeError(message)
    secured.limits = limits
    try:
        secured.settimeout(limits.seconds_left())
        secured.do_handshake()
    except BaseException:
        secured.close()
        raise
    return secured
