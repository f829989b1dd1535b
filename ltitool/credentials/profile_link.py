"""The link that puts a badge on somebody's LinkedIn profile: a form of theirs, filled in by its address."""

from urllib.parse import urlencode

from ltitool.credentials.reading import BadgeView

ADDRESS = "https://www.linkedin.com/profile/add"


def profile_link(badge: BadgeView) -> str:
    """Give the address; nothing is sent before the holder follows it and confirms."""
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": badge.signed_name,
        "organizationName": badge.issuer,
        "issueYear": badge.awarded.year,
        "issueMonth": badge.awarded.month,
        "certUrl": badge.address,
        "certId": badge.address.rpartition("/")[2],
    }
    return f"{ADDRESS}?{urlencode(fields)}"
