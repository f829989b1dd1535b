"""How often one address may ask: a bucket of tokens for each network, in the memory of this process."""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from threading import Lock

# One customer usually has so much of an address space.
IPV4_PREFIX, IPV6_PREFIX = 24, 56


@dataclass
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """Each network may take `burst` tokens at once, and gets `per_second` new ones.

    At most `remembered` networks are kept; the one that has been quiet longest is forgotten first.
    """

    def __init__(self, *, burst: int, per_second: float, remembered: int = 10_000) -> None:
        self._burst = burst
        self._per_second = per_second
        self._remembered = remembered
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str, now: float) -> int:
        """Take a token and give 0, or give the whole seconds until there is one.

        Args:
            address: of the client; what is no IP address shares one bucket.
            now: seconds on a clock that never goes back.
        """
        with self._lock:
            bucket = self._bucket(network_of(address), now)
            if bucket.tokens < 1:
                return ceil((1 - bucket.tokens) / self._per_second)
            bucket.tokens -= 1
            return 0

    def _bucket(self, name: str, now: float) -> _Bucket:
        bucket = self._buckets.pop(name, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_second)
        bucket.at = now
        self._buckets[name] = bucket
        while len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return bucket


def network_of(address: str) -> str:
    """Give the network that an address is counted with."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(parsed, IPv4Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = IPV4_PREFIX if isinstance(parsed, IPv4Address) else IPV6_PREFIX
    return str(ip_network(f"{parsed}/{prefix}", strict=False))
