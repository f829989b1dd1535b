"""`python -m ltitool.cli` is the `ltitool` command."""

import sys

from ltitool.cli.main import main

sys.exit(main(sys.argv[1:]))
