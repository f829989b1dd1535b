"""Somebody at work: their sheets, their map and their keystone, as the pages would have taken them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.demo_seed.story import ClaimTold, KeystoneTold, MapTold, Moment, SheetTold
from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.answers import field_names, read_answers
from ltitool.evidence.guided_entries import save_entry, send_entry
from ltitool.evidence.keystone import Citation, CitationKind, Claim, keystone_sheet
from ltitool.evidence.keystone_editing import read_keystone, save_claim, save_words
from ltitool.evidence.keystone_submission import submit_keystone
from ltitool.evidence.map_document import Decision, Link, MapDocument, Node
from ltitool.evidence.map_words import LinkKind, NodeKind, Power, Voice
from ltitool.evidence.power_map import MapState, change_map, keep_version, read_map
from ltitool.evidence.questions import sheet_of
from ltitool.evidence.speech import Speech, untranslated

DAYS_AHEAD = "@+"  # "@+14" in an answer is the day two weeks from today
KINDS = {
    "photo": CitationKind.PHOTO,
    "node": CitationKind.NODE,
    "decision": CitationKind.DECISION,
    "answer": CitationKind.ANSWER,
}


class StoryIncomplete(Exception):
    """A story says that something was sent which the program would not have let through."""


@dataclass
class Worker:
    """One participant at work; remembers under which ids their evidence lies."""

    place: DemoPlace
    scope: ParticipantScope
    language: str
    evidence: dict[str, str] = field(default_factory=dict)  # "photo:circle" -> its id

    def at(self, moment: Moment) -> datetime:
        return self.place.instant(moment.when)

    def fill_in(self, session: Session, told: SheetTold) -> None:
        """Save a sheet's answers and send them, if the story says so."""
        sheet, at = sheet_of(self.scope.program, told.activity), self.at(told)
        answers = read_answers(sheet, self.form(told.answers))
        save_entry(session, self.scope, sheet, answers, shown=frozenset(field_names(sheet)), at=at)
        missing = send_entry(session, self.scope, sheet, at=at) if told.sent else {}
        unread = set(told.answers) - set(field_names(sheet))
        if missing or unread:
            raise StoryIncomplete(f"{told.activity}: missing {missing}, unknown {unread}")

    def draw_map(self, session: Session, told: MapTold) -> None:
        """Put a map together entry by entry, and keep its versions."""
        state, at = read_map(session, self.scope), self.at(told)
        for entry in told.nodes:
            node = _node(entry)
            state = self._change(session, state, "node", entry, partial(MapDocument.add_node, node=node), at)
        for entry in told.links:
            link = self._link(entry)
            state = self._change(session, state, "link", entry, partial(MapDocument.add_link, link=link), at)
        for entry in told.decisions:
            made = partial(MapDocument.add_decision, decision=self._decision(entry))
            state = self._change(session, state, "decision", entry, made, at)
        for version in told.versions:
            keep_version(session, self.scope, version.name, at=self.at(version))

    def write_keystone(self, session: Session, told: KeystoneTold) -> None:
        """Write words and claims."""
        at = self.at(told)
        words = read_answers(keystone_sheet(self.scope.program), self.form(told.words))
        document = read_keystone(session, self.scope)
        document = save_words(session, self.scope, words, seen_revision=document.revision, at=at)
        for claim in told.claims:
            new = Claim("", claim.criterion, claim.text.strip(), tuple(map(self._citation, claim.cites)))
            document = save_claim(session, self.scope, new, seen_revision=document.revision, at=at)

    def send_keystone(self, session: Session, sent: Moment) -> uuid.UUID:
        """Send the keystone, and give the submission."""
        submission_id = uuid.uuid5(self.scope.offering_id, f"submission:{self.scope.person_id}")
        speech = Speech(self.language, untranslated)
        submit_keystone(session, self.scope, speech, submission_id=submission_id, at=self.at(sent))
        return submission_id

    def _change(
        self,
        session: Session,
        state: MapState,
        kind: str,
        entry: Mapping[str, Any],
        change: Any,  # a method of MapDocument with its argument bound
        at: datetime,
    ) -> MapState:
        changed = change_map(session, self.scope, change, seen_revision=state.revision, at=at)
        if "key" in entry:
            self.evidence[f"{kind}:{entry['key']}"] = f"{kind[0]}{changed.document.used}"
        return changed

    def _link(self, entry: Mapping[str, Any]) -> Link:
        return Link(
            "",
            self._node_id(entry["from"]),
            self._node_id(entry["to"]),
            LinkKind(entry["kind"]),
            entry.get("strength", 2),
            entry.get("note", ""),
        )

    def _decision(self, entry: Mapping[str, Any]) -> Decision:
        return Decision(
            "",
            topic=entry["topic"],
            formal_owner=self._maybe_node(entry.get("formal_owner")),
            actual_decider=self._maybe_node(entry.get("actual_decider")),
            consulted=tuple(map(self._node_id, entry.get("consulted", ()))),
            informed=tuple(map(self._node_id, entry.get("informed", ()))),
            missing=tuple(map(Voice, entry.get("missing", ()))),
            power=Power(entry["power"]) if "power" in entry else None,
            note=entry.get("note", "").strip(),
        )

    def _node_id(self, key: str) -> str:
        return self.evidence[f"node:{key}"]

    def _maybe_node(self, key: str | None) -> str | None:
        return None if key is None else self._node_id(key)

    def _citation(self, code: str) -> Citation:
        kind, _, name = code.partition(":")
        return Citation(KINDS[kind], name if kind == "answer" else self.evidence[code])

    def form(self, answers: Mapping[str, Any]) -> MultiDict[str, str]:
        """Give answers as a browser would send them: choices one by one, a list's entries line by line."""
        form: MultiDict[str, str] = MultiDict()
        for name, value in answers.items():
            if isinstance(value, list) and name == "team.voices":
                form.setlist(name, value)
            elif isinstance(value, list):
                form[name] = "\n".join(value)
            else:
                form[name] = self._dated(str(value))
        return form

    def _dated(self, text: str) -> str:
        if not text.startswith(DAYS_AHEAD):
            return text
        return (self.place.today + timedelta(days=int(text.removeprefix(DAYS_AHEAD)))).isoformat()


def _node(entry: Mapping[str, Any]) -> Node:
    voice = Voice(entry["voice"]) if "voice" in entry else None
    return Node("", NodeKind(entry["kind"]), entry["name"], voice, entry.get("note", "").strip())


__all__ = ["ClaimTold", "StoryIncomplete", "Worker"]
