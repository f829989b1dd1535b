"""Where a running platform is switched: a page for the administrator, and JSON for scripts here."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for

from ltitool.sandbox.bodies import json_object
from ltitool.sandbox.errors import NotSignedInError, PageRefusal, ServiceRefusal
from ltitool.sandbox.faults import Kind, Service
from ltitool.sandbox.manners import MODES, STRICT, Trick
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.switching import SWITCHES, status, switch
from ltitool.sandbox.visitor import current_person

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

switch_pages = Blueprint("switch_pages", __name__)


@switch_pages.get("/admin/behaviour")
def show_switches() -> ResponseReturnValue:
    _only_administrators()
    platform = current_platform()
    return render_template(
        "behaviour.html",
        modes=sorted(MODES, key=lambda name: name != STRICT.name),
        switches=[(name, getattr(STRICT, name), getattr(platform.config.manners, name)) for name in SWITCHES],
        tricks=list(Trick),
        services=list(Service),
        kinds=list(Kind),
        faults=platform.board.faults(),
        skew=platform.board.skew,
    )


@switch_pages.post("/admin/behaviour")
def set_switches() -> ResponseReturnValue:
    """Take one of the page's forms."""
    _only_administrators()
    platform = current_platform()
    try:
        if request.form.get("clear"):
            platform.board.clear_faults()
        else:
            switch(platform, _orders())
    except ServiceRefusal as refusal:
        raise PageRefusal(400, refusal.code, refusal.detail) from refusal
    return redirect(url_for("switch_pages.show_switches"), 303)


@switch_pages.route("/control", methods=["GET", "POST"])
def control() -> ResponseReturnValue:
    """Switch from a script on this machine; a browser's page cannot reach this door."""
    if not _is_here():
        raise PageRefusal(403, "not-from-here")
    platform = current_platform()
    if request.method == "POST":
        try:
            switch(platform, json_object(request, "application/json"))
        except ServiceRefusal as refusal:
            return jsonify(error=refusal.code, detail=refusal.detail), refusal.status
        return redirect(url_for("switch_pages.control"), 303)
    return jsonify(status(platform))


def _is_here() -> bool:
    from_browser = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not from_browser and not passed_on and _is_loopback(request.remote_addr)


def _is_loopback(address: str | None) -> bool:
    return address is not None and ip_address(address).is_loopback


def _only_administrators() -> None:
    person = current_person()
    if person is None:
        raise NotSignedInError
    if not person.administrator:
        raise PageRefusal(403, "administrators-only")


def _orders() -> dict[str, Any]:
    """Read the form at hand: a mode, all switches, one service's fault, the clock, or the keys."""
    form = request.form
    if form.get("mode"):
        return {"mode": form["mode"]}
    if form.get("service"):
        return {"faults": {form["service"]: _fault_asked()}}
    if "skew" in form:
        return {"clock_skew_seconds": _number(form["skew"])}
    if form.get("keys"):
        return {"keys": form["keys"]}
    return {"manners": {name: _value_asked(name) for name in SWITCHES}}


def _fault_asked() -> dict[str, Any] | None:
    form = request.form
    if not form.get("kind"):
        return None
    times = form.get("times", "")
    asked: dict[str, Any] = {"kind": form["kind"], "seconds": _number(form.get("seconds") or "1")}
    return asked | ({"times": int(_number(times))} if times else {})


def _value_asked(name: str) -> Any:
    usual = getattr(STRICT, name)
    if isinstance(usual, bool):
        return name in request.form
    if isinstance(usual, int):
        return int(_number(request.form.get(name, "")))
    if name == "tricks":
        return request.form.getlist(name)
    return request.form.get(name, "").split() if isinstance(usual, tuple) else request.form.get(name, "")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise PageRefusal(400, "no-number") from error
