"""The keystone: written, checked, sent and frozen, returned and sent again, presented."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.progress import note_progress
from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import Invalid
from ltitool.evidence.errors import (
    ActivityWithoutPage,
    EvidenceUnknown,
    KeystoneChanged,
    KeystoneIncomplete,
    KeystoneWithCoach,
)
from ltitool.evidence.exhibits import by_citation, exhibits_of
from ltitool.evidence.guided_entries import save_entry
from ltitool.evidence.keystone import (
    Citation,
    CitationKind,
    Claim,
    KeystoneDocument,
    keystone_sheet,
    rubric_of,
)
from ltitool.evidence.keystone_editing import read_keystone, remove_claim, save_claim, save_words
from ltitool.evidence.keystone_submission import (
    find_submission,
    frozen_keystone,
    missing_for_sending,
    submissions_of,
    submit_keystone,
)
from ltitool.evidence.models import KeystoneSubmission
from ltitool.evidence.presenting import first_sentence, slide_of
from ltitool.evidence.questions import sheet_of
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import read_session, transaction
from ltitool.programs import load_shipped

LOG = Citation(CitationKind.ANSWER, "practice_1/tried")


def send(scope: ParticipantScope, clock: MovableClock) -> KeystoneSubmission:
    with transaction() as session:
        return submit_keystone(session, scope, ENGLISH, submission_id=uuid.uuid4(), at=clock())


def score(scope: ParticipantScope, clock: MovableClock, *, passed: bool) -> None:
    """Do to the rows what scoring does when a coach locks a sheet."""
    with transaction() as session:
        for row in session.query(KeystoneSubmission).filter_by(person_id=scope.person_id):
            row.state = "scored"
        note_progress(
            session,
            organisation_id=scope.organisation_id,
            offering_id=scope.offering_id,
            person_id=scope.person_id,
            activity_key="keystone",
            state="done" if passed else "returned",
            at=clock(),
        )


class TestDocument:
    def test_claims_keep_their_ids(self) -> None:
        document = KeystoneDocument()
        for text in ("one", "two", "three"):
            document = document.with_claim(Claim("", "trust", text))
        document = document.without_claim("c1").with_claim(Claim("c3", "trust", "third"))
        assert [(claim.id, claim.text) for claim in document.claims] == [("c2", "two"), ("c3", "third")]
        with pytest.raises(EvidenceUnknown):
            document.claim("c1")

    @pytest.mark.parametrize("code", ["", "photo", "photo:", "spell:1", ":x"])
    def test_what_is_no_citation_is_left_aside(self, code: str) -> None:
        assert Citation.read("photo:1") == Citation(CitationKind.PHOTO, "1")
        assert Citation.read(code) is None

    def test_the_program_words_the_title_and_a_program_without_prompts_gets_a_summary(self) -> None:
        asked = [q.name for q in keystone_sheet(load_shipped()["collaborative-leadership-13"]).questions]
        assert asked == ["title", "q.question", "q.own_leadership", "q.school", "q.next"]

    def test_a_program_without_a_keystone_has_no_page_for_it(self) -> None:
        without = next(p for p in load_shipped().values() if p.keystone is None)
        with pytest.raises(ActivityWithoutPage):
            keystone_sheet(without)
        with pytest.raises(ActivityWithoutPage):
            rubric_of(without)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [("One. Two.", "One."), ("No end\nnext", "No end"), ("¿Y? Sí.", "¿Y?"), ("", "")],
    )
    def test_the_first_sentence_stands_alone(self, text: str, sentence: str) -> None:
        assert first_sentence(text) == sentence


class TestWriting:
    def test_an_older_revision_is_refused_and_the_newest_is_not(
        self, whole_keystone: ParticipantScope, clock: MovableClock
    ) -> None:
        newest = read_keystone(read_session(), whole_keystone).revision
        with pytest.raises(KeystoneChanged) as caught, transaction() as session:
            save_words(session, whole_keystone, {"title": "Lost"}, seen_revision=newest - 1, at=clock())
        assert caught.value.code == "evidence.keystone-changed"
        with transaction() as session:
            save_words(session, whole_keystone, {"title": "Kept"}, seen_revision=newest, at=clock())
        assert read_keystone(read_session(), whole_keystone).title == "Kept"

    def test_a_claim_speaks_to_a_criterion_of_the_rubric(
        self, whole_keystone: ParticipantScope, clock: MovableClock
    ) -> None:
        revision = read_keystone(read_session(), whole_keystone).revision
        with pytest.raises(Invalid) as caught, transaction() as session:
            save_claim(
                session, whole_keystone, Claim("", "charm", "x", (LOG,)), seen_revision=revision, at=clock()
            )
        assert set(caught.value.faults) == {"criterion"}

    def test_there_is_a_most_of_claims_and_of_citations(
        self, whole_keystone: ParticipantScope, clock: MovableClock
    ) -> None:
        def save(claim: Claim) -> int:
            seen = read_keystone(read_session(), whole_keystone).revision
            with transaction() as session:
                return len(save_claim(session, whole_keystone, claim, seen_revision=seen, at=clock()).claims)

        while save(Claim("", "power_analysis", "more")) < 24:
            pass
        with pytest.raises(Invalid) as caught:
            save(Claim("", "power_analysis", "one too many"))
        assert set(caught.value.faults) == {"text"}
        many = tuple(Citation(CitationKind.NODE, f"n{number}") for number in range(41))
        with pytest.raises(Invalid) as caught:
            save(Claim("c1", "power_analysis", "all of it", many))
        assert set(caught.value.faults) == {"citations"}

    def test_a_removed_claim_is_gone(self, whole_keystone: ParticipantScope, clock: MovableClock) -> None:
        revision = read_keystone(read_session(), whole_keystone).revision
        with transaction() as session:
            remove_claim(session, whole_keystone, "c1", seen_revision=revision, at=clock())
        assert "criterion.trust_and_representation" in missing_for_sending(
            read_session(), whole_keystone, ENGLISH
        )


class TestSending:
    def test_a_whole_keystone_is_frozen_with_its_evidence(
        self,
        whole_keystone: ParticipantScope,
        clock: MovableClock,
        world: World,
        stage_of: Callable[..., Any],
    ) -> None:
        assert missing_for_sending(read_session(), whole_keystone, ENGLISH) == {}
        submission = send(whole_keystone, clock)
        assert stage_of(world.amara, "keystone") == "submitted"
        frozen = frozen_keystone(read_session(), submission)
        assert (frozen.number, frozen.state, frozen.map_version) == (1, "submitted", None)
        assert frozen.title == "Doors that open from both sides"
        assert frozen.answers[0].words == "Whose voice opens doors here?"
        assert {claim.criterion for claim in frozen.claims} == set(
            rubric_of(whole_keystone.program).criterion_ids
        )
        cited = frozen.claims_for("power_analysis")[0].citations[0]
        assert (cited.label, cited.words) == ("What did you try?", "Invited two parents.")
        assert find_submission(read_session(), world.organisation_id, submission.id).id == submission.id

    @pytest.mark.parametrize("name", ["title", "q.question", "q.next"])
    def test_a_missing_answer_is_named(
        self, whole_keystone: ParticipantScope, clock: MovableClock, name: str
    ) -> None:
        document = read_keystone(read_session(), whole_keystone)
        words = {key: value for key, value in document.words.items() if key != name}
        with transaction() as session:
            save_words(session, whole_keystone, words, seen_revision=document.revision, at=clock())
        with pytest.raises(KeystoneIncomplete) as caught:
            send(whole_keystone, clock)
        assert set(caught.value.faults) == {name}
        assert submissions_of(read_session(), whole_keystone) == []

    @pytest.mark.parametrize(
        "citations", [(), (Citation(CitationKind.ANSWER, "practice_1/nothing"),)], ids=["none", "gone"]
    )
    def test_a_claim_without_evidence_is_named(
        self, whole_keystone: ParticipantScope, clock: MovableClock, citations: tuple[Citation, ...]
    ) -> None:
        document = read_keystone(read_session(), whole_keystone)
        claim = Claim("c2", "asset_evidence", "We say so.", citations)
        with transaction() as session:
            save_claim(session, whole_keystone, claim, seen_revision=document.revision, at=clock())
        with pytest.raises(KeystoneIncomplete) as caught:
            send(whole_keystone, clock)
        assert set(caught.value.faults) == {"claim.c2"}
        assert caught.value.code == "evidence.keystone-incomplete"

    def test_nothing_at_all_is_incomplete(
        self, world: World, scope_of: Callable[..., Any], clock: MovableClock
    ) -> None:
        with pytest.raises(KeystoneIncomplete):
            send(scope_of(world.ben), clock)

    def test_while_the_coach_has_it_nothing_changes(
        self, whole_keystone: ParticipantScope, clock: MovableClock
    ) -> None:
        send(whole_keystone, clock)
        revision = read_keystone(read_session(), whole_keystone).revision
        with pytest.raises(KeystoneWithCoach) as caught, transaction() as session:
            save_words(session, whole_keystone, {"title": "Later"}, seen_revision=revision, at=clock())
        assert caught.value.code == "evidence.keystone-sent"
        with pytest.raises(KeystoneWithCoach):
            send(whole_keystone, clock)

    def test_a_returned_one_is_changed_and_sent_as_the_next_number(
        self, whole_keystone: ParticipantScope, clock: MovableClock
    ) -> None:
        send(whole_keystone, clock)
        score(whole_keystone, clock, passed=False)
        revision = read_keystone(read_session(), whole_keystone).revision
        words = {**read_keystone(read_session(), whole_keystone).words, "title": "Second thoughts"}
        with transaction() as session:
            save_words(session, whole_keystone, words, seen_revision=revision, at=clock())
        assert send(whole_keystone, clock).number == 2
        titles = [one.title for one in submissions_of(read_session(), whole_keystone)]
        assert titles == ["Second thoughts", "Doors that open from both sides"]
        with pytest.raises(KeystoneWithCoach):
            send(whole_keystone, clock)

    def test_a_passed_one_stays(self, whole_keystone: ParticipantScope, clock: MovableClock) -> None:
        send(whole_keystone, clock)
        score(whole_keystone, clock, passed=True)
        with pytest.raises(KeystoneWithCoach):
            send(whole_keystone, clock)

    def test_peers_and_surveys_are_no_evidence(self, whole_keystone: ParticipantScope) -> None:
        groups = exhibits_of(read_session(), whole_keystone, ENGLISH)
        assert [group.title for group in groups] == [
            whole_keystone.program.activity("practice_1").title.in_("en")
        ]

    def test_a_submission_of_another_organisation_is_not_there(
        self, sent_keystone: uuid.UUID, world: World
    ) -> None:
        assert find_submission(read_session(), world.organisation_id, sent_keystone)
        with pytest.raises(EvidenceUnknown):
            find_submission(read_session(), world.stranger.organisation_id, sent_keystone)


class TestPages:
    def test_from_nothing_to_a_claim(self, amara: Visitor, whole_keystone: ParticipantScope) -> None:
        page = amara.get("keystone")
        assert "Doors that open from both sides" in page.text
        revision = read_keystone(read_session(), whole_keystone).revision
        new = amara.get("keystone/claims/new/equity_and_action")
        assert "What shows it?" in page_text(new)
        fields = {"revision": revision, "text": "A fairer table.", "citations": [LOG.code, "nonsense"]}
        added = amara.post("keystone/claims/new/equity_and_action", fields)
        assert added.status_code == 303
        claim = read_keystone(read_session(), whole_keystone).claims[-1]
        assert (claim.text, claim.citations) == ("A fairer table.", (LOG,))
        page = amara.get(f"keystone/claims/{claim.id}")
        assert "checked" in page.text
        changed = amara.post(
            f"keystone/claims/{claim.id}", {"revision": revision + 1, "text": "Fairer still."}
        )
        assert changed.status_code == 303
        removed = amara.post(f"keystone/claims/{claim.id}/remove", {"revision": revision + 2})
        assert removed.status_code == 303
        assert len(read_keystone(read_session(), whole_keystone).claims) == 6

    def test_saving_the_words(self, amara: Visitor) -> None:
        assert amara.post("keystone", {"revision": 0, "title": "First"}).status_code == 303
        stale = amara.post("keystone", {"revision": 0, "title": "From another tab"})
        assert stale.status_code == 409
        assert "From another tab" in stale.text
        assert 'name="revision" value="1"' in stale.text
        long = amara.post("keystone", {"revision": 1, "title": "x" * 200})
        assert long.status_code == 422
        assert amara.post("keystone", {"revision": "soon", "title": "x"}).status_code == 422

    def test_a_claim_without_words_comes_back(self, amara: Visitor, whole_keystone: ParticipantScope) -> None:
        revision = read_keystone(read_session(), whole_keystone).revision
        empty = amara.post("keystone/claims/c1", {"revision": revision, "text": " "})
        assert empty.status_code == 422
        stale = amara.post("keystone/claims/c1", {"revision": 1, "text": "Typed meanwhile"})
        assert stale.status_code == 409
        assert "Typed meanwhile" in stale.text
        assert amara.get("keystone/claims/new/charm").status_code == 404
        assert amara.get("keystone/claims/c99").status_code == 404

    def test_sending_says_what_is_missing_first(self, amara: Visitor) -> None:
        amara.post("keystone", {"revision": 0, "title": "Only a title"})
        refused = amara.post("keystone/send")
        assert refused.status_code == 422
        assert "This criterion has no claim yet." in page_text(refused)

    def test_what_stands_on_the_page_is_what_is_sent(
        self, amara: Visitor, whole_keystone: ParticipantScope
    ) -> None:
        document = read_keystone(read_session(), whole_keystone)
        words = {"revision": document.revision, **document.words, "q.next": "Typed a moment ago."}
        amara.post(f"drafts/keep?form={amara.path('keystone')}", words)
        assert "Typed a moment ago." in amara.get("keystone").text
        assert amara.post("keystone/send", words).status_code == 303
        sent = submissions_of(read_session(), whole_keystone)[0]
        assert "Typed a moment ago." in [answer.words for answer in sent.answers]
        assert "not sent yet" not in page_text(amara.get("keystone"))

    def test_a_claim_that_is_not_saved_holds_the_keystone_back(
        self, amara: Visitor, whole_keystone: ParticipantScope
    ) -> None:
        claim = amara.path("keystone/claims/c1")
        amara.post(f"drafts/keep?form={claim}", {"text": "Half a thought"})
        refused = amara.post("keystone/send")
        assert refused.status_code == 422
        assert "words that you have not saved yet" in page_text(refused)
        assert submissions_of(read_session(), whole_keystone) == []
        amara.post("drafts/discard", {"form": claim})
        assert amara.post("keystone/send").status_code == 303

    def test_sent_read_and_presented(
        self,
        amara: Visitor,
        world: World,
        whole_keystone: ParticipantScope,
        visit_as: Callable[..., Visitor],
        clock: MovableClock,
    ) -> None:
        assert amara.post("keystone/send").status_code == 303
        waiting = page_text(amara.get("keystone"))
        assert "Which question about power" in waiting
        assert "Whose voice opens doors here?" in waiting  # what cannot be changed can still be read
        assert "It stays as it is until your coach has read it" in waiting
        assert amara.post("keystone", {"revision": 7, "title": "Too late"}).status_code == 409
        assert "Your keystone is with your coach" in page_text(amara.get("keystone/claims/c1"))
        submission = submissions_of(read_session(), whole_keystone)[0]
        path = f"keystones/{submission.submission_id}"
        for reader in (amara, visit_as(world.coach, "coach"), visit_as(world.director, "director")):
            read = page_text(reader.get(path))
            assert "We show power_analysis." in read
            assert "Invited two parents. What did you try? · Practice log, weeks 2 to 4" in read
        for other in (visit_as(world.ben, "participant"), visit_as(world.other_coach, "coach")):
            assert other.get(path).status_code == 404
        assert visit_as(world.stranger_coach, "coach").get(path).status_code == 404
        slide = amara.get("keystone/present/1")
        assert "We show trust_and_representation." in page_text(slide)
        assert amara.get("keystone/present/7").status_code == 404
        score(whole_keystone, clock, passed=False)
        assert "Your keystone came back" in page_text(amara.get("keystone"))
        score(whole_keystone, clock, passed=True)
        assert "came back" not in page_text(amara.get("keystone"))

    def test_a_claim_shows_the_words_that_it_cites_and_only_their_beginning(
        self, amara: Visitor, whole_keystone: ParticipantScope, clock: MovableClock
    ) -> None:
        sheet = sheet_of(whole_keystone.program, "practice_1")
        tried = "Invited two parents. " + "They brought a third one. " * 20 + "That is the end."
        with transaction() as session:
            save_entry(
                session, whole_keystone, sheet, {"tried": tried}, shown=frozenset({"tried"}), at=clock()
            )
        page = page_text(amara.get("keystone"))
        assert "Invited two parents. They brought a third one." in page
        assert "What did you try? · Practice log, weeks 2 to 4" in page
        assert "That is the end." not in page

    def test_the_slide_shows_words_where_no_photo_is_cited(self, whole_keystone: ParticipantScope) -> None:
        document = read_keystone(read_session(), whole_keystone)
        exhibits = by_citation(exhibits_of(read_session(), whole_keystone, ENGLISH))
        slide = slide_of(document, exhibits, 2)
        assert slide.picture is None
        assert slide.exhibit is not None
        assert (slide.number, slide.total) == (2, 6)

    @pytest.mark.usefixtures("whole_keystone")
    def test_spanish(self, amara: Visitor) -> None:
        assert "Confianza y representación" in page_text(amara.get("keystone?lang=es"))
