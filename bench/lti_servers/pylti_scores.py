"""Scores as PyLTI1p3's Flask example sends them: the launch out of the cache, get_ags(), put_grade().

Runs with PyLTI1p3 in an environment of its own; what a launch would have kept comes by the environment.
"""

import json
import os
from datetime import UTC, datetime

from flask import Flask, Response, jsonify, request
from flask_caching import Cache
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskRequest
from pylti1p3.grade import Grade
from pylti1p3.tool_config import ToolConfJsonFile

app = Flask("pylti-scores")
app.config.update(
    SECRET_KEY=os.environ["SECRET"],
    CACHE_TYPE="FileSystemCache",
    CACHE_DIR=os.environ["CACHE_DIR"],
    CACHE_THRESHOLD=0,
    CACHE_DEFAULT_TIMEOUT=6000,
)
cache = Cache(app)
CONFIG, LAUNCH = os.environ["TOOL_CONFIG"], "lti1p3-launch-bench"


@app.get("/lti/jwks.json")
def keys() -> Response:
    """Give the key set, where the practice LMS looks for it."""
    return jsonify(ToolConfJsonFile(CONFIG).get_jwks())


@app.post("/launched")
def launched() -> str:
    """Keep what a launch said, as validate() does when it succeeds."""
    kept = FlaskMessageLaunch(
        FlaskRequest(), ToolConfJsonFile(CONFIG), launch_data_storage=FlaskCacheDataStorage(cache)
    )
    kept.get_session_service().save_launch_data(LAUNCH, json.loads(os.environ["CLAIMS"]))
    return "kept"


def gradebook() -> AssignmentsGradesService:
    """Give the gradebook of the launch that is in the cache."""
    found = FlaskMessageLaunch.from_cache(
        LAUNCH,
        FlaskRequest(),
        ToolConfJsonFile(CONFIG),
        launch_data_storage=FlaskCacheDataStorage(cache),
    )
    return found.get_ags()


def grade(subject: str) -> Grade:
    """Make a score of now."""
    made = Grade()
    made.set_score_given(80).set_score_maximum(100).set_user_id(subject)
    made.set_timestamp(datetime.now(tz=UTC).isoformat(timespec="microseconds"))
    return made.set_activity_progress("Completed").set_grading_progress("FullyGraded")


@app.post("/score")
def score() -> str:
    """Send one score, as the example does in a web request."""
    gradebook().put_grade(grade(request.form["subject"]))
    return "sent"


@app.post("/reused")
def reused() -> str:
    """Send many with one get_ags()."""
    one = gradebook()
    for subject in request.form.getlist("subject"):
        one.put_grade(grade(subject))
    return "sent"
