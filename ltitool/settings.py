"""The settings: one frozen table, read from the environment once, all faults listed together."""

import base64
import binascii
import ipaddress
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

PREFIX = "LTITOOL_"
Made = TypeVar("Made")
KEY_BYTES = 32
MOST_SCORES_AT_ONCE = 64
LEAST_UPLOAD = 2**20  # bytes; a photo of a phone has some millions
log = logging.getLogger(__name__)


class SettingsInvalid(Exception):
    """The environment cannot be used; `faults` says every reason, one a line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What an operator decides. Each field is one LTITOOL_… variable; see docs/reference/settings.md."""

    public_url: str  # LTITOOL_PUBLIC_URL: where browsers reach us; no slash at the end
    database_url: str  # LTITOOL_DATABASE_URL: sqlite:///… or postgresql+psycopg://…
    data_dir: Path  # LTITOOL_DATA_DIR: where photos lie, unless LTITOOL_OBJECTS_URL names a bucket
    secret_key: bytes  # LTITOOL_SECRET_KEY: base64 of 32 random bytes; signs login state
    key_encryption_key: bytes  # LTITOOL_KEY_ENCRYPTION_KEY: base64 of 32 random bytes; seals private keys
    objects_url: str | None = None  # LTITOOL_OBJECTS_URL: s3://bucket/prefix for photos; access by AWS_…
    loopback_http: bool = False  # LTITOOL_LOOPBACK_HTTP=yes: plain http, for loopback hosts only
    clock_file: Path | None = None  # LTITOOL_CLOCK_FILE: a file that holds "now"; with loopback_http only
    proxies: int = 0  # LTITOOL_PROXIES: how many reverse proxies stand before us
    max_upload_bytes: int = 25 * 2**20  # LTITOOL_MAX_UPLOAD_BYTES: of one request
    scores_at_once: int = 8  # LTITOOL_SCORES_AT_ONCE: scores that one LMS is sent at a time, 1 to 64
    trusted_issuers: tuple[
        str, ...
    ] = ()  # LTITOOL_TRUSTED_ISSUERS: DIDs that the verifier knows besides ours

    @property
    def host(self) -> str:
        """The host, with its port if any, of the public address."""
        return urlsplit(self.public_url).netloc


def is_loopback(host: str) -> bool:
    """Say whether a host name can only mean this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        SettingsInvalid: with every fault found, not only the first.
    """
    reader = _Reader(environ)
    settings = Settings(
        public_url=reader.text("PUBLIC_URL", "").rstrip("/"),
        database_url=reader.text("DATABASE_URL", ""),
        data_dir=Path(reader.text("DATA_DIR", "var/data")),
        objects_url=reader.optional("OBJECTS_URL", str),
        secret_key=reader.key("SECRET_KEY"),
        key_encryption_key=reader.key("KEY_ENCRYPTION_KEY"),
        loopback_http=reader.flag("LOOPBACK_HTTP"),
        clock_file=reader.optional("CLOCK_FILE", Path),
        proxies=reader.number("PROXIES", 0),
        max_upload_bytes=reader.number("MAX_UPLOAD_BYTES", 25 * 2**20),
        scores_at_once=reader.number("SCORES_AT_ONCE", 8),
        trusted_issuers=reader.dids("TRUSTED_ISSUERS"),
    )
    faults = [*reader.faults, *_public_url_faults(settings), *_clock_faults(settings)]
    if not 1 <= settings.scores_at_once <= MOST_SCORES_AT_ONCE:
        faults.append(f"{PREFIX}SCORES_AT_ONCE must be from 1 to {MOST_SCORES_AT_ONCE}")
    if settings.max_upload_bytes < LEAST_UPLOAD:
        faults.append(
            f"{PREFIX}MAX_UPLOAD_BYTES must be at least {LEAST_UPLOAD}: photos are sent in one request"
        )
    if not settings.database_url:
        faults.append(f"{PREFIX}DATABASE_URL is missing")
    if settings.objects_url and not settings.objects_url.startswith("s3://"):
        faults.append(f"{PREFIX}OBJECTS_URL must be s3://bucket or s3://bucket/prefix")
    if faults:
        raise SettingsInvalid(faults)
    if settings.loopback_http:
        log.warning("plain http is allowed on loopback: for the demo and tests only")
    return settings


def _public_url_faults(settings: Settings) -> list[str]:
    name = f"{PREFIX}PUBLIC_URL"
    if not settings.public_url:
        return [f"{name} is missing"]
    parts = urlsplit(settings.public_url)
    if not _is_origin(settings.public_url):
        return [f"{name} must be an origin as browsers write it, such as https://tool.example"]
    assert parts.hostname  # noqa: S101 - an origin has one
    if settings.loopback_http and not is_loopback(parts.hostname):
        return [f"{PREFIX}LOOPBACK_HTTP is only for localhost, and {name} names {parts.hostname}"]
    if parts.scheme == "http" and not settings.loopback_http:
        return [f"{name} must be https (on this machine alone, {PREFIX}LOOPBACK_HTTP=yes allows http)"]
    return []


def _is_origin(url: str) -> bool:
    """Say whether an address is an origin exactly as a browser sends it in its Origin header."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    usual = {"https": 443, "http": 80}
    if parts.scheme not in usual or not parts.hostname or port == usual[parts.scheme]:
        return False
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return url == f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _clock_faults(settings: Settings) -> list[str]:
    if settings.clock_file and not settings.loopback_http:
        return [f"{PREFIX}CLOCK_FILE is only for the demo: it needs {PREFIX}LOOPBACK_HTTP=yes"]
    return []


class _Reader:
    """Takes variables out of the environment and notes what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self._environ.get(PREFIX + name, default).strip()

    def optional(self, name: str, make: Callable[[str], Made]) -> Made | None:
        value = self.text(name, "")
        return make(value) if value else None

    def flag(self, name: str) -> bool:
        value = self.text(name, "no").lower()
        if value not in {"yes", "no"}:
            self.faults.append(f"{PREFIX}{name} must be yes or no")
        return value == "yes"

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            self.faults.append(f"{PREFIX}{name} must be a whole number")
            return default
        return int(value)

    def dids(self, name: str) -> tuple[str, ...]:
        found = tuple(self.text(name, "").split())
        self.faults += [
            f"{PREFIX}{name} must list DIDs, parted by blanks, and {one} is none"
            for one in found
            if not one.startswith(("did:web:", "did:key:"))
        ]
        return found

    def key(self, name: str) -> bytes:
        value = self.text(name, "")
        try:
            decoded = base64.b64decode(value, validate=True)
        except binascii.Error:
            decoded = b""
        if len(decoded) != KEY_BYTES:
            self.faults.append(f"{PREFIX}{name} must be base64 of {KEY_BYTES} bytes, and has {len(decoded)}")
        return decoded
