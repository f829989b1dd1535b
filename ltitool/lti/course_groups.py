"""Which groups of a course somebody is in, as the LMS says at a launch (P22).

Moodle and Canvas fill a custom field with the ids of the person's groups, with commas between. Neither names
them, and an LMS that leaves the field empty or as it stands has said nothing.
"""

from collections.abc import Mapping

from ltitool.lti.claimchecks import MAX_ID
from ltitool.lti.toolconfig import GROUP_FIELDS

MAX_GROUPS = 50


def groups_in(custom: Mapping[str, str]) -> list[str]:
    """Give the groups that the custom fields of a launch name, each once; empty where they say nothing."""
    said = [part.strip() for name in GROUP_FIELDS for part in custom.get(name, "").split(",")]
    return list(dict.fromkeys(one for one in said if 0 < len(one) <= MAX_ID))[:MAX_GROUPS]
