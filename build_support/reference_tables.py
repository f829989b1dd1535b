"""What the reference pages list, read from the code itself: errors, settings, words, addresses, files."""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import pkgutil
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask
from marshmallow import Schema, missing
from marshmallow import fields as marshmallow_fields
from sqlalchemy import Table

ROOT = Path(__file__).resolve().parent.parent
Rows = list[tuple[str, ...]]
UNTOLD = "—"
# Where a function takes the stable code of a fault in a file; see rubrics/fields.py and ltitool/programs.
FAULT_CALLS = {
    "refuse": 0,
    "Problem": 0,
    "refuse_at": 1,
    "_fault": 1,
    "_stop": 2,
    "Fault": 3,
    "ScoreFault": 1,
}
# Where a verification check takes its code; the word before it says how the check came out.
CHECK_CALLS = {
    "of_proof": 0,
    "of_binding": 0,
    "undecided": 0,
    "MissingError": 0,
    "failed": 1,
    "unknown": 1,
    "passed": 1,
}
# A field of the settings with the comment that names its variable, and the call that reads it.
SETTING = re.compile(r"# LTITOOL_([A-Z_]+)(?:=\S+)?: (.+)$", re.MULTILINE)
SETTING_READ = re.compile(r'reader\.(\w+)\("([A-Z_]+)"(?:, ([^)]+))?\)')


def table(head: tuple[str, ...], rows: Rows) -> str:
    """Write a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def first_sentence(thing: object) -> str:
    """Give the first paragraph of a docstring as one line; empty where there is none of its own."""
    text = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    return " ".join(text.split("\n\n")[0].split())


def load_everything(package: str) -> None:
    """Import every module below a package, so that every class of it is known."""
    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        if not module.name.endswith("__main__") and ".sandbox" not in module.name:
            importlib.import_module(module.name)


def families(root: type) -> Iterator[type]:
    """Give a class and everything derived from it."""
    yield root
    for child in root.__subclasses__():
        yield from families(child)


def tool_errors() -> Rows:
    """Give code, status, what a person reads, and where it is defined."""
    from ltitool.errors import ToolError  # noqa: PLC0415 - only this table needs the whole application

    load_everything("ltitool")
    found = {
        one for one in families(ToolError) if "code" in vars(one) and one.__module__.startswith("ltitool")
    }
    return [
        (f"`{one.code}`", str(one.status), f"{one.title}. {one.advice}", f"`{_place(one)}`", first_own(one))
        for one in sorted(found, key=lambda one: (str(one.code), one.__qualname__))
    ]


def first_own(thing: type) -> str:
    """Give the first sentence of a class's own docstring, not of the one it derives from."""
    return first_sentence(thing) if vars(thing).get("__doc__") else ""


def _place(thing: type) -> str:
    return thing.__module__.replace(".", "/") + ".py"


def badge_errors() -> Rows:
    """Give the codes that the badge library raises, with the class and the module."""
    from badges.errors import BadgeError  # noqa: PLC0415 - as above

    load_everything("badges")
    at = {one.__name__: 0 for one in families(BadgeError)}
    named = {one.__name__: first_own(one) for one in families(BadgeError)}
    return [
        (f"`{code}`", f"`{call}`", named[call], ", ".join(f"`{path}`" for path in paths))
        for (code, call), paths in coded_calls("badges", at).items()
    ]


def file_faults() -> Rows:
    """Give the codes of faults in program and rubric files."""
    found: dict[str, set[str]] = {}
    for folder in ("rubrics", "ltitool/programs"):
        for (code, _call), paths in coded_calls(folder, FAULT_CALLS).items():
            found.setdefault(code, set()).update(paths)
    return [(f"`{code}`", ", ".join(f"`{path}`" for path in sorted(found[code]))) for code in sorted(found)]


def check_codes() -> Rows:
    """Give the codes that a verification report uses."""
    found: dict[str, set[str]] = {}
    for (code, _call), paths in coded_calls("badges/verify", CHECK_CALLS).items():
        found.setdefault(code, set()).update(paths)
    return [(f"`{code}`", ", ".join(f"`{path}`" for path in sorted(found[code]))) for code in sorted(found)]


