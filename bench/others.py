"""Other people's libraries, each measured in a process of its own, for bench_badges.py.

The npm libraries lie where the tests have them. The Python libraries get an environment under build/, because
they are no dependency of ours and want other versions of some.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from badges.canonical.pinned import pinned_contexts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support.badge_samples import SampleIssuer

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "tests" / "conformance" / "npm"
ENVIRONMENT = ROOT / "build" / "bench-python"
PYTHON_LIBRARIES = {
    "openbadgeslib": "openbadgeslib[ldp]==4.6.3",
    "openvc-core": "openvc-core[data-integrity]==1.37.0",
}
NPM_LIBRARIES = ("digitalbazaar", "digitalcredentials")
_NPM_ENTRY = "verify or issue of the npm library, documents in memory"
ENTRIES = {
    "openbadgeslib issue": "add_data_integrity_proof: limits, PyLD, hashes, signature",
    "openbadgeslib verify": "verify_data_integrity_proof: limits, PyLD, hashes, signature",
    "openvc-core issue": "DataIntegrityProofSuite.add_proof: PyLD, hashes, signature",
    "openvc-core verify": "DataIntegrityProofSuite.verify: checks of contexts, PyLD, hashes, signature",
    **{f"@{name}/vc {what}": _NPM_ENTRY for name in NPM_LIBRARIES for what in ("issue", "verify")},
}


def python_of_others() -> str:
    """The interpreter of the environment with the Python libraries, made when it is not there."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "complete").exists():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *PYTHON_LIBRARIES.values()], check=True)  # noqa: S603 - our own words
        (ENVIRONMENT / "complete").touch()
    return str(python)


def requests(
    issuer: SampleIssuer, unsigned: Sequence[Mapping[str, Any]], signed: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[list[str], dict[str, Any]]]:
    """Library -> the command that measures it, and what it is asked; SystemExit when one is absent."""
    node = shutil.which("node")
    if node is None or not (NPM / "node_modules").is_dir():
        sys.exit("the npm libraries are absent: python build_support/npm_verifiers.py brings them")
    contexts = dict(pinned_contexts().documents)
    keys = issuer.did_document["verificationMethod"]
    multikeys = {key["id"]: {"@context": "https://w3id.org/security/multikey/v1", **key} for key in keys}
    asked = {
        "issue": unsigned,
        "verify": signed,
        "seed": (b"k" * 32).hex(),
        "controller": issuer.did,
        "verificationMethod": issuer.methods[0],
        "contexts": contexts,
        "documents": {**contexts, issuer.did: issuer.did_document, **multikeys},
    }
    python, peer = python_of_others(), str(ROOT / "bench" / "peer_badges.py")
    found = {name: ([python, peer], {**asked, "library": name}) for name in PYTHON_LIBRARIES}
    for name in NPM_LIBRARIES:
        found[f"@{name}/vc"] = ([node, str(NPM / "bench.mjs")], {**asked, "library": name})
    return found


def measured(asked: Mapping[str, tuple[list[str], dict[str, Any]]], seconds: float) -> dict[str, float]:
    """CPU seconds for one badge, by library and what it did."""
    found: dict[str, float] = {}
    for name, (command, request) in asked.items():
        text = json.dumps({**request, "seconds": seconds})
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603 - as above
        answer = json.loads(done.stdout)
        found |= {f"{name} {what}": answer[what] for what in ("issue", "verify")}
    return found
