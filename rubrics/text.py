"""A piece of text in several languages: the only kind of human text that rubrics and programs hold."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One message in one or more languages, the author's first language first.

    Example:
        >>> Text.of({"en": "Trust", "es": "Confianza"}).in_("es-MX")
        'Confianza'

    Attributes:
        entries: Pairs of a language tag ("en", "es") and the words in that language. Never empty.
    """

    entries: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not self.entries:
            raise ValueError("a text needs words in at least one language")

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "Text":
        """Build a text from a mapping of language tag to words, keeping its order."""
        return cls(tuple(words.items()))

    @property
    def languages(self) -> tuple[str, ...]:
        """The language tags that have words, the author's first."""
        return tuple(language for language, _ in self.entries)

    def in_(self, locale: str) -> str:
        """Say the text in a locale: exact tag, else its language, else the author's first language.

        Args:
            locale: A tag as a browser or gettext writes it: "es", "es-MX", "es_MX".
        """
        wanted = locale.replace("_", "-").lower()
        by_tag = {tag.lower(): words for tag, words in self.entries}
        first = self.entries[0][1]
        return by_tag.get(wanted, by_tag.get(wanted.partition("-")[0], first))

    def as_data(self) -> dict[str, str]:
        """Give the plain mapping back, for JSON and for language-map fields."""
        return dict(self.entries)
