"""Collect the texts of pages and errors into the Spanish catalogue, and say what still lacks a translation.

`make translations` runs this. English texts are their own message ids; `--check` writes nothing and
fails where the catalogue is not complete and up to date.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "ltitool/web/translations/es/LC_MESSAGES/messages.po"
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "msg": None,
    "ngettext": (1, 2),
}
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%%")
COUNT = "%(num)s"
WIDTH = 100


def collect() -> Catalog:
    """Extract every text of the application, the practice LMS left out: it has its own words."""
    template = Catalog(project="keystone", charset="utf-8")
    found = extract_from_dir(
        ROOT / "ltitool",
        method_map=METHODS,
        options_map=OPTIONS,
        keywords=KEYWORDS,
        comment_tags=("For translators:",),
        directory_filter=lambda path: "sandbox" not in Path(path).parts,
    )
    for filename, _line, message, comments, context in found:
        # Babel takes an empty text for "not translated", and None for a fault.
        empty = ("", "") if isinstance(message, tuple) else ""
        template.add(message, empty, [(filename, 0)], auto_comments=comments, context=context)
    return template


def read(path: Path = CATALOGUE) -> Catalog:
    """Read the catalogue as it lies on the disk; one that is not there yet is empty."""
    if not path.exists():
        return Catalog(locale="es", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="es")


def merged(template: Catalog) -> Catalog:
    """Lay the collected texts over the catalogue as it is; texts that are gone go."""
    catalogue = read()
    kept = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = kept  # a new date alone would make every run a change
    return catalogue


def faults(catalogue: Catalog) -> list[str]:
    """Give the texts without a translation, and those whose placeholders differ."""
    return [f"{message.id!r}: {fault}" for message in texts(catalogue) for fault in _faults_of(message)]


def left_over(template: Catalog, catalogue: Catalog) -> list[str]:
    """Give the texts of a catalogue that no page has any more."""
    wanted = {_key(message) for message in texts(template)}
    return [f"{one.id!r}: no page says this" for one in texts(catalogue) if _key(one) not in wanted]


def texts(catalogue: Catalog) -> list[Message]:
    """Give the messages of a catalogue without its head."""
    return [message for message in catalogue if message.id]


def main(check: bool) -> int:
    """Write the catalogue, or only check it."""
    template = collect()
    catalogue = merged(template)
    problems = faults(catalogue)
    if check:
        problems += left_over(template, read())
    else:
        _write(catalogue)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(texts(catalogue))} texts, {len(problems)} to do")
    return 1 if problems and check else 0


def _write(catalogue: Catalog) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, no_location=True, sort_output=True, omit_header=False, width=WIDTH)


def _faults_of(message: Message) -> Iterator[str]:
    originals, said = _forms(message.id), _forms(message.string)
    if not said or not all(said):
        yield "untranslated"
        return
    for number, (original, translation) in enumerate(zip(originals, said, strict=False)):
        one_alone = len(said) > 1 and number == 0  # "Falta una cosa" needs no figure
        yield from _placeholder_faults(original, translation, optional={COUNT} if one_alone else set())
    yield from (str(error) for error in message.check(Catalog(locale="es")))


def _placeholder_faults(original: str, translation: str, optional: set[str]) -> Iterator[str]:
    """Compare both ways: Babel's own check lets a placeholder be dropped, and does not know {braces}."""
    wanted, given = set(PLACEHOLDER.findall(original)), set(PLACEHOLDER.findall(translation))
    for name in sorted(wanted - given - optional):
        yield f"{name} is missing"
    for name in sorted(given - wanted - optional):
        yield f"{name} is not in the English text"


def _forms(text: object) -> tuple[str, ...]:
    if isinstance(text, str):
        return (text,)
    return tuple(str(one) for one in text) if isinstance(text, tuple | list) else ()


def _key(message: Message) -> str:
    return _forms(message.id)[0]


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
