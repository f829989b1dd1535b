"""Where outbound HTTP may go: a strict reading of URLs, and the networks that we never talk to.

Not trusted: `ipaddress.is_global` (true for 64:ff9b::a9fe:a9fe and 192.0.0.8 in the Pythons that we run
on), and any check of a host's spelling alone. The addresses are checked, and the checked one is used.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from ltitool.foundation.errors import FetchBlocked, FetchFailed
from ltitool.settings import is_loopback

Address = IPv4Address | IPv6Address

DEFAULT_PORTS = {"https": 443, "http": 80}
MAX_URL = 4096
MAX_PORT = 65535
RFC3986 = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
PARTS = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE)
AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::([1-9][0-9]{0,4}))?")
# Two labels at least, the last beginning with a letter: whatever a resolver would read as a number
# (2130706433, 0x7f.1, 127.1) is no host name.
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
MAX_HOST = 253

# The IANA special-purpose registries, multicast, and what clouds answer on inside their networks.
DENIED = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and a cloud's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host agent
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
# Of IPv6 only this was ever given out as public. Outside it lie loopback, v4-mapped and v4-compatible
# addresses, NAT64, unique local, link-local, site-local and multicast.
GLOBAL_UNICAST = ip_network("2000::/3")


@dataclass(frozen=True)
class Target:
    """Where one request goes, read from its URL."""

    scheme: str
    host: str  # lower case; an IPv6 address without its brackets
    port: int
    path: str  # with the query
    loopback: bool

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def read_url(url: str, *, loopback_http: bool) -> Target:
    """Read a URL that may be fetched.

    Raises:
        FetchBlocked: for anything but https on port 443 of a named host; with `loopback_http`, http and
            any port are allowed too, to hosts that can only mean this machine.
    """
    parts = PARTS.fullmatch(url)
    if parts is None:
        raise FetchBlocked("scheme", url[:MAX_HOST])
    if len(url) > MAX_URL or not RFC3986.fullmatch(url):
        raise FetchBlocked("url", "a character that no URL has, or too many of them")
    scheme, authority, path = parts[1].lower(), parts[2].lower(), parts[3]
    host, port = _read_authority(scheme, authority)
    loopback = loopback_http and is_loopback(host.strip("[]"))
    if not loopback:
        _check_public(scheme, host, port)
    return Target(scheme, host.strip("[]"), port, path if path.startswith("/") else f"/{path}", loopback)


def _read_authority(scheme: str, authority: str) -> tuple[str, int]:
    if "@" in authority:
        raise FetchBlocked("userinfo", authority)
    parts = AUTHORITY.fullmatch(authority)
    if parts is None:
        raise FetchBlocked("host", authority)
    port = int(parts[2] or DEFAULT_PORTS[scheme])
    if port > MAX_PORT:
        raise FetchBlocked("port", authority)
    return parts[1], port


def _check_public(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise FetchBlocked("scheme", host)
    if len(host) > MAX_HOST or not HOST.fullmatch(host) or is_loopback(host):
        raise FetchBlocked("host", host)
    if port != DEFAULT_PORTS[scheme]:
        raise FetchBlocked("port", f"{host}:{port}")


def check_addresses(host: str, found: Sequence[str]) -> list[Address]:
    """Give the addresses of a public host.

    Raises:
        FetchBlocked: one of them is not public; then none of the host's addresses is to be trusted.
        FetchFailed: there is none.
    """
    if not found:
        raise FetchFailed("dns", f"{host} has no address")
    return [_check_address(host, text) for text in found]


def _check_address(host: str, text: str) -> Address:
    try:
        address = ip_address(text)
    except ValueError as fault:
        raise FetchBlocked("address", f"{host} at {text}") from fault
    if not is_public(address):
        raise FetchBlocked("address", f"{host} at {text}")
    return address


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public internet."""
    if isinstance(address, IPv6Address) and (address.scope_id or address not in GLOBAL_UNICAST):
        return False
    return not any(address in network for network in DENIED)
