"""Every attack on launches and services (A01 to A68) has a test that carries its number, or is named here.

A test carries a number in its function's name (`test_a55_…`) or at the beginning of a case ("A07 SQL"). Where
an older row stands for an attack under its number among the launch's refusals (N1 to N78), or a test tells a
longer story, this table says which.
"""

import ast
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from sourcetree import the_tree

ATTACKS = tuple(f"A{number:02}" for number in range(1, 69))
IN_A_NAME = re.compile(r"^test_(?P<letter>[an])(?P<number>\d{1,2})_")
NUMBERS = re.compile(r"^test_(?:[anp]\d{1,2}_)+")
IN_A_CASE = re.compile(r"^(?P<letter>[AN])(?P<number>\d{1,2})(?=\s|$)")
# What stands for an attack besides: the beginning of a case, or the name of a test.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "A01": ("N21 none", "N21 nOnE"),
    "A02": ("N22 HS256",),
    "A03": ("N23 RS512", "N23 PS256"),
    "A04": ("test_n28_keys_in_the_header_are_not_looked_at",),
    "A05": ("test_n28_keys_in_the_header_are_not_looked_at",),
    "A06": ("test_n28_keys_in_the_header_are_not_looked_at",),
    "A09": ("N24 no kid", "N25 unknown kid", "test_an_unknown_key_id_asks_once_a_minute"),
    "A14": ("N20 padding", "N26 another key", "N27 tampered"),
    "A15": (
        "test_a_key_that_may_not_verify_is_skipped",
        "test_what_is_no_key_set_is_not_taken",
        "test_a_set_of_thousands_is_not_taken",
        "test_an_error_is_never_cached_and_the_old_keys_stay",
    ),
    "A16": ("test_one_key_id_in_two_registrations_is_two_keys",),
    "A17": ("N34 slash", "N34 case", "N2"),
    "A18": ("N36 other aud", "N36 aud object", "N37 list without us"),
    "A19": ("N38 list without azp", "N39 azp of another"),
    "A20": ("N40 no exp", "N41 expired", "N46 exp text", "N46 exp NaN"),
    "A21": ("N42 no iat", "N43 iat ahead", "N44 iat old", "N45 nbf ahead"),
    "A22": ("N47 no nonce", "N48 foreign nonce", "test_n51_the_nonce_of_another_login"),
    "A23": ("test_n17_a_state_is_good_once",),
    "A24": ("test_n49_a_burnt_nonce_under_a_new_state", "test_n17_nor_for_a_fresh_token"),
    "A25": ("test_n50_of_many_at_once_exactly_one_gets_in",),
    "A27": ("N14 no state", "N15 changed state", "test_n18_a_state_belongs_to_one_browser"),
    "A28": ("test_n51_the_nonce_of_another_login",),
    "A29": ("test_where_the_lms_says_nothing_the_same_login_goes_on_in_a_tab",),
    "A30": ("test_nobody_else_may_bring_the_secret", "test_the_server_compares"),
    "A31": ("test_two_logins_crossed_open_nothing",),
    "A32": (
        "N56 no deployment",
        "test_n57_an_unknown_deployment_waits_and_can_be_approved",
        "test_n58_but_never_takes_over_what_another_registration_uses",
    ),
    "A33": ("test_n5_several_registrations_need_a_client_id", "test_a_token_is_for_its_registration_alone"),
    "A34": ("N53 no message type", "N54 unknown message type", "N54 list of message types"),
    "A35": ("N52 no version", "N52 1.1"),
    "A36": ("N63 no roles", "N63 roles text"),
    "A40": ("N61 no sub",),
    "A41": ("N62 long sub",),
    "A43": ("N67 foreign target", "N67 script", "N7 backslash"),
    "A44": ("N66 target changed",),
    "A45": ("N1", "N2", "N4"),
    "A46": ("test_the_lms_is_the_registered_one_whatever_the_login_says",),
    "A47": ("N8 long",),
    "A48": ("test_n13_a_launch_by_get_is_no_launch",),
    "A49": ("test_an_address_to_return_to_is_kept_only_at_the_platform",),
    "A54": ("test_n72_a_review_of_somebody_unknown_is_refused", "N73 a learner and another's work"),
    "A55": ("test_a_token_never_leaves_for_another_origin",),
    "A57": ("test_an_answer_that_is_no_token", "test_a_token_is_kept_an_hour_at_most"),
    "A59": ("test_a_score_that_is_none_is_not_wanted",),
    "A60": ("test_the_wrong_person_is_refused_reads_nothing_and_changes_nothing",),
}


@functools.cache
def told() -> tuple[frozenset[str], frozenset[str]]:
    """Give the names of all tests, and the cases that begin with a number, of every file but this one."""
    names, cases = set(), set()
    for module in the_tree().modules("tests"):
        if module.path.endswith(Path(__file__).name):
            continue
        for node in module.walk():
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                names.add(node.name)
            if isinstance(node, ast.Constant) and IN_A_CASE.match(str(node.value)):
                cases.add(str(node.value))
    return frozenset(names), frozenset(cases)


def numbers_told(names: Iterable[str], cases: Iterable[str]) -> set[str]:
    """Give the numbers that tests carry."""
    found = [IN_A_NAME.match(name) for name in names] + [IN_A_CASE.match(case) for case in cases]
    return {f"{one['letter'].upper()}{int(one['number']):02}" for one in found if one}


def unnumbered(name: str) -> str:
    """Give a test's name without the numbers that it was given before or after this table was written."""
    return NUMBERS.sub("test_", name)


def missing(numbers: Iterable[str], names: Iterable[str], cases: Iterable[str]) -> list[str]:
    """Give the numbers for which no test stands."""
    carried = numbers_told(names, cases)
    return [number for number in numbers if number not in carried and number not in ALIASES]


def test_every_attack_has_its_test() -> None:
    assert missing(ATTACKS, *told()) == []


def test_what_stands_for_an_attack_is_there() -> None:
    names, cases = told()
    there = {unnumbered(name) for name in names} | cases
    own = {alias for aliases in ALIASES.values() for alias in aliases}
    assert [alias for alias in sorted(own) if unnumbered(alias) not in there] == []
    assert set(ALIASES) <= set(ATTACKS)


def test_a_number_without_a_test_is_seen() -> None:
    names, cases = told()
    without = {name for name in names if not name.startswith("test_a67_")}
    assert missing(ATTACKS, without, cases) == ["A67"]
    assert missing(("A69",), names, cases) == ["A69"]
