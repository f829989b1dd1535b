"""Grades in Canvas's, Moodle's and a broken gradebook (P25 to P32), with the practice LMS in their place."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from support.grade_desk import Desk
from support.practice import PLATFORM

from ltitool.foundation.db import read_session, transaction
from ltitool.lti.grade_checking import EVERY
from ltitool.lti.grade_claims import claim
from ltitool.lti.grade_columns import CLAIM
from ltitool.lti.grade_letters import GradeMissing, send_again, stuck_grades
from ltitool.lti.models import Context, LineItem, Platform, ResourceLink
from ltitool.lti.products import product_of
from ltitool.lti.quirks import canvas
from ltitool.lti.quirks.choosing import manners_of
from ltitool.lti.quirks.plain import Plain
from ltitool.sandbox.faults import Fault, Kind, Service
from ltitool.sandbox.manners import CANVAS, MOODLE, Manners

KEYSTONE = "li-keystone-3"


def behave(desk: Desk, manners: Manners, product: str | None = None) -> None:
    """Have the practice LMS behave like a product, and the tool know whose manners those are."""
    desk.board.manners = manners
    with transaction() as session:
        named = manners.product_family if product is None else product
        session.execute(update(Platform).values(product=named))
        if manners.service_query:
            url = Context.lineitems_url + f"?{manners.service_query}"
            session.execute(update(Context).values(lineitems_url=url))


def as_canvas(desk: Desk, **changes: Any) -> None:
    # The issuer is set apart: services do not depend on it, and launches are tested elsewhere.
    behave(desk, replace(CANVAS, shared_issuer="", **changes))


def events(desk: Desk, column: str = "outcome") -> list[Any]:
    return [row[0] for row in desk.lms(f"SELECT {column} FROM score_events ORDER BY sequence")]  # noqa: S608 - our own name


def attempts(desk: Desk) -> int:
    return sum(events(desk, "attempt"))


def again(desk: Desk, given: float | None, **changes: Any) -> str:
    desk.clock.forward(seconds=2)
    desk.want(given, **changes)
    return desk.run().state


def by_hand(desk: Desk, points: float | None) -> None:
    desk.lms("UPDATE scores SET score_given = ?, score_maximum = 100", points)


# --- P25: the column ---------------------------------------------------------------------------------------


def test_p25_a_column_is_found_by_its_tag_where_the_resource_id_is_gone(desk: Desk) -> None:
    desk.lms("UPDATE line_items SET resource_id = NULL, tag = 'keystone' WHERE line_item_id = ?", KEYSTONE)
    desk.want()
    assert desk.run().state == "sent"
    assert read_session().scalars(select(LineItem.url)).one().endswith(KEYSTONE)


def test_p25_canvas_is_given_no_column_that_nobody_can_open(desk: Desk) -> None:
    as_canvas(desk)
    desk.want(activity_key="reflection", label="Reflection")
    row = desk.run()
    assert (row.state, row.error) == ("wanted", "gradebook.column-missing")
    assert desk.columns("reflection") == []
    behave(desk, MOODLE)
    desk.clock.forward(hours=2)
    assert desk.run().state == "sent"


def test_p25_a_column_that_a_launch_named_serves_canvas(desk: Desk) -> None:
    as_canvas(desk)
    desk.lms("UPDATE line_items SET resource_id = NULL, tag = NULL WHERE line_item_id = ?", KEYSTONE)
    desk.want()
    assert desk.run().error == "gradebook.column-missing"
    url = f"{desk.items_url()}/{KEYSTONE}"
    with transaction() as session:
        session.execute(update(ResourceLink).values(title="Keystone", lineitem_url=url))
    desk.clock.forward(hours=2)
    assert desk.run().state == "sent"


def test_p25_of_two_senders_that_miss_a_column_one_makes_it(desk: Desk) -> None:
    first = desk.want(activity_key="reflection", label="Reflection")
    with transaction() as session:
        session.add(_claimed(desk, "reflection", desk.clock() + CLAIM))
    row = desk.run()
    assert (row.state, row.error, desk.columns("reflection")) == ("wanted", "service.occupied", [])
    desk.clock.forward(minutes=3)  # whoever claimed it was killed
    assert desk.run().state == "sent"
    assert (len(desk.columns("reflection")), first) == (1, row.id)


def _claimed(desk: Desk, key: str, until: Any) -> LineItem:
    assert desk.who.context_id is not None
    return LineItem(
        id=uuid.uuid5(desk.who.context_id, f"line-item:{key}"),
        organisation_id=desk.who.organisation_id,
        context_id=desk.who.context_id,
        activity_key=key,
        url="",
        score_maximum=100.0,
        made_by_us=False,
        claimed_until=until,
        lost_at=None,
    )


def test_p25_a_column_whose_making_went_unheard_is_found_and_not_made_twice(desk: Desk) -> None:
    desk.want(activity_key="reflection", label="Reflection")
    gets = 2  # by resource id, by tag
    desk.board.set_fault(Service.LINE_ITEMS, Fault(Kind.SLOW, seconds=0, times=gets))
    desk.wire.after_requests("/lineitems", gets, lambda: desk.board.set_fault(*LOST_ONCE))
    assert desk.run().error == "service.silent"
    desk.clock.forward(minutes=1)
    assert desk.run().state == "sent"
    assert len(desk.columns("reflection")) == 1


LOST_ONCE = (Service.LINE_ITEMS, Fault(Kind.DROPPED_AFTER, times=1))


# --- P26, P31: what is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [0.0, 100.0, 33.333333, 0.1])
def test_p26_zero_the_maximum_and_decimals_arrive_as_numbers(desk: Desk, given: float) -> None:
    desk.want(given)
    assert desk.run().state == "sent"
    assert desk.shown() == given
    body = desk.sent_scores()[-1]
    assert (type(body["scoreGiven"]), body["scoreMaximum"]) == (float, 100.0)


@pytest.mark.parametrize("manners", [CANVAS, MOODLE], ids=["canvas", "moodle"])
def test_p31_a_regrade_goes_up_down_and_away(desk: Desk, manners: Manners) -> None:
    behave(desk, replace(manners, shared_issuer=""))
    desk.want(50)
    desk.run()
    for given in (60.0, 40.0, None):
        assert again(desk, given) == "sent"
        assert desk.shown() == given


# --- P27, P28: times, conflicts, unknown outcomes ----------------------------------------------------------


def test_p27_moodle_gets_scores_in_different_seconds(desk: Desk) -> None:
    behave(desk, MOODLE)
    desk.want(50)
    desk.run()
    desk.want(60)
    assert desk.run().state == "wanted"
    desk.clock.forward(seconds=1)
    assert desk.run().state == "sent"
    assert events(desk) == ["stored", "stored"]


def test_p28_a_conflict_with_moodles_clock_is_waited_out(desk: Desk) -> None:
    behave(desk, MOODLE)
    desk.want(50)
    desk.run()
    desk.lms("UPDATE scores SET received_at = ?", (desk.clock() + timedelta(seconds=8)).isoformat())
    assert again(desk, 60) == "wanted"
    desk.clock.forward(seconds=10)
    assert desk.run().state == "sent"
    assert desk.shown() == 60


def test_p28_where_results_are_not_shown_we_send_again(desk: Desk) -> None:
    with transaction() as session:
        context = session.scalars(select(Context)).one()
        context.scopes = [scope for scope in context.scopes if "result" not in scope]
    desk.board.set_fault(Service.SCORES, Fault(Kind.DROPPED_AFTER, times=1))
    desk.want(50)
    desk.run()
    desk.clock.forward(minutes=1)
    assert (desk.run().state, events(desk)) == ("sent", ["stored", "stored"])


@pytest.mark.parametrize("kind", [Kind.DROPPED_AFTER, Kind.DROPPED, Kind.BROKEN, Kind.UNAVAILABLE])
def test_p28_after_an_unknown_outcome_we_look_before_we_send(desk: Desk, kind: Kind) -> None:
    desk.board.set_fault(Service.SCORES, Fault(kind, times=1))
    desk.want(50, comment="Well done")
    row = desk.run()
    assert (row.state, row.unclear) == ("wanted", True)
    desk.wire.requests.clear()
    desk.clock.forward(minutes=1)
    row = desk.run()
    assert (row.state, row.unclear) == ("sent", False)
    asked = [url.partition("?")[0].rpartition("/")[2] for _, url in desk.wire.requests]
    assert asked == (["results"] if kind is Kind.DROPPED_AFTER else ["results", "scores"])
    assert (events(desk), desk.shown()) == (["stored"], 50)


def test_p28_a_sender_that_was_killed_counts_as_unknown(desk: Desk) -> None:
    desk.want()
    with transaction() as session:
        assert len(claim(session, PLATFORM, at=desk.clock(), most=5)) == 1
    desk.clock.forward(minutes=3)
    desk.run()
    assert [url for _, url in desk.wire.requests if "/results" in url] != []


def test_p28_canvas_gets_a_comment_and_an_attempt_once_though_nobody_heard(desk: Desk) -> None:
    as_canvas(desk)
    desk.board.set_fault(Service.SCORES, Fault(Kind.DROPPED_AFTER, times=1))
    desk.want(50, comment="Well done")
    desk.run()
    desk.clock.forward(minutes=1)
    assert desk.run().state == "sent"
    assert again(desk, 60, comment="Well done") == "sent"
    assert again(desk, 70, comment="Even better") == "sent"
    assert [text for text in events(desk, "comment") if text] == ["Well done", "Even better"]
    assert attempts(desk) == 1


def test_p28_canvass_403_is_a_request_to_wait(desk: Desk) -> None:
    as_canvas(desk)
    desk.board.set_fault(Service.SCORES, Fault(Kind.THROTTLED, times=1))
    desk.want()
    row = desk.run()
    assert (row.state, row.error, row.unclear) == ("wanted", "service.busy", False)
    desk.clock.forward(minutes=1)
    assert desk.run().state == "sent"


# --- P29, P30, P32: who and what is gone -------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["strict", "canvas", "moodle"])
def test_p29_somebody_who_left_the_course_is_said_to_have_left(desk: Desk, mode: str) -> None:
    if mode == "canvas":
        as_canvas(desk)
    if mode == "moodle":
        behave(desk, MOODLE)
    desk.want(50)
    assert desk.run().state == "sent"
    desk.lms("INSERT INTO absences VALUES ('collaborative-leadership-3', 'amara-okafor', 'removed')")
    assert again(desk, 60) == "absent"
    (stuck,) = desk.stuck()
    assert (stuck.code, stuck.title) == (
        "gradebook.learner-absent",
        "This person is not in the course any more",
    )
    desk.lms("DELETE FROM absences")
    desk.send_again(stuck.intent_id)
    desk.clock.forward(seconds=2)
    assert desk.run().state == "sent"


def test_p29_a_404_for_a_score_of_a_column_that_is_there_means_the_learner(desk: Desk) -> None:
    desk.want()
    desk.board.set_fault(Service.SCORES, Fault(Kind.GONE, times=1))
    assert desk.run().state == "absent"
    assert read_session().scalars(select(LineItem.lost_at)).one() is None


def test_p30_every_grade_of_a_lost_column_is_sent_again_together(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    desk.delete_column(KEYSTONE)
    assert again(desk, 60) == "dead"
    (stuck,) = desk.stuck()
    assert (stuck.code, stuck.label) == ("gradebook.column-lost", "Keystone")
    desk.clock.forward(seconds=2)
    desk.send_again(stuck.intent_id)
    assert desk.run().state == "sent"
    assert (len(desk.columns("keystone")), desk.stuck()) == (1, [])


def test_p32_canvas_counts_one_attempt_for_any_number_of_grades(desk: Desk) -> None:
    as_canvas(desk)
    desk.want(50)
    desk.run()
    assert [again(desk, given) for given in (60, 70, 80)] == ["sent"] * 3
    assert attempts(desk) == 1
    assert [body[canvas.SUBMISSION]["new_submission"] for body in desk.sent_scores()] == [True] + [False] * 3


def test_p32_a_learner_without_attempts_is_graded_all_the_same(desk: Desk) -> None:
    as_canvas(desk, attempts_allowed=1)
    desk.want(50)
    desk.run()
    with transaction() as session:
        intent = session.get_one(type(desk.row()), desk.row().id)
        intent.sent_version = intent.fencing_token = 0  # as after a restore of our database
    assert again(desk, 60) == "wanted"
    assert desk.row().error == "gradebook.attempts-used"
    desk.clock.forward(seconds=2)
    assert desk.run().state == "sent"
    assert (desk.shown(), attempts(desk)) == (60, 1)


def test_moodle_is_not_sent_what_would_erase_a_grade(desk: Desk) -> None:
    behave(desk, MOODLE)
    desk.want(50)
    desk.run()
    assert again(desk, 60, grading_progress="Pending", activity_progress="Submitted") == "withheld"
    assert (desk.shown(), events(desk)) == (50, ["stored"])
    behave(desk, MOODLE, product="")  # with nobody knowing that this is Moodle, the grade would be gone
    with transaction() as session:
        session.execute(update(Context).values(lineitems_url=desk.items_url()))
    assert again(desk, 61, grading_progress="Pending", activity_progress="Submitted") == "sent"
    assert desk.shown() is None


# --- The hourly comparison ---------------------------------------------------------------------------------


def check(desk: Desk) -> Any:
    desk.clock.forward(seconds=EVERY.total_seconds())
    return desk.run()


def test_a_grade_that_a_teacher_changed_is_noted_and_left(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    assert check(desk).state == "sent"
    by_hand(desk, 77)
    row = check(desk)
    assert (row.state, row.shown_score, desk.shown()) == ("overridden", 77, 77)
    (stuck,) = desk.stuck()
    assert stuck.title == "The LMS shows another grade: a teacher changed it there"
    by_hand(desk, 50)
    assert (check(desk).state, desk.stuck()) == ("sent", [])


def test_a_grade_that_the_lms_lost_is_sent_once_more(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    desk.lms("DELETE FROM scores")
    assert check(desk).state == "sent"
    assert desk.shown() == 50
    desk.lms("DELETE FROM scores")
    row = check(desk)
    assert (row.state, row.shown_score, desk.shown()) == ("overridden", None, None)


def test_a_teachers_grade_is_replaced_only_when_somebody_says_so(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    by_hand(desk, 77)
    check(desk)
    desk.send_again(desk.stuck()[0].intent_id)
    assert (desk.run().state, desk.shown()) == ("sent", 50)


def test_a_column_found_deleted_is_noted_before_anybody_waits_for_it(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    desk.delete_column(KEYSTONE)
    check(desk)
    assert read_session().scalars(select(LineItem.lost_at)).one() == desk.clock()


def test_a_comparison_that_fails_is_made_an_hour_later(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    by_hand(desk, 77)
    desk.board.set_fault(Service.RESULTS, Fault(Kind.BROKEN, times=1))
    assert check(desk).state == "sent"
    assert check(desk).state == "overridden"


def test_moodles_results_are_read_without_a_limit(desk: Desk) -> None:
    behave(desk, MOODLE)
    desk.want(50)
    desk.run()
    by_hand(desk, 77)
    assert check(desk).state == "overridden"
    assert not any("limit" in url for _, url in desk.wire.requests)


def test_a_grade_of_another_organisation_is_not_there(desk: Desk) -> None:
    desk.want()
    desk.delete_column(KEYSTONE)
    desk.lms("DELETE FROM line_items")
    with transaction() as session:
        assert stuck_grades(session, uuid.uuid4()) == []
        with pytest.raises(GradeMissing):
            send_again(session, uuid.uuid4(), desk.row().id, at=desk.clock())
        with pytest.raises(GradeMissing):  # nor one that is not stuck
            send_again(session, desk.who.organisation_id, desk.row().id, at=desk.clock())


# --- Whose manners -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "issuer", "token_url", "found"),
    [
        ("canvas", "https://lms.example", "https://lms.example/token", "canvas"),
        ("", "https://canvas.instructure.com", "https://school.instructure.com/login/oauth2/token", "canvas"),
        ("", "https://school.example/moodle", "https://school.example/moodle/mod/lti/token.php", "moodle"),
        ("sakai", "https://lms.example", "https://lms.example/token", "other"),
        ("", "https://lms.example", "https://lms.example/token", "other"),
    ],
)
def test_a_product_is_told_by_its_words_or_its_addresses(
    product: str, issuer: str, token_url: str, found: str
) -> None:
    platform = Platform(product=product, issuer=issuer, auth_token_url=token_url)
    assert product_of(platform) == found
    assert (type(manners_of(platform)) is Plain) == (found not in {"canvas", "moodle"})


def test_a_score_without_product_manners_carries_nothing_of_canvas(desk: Desk) -> None:
    desk.want(50)
    desk.run()
    assert set(json.loads(json.dumps(desk.sent_scores()[0]))) == {
        "scoreGiven",
        "scoreMaximum",
        "activityProgress",
        "gradingProgress",
        "timestamp",
        "userId",
    }
