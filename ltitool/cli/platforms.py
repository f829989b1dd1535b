"""The operator's words about LMSs: platforms, and the deployments in them."""

import argparse
import dataclasses
import uuid
from datetime import datetime
from typing import Any

from ltitool.cli.operating import Answer, add_word, operator_of, organisation_of
from ltitool.errors import Conflict, msg
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.approving import (
    ACTIVE,
    DISABLED,
    allow_origin,
    choose_pace,
    decide_deployment,
    decide_platform,
    register_by_hand,
)
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.platform_invitations import NewInvitation, invite_platform
from ltitool.lti.platforms import (
    POLICIES,
    PlatformMissing,
    Registration,
    list_deployments,
    list_platforms,
    platform_of,
)
from ltitool.lti.products import product_of
from ltitool.lti.quirks.choosing import PRODUCTS
from ltitool.lti.selftest.findings import Outcome
from ltitool.lti.selftest.running import run_check
from ltitool.lti.selftest.words import say
from ltitool.lti.toolconfig import tool_addresses
from ltitool.lti.wiring import selftest_tools

NEEDED = ("name", "issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url")


class PlatformAmbiguous(Conflict):
    code = "platform.ambiguous"
    title = msg("Several platforms have this name")
    advice = msg("Name it by its number, as the list shows it.")


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's words to the command."""
    _platform_words(words.add_parser("platforms", help="the LMSs that know this tool"))
    _deployment_words(words.add_parser("deployments", help="where an LMS uses this tool"))


def _platform_words(parser: Any) -> None:
    sub = parser.add_subparsers(required=True)
    word = add_word(sub, "add", "register an LMS by hand", _add)
    for name in NEEDED:
        word.add_argument(f"--{name.replace('_', '-')}", required=True)
    word.add_argument("--deployment-id", action="append", default=[], help="may be given several times")
    word.add_argument("--token-audience", help="where it differs from the token URL")
    word.add_argument(
        "--origin", action="append", default=[], help="a further address of this LMS; may be repeated"
    )
    word.add_argument("--deployment-policy", choices=POLICIES, default="approve")
    word.add_argument("--product", choices=PRODUCTS, default="", help="where it cannot be told by itself")
    word = add_word(sub, "invite", "make a single-use link by which an LMS registers itself", _invite)
    word.add_argument("--name", required=True, help="under which the LMS will be listed")
    add_word(sub, "list", "list them", _list)
    _named(add_word(sub, "show", "show one with its deployments", _show))
    word = _named(
        add_word(sub, "allow-origin", "add an address under which people see this LMS", _allow_origin)
    )
    word.add_argument("origin", help="such as https://school.example")
    word = _named(add_word(sub, "pace", "say how many scores one is sent at a time", _pace))
    word.add_argument("at_once", type=_pace_of, help="1 to 64, or `usual`: as the settings say")
    _named(add_word(sub, "check", "try each of its services, and say what to change for what fails", _check))
    for name, purpose, status in (
        ("approve", "let one in that waits", ACTIVE),
        ("enable", "switch one on again", ACTIVE),
        ("disable", "refuse one, or switch it off; nothing is deleted", DISABLED),
    ):
        word = _named(add_word(sub, name, purpose, _decide))
        word.set_defaults(status=status)


def _deployment_words(parser: Any) -> None:
    sub = parser.add_subparsers(required=True)
    add_word(sub, "list", "list them, waiting ones first", _list_deployments)
    for name, purpose, status in (
        ("approve", "let one in that a launch made known", ACTIVE),
        ("disable", "keep one out; nothing is deleted", DISABLED),
    ):
        word = add_word(sub, name, purpose, _decide_deployment)
        word.add_argument("deployment", type=uuid.UUID)
        word.set_defaults(status=status)


def _named(word: Any) -> Any:
    word.add_argument("platform", help="its number or its name")
    return word


def find_platform(arguments: argparse.Namespace) -> Platform:
    """Find a platform by its number or its name.

    Raises:
        PlatformMissing, PlatformAmbiguous.
    """
    organisation_id, wanted = organisation_of(arguments), arguments.platform
    try:
        return platform_of(read_session(), organisation_id, uuid.UUID(wanted))
    except ValueError:
        named = [row for row in list_platforms(read_session(), organisation_id) if row.name == wanted]
    if not named:
        raise PlatformMissing(wanted)
    if len(named) > 1:
        raise PlatformAmbiguous(", ".join(str(row.id) for row in named))
    return named[0]


def platform_json(row: Platform, deployments: list[Deployment]) -> dict[str, Any]:
    """Describe a platform for scripts; names are added here, never changed."""
    return {
        "id": str(row.id),
        "status": row.status,
        **{name: getattr(row, name) for name in NEEDED},
        "token_audience": row.token_audience,
        "origins": list(row.service_origins),
        "deployment_policy": row.deployment_policy,
        "scores_at_once": row.scores_at_once,
        "product": product_of(row),
        "created_at": _moment(row.created_at),
        "deployments": [deployment_json(one) for one in deployments if one.platform_id == row.id],
    }


