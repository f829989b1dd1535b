"""Takes a job and never ends it: `hang_in_a_job.py DATABASE_URL NOW`. For the kill -9 test."""

import sys
import time
from datetime import datetime

from flask import Flask

from ltitool.foundation.db import init_db
from ltitool.foundation.jobs import Work
from ltitool.foundation.runners import open_runner


def hang(work: Work) -> None:
    sys.stdout.write(f"working on {work.subject}\n")
    sys.stdout.flush()
    time.sleep(60)


app = Flask("hang")
app.config.update(SQLALCHEMY_DATABASE_URI=sys.argv[1], MIGRATIONS_DIRECTORY="migrations")
init_db(app)
open_runner(app, {"grade": hang}, {}, clock=lambda: datetime.fromisoformat(sys.argv[2])).run_due()