def coded_calls(folder: str, at: Mapping[str, int]) -> dict[tuple[str, str], list[str]]:
    """Find literal codes in calls: (code, called name) to the modules where they stand."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name, code = _coded(node, at)
            if code:
                found.setdefault((code, name), set()).add(path.relative_to(ROOT).as_posix())
    return {key: sorted(found[key]) for key in sorted(found)}


def _coded(node: ast.AST, at: Mapping[str, int]) -> tuple[str, str]:
    if not isinstance(node, ast.Call):
        return "", ""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    position = at.get(name, len(node.args))
    argument = node.args[position] if position < len(node.args) else None
    value = argument.value if isinstance(argument, ast.Constant) else None
    good = isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]*", value)
    return (name, str(value)) if good else ("", "")


def checks() -> Rows:
    """Give the sixteen checks of a badge by number."""
    from badges.sentences import CHECK_NAMES  # noqa: PLC0415 - only this table needs it

    return [(str(number), f"`{name}`") for number, name in enumerate(CHECK_NAMES, 1)]


def verdicts() -> Rows:
    """Give the verdicts and the sentence of each."""
    from badges.report import Verdict  # noqa: PLC0415 - only this table needs them
    from badges.sentences import verdict_sentence  # noqa: PLC0415 - as above

    return [(f"`{one.value}`", verdict_sentence(one.value, "en")) for one in Verdict]


def settings() -> Rows:
    """Give each setting with its default and the comment that stands behind its field."""
    source = (ROOT / "ltitool/settings.py").read_text(encoding="utf-8")
    read = {name: (kind, default) for kind, name, default in SETTING_READ.findall(source)}
    return [(f"`LTITOOL_{name}`", _default_of(*read[name]), told) for name, told in SETTING.findall(source)]


def _default_of(kind: str, default: str) -> str:
    if kind == "flag":
        return "`no`"
    if kind in {"optional", "dids"}:
        return "none"
    given = default.strip('"')
    return f"`{given}`" if given else "(needed)"


def make_words() -> Rows:
    """Give the words of the Makefile."""
    source = (ROOT / "Makefile").read_text(encoding="utf-8")
    return [
        (f"`make {word}`", meaning)
        for word, meaning in re.findall(r"^([a-z][a-z0-9-]*):.*?## (.+)$", source, re.MULTILINE)
    ]


def command_words(parser: argparse.ArgumentParser) -> Rows:
    """Give every word of a command, words of words included, with its options."""
    return [
        (f"`{word.prog}`", purpose or UNTOLD, "<br>".join(_options(word)) or "none")
        for word, purpose in _leaves(parser, "")
    ]


def _leaves(parser: argparse.ArgumentParser, purpose: str) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]  # noqa: SLF001 - argparse tells nobody else
    if not below:
        yield parser, purpose
    for action in below:
        told = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001 - as above
        for name, word in action.choices.items():
            yield from _leaves(word, told.get(name, ""))


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._HelpAction):  # noqa: SLF001 - as above
            continue
        name = action.option_strings[-1] if action.option_strings else str(action.metavar or action.dest)
        choices = " (" + ", ".join(map(str, action.choices)) + ")" if action.choices else ""
        told = f": {action.help}" if action.help else ""
        yield f"`{name}`{choices}{told}{_default(action)}"


def _default(action: argparse.Action) -> str:
    if action.required:
        return ", needed"
    shown = isinstance(action.default, str | int | Path) and not isinstance(action.default, bool)
    return f", else `{action.default}`" if shown and str(action.default) else ""


def tool_command() -> argparse.ArgumentParser:
    """Give the parser of the `ltitool` command."""
    from ltitool.cli.main import build_parser  # noqa: PLC0415 - only this table needs the command

    return build_parser()


def badges_command() -> argparse.ArgumentParser:
    """Give the parser of `python -m badges`."""
    from badges.__main__ import _parser  # noqa: PLC0415 - only this table needs the command

    return _parser()


def application() -> Flask:
    """Build the application for looking at it: an empty database in memory, throw-away secrets."""
    from ltitool.app import create_app  # noqa: PLC0415 - only the address table needs the whole application
    from ltitool.settings import Settings  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as folder:
        return create_app(
            Settings(
                public_url="http://localhost:8000",
                database_url="sqlite://",
                data_dir=Path(folder),
                secret_key=bytes(32),
                key_encryption_key=bytes(32),
                loopback_http=True,
            )
        )


def routes(app: Flask, told: Mapping[str, str]) -> Rows:
    """Give every address: methods, path, guard, endpoint, and what it is for in words kept by hand."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, sorted(one.methods or ()))):
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        owner = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        guard = getattr(getattr(owner, "guard", None), "value", "public")
        purpose = told.get(f"`{rule.endpoint}`") or first_sentence(app.view_functions[rule.endpoint])
        rows.append((" ".join(methods), f"`{rule.rule}`", guard, f"`{rule.endpoint}`", purpose or UNTOLD))
    return rows


