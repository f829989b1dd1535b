"""A tool as PyLTI1p3's Flask example is one: registrations and keys read from files at each request, a cache.

Runs with PyLTI1p3 and with pylti1p3next, which have the same import name, in an environment of their own.
The example's cache lives in one process; here are two, so it lies in files.
"""

import os

from flask import Flask, Response
from flask_caching import Cache
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfJsonFile
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask("pylti")
app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)
app.config.update(
    SECRET_KEY=os.environ["SECRET"],
    CACHE_TYPE="FileSystemCache",
    CACHE_DIR=os.environ["CACHE_DIR"],
    CACHE_THRESHOLD=0,
    CACHE_DEFAULT_TIMEOUT=600,
    SESSION_COOKIE_HTTPONLY=True,
)
cache = Cache(app)
CONFIG = os.environ["TOOL_CONFIG"]
PAGE = "<!doctype html><title>Launched</title><p>Hello</p>"


@app.post("/login")
def login() -> Response:
    """Send the browser to the LMS."""
    request = FlaskRequest()
    begun = FlaskOIDCLogin(
        request, ToolConfJsonFile(CONFIG), launch_data_storage=FlaskCacheDataStorage(cache)
    )
    return begun.redirect(request.get_param("target_link_uri"))


@app.post("/launch")
def launch() -> str:
    """Validate, keep the claims in the cache, show a page."""
    launched = FlaskMessageLaunch(
        FlaskRequest(), ToolConfJsonFile(CONFIG), launch_data_storage=FlaskCacheDataStorage(cache)
    )
    if os.environ.get("KEEP_KEYS"):
        launched.set_public_key_caching(FlaskCacheDataStorage(cache), cache_lifetime=7200)
    launched.get_launch_data()
    return PAGE
