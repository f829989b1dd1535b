"""The map as SVG, drawn on the server: shapes say what an entry is, lines say what a link is.

Nothing depends on colour: formal links are solid and all others broken, each in its own way, with its own
end; the style sheet may add colour by class. Each node is a link to its row of the table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from ltitool.errors import msg
from ltitool.evidence.map_document import Link, MapDocument, Node
from ltitool.evidence.map_drawing import LINE_HEIGHT, Box, Curve, Frame, place_boxes, route
from ltitool.evidence.map_layout import lay_out
from ltitool.evidence.map_words import LINK_SENTENCES, NODE_WORDS, LinkKind, NodeKind
from ltitool.evidence.speech import Speech

TITLE = msg("Power and decision map")
DESCRIPTION = msg("%(nodes)s entries and %(links)s links. The table below says the same in words.")
MOVED = msg("%(topic)s: owned by %(source)s, decided by %(target)s")
WIDTHS = {1: "1", 2: "1.75", 3: "2.75"}
DASHES: Mapping[str, str] = {
    "formal": "",
    "informal": "7 5",
    "information": "1.5 4",
    "trust": "10 3 2 3",
    "blocks": "3 3",
    "moved": "",
}
ENDS: Mapping[str, str] = {
    "formal": "arrow",
    "informal": "arrow",
    "information": "open",
    "trust": "dot",
    "blocks": "bar",
    "moved": "arrow",
}
MARKERS: Mapping[str, str] = {
    "arrow": '<path d="M0 0L8 4L0 8Z" fill="currentColor"/>',
    "open": '<path d="M1 0L8 4L1 8" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "dot": '<circle cx="4.5" cy="4" r="3" fill="Canvas" stroke="currentColor" stroke-width="1.5"/>',
    "bar": '<path d="M7 0V8" fill="none" stroke="currentColor" stroke-width="3"/>',
}


class Lens(StrEnum):
    """What a picture shows of the links."""

    BOTH = "both"
    FORMAL = "formal"
    INFORMAL = "informal"
    GAP = "gap"


LENS_WORDS: Mapping[Lens, str] = {
    Lens.BOTH: msg("Everything"),
    Lens.FORMAL: msg("Formal"),
    Lens.INFORMAL: msg("Informal"),
    Lens.GAP: msg("The gap"),
}


@dataclass(frozen=True)
class Sample:
    """One line of the legend: a small drawing and its words."""

    drawing: Markup
    words: str


@dataclass(frozen=True)
class _Line:
    """A link as it is drawn; decisions that moved are drawn like links."""

    link: Link
    style: str
    sentence: str


def draw_map(document: MapDocument, frame: Frame, lens: Lens, speech: Speech) -> Markup:
    """Draw the whole map through one lens. Every lens puts the entries in the same places."""
    grid = lay_out(document, frame.columns)
    boxes, height = place_boxes(frame, grid, document.nodes)
    lines = list(_lines(document, lens, speech))
    curves = route(frame, grid, boxes, [line.link for line in lines])
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="map-picture map-picture--{prefix}" role="group"'
        ' viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" font-size="13"'
        ' aria-labelledby="{prefix}-title {prefix}-desc">'
        '<title id="{prefix}-title">{title}</title><desc id="{prefix}-desc">{desc}</desc>'
    ).format(
        prefix=frame.prefix,
        width=frame.width,
        height=height,
        title=speech.say(TITLE),
        desc=speech.say(DESCRIPTION, nodes=len(document.nodes), links=len(lines)),
    )
    drawn_links = Markup("").join(_drawn_link(frame, line, curves[line.link.id]) for line in lines)
    drawn_nodes = Markup("").join(_drawn_node(frame, node, boxes[node.id], speech) for node in document.nodes)
    return head + _definitions(frame) + drawn_links + drawn_nodes + Markup("</svg>")


def legend(speech: Speech, kinds: Mapping[LinkKind, str]) -> list[Sample]:
    """Give a sample of each kind of link, and of each shape."""
    lines = [Sample(_line_sample(kind.value), speech.say(words)) for kind, words in kinds.items()]
    shapes = [Sample(_shape_sample(kind), speech.say(words)) for kind, words in NODE_WORDS.items()]
    return lines + shapes


def _lines(document: MapDocument, lens: Lens, speech: Speech) -> Iterator[_Line]:
    if lens is Lens.GAP:
        yield from _moved(document, speech)
        return
    for link in document.links:
        if lens is Lens.BOTH or link.kind.is_formal == (lens is Lens.FORMAL):
            ends = {"source": document.name_of(link.source), "target": document.name_of(link.target)}
            yield _Line(link, link.kind.value, speech.say(LINK_SENTENCES[link.kind], **ends))


def _moved(document: MapDocument, speech: Speech) -> Iterator[_Line]:
    """Draw each decision that somebody else makes, from its owner on paper to who decides."""
    for decision in document.decisions:
        if decision.is_gap and decision.formal_owner and decision.actual_decider:
            source, target = decision.formal_owner, decision.actual_decider
            sentence = speech.say(
                MOVED,
                topic=decision.topic,
                source=document.name_of(source),
                target=document.name_of(target),
            )
            yield _Line(Link(decision.id, source, target, LinkKind.INFORMAL), "moved", sentence)


def _definitions(frame: Frame) -> Markup:
    markers = "".join(
        f'<marker id="{frame.prefix}-{style}" class="map-link--{style}" viewBox="0 0 9 8" refX="7.500"'
        ' refY="4" markerWidth="9" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        f"{MARKERS[end]}</marker>"
        for style, end in ENDS.items()
    )
    return Markup("<defs>{}</defs>").format(Markup(markers))  # noqa: S704 - our own constants alone


def _drawn_link(frame: Frame, line: _Line, curve: Curve) -> Markup:
    return Markup(
        '<g class="map-link map-link--{style}" data-map-item="{id}"><title>{sentence}</title>'
        '<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width}"'
        ' stroke-dasharray="{dash}" marker-end="url(#{prefix}-{style})"/></g>'
    ).format(
        style=line.style,
        id=line.link.id,
        sentence=line.sentence,
        path=curve.path(),
        width=WIDTHS[line.link.strength],
        dash=DASHES[line.style] or "none",
        prefix=frame.prefix,
    )


def _drawn_node(frame: Frame, node: Node, box: Box, speech: Speech) -> Markup:
    x, middle = box.middle
    first = middle - (len(box.lines) - 1) * LINE_HEIGHT / 2 + 4.5
    spans = Markup("").join(
        Markup('<tspan x="{:.1f}" y="{:.1f}">{}</tspan>').format(x, first + index * LINE_HEIGHT, text)
        for index, text in enumerate(box.lines)
    )
    return Markup(
        '<a id="{prefix}-{id}" class="map-node map-node--{kind}" href="#row-{id}" data-map-item="{id}">'
        "<title>{title}</title>{shape}"
        '<text text-anchor="middle" fill="currentColor">{spans}</text></a>'
    ).format(
        prefix=frame.prefix,
        id=node.id,
        kind=node.kind.value,
        title=f"{node.name} ({speech.say(NODE_WORDS[node.kind])})",
        shape=_shape(node.kind, box),
        spans=spans,
    )


def _shape(kind: NodeKind, box: Box) -> Markup:
    paths = SHAPES[kind](box)
    return Markup("").join(
        Markup('<path d="{}" fill="{}" stroke="currentColor" stroke-width="1.25"/>').format(
            path, "none" if index else "Canvas"
        )
        for index, path in enumerate(paths)
    )


def _rounded(box: Box, radius: float, inset: float = 0) -> str:
    x, y = box.x + inset, box.y + inset
    width, height = box.width - 2 * inset, box.height - 2 * inset
    r = min(radius, height / 2)
    across, down, bend = width - 2 * r, height - 2 * r, f"a{r:.1f} {r:.1f} 0 0 1"
    return (
        f"M{x + r:.1f} {y:.1f}h{across:.1f}{bend} {r:.1f} {r:.1f}v{down:.1f}{bend} {-r:.1f} {r:.1f}"
        f"h{-across:.1f}{bend} {-r:.1f} {-r:.1f}v{-down:.1f}{bend} {r:.1f} {-r:.1f}z"
    )


def _cut(box: Box, corner: float) -> str:
    """A box without corners."""
    x, y, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    c = corner
    return (
        f"M{x + c:.1f} {y:.1f}H{right - c:.1f}L{right:.1f} {y + c:.1f}V{bottom - c:.1f}"
        f"L{right - c:.1f} {bottom:.1f}H{x + c:.1f}L{x:.1f} {bottom - c:.1f}V{y + c:.1f}Z"
    )


def _tab(box: Box) -> str:
    """A line inside, along the left edge."""
    return f"M{box.x + 6:.1f} {box.y:.1f}v{box.height:.1f}"


def _fold(box: Box) -> str:
    """A folded corner."""
    right = box.x + box.width
    return f"M{right - 10:.1f} {box.y:.1f}v10h10"


SHAPES: Mapping[NodeKind, Callable[[Box], Sequence[str]]] = {
    NodeKind.PERSON: lambda box: (_rounded(box, 99),),
    NodeKind.GROUP: lambda box: (_rounded(box, 6), _rounded(box, 4, inset=3)),
    NodeKind.SPACE: lambda box: (_rounded(box, 0), _tab(box)),
    NodeKind.BODY: lambda box: (_cut(box, 9),),
    NodeKind.RESOURCE: lambda box: (_rounded(box, 0), _fold(box)),
    NodeKind.COMMUNITY: lambda box: (_rounded(box, 99), _rounded(box, 99, inset=3)),
}


def _line_sample(style: str) -> Markup:
    return Markup(
        '<svg class="map-sample map-link--{}" viewBox="0 0 44 14" width="44" height="14" aria-hidden="true">'
        '<path d="M1 7H38" fill="none" stroke="currentColor" stroke-width="1.75" stroke-dasharray="{}"/>'
        '<g transform="translate(33 3)">{}</g></svg>'
    ).format(style, DASHES[style] or "none", Markup(MARKERS[ENDS[style]]))  # noqa: S704 - our own constants


def _shape_sample(kind: NodeKind) -> Markup:
    return Markup(
        '<svg class="map-sample" viewBox="0 0 44 24" width="44" height="24" aria-hidden="true">{}</svg>'
    ).format(_shape(kind, Box(2, 2, 40, 20, ())))
