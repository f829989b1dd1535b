"""What a practice LMS is told when it starts, and the addresses that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ltitool.sandbox.errors import ConfigurationError
from ltitool.sandbox.manners import STRICT, Manners
from ltitool.sandbox.seed import DEMO, Seed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LOOPBACK_DOMAIN: Final = ".localhost"  # browsers take every name below it to this machine


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class PlatformConfig:
    """The whole configuration of one practice LMS."""

    base_url: str
    tool_url: str
    data_dir: Path
    manners: Manners = STRICT
    clock: Callable[[], datetime] = utc_now
    seed: Seed = DEMO
    registered: Tool | None = None  # the tool that registered itself and was activated, if any
    door_url: str = ""  # where sign-on and storage live, if not at base_url: Canvas has a host for them

    def __post_init__(self) -> None:
        _check_origin("base_url", self.base_url)
        _check_origin("tool_url", self.tool_url)
        _check_origin("door_url", self.endpoints.door)

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(self.base_url, self.manners, self.door_url)

    @property
    def tool(self) -> Tool:
        return self.registered or usual_tool(self.tool_url, self.seed.client_id, self.seed.deployment_id)


@dataclass(frozen=True)
class Tool:
    """The one tool that launches go to, with the addresses that we may send a browser to."""

    origin: str
    client_id: str
    deployment_id: str
    login_url: str
    launch_url: str  # the target link URI of links that name none
    jwks_url: str
    redirect_uris: tuple[str, ...]
    custom: tuple[tuple[str, str], ...] = ()  # what every launch carries besides; $Names are filled in


def usual_tool(origin: str, client_id: str, deployment_id: str) -> Tool:
    """Give the tool that a seed knows, at its usual addresses."""
    launch_url = origin + "/lti/launch"
    return Tool(
        origin=origin,
        client_id=client_id,
        deployment_id=deployment_id,
        login_url=origin + "/lti/login",
        launch_url=launch_url,
        jwks_url=origin + "/lti/jwks.json",
        redirect_uris=(launch_url,),
        custom=(("context_history", "$Context.id.history"),),
    )


@dataclass(frozen=True)
class Endpoints:
    """Every address of this platform that a tool is told, made in one place."""

    base: str
    manners: Manners = STRICT
    door_url: str = ""

    @property
    def door(self) -> str:
        """Give the origin of sign-on and storage."""
        return self.door_url or self.base

    @property
    def issuer(self) -> str:
        """Give the name that messages carry: our own address, unless many schools share one."""
        return self.manners.shared_issuer or self.base

    @property
    def authorization(self) -> str:
        return self.door + "/lti/auth"

    @property
    def storage(self) -> str:
        return self.door + "/lti/storage"

    @property
    def token(self) -> str:
        return self.base + "/lti/token"

    @property
    def jwks(self) -> str:
        return self.base + "/lti/jwks"

    @property
    def configuration(self) -> str:
        return self.base + "/.well-known/openid-configuration"

    @property
    def registration(self) -> str:
        return self.base + "/lti/registrations"

    def line_items(self, course_id: str) -> str:
        return self._service(f"courses/{course_id}/lineitems")

    def line_item(self, course_id: str, line_item_id: str) -> str:
        return self._service(f"courses/{course_id}/lineitems/{line_item_id}")

    def results(self, course_id: str, line_item_id: str) -> str:
        return self._service(f"courses/{course_id}/lineitems/{line_item_id}/results")

    def result(self, course_id: str, line_item_id: str, sub: str) -> str:
        return self._service(f"courses/{course_id}/lineitems/{line_item_id}/results/{sub}")

    def memberships(self, course_id: str) -> str:
        return f"{self.base}/api/courses/{course_id}/memberships"

    def groups(self, course_id: str) -> str:
        return f"{self.base}/api/courses/{course_id}/groups"

    def group_sets(self, course_id: str) -> str:
        return f"{self.base}/api/courses/{course_id}/group-sets"

    def _service(self, path: str) -> str:
        query = f"?{self.manners.service_query}" if self.manners.service_query else ""
        return f"{self.base}/api/{path}{query}"

    def notice_handlers(self, deployment_id: str) -> str:
        return f"{self.base}/api/notice-handlers/{deployment_id}"

    def link_return(self, course_id: str) -> str:
        return f"{self.course_page(course_id)}/links/return"

    def course_page(self, course_id: str) -> str:
        return f"{self.base}/courses/{course_id}"


def _check_origin(setting: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(f"{setting} must be an http or https address, not {url!r}")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ConfigurationError(f"{setting} must be an origin alone, with nothing after the port: {url!r}")
    here = parts.hostname in _LOOPBACK or parts.hostname.endswith(_LOOPBACK_DOMAIN)
    if parts.scheme == "http" and not here:
        raise ConfigurationError(f"{setting}: plain http is for this machine alone, not for {parts.hostname}")
