"""What an LMS says about itself at its openid_configuration address, read and judged before it is believed.

Everything that a launch or a service will later rely on must lie on the issuer's own host: whoever answers
at that host over https is the LMS, and nobody else is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ltitool.foundation.services import HttpClient
from ltitool.lti import registration_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import origin_of
from ltitool.lti.platforms import is_safe_address
from ltitool.lti.quirks import canvas
from ltitool.lti.strictjson import NotStrictJson, read_object
from ltitool.settings import Settings

MAX_CONFIGURATION = 262_144
MAX_NAMES = 1000
MAX_TEXT = 2000
TIMEOUT = 10.0
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
NEEDED = {
    "response_types_supported": "id_token",
    "id_token_signing_alg_values_supported": "RS256",
    "token_endpoint_auth_methods_supported": "private_key_jwt",
}


@dataclass(frozen=True)
class PlatformOffer:
    """An LMS as it describes itself; `None` for a list means that it did not say."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    token_audience: str | None
    scopes: tuple[str, ...] | None
    claims: tuple[str, ...] | None
    variables: tuple[str, ...] | None
    messages: Mapping[str, tuple[str, ...]]  # placements by message type
    product: str

    @property
    def is_canvas(self) -> bool:
        return self.product == canvas.FAMILY


def check_address(url: str, settings: Settings) -> None:
    """Refuse an address that we would not read a configuration from, before asking the network anything.

    Raises:
        AddressUnsafe (A61).
    """
    if not is_safe_address(url, settings) or urlsplit(url).fragment:
        raise wrong.AddressUnsafe(url[:200])


def fetch_offer(url: str, token: str, http: HttpClient) -> PlatformOffer:
    """Read and judge an LMS's description of itself; Canvas shows its own to the token's bearer alone.

    Raises:
        ConfigurationUnavailable, ConfigurationUnreadable: there is none that can be read.
        IssuerElsewhere, EndpointElsewhere (A62): it speaks of other hosts.
        PlatformUnfit: LTI 1.3 as we know it is not spoken there.
        FetchRefused: the address is none that we go to, or does not answer.
    """
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    answer = http.request("GET", url, headers=headers, max_bytes=MAX_CONFIGURATION, timeout=TIMEOUT)
    if not answer.ok:
        raise wrong.ConfigurationUnavailable(f"status {answer.status}")
    try:
        said = read_object(answer.body)
    except NotStrictJson as error:
        raise wrong.ConfigurationUnreadable(str(error)) from error
    offer = _read(said)
    _check_hosts(offer, url)
    _check_fitness(said, offer)
    return offer


def _read(said: Mapping[str, Any]) -> PlatformOffer:
    own = said.get(words.PLATFORM_CONFIGURATION) or {}
    if not isinstance(own, dict):
        raise wrong.ConfigurationUnreadable(words.PLATFORM_CONFIGURATION)
    return PlatformOffer(
        issuer=_text(said, "issuer"),
        **{name: _text(said, name) for name in ENDPOINTS},
        token_audience=_audience(said),
        scopes=_names(said, "scopes_supported"),
        claims=_names(said, "claims_supported"),
        variables=_names(own, "variables"),
        messages=_messages(own),
        product=str(own.get("product_family_code") or "")[:100].lower(),
    )


def _check_hosts(offer: PlatformOffer, url: str) -> None:
    if not _belongs(offer.issuer, url):
        raise wrong.IssuerElsewhere(f"{offer.issuer[:200]} at {url[:200]}")
    for name in ENDPOINTS:
        if not _belongs(offer.issuer, getattr(offer, name)):
            raise wrong.EndpointElsewhere(f"{name} {getattr(offer, name)[:200]}")


def _belongs(issuer: str, url: str) -> bool:
    home = origin_of(issuer)
    if home is None:
        return False
    return origin_of(url) == home or canvas.in_one_cloud(issuer, url)


def _check_fitness(said: Mapping[str, Any], offer: PlatformOffer) -> None:
    for name, needed in NEEDED.items():
        offered = _names(said, name)
        if offered is not None and needed not in offered:
            raise wrong.PlatformUnfit(f"{name} without {needed}")
    if words.RESOURCE_LINK_REQUEST not in offer.messages:
        raise wrong.PlatformUnfit(f"no {words.RESOURCE_LINK_REQUEST}")


def _messages(own: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    entries = own.get("messages_supported")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
            raise wrong.ConfigurationUnreadable("messages_supported")
        found[entry["type"]] = found.get(entry["type"], ()) + (_names(entry, "placements") or ())
    return found


def _audience(said: Mapping[str, Any]) -> str | None:
    """Give the audience of token requests where it is not the token's address (D2L names one)."""
    return _text(said, "authorization_server") if _is_absolute(said.get("authorization_server")) else None


def _is_absolute(value: object) -> bool:
    # Canvas puts a bare host name here, and expects the token's address all the same.
    return isinstance(value, str) and origin_of(value) is not None


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise wrong.ConfigurationUnreadable(name)
    return value


def _names(said: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    values = said.get(name)
    if values is None:
        return None
    if not isinstance(values, list) or len(values) > MAX_NAMES or not all(isinstance(v, str) for v in values):
        raise wrong.ConfigurationUnreadable(name)
    return tuple(values)
