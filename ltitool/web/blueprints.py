"""Blueprints that say who may come in. Public is said too; a test walks the url map and looks."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from flask import Blueprint, current_app, g, request

from ltitool.people.errors import NotGranted, SessionEnded, SessionEndedWordsKept
from ltitool.web.csrf import check_request_is_ours
from ltitool.web.drafts import keep_late_form
from ltitool.web.visit import load_visit

VISIT_PREFIX = "/l/<launch>"


class Guard(Enum):
    """Who may see the pages of a blueprint."""

    PUBLIC = "public"
    LAUNCHED = "launched"
    PARTICIPANT = "participant"
    COACH = "coach"
    DIRECTOR = "director"
    OPERATOR = "operator"


def guarded_blueprint(name: str, import_name: str, *, guard: Guard, path: str = "") -> Blueprint:
    """Make a blueprint whose every page is behind `guard`; pages of a visit live under /l/<launch>."""
    public = guard is Guard.PUBLIC
    blueprint = Blueprint(
        name,
        import_name,
        template_folder="templates",
        url_prefix=path or None if public else VISIT_PREFIX + path,
    )
    setattr(blueprint, "guard", guard)  # noqa: B010 - Blueprint has no such attribute to type
    if not public:
        blueprint.url_value_preprocessor(_take_launch)
        blueprint.before_request(_opener(guard))
    return blueprint


def _take_launch(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        g.launch = values.pop("launch", "")


def _opener(guard: Guard) -> Callable[[], None]:
    def open_page() -> None:
        try:
            visit = load_visit(g.launch)
        except SessionEnded as ended:
            if request.method == "POST" and keep_late_form():
                raise SessionEndedWordsKept from ended
            raise
        check_request_is_ours(visit)
        if guard is not Guard.LAUNCHED and guard.value not in visit.roles:
            raise NotGranted(f"{guard.value} page, roles {sorted(visit.roles)}")

    return open_page


def add_launch_to_urls(endpoint: str, values: dict[str, Any]) -> None:
    """Put the visit's short name into every URL that needs one (an app-wide url_defaults function)."""
    if "launch" not in values and g.get("launch") and _needs_launch(endpoint):
        values["launch"] = g.launch


def _needs_launch(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "launch")
