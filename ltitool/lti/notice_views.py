"""The door for notices: an LMS's server posts them, and is told of each what became of it."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from ltitool.foundation.services import services
from ltitool.lti.notices import NoticeDesk, read_post, status_of, take_all
from ltitool.lti.wiring import lti_memory
from ltitool.web.blueprints import Guard, guarded_blueprint

MAX_BODY = 2**20

pages = guarded_blueprint("notices", __name__, guard=Guard.PUBLIC, path="/lti")


@pages.post("/notices")
def take() -> ResponseReturnValue:
    """Take notices; see ltitool/lti/notices.py."""
    request.max_content_length = MAX_BODY
    desk = NoticeDesk(services(), lti_memory().platform_keys)
    outcomes = take_all(read_post(request.get_data()), desk)
    told = [{"status": one.status, **({"code": one.code} if one.code else {})} for one in outcomes]
    return jsonify({"notices": told}), status_of(outcomes)
