"""Run the W3C test suites against badges.conformance and write what came out: `make conformance SUITES=dir`.

The suites are other people's programs; they lie outside this repository, below SUITES, and
docs/how-to/run-the-w3c-suites.md tells how they get there. Nothing leaves the machine while they run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).resolve().parent.parent
NEWLINE = "\n"
PAGE = ROOT / "docs" / "reference" / "conformance.md"
# The packages that the npm registry does not have; the suites name them by their address.
HELPERS = ("vc-test-suite-implementations", "data-integrity-test-suite-assertion")
# A suite answers in some seconds; one that waits for a network that is not there does not end.
SUITE_SECONDS = 600


@dataclass(frozen=True)
class Suite:
    """One suite: the name of its package, the tag that its implementations bear, where it asks for badges."""

    package: str
    tag: str
    title: str
    issue: str = "/credentials/issue"


SUITES = (
    Suite("vc-data-model-2.0-test-suite", "vc2.0", "VC Data Model 2.0"),
    Suite("vc-di-eddsa-test-suite", "eddsa-rdfc-2022", "Data Integrity EdDSA"),
    Suite(
        "vc-bitstring-status-list-test-suite",
        "BitstringStatusList",
        "Bitstring Status List 1.0",
        issue="/status/credentials/issue",
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What one suite said."""

    suite: Suite
    commit: str
    passed: int
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def folders(below: Path) -> dict[str, Path]:
    """The packages one or two levels below a folder, by their names."""
    found = {}
    for manifest in [*below.glob("*/package.json"), *below.glob("*/*/package.json")]:
        if "node_modules" not in manifest.parts:
            found[json.loads(manifest.read_text(encoding="utf-8")).get("name")] = manifest.parent
    missing = {suite.package for suite in SUITES} | set(HELPERS)
    missing -= found.keys()
    if missing:
        sys.exit(f"not below {below}: {', '.join(sorted(missing))}; see docs/how-to/run-the-w3c-suites.md")
    return found


def install(folder: Path, packages: dict[str, Path]) -> None:
    """The suite's npm packages, if they are not there yet; the helpers from their folders."""
    if (folder / "node_modules").is_dir():
        return
    manifest = folder / "package.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    for helper in content["dependencies"].keys() & set(HELPERS):
        install(packages[helper], packages)
        content["dependencies"][helper] = f"file:{os.path.relpath(packages[helper], folder)}"
    kept = content.get("devDependencies", {}).items()
    content["devDependencies"] = {name: version for name, version in kept if "eslint" not in name}
    manifest.write_text(json.dumps(content, indent=2), encoding="utf-8")
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)  # noqa: S607 - the npm that is there


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for loopback: the status list has to stand behind https."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    return paths


@contextmanager
def adapter(folder: Path) -> Iterator[tuple[str, str]]:
    """The adapter as a process of its own; yields its did:key and its origin."""
    pem, key = certificate(folder)
    command = [sys.executable, "-m", "badges.conformance", "--port", "0", "--tls", str(pem), str(key)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            did, _, port = (process.stdout or sys.stdin).readline().strip().partition(" at ")
            yield did, f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def configure(folder: Path, suite: Suite, did: str, origin: str) -> None:
    """What the suites read before they run: one implementation, ours, and none of the public ones."""

    def endpoint(path: str) -> list[dict[str, object]]:
        supports = {"vc": ["1.1", "2.0"]}
        return [{"id": did, "endpoint": origin + path, "tags": [suite.tag], "supports": supports}]

    ours = {
        "name": "badges",
        "implementation": "badges",
        "issuers": endpoint(suite.issue),
        "verifiers": endpoint("/credentials/verify"),
        "vpVerifiers": endpoint("/presentations/verify"),
    }
    settings = {"enableInteropTests": False, "testAllImplementations": False}
    text = json.dumps({"settings": settings, "implementations": [ours]}, indent=2)
    (folder / "localConfig.cjs").write_text(f"module.exports = {text};\n", encoding="utf-8")


def run(suite: Suite, folder: Path, results: Path) -> Outcome:
    """Run one suite and read its report."""
    report = results / f"{suite.package}.json"
    command = ["npx", "mocha", "tests/", "--timeout", "15000", "--preserve-symlinks"]
    command += ["--reporter", "json", "--reporter-option", f"output={report}"]
    environment = {**os.environ, "NODE_TLS_REJECT_UNAUTHORIZED": "0", "NODE_NO_WARNINGS": "1"}
    subprocess.run(
        command, cwd=folder, env=environment, check=False, timeout=SUITE_SECONDS, stdout=subprocess.DEVNULL
    )
    if not report.exists():
        sys.exit(
            f"{suite.package} did not run to its end; run it by hand: cd {folder} && {' '.join(command)}"
        )
    told = json.loads(report.read_text(encoding="utf-8"))
    git = ["git", "-C", str(folder), "rev-parse", "--short=7", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return Outcome(
        suite,
        commit or "unknown",
        len(told["passes"]),
        [test["title"] for test in told["pending"]],
        {test["fullTitle"]: test["err"].get("message", "") for test in told["failures"]},
    )


def page(outcomes: list[Outcome]) -> str:
    """The page of the reference."""
    rows = [
        f"| {outcome.suite.title} | `{outcome.suite.package}` | `{outcome.commit}` | {outcome.passed} |"
        f" {len(outcome.failed)} | {len(outcome.skipped)} |"
        for outcome in outcomes
    ]
    failures = [
        f"- **{outcome.suite.title}**: {title}: {reason}"
        for outcome in outcomes
        for title, reason in outcome.failed.items()
    ]
    skipped = [f"- **{o.suite.title}**: {' '.join(title.split())}" for o in outcomes for title in o.skipped]
    return f"""# Conformance

What the test suites of the W3C say of `python -m badges.conformance`, a small web service around the library.
`make conformance SUITES=dir` wrote this page; [how to run it](../how-to/run-the-w3c-suites.md).

| Specification | Suite | Commit | Passed | Failed | Left out by the suite |
|---|---|---|---:|---:|---:|
{NEWLINE.join(rows)}

## Failed

{NEWLINE.join(failures) or "None."}

## Left out by the suite

A suite leaves out the tests of an optional part that an implementation does not use.

{NEWLINE.join(skipped) or "None."}
"""


def main() -> int:
    """Run all suites below a folder; 1 when a test fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suites", type=Path, help="the folder below which the suites lie")
    packages = folders(parser.parse_args().suites.resolve())
    outcomes = []
    with tempfile.TemporaryDirectory() as name, adapter(Path(name)) as (did, origin):
        for suite in SUITES:
            folder = packages[suite.package]
            install(folder, packages)
            configure(folder, suite, did, origin)
            outcomes.append(run(suite, folder, Path(name)))
    text = page(outcomes)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
