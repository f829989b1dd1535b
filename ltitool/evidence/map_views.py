"""Pages of the map: the picture and its table, one form for each entry, kept versions."""

import uuid

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from ltitool.errors import Invalid
from ltitool.evidence.map_forms import decision_from, link_from, node_from
from ltitool.evidence.map_pages import (
    changed,
    decision_page,
    link_page,
    map_page,
    node_page,
    own_document,
    shown_map,
    version_document,
)
from ltitool.evidence.pages import ACCEPTED, own_scope, pages, readable_scope, reading, show
from ltitool.evidence.power_map import find_version, keep_version
from ltitool.evidence.schemas import DecisionForm, LinkForm, NodeForm, Seen, VersionForm
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.web.forms import read_form
from ltitool.web.visit import current_visit


@pages.get("/map")
def power_map() -> ResponseReturnValue:
    return map_page({})


@pages.post("/map/nodes")
def add_node() -> ResponseReturnValue:
    return changed(NodeForm(), lambda sent: lambda old: old.add_node(node_from("", sent)), node_page(None))


@pages.get("/map/nodes/<node_id>")
def node(node_id: str) -> ResponseReturnValue:
    return node_page(own_document().node(node_id))({}, None)


@pages.post("/map/nodes/<node_id>")
def change_node(node_id: str) -> ResponseReturnValue:
    page = node_page(own_document().node(node_id))
    return changed(NodeForm(), lambda sent: lambda old: old.change_node(node_from(node_id, sent)), page)


@pages.post("/map/nodes/<node_id>/remove")
def remove_node(node_id: str) -> ResponseReturnValue:
    page = node_page(own_document().node(node_id))
    return changed(Seen(), lambda _sent: lambda old: old.remove_node(node_id), page)


@pages.post("/map/links")
def add_link() -> ResponseReturnValue:
    return changed(LinkForm(), lambda sent: lambda old: old.add_link(link_from("", sent)), link_page(None))


@pages.get("/map/links/<link_id>")
def link(link_id: str) -> ResponseReturnValue:
    return link_page(own_document().link(link_id))({}, None)


@pages.post("/map/links/<link_id>")
def change_link(link_id: str) -> ResponseReturnValue:
    page = link_page(own_document().link(link_id))
    return changed(LinkForm(), lambda sent: lambda old: old.change_link(link_from(link_id, sent)), page)


@pages.post("/map/links/<link_id>/remove")
def remove_link(link_id: str) -> ResponseReturnValue:
    page = link_page(own_document().link(link_id))
    return changed(Seen(), lambda _sent: lambda old: old.remove_link(link_id), page)


@pages.get("/map/decisions/new")
def new_decision() -> ResponseReturnValue:
    return decision_page(None)({}, None)


@pages.post("/map/decisions/new")
def add_decision() -> ResponseReturnValue:
    page = decision_page(None)
    return changed(DecisionForm(), lambda sent: lambda old: old.add_decision(decision_from("", sent)), page)


@pages.get("/map/decisions/<decision_id>")
def decision(decision_id: str) -> ResponseReturnValue:
    return decision_page(own_document().decision(decision_id))({}, None)


@pages.post("/map/decisions/<decision_id>")
def change_decision(decision_id: str) -> ResponseReturnValue:
    page = decision_page(own_document().decision(decision_id))
    return changed(
        DecisionForm(), lambda sent: lambda old: old.change_decision(decision_from(decision_id, sent)), page
    )


@pages.post("/map/decisions/<decision_id>/remove")
def remove_decision(decision_id: str) -> ResponseReturnValue:
    page = decision_page(own_document().decision(decision_id))
    return changed(Seen(), lambda _sent: lambda old: old.remove_decision(decision_id), page)


@pages.post("/map/versions")
def keep_map() -> ResponseReturnValue:
    try:
        name = read_form(VersionForm())["name"]
        with transaction() as session:
            keep_version(session, own_scope(), name, at=services().clock())
    except Invalid as error:
        return map_page({f"version.{field}": fault for field, fault in error.faults.items()}, error)
    return redirect(url_for("evidence.power_map", done="kept") + "#versions", 303)


@reading.get("/people/<uuid:offering_id>/<uuid:person_id>/map/<int:number>")
def map_version(offering_id: uuid.UUID, person_id: uuid.UUID, number: int) -> ResponseReturnValue:
    scope = readable_scope(offering_id, person_id)
    version = find_version(read_session(), scope, number)
    return show(
        "map_version.html",
        ACCEPTED,
        version=version,
        is_own=current_visit().person_id == person_id,
        scope=scope,
        **shown_map(version_document(version)),
    )
