"""Dynamic registration, the platform's side: a token for one registration, and a strict look at what comes.

What a tool must send is what real platforms insist on: Moodle's required fields, its domain rule, and
Canvas's grant types. Scopes that we do not offer are dropped from the answer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.errors import JoseError

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.config import Tool
from ltitool.sandbox.errors import PageRefusal, ServiceRefusal
from ltitool.sandbox.registrations import KnownTool, add_registration
from ltitool.sandbox.spent import burn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ltitool.sandbox.runtime import Platform

_LIFETIME: Final = timedelta(hours=1)
_SCOPE: Final = "reg"
_MAX_NAME: Final = 255
_EXACT: Final = {"application_type": "web", "token_endpoint_auth_method": "private_key_jwt"}
_HOLDING: Final = {
    "response_types": ("id_token",),
    "grant_types": ("client_credentials", "implicit"),
}


@dataclass(frozen=True)
class Permission:
    """A registration token that was read; `client_id` is what the tool will be called."""

    id: str
    client_id: str
    expires_at: datetime


def registration_link(platform: Platform, link: str) -> str:
    """Add to a tool's registration link what the tool needs to register with us."""
    parts = urlsplit(link)
    if f"{parts.scheme}://{parts.netloc}" != platform.config.tool_url:
        raise PageRefusal(400, "foreign-link", f"the link must begin with {platform.config.tool_url}")
    added = {
        "openid_configuration": platform.endpoints.configuration,
        "registration_token": _write_token(platform),
    }
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *added.items()])))


def read_token(platform: Platform, authorization: str | None) -> Permission:
    """Read the bearer of a registration; whether it was used before is seen when it is burnt."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise ServiceRefusal(401, "missing_registration_token", "send Authorization: Bearer")
    try:
        claims = jwt.decode(token, platform.keys.hints, ["HS256"]).claims
    except (JoseError, ValueError) as error:
        raise ServiceRefusal(401, "invalid_registration_token", "the token is not ours") from error
    expires_at = datetime.fromtimestamp(claims.get("exp", 0), UTC)
    if claims.get("scope") != _SCOPE or expires_at <= platform.now():
        raise ServiceRefusal(
            401, "invalid_registration_token", "the token has expired, or is for another use"
        )
    return Permission(claims["jti"], claims["sub"], expires_at)


def register(platform: Platform, permission: Permission, body: Mapping[str, Any]) -> dict[str, Any]:
    """Check a registration, store it, and give the answer."""
    known = _read_body(platform, permission, body)
    with platform.store.writing() as connection:
        if not burn(connection, "registration", permission.id, permission.expires_at, platform.now()):
            raise ServiceRefusal(401, "token_already_used", "a registration token is good for one use")
        add_registration(connection, known, platform.now())
    configuration = dict(body[words.TOOL_CONFIGURATION])
    if platform.config.manners.names_deployment:
        configuration["deployment_id"] = known.tool.deployment_id
    answer = {**body, "client_id": permission.client_id, "scope": " ".join(known.scopes)}
    return {**answer, words.TOOL_CONFIGURATION: configuration}


def _write_token(platform: Platform) -> str:
    claims = {
        "jti": secrets.token_urlsafe(16),
        "sub": f"tool-{secrets.token_hex(8)}",
        "scope": _SCOPE,
        "exp": int((platform.now() + _LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": "HS256"}, claims, platform.keys.hints, ["HS256"])


def _read_body(platform: Platform, permission: Permission, body: Mapping[str, Any]) -> KnownTool:
    for name, value in _EXACT.items():
        if body.get(name) != value:
            raise _refusal(f"{name} must be {value}")
    for name, values in _HOLDING.items():
        if not set(values) <= set(_texts(body, name)):
            raise _refusal(f"{name} must hold {' and '.join(values)}")
    configuration = body.get(words.TOOL_CONFIGURATION)
    if not isinstance(configuration, dict):
        raise _refusal(f"{words.TOOL_CONFIGURATION} is missing")
    _check_messages(configuration)
    asked = _text(body, "scope").split() if body.get("scope") else []
    return KnownTool(
        name=_text(body, "client_name"),
        tool=_read_tool(platform, permission, body, configuration),
        scopes=tuple(scope for scope in asked if scope in platform.config.manners.scopes),
        active=False,
    )


def _read_tool(
    platform: Platform, permission: Permission, body: Mapping[str, Any], configuration: Mapping[str, Any]
) -> Tool:
    redirect_uris = _texts(body, "redirect_uris")
    tool = replace(
        platform.config.tool,
        client_id=permission.client_id,
        deployment_id=f"deployment-{permission.client_id}",
        login_url=_text(body, "initiate_login_uri"),
        launch_url=_text(configuration, "target_link_uri"),
        jwks_url=_text(body, "jwks_uri"),
        redirect_uris=tuple(redirect_uris),
        custom=_custom(configuration),
    )
    home = urlsplit(tool.origin).netloc
    if configuration.get("domain") != home:
        raise _refusal(f"domain must be the host of target_link_uri: {home}")
    for url in (tool.login_url, tool.launch_url, tool.jwks_url, *tool.redirect_uris):
        if not url.startswith(tool.origin + "/"):
            raise _refusal(f"{url[:80]} does not lie below {tool.origin}")
    return tool


def _custom(configuration: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    custom = configuration.get("custom_parameters", {})
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        raise _refusal("custom_parameters must map names to texts")
    return tuple(custom.items())


def _check_messages(configuration: Mapping[str, Any]) -> None:
    messages = configuration.get("messages")
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        raise _refusal("messages must be a list of objects")
    unknown = [str(one.get("type"))[:80] for one in messages if one.get("type") not in words.MESSAGES]
    if unknown:
        raise _refusal(f"this platform does not send {', '.join(unknown)}")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME * 8:
        raise _refusal(f"{name} is missing or too long")
    return value


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    values = body.get(name)
    if not isinstance(values, list) or not values or not all(isinstance(one, str) for one in values):
        raise _refusal(f"{name} must be a list of texts")
    return values


def _refusal(detail: str) -> ServiceRefusal:
    return ServiceRefusal(400, "invalid_client_metadata", detail)
