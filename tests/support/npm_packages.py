"""Independent verifiers from npm, run by Node: a script of tests/conformance/npm with JSON in and out."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NPM = Path(__file__).resolve().parents[1] / "conformance" / "npm"
PATIENCE = 300  # seconds


def node(script: str, request: dict[str, Any]) -> list[Any]:
    """Run a script; skips where Node or the packages are absent, except where the whole suite has to run."""
    if shutil.which("node") is None or not (NPM / "node_modules").is_dir():
        reason = "Node or tests/conformance/npm/node_modules is absent (npm ci in that folder)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    command = ["node", str(NPM / script)]
    done = subprocess.run(
        command, input=json.dumps(request), capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers
