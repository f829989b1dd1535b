"""Answer sheets: saved, sent, changed, closed while the keystone lies with the coach."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World
from werkzeug.datastructures import MultiDict

from ltitool.errors import Invalid
from ltitool.evidence.answer_words import answered
from ltitool.evidence.answers import missing_on_sheet, read_answers
from ltitool.evidence.errors import ActivityWithoutPage, EntryClosed
from ltitool.evidence.guided_entries import read_entry, save_entry, send_entry
from ltitool.evidence.questions import sheet_of
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import read_session, transaction
from ltitool.programs import load_shipped

PROGRAM = load_shipped()["collaborative-leadership-13"]
LOG = {"tried": "Invited two parents.", "happened": "They came.", "next": ""}
TEAM = {
    "team.voices": ["parents", "staff"],
    "notice.noticed": "Everybody looks at the front office.",
    "wonder.wondered": "Who never comes there?",
    "compare.present": "Trust.",
    "compare.absent": "Shared power.",
    "team.opportunity.1.what": "Meet in the library",
    "team.opportunity.1.who": "The librarian",
    "team.opportunity.1.when": "2026-05-04",
}


def form(fields: dict[str, Any]) -> MultiDict[str, str]:
    return MultiDict(fields)


class TestReading:
    def test_a_plain_sheet_is_read_by_its_prompts(self) -> None:
        sheet = sheet_of(PROGRAM, "practice_1")
        answers = read_answers(sheet, form({**LOG, "unknown": "left aside"}))
        assert answers == {"tried": "Invited two parents.", "happened": "They came."}
        assert missing_on_sheet(sheet, answers) == {}

    def test_a_list_is_one_entry_a_line(self) -> None:
        sheet = sheet_of(PROGRAM, "team_composition")
        answers = read_answers(sheet, form({"present": " Ana \r\n\r\nBo\n"}))
        assert answers["present"] == ["Ana", "Bo"]

    def test_too_many_entries_are_refused_by_field(self) -> None:
        sheet = sheet_of(PROGRAM, "team_composition")
        with pytest.raises(Invalid) as caught:
            read_answers(sheet, form({"present": "\n".join("abcdefgh" * 6)}))
        assert set(caught.value.faults) == {"present"}

    def test_an_answer_over_its_length_is_refused_and_one_at_it_is_not(self) -> None:
        sheet = sheet_of(PROGRAM, "practice_1")
        longest = next(q.prompt.max_length for q in sheet.questions if q.name == "tried")
        assert read_answers(sheet, form({"tried": "x" * longest}))["tried"]
        with pytest.raises(Invalid) as caught:
            read_answers(sheet, form({"tried": "x" * (longest + 1)}))
        assert set(caught.value.faults) == {"tried"}
        assert caught.value.code == "form.invalid"

    def test_what_is_required_is_missing_until_it_is_there(self) -> None:
        sheet = sheet_of(PROGRAM, "practice_1")
        assert set(missing_on_sheet(sheet, {})) == {"tried", "happened"}

    def test_a_session_has_nothing_to_fill_in(self) -> None:
        with pytest.raises(ActivityWithoutPage):
            sheet_of(PROGRAM, "session_1")

    def test_a_survey_asks_each_statement_on_its_scale(self) -> None:
        program = load_shipped()["leading-together"]
        survey = next(a for a in program.activities if a.instrument)
        sheet = sheet_of(program, survey.key)
        questions = list(sheet.questions)
        scale = [choice.key for choice in questions[0].prompt.choices]
        name = questions[0].name
        assert read_answers(sheet, form({name: scale[0]})) == {name: scale[0]}
        with pytest.raises(Invalid) as caught:
            read_answers(sheet, form({name: "shrug"}))
        assert set(caught.value.faults) == {name}
        told = list(answered(sheet, {name: scale[0]}, ENGLISH))
        assert told[0][2] == questions[0].prompt.choices[0].title.in_("en")


class TestTeam:
    def test_everything_a_team_says_is_read_and_nothing_is_missing(self) -> None:
        sheet = sheet_of(PROGRAM, "team_analysis")
        answers = read_answers(sheet, form(TEAM))
        assert missing_on_sheet(sheet, answers) == {}
        told = {name: words for name, _, words in answered(sheet, answers, ENGLISH)}
        assert told["team.voices"] == "Parents and families, Staff"
        assert told["team.opportunity.1"] == "Meet in the library · The librarian · 2026-05-04"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("team.voices", ["parents", "nobody-knows"]),
            ("team.opportunity.1.when", "soon"),
            ("team.opportunity.1.what", "x" * 601),
        ],
    )
    def test_one_wrong_part_is_named(self, field: str, value: object) -> None:
        sheet = sheet_of(PROGRAM, "team_analysis")
        with pytest.raises(Invalid) as caught:
            read_answers(sheet, form({**TEAM, field: value}))
        assert set(caught.value.faults) == {field}

    @pytest.mark.parametrize("field", ["team.voices", "compare.absent", "team.opportunity.1.who"])
    def test_one_missing_part_is_named(self, field: str) -> None:
        sheet = sheet_of(PROGRAM, "team_analysis")
        answers = read_answers(sheet, form({k: v for k, v in TEAM.items() if k != field}))
        assert set(missing_on_sheet(sheet, answers)) == {field}

    def test_a_second_opportunity_that_was_begun_is_asked_for_whole(self) -> None:
        sheet = sheet_of(PROGRAM, "team_analysis")
        answers = read_answers(sheet, form({**TEAM, "team.opportunity.2.what": "Ask the students"}))
        assert set(missing_on_sheet(sheet, answers)) == {"team.opportunity.2.who", "team.opportunity.2.when"}


class TestUseCases:
    AT = datetime(2026, 3, 12, tzinfo=UTC)

    def test_saving_then_sending_completes_the_activity(
        self, world: World, scope_of: Callable[..., Any], stage_of: Callable[..., Any]
    ) -> None:
        scope, sheet = scope_of(world.amara), sheet_of(PROGRAM, "practice_1")
        with transaction() as session:
            save_entry(
                session, scope, sheet, {"tried": "A", "happened": "B"}, shown=frozenset(LOG), at=self.AT
            )
        assert stage_of(world.amara, "practice_1") == "started"
        with transaction() as session:
            assert send_entry(session, scope, sheet, at=self.AT) == {}
        assert stage_of(world.amara, "practice_1") == "done"
        assert read_entry(read_session(), scope, "practice_1").submitted_at == self.AT

    def test_fields_that_were_not_shown_stay(self, world: World, scope_of: Callable[..., Any]) -> None:
        scope, sheet = scope_of(world.amara), sheet_of(PROGRAM, "practice_1")
        with transaction() as session:
            save_entry(session, scope, sheet, {"tried": "A"}, shown=frozenset(LOG), at=self.AT)
            save_entry(session, scope, sheet, {"happened": "B"}, shown=frozenset({"happened"}), at=self.AT)
        assert read_entry(read_session(), scope, "practice_1").answers == {"tried": "A", "happened": "B"}

    def test_an_incomplete_sheet_is_not_sent(
        self, world: World, scope_of: Callable[..., Any], stage_of: Callable[..., Any]
    ) -> None:
        scope, sheet = scope_of(world.amara), sheet_of(PROGRAM, "practice_1")
        with transaction() as session:
            save_entry(session, scope, sheet, {"tried": "A"}, shown=frozenset(LOG), at=self.AT)
            assert set(send_entry(session, scope, sheet, at=self.AT)) == {"happened"}
        assert read_entry(read_session(), scope, "practice_1").submitted_at is None
        assert stage_of(world.amara, "practice_1") == "started"

    @pytest.mark.usefixtures("sent_keystone")
    def test_what_was_sent_before_the_keystone_closes_and_what_comes_later_does_not(
        self, world: World, scope_of: Callable[..., Any], clock: MovableClock
    ) -> None:
        scope, early = scope_of(world.amara), sheet_of(PROGRAM, "practice_1")
        late = sheet_of(PROGRAM, "peer_reflection")
        clock.forward(days=1)
        words = {"notice": "N", "wonder": "W", "take_home": "T"}
        with transaction() as session:
            save_entry(session, scope, late, words, shown=frozenset(words), at=clock())
            assert send_entry(session, scope, late, at=clock()) == {}
            save_entry(session, scope, late, words, shown=frozenset(words), at=clock())
        with pytest.raises(EntryClosed), transaction() as session:
            save_entry(session, scope, early, {"tried": "later"}, shown=frozenset(LOG), at=clock())
        assert read_entry(read_session(), scope, "practice_1").answers["tried"] == LOG["tried"]


class TestPages:
    def test_save_send_and_change(self, amara: Visitor, world: World, stage_of: Callable[..., Any]) -> None:
        assert "What did you try" in page_text(amara.get("activities/practice_1"))
        saved = amara.post("activities/practice_1", {"tried": "A first try", "then": "save"})
        assert saved.status_code == 303
        page = amara.get("activities/practice_1?done=saved")
        assert "A first try" in page.text
        assert "Only you can read it" in page_text(page)
        refused = amara.post("activities/practice_1", {"tried": "A second try", "then": "send"})
        assert refused.status_code == 422
        assert "A second try" in refused.text
        sent = amara.post("activities/practice_1", {**LOG, "then": "send"})
        assert sent.status_code == 303
        assert stage_of(world.amara, "practice_1") == "done"
        assert "Send the changes" in page_text(amara.get("activities/practice_1"))

    @pytest.mark.usefixtures("sent_keystone")
    def test_what_is_closed_can_still_be_read(self, amara: Visitor) -> None:
        page = page_text(amara.get("activities/practice_1"))
        assert "It stays as it is." in page
        assert "Invited two parents." in page
        assert "Send the changes" not in page

    def test_words_that_are_too_long_come_back_with_the_fault(self, amara: Visitor) -> None:
        answer = amara.post("activities/practice_1", {"tried": "long " * 2000, "then": "save"})
        assert answer.status_code == 422
        assert "long long" in answer.text
        assert "longer than the field can hold" in page_text(answer)

    def test_unsent_words_of_a_draft_are_shown(self, amara: Visitor) -> None:
        action = amara.path("activities/practice_1")
        kept = amara.post(f"drafts/keep?form={action}", {"tried": "Half a thou"})
        assert kept.get_json()["kept"] is True
        assert "Half a thou" in amara.get("activities/practice_1").text

    def test_the_team_is_asked_one_question_at_a_time(self, amara: Visitor) -> None:
        assert "Begin the dialogue" in page_text(amara.get("activities/team_analysis"))
        first = amara.get("activities/team_analysis/questions/1")
        assert "Who is in the room?" in page_text(first)
        answer = amara.post("activities/team_analysis/questions/1", {"team.voices": ["parents"]})
        assert answer.location.endswith("/activities/team_analysis/questions/2")
        silence = page_text(amara.get("activities/team_analysis/questions/2"))
        assert "Look in silence" in silence
        assert "Not heard yet: Students" in silence
        third = amara.post("activities/team_analysis/questions/3", {"notice.noticed": "Doors."})
        assert third.status_code == 303
        refused = amara.post("activities/team_analysis/send")
        assert refused.status_code == 422
        overview = page_text(amara.get("activities/team_analysis"))
        assert "Doors." in overview

    def test_a_wrong_answer_on_a_question_stays_on_it(self, amara: Visitor) -> None:
        number = 9
        page = amara.get(f"activities/team_analysis/questions/{number}")
        assert "What will we do?" in page_text(page)
        field = "team.opportunity.1.when"
        answer = amara.post(f"activities/team_analysis/questions/{number}", {field: "soon"})
        assert answer.status_code == 422
        assert "soon" in answer.text
        assert amara.get("activities/team_analysis/questions/99").status_code == 404

    def test_the_whole_dialogue_is_sent(
        self, amara: Visitor, world: World, stage_of: Callable[..., Any]
    ) -> None:
        number = 1
        while (page := amara.get(f"activities/team_analysis/questions/{number}")).status_code == 200:
            fields = {name: value for name, value in TEAM.items() if f'name="{name}"' in page.text}
            assert amara.post(f"activities/team_analysis/questions/{number}", fields).status_code == 303
            number += 1
        assert amara.post("activities/team_analysis/send", {"then": "send"}).status_code == 303
        assert stage_of(world.amara, "team_analysis") == "done"

    def test_the_readings_of_the_map_have_a_form_beside_it(self, amara: Visitor) -> None:
        assert "formal and the informal picture" in page_text(amara.get("activities/power_map/sheet"))
        answer = amara.post("activities/power_map", {"gap": "The budget", "then": "save"})
        assert "/activities/power_map/sheet" in answer.location
        assert amara.get("activities/photovoice/sheet").status_code == 404

    @pytest.mark.parametrize("path", ["activities/session_1", "activities/no_such"])
    def test_what_has_no_form_is_not_there(self, amara: Visitor, path: str) -> None:
        assert amara.get("activities/practice_1").status_code == 200
        assert amara.get(path).status_code == 404


class TestReaders:
    def test_a_coach_reads_what_was_sent_and_nothing_before(
        self, amara: Visitor, world: World, visit_as: Callable[..., Visitor]
    ) -> None:
        coach = visit_as(world.coach, "coach")
        path = f"people/{world.offering_id}/{world.amara.id}/evidence"
        amara.post("activities/practice_1", {"tried": "Not for you yet", "then": "save"})
        assert coach.get(f"{path}/practice_1").status_code == 404
        amara.post("activities/practice_1", {**LOG, "then": "send"})
        assert LOG["tried"] in page_text(coach.get(f"{path}/practice_1"))
        assert "practice" in page_text(coach.get(path)).lower()

    @pytest.mark.parametrize(
        ("who", "role"),
        [
            ("ben", "participant"),
            ("other_coach", "coach"),
            ("stranger", "participant"),
            ("stranger_coach", "coach"),
        ],
    )
    def test_nobody_else_reads_it(
        self, amara: Visitor, world: World, visit_as: Callable[..., Visitor], who: str, role: str
    ) -> None:
        amara.post("activities/practice_1", {**LOG, "then": "send"})
        path = f"people/{world.offering_id}/{world.amara.id}/evidence"
        other = visit_as(getattr(world, who), role)
        for place in (path, f"{path}/practice_1"):
            assert amara.get(place).status_code == 200
            assert other.get(place).status_code == 404
