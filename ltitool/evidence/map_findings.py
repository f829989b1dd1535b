"""What a map says, in sentences: whose decisions, through whom, who is not heard, what stands alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ltitool.errors import msg
from ltitool.evidence.map_document import MapDocument
from ltitool.evidence.map_words import VOICE_WORDS, Voice
from ltitool.evidence.speech import Speech

MANY = 2  # fewer links than this make nobody a centre
FEW = 3  # where more entries than this share the most links, that says nothing

NO_DECISION = msg("No decision is on the map yet.")
NONE_KNOWN = msg("For no decision is it known both who owns it on paper and who makes it.")
NO_GAP = msg("Each decision is made by the one who owns it on paper.")
THE_ONE_GAP = msg("The one decision on the map is not made by the one who owns it on paper.")
ONE_GAP = msg("1 of %(known)s decisions is not made by the one who owns it on paper.")
GAP = msg("%(gap)s of %(known)s decisions are not made by the one who owns them on paper.")
DECIDES_MOST = msg("%(names)s makes %(count)s of %(all)s decisions.")
MOST_LINKED = msg("Most links meet at %(names)s: %(count)s.")
MOST_LINKED_EACH = msg("Most links meet at %(names)s: %(count)s each.")
NO_VOICE = msg("No entry brings in the voice of: %(voices)s.")
MISSING = msg("Named as missing: %(voices)s.")
ONCE_MISSING = msg("Named as missing, in one decision each: %(voices)s.")
OFTEN_MISSING = msg("Named as missing most often: %(voices)s, in %(count)s of %(all)s decisions.")
ALONE = msg("Nothing is linked with: %(names)s.")
IN_PARTS = msg("The map falls into %(count)s parts that are not linked with each other.")


@dataclass(frozen=True)
class Finding:
    """A sentence about a map: a message, its values, and the voices that it names."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    voices: tuple[Voice, ...] = ()

    def words(self, speech: Speech) -> str:
        """Say it."""
        voices = ", ".join(speech.say(VOICE_WORDS[voice]) for voice in self.voices)
        return speech.say(self.message, **self.values, **({"voices": voices} if voices else {}))


def findings(document: MapDocument) -> list[Finding]:
    """Read a map; an empty one says nothing."""
    if document.is_empty:
        return []
    return [
        *_gap(document),
        *_most_deciding(document),
        *_most_linked(document),
        *_voices(document),
        *_often_missing(document),
        *_alone(document),
        *_parts(document),
    ]


def _gap(document: MapDocument) -> Iterator[Finding]:
    known = [decision for decision in document.decisions if decision.is_known]
    gap = sum(decision.is_gap for decision in known)
    if not document.decisions:
        yield Finding(NO_DECISION)
    elif not known:
        yield Finding(NONE_KNOWN)
    elif not gap:
        yield Finding(NO_GAP)
    elif len(document.decisions) == 1:
        yield Finding(THE_ONE_GAP)
    else:
        yield Finding(ONE_GAP if gap == 1 else GAP, {"gap": gap, "known": len(known)})


def _most_deciding(document: MapDocument) -> Iterator[Finding]:
    deciders = Counter(one.actual_decider for one in document.decisions if one.actual_decider)
    known = sum(deciders.values())
    ahead = deciders.most_common(2)
    alone_ahead = len(ahead) == 1 or (len(ahead) > 1 and ahead[0][1] > ahead[1][1])
    if known >= MANY and alone_ahead and ahead[0][1] >= MANY:
        name = document.name_of(ahead[0][0])
        yield Finding(DECIDES_MOST, {"names": name, "count": ahead[0][1], "all": known})


def _most_linked(document: MapDocument) -> Iterator[Finding]:
    degrees = Counter(end for link in document.links for end in (link.source, link.target))
    most = max(degrees.values(), default=0)
    names = [node.name for node in document.nodes if degrees[node.id] == most]
    if most >= MANY and len(names) <= FEW:
        said = MOST_LINKED if len(names) == 1 else MOST_LINKED_EACH
        yield Finding(said, {"names": ", ".join(names), "count": most})


def _voices(document: MapDocument) -> Iterator[Finding]:
    heard = {node.voice for node in document.nodes}
    silent = tuple(voice for voice in Voice if voice not in heard)
    if silent:
        yield Finding(NO_VOICE, voices=silent)


def _often_missing(document: MapDocument) -> Iterator[Finding]:
    named = Counter(voice for decision in document.decisions for voice in decision.missing)
    most = max(named.values(), default=0)
    if most:
        voices = tuple(voice for voice in Voice if named[voice] == most)
        yield Finding(
            _missing_words(most, len(document.decisions)),
            {"count": most, "all": len(document.decisions)},
            voices,
        )


def _missing_words(most: int, decisions: int) -> str:
    if decisions == 1:
        return MISSING
    return ONCE_MISSING if most == 1 else OFTEN_MISSING


def _alone(document: MapDocument) -> Iterator[Finding]:
    linked = {end for link in document.links for end in (link.source, link.target)}
    alone = [node.name for node in document.nodes if node.id not in linked]
    if alone and document.links:
        yield Finding(ALONE, {"names": ", ".join(alone)})


def _parts(document: MapDocument) -> Iterator[Finding]:
    """Count the groups of entries that hang together, by joining the two ends of each link."""
    leader = {node.id: node.id for node in document.nodes}

    def lead(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for link in document.links:
        leader[lead(link.source)] = lead(link.target)
    sizes = Counter(lead(node.id) for node in document.nodes)
    parts = sum(size > 1 for size in sizes.values())
    if parts > 1:
        yield Finding(IN_PARTS, {"count": parts})
