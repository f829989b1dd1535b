"""Line items, scores and results as a tool uses them, and each refusal beside its control."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from support.lms_visitor import COURSE, LMS, Clock, Services
from werkzeug.test import TestResponse

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.forge import ABSENT, changed
from ltitool.sandbox.seed import DEMO

ITEMS = f"/api/courses/{COURSE}/lineitems"
KEYSTONE = f"{ITEMS}/li-keystone-3"
AMARA = DEMO.person("amara-okafor").sub
TOM = DEMO.person("tom-ng").sub
COLUMN = {"label": "Practice", "scoreMaximum": 10, "resourceId": "practice", "tag": "weekly"}


def listed(services: Services, query: str = "") -> list[dict[str, Any]]:
    answer = services.read(ITEMS + query, words.LINE_ITEMS_TYPE)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == words.LINE_ITEMS_TYPE
    return list(answer.get_json())


def created(services: Services, **changes: object) -> dict[str, Any]:
    answer = services.send(ITEMS, changed(COLUMN, **changes), words.LINE_ITEM_TYPE)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def path_of(item: dict[str, Any]) -> str:
    return str(item["id"]).removeprefix(LMS)


def score_body(clock: Clock, **changes: object) -> dict[str, Any]:
    score = {
        "userId": AMARA,
        "scoreGiven": 18,
        "scoreMaximum": 20,
        "comment": "Well argued.",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": clock.now.isoformat(timespec="milliseconds"),
    }
    return changed(score, **changes)


def post(services: Services, body: object, item: str = KEYSTONE) -> TestResponse:
    return services.send(f"{item}/scores", body, words.SCORE_TYPE)


def results(services: Services, query: str = "", item: str = KEYSTONE) -> list[dict[str, Any]]:
    answer = services.read(f"{item}/results{query}", words.RESULTS_TYPE)
    assert answer.status_code == 200, answer.text
    return list(answer.get_json())


def test_the_keystones_line_item_is_there_from_the_start(services: Services) -> None:
    assert listed(services) == [
        {
            "id": f"{LMS}{KEYSTONE}",
            "label": "Keystone",
            "scoreMaximum": 100.0,
            "resourceLinkId": "rl-keystone-3",
            "resourceId": "keystone",
            "tag": "keystone",
        }
    ]
    assert services.read(KEYSTONE, words.LINE_ITEM_TYPE).get_json() == listed(services)[0]


def test_the_tool_makes_changes_and_deletes_a_line_item(services: Services) -> None:
    item = created(services, startDateTime="2026-11-01T00:00:00Z")
    assert item["startDateTime"] == "2026-11-01T00:00:00Z"
    changed_item = services.send(
        path_of(item), {"label": "Practice log", "scoreMaximum": 20}, words.LINE_ITEM_TYPE, "PUT"
    )
    assert changed_item.get_json() == {"id": item["id"], "label": "Practice log", "scoreMaximum": 20.0}
    assert services.call("DELETE", path_of(item)).status_code == 204
    assert services.read(path_of(item), words.LINE_ITEM_TYPE).status_code == 404


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("", ["Keystone", "Practice"]),
        ("?resource_link_id=rl-keystone-3", ["Keystone"]),
        ("?resource_id=practice", ["Practice"]),
        ("?tag=weekly", ["Practice"]),
        ("?tag=weekly&resource_id=keystone", []),
        ("?resource_link_id=rl-keystone-4", []),
    ],
)
def test_line_items_are_filtered(services: Services, query: str, labels: list[str]) -> None:
    created(services)
    assert [item["label"] for item in listed(services, query)] == labels


def test_line_items_are_paged_by_link_and_keep_their_filter(services: Services) -> None:
    for number in range(3):
        created(services, label=f"Column {number}")
    seen, path = [], f"{ITEMS}?tag=weekly&limit=2"
    while path:
        answer = services.read(path, words.LINE_ITEMS_TYPE)
        seen += [item["label"] for item in answer.get_json()]
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")].removeprefix(LMS) if link else ""
        assert not link or link.endswith('; rel="next"')
    assert seen == ["Column 0", "Column 1", "Column 2"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?limit=0", "bad_limit"),
        ("?limit=101", "bad_limit"),
        ("?limit=x", "bad_limit"),
        ("?page=-1", "bad_page"),
        ("?tag=a&tag=b", "doubled_parameter"),
    ],
)
def test_a_wrong_query_is_refused(services: Services, query: str, code: str) -> None:
    refused = services.read(ITEMS + query, words.LINE_ITEMS_TYPE)
    assert (refused.status_code, refused.get_json()["error"]) == (400, code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"label": ABSENT}, "bad_line_item"),
        ({"label": "  "}, "bad_line_item"),
        ({"label": 7}, "bad_line_item"),
        ({"label": "x" * 256}, "bad_line_item"),
        ({"scoreMaximum": ABSENT}, "bad_line_item"),
        ({"scoreMaximum": 0}, "bad_line_item"),
        ({"scoreMaximum": "10"}, "bad_line_item"),
        ({"scoreMaximum": True}, "bad_line_item"),
        ({"tag": []}, "bad_line_item"),
        ({"startDateTime": "tomorrow"}, "bad_line_item"),
        ({"endDateTime": "2026-11-21T12:00:00"}, "bad_line_item"),
        ({"resourceLinkId": "rl-keystone-4"}, "unknown_resource_link"),
        ({"resourceLinkId": "nowhere"}, "unknown_resource_link"),
    ],
)
def test_a_wrong_line_item_is_refused(services: Services, changes: dict[str, Any], code: str) -> None:
    refused = services.send(ITEMS, changed(COLUMN, **changes), words.LINE_ITEM_TYPE)
    assert (refused.status_code, refused.get_json()["error"]) == (400, code)
    assert len(listed(services)) == 1
    created(services)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (ITEMS, words.LINE_ITEMS_TYPE),
        (KEYSTONE, words.LINE_ITEM_TYPE),
        (f"{KEYSTONE}/results", words.RESULTS_TYPE),
        (f"/api/courses/{COURSE}/memberships", words.ROSTER_TYPE),
    ],
)
def test_a_reader_must_name_the_media_type(services: Services, path: str, media_type: str) -> None:
    assert services.read(path, f"{media_type}, */*;q=0.1").status_code == 200
    for accept in ("*/*", "application/json", ""):
        refused = services.read(path, accept)
        assert (refused.status_code, refused.get_json()["error"]) == (406, "not_acceptable")


def test_a_writer_must_send_the_media_type(services: Services, clock: Clock) -> None:
    wrong = services.send(ITEMS, COLUMN, "application/json")
    assert (wrong.status_code, wrong.get_json()["error"]) == (415, "wrong_content_type")
    wrong = services.send(f"{KEYSTONE}/scores", score_body(clock), words.LINE_ITEM_TYPE)
    assert (wrong.status_code, wrong.get_json()["error"]) == (415, "wrong_content_type")
    right = services.send(f"{KEYSTONE}/scores", score_body(clock), f"{words.SCORE_TYPE}; charset=utf-8")
    assert right.status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"label": "a", "label": "b"}', b'{"scoreMaximum": NaN}', b"\xff"]
)
def test_a_body_must_be_one_plain_json_object(services: Services, body: bytes) -> None:
    refused = services.call("POST", ITEMS, data=body, content_type=words.LINE_ITEM_TYPE)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "bad_json")


def test_a_body_has_a_size(services: Services) -> None:
    refused = services.send(ITEMS, {"label": "x" * 70_000}, words.LINE_ITEM_TYPE)
    assert refused.status_code == 413


def test_the_activitys_own_column_is_not_the_tools_to_delete(services: Services) -> None:
    refused = services.call("DELETE", KEYSTONE)
    assert (refused.status_code, refused.get_json()["error"]) == (403, "not_yours")
    assert len(listed(services)) == 1


def test_the_link_of_a_line_item_stays(services: Services) -> None:
    wanted = {"label": "Keystone", "scoreMaximum": 50, "resourceLinkId": "rl-keystone-3"}
    moved = services.send(KEYSTONE, {**wanted, "resourceLinkId": "x"}, words.LINE_ITEM_TYPE, "PUT")
    assert (moved.status_code, moved.get_json()["error"]) == (400, "fixed_resource_link")
    assert services.send(KEYSTONE, wanted, words.LINE_ITEM_TYPE, "PUT").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"{ITEMS}/li-keystone-4",
        f"{ITEMS}/nothing",
        "/api/courses/collaborative-leadership-4/lineitems/li-keystone-3",
    ],
)
def test_a_line_item_is_found_in_its_own_course_only(services: Services, path: str) -> None:
    refused = services.read(path, words.LINE_ITEM_TYPE)
    assert (refused.status_code, refused.get_json()["error"]) == (404, "no_such_line_item")


def test_a_score_becomes_a_result_on_the_line_items_scale(services: Services, clock: Clock) -> None:
    posted = post(services, score_body(clock))
    assert (posted.status_code, posted.data) == (200, b"")
    assert results(services) == [
        {
            "id": f"{LMS}{KEYSTONE}/results/{AMARA}",
            "scoreOf": f"{LMS}{KEYSTONE}",
            "userId": AMARA,
            "resultScore": 90.0,
            "resultMaximum": 100.0,
            "comment": "Well argued.",
        }
    ]


@pytest.mark.parametrize(("later", "status"), [(0, 409), (-1, 409), (1, 200)])
def test_a_score_must_be_strictly_newer(services: Services, clock: Clock, later: int, status: int) -> None:
    assert post(services, score_body(clock)).status_code == 200
    moment = clock.now + timedelta(milliseconds=later)
    second = score_body(clock, scoreGiven=20, timestamp=moment.isoformat(timespec="milliseconds"))
    answer = post(services, second)
    assert answer.status_code == status
    assert results(services)[0]["resultScore"] == (100.0 if status == 200 else 90.0)
    if status == 409:
        assert answer.get_json()["error"] == "not_newer"


def test_newer_is_judged_by_the_moment_and_not_by_its_spelling(services: Services, clock: Clock) -> None:
    assert post(services, score_body(clock, timestamp="2026-11-21T12:00:00.000Z")).status_code == 200
    # The same moment, written in Madrid.
    assert post(services, score_body(clock, timestamp="2026-11-21T13:00:00.000+01:00")).status_code == 409


def test_a_newer_score_replaces_the_one_before_it_whole(services: Services, clock: Clock) -> None:
    post(services, score_body(clock))
    clock.forward(seconds=1)
    post(services, score_body(clock, scoreGiven=ABSENT, scoreMaximum=ABSENT, comment=ABSENT))
    (result,) = results(services)
    assert "resultScore" not in result
    assert "comment" not in result


@pytest.mark.parametrize(
    ("progress", "shown"), [("FullyGraded", True), ("Pending", False), ("PendingManual", False)]
)
def test_only_a_final_score_is_a_result(services: Services, clock: Clock, progress: str, shown: bool) -> None:
    post(services, score_body(clock, gradingProgress=progress))
    assert ("resultScore" in results(services)[0]) is shown


def test_a_score_above_the_maximum_is_kept(services: Services, clock: Clock) -> None:
    post(services, score_body(clock, scoreGiven=22))
    assert results(services)[0]["resultScore"] == 110.0


def test_scores_follow_a_new_maximum(services: Services, clock: Clock) -> None:
    post(services, score_body(clock))
    wanted = {"label": "Keystone", "scoreMaximum": 50, "resourceLinkId": "rl-keystone-3"}
    services.send(KEYSTONE, wanted, words.LINE_ITEM_TYPE, "PUT")
    assert results(services)[0]["resultScore"] == 45.0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"userId": ABSENT}, "bad_score"),
        ({"userId": 7}, "bad_score"),
        ({"userId": "nobody"}, "not_a_learner"),
        ({"userId": DEMO.person("ruth-delgado").sub}, "not_a_learner"),
        ({"userId": DEMO.person("kwame-boateng").sub}, "not_a_learner"),
        ({"scoreGiven": -1}, "bad_score"),
        ({"scoreGiven": "18"}, "bad_score"),
        ({"scoreGiven": True}, "bad_score"),
        ({"scoreMaximum": ABSENT}, "bad_score"),
        ({"scoreMaximum": 0}, "bad_score"),
        ({"comment": 5}, "bad_score"),
        ({"comment": "x" * 10_001}, "bad_score"),
        ({"activityProgress": ABSENT}, "bad_score"),
        ({"activityProgress": "Done"}, "bad_score"),
        ({"gradingProgress": ABSENT}, "bad_score"),
        ({"gradingProgress": "Graded"}, "bad_score"),
        ({"timestamp": ABSENT}, "bad_score"),
        ({"timestamp": "2026-11-21T12:00:00Z"}, "bad_timestamp"),
        ({"timestamp": "2026-11-21T12:00:00.000"}, "bad_timestamp"),
        ({"timestamp": "2026-13-21T12:00:00.000Z"}, "bad_timestamp"),
        ({"timestamp": "2026-11-21T12:01:01.000Z"}, "future_timestamp"),
    ],
)
def test_a_wrong_score_is_refused_and_stores_nothing(
    services: Services, clock: Clock, changes: dict[str, Any], code: str
) -> None:
    refused = post(services, score_body(clock, **changes))
    assert (refused.status_code, refused.get_json()["error"]) == (400, code)
    assert results(services) == []
    assert post(services, score_body(clock)).status_code == 200


def test_a_score_for_an_unknown_line_item_is_refused(services: Services, clock: Clock) -> None:
    assert post(services, score_body(clock), f"{ITEMS}/nothing").status_code == 404


def test_results_are_filtered_by_person_and_paged(services: Services, clock: Clock) -> None:
    post(services, score_body(clock))
    post(services, score_body(clock, userId=TOM))
    assert [one["userId"] for one in results(services, f"?user_id={TOM}")] == [TOM]
    first = services.read(f"{KEYSTONE}/results?limit=1", words.RESULTS_TYPE)
    assert [one["userId"] for one in first.get_json()] == [AMARA]
    link = first.headers["Link"]
    rest = services.read(link[1 : link.index(">")].removeprefix(LMS), words.RESULTS_TYPE)
    assert [one["userId"] for one in rest.get_json()] == [TOM]
    assert "Link" not in rest.headers


def test_deleting_a_line_item_deletes_its_scores(app: Flask, services: Services, clock: Clock) -> None:
    item = path_of(created(services))
    post(services, score_body(clock), item)
    services.call("DELETE", item)
    with app.extensions["practice-lms"].store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM scores").fetchone()[0] == 0


def test_a_restart_keeps_grades_and_the_tools_changes(
    app: Flask, services: Services, clock: Clock, config: Any, tool: Any
) -> None:
    post(services, score_body(clock))
    wanted = {"label": "Capstone", "scoreMaximum": 50, "resourceLinkId": "rl-keystone-3"}
    services.send(KEYSTONE, wanted, words.LINE_ITEM_TYPE, "PUT")
    restarted = Services(create_platform(config, tool.fetch).test_client(), services.token)
    assert [item["label"] for item in listed(restarted)] == ["Capstone"]
    assert results(restarted)[0]["resultScore"] == 45.0
