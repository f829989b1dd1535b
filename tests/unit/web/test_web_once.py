"""A form that makes something makes it once, however often it is sent; other words are another thing."""

import uuid

import pytest
from flask import Flask

from ltitool.web.once import id_to_make, once_field

MAKER, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
SENT = {"once": "token", "minutes": "50", "csrf_token": "of one visit"}


def made(
    app: Flask, form: dict[str, str], maker: uuid.UUID = MAKER, path: str = "/l/first/one-to-one"
) -> uuid.UUID:
    with app.test_request_context(path, method="POST", data=form):
        return id_to_make(maker)


def test_the_same_form_makes_the_same_thing(app: Flask) -> None:
    assert made(app, SENT) == made(app, SENT)
    assert made(app, {**SENT, "csrf_token": "of another"}, path="/l/second/one-to-one") == made(app, SENT)


@pytest.mark.parametrize(
    "change",
    [
        {"form": {**SENT, "once": "another page"}},
        {"form": {**SENT, "minutes": "60"}},
        {"form": SENT, "maker": OTHER},
        {"form": SENT, "path": "/l/first/somebody-else/one-to-one"},
    ],
    ids=["token", "words", "person", "address"],
)
def test_anything_else_makes_another_thing(app: Flask, change: dict[str, object]) -> None:
    assert made(app, **change) != made(app, SENT)  # type: ignore[arg-type] # spelled out above


def test_a_form_without_token_makes_a_new_thing_each_time(app: Flask) -> None:
    form = {"minutes": "50"}
    assert made(app, form) != made(app, form)


def test_a_form_that_is_shown_again_keeps_its_token(app: Flask) -> None:
    assert 'value="token"' in once_field(SENT)
    assert once_field({}) != once_field({})
    assert "&lt;" in once_field({"once": "<"})
