"""A power and decision-making map as a frozen value: nodes, links between them, decision cards.

Each change gives a new map or says what is wrong with it by field. Ids are never given twice, so that a
citation of a removed entry cannot come to mean another one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ltitool.errors import msg
from ltitool.evidence.errors import EvidenceUnknown, MapInvalid
from ltitool.evidence.map_words import LinkKind, NodeKind, Power, Voice

MAX_NODES = 60
MAX_LINKS = 200
MAX_DECISIONS = 40
NAME_LENGTH = 80
NOTE_LENGTH = 600
STRENGTHS = (1, 2, 3)

NAME_MISSING = msg("Give it a name.")
NAME_TAKEN = msg("There is one with this name on the map already.")
TOO_LONG = msg("This is longer than the field can hold.")
TOO_MANY_NODES = msg("A map holds up to 60 entries. Remove one first.")
TOO_MANY_LINKS = msg("A map holds up to 200 links. Remove one first.")
TOO_MANY_DECISIONS = msg("A map holds up to 40 decisions. Remove one first.")
NOT_ON_MAP = msg("Choose an entry that is on the map.")
SAME_ENDS = msg("Choose two different entries.")
LINK_TAKEN = msg("This link is on the map already.")
TOPIC_MISSING = msg("Say what is decided.")
STRENGTH_UNKNOWN = msg("Choose how strong it is.")


@dataclass(frozen=True)
class Node:
    """Somebody or something that takes part: by role, never by name."""

    id: str
    kind: NodeKind
    name: str
    voice: Voice | None = None  # whose voice it brings in, if any
    note: str = ""


@dataclass(frozen=True)
class Link:
    id: str
    source: str
    target: str
    kind: LinkKind
    strength: int = 2  # 1 weak to 3 strong
    note: str = ""

    def touches(self, node_id: str) -> bool:
        return node_id in {self.source, self.target}


@dataclass(frozen=True)
class Decision:
    """One decision: who owns it on paper, who makes it in fact, who is heard and who is not."""

    id: str
    topic: str
    formal_owner: str | None = None
    actual_decider: str | None = None
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    missing: tuple[Voice, ...] = ()
    power: Power | None = None
    note: str = ""

    @property
    def is_gap(self) -> bool:
        """Whether somebody else decides than the one who should; unknown is no gap."""
        return bool(self.formal_owner and self.actual_decider) and self.formal_owner != self.actual_decider

    @property
    def is_known(self) -> bool:
        return bool(self.formal_owner and self.actual_decider)

    def without(self, node_id: str) -> "Decision":
        """Forget a node that is leaving the map."""
        return replace(
            self,
            formal_owner=None if self.formal_owner == node_id else self.formal_owner,
            actual_decider=None if self.actual_decider == node_id else self.actual_decider,
            consulted=tuple(one for one in self.consulted if one != node_id),
            informed=tuple(one for one in self.informed if one != node_id),
        )


Entry = TypeVar("Entry", Node, Link, Decision)
Word = TypeVar("Word", Voice, Power)


@dataclass(frozen=True)
class MapDocument:
    """A whole map. `used` is the highest number that an id ever carried."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    decisions: tuple[Decision, ...] = ()
    used: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.nodes and not self.decisions

    def has_node(self, node_id: str) -> bool:
        return any(node.id == node_id for node in self.nodes)

    def node(self, node_id: str) -> Node:
        return _by_id(self.nodes, node_id)

    def link(self, link_id: str) -> Link:
        return _by_id(self.links, link_id)

    def decision(self, decision_id: str) -> Decision:
        return _by_id(self.decisions, decision_id)

    def name_of(self, node_id: str | None) -> str:
        """Name an end of a link or an owner; empty for none."""
        return next((node.name for node in self.nodes if node.id == node_id), "")

    def add_node(self, node: Node) -> "MapDocument":
        """Add a node; the id it comes with is replaced by one of the map's own."""
        if len(self.nodes) >= MAX_NODES:
            raise MapInvalid({"name": TOO_MANY_NODES})
        new = replace(node, id=f"n{self.used + 1}")
        self._check_node(new)
        return replace(self, nodes=(*self.nodes, new), used=self.used + 1)

    def change_node(self, node: Node) -> "MapDocument":
        self.node(node.id)
        self._check_node(node)
        return replace(self, nodes=_exchanged(self.nodes, node))

    def remove_node(self, node_id: str) -> "MapDocument":
        """Take a node away, with its links and its part in decisions."""
        self.node(node_id)
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if node.id != node_id),
            links=tuple(link for link in self.links if not link.touches(node_id)),
            decisions=tuple(decision.without(node_id) for decision in self.decisions),
        )

    def add_link(self, link: Link) -> "MapDocument":
        if len(self.links) >= MAX_LINKS:
            raise MapInvalid({"source": TOO_MANY_LINKS})
        new = replace(link, id=f"l{self.used + 1}")
        self._check_link(new)
        return replace(self, links=(*self.links, new), used=self.used + 1)

    def change_link(self, link: Link) -> "MapDocument":
        self.link(link.id)
        self._check_link(link)
        return replace(self, links=_exchanged(self.links, link))

    def remove_link(self, link_id: str) -> "MapDocument":
        self.link(link_id)
        return replace(self, links=tuple(link for link in self.links if link.id != link_id))

    def add_decision(self, decision: Decision) -> "MapDocument":
        if len(self.decisions) >= MAX_DECISIONS:
            raise MapInvalid({"topic": TOO_MANY_DECISIONS})
        new = replace(decision, id=f"d{self.used + 1}")
        self._check_decision(new)
        return replace(self, decisions=(*self.decisions, new), used=self.used + 1)

    def change_decision(self, decision: Decision) -> "MapDocument":
        self.decision(decision.id)
        self._check_decision(decision)
        return replace(self, decisions=_exchanged(self.decisions, decision))

    def remove_decision(self, decision_id: str) -> "MapDocument":
        self.decision(decision_id)
        return replace(self, decisions=tuple(one for one in self.decisions if one.id != decision_id))

    def _check_node(self, node: Node) -> None:
        faults = _text_faults("name", node.name, NAME_MISSING) | _note_faults(node.note)
        folded = node.name.casefold()
        if any(other.name.casefold() == folded and other.id != node.id for other in self.nodes):
            faults["name"] = NAME_TAKEN
        _refuse(faults)

    def _check_link(self, link: Link) -> None:
        faults = _note_faults(link.note)
        for name, end in (("source", link.source), ("target", link.target)):
            if not self.has_node(end):
                faults[name] = NOT_ON_MAP
        if not faults and link.source == link.target:
            faults["target"] = SAME_ENDS
        if link.strength not in STRENGTHS:
            faults["strength"] = STRENGTH_UNKNOWN
        if not faults and any(_same_link(link, other) for other in self.links):
            faults["kind"] = LINK_TAKEN
        _refuse(faults)

    def _check_decision(self, decision: Decision) -> None:
        faults = _text_faults("topic", decision.topic, TOPIC_MISSING) | _note_faults(decision.note)
        named: dict[str, Iterable[str]] = {
            "formal_owner": filter(None, [decision.formal_owner]),
            "actual_decider": filter(None, [decision.actual_decider]),
            "consulted": decision.consulted,
            "informed": decision.informed,
        }
        for name, ids in named.items():
            if not all(self.has_node(one) for one in ids):
                faults[name] = NOT_ON_MAP
        _refuse(faults)


