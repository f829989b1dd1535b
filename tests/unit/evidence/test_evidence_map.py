"""The map: a frozen document, its layout and picture, what it says, and the pages that change it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from defusedxml import ElementTree as ET  # noqa: N817 - as everybody calls it
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.errors import ActivityWithoutPage, EvidenceUnknown, MapChanged, MapInvalid
from ltitool.evidence.map_document import (
    Decision,
    Link,
    MapDocument,
    Node,
    map_as_data,
    map_from_data,
)
from ltitool.evidence.map_drawing import NARROW, WIDE, Box, place_boxes, wide_frame, wrap
from ltitool.evidence.map_findings import findings
from ltitool.evidence.map_layout import lay_out
from ltitool.evidence.map_pages import guide_of
from ltitool.evidence.map_picture import Lens, draw_map, legend
from ltitool.evidence.map_words import LINK_WORDS, LinkKind, NodeKind, Power, Voice
from ltitool.evidence.power_map import (
    change_map,
    find_version,
    freeze_map,
    keep_version,
    read_map,
    versions_of,
)
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import read_session, transaction

SVG = "{http://www.w3.org/2000/svg}"


def node(name: str, kind: NodeKind = NodeKind.GROUP, voice: Voice | None = None) -> Node:
    return Node("", kind, name, voice)


def link(source: str, target: str, kind: LinkKind = LinkKind.FORMAL, strength: int = 2) -> Link:
    return Link("", source, target, kind, strength)


@pytest.fixture
def school() -> MapDocument:
    """Five entries, four links, two decisions of which one is made by somebody else."""
    document = MapDocument()
    for one in (
        node("The principal", NodeKind.PERSON, Voice.ADMINISTRATION),
        node("The budget committee", NodeKind.BODY, Voice.TEACHERS),
        node("The front office", NodeKind.SPACE),
        node("Parents' association", NodeKind.COMMUNITY, Voice.FAMILIES),
        node("The grant", NodeKind.RESOURCE),
    ):
        document = document.add_node(one)
    for pair in (
        link("n1", "n2"),
        link("n3", "n1", LinkKind.INFORMAL, 3),
        link("n2", "n5", LinkKind.INFORMATION, 1),
        link("n1", "n5", LinkKind.BLOCKS),
    ):
        document = document.add_link(pair)
    document = document.add_decision(
        Decision("", "How the grant is spent", "n2", "n1", ("n4",), ("n3",), (Voice.STUDENTS,), Power.BUDGET)
    )
    return document.add_decision(Decision("", "Who is hired", "n1", "n1", missing=(Voice.STUDENTS,)))


class TestDocument:
    def test_it_goes_to_json_and_back(self, school: MapDocument) -> None:
        assert map_from_data(map_as_data(school)) == school
        assert map_from_data(map_as_data(MapDocument())) == MapDocument()

    def test_an_id_is_never_given_twice(self, school: MapDocument) -> None:
        last = school.nodes[-1].id
        again = school.remove_node(last).add_node(node("Another"))
        assert again.nodes[-1].id not in {one.id for one in school.nodes}
        assert school.used == 11

    def test_changing_leaves_the_old_map_as_it_was(self, school: MapDocument) -> None:
        changed = school.change_node(replace(school.node("n1"), name="The head"))
        assert (school.name_of("n1"), changed.name_of("n1")) == ("The principal", "The head")
        assert school.change_link(replace(school.link("l6"), strength=3)).link("l6").strength == 3
        other = school.change_decision(replace(school.decision("d10"), topic="The grant"))
        assert other.decision("d10").topic == "The grant"

    def test_a_node_takes_its_links_with_it(self, school: MapDocument) -> None:
        without = school.remove_node("n1")
        assert [one.id for one in without.links] == ["l8"]
        assert without.decision("d10").actual_decider is None
        assert without.decision("d10").formal_owner == "n2"
        assert school.remove_node("n4").decision("d10").consulted == ()
        assert school.remove_node("n3").decision("d10").informed == ()

    def test_links_and_decisions_are_removed_alone(self, school: MapDocument) -> None:
        assert len(school.remove_link("l6").links) == 3
        assert len(school.remove_decision("d10").decisions) == 1
        assert len(school.remove_decision("d10").nodes) == 5

    @pytest.mark.parametrize(
        ("change", "fields"),
        [
            (lambda old: old.add_node(node("")), {"name"}),
            (lambda old: old.add_node(node("x" * 81)), {"name"}),
            (lambda old: old.add_node(node("the PRINCIPAL")), {"name"}),
            (lambda old: old.add_node(replace(node("New"), note="x" * 601)), {"note"}),
            (lambda old: old.change_node(replace(old.node("n2"), name="The grant")), {"name"}),
            (lambda old: old.add_link(link("n1", "n99")), {"target"}),
            (lambda old: old.add_link(link("n99", "n1")), {"source"}),
            (lambda old: old.add_link(link("n1", "n1")), {"target"}),
            (lambda old: old.add_link(link("n1", "n2")), {"kind"}),
            (lambda old: old.add_link(link("n2", "n1", strength=4)), {"strength"}),
            (lambda old: old.add_decision(Decision("", "")), {"topic"}),
            (lambda old: old.add_decision(Decision("", "What", "n99")), {"formal_owner"}),
            (lambda old: old.add_decision(Decision("", "What", None, "n99")), {"actual_decider"}),
            (lambda old: old.add_decision(Decision("", "What", consulted=("n99",))), {"consulted"}),
            (lambda old: old.add_decision(Decision("", "What", informed=("n99",))), {"informed"}),
        ],
    )
    def test_a_change_that_contradicts_the_map_is_refused_by_field(
        self, school: MapDocument, change: Callable[[MapDocument], MapDocument], fields: set[str]
    ) -> None:
        assert school.add_node(node("New")).add_link(link("n2", "n1")).add_decision(Decision("", "What"))
        with pytest.raises(MapInvalid) as caught:
            change(school)
        assert set(caught.value.faults) == fields
        assert caught.value.code == "evidence.map-invalid"

    def test_there_is_a_most_of_everything(self) -> None:
        document = MapDocument()
        for number in range(60):
            document = document.add_node(node(f"Entry {number}"))
        with pytest.raises(MapInvalid) as caught:
            document.add_node(node("One more"))
        assert set(caught.value.faults) == {"name"}
        for number in range(200):
            document = document.add_link(
                link(f"n{number % 50 + 1}", f"n{number % 50 + 2 + number // 50}", LinkKind.TRUST)
            )
        with pytest.raises(MapInvalid):
            document.add_link(link("n60", "n1"))
        for number in range(40):
            document = document.add_decision(Decision("", f"Decision {number}"))
        with pytest.raises(MapInvalid):
            document.add_decision(Decision("", "One more"))

    @pytest.mark.parametrize("ask", ["node", "link", "decision"])
    def test_what_is_not_on_the_map_is_not_there(self, school: MapDocument, ask: str) -> None:
        with pytest.raises(EvidenceUnknown):
            getattr(school, ask)("n999")


class TestPicture:
    @pytest.mark.parametrize("frame", [NARROW, WIDE], ids=["narrow", "wide"])
    def test_every_entry_and_link_is_drawn_with_its_words(self, school: MapDocument, frame: Any) -> None:
        root = ET.fromstring(draw_map(school, frame, Lens.BOTH, ENGLISH))
        assert root.find(f"{SVG}title").text == "Power and decision map"
        assert "5 entries and 4 links" in root.find(f"{SVG}desc").text
        nodes = root.findall(f"{SVG}a")
        assert [one.get("href") for one in nodes] == [f"#row-n{number}" for number in range(1, 6)]
        assert nodes[0].find(f"{SVG}title").text == "The principal (Person, by role)"
        titles = [one.find(f"{SVG}title").text for one in root.findall(f"{SVG}g")]
        assert "The front office informally influences The principal" in titles

    def test_formal_is_solid_and_informal_is_broken(self, school: MapDocument) -> None:
        root = ET.fromstring(draw_map(school, NARROW, Lens.BOTH, ENGLISH))
        dashes = {
            one.get("class").split("--")[1]: one.find(f"{SVG}path").get("stroke-dasharray")
            for one in root.findall(f"{SVG}g")
        }
        assert dashes["formal"] == "none"
        assert len({dashes[kind] for kind in ("informal", "information", "blocks")} - {"none"}) == 3

    @pytest.mark.parametrize(
        ("lens", "styles"),
        [
            (Lens.FORMAL, ["formal"]),
            (Lens.INFORMAL, ["informal", "information", "blocks"]),
            (Lens.GAP, ["moved"]),
        ],
    )
    def test_a_lens_shows_its_links_and_moves_nothing(
        self, school: MapDocument, lens: Lens, styles: list[str]
    ) -> None:
        whole = ET.fromstring(draw_map(school, WIDE, Lens.BOTH, ENGLISH))
        root = ET.fromstring(draw_map(school, WIDE, lens, ENGLISH))
        assert [one.get("class").split("--")[1] for one in root.findall(f"{SVG}g")] == styles
        assert [ET.tostring(one) for one in root.findall(f"{SVG}a")] == [
            ET.tostring(one) for one in whole.findall(f"{SVG}a")
        ]

    def test_the_gap_says_who_owns_and_who_decides(self, school: MapDocument) -> None:
        drawn = draw_map(school, WIDE, Lens.GAP, ENGLISH)
        assert "How the grant is spent: owned by The budget committee, decided by The principal" in drawn

    def test_it_is_drawn_the_same_way_each_time(self, school: MapDocument) -> None:
        assert draw_map(school, WIDE, Lens.BOTH, ENGLISH) == draw_map(school, WIDE, Lens.BOTH, ENGLISH)

    @pytest.mark.parametrize("frame", [NARROW, WIDE], ids=["narrow", "wide"])
    def test_a_full_map_has_no_box_over_another(self, frame: Any) -> None:
        document = MapDocument()
        for number in range(60):
            document = document.add_node(node(f"The committee for the long matter {number} of the year"))
        for number in range(1, 60):
            document = document.add_link(link(f"n{number}", f"n{number * 7 % 60 + 1}"))
        grid = lay_out(document, frame.columns)
        assert len(set(grid.cells.values())) == 60
        boxes, height = place_boxes(frame, grid, document.nodes)
        drawn = list(boxes.values())
        for index, one in enumerate(drawn):
            assert one.x >= 0
            assert one.x + one.width <= frame.width
            assert one.y + one.height <= height
            for other in drawn[index + 1 :]:
                apart_x = one.x + one.width < other.x or other.x + other.width < one.x
                apart_y = one.y + one.height < other.y or other.y + other.height < one.y
                assert apart_x or apart_y

    def test_linked_entries_stand_close(self) -> None:
        document = MapDocument()
        for number in range(12):
            document = document.add_node(node(f"Entry {number}"))
        for number in range(1, 7):
            document = document.add_link(link(f"n{number}", f"n{13 - number}"))
        cells = lay_out(document, 2).cells
        for number in range(1, 7):
            one, other = cells[f"n{number}"], cells[f"n{13 - number}"]
            assert abs(one[0] - other[0]) + abs(one[1] - other[1]) <= 2

    def test_a_small_map_is_drawn_large(self) -> None:
        assert wide_frame(6).columns < wide_frame(7).columns
        assert wide_frame(6).box > WIDE.box

    def test_a_label_is_broken_and_cut_to_its_box(self) -> None:
        assert wrap("The budget committee", 16) == ("The budget", "committee")
        assert wrap("Donaudampfschifffahrt", 10) == ("Donaudampf", "schifffahr", "t")
        assert wrap("The community-school lead", 11) == ("The", "community-", "school lead")
        cut = wrap("one two three four five six seven eight nine ten eleven", 8)
        assert len(cut) == 4
        assert cut[-1].endswith("…")

    def test_a_link_ends_at_the_outline_of_a_round_box(self) -> None:
        box = Box(0, 0, 100, 40, ("x",), round=True)
        assert (box.edge(1, 20), box.edge(-1, 20)) == (100, 0)
        assert box.edge(1, 40) == 80
        assert replace(box, round=False).edge(1, 40) == 100

    def test_an_empty_map_can_be_drawn_and_a_label_cannot_break_out(self, school: MapDocument) -> None:
        ET.fromstring(draw_map(MapDocument(), WIDE, Lens.BOTH, ENGLISH))
        evil = school.add_node(node('"><script>alert(1)</script>'))
        assert "<script" not in draw_map(evil, WIDE, Lens.BOTH, ENGLISH)

    def test_the_legend_has_a_sample_of_everything(self) -> None:
        samples = legend(ENGLISH, LINK_WORDS)
        assert len(samples) == len(LINK_WORDS) + len(NodeKind)
        assert samples[0].words == "Formal authority"
        assert len({str(sample.drawing) for sample in samples}) == len(samples)


def said(document: MapDocument) -> list[str]:
    return [finding.words(ENGLISH) for finding in findings(document)]


class TestFindings:
    def test_what_the_school_says(self, school: MapDocument) -> None:
        assert said(school) == [
            "1 of 2 decisions is not made by the one who owns it on paper.",
            "The principal makes 2 of 2 decisions.",
            "Most links meet at The principal: 3.",
            "No entry brings in the voice of: Students, Other staff, Community members, District.",
            "Named as missing most often: Students, in 2 of 2 decisions.",
            "Nothing is linked with: Parents' association.",
        ]

    def test_an_empty_map_says_nothing(self) -> None:
        assert said(MapDocument()) == []

    def test_without_decisions_and_with_unknown_ones(self, school: MapDocument) -> None:
        bare = school.remove_decision("d10").remove_decision("d11")
        assert said(bare)[0] == "No decision is on the map yet."
        unknown = bare.add_decision(Decision("", "What"))
        assert said(unknown)[0].startswith("For no decision is it known")

    def test_without_a_gap_that_is_said_too(self, school: MapDocument) -> None:
        assert said(school.remove_decision("d10"))[0].startswith("Each decision is made by")

    def test_small_numbers_are_said_as_people_say_them(self, school: MapDocument) -> None:
        both = school.add_decision(Decision("", "Who is hired", "n1", "n2"))
        assert said(both)[0] == "2 of 3 decisions are not made by the one who owns them on paper."
        one = school.remove_decision("d10")
        assert "Named as missing: Students." in said(one)
        once = one.add_decision(Decision("", "Who is asked", missing=(Voice.TEACHERS,)))
        assert "Named as missing, in one decision each: Students, Teachers." in said(once)

    def test_entries_with_as_many_links_are_named_together_and_many_are_not(self) -> None:
        document = MapDocument()
        for name in "abcd":
            document = document.add_node(node(name))
        pairs = [("n1", "n2"), ("n2", "n3"), ("n3", "n1")]
        for source, target in pairs:
            document = document.add_link(link(source, target))
        assert "Most links meet at a, b, c: 2 each." in said(document)
        square = document.remove_link(document.links[-1].id)
        square = square.add_link(link("n3", "n4")).add_link(link("n4", "n1"))
        assert not any(one.startswith("Most links") for one in said(square))

    def test_two_who_decide_alike_are_nobody_ahead(self, school: MapDocument) -> None:
        even = school.add_decision(Decision("", "A", None, "n2")).add_decision(Decision("", "B", None, "n2"))
        assert not any("makes" in sentence for sentence in said(even))

    def test_parts_that_are_not_linked(self, school: MapDocument) -> None:
        apart = school.add_node(node("Ana")).add_node(node("Bo"))
        names = {one.name: one.id for one in apart.nodes}
        apart = apart.add_link(link(names["Ana"], names["Bo"]))
        assert said(apart)[-1] == "The map falls into 2 parts that are not linked with each other."

    def test_a_map_on_which_everybody_is_heard(self) -> None:
        document = MapDocument()
        for voice in Voice:
            document = document.add_node(node(voice.value, voice=voice))
        assert said(document) == ["No decision is on the map yet."]


class TestUseCases:
    @pytest.fixture
    def scope(self, world: World, scope_of: Callable[..., Any]) -> ParticipantScope:
        return scope_of(world.amara)

    def add(self, scope: ParticipantScope, name: str, seen: int, clock: MovableClock) -> int:
        with transaction() as session:
            state = change_map(
                session, scope, lambda old: old.add_node(node(name)), seen_revision=seen, at=clock()
            )
            return state.revision

    def test_a_change_must_have_seen_the_newest_map(
        self, scope: ParticipantScope, clock: MovableClock
    ) -> None:
        assert self.add(scope, "One", 0, clock) == 1
        with pytest.raises(MapChanged) as caught:
            self.add(scope, "Two", 0, clock)
        assert caught.value.code == "evidence.map-changed"
        assert self.add(scope, "Two", 1, clock) == 2

    def test_keeping_versions_completes_the_activity(
        self, scope: ParticipantScope, clock: MovableClock, world: World, stage_of: Callable[..., Any]
    ) -> None:
        with pytest.raises(MapInvalid), transaction() as session:
            keep_version(session, scope, "Too early", at=clock())
        self.add(scope, "One", 0, clock)
        assert stage_of(world.amara, "power_map") == "started"
        for name in ("Before", "After"):
            with transaction() as session:
                keep_version(session, scope, name, at=clock())
        assert stage_of(world.amara, "power_map") == "done"
        assert [(one.number, one.name) for one in versions_of(read_session(), scope)] == [
            (2, "After"),
            (1, "Before"),
        ]
        self.add(scope, "Two", 1, clock)
        kept = map_from_data(find_version(read_session(), scope, 1).document)
        assert len(kept.nodes) == 1
        assert len(read_map(read_session(), scope).document.nodes) == 2
        with pytest.raises(EvidenceUnknown):
            find_version(read_session(), scope, 3)

    @pytest.mark.parametrize("name", ["", "x" * 81])
    def test_a_version_has_a_name(self, scope: ParticipantScope, clock: MovableClock, name: str) -> None:
        self.add(scope, "One", 0, clock)
        with pytest.raises(MapInvalid) as caught, transaction() as session:
            keep_version(session, scope, name, at=clock())
        assert set(caught.value.faults) == {"name"}

    def test_there_is_a_most_of_versions_but_a_keystone_can_always_be_sent(
        self, scope: ParticipantScope, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ltitool.evidence.power_map.MAX_VERSIONS", 1)
        with transaction() as session:
            assert freeze_map(session, scope, "Sent", at=clock()) is None
        self.add(scope, "One", 0, clock)
        with transaction() as session:
            keep_version(session, scope, "First", at=clock())
        with pytest.raises(MapInvalid), transaction() as session:
            keep_version(session, scope, "Second", at=clock())
        with transaction() as session:
            assert freeze_map(session, scope, "Sent", at=clock()) == 2

    def test_a_program_without_a_map_has_no_page_for_it(self, scope: ParticipantScope) -> None:
        assert guide_of(scope.program).questions
        with pytest.raises(ActivityWithoutPage):
            guide_of(replace(scope.program, map=None))


PRINCIPAL = {"name": "The principal", "kind": "person", "voice": "administration"}
COMMITTEE = {"name": "The budget committee", "kind": "body", "voice": ""}


class TestPages:
    @pytest.fixture
    def drawn(self, amara: Visitor) -> Visitor:
        """A map with two entries, a link and a decision: revision 4."""
        amara.post("map/nodes", {"revision": 0, **PRINCIPAL})
        amara.post("map/nodes", {"revision": 1, **COMMITTEE})
        amara.post("map/links", {"revision": 2, "source": "n1", "target": "n2", "kind": "formal"})
        fields = {
            "revision": 3,
            "topic": "The grant",
            "formal_owner": "n2",
            "actual_decider": "n1",
            "consulted": ["n1", "n2"],
            "missing": ["students"],
            "power": "budget",
        }
        assert amara.post("map/decisions/new", fields).status_code == 303
        return amara

    def test_an_activity_of_this_kind_leads_to_the_map(self, amara: Visitor) -> None:
        assert amara.get("activities/power_map").location.endswith("/map")

    def test_an_empty_map_explains_itself_by_an_example(self, amara: Visitor) -> None:
        page = amara.get("map")
        assert "Begin with one decision" in page_text(page)
        assert "After-school fund" in page.text
        assert 'class="map map--example" inert' in page.text

    def test_on_a_map_one_can_add_before_reading_the_tables(self, drawn: Visitor) -> None:
        page = drawn.get("map").text
        assert "map--example" not in page
        assert page.index("map-picture") < page.index("Add to the map") < page.index('id="entries"')

    def test_from_an_empty_map_to_one_with_a_gap(self, drawn: Visitor) -> None:
        page = drawn.get("map")
        words = page_text(page)
        assert "The one decision on the map is not made by the one who owns it on paper." in words
        assert page.text.count("<svg") > 2
        assert 'id="row-n1"' in page.text
        assert "The principal has formal authority over The budget committee" in words
        assert "not the same" in words

    @pytest.mark.parametrize("lens", ["formal", "informal", "both", "gap", "nonsense"])
    def test_each_lens_is_a_page(self, drawn: Visitor, lens: str) -> None:
        assert drawn.get(f"map?lens={lens}").status_code == 200

    def test_an_empty_map_says_how_to_begin(self, amara: Visitor) -> None:
        assert "The map is empty" in page_text(amara.get("map"))
        assert amara.get("map/decisions/new").status_code == 200

    @pytest.mark.parametrize(
        ("path", "fields", "seen_after"),
        [
            ("nodes/n1", {"name": "The head", "kind": "person"}, "The head"),
            ("links/l3", {"source": "n2", "target": "n1", "kind": "trust", "strength": 3}, "trusts"),
            ("decisions/d4", {"topic": "The summer grant"}, "The summer grant"),
        ],
    )
    def test_an_entry_is_changed_on_its_own_page(
        self, drawn: Visitor, path: str, fields: dict[str, Any], seen_after: str
    ) -> None:
        assert drawn.get(f"map/{path}").status_code == 200
        assert drawn.post(f"map/{path}", {"revision": 4, **fields}).status_code == 303
        assert seen_after in page_text(drawn.get("map"))

    @pytest.mark.parametrize("path", ["nodes/n1", "links/l3", "decisions/d4"])
    def test_an_entry_is_removed(self, drawn: Visitor, path: str) -> None:
        assert drawn.post(f"map/{path}/remove", {"revision": 4}).status_code == 303
        assert drawn.get(f"map/{path}").status_code == 404
        assert drawn.post(f"map/{path}/remove", {"revision": 5}).status_code == 404

    @pytest.mark.parametrize(
        ("path", "fields", "field"),
        [
            ("nodes", {"name": "The principal", "kind": "person"}, "name"),
            ("nodes", {"name": "New", "kind": "wizard"}, "kind"),
            ("nodes/n1", {"name": " ", "kind": "person"}, "name"),
            ("links", {"source": "n1", "target": "n1", "kind": "formal"}, "target"),
            ("links", {"source": "n1", "target": "n2", "kind": "formal"}, "kind"),
            ("links/l3", {"source": "n1", "target": "n2", "kind": "formal", "strength": 9}, "strength"),
            ("decisions/new", {"topic": "", "note": "keep me"}, "topic"),
            ("decisions/d4", {"topic": "X", "missing": ["martians"]}, "missing"),
        ],
    )
    def test_a_fault_shows_the_form_again(
        self, drawn: Visitor, path: str, fields: dict[str, Any], field: str
    ) -> None:
        answer = drawn.post(f"map/{path}", {"revision": 4, **fields})
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        typed = [value for name, value in fields.items() if name in {"name", "topic", "note"}]
        assert all(value in answer.text for value in typed)

    def test_a_conflict_keeps_the_words(self, drawn: Visitor) -> None:
        answer = drawn.post("map/nodes", {"revision": 1, "name": "The librarian", "kind": "person"})
        assert answer.status_code == 409
        assert "The librarian" in answer.text
        assert 'name="revision" value="4"' in answer.text
        again = drawn.post("map/nodes", {"revision": 4, "name": "The librarian", "kind": "person"})
        assert again.status_code == 303

    def test_versions_are_kept_named_and_read(
        self, drawn: Visitor, world: World, visit_as: Callable[..., Visitor]
    ) -> None:
        refused = drawn.post("map/versions", {"name": ""})
        assert refused.status_code == 422
        assert drawn.post("map/versions", {"name": "Before the team"}).status_code == 303
        assert "Before the team" in page_text(drawn.get("map?done=kept"))
        path = f"people/{world.offering_id}/{world.amara.id}/map/1"
        for reader in (drawn, visit_as(world.coach, "coach"), visit_as(world.director, "director")):
            page = reader.get(f"{path}?lens=gap")
            assert "Before the team" in page_text(page)
            assert "/map/nodes/" not in page.text
        for who, role in (("ben", "participant"), ("other_coach", "coach"), ("stranger_coach", "coach")):
            assert visit_as(getattr(world, who), role).get(path).status_code == 404
        assert drawn.get(f"people/{world.offering_id}/{world.amara.id}/map/9").status_code == 404

    def test_it_speaks_spanish_where_the_program_does(self, drawn: Visitor) -> None:
        assert "Nombrar el poder informal puede herir" in page_text(drawn.get("map?lang=es"))
