"""The floor: Flask, one RS256 verification with a key in memory, a signed cookie, one INSERT. Nothing else.

LMS, CLIENT, JWKS and DATABASE come by the environment. What a launch must have and this does not: almost
every check, people, courses, rights, a session that can be ended.
"""

import json
import os
import secrets
from urllib.parse import urlencode

import jwt
import psycopg
from flask import Flask, Response, make_response, redirect, request
from itsdangerous import URLSafeSerializer

LMS, CLIENT = os.environ["LMS"], os.environ["CLIENT"]
KEYS = {one["kid"]: jwt.PyJWK(one).key for one in json.loads(os.environ["JWKS"])["keys"]}
DATABASE = os.environ["DATABASE"].replace("+psycopg", "")
PAGE = "<!doctype html><title>Launched</title><p>Hello</p>"
signer = URLSafeSerializer("floor")
app = Flask("floor")
held: dict[int, "psycopg.Connection[tuple[object, ...]]"] = {}


def connection() -> "psycopg.Connection[tuple[object, ...]]":
    """Give this process's one connection."""
    if os.getpid() not in held:
        held[os.getpid()] = psycopg.connect(DATABASE, autocommit=True)
    return held[os.getpid()]


@app.post("/login")
def login() -> Response:
    """Send the browser to the LMS with a state that a signed cookie repeats."""
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": CLIENT,
        "redirect_uri": request.url_root + "launch",
        "login_hint": request.form["login_hint"],
        "lti_message_hint": request.form["lti_message_hint"],
        "state": state,
        "nonce": nonce,
    }
    response = make_response(redirect(f"{LMS}/auth?{urlencode(query)}"))
    response.set_cookie("state", signer.dumps([state, nonce]), httponly=True)
    return response


@app.post("/launch")
def launch() -> str:
    """Verify the signature and burn the nonce."""
    token = request.form["id_token"]
    state, nonce = signer.loads(request.cookies["state"])
    claims = jwt.decode(
        token,
        KEYS[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        audience=CLIENT,
        issuer=LMS,
    )
    if (request.form["state"], claims["nonce"]) != (state, nonce):
        raise ValueError("not the login that was begun")
    connection().execute("INSERT INTO nonce (nonce) VALUES (%s)", [nonce])
    return PAGE
