"""The `ltitool` command's first step: it says plainly when only the base of the distribution is installed.

The base is what `python -m badges verify` needs. Every word of this command needs the server's packages, and
without them a person would be shown where an import failed.
"""

import importlib
import sys
from collections.abc import Sequence

OURS = frozenset({"badges", "ltitool", "migrations", "rubrics"})
USAGE = 2
NEEDS_SERVER = (
    "ltitool is the server's command, and a server's packages are not installed here ({missing} is absent).\n"
    "Install them with: pip install 'keystone-credential[server]'\n"
    "To check a badge without a server, use: python -m badges verify FILE"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command, or say what to install."""
    try:
        command = importlib.import_module("ltitool.cli.main")
    except ModuleNotFoundError as fault:
        missing = (fault.name or "").partition(".")[0]
        if missing in OURS or not missing:
            raise
        print(NEEDS_SERVER.format(missing=missing), file=sys.stderr)
        return USAGE
    return int(command.main(argv))
