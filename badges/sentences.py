"""Every finding as a plain sentence, in English and in Spanish.

A code has a sentence of its own where the general one of its check and outcome would leave people guessing.
``{name}`` is filled from the check's evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from badges.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "es"]

CHECK_NAMES = (
    "parse", "shape", "context", "type", "schema", "subject", "evidence", "issuer", "proof", "issuer_binding",
    "issuer_trust", "refresh", "status", "dates", "recipient", "endorsements",
)  # fmt: skip

# (check, outcome) -> (English, Spanish)
_GENERAL = {
    ("parse", "passed"): ("The file was read as a badge.", "El archivo se leyó como insignia."),
    ("parse", "failed"): (
        "The file could not be read as a badge: {reason}",
        "El archivo no se pudo leer como insignia: {reason}",
    ),
    ("shape", "passed"): (
        "The data are written in a way that cannot be rearranged behind the signature.",
        "Los datos están escritos de un modo que no permite reordenarlos a espaldas de la firma.",
    ),
    ("shape", "failed"): (
        "The data are written in a way that this verifier does not accept: {reason}",
        "Los datos están escritos de un modo que este verificador no acepta: {reason}",
    ),
    ("context", "passed"): (
        "Every word in the badge has a fixed, known meaning and is covered by the signature.",
        "Cada término de la insignia tiene un significado fijo y conocido y queda cubierto por la firma.",
    ),
    ("context", "failed"): (
        "Some words in the badge have no fixed, known meaning: {reason}",
        "Algunos términos de la insignia no tienen un significado fijo y conocido: {reason}",
    ),
    ("type", "passed"): ("It is an Open Badge 3.0.", "Es una insignia Open Badges 3.0."),
    ("type", "failed"): ("It is not an Open Badge 3.0.", "No es una insignia Open Badges 3.0."),
    ("schema", "passed"): (
        "All required parts are there and well formed.",
        "Están todas las partes obligatorias y bien formadas.",
    ),
    ("schema", "failed"): (
        "A required part is absent or malformed: {reason}",
        "Falta una parte obligatoria o está mal formada: {reason}",
    ),
    ("subject", "passed"): (
        "The badge says who earned it and what for.",
        "La insignia dice quién la obtuvo y por qué.",
    ),
    ("subject", "failed"): (
        "What the badge says about its recipient does not fit together: {reason}",
        "Lo que la insignia dice de su destinatario no concuerda: {reason}",
    ),
    ("evidence", "passed"): ("The evidence is well described.", "Las evidencias están bien descritas."),
    ("evidence", "failed"): (
        "The evidence is not described as it should be: {reason}",
        "Las evidencias no están descritas como deberían: {reason}",
    ),
    ("evidence", "could_not_check"): (
        "The evidence is well described, and {reason}",
        "Las evidencias están bien descritas, y {reason}",
    ),
    ("evidence", "not_applicable"): ("The badge cites no evidence.", "La insignia no cita evidencias."),
    ("issuer", "passed"): ("The issuer is named: {issuer}.", "El emisor está identificado: {issuer}."),
    ("issuer", "failed"): (
        "The issuer is not named as it should be: {reason}",
        "El emisor no está identificado como debería: {reason}",
    ),
    ("proof", "passed"): (
        "The signature fits: nothing was changed since the badge was signed.",
        "La firma es correcta: nada ha cambiado desde que se firmó la insignia.",
    ),
    ("proof", "failed"): (
        "The signature does not hold: {reason}",
        "La firma no es válida: {reason}",
    ),
    ("proof", "could_not_check"): (
        "The signature could not be checked: {reason}",
        "No se pudo comprobar la firma: {reason}",
    ),
    ("issuer_binding", "passed"): (
        "The key that signed belongs to the issuer.",
        "La clave que firmó pertenece al emisor.",
    ),
    ("issuer_binding", "failed"): (
        "The key that signed does not belong to the issuer: {reason}",
        "La clave que firmó no pertenece al emisor: {reason}",
    ),
    ("issuer_binding", "could_not_check"): (
        "Whether the key belongs to the issuer could not be checked: {reason}",
        "No se pudo comprobar si la clave pertenece al emisor: {reason}",
    ),
    ("issuer_trust", "passed"): ("You trust this issuer.", "Usted confía en este emisor."),
    ("issuer_trust", "failed"): (
        "This verifier does not know the issuer {issuer}. That does not mean that it is a bad one.",
        "Este verificador no conoce al emisor {issuer}. Eso no significa que sea malo.",
    ),
    ("refresh", "not_applicable"): (
        "The badge does not say that it can be renewed.",
        "La insignia no dice que se pueda renovar.",
    ),
    ("refresh", "passed"): (
        "The issuer has a newer copy. All that is said here is about that one.",
        "El emisor tiene una copia más reciente. Todo lo que aquí se dice se refiere a ella.",
    ),
    ("refresh", "failed"): (
        "The badge says where a newer copy may be, but what came was not used: {reason}",
        "La insignia dice dónde puede haber una copia más reciente, pero lo que llegó no se usó: {reason}",
    ),
    ("refresh", "could_not_check"): (
        "The badge says where a newer copy may be: {reason}",
        "La insignia dice dónde puede haber una copia más reciente: {reason}",
    ),
    ("status", "passed"): (
        "The issuer has not revoked or suspended the badge (list of {listed}).",
        "El emisor no ha revocado ni suspendido la insignia (lista de {listed}).",
    ),
    ("status", "failed"): (
        "The status list is wrong: {reason}",
        "La lista de estado es incorrecta: {reason}",
    ),
    ("status", "could_not_check"): (
        "Whether the badge was revoked could not be checked: {reason}",
        "No se pudo comprobar si la insignia fue revocada: {reason}",
    ),
    ("status", "not_applicable"): (
        "The badge names no list on which it could be revoked.",
        "La insignia no indica ninguna lista en la que se pueda revocar.",
    ),
    ("dates", "passed"): ("The badge is in force today.", "La insignia está vigente hoy."),
    ("dates", "failed"): ("The dates are wrong: {reason}", "Las fechas son incorrectas: {reason}"),
    ("recipient", "passed"): (
        "It matches what was typed ({matched}).",
        "Coincide con lo que se escribió ({matched}).",
    ),
    ("recipient", "failed"): (
        "It does not match what was typed ({unmatched}).",
        "No coincide con lo que se escribió ({unmatched}).",
    ),
    ("recipient", "not_applicable"): (
        "Nobody asked whether it belongs to a certain person.",
        "Nadie preguntó si pertenece a una persona determinada.",
    ),
    ("endorsements", "not_applicable"): (
        "Nobody else has endorsed the badge.",
        "Nadie más ha avalado la insignia.",
    ),
    ("endorsements", "passed"): (
        "{count} endorsement(s) are signed by those who gave them.",
        "{count} aval(es) están firmados por quienes los dieron.",
    ),
    ("endorsements", "failed"): (
        "An endorsement does not hold: {reason}",
        "Un aval no es válido: {reason}",
    ),
    ("endorsements", "could_not_check"): (
        "Endorsements could not be checked: {reason}",
        "No se pudieron comprobar los avales: {reason}",
    ),
}  # fmt: skip

_NOT_REACHED = (
    "Not checked, because an earlier check did not pass.",
    "No se comprobó porque una comprobación anterior no se superó.",
)

_OF_CODE = {
    "not_reached": _NOT_REACHED,
    "revoked": ("The issuer has revoked this badge.", "El emisor ha revocado esta insignia."),
    "suspended": (
        "The issuer has suspended this badge for now.",
        "El emisor ha suspendido esta insignia por ahora.",
    ),
    "digests_fit": (
        "The evidence is well described, and what the badge cites is what was signed.",
        "Las evidencias están bien descritas, y lo que la insignia cita es lo que se firmó.",
    ),
    "no_message": (
        "The issuer has left no message about the badge (list of {listed}).",
        "El emisor no ha dejado ningún mensaje sobre la insignia (lista de {listed}).",
    ),
    "newer_copy_offered": (
        "The issuer says that there is a newer copy (list of {listed}). This one stands all the same.",
        "El emisor dice que hay una copia más reciente (lista de {listed}). Esta sigue en pie.",
    ),
    "status_message": (
        "The issuer left a message about the badge that only the issuer can explain ({value}).",
        "El emisor dejó un mensaje sobre la insignia que solo él puede explicar ({value}).",
    ),
    "context_unneeded": (
        "The badge names a vocabulary that it does not use, and nobody can tell who added it.",
        "La insignia nombra un vocabulario que no usa, y nadie puede saber quién lo añadió.",
    ),
    "expired": ("The badge expired on {until}.", "La insignia venció el {until}."),
    "not_yet_valid": (
        "The badge comes into force only on {from}.",
        "La insignia entra en vigor solo el {from}.",
    ),
    "caller_judges_issuer": (
        "Whether to trust this issuer is left to you.",
        "Usted decide si confía en este emisor.",
    ),
    "open_badges_2": (
        "It is an Open Badge 2.0. Such badges are not signed in a way that this verifier can check.",
        "Es una insignia Open Badges 2.0. Este verificador no puede comprobar la firma de esas insignias.",
    ),
    "presentation": (
        "It is a presentation that wraps credentials, not a badge. Give the badge inside it.",
        "Es una presentación que envuelve credenciales, no una insignia. Entregue la insignia que contiene.",
    ),
    "comprehensive_record": (
        "It is a Comprehensive Learner Record, not a single badge.",
        "Es un registro integral de aprendizaje (CLR), no una sola insignia.",
    ),
    "endorsement_alone": (
        "It is an endorsement, not a badge.",
        "Es un aval, no una insignia.",
    ),
    "key_not_bound": (
        "The key that signed could not be tied to the issuer, so the issuer is not known.",
        "La clave que firmó no se pudo vincular al emisor, así que no se conoce al emisor.",
    ),
    "not_at_hand": (
        "A document that is needed is not at hand: {missing}",
        "Falta un documento necesario: {missing}",
    ),
    "not_fetched": (
        "A document that is needed could not be had: {missing}",
        "No se pudo obtener un documento necesario: {missing}",
    ),
    "no_fetcher": (
        "A document that is needed was not fetched: {missing}",
        "No se obtuvo un documento necesario: {missing}",
    ),
}

_VERDICTS = {
    "valid": (
        "The badge is genuine: signed by its issuer, unchanged, and in force.",
        "La insignia es auténtica: firmada por su emisor, sin cambios y vigente.",
    ),
    "invalid": (
        "The badge is not genuine, or is not as the standard asks.",
        "La insignia no es auténtica o no es como pide el estándar.",
    ),
    "unreadable": (
        "This could not be read as a badge, so nothing is said about whether it is genuine.",
        "Esto no se pudo leer como insignia, así que nada se dice sobre si es auténtica.",
    ),
    "unsupported": (
        "The badge uses something that this verifier does not support. That does not make it false.",
        "La insignia usa algo que este verificador no admite. Eso no la hace falsa.",
    ),
    "revoked": _OF_CODE["revoked"],
    "suspended": _OF_CODE["suspended"],
    "expired": (
        "The badge was genuine, but it is no longer in force.",
        "La insignia era auténtica, pero ya no está vigente.",
    ),
    "not-yet-valid": ("The badge is not in force yet.", "La insignia aún no está vigente."),
    "wrong-recipient": (
        "The badge is genuine, but it is not about the person who was named.",
        "La insignia es auténtica, pero no se refiere a la persona indicada.",
    ),
    "could-not-check": (
        "Not everything could be checked, so nothing is said about the badge yet.",
        "No se pudo comprobar todo, así que aún no se dice nada de la insignia.",
    ),
    "issuer-unknown": (
        "The signature fits, but the issuer is not known here.",
        "La firma es correcta, pero aquí no se conoce al emisor.",
    ),
}


class _Evidence(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def sentence_for(name: str, outcome: str, code: str, evidence: Mapping[str, str], language: Language) -> str:
    """The sentence of one check; the technical reason is used only for a code that nobody put into words."""
    place = 0 if language == "en" else 1
    pair = _OF_CODE.get(code) or _GENERAL.get((name, outcome), _NOT_REACHED)
    unnamed = (evidence.get("reason", f"code {code}"), f"código {code}")
    reason = REASONS.get(code, unnamed)[place]
    return pair[place].format_map(_Evidence({**evidence, "reason": f"{reason.rstrip('.')}."}))


def verdict_sentence(verdict: str, language: Language) -> str:
    """The sentence of a verdict."""
    pair = _VERDICTS[verdict]
    return pair[0] if language == "en" else pair[1]
