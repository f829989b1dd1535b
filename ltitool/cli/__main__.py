"""`python -m ltitool.cli` is the `ltitool` command."""

import sys

from ltitool.cli.entrance import main

sys.exit(main(sys.argv[1:]))
