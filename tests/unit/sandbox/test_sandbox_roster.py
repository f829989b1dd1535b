"""The roster service: who is in a course, in pages, by role, and seen from a link."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.lms_visitor import COURSE, LMS, Services, ThrowawayTool

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.manners import STRICT
from ltitool.sandbox.seed import DEMO, PARTICIPANTS_3, Course

ROSTER = f"/api/courses/{COURSE}/memberships"


def members(services: Services, query: str = "") -> list[dict[str, Any]]:
    answer = services.read(ROSTER + query, words.ROSTER_TYPE)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == words.ROSTER_TYPE
    return list(answer.get_json()["members"])


def test_the_roster_holds_everybody_of_the_course_and_nobody_else(services: Services) -> None:
    expected = [DEMO.person(key).sub for key in (*PARTICIPANTS_3, "ruth-delgado", "imani-whitfield")]
    assert [one["user_id"] for one in members(services)] == expected


def test_a_member_carries_name_address_and_roles(services: Services) -> None:
    person = DEMO.person("jose-luis-hernandez")
    (found,) = [one for one in members(services) if one["user_id"] == person.sub]
    assert found == {
        "status": "Active",
        "user_id": person.sub,
        "lis_person_sourcedid": person.sourced_id,
        "roles": [words.LEARNER],
        "name": "José Luis Hernández Muñoz",
        "given_name": "José Luis",
        "family_name": "Hernández Muñoz",
        "email": "jose.luis.hernandez@valleverde.example",
    }


def test_the_roster_names_its_course(services: Services) -> None:
    body = services.read(ROSTER, words.ROSTER_TYPE).get_json()
    assert body["id"] == LMS + ROSTER
    assert body["context"] == {"id": COURSE, "label": "CL-3", "title": DEMO.course(COURSE).title}


@pytest.mark.parametrize(
    ("role", "count"),
    [("Learner", 8), (words.LEARNER, 8), ("Instructor", 2), (words.INSTRUCTOR, 2), ("Mentor", 0)],
)
def test_the_roster_is_filtered_by_role(services: Services, role: str, count: int) -> None:
    answer = services.client.get(
        ROSTER,
        base_url=LMS,
        query_string={"role": role},
        headers={"Authorization": f"Bearer {services.token}", "Accept": words.ROSTER_TYPE},
    )
    assert len(answer.get_json()["members"]) == count


def test_pages_follow_each_other_and_keep_the_filter(services: Services) -> None:
    seen, pages, path = [], 0, f"{ROSTER}?role=Learner&limit=3"
    while path:
        answer = services.read(path, words.ROSTER_TYPE)
        seen += [one["user_id"] for one in answer.get_json()["members"]]
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")].removeprefix(LMS) if link else ""
        pages += 1
    assert pages == 3
    assert seen == [DEMO.person(key).sub for key in PARTICIPANTS_3]


def test_a_roster_seen_from_a_link_says_what_a_launch_would(services: Services) -> None:
    found = members(services, "?rlid=rl-keystone-3")[0]
    (message,) = found["message"]
    assert message[words.MESSAGE_TYPE] == words.RESOURCE_LINK_REQUEST
    assert message[words.CUSTOM] == {"opens": "keystone"}
    assert "message" not in members(services)[0]


@pytest.mark.parametrize("link", ["nowhere", "rl-keystone-4"])
def test_a_link_of_another_course_is_refused(services: Services, link: str) -> None:
    refused = services.read(f"{ROSTER}?rlid={link}", words.ROSTER_TYPE)
    assert (refused.status_code, refused.get_json()["error"]) == (404, "no_such_link")


def test_a_course_without_a_link_to_the_tool_is_closed_to_it(
    other_config: Callable[..., Any], services: Services, tool: ThrowawayTool
) -> None:
    seed = replace(DEMO, courses=(*DEMO.courses, Course("algebra", "ALG", "Algebra", "Spring")))
    app = create_platform(other_config(seed=seed), tool.fetch)
    opened = Services(app.test_client(), services.token)
    assert members(opened)
    for path, kind in (("memberships", words.ROSTER_TYPE), ("lineitems", words.LINE_ITEMS_TYPE)):
        for course in ("algebra", "nowhere"):
            refused = opened.read(f"/api/courses/{course}/{path}", kind)
            assert (refused.status_code, refused.get_json()["error"]) == (404, "no_such_course")
    refused = opened.send(
        "/api/courses/algebra/lineitems", {"label": "a", "scoreMaximum": 1}, words.LINE_ITEM_TYPE
    )
    assert refused.get_json()["error"] == "no_such_course"


def test_a_platform_may_keep_names_and_addresses_to_itself(
    other_config: Callable[..., Any], services: Services, tool: ThrowawayTool
) -> None:
    manners = replace(STRICT, shares_names=False, shares_emails=False, page_size=4)
    app = create_platform(other_config(manners=manners), tool.fetch)
    found = members(Services(app.test_client(), services.token))
    assert len(found) == 4
    assert not {"name", "given_name", "family_name", "email"} & set(found[0])
