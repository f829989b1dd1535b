"""What the pages of the map show, and how a change sent from one of them is made."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ltitool.errors import Invalid, ToolError
from ltitool.evidence.errors import ActivityWithoutPage, MapChanged
from ltitool.evidence.map_document import Decision, Link, MapDocument, Node, map_from_data
from ltitool.evidence.map_drawing import NARROW, wide_frame
from ltitool.evidence.map_example import example_map
from ltitool.evidence.map_findings import findings
from ltitool.evidence.map_forms import decision_values, link_values, node_values
from ltitool.evidence.map_picture import LENS_WORDS, Lens, draw_map, legend
from ltitool.evidence.map_words import (
    LINK_SENTENCES,
    LINK_WORDS,
    NODE_WORDS,
    POWER_WORDS,
    STRENGTH_WORDS,
    VOICE_WORDS,
)
from ltitool.evidence.models import PowerMapVersion
from ltitool.evidence.pages import own_scope, said, show, speech, typed
from ltitool.evidence.power_map import change_map, read_map, versions_of
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.programs import ActivityKind, MapGuide, Program
from ltitool.web.drafts import with_draft
from ltitool.web.forms import FormSchema, read_form

Change = Callable[[MapDocument], MapDocument]
FormPage = Callable[[Mapping[str, str], ToolError | None], Response]
WORDS: Mapping[str, object] = {
    "node_words": NODE_WORDS,
    "link_words": LINK_WORDS,
    "link_sentences": LINK_SENTENCES,
    "power_words": POWER_WORDS,
    "strength_words": STRENGTH_WORDS,
    "voice_words": VOICE_WORDS,
}


def guide_of(program: Program) -> MapGuide:
    """Give the program's guide to the map.

    Raises:
        ActivityWithoutPage: the program has none.
    """
    if program.map is None:
        raise ActivityWithoutPage("map")
    return program.map


def own_document() -> MapDocument:
    """Give the map of whoever is here."""
    return read_map(read_session(), own_scope()).document


def changed(
    form: FormSchema, change_of: Callable[[Mapping[str, Any]], Change], page: FormPage
) -> ResponseReturnValue:
    """Read a form, make its change, go back to the map; on a fault show `page` with what was typed."""
    try:
        sent = read_form(form)
        with transaction() as session:
            change_map(
                session,
                own_scope(),
                change_of(sent),
                seen_revision=sent["revision"],
                at=services().clock(),
            )
    except (Invalid, MapChanged) as error:
        return page(error.faults if isinstance(error, Invalid) else {}, error)
    return redirect(url_for("evidence.power_map", done="saved"), 303)


def map_page(faults: Mapping[str, str], error: ToolError | None = None) -> Response:
    """Show a person's map with everything that can be done to it."""
    session, scope = read_session(), own_scope()
    state = read_map(session, scope)
    return show(
        "map.html",
        error.status if error else 200,
        guide=guide_of(scope.program),
        activity=next(iter(scope.program.of_kind(ActivityKind.POWER_MAP)), None),
        revision=state.revision,
        versions=versions_of(session, scope),
        scope=scope,
        name=typed().get("name", "") or with_draft(url_for("evidence.keep_map"), {}).get("name", ""),
        new_node=with_draft(url_for("evidence.add_node"), {}),
        new_link=with_draft(url_for("evidence.add_link"), {}),
        faults=said(faults),
        done=request.args.get("done"),
        example=_pictures(example_map(speech()), Lens.BOTH) if state.document.is_empty else [],
        **shown_map(state.document),
    )


def shown_map(document: MapDocument) -> dict[str, object]:
    """Give a map as a page shows it: pictures, legend, findings, and the words of its table."""
    lens = _lens()
    return {
        "document": document,
        "lens": lens,
        "lenses": LENS_WORDS,
        "pictures": _pictures(document, lens),
        "legend": legend(speech(), LINK_WORDS),
        "findings": [finding.words(speech()) for finding in findings(document)],
        **WORDS,
    }


def version_document(version: PowerMapVersion) -> MapDocument:
    """Read the map of a kept version."""
    return map_from_data(version.document)


def node_page(node: Node | None) -> FormPage:
    """Give the page of a node's form, for a new one too."""
    action = (
        url_for("evidence.change_node", node_id=node.id) if node is not None else url_for("evidence.add_node")
    )
    return _form_page("map_node.html", node, action, node_values(node))


def link_page(link: Link | None) -> FormPage:
    """Give the page of a link's form, for a new one too."""
    action = (
        url_for("evidence.change_link", link_id=link.id) if link is not None else url_for("evidence.add_link")
    )
    return _form_page("map_link.html", link, action, link_values(link))


def decision_page(decision: Decision | None) -> FormPage:
    """Give the page of a decision's form, for a new one too."""
    action = (
        url_for("evidence.change_decision", decision_id=decision.id)
        if decision is not None
        else url_for("evidence.add_decision")
    )
    return _form_page("map_decision.html", decision, action, decision_values(decision))


def _form_page(
    template: str, entry: Node | Link | Decision | None, action: str, saved: Mapping[str, object]
) -> FormPage:
    def page(faults: Mapping[str, str], error: ToolError | None) -> Response:
        state = read_map(read_session(), own_scope())
        return show(
            template,
            error.status if error else 200,
            entry=entry,
            document=state.document,
            revision=state.revision,
            action=action,
            values=with_draft(action, saved) if error is None else typed(),
            faults=said(faults),
            error=error,
            **WORDS,
        )

    return page


def _pictures(document: MapDocument, lens: Lens) -> list[Markup]:
    frames = (wide_frame(len(document.nodes)), NARROW)
    return [draw_map(document, frame, lens, speech()) for frame in frames]


def _lens() -> Lens:
    asked = request.args.get("lens", "")
    return Lens(asked) if asked in set(Lens) else Lens.BOTH
