"""The words of a power map: kinds of nodes and links, kinds of power, and the voices of a school."""

from collections.abc import Mapping
from enum import StrEnum

from ltitool.errors import msg


class NodeKind(StrEnum):
    PERSON = "person"
    GROUP = "group"
    SPACE = "space"
    BODY = "body"
    RESOURCE = "resource"
    COMMUNITY = "community"


class LinkKind(StrEnum):
    FORMAL = "formal"
    INFORMAL = "informal"
    INFORMATION = "information"
    TRUST = "trust"
    BLOCKS = "blocks"

    @property
    def is_formal(self) -> bool:
        """Whether it is written down somewhere; everything else is how things are in fact."""
        return self is LinkKind.FORMAL


class Voice(StrEnum):
    STUDENTS = "students"
    FAMILIES = "families"
    TEACHERS = "teachers"
    STAFF = "staff"
    ADMINISTRATION = "administration"
    COMMUNITY = "community"
    DISTRICT = "district"


class Power(StrEnum):
    BUDGET = "budget"
    HIRING = "hiring"
    DIRECTION = "direction"
    WAYS_OF_WORKING = "ways_of_working"
    KNOWLEDGE = "knowledge"


NODE_WORDS: Mapping[NodeKind, str] = {
    NodeKind.PERSON: msg("Person, by role"),
    NodeKind.GROUP: msg("Group"),
    NodeKind.SPACE: msg("Space or meeting"),
    NodeKind.BODY: msg("Decision-making body"),
    NodeKind.RESOURCE: msg("Resource"),
    NodeKind.COMMUNITY: msg("Community body"),
}
LINK_WORDS: Mapping[LinkKind, str] = {
    LinkKind.FORMAL: msg("Formal authority"),
    LinkKind.INFORMAL: msg("Informal influence"),
    LinkKind.INFORMATION: msg("Information"),
    LinkKind.TRUST: msg("Trust"),
    LinkKind.BLOCKS: msg("Blocks"),
}
LINK_SENTENCES: Mapping[LinkKind, str] = {
    LinkKind.FORMAL: msg("%(source)s has formal authority over %(target)s"),
    LinkKind.INFORMAL: msg("%(source)s informally influences %(target)s"),
    LinkKind.INFORMATION: msg("%(source)s passes information to %(target)s"),
    LinkKind.TRUST: msg("%(source)s trusts %(target)s"),
    LinkKind.BLOCKS: msg("%(source)s blocks %(target)s"),
}
STRENGTH_WORDS: Mapping[int, str] = {1: msg("Weak"), 2: msg("Middling"), 3: msg("Strong")}
VOICE_WORDS: Mapping[Voice, str] = {
    Voice.STUDENTS: msg("Students"),
    Voice.FAMILIES: msg("Parents and families"),
    Voice.TEACHERS: msg("Teachers"),
    Voice.STAFF: msg("Other staff"),
    Voice.ADMINISTRATION: msg("Administration"),
    Voice.COMMUNITY: msg("Community members"),
    Voice.DISTRICT: msg("District"),
}
POWER_WORDS: Mapping[Power, str] = {
    Power.BUDGET: msg("Budget"),
    Power.HIRING: msg("Hiring and people"),
    Power.DIRECTION: msg("Direction"),
    Power.WAYS_OF_WORKING: msg("Ways of working"),
    Power.KNOWLEDGE: msg("Knowledge and information"),
}