def deployment_json(row: Deployment) -> dict[str, Any]:
    """Describe a deployment for scripts."""
    return {
        "id": str(row.id),
        "platform_id": str(row.platform_id),
        "deployment_id": row.lms_id,
        "status": row.status,
        "embed_origins": list(row.embed_origins),
        "created_at": _moment(row.created_at),
    }


def _add(arguments: argparse.Namespace) -> Answer:
    found, organisation_id = services(), organisation_of(arguments)
    registration = Registration(
        **{name: getattr(arguments, name) for name in NEEDED},
        deployment_ids=arguments.deployment_id,
        token_audience=arguments.token_audience,
        service_origins=arguments.origin,
        deployment_policy=arguments.deployment_policy,
        product=arguments.product,
    )
    with transaction() as session:
        row = register_by_hand(session, operator_of(arguments), registration, found.new_id(), found.settings)
        session.flush()
        shown = platform_json(row, list_deployments(session, organisation_id))
    addresses = tool_addresses(found.settings.public_url)
    lines = [_line(row), *(f"{name}: {url}" for name, url in addresses.items())]
    return Answer({"platform": shown, "tool": addresses}, lines)


def _invite(arguments: argparse.Namespace) -> Answer:
    found = services()
    token = found.new_token()
    wanted = NewInvitation(found.new_id(), organisation_of(arguments), arguments.name)
    with transaction() as session:
        until = invite_platform(session, wanted, token, found.clock())
    link = f"{found.settings.public_url}/lti/register?invitation={token}"
    return Answer({"link": link, "usable_until": _moment(until), "uses": 1})


def _list(arguments: argparse.Namespace) -> Answer:
    session, organisation_id = read_session(), organisation_of(arguments)
    rows, deployments = list_platforms(session, organisation_id), list_deployments(session, organisation_id)
    return Answer({"platforms": [platform_json(row, deployments) for row in rows]}, list(map(_line, rows)))


def _show(arguments: argparse.Namespace) -> Answer:
    row = find_platform(arguments)
    shown = platform_json(row, list_deployments(read_session(), row.organisation_id))
    lines = [f"{name}: {value}" for name, value in shown.items() if name != "deployments"]
    lines += [
        f"deployment: {one['id']}  {one['status']}  {one['deployment_id']}" for one in shown["deployments"]
    ]
    return Answer({"platform": shown}, lines)


def _allow_origin(arguments: argparse.Namespace) -> Answer:
    platform_id, operator = find_platform(arguments).id, operator_of(arguments)
    with transaction() as session:
        row = allow_origin(session, operator, platform_id, arguments.origin, services().settings)
        session.flush()
        shown = platform_json(row, list_deployments(session, row.organisation_id))
    return Answer({"platform": shown}, [f"{_line(row)}  {' '.join(row.service_origins)}"])


def _pace_of(text: str) -> int | None:
    if text == "usual":
        return None
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is no number, and not `usual`")
    return int(text)


def _pace(arguments: argparse.Namespace) -> Answer:
    platform_id, operator = find_platform(arguments).id, operator_of(arguments)
    with transaction() as session:
        row = choose_pace(session, operator, platform_id, arguments.at_once)
        shown = platform_json(row, list_deployments(session, row.organisation_id))
    return Answer({"platform": shown}, [f"{_line(row)}  {row.scores_at_once or 'usual'}"])


def _check(arguments: argparse.Namespace) -> Answer:
    """Test a platform now; ends with 1 where a check failed."""
    row = find_platform(arguments)
    found = list(run_check(row.organisation_id, row.id, selftest_tools()))
    said = [(one, say(one, product_of(row), str)) for one in found]
    lines = []
    for one, words in said:
        lines.append(f"{one.outcome.upper():9}  {words.title}: {words.means}")
        lines += [f"{'':9}  {words.fix}"] if words.fix else []
    failed = any(one.outcome is Outcome.FAILED for one in found)
    checks = [{**one.stored(), **dataclasses.asdict(words)} for one, words in said]
    answer = {"platform": {"id": str(row.id), "name": row.name}, "passed": not failed, "checks": checks}
    return Answer(answer, lines, exit_code=int(failed))


def _decide(arguments: argparse.Namespace) -> Answer:
    platform_id, operator = find_platform(arguments).id, operator_of(arguments)
    with transaction() as session:
        row = decide_platform(session, operator, platform_id, arguments.status)
        shown = platform_json(row, list_deployments(session, row.organisation_id))
    return Answer({"platform": shown}, [_line(row)])


def _list_deployments(arguments: argparse.Namespace) -> Answer:
    rows = list_deployments(read_session(), organisation_of(arguments))
    said = {"deployments": [deployment_json(row) for row in rows]}
    return Answer(said, [f"{row.id}  {row.status}  {row.lms_id}" for row in rows])


def _decide_deployment(arguments: argparse.Namespace) -> Answer:
    operator = operator_of(arguments)
    with transaction() as session:
        row = decide_deployment(session, operator, arguments.deployment, arguments.status)
    return Answer({"deployment": deployment_json(row)}, [f"{row.id}  {row.status}  {row.lms_id}"])


def _line(row: Platform) -> str:
    return f"{row.id}  {row.status}  {row.name}  {row.issuer}  {row.client_id}"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
