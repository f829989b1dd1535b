"""The doors of the launch protocol: platform configuration, key set, authentication, tokens, health."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.authorize import Asking, answer, check_destination
from ltitool.sandbox.bodies import json_object, single_fields
from ltitool.sandbox.claims import PRODUCT_VERSION
from ltitool.sandbox.errors import ServiceRefusal, TokenRefusal
from ltitool.sandbox.registering import read_token, register
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.tokens import TOKEN_SECONDS, grant_token
from ltitool.sandbox.visitor import current_locale, current_person

protocol = Blueprint("protocol", __name__)

# Marks the second try of a request that first came without our cookie.
_SECOND_TRY = "practice_lms_again"


@protocol.get("/health")
def health() -> ResponseReturnValue:
    platform = current_platform()
    with platform.store.reading() as connection:
        connection.execute("SELECT 1 FROM people LIMIT 1").fetchone()
    return jsonify(status="ok", mode=platform.config.manners.name)


@protocol.get("/.well-known/openid-configuration")
def openid_configuration() -> ResponseReturnValue:
    platform = current_platform()
    endpoints = platform.endpoints
    if platform.config.manners.guards_configuration:
        read_token(platform, request.headers.get("Authorization"))
    return jsonify(
        {
            "issuer": endpoints.issuer,
            "authorization_endpoint": endpoints.authorization,
            "token_endpoint": endpoints.token,
            "jwks_uri": endpoints.jwks,
            "registration_endpoint": endpoints.registration,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", *platform.config.manners.scopes],
            "response_types_supported": ["id_token"],
            "response_modes_supported": ["form_post"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email", "locale"],
            words.PLATFORM_CONFIGURATION: {
                "product_family_code": platform.config.manners.product_family,
                "version": PRODUCT_VERSION,
                "messages_supported": [
                    {"type": kind, "placements": list(placements)}
                    for kind, placements in words.MESSAGES.items()
                ],
                "variables": list(words.VARIABLES),
                "notice_types_supported": list(platform.config.manners.notice_types),
            },
        }
    )


@protocol.get("/lti/jwks")
def key_set() -> ResponseReturnValue:
    published = jsonify(current_platform().keys.published())
    published.headers["Cache-Control"] = "public, max-age=300"
    return published


@protocol.route("/lti/auth", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    platform = current_platform()
    endpoints = platform.endpoints
    if endpoints.door != endpoints.base and request.host_url.rstrip("/") == endpoints.door:
        # People are signed in at their school's own address; the door only shows the way.
        return redirect(f"{endpoints.base}{request.full_path.rstrip('?')}", 307)
    fields = single_fields(request.args if request.method == "GET" else request.form)
    redirect_uri = check_destination(fields, platform.config.tool)
    asked = dict(fields or {})
    person = current_person()
    if person is None and _SECOND_TRY not in asked:
        # A form posted by the tool's page inside our frame arrives without our Lax cookie. Posting the same
        # request once more from a page of ours brings the cookie along, if there is one.
        again = {**asked, _SECOND_TRY: "1"}
        return render_template(
            "forward.html", action=f"{endpoints.base}{request.path}", fields=again, title=None
        )
    answered = answer(platform, Asking(asked, person, current_locale()))
    return render_template("forward.html", action=redirect_uri, fields=answered.fields, title=None)


@protocol.post("/lti/token")
def token() -> ResponseReturnValue:
    platform = current_platform()
    if request.mimetype != "application/x-www-form-urlencoded":
        raise TokenRefusal("invalid_request", "send application/x-www-form-urlencoded")
    grant = grant_token(platform, single_fields(request.form))
    answer = jsonify(
        access_token=grant.access_token,
        token_type="Bearer",  # noqa: S106 - the kind of token, not a token
        expires_in=TOKEN_SECONDS,
        scope=" ".join(grant.scopes),
    )
    if platform.config.manners.html_tokens:
        answer.mimetype = "text/html"
    return answer


@protocol.post("/lti/registrations")
def register_tool() -> ResponseReturnValue:
    """Take a tool's registration (LTI Dynamic Registration 1.0)."""
    platform = current_platform()
    permission = read_token(platform, request.headers.get("Authorization"))
    return jsonify(register(platform, permission, json_object(request, "application/json")))


@protocol.errorhandler(ServiceRefusal)
def registration_refused(refusal: ServiceRefusal) -> ResponseReturnValue:
    return jsonify(error=refusal.code, error_description=refusal.detail), refusal.status


@protocol.errorhandler(TokenRefusal)
def token_refused(refusal: TokenRefusal) -> ResponseReturnValue:
    return jsonify(error=refusal.error, error_description=refusal.description), refusal.status
