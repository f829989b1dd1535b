"""`python -m ltitool.sandbox`: the practice LMS by itself."""

import sys

from ltitool.sandbox.command import main

sys.exit(main(sys.argv[1:]))