def map_as_data(document: MapDocument) -> dict[str, Any]:
    """Give the map as JSON."""
    return {
        "nodes": [
            {"id": n.id, "kind": n.kind, "name": n.name, "voice": n.voice, "note": n.note}
            for n in document.nodes
        ],
        "links": [
            {
                "id": link.id,
                "source": link.source,
                "target": link.target,
                "kind": link.kind,
                "strength": link.strength,
                "note": link.note,
            }
            for link in document.links
        ],
        "decisions": [_decision_as_data(decision) for decision in document.decisions],
        "used": document.used,
    }


def map_from_data(data: Mapping[str, Any]) -> MapDocument:
    """Read a map that `map_as_data` wrote."""
    return MapDocument(
        nodes=tuple(
            Node(n["id"], NodeKind(n["kind"]), n["name"], _maybe(Voice, n["voice"]), n["note"])
            for n in data["nodes"]
        ),
        links=tuple(
            Link(x["id"], x["source"], x["target"], LinkKind(x["kind"]), x["strength"], x["note"])
            for x in data["links"]
        ),
        decisions=tuple(_decision_from_data(decision) for decision in data["decisions"]),
        used=data["used"],
    )


def _decision_as_data(decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "topic": decision.topic,
        "formal_owner": decision.formal_owner,
        "actual_decider": decision.actual_decider,
        "consulted": list(decision.consulted),
        "informed": list(decision.informed),
        "missing": list(decision.missing),
        "power": decision.power,
        "note": decision.note,
    }


def _decision_from_data(data: Mapping[str, Any]) -> Decision:
    return Decision(
        id=data["id"],
        topic=data["topic"],
        formal_owner=data["formal_owner"],
        actual_decider=data["actual_decider"],
        consulted=tuple(data["consulted"]),
        informed=tuple(data["informed"]),
        missing=tuple(Voice(one) for one in data["missing"]),
        power=_maybe(Power, data["power"]),
        note=data["note"],
    )


def _maybe(make: Callable[[str], Word], value: str | None) -> Word | None:
    return None if value is None else make(value)


def _by_id(entries: tuple[Entry, ...], entry_id: str) -> Entry:
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise EvidenceUnknown(f"map entry {entry_id}")


def _exchanged(entries: tuple[Entry, ...], new: Entry) -> tuple[Entry, ...]:
    return tuple(new if entry.id == new.id else entry for entry in entries)


def _same_link(one: Link, other: Link) -> bool:
    same = (one.source, one.target, one.kind) == (other.source, other.target, other.kind)
    return same and one.id != other.id


def _text_faults(name: str, text: str, missing: str) -> dict[str, str]:
    if not text:
        return {name: missing}
    return {name: TOO_LONG} if len(text) > NAME_LENGTH else {}


def _note_faults(note: str) -> dict[str, str]:
    return {"note": TOO_LONG} if len(note) > NOTE_LENGTH else {}


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        raise MapInvalid(faults)
