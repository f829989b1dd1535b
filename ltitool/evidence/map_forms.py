"""Between the map's entries and the fields of their forms."""

from collections.abc import Mapping
from typing import Any

from ltitool.evidence.map_document import Decision, Link, Node
from ltitool.evidence.map_words import LinkKind, NodeKind, Power, Voice


def node_from(node_id: str, sent: Mapping[str, Any]) -> Node:
    """Make a node of a form that was read."""
    voice = Voice(sent["voice"]) if sent["voice"] else None
    return Node(node_id, NodeKind(sent["kind"]), sent["name"], voice, sent["note"])


def node_values(node: Node | None) -> dict[str, object]:
    """Fill a form with a node, or leave it empty."""
    if node is None:
        return {}
    return {"name": node.name, "kind": node.kind.value, "voice": node.voice or "", "note": node.note}


def link_from(link_id: str, sent: Mapping[str, Any]) -> Link:
    """Make a link of a form that was read."""
    return Link(
        link_id, sent["source"], sent["target"], LinkKind(sent["kind"]), sent["strength"], sent["note"]
    )


def link_values(link: Link | None) -> dict[str, object]:
    """Fill a form with a link, or leave it empty."""
    if link is None:
        return {"strength": "2"}
    return {
        "source": link.source,
        "target": link.target,
        "kind": link.kind.value,
        "strength": str(link.strength),
        "note": link.note,
    }


def decision_from(decision_id: str, sent: Mapping[str, Any]) -> Decision:
    """Make a decision card of a form that was read."""
    return Decision(
        id=decision_id,
        topic=sent["topic"],
        formal_owner=sent["formal_owner"] or None,
        actual_decider=sent["actual_decider"] or None,
        consulted=tuple(dict.fromkeys(sent["consulted"])),
        informed=tuple(dict.fromkeys(sent["informed"])),
        missing=tuple(Voice(one) for one in dict.fromkeys(sent["missing"])),
        power=Power(sent["power"]) if sent["power"] else None,
        note=sent["note"],
    )


def decision_values(decision: Decision | None) -> dict[str, object]:
    """Fill a form with a decision card, or leave it empty."""
    if decision is None:
        return {}
    return {
        "topic": decision.topic,
        "formal_owner": decision.formal_owner or "",
        "actual_decider": decision.actual_decider or "",
        "consulted": list(decision.consulted),
        "informed": list(decision.informed),
        "missing": [voice.value for voice in decision.missing],
        "power": decision.power or "",
        "note": decision.note,
    }
