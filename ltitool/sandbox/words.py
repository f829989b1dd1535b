"""Everything the practice LMS says to people, in English and Spanish, and how it writes dates and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ltitool.sandbox.behaviour_words import BEHAVIOUR_WORDS

if TYPE_CHECKING:
    from datetime import datetime

LOCALES: Final = ("en", "es")

# Each phrase in the order of LOCALES.
_SAID: Final[dict[str, tuple[str, str]]] = {
    **BEHAVIOUR_WORDS,
    "lms": ("Practice LMS", "LMS de práctica"),
    "skip": ("Skip to the page", "Ir al contenido"),
    "language": ("Language", "Idioma"),
    "signed-in-as": ("Signed in as", "Sesión de"),
    "change-person": ("Change person", "Cambiar de persona"),
    "courses": ("Courses", "Cursos"),
    "your-courses": ("Your courses", "Sus cursos"),
    "no-courses": ("You are not in a course yet.", "Todavía no está en ningún curso."),
    "activities": ("Activities", "Actividades"),
    "gradebook": ("Gradebook", "Calificaciones"),
    "people": ("People", "Personas"),
    "this-course": ("This course", "Este curso"),
    "sign-in": ("Who are you today?", "¿Quién es usted hoy?"),
    "sign-in-lead": (
        "This is an LMS to practice with. Choose a person and see the courses as they do. No passwords.",
        "Este es un LMS para practicar. Elija una persona para ver los cursos como ella; no hay contraseñas.",
    ),
    "district-staff": ("District", "Distrito"),
    "administrator": ("LMS administrator", "Administración del LMS"),
    "learner": ("Participant", "Participante"),
    "non-editing-teacher": ("Teacher (non-editing)", "Docente (sin edición)"),
    "teacher": ("Teacher", "Docente"),
    "open-new-tab": ("Open in a new tab", "Abrir en una pestaña nueva"),
    "frame-title": ("{title}, opened in the tool", "{title}, abierto en la herramienta"),
    "storage": ("Notes that a tool keeps here", "Notas que guarda aquí una herramienta"),
    "external": ("External tool", "Herramienta externa"),
    "graded": ("Graded, out of {maximum}", "Con calificación, sobre {maximum}"),
    "back-to-course": ("Back to the course", "Volver al curso"),
    "forwarding": ("One moment", "Un momento"),
    "forwarding-lead": ("We are passing you on to {title}.", "Le estamos llevando a {title}."),
    "the-tool": ("the tool", "la herramienta"),
    "continue": ("Continue", "Continuar"),
    "name": ("Name", "Nombre"),
    "role": ("Role", "Rol"),
    "position": ("Position", "Cargo"),
    "school": ("School", "Escuela"),
    "email": ("Email", "Correo"),
    "no-grade": ("No grade yet", "Sin calificación"),
    "no-columns": ("There is nothing to grade in this course.", "En este curso no hay nada que calificar."),
    "out-of": ("{score} of {maximum}", "{score} de {maximum}"),
    "not-final": ("not final", "no definitiva"),
    "received": ("Received {time}", "Recibida el {time}"),
    "gradebook-lead": (
        "Grades arrive here from the tool. A newer grade replaces the one before it.",
        "Las calificaciones llegan desde la herramienta. Una más reciente sustituye a la anterior.",
    ),
    "gradebook-own": ("You see your own grades.", "Usted ve sus propias calificaciones."),
    "Initialized": ("Not begun", "Sin empezar"),
    "Started": ("Begun", "Empezada"),
    "InProgress": ("In progress", "En curso"),
    "Submitted": ("Submitted", "Entregada"),
    "Completed": ("Completed", "Completada"),
    "FullyGraded": ("Graded", "Calificada"),
    "Pending": ("Grade to come", "Calificación pendiente"),
    "PendingManual": ("Waiting for a person to grade", "A la espera de que alguien califique"),
    "Failed": ("Grading failed", "La calificación falló"),
    "NotReady": ("Nothing to grade yet", "Aún no hay qué calificar"),
    "problem": ("This did not work", "Esto no funcionó"),
    "problem-400": ("The request was not one that we can follow.", "No pudimos seguir esta solicitud."),
    "problem-403": ("That is not open to you.", "Eso no está abierto para usted."),
    "problem-404": (
        "There is no such page, or it is not open to the person you are signed in as.",
        "Esa página no existe, o no está abierta para la persona con la que inició sesión.",
    ),
    "problem-405": ("This address is not opened that way.", "Esta dirección no se abre de ese modo."),
    "problem-413": ("That was more than we accept.", "Eso es más de lo que aceptamos."),
    "problem-500": ("Something broke on our side.", "Algo falló de nuestro lado."),
    "open-work": ("Open the work", "Abrir el trabajo"),
    "add-links": ("Add from the tool", "Añadir desde la herramienta"),
    "links-frame": ("What the tool offers for this course", "Lo que la herramienta ofrece para este curso"),
    "links-added": ("Added to the course", "Añadido al curso"),
    "links-none": ("Nothing was added.", "No se añadió nada."),
    "tools": ("Tools", "Herramientas"),
    "tools-lead": (
        "A tool registers itself with this LMS. Paste the link that its operator gave you.",
        "Una herramienta se registra en este LMS. Pegue el enlace que le dieron.",
    ),
    "registration-link": ("Registration link", "Enlace de registro"),
    "start-registration": ("Start the registration", "Iniciar el registro"),
    "registration-frame": ("Registration page of the tool", "Página de registro de la herramienta"),
    "known-tools": ("Registered tools", "Herramientas registradas"),
    "no-tools": ("No tool has registered itself yet.", "Ninguna herramienta se ha registrado todavía."),
    "tool-active": ("Launches go to this one", "Los accesos van a esta"),
    "activate": ("Send launches to this one", "Enviar los accesos a esta"),
    "activate-usual": ("Send launches to the usual tool", "Enviar los accesos a la herramienta habitual"),
    "client-id": ("Client id", "Id. de cliente"),
    "deployment-id": ("Deployment", "Implementación"),
    "privacy": ("Data privacy", "Privacidad de datos"),
    "privacy-lead": (
        "See in the tool what it keeps about a person, take a copy, or have it erased.",
        "Vea en la herramienta lo que guarda sobre una persona, llévese una copia o pida que se borre.",
    ),
    "privacy-open": ("What the tool keeps about {name}", "Lo que la herramienta guarda sobre {name}"),
    "copy-course": ("Copy this course", "Copiar este curso"),
    "copy-lead": (
        "The copy keeps the activities and drops the people. You will be its teacher.",
        "La copia conserva las actividades y deja fuera a las personas. Usted será su docente.",
    ),
    "copy-title": ("{title} (copy)", "{title} (copia)"),
    "go-home": ("Go to the start page", "Ir a la página de inicio"),
    "footer": (
        "{district}. A practice LMS for trying an LTI 1.3 tool.",
        "{district}. Un LMS de práctica para probar una herramienta LTI 1.3.",
    ),
}

_MONTHS: Final = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}


def say(locale: str, key: str, **values: str) -> str:
    """Give one phrase in a language; an unknown key is a mistake of ours and raises KeyError."""
    return _SAID[key][LOCALES.index(locale)].format(**values)


def write_moment(locale: str, moment: datetime) -> str:
    """Write a moment in UTC, as this LMS keeps no time zones: Nov 21, 2026, 14:05 UTC."""
    month = _MONTHS[locale][moment.month - 1]
    day = f"{month} {moment.day}, {moment.year}" if locale == "en" else f"{moment.day} {month} {moment.year}"
    return f"{day}, {moment:%H:%M} UTC"


def write_number(number: float) -> str:
    """Write a score without needless decimals; Spanish in the United States has the same decimal point."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
