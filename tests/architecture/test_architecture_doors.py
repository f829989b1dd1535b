"""One door each: for the network, private keys, the LTI library, commits, time, chance, raw markup.

An exception to a rule is one line in a table here, with its reason, and a line that nobody needs any
more fails too.
"""

import ast
import functools
import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from sourcetree import Module, Tree, the_tree

Finder = Callable[[Module], Iterator[str]]

NETWORK_DOORS = {
    "ltitool/foundation/fetch.py": "the door itself",
    "ltitool/sandbox/*": "another system: it reads the tool's keys over HTTP as an LMS does",
    "ltitool/cli/*": "the story plays browsers, the demo waits for its servers; neither serves anybody",
}
KEY_DOORS = {
    "ltitool/foundation/keys.py": "the door itself: sealed keys that hand out signers",
    "ltitool/sandbox/*": "another system with keys of its own",
    "badges/keys.py": "the pure library's value of a key: its caller brings the bytes",
}
LTI_DOORS = {"ltitool/lti/*": "the only package that knows the LTI library"}
COMMIT_DOORS = {
    "ltitool/foundation/db.py": "the door itself: one transaction per use case",
}
CHANCE_DOORS = {
    "badges/__main__.py": "a command: the outermost edge",
    "badges/conformance.py": "a command: the outermost edge",
    "ltitool/app.py": "binds clock, ids and tokens for everything below",
    "ltitool/cli/*": "the outermost edge",
    "ltitool/sandbox/*": "another system, with a clock argument of its own",
    "ltitool/foundation/clock.py": "the real clock",
    "ltitool/foundation/keys.py": "key ids and sealing nonces",
    "ltitool/foundation/attempts.py": "spreads retries, so that not all come back at once",
    "ltitool/lti/grade_sending.py": "spreads retries, as the runner does",
    "ltitool/web/cookies.py": "the second for which the expiry date that Werkzeug writes holds",
    "ltitool/web/error_pages.py": "the reference that an error page shows",
    "ltitool/web/template_globals.py": "the name of an upload, made with the page",
    "ltitool/credentials/views.py": "makes the Randomness that awarding takes as an argument",
}
RAW_MARKUP = {
    "ltitool/web/templates/components.html": "attributes that the same file has just escaped",
}
CHANCE = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns"},
    "uuid": {"uuid1", "uuid4"},
    "os": {"urandom"},
    "secrets": None,  # all of it
    "random": None,
}
NETWORK_LIBRARIES = ("requests", "urllib3", "httpx", "http.client", "urllib.request", "aiohttp", "socket")
NO_NETWORK = {"url2pathname"}  # spelling alone
# The checker that connects to the address it has checked needs sockets of its own.
SOCKET_DOORS = {
    "ltitool/foundation/sockets.py": "connects to the checked address",
}
LITERAL_STYLE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
RAW = re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE)


def uses(tree: Tree, find: Finder, *folders: str) -> dict[str, list[str]]:
    """Give what a finder finds, by path."""
    found = {module.path: _found_in(find, module) for module in tree.modules(*folders)}
    return {path: things for path, things in found.items() if things}


@functools.cache
def _found_in(find: Finder, module: Module) -> list[str]:
    return sorted(set(find(module)))


def faults(found: Mapping[str, list[str]], doors: Mapping[str, str]) -> list[str]:
    """Give what is used outside the doors, and the doors that nobody needs."""
    outside = [
        f"{path}: {', '.join(found[path])}" for path in found if not any(_in(path, one) for one in doors)
    ]
    idle = [f"{door} needs no exception" for door in doors if not any(_in(path, door) for path in found)]
    return outside + idle


def _in(path: str, door: str) -> bool:
    return path.startswith(door[:-1]) if door.endswith("*") else path == door


def network(module: Module) -> Iterator[str]:
    for origin, name in module.imports():
        if name not in NO_NETWORK and any(
            f"{origin}.{name}".startswith(f"{one}.") for one in NETWORK_LIBRARIES
        ):
            yield origin


def private_keys(module: Module) -> Iterator[str]:
    """Find whatever makes or reads a private key, by the names that libraries give to it."""
    for node in module.walk():
        name = _name(node)
        if re.search(r"(generate|load)_\w*private_key|_private_bytes$|generate_key$", name):
            yield name
        if isinstance(node, ast.Attribute) and node.attr == "generate" and "PrivateKey" in _name(node.value):
            yield f"{_name(node.value)}.generate"


def lti_library(module: Module) -> Iterator[str]:
    yield from (origin for origin, _ in module.imports() if origin.split(".")[0] == "pylti1p3")


def commits(module: Module) -> Iterator[str]:
    for node in module.walk():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield f"commit() in line {node.lineno}"


