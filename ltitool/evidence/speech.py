"""Which language something is said in, handed to whoever writes labels that outlive the request."""

from dataclasses import dataclass
from typing import Protocol

from rubrics import Text


class Translate(Protocol):
    """A message id and its values become words."""

    def __call__(self, text: str, /, **values: object) -> str: ...


@dataclass(frozen=True)
class Speech:
    """A language, and how our own messages are said in it."""

    language: str
    translate: Translate

    def text(self, text: Text) -> str:
        """Say a text of the program."""
        return text.in_(self.language)

    def say(self, message: str, **values: object) -> str:
        """Say one of our own messages."""
        return self.translate(message, **values)


def untranslated(text: str, /, **values: object) -> str:
    """Say a message as it stands in the code, for work that no browser asked for."""
    return text % values if values else text


ENGLISH = Speech("en", untranslated)
