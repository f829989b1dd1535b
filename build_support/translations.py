"""Collect the texts of pages and errors into the Spanish catalogue, and say what still lacks a translation.

`make translations` runs this. English texts are their own message ids; `--check` writes nothing and
fails where the catalogue is not complete and up to date.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
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
        template.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    return template


def merged(template: Catalog) -> Catalog:
    """Lay the collected texts over the catalogue as it is; texts that are gone go."""
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            catalogue = read_po(file, locale="es")
    else:
        catalogue = Catalog(locale="es", charset="utf-8")
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def faults(catalogue: Catalog) -> list[str]:
    """Give the texts without a translation, and those whose placeholders differ."""
    found = [f"untranslated: {one.id!r}" for one in catalogue if one.id and not _translated(one.string)]
    for message, errors in catalogue.check():
        found += [f"{message.id!r}: {error}" for error in errors]
    return found


def main(check: bool) -> int:
    """Write the catalogue, or only check it."""
    catalogue = merged(collect())
    problems = faults(catalogue)
    if not check:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        with CATALOGUE.open("wb") as file:
            write_po(file, catalogue, no_location=True, sort_output=True, omit_header=False, width=100)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(catalogue)} texts, {len(problems)} to do")
    return 1 if problems and check else 0


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
