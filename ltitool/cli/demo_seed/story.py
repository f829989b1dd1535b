"""What one person of the demo has done and said, read from people/*.yaml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import yaml

from ltitool.cli.demo_seed.place import When

Answers = Mapping[str, Any]  # by question name: text, or a list where the program asks for one


@dataclass(frozen=True)
class Moment:
    """Something that happened in a week of the program."""

    week: int
    day: str = "wed"
    hour: int = 16

    @property
    def when(self) -> When:
        return When(self.week, self.day, self.hour)


@dataclass(frozen=True, kw_only=True)
class OneToOneTold(Moment):
    """A 1:1 as the coach wrote it down."""

    minutes: int
    focus: str
    next_step: str
    shared_note: str
    private_note: str = ""


@dataclass(frozen=True, kw_only=True)
class SheetTold(Moment):
    """An answer sheet: saved, and sent unless it says otherwise."""

    activity: str
    answers: Answers
    sent: bool = True


@dataclass(frozen=True, kw_only=True)
class PhotoTold(Moment):
    """A photo with its story. `name` is what the keystone cites it by."""

    name: str
    scene: str
    palette: str
    lens: str
    caption: str
    alt_text: str
    who_is_in_it: str = "nobody"
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class VersionTold(Moment):
    """The map, kept under a name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class MapTold(Moment):
    """A power map. Entries name each other by their `key`."""

    nodes: Sequence[Mapping[str, Any]]
    links: Sequence[Mapping[str, Any]] = ()
    decisions: Sequence[Mapping[str, Any]] = ()
    versions: tuple[VersionTold, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClaimTold:
    """A claim and what it cites: photo:<name>, node:<key>, decision:<key>, answer:<activity>/<question>."""

    criterion: str
    text: str
    cites: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ScoresTold(Moment):
    """What the coach made of a keystone: level and reason by criterion."""

    levels: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class KeystoneTold(Moment):
    """A keystone: being written, or sent, or sent and scored."""

    words: Answers
    claims: tuple[ClaimTold, ...] = ()
    sent: Moment | None = None
    scores: ScoresTold | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """One participant."""

    person: str
    attended: Mapping[str, int | Sequence[Any]]  # minutes by session, or minutes and a note
    one_to_ones: tuple[OneToOneTold, ...] = ()
    sheets: tuple[SheetTold, ...] = ()
    photos: tuple[PhotoTold, ...] = ()
    power_map: MapTold | None = None
    keystone: KeystoneTold | None = None


def stories() -> list[Story]:
    """Read all stories, by person."""
    found = sorted(one for one in _folder().iterdir() if one.name.endswith(".yaml"))
    return [story for one in found for story in read_stories(one.read_text(encoding="utf-8"))]


def read_stories(text: str) -> list[Story]:
    """Read a file of one story or several.

    Raises:
        TypeError: a field is missing, or nobody knows it.
    """
    return [_story(dict(data)) for data in yaml.safe_load_all(text)]


def _story(data: dict[str, Any]) -> Story:
    return Story(
        person=data.pop("person"),
        attended=data.pop("attended"),
        one_to_ones=tuple(OneToOneTold(**one) for one in data.pop("one_to_ones", ())),
        sheets=tuple(SheetTold(**one) for one in data.pop("sheets", ())),
        photos=tuple(PhotoTold(**one) for one in data.pop("photos", ())),
        power_map=_map(data.pop("power_map", None)),
        keystone=_keystone(data.pop("keystone", None)),
        **data,
    )


def _folder() -> Any:  # importlib's Traversable moved between Python versions
    return files("ltitool.cli.demo_seed") / "people"


def _moment(data: Mapping[str, Any] | None) -> Moment | None:
    return Moment(**data) if data else None


def _map(data: Mapping[str, Any] | None) -> MapTold | None:
    if data is None:
        return None
    versions = tuple(VersionTold(**one) for one in data.get("versions", ()))
    return MapTold(**{**data, "versions": versions})


def _keystone(data: Mapping[str, Any] | None) -> KeystoneTold | None:
    if data is None:
        return None
    scores = data.get("scores")
    made = {
        "claims": tuple(ClaimTold(**one) for one in data.get("claims", ())),
        "sent": _moment(data.get("sent")),
        "scores": ScoresTold(**scores) if scores else None,
    }
    return KeystoneTold(**{**data, **made})
