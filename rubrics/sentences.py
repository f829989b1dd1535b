"""The sentences in which a judgement is told to the person who did the work, in English and Spanish."""

from dataclasses import dataclass

from rubrics.text import Text

SENTENCES = {
    "every_criterion.met": Text.of(
        {
            "en": "Every criterion reached {level} or higher.",
            "es": "Todos los criterios alcanzaron el nivel {level} o uno más alto.",
        }
    ),
    "every_criterion.short": Text.of(
        {
            "en": "{short} of {total} criteria are still below {level}.",
            "es": "Criterios que aún no llegan al nivel {level}: {short} de {total}.",
        }
    ),
    "must_pass.met": Text.of(
        {
            "en": "Each criterion that must be met reached {level} or higher.",
            "es": "Cada criterio indispensable alcanzó el nivel {level} o uno más alto.",
        }
    ),
    "must_pass.short": Text.of(
        {
            "en": "{short} of the {total} criteria that must be met are still below {level}.",
            "es": "Criterios indispensables que aún no llegan al nivel {level}: {short} de {total}.",
        }
    ),
    "points.met": Text.of(
        {
            "en": "The work earned {points} of {maximum} points; {required} were needed.",
            "es": "El trabajo obtuvo {points} de {maximum} puntos; se necesitaban {required}.",
        }
    ),
    "points.short": Text.of(
        {
            "en": "The work earned {points} of {maximum} points; {required} are needed.",
            "es": "El trabajo obtuvo {points} de {maximum} puntos; se necesitan {required}.",
        }
    ),
}
"""Key -> wording; ``{names}`` are filled from a sentence's values."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A key of ``SENTENCES`` and what fills it: a page may say it here or word it its own way by the key."""

    key: str
    values: tuple[tuple[str, Text | int], ...]

    def in_(self, locale: str) -> str:
        """Say the sentence in a locale."""
        filled = {name: v.in_(locale) if isinstance(v, Text) else str(v) for name, v in self.values}
        return SENTENCES[self.key].in_(locale).format(**filled)
