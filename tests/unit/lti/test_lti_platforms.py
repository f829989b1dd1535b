"""Registering an LMS, approving where it uses us, switching it off."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from support.clock import MovableClock
from support.practice import ORGANISATION, PLATFORM

from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.approving import Operator, decide_deployment, decide_platform
from ltitool.lti.errors import PlatformDisabled, PlatformPending
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.platforms import (
    DeploymentMissing,
    PlatformExists,
    PlatformMissing,
    Registration,
    add_platform,
    check_open,
    list_deployments,
    list_platforms,
    new_deployment,
)
from ltitool.settings import Settings

CANVAS = Registration(
    name="Canvas",
    issuer="https://canvas.instructure.com",
    client_id="10000000000001",
    auth_login_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
    auth_token_url="https://school.instructure.com/login/oauth2/token",
    jwks_url="https://sso.canvaslms.com/api/lti/security/jwks",
    deployment_ids=("1:a", "1:a", "2:b"),
)


def add(settings: Settings, clock: MovableClock, **changes: Any) -> Platform:
    with transaction() as session:
        return add_platform(
            session,
            replace(CANVAS, **changes),
            organisation_id=ORGANISATION,
            platform_id=uuid.uuid4(),
            settings=settings,
            at=clock(),
        )


def test_a_platform_is_active_at_once_with_its_deployments(
    tool: Flask, settings: Settings, clock: MovableClock
) -> None:
    del tool
    platform = add(settings, clock)
    assert platform.status == "active"
    check_open(platform)
    with transaction() as session:
        rows = list_deployments(session, ORGANISATION)
        assert [row.lms_id for row in rows if row.platform_id == platform.id] == ["1:a", "2:b"]
        assert [row.name for row in list_platforms(session, ORGANISATION)] == ["Canvas", "Practice LMS"]


def test_tokens_are_pinned_to_what_was_registered(
    tool: Flask, settings: Settings, clock: MovableClock
) -> None:
    del tool
    platform = add(settings, clock, service_origins=("https://files.instructure.com/x",))
    assert platform.service_origins == [
        "https://canvas.instructure.com",
        "https://files.instructure.com",
        "https://school.instructure.com",
        "https://sso.canvaslms.com",
    ]


def test_nothing_is_overwritten(tool: Flask, settings: Settings, clock: MovableClock) -> None:
    del tool
    add(settings, clock)
    with pytest.raises(PlatformExists):
        add(settings, clock, name="Another")
    assert read_session().scalar(select(func.count()).select_from(Platform)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("issuer", ""),
        ("client_id", "x" * 2001),
        ("auth_login_url", "http://lms.example/auth"),
        ("auth_token_url", "ftp://lms.example/token"),
        ("jwks_url", "jwks"),
        ("jwks_url", "http://localhost.evil.example/jwks"),
        ("service_origins", ("http://files.example",)),
        ("deployment_policy", "whatever"),
        ("deployment_ids", ("",)),
        ("deployment_ids", ("d" * 256,)),
    ],
)
def test_a_registration_with_one_thing_wrong(
    tool: Flask, settings: Settings, clock: MovableClock, field: str, value: Any
) -> None:
    del tool
    with pytest.raises(Invalid) as refused:
        add(settings, clock, **{field: value})
    assert list(refused.value.faults) == [field]
    add(settings, clock)


@pytest.mark.parametrize("host", ["localhost:8001", "127.0.0.1", "[::1]:80"])
def test_plain_http_is_for_this_machine_and_by_setting(
    tool: Flask, settings: Settings, clock: MovableClock, host: str
) -> None:
    del tool
    with pytest.raises(Invalid):
        add(replace(settings, loopback_http=False), clock, jwks_url=f"http://{host}/jwks")
    add(settings, clock, jwks_url=f"http://{host}/jwks")


def test_a_deployment_is_approved_by_its_own_organisation(tool: Flask, clock: MovableClock) -> None:
    del tool
    with transaction() as session:
        platform = session.scalars(select(Platform)).one()
        waiting = new_deployment(platform, "new", status="pending", at=clock())
        session.add(waiting)
    with transaction() as session:
        assert list_deployments(session, ORGANISATION)[0].lms_id == "new"
        for organisation, deployment in ((uuid.uuid4(), waiting.id), (ORGANISATION, uuid.uuid4())):
            with pytest.raises(DeploymentMissing):
                decide_deployment(session, Operator(organisation, None, clock()), deployment, "active")
        operator = Operator(ORGANISATION, None, clock())
        assert decide_deployment(session, operator, waiting.id, "active").status == "active"
    assert read_session().get(Deployment, waiting.id).status == "active"


def test_a_platform_is_switched_off_and_on_by_its_own_organisation(tool: Flask, clock: MovableClock) -> None:
    del tool
    operator = Operator(ORGANISATION, None, clock())
    with transaction() as session:
        with pytest.raises(PlatformMissing):
            decide_platform(session, replace(operator, organisation_id=uuid.uuid4()), PLATFORM, "disabled")
        platform = decide_platform(session, operator, PLATFORM, "disabled")
        with pytest.raises(PlatformDisabled):
            check_open(platform)
        platform.status = "pending"
        session.flush()
        with pytest.raises(PlatformPending):
            check_open(platform)
        check_open(decide_platform(session, operator, PLATFORM, "active"))