def migrations() -> Rows:
    """Give each revision and the sentence it begins with."""
    rows = []
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or UNTOLD
        rows.append((f"`{path.stem}`", " ".join(docstring.split("\n\n")[0].split())))
    return rows


def tables() -> Rows:
    """Give each table with its package and the sentence on its class."""
    from ltitool.foundation.db import Base  # noqa: PLC0415 - only this table needs the models

    load_everything("ltitool")
    found = [one.class_ for one in Base.registry.mappers if isinstance(one.local_table, Table)]
    return [
        (f"`{one.__tablename__}`", f"`{one.__module__.split('.')[1]}`", first_own(one) or UNTOLD)
        for one in sorted(found, key=lambda one: (one.__module__, one.__tablename__))
    ]


def packages() -> Rows:
    """Give each package with the first sentence of its README."""
    folders = [ROOT / "badges", ROOT / "rubrics", *sorted((ROOT / "ltitool").iterdir())]
    rows = []
    for folder in folders:
        if (folder / "__init__.py").is_file():
            name = folder.relative_to(ROOT).as_posix()
            rows.append((f"[`{name}/`](../../{name}/README.md)", _about(folder / "README.md")))
    return rows


def _about(readme: Path) -> str:
    if not readme.is_file():
        return UNTOLD
    paragraphs = readme.read_text(encoding="utf-8").split("\n\n")
    told = [one for one in paragraphs if one.strip() and not one.startswith("#")]
    words = " ".join(told[0].split()) if told else UNTOLD
    return re.split(r"(?<=[.:])\s+(?=[A-Z])", words)[0]


def program_keys() -> str:
    """Write every key of a program file: one table for each kind of part."""
    from ltitool.programs.schemas import ProgramSchema  # noqa: PLC0415 - only this table needs it

    waiting, written = [ProgramSchema()], {}
    while waiting:
        schema = waiting.pop(0)
        if _part(schema) in written:
            continue
        rows = [(f"`{name}`", _need(field), _expected(field)) for name, field in schema.fields.items()]
        written[_part(schema)] = table(("Key", "Needed", "Accepted"), rows)
        waiting += [inner for inner in map(_inner, schema.fields.values()) if inner is not None]
    return "\n\n".join(f"### {part}\n\n{rows}" for part, rows in written.items())


def _part(schema: Schema) -> str:
    words = re.findall(r"[A-Z][a-z]+", type(schema).__name__.removesuffix("Schema"))
    return " ".join(words).lower().capitalize()


def _inner(field: marshmallow_fields.Field) -> Schema | None:
    found = getattr(getattr(field, "inner", field), "schema", None)
    return found if isinstance(found, Schema) else None


def _need(field: marshmallow_fields.Field) -> str:
    if field.load_default is missing:
        return "yes"
    default = field.load_default() if callable(field.load_default) else field.load_default
    return f"no, else `{default}`" if default not in (None, (), {}) else "no"


def _expected(field: marshmallow_fields.Field) -> str:
    inner = getattr(field, "inner", None)
    parts = [str(getattr(field, "expected", "a value"))]
    longest = getattr(field, "longest", getattr(getattr(field, "words", None), "longest", None))
    if longest:
        parts.append(f"at most {longest} characters")
    part = _inner(field)
    if part is not None:
        parts.append(f"see {_part(part)}")
    elif inner is not None:
        parts.append(f"each {_expected(inner)}")
    return "; ".join(parts)
