"""A document taken apart by the function written for its shape gives what a visit of every member gives."""

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.badge_fuzz import generated
from support.badge_mutations import MUTATIONS
from support.badge_samples import sample_badge

from badges.canonical.extraction import generate_extraction
from badges.canonical.leaves import flatten
from badges.canonical.pinned import pinned_contexts
from badges.canonical.shapes import ShapeCache
from badges.canonical.terms import constant_names

CONSTANT = constant_names(pinned_contexts())
BADGE = sample_badge().to_json()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "@context", "id", "a", "proofPurpose", "b"]), inner)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(["type", "@context", "id", "a", "b", "c"]), JSON, max_size=5)


def agrees(known: Any, document: Any) -> bool:
    """Whether the function of one document says of another what a full visit says."""
    key, _ = flatten(known, CONSTANT)
    other, leaves = flatten(document, CONSTANT)
    return generate_extraction(key)(document) == (leaves if other == key else None)


@settings(max_examples=300, deadline=None)
@given(OBJECTS, OBJECTS)
def test_any_object_is_taken_apart_as_a_full_visit_does(known: Any, document: Any) -> None:
    assert agrees(known, known)
    assert agrees(known, document)


@pytest.mark.parametrize("number", range(60))
def test_mutated_badges_are_told_from_the_shape_they_had(number: int) -> None:
    dice = random.Random(number)  # noqa: S311 - reproducible, not secret
    document = copy.deepcopy(BADGE)
    dice.choice(MUTATIONS)(dice, document)
    assert agrees(BADGE, document)
    assert agrees(document, BADGE)
    assert agrees(BADGE, generated(1, number))


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1}, {"a": True}),
        ({"a": None}, {"a": False}),
        ({"a": "x"}, {"a": ["x"]}),
        ({"a": ["x", "y"]}, {"a": "xy"}),
        ({"a": {"b": "x"}}, {"a": "b"}),
        ({"a": {"b": "x"}}, {"a": [["b", "x"]]}),
        ({"type": ["A"]}, {"type": "A"}),
        ({"type": ["A"]}, {"type": ["A", "B"]}),
        ({"type": []}, {"type": {}}),
        ({"a": "x", "b": "y"}, {"b": "y", "a": "x"}),
        ({"@context": ["u"]}, {"@context": ["v"]}),
        ({"@context": [{"a": 1}]}, {"@context": [{"a": True}]}),
    ],
)
def test_what_looks_alike_is_told_apart(known: Any, other: Any) -> None:
    assert agrees(known, known)
    assert agrees(other, other)
    assert agrees(known, other)
    assert flatten(known, CONSTANT)[0] != flatten(other, CONSTANT)[0]


def test_a_shape_that_came_back_is_recognized_and_the_oldest_is_let_go() -> None:
    cache, contexts = ShapeCache(limit=8), pinned_contexts()

    def badge(tags: int) -> Any:
        document = json.loads(json.dumps(BADGE))
        document["credentialSubject"]["achievement"]["tag"] = ["tag"] * tags
        return document

    for tags in range(1, 6):
        key, leaves = flatten(badge(tags), CONSTANT)
        shape = cache.shape_of(badge(tags), key, contexts)
        assert cache.recognize(badge(tags), contexts) is None
        cache.shape_of(badge(tags), key, contexts)
        found = cache.recognize(badge(tags), contexts)
        assert found is not None
        assert (found.key, found.leaves, found.shape) == (key, leaves, shape)
    assert cache.recognize(badge(1), contexts) is None
    cache.forget()
    assert cache.recognize(badge(5), contexts) is None


def test_each_set_of_contexts_has_shapes_of_its_own() -> None:
    cache, contexts = ShapeCache(), pinned_contexts()
    key, _ = flatten(BADGE, CONSTANT)
    for _ in range(2):
        cache.shape_of(BADGE, key, contexts)
    assert cache.recognize(BADGE, contexts) is not None
    assert cache.recognize(BADGE, contexts.with_inline()) is None
