"""The frame that a tool is shown in: its attributes, the messages that we answer, and a storage beside it.

The storage is a page of its own on the origin of the authorization endpoint, as LTI's platform storage has
it; static/messages.js does what both pages are told here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ltitool.sandbox.errors import PageRefusal
from ltitool.sandbox.runtime import current_platform

if TYPE_CHECKING:
    from ltitool.sandbox.runtime import Platform

framing = Blueprint("framing", __name__)

PARENT: Final = "_parent"  # the name by which the standard means the page around the tool
_STORES: Final = ("lti.put_data", "lti.get_data")


@dataclass(frozen=True)
class ToolFrame:
    """What the page around a tool says and does."""

    allow: str
    sandbox: str  # empty: no such attribute
    tool: str  # the one origin that is listened to
    answers: str  # what the page answers itself
    beside: str  # what the storage frame answers; empty: there is none
    storage_name: str
    storage_url: str


def tool_frame(platform: Platform) -> ToolFrame:
    """Say how a tool is framed here."""
    manners, tool = platform.config.manners, platform.config.tool.origin
    stores = _STORES if manners.storage_target else ()
    own = stores if manners.storage_target == PARENT else ()
    return ToolFrame(
        allow="; ".join(f"{feature} {tool}" for feature in manners.frame_features),
        sandbox=" ".join(manners.frame_sandbox),
        tool=tool,
        answers=" ".join((*manners.messages, *own)),
        beside=" ".join(stores if not own else ()),
        storage_name=manners.storage_target,
        storage_url=platform.endpoints.storage,
    )


@framing.get("/lti/storage")
def storage() -> ResponseReturnValue:
    """Give the page that keeps a tool's notes while a course's page is open."""
    platform = current_platform()
    frame, manners = tool_frame(platform), platform.config.manners
    if not frame.beside:
        raise PageRefusal(404, "no-storage")
    return render_template("storage.html", frame=frame, manners=manners, home=platform.endpoints.base)
