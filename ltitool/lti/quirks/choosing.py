"""Whose manners a platform has."""

from ltitool.lti.models import Platform
from ltitool.lti.products import CANVAS, MOODLE, product_of
from ltitool.lti.quirks import canvas, moodle
from ltitool.lti.quirks.plain import Plain

BY_PRODUCT: dict[str, Plain] = {CANVAS: canvas.CanvasGradebook(), MOODLE: moodle.Moodle()}
PRODUCTS = tuple(sorted(BY_PRODUCT))
STANDARD = Plain()


def manners_of(platform: Platform) -> Plain:
    """Give the manners of a platform's product, or the standard's."""
    return BY_PRODUCT.get(product_of(platform), STANDARD)
