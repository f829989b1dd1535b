"""A small map for the page of somebody who has not begun: one decision, and who really makes it."""

from ltitool.errors import msg
from ltitool.evidence.map_document import Link, MapDocument, Node
from ltitool.evidence.map_words import LinkKind, NodeKind
from ltitool.evidence.speech import Speech

PRINCIPAL = msg("Principal")
OFFICE_MANAGER = msg("Office manager")
FAMILIES = msg("Family council")
FUND = msg("After-school fund")
NODES = (
    ("principal", NodeKind.PERSON, PRINCIPAL),
    ("manager", NodeKind.PERSON, OFFICE_MANAGER),
    ("families", NodeKind.GROUP, FAMILIES),
    ("fund", NodeKind.RESOURCE, FUND),
)
LINKS = (
    ("principal", "fund", LinkKind.FORMAL),
    ("manager", "fund", LinkKind.INFORMAL),
    ("families", "manager", LinkKind.TRUST),
)


def example_map(speech: Speech) -> MapDocument:
    """Give the example in the page's language."""
    return MapDocument(
        nodes=tuple(Node(key, kind, speech.say(name)) for key, kind, name in NODES),
        links=tuple(Link(f"{source}-{target}", source, target, kind) for source, target, kind in LINKS),
    )