def chance(module: Module) -> Iterator[str]:
    """Find time, ids and randomness that were not handed in."""
    imported = {name or origin.split(".")[0] for origin, name in module.imports()}
    for node in module.walk():
        if isinstance(node, ast.Attribute) and _root(node) in imported and _is_chance(node):
            yield f"{_name(node.value)}.{node.attr}"
    for origin, name in module.imports():
        words = CHANCE.get(origin, set())
        if name and (words is None or (origin != "datetime" and name in words)):
            yield f"{origin}.{name}"


def _is_chance(node: ast.Attribute) -> bool:
    words = CHANCE.get(_name(node.value), set())
    return words is None or node.attr in words


def _root(node: ast.expr) -> str:
    """Give the first name of a dotted one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return _name(node)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def templates_with(tree: Tree, pattern: re.Pattern[str]) -> dict[str, list[str]]:
    found = {path: pattern.findall(text) for path, text in tree.under("ltitool", suffix=".html")}
    return {path: things for path, things in found.items() if things}


RULES = {
    "network": (network, {**NETWORK_DOORS, **SOCKET_DOORS}, ("badges", "rubrics", "ltitool")),
    "private keys": (private_keys, KEY_DOORS, ("badges", "rubrics", "ltitool")),
    "the LTI library": (lti_library, LTI_DOORS, ("badges", "rubrics", "ltitool")),
    "commits": (commits, COMMIT_DOORS, ("ltitool",)),
    "time and chance": (chance, CHANCE_DOORS, ("badges", "rubrics", "ltitool")),
}


def check(tree: Tree, rule: str) -> list[str]:
    find, doors, folders = RULES[rule]
    return faults(uses(tree, find, *folders), doors)


@pytest.mark.parametrize("rule", RULES)
def test_there_is_one_door(rule: str) -> None:
    assert check(the_tree(), rule) == []


def test_templates_hold_no_style_and_no_script() -> None:
    assert templates_with(the_tree(), LITERAL_STYLE) == {}


def test_templates_escape_what_they_show() -> None:
    assert faults(templates_with(the_tree(), RAW), RAW_MARKUP) == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("network", "import requests"),
        ("network", "from urllib3 import PoolManager"),
        ("network", "def late():\n    from urllib.request import urlopen"),
        ("network", "import socket"),
        ("private keys", "from cryptography import x\nkey = x.load_pem_private_key(b'', None)"),
        ("private keys", "key = Ed25519PrivateKey.generate()"),
        ("private keys", "key = rsa.generate_private_key(65537, 2048)"),
        ("private keys", "key = RSAKey.generate_key(2048)"),
        ("the LTI library", "from pylti1p3.registration import Registration"),
        ("commits", "def save(session):\n    session.commit()"),
        ("commits", "db.session.commit()"),
        ("time and chance", "from datetime import datetime\nnow = datetime.now()"),
        ("time and chance", "import datetime\nnow = datetime.datetime.utcnow()"),
        ("time and chance", "import time\nnow = time.time()"),
        ("time and chance", "import uuid\nnew = uuid.uuid4"),
        ("time and chance", "from uuid import uuid4"),
        ("time and chance", "import secrets\nsalt = secrets.token_hex()"),
        ("time and chance", "from secrets import token_hex"),
        ("time and chance", "import random\nfirst = random.choice([1])"),
    ],
)
def test_a_second_door_is_found(rule: str, line: str) -> None:
    path = "ltitool/cohorts/sneaking.py"
    before = check(the_tree(), rule)
    found = set(check(the_tree().with_file(path, line), rule)) - set(before)
    assert [fault.split(":")[0] for fault in found] == [path]


@pytest.mark.parametrize("rule", RULES)
def test_an_exception_that_nobody_needs_is_found(rule: str) -> None:
    find, doors, folders = RULES[rule]
    found = uses(the_tree(), find, *folders)
    assert "ltitool/gone.py needs no exception" in faults(found, {**doors, "ltitool/gone.py": "once"})


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        "<script>go()</script>",
        '<a href="javascript:go()">',
    ],
)
def test_inline_style_or_script_is_found(markup: str) -> None:
    path = "ltitool/web/templates/sneaking.html"
    assert path in templates_with(the_tree().with_file(path, markup), LITERAL_STYLE)


@pytest.mark.parametrize("markup", ["{{ words|safe }}", "{{ words | safe }}", "{% autoescape false %}"])
def test_unescaped_words_are_found(markup: str) -> None:
    path = "ltitool/evidence/templates/evidence/sneaking.html"
    found = faults(templates_with(the_tree().with_file(path, markup), RAW), RAW_MARKUP)
    assert [fault.split(":")[0] for fault in found] == [path]
