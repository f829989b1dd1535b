"""A keystone that cites photos, map entries and answers; and a cited photo that is withdrawn."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pictures
import pytest
from flask import Flask
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.exhibits import by_citation, exhibits_of
from ltitool.evidence.keystone import Citation, CitationKind, Claim
from ltitool.evidence.keystone_editing import read_keystone, save_claim
from ltitool.evidence.keystone_submission import frozen_keystone, submit_keystone
from ltitool.evidence.map_document import Decision, Link, Node
from ltitool.evidence.map_words import LinkKind, NodeKind
from ltitool.evidence.models import Photo
from ltitool.evidence.photo_views import DECODER
from ltitool.evidence.photo_worker import PhotoDecoder
from ltitool.evidence.photovoice import PhotoTools, PhotoWords, add_photo, tell_photo, withdraw_photo
from ltitool.evidence.power_map import change_map
from ltitool.evidence.presenting import slide_of
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services


@pytest.fixture
def tools(app: Flask, clock: MovableClock) -> Iterator[PhotoTools]:
    decoder = PhotoDecoder()
    app.extensions[DECODER] = decoder
    yield PhotoTools(decoder, services().store, uuid.uuid4, clock)
    decoder.close()


@pytest.fixture
def photo(whole_keystone: ParticipantScope, tools: PhotoTools, clock: MovableClock) -> Photo:
    """Add a told photo, a map, and a first claim that cites them and an answer."""
    scope = whole_keystone
    added = add_photo(scope, pictures.jpeg(), "a", tools)
    words = PhotoWords("The open door", "A green door", "climate", "nobody", {"see": "A door"})
    with transaction() as session:
        tell_photo(session, scope, added.id, words, at=clock())
        change_map(session, scope, _draw, seen_revision=0, at=clock())
        revision = read_keystone(session, scope).revision
        cited = tuple(
            Citation(CitationKind(kind), id_)
            for kind, id_ in (
                ("answer", "practice_1/tried"),
                ("map-node", "n1"),
                ("map-link", "l3"),
                ("map-decision", "d4"),
                ("photo", str(added.id)),
            )
        )
        claim = Claim("c1", "trust_and_representation", "Doors are open. Ask anybody.", cited)
        save_claim(session, scope, claim, seen_revision=revision, at=clock())
    return added


def _draw(old: Any) -> Any:
    return (
        old.add_node(Node("", NodeKind.PERSON, "The principal", note="Decides late"))
        .add_node(Node("", NodeKind.GROUP, "The parents"))
        .add_link(Link("", "n2", "n1", LinkKind.INFORMAL))
        .add_decision(Decision("", "The grant", "n2", None))
    )


def test_everything_can_be_cited_by_its_label(whole_keystone: ParticipantScope, photo: Photo) -> None:
    exhibits = by_citation(exhibits_of(read_session(), whole_keystone, ENGLISH))
    told = {one.citation.code: (one.label, one.words) for one in exhibits.values()}
    assert told[f"photo:{photo.id}"] == ("The open door", "A green door")
    assert told["map-node:n1"] == ("The principal", "Decides late")
    assert told["map-node:n2"] == ("The parents", "Group")
    assert told["map-link:l3"] == ("The parents informally influences The principal", "")
    assert told["map-decision:d4"] == ("The grant", "On paper: The parents. In fact: not known.")
    assert told["answer:practice_1/tried"][1] == "Invited two parents."


def test_the_slide_shows_the_photo(whole_keystone: ParticipantScope, photo: Photo) -> None:
    exhibits = by_citation(exhibits_of(read_session(), whole_keystone, ENGLISH))
    slide = slide_of(read_keystone(read_session(), whole_keystone), exhibits, 1)
    assert slide.sentence == "Doors are open."
    assert slide.picture is not None
    assert slide.picture.photo.id == photo.id


def test_sending_freezes_labels_and_map(
    whole_keystone: ParticipantScope, photo: Photo, clock: MovableClock
) -> None:
    with transaction() as session:
        row = submit_keystone(session, whole_keystone, ENGLISH, submission_id=uuid.uuid4(), at=clock())
    with transaction() as session:
        change_map(session, whole_keystone, lambda old: old.remove_node("n1"), seen_revision=1, at=clock())
    frozen = frozen_keystone(read_session(), row)
    assert frozen.map_version == 1
    cited = {one.citation.code: one for one in frozen.claims[0].citations}
    assert cited["map-node:n1"].label == "The principal"
    assert (cited[f"photo:{photo.id}"].width, cited[f"photo:{photo.id}"].withdrawn) == (400, False)


def test_a_withdrawn_photo_is_gone_from_every_page(
    amara: Visitor,
    world: World,
    whole_keystone: ParticipantScope,
    photo: Photo,
    tools: PhotoTools,
    visit_as: Callable[..., Visitor],
    clock: MovableClock,
) -> None:
    with transaction() as session:
        row = submit_keystone(session, whole_keystone, ENGLISH, submission_id=uuid.uuid4(), at=clock())
    coach = visit_as(world.coach, "coach")
    path = f"keystones/{row.id}"
    assert "The open door" in page_text(coach.get(path))
    own = amara.get("keystone")
    assert "The open door" in page_text(own)
    assert f"photos/{photo.id}/480" in own.text
    withdraw_photo(whole_keystone, photo.id, tools)
    sent = coach.get(path)
    assert "This photo was withdrawn." in page_text(sent)
    for gone in ("The open door", "A green door", str(photo.id)):
        assert gone not in sent.text
    assert "Something that was withdrawn or removed" in page_text(amara.get("keystone"))
    assert "The open door" not in amara.get("keystone/present/1").text
    gathered = page_text(coach.get(f"people/{world.offering_id}/{world.amara.id}/evidence"))
    assert "No photo yet." in gathered


def test_the_drawer_offers_all_of_it(amara: Visitor, photo: Photo) -> None:
    page = amara.get("keystone/claims/c1")
    for code in (f"photo:{photo.id}", "map-node:n2", "map-link:l3", "map-decision:d4"):
        assert f'value="{code}"' in page.text
    assert page.text.count(" checked") == 5
