"""Which LMS a platform is: by what it said when it registered, else by addresses that no other has."""

from urllib.parse import urlsplit

from ltitool.lti.models import Platform
from ltitool.lti.quirks import canvas

MOODLE, CANVAS, OTHER = "moodle", "canvas", "other"
MOODLE_TOKENS = "/mod/lti/token.php"
CANVAS_TOKENS = "/login/oauth2/token"
NAMES = {MOODLE: "Moodle", CANVAS: "Canvas"}


def product_of(platform: Platform) -> str:
    """Name a platform's product: moodle, canvas or other."""
    if platform.product in NAMES:
        return platform.product
    token_path = urlsplit(platform.auth_token_url).path
    if token_path.endswith(MOODLE_TOKENS):
        return MOODLE
    if token_path == CANVAS_TOKENS or urlsplit(platform.issuer).hostname in canvas.CLOUD_ISSUERS:
        return CANVAS
    return OTHER
