"""The token endpoint: a signed client assertion buys an opaque access token (RFC 6749 §4.4, RFC 7523).

The assertion is checked as a careful platform would: RS256 with a kid of the tool's key set; iss and sub
the client id; aud our token endpoint and nothing else; exp ahead but at most an hour; iat not in the future;
a jti that was never used. Tokens are random, live for an hour, and only their hash is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.compact import open_compact
from ltitool.sandbox.errors import ServiceRefusal, TokenRefusal, ToolKeysUnavailableError
from ltitool.sandbox.spent import burn
from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from joserfc.jwk import RSAKey

    from ltitool.sandbox.manners import Manners
    from ltitool.sandbox.runtime import Platform

TOKEN_SECONDS: Final = 3_600
_LEEWAY: Final = timedelta(seconds=10)
_LONGEST_LIFE: Final = timedelta(hours=1)
_MAX_ASSERTION: Final = 8_192
_MAX_JTI: Final = 255


@dataclass(frozen=True)
class Grant:
    """What a tool is given."""

    access_token: str
    scopes: tuple[str, ...]


def grant_token(platform: Platform, fields: Mapping[str, str] | None) -> Grant:
    """Check a token request and store the hash of a fresh token."""
    if fields is None:
        raise TokenRefusal("invalid_request", "a parameter stands there twice")
    _check_kind(fields)
    scopes = _asked_scopes(fields.get("scope", ""), platform.config.manners)
    claims = _verified(platform, fields.get("client_assertion", ""))
    expires_at = _check_claims(platform, claims)
    now = platform.now()
    with platform.store.writing() as connection:
        if not _first_use(platform, connection, claims, expires_at):
            raise TokenRefusal("invalid_client", "this assertion was used before (jti)")
        return _store_token(connection, platform.config.tool.client_id, scopes, now)


def _first_use(
    platform: Platform, connection: sqlite3.Connection, claims: Mapping[str, Any], expires_at: datetime
) -> bool:
    if platform.config.manners.trusts_assertions:
        return True
    return burn(connection, "assertion", claims["jti"], expires_at + _LEEWAY, platform.now())


def require_scope(platform: Platform, authorization: str | None, accepted: tuple[str, ...]) -> None:
    """Let a service request pass if its bearer token is alive and has one of the scopes."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise ServiceRefusal(401, "no_token", "send Authorization: Bearer and an access token")
    with platform.store.reading() as connection:
        row = connection.execute(
            "SELECT scopes, expires_at FROM access_tokens WHERE token_hash = ?", (_hashed(token),)
        ).fetchone()
    if row is None or row["expires_at"] <= stamp(platform.now()):
        raise ServiceRefusal(401, "invalid_token", "the access token is unknown or has expired")
    if not set(accepted) & set(row["scopes"].split()):
        raise ServiceRefusal(403, "insufficient_scope", f"this needs one of: {' '.join(accepted)}")


def _check_kind(fields: Mapping[str, str]) -> None:
    if fields.get("grant_type") != "client_credentials":
        raise TokenRefusal("unsupported_grant_type", "grant_type must be client_credentials")
    if fields.get("client_assertion_type") != words.ASSERTION_TYPE:
        raise TokenRefusal("invalid_request", f"client_assertion_type must be {words.ASSERTION_TYPE}")


def _asked_scopes(text: str, manners: Manners) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(text.split()))
    if manners.drops_unknown_scopes:
        asked = tuple(scope for scope in asked if scope in manners.scopes)
    unknown = [scope for scope in asked if scope not in manners.scopes]
    if unknown or not asked:
        raise TokenRefusal("invalid_scope", "scope is missing or holds one that this platform does not offer")
    return asked


def _verified(platform: Platform, assertion: str) -> dict[str, Any]:
    """Check the assertion's form and signature and give its claims."""
    if not assertion or len(assertion) > _MAX_ASSERTION:
        raise TokenRefusal("invalid_request", "client_assertion is missing or too long")
    try:
        opened = open_compact(assertion)
        _check_signature(assertion, _tool_key(platform, opened.header))
    except (JoseError, ValueError) as error:
        raise TokenRefusal(
            "invalid_client", "client_assertion is no JWT, or its signature does not verify"
        ) from error
    return opened.claims


def _tool_key(platform: Platform, header: Mapping[str, Any]) -> RSAKey:
    if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
        raise TokenRefusal("invalid_client", "client_assertion must be signed with RS256 and name its kid")
    try:
        key = platform.tool_keys.find(header["kid"])
    except ToolKeysUnavailableError as error:
        raise TokenRefusal("invalid_client", str(error)) from error
    if key is None:
        raise TokenRefusal("invalid_client", "the tool's key set has no usable key with this kid")
    return key


def _check_signature(assertion: str, key: RSAKey) -> None:
    jws.deserialize_compact(assertion, key, ["RS256"])


def _check_claims(platform: Platform, claims: Mapping[str, Any]) -> datetime:
    """Check what the assertion says, claim by claim, and give the moment at which it expires."""
    if platform.config.manners.trusts_assertions:
        if claims.get("sub") != platform.config.tool.client_id:
            raise TokenRefusal("invalid_client", "sub must be the client id")
    else:
        _check_parties(platform, claims)
    return _check_times(platform, claims)


def _check_parties(platform: Platform, claims: Mapping[str, Any]) -> None:
    client_id = platform.config.tool.client_id
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise TokenRefusal("invalid_client", "iss and sub must both be the client id")
    if claims.get("aud") not in (platform.endpoints.token, [platform.endpoints.token]):
        raise TokenRefusal("invalid_client", "aud must be the address of this token endpoint, alone")
    if not isinstance(claims.get("jti"), str) or not 0 < len(claims["jti"]) <= _MAX_JTI:
        raise TokenRefusal("invalid_client", "jti is missing or too long")


def _check_times(platform: Platform, claims: Mapping[str, Any]) -> datetime:
    now = platform.now()
    if _moment(claims, "iat") > now + _LEEWAY:
        raise TokenRefusal("invalid_client", "iat lies in the future: compare the clocks")
    expires_at = _moment(claims, "exp")
    if not now - _LEEWAY < expires_at <= now + _LONGEST_LIFE + _LEEWAY:
        raise TokenRefusal("invalid_client", "exp has passed, or lies more than an hour ahead")
    return expires_at


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefusal("invalid_client", f"{name} must be a number of seconds")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TokenRefusal("invalid_client", f"{name} is no moment in time") from error


def _store_token(
    connection: sqlite3.Connection, client_id: str, scopes: tuple[str, ...], now: datetime
) -> Grant:
    token = secrets.token_urlsafe(32)
    connection.execute("DELETE FROM access_tokens WHERE expires_at < ?", (stamp(now),))
    connection.execute(
        "INSERT INTO access_tokens VALUES (?, ?, ?, ?)",
        (_hashed(token), client_id, " ".join(scopes), stamp(now + timedelta(seconds=TOKEN_SECONDS))),
    )
    return Grant(token, scopes)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
