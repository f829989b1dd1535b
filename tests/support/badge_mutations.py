"""Signed badges bent at random by somebody without the key: structure, texts and bytes."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

Document = Any
Mutation = Callable[[random.Random, Any], Any]

_VALUES = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2.5,
    1e300,
    "",
    "x",
    "A+",
    [],
    {},
    [[]],
    {"id": "urn:x"},
    {"@value": "x"},
    {"@id": "urn:x"},
    "did:web:attacker.example",
    "https://attacker.example/",
    "2026-11-21T00:00:00Z",
    "_:b0",
    "\u0000",
    "\ufffe",
    "zq\u00b70\u00b7",
    {"@list": ["x"]},
    {"@graph": []},
    {"@context": {}},
    ["x", {"id": "urn:y"}],
)
_NAMES = (
    "id",
    "@id",
    "type",
    "@type",
    "name",
    "@context",
    "@graph",
    "@reverse",
    "@included",
    "@nest",
    "@vocab",
    "proof",
    "credentialSubject",
    "result",
    "evidence",
    "issuer",
    "https://schema.org/name",
    "narrative",
    "grade",
    "url",
    "identifier",
    "endorsement",
    "validFrom",
    "creator",
    "@language",
    "related",
    "termsOfUse",
)


def containers(value: Any) -> list[Any]:
    """Every object and array of the badge."""
    if not isinstance(value, (dict, list)):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for item in inner for found in containers(item))]


def _some(dice: random.Random, document: Any, kind: type) -> Any:
    return dice.choice([found for found in containers(document) if isinstance(found, kind) and found] or [{}])


def replace_value(dice: random.Random, document: Any) -> None:
    node = _some(dice, document, dict)
    if node:
        node[dice.choice(list(node))] = copy.deepcopy(dice.choice(_VALUES))


def add_member(dice: random.Random, document: Any) -> None:
    _some(dice, document, dict)[dice.choice(_NAMES)] = copy.deepcopy(dice.choice(_VALUES))


def delete_member(dice: random.Random, document: Any) -> None:
    node = _some(dice, document, dict)
    if node:
        del node[dice.choice(list(node))]


def rename_member(dice: random.Random, document: Any) -> None:
    node = _some(dice, document, dict)
    if node:
        node[dice.choice(_NAMES)] = node.pop(dice.choice(list(node)))


def shuffle(dice: random.Random, document: Any) -> None:
    dice.shuffle(_some(dice, document, list) or [])


def repeat_item(dice: random.Random, document: Any) -> None:
    items = _some(dice, document, list)
    if items:
        items.append(copy.deepcopy(dice.choice(items)))


def unwrap(dice: random.Random, document: Any) -> None:
    node = _some(dice, document, dict)
    for name, value in list(node.items()):
        if isinstance(value, list) and len(value) == 1:
            node[name] = value[0]


def wrap(dice: random.Random, document: Any) -> None:
    node = _some(dice, document, dict)
    if node:
        name = dice.choice(list(node))
        node[name] = [node[name]]


def move_member(dice: random.Random, document: Any) -> None:
    """From one object to another: what RDF would not notice if both are the same node."""
    source, target = _some(dice, document, dict), _some(dice, document, dict)
    if source:
        name = dice.choice(list(source))
        target[name] = source.pop(name)


def move_between_namesakes(dice: random.Random, document: Any) -> None:
    """Between two objects made the same node: an attack on whoever reads the tree and not the statements."""
    source, target = _some(dice, document, dict), _some(dice, document, dict)
    if "id" in source and source is not target:
        target["id"] = source["id"]
        move_member(dice, document)


def split_node(dice: random.Random, document: Any) -> None:
    """One object as two with the same id, side by side."""
    items = [item for item in _some(dice, document, list) or [] if isinstance(item, dict) and "id" in item]
    if items:
        whole = dice.choice(items)
        names = [name for name in whole if name not in {"id", "type"}]
        part = {name: whole.pop(name) for name in names if dice.random() < 0.5}
        items_list = next(
            found for found in containers(document) if isinstance(found, list) and whole in found
        )
        items_list.append({"id": whole["id"], "type": whole.get("type"), **part})


def nest_reference(dice: random.Random, document: Any) -> None:
    """A described object and a text that names it change places."""
    try:
        subject = document["credentialSubject"]
        result, described = subject["result"][0], subject["achievement"]["resultDescription"]
        result["resultDescription"], described[0] = described[0], described[0]["id"]
    except (KeyError, IndexError, TypeError):
        return


MUTATIONS: tuple[Mutation, ...] = (
    replace_value,
    add_member,
    delete_member,
    rename_member,
    shuffle,
    repeat_item,
    unwrap,
    wrap,
    move_member,
    move_between_namesakes,
    split_node,
    nest_reference,
)


def bent(signed: Any, seed: int, number: int) -> bytes | str:
    """Mutation ``number`` of a seed: always the same one."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - reproducible, not secret
    document = copy.deepcopy(signed)
    for mutate in dice.choices(MUTATIONS, k=dice.randint(1, 3)):
        mutate(dice, document)
    text = json.dumps(document, ensure_ascii=False)
    return _bent_bytes(dice, text) if dice.random() < 0.2 else text


def _bent_bytes(dice: random.Random, text: str) -> bytes:
    data = bytearray(text.encode())
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[place] = dice.randrange(256)
            case 1:
                del data[place : place + dice.randint(1, 30)]
            case 2:
                data[place:place] = dice.choice(
                    [b"{", b"[", b'"', b"\\", b"\x00", b"}", b"1e999", b"\xff", b","]
                )
            case _:
                data[place:place] = data[place : place + dice.randint(1, 60)]
    return bytes(data)
