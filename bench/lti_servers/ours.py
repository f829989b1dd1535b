"""The tool as it is served, and one page more that shows nothing: what is left is the visit's look-up."""

import gc
import os

from flask import Flask

from ltitool.app import create_app
from ltitool.settings import load_settings
from ltitool.web.blueprints import Guard, guarded_blueprint


def build() -> Flask:
    """Build the application for gunicorn."""
    app = create_app(load_settings(os.environ))
    pages = guarded_blueprint("empty", __name__, guard=Guard.LAUNCHED)
    pages.get("/empty")(lambda: "<!doctype html><title>Launched</title><p>Hello</p>")
    app.register_blueprint(pages)
    gc.freeze()  # as `ltitool serve` does when a worker begins
    return app
