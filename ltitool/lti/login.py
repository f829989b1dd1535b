"""Third-party login: an LMS says "somebody wants in"; we answer by sending them back to it with a state.

The state is bound to this browser by a secret in a partitioned cookie. What the LMS sent with the login
may be good for one use only, so it is not spent before we know that this browser keeps our cookies.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from ltitool.errors import ToolError
from ltitool.foundation.db import read_session
from ltitool.lti import errors as wrong
from ltitool.lti.addresses import is_at, with_query
from ltitool.lti.known_platforms import KnownPlatforms
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.platforms import check_open
from ltitool.lti.quirks import canvas
from ltitool.lti.tickets import LIFETIME, State, Tickets, secret_hash
from ltitool.settings import Settings

LAUNCH_PATH = "/lti/launch"
MAX_TOTAL = 8192
SHORT_LENGTH = 8
# All that we read of a login; whatever else a platform sends is left alone.
READ = (
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "client_id",
    "lti_deployment_id",
    "deployment_id",
    "canvas_environment",
    "lti_storage_target",
)


@dataclass(frozen=True)
class LoginRequest:
    """A login whose parameters have been checked for their form."""

    issuer: str
    login_hint: str
    target_link_uri: str | None
    message_hint: str | None
    client_id: str | None
    deployment_id: str | None
    environment: str | None = None
    storage: str | None = None  # the frame in which the LMS offers to keep something for us


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and the secret it has to bring back."""

    url: str
    short: str
    secret: str


def take_parameters(sent: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Take a login's parameters out of what was sent, all values of each name.

    Raises:
        LoginParameterRepeated, LoginParameterTooLong, LoginParameterUnreadable: see N8.
    """
    found: dict[str, str] = {}
    for name in READ:
        values = sent.get(name, ())
        if len(values) > 1:
            raise wrong.LoginParameterRepeated(name)
        if values and values[0]:
            found[name] = values[0]
    if sum(map(len, found.values())) > MAX_TOTAL:
        raise wrong.LoginParameterTooLong
    for name, value in found.items():
        if not value.isprintable():
            raise wrong.LoginParameterUnreadable(name)
    return found


def read_login(parameters: Mapping[str, str], settings: Settings) -> LoginRequest:
    """Read a login.

    Raises:
        LoginIssuerMissing (N1), LoginHintMissing (N3), LoginTargetForeign (N7).
    """
    if "iss" not in parameters:
        raise wrong.LoginIssuerMissing
    if "login_hint" not in parameters:
        raise wrong.LoginHintMissing
    target = parameters.get("target_link_uri")
    if target is not None and not is_at(target, [settings.public_url]):
        raise wrong.LoginTargetForeign(target[:200])
    return LoginRequest(
        issuer=parameters["iss"],
        login_hint=parameters["login_hint"],
        target_link_uri=target,
        message_hint=parameters.get("lti_message_hint"),
        client_id=parameters.get("client_id"),
        deployment_id=parameters.get("lti_deployment_id") or parameters.get("deployment_id"),
        environment=parameters.get("canvas_environment"),
        storage=parameters.get("lti_storage_target"),
    )


def find_platform(platforms: KnownPlatforms, login: LoginRequest) -> Platform:
    """Find the registration that a login means; nothing is refused by what is only remembered.

    Raises:
        LoginIssuerUnknown (N2), LoginClientUnknown (N4), LoginClientAmbiguous (N5), PlatformDisabled (N9),
        LoginEnvironmentOther (N78).
    """
    try:
        return _find(platforms.of_issuer(login.issuer), login)
    except ToolError:
        return _find(platforms.read_issuer(login.issuer), login)


def _find(of_issuer: Sequence[Platform], login: LoginRequest) -> Platform:
    _check_environment(of_issuer, login)
    if not of_issuer:
        raise wrong.LoginIssuerUnknown(login.issuer[:200])
    platform = _choose(of_issuer, login)
    check_open(platform)
    return platform


def depart(
    platform: Platform,
    login: LoginRequest,
    *,
    tickets: Tickets,
    settings: Settings,
    new_token: Callable[[], str],
    at: datetime,
    storage: str | None = None,
) -> Departure:
    """Start a login: make its state and nonce, and say where the browser goes.

    `storage` names the frame of the LMS that is to keep the secret, where this browser keeps no cookie.
    """
    secret, random_name = new_token(), new_token()
    short = random_name.lower().replace("-", "").replace("_", "")[:SHORT_LENGTH]
    state = State(
        platform_id=platform.id,
        nonce=tickets.new_nonce(new_token()),
        target_link_uri=login.target_link_uri,
        short=short,
        secret_hash=secret_hash(secret),
        expires_at=at + LIFETIME,
        storage=storage,
    )
    parameters = [
        ("login_hint", login.login_hint),
        ("state", tickets.write_state(state)),
        ("nonce", state.nonce),
    ]
    if login.message_hint is not None:
        parameters.append(("lti_message_hint", login.message_hint))
    question = _question(platform.auth_login_url, platform.client_id, settings.public_url + LAUNCH_PATH)
    return Departure(with_query(question, parameters), short, secret)


@lru_cache(1024)
def _question(auth_login_url: str, client_id: str, redirect_uri: str) -> str:
    """Write what is the same in each login at a registration."""
    parameters = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
    }
    return with_query(auth_login_url, parameters.items())


def _check_environment(of_issuer: Sequence[Platform], login: LoginRequest) -> None:
    """Keep a copy of Canvas away from what was registered for its production."""
    if not canvas.is_copy(login.issuer, login.environment):
        return
    of_production = select(Platform.id).where(Platform.issuer == canvas.PRODUCTION)
    if login.issuer == canvas.PRODUCTION or (not of_issuer and read_session().scalar(of_production.limit(1))):
        raise wrong.LoginEnvironmentOther(login.environment or login.issuer)


def _choose(of_issuer: Sequence[Platform], login: LoginRequest) -> Platform:
    if login.client_id is not None:
        named = [platform for platform in of_issuer if platform.client_id == login.client_id]
        if not named:
            raise wrong.LoginClientUnknown(login.client_id[:200])
        return named[0]
    if len(of_issuer) == 1:
        return of_issuer[0]
    deployed = _with_deployment([platform.id for platform in of_issuer], login.deployment_id)
    if len(deployed) != 1:
        raise wrong.LoginClientAmbiguous(f"{len(of_issuer)} registrations")
    return next(platform for platform in of_issuer if platform.id == deployed[0])


def _with_deployment(platform_ids: list[uuid.UUID], deployment_id: str | None) -> Sequence[uuid.UUID]:
    if deployment_id is None:
        return []
    return (
        read_session()
        .scalars(
            select(Deployment.platform_id).where(
                Deployment.platform_id.in_(platform_ids), Deployment.lms_id == deployment_id
            )
        )
        .all()
    )
