"""Every macro on one page, without the application: rendered by tests, looked at in a browser.

`python tests/unit/web/web_gallery.py FOLDER` writes the pages with the built assets beside them.
"""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from markupsafe import Markup
from PIL import Image, ImageDraw

from ltitool.web.arch import Stone, draw_arch
from ltitool.web.assets import DIST, read_assets

WEB = Path(__file__).resolve().parents[3] / "ltitool" / "web"
LANGUAGES = ("en", "es")

WORDS = {
    "en": {
        "title": "Where are decisions made?",
        "eyebrow": "Week 6 of 13",
        "lead": "Practice at your school. About forty minutes this week.",
        "next": "Next: add the groups that decide",
        "due": "due Thursday, March 19",
        "body": "Write down who decides about rooms, money and time. Start with what happened last week.",
        "send": "Send to your coach",
        "later": "Look at the map so far",
        "coach": "You noticed that the parents' room is full at four o'clock. Who knows that besides you?",
        "coach_name": "Dolores Whitfield, your coach, on Tuesday",
        "weeks": "All weeks",
        "words": "Words and notices",
        "good": "Your map is with your coach. She reads it before Thursday.",
        "care_title": "One photo shows a pupil's face",
        "care": "Cover the face or add the family's consent before anybody else sees it.",
        "stop": "We could not open this photo. Your caption is saved. Try a JPEG or take it again.",
        "info": "This shows that the badge is genuine. Whether it counts is your agency's decision.",
        "form": "Describe this photo",
        "error": "Write a caption: one sentence is enough",
        "error_lens": "Choose the lens that fits best",
        "name": "Your name, as it shall stand on the badge",
        "name_hint": "You can change this until the badge is made.",
        "licence": "License number",
        "caption": "Caption",
        "caption_hint": "What do you see that is strong here?",
        "lens": "Lens",
        "who": "Who is in it?",
        "who_hint": "Choose all that apply.",
        "kind": "What is it?",
        "choose": "Choose one",
        "photos": "Add photos",
        "photos_hint": "JPEG, PNG or WebP, up to 25 MB each.",
        "save": "Save for later",
        "discard": "Start over",
        "revoke": "Revoke this badge",
        "scoring": "Scoring",
        "evidence": "What was shown",
        "claim": "I asked the night custodian what he would change.\nNobody had asked him in eleven years.",
        "table": "Who takes part",
        "col_who": "Who",
        "col_kind": "Kind",
        "col_says": "What they decide",
        "criterion": "Shared power and voice",
        "level_hint": "Choose what the evidence shows, not what you hope.",
        "why": "Why this level?",
        "why_text": "Two claims cite the parents' own words.",
        "lock": "Lock my scores",
        "board": "Your cohort",
        "genuine": "Issued by Riverbend Institute on June 12, 2026; not revoked as of 14:05 today.",
        "details": "What we checked, step by step",
        "empty": "No photos yet",
        "empty_text": "Ten are plenty. Two of each kind tell a story.",
        "previous": "Week 5",
        "following": "Week 7",
        "about": "About this week",
    },
    "es": {
        "title": "¿Dónde se toman las decisiones?",
        "eyebrow": "Semana 6 de 13",
        "lead": "Práctica en su escuela. Unos cuarenta minutos esta semana.",
        "next": "Ahora: agregue los grupos que deciden",
        "due": "para el jueves 19 de marzo",
        "body": "Anote quién decide sobre las aulas, el dinero y el tiempo. Empiece por la semana pasada.",
        "send": "Enviar a su coach",
        "later": "Ver el mapa hasta ahora",
        "coach": "Usted notó que la sala de padres se llena a las cuatro. ¿Quién más lo sabe?",
        "coach_name": "Dolores Whitfield, su coach, el martes",
        "weeks": "Todas las semanas",
        "words": "Palabras y avisos",
        "good": "Su coach ya tiene su mapa. Lo lee antes del jueves.",
        "care_title": "En una foto se ve la cara de un alumno",
        "care": "Cubra la cara o agregue el permiso de la familia antes de que otros la vean.",
        "stop": "No pudimos abrir esta foto. Su texto está guardado. Pruebe con un JPEG o tómela otra vez.",
        "info": "Esto muestra que la insignia es auténtica. Si cuenta o no, lo decide su agencia.",
        "form": "Describa esta foto",
        "error": "Escriba un pie de foto: basta una frase",
        "error_lens": "Elija el enfoque que mejor encaje",
        "name": "Su nombre, como debe aparecer en la insignia",
        "name_hint": "Puede cambiarlo hasta que se haga la insignia.",
        "licence": "Número de licencia",
        "caption": "Pie de foto",
        "caption_hint": "¿Qué fortaleza ve aquí?",
        "lens": "Enfoque",
        "who": "¿Quién aparece?",
        "who_hint": "Elija todo lo que corresponda.",
        "kind": "¿Qué es?",
        "choose": "Elija una opción",
        "photos": "Agregar fotos",
        "photos_hint": "JPEG, PNG o WebP, hasta 25 MB cada una.",
        "save": "Guardar para después",
        "discard": "Empezar de nuevo",
        "revoke": "Revocar esta insignia",
        "scoring": "Evaluación",
        "evidence": "Lo que se mostró",
        "claim": "Le pregunté al conserje qué cambiaría.\nEn once años nadie se lo había preguntado.",
        "table": "Quiénes participan",
        "col_who": "Quién",
        "col_kind": "Tipo",
        "col_says": "Qué deciden",
        "criterion": "Poder y voz compartidos",
        "level_hint": "Elija lo que muestra la evidencia, no lo que espera.",
        "why": "¿Por qué este nivel?",
        "why_text": "Dos afirmaciones citan las palabras de las familias.",
        "lock": "Cerrar mi evaluación",
        "board": "Su grupo",
        "genuine": "Emitida por Riverbend Institute el 12 de junio; no revocada a las 14:05 de hoy.",
        "details": "Lo que comprobamos, paso a paso",
        "empty": "Todavía no hay fotos",
        "empty_text": "Diez bastan. Personas, grupos, estructuras, clima, cultura: dos de cada una.",
        "previous": "Semana 5",
        "following": "Semana 7",
        "about": "Sobre esta semana",
    },
}

LONG = "Unabhängigkeitserklärungsgedenkfeierlichkeiten" * 4


def catalogue(language: str) -> NullTranslations:
    """The shipped catalogue, compiled here so that no built file is needed."""
    po = WEB / "translations" / language / "LC_MESSAGES" / "messages.po"
    if not po.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with po.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def environment(language: str, asset_url: Callable[[str], str], **more: Any) -> jinja2.Environment:
    """A plain Jinja environment with every template global as a stub."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([WEB / "templates", Path(__file__).parent]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    env.filters["dateformat"] = lambda at, form: format_date(at, form, locale=language)
    env.filters["timeformat"] = lambda at, form: format_time(at, form, locale=language)
    env.globals.update(
        asset_url=asset_url,
        csrf_field=lambda: Markup('<input type="hidden" name="csrf_token" value="token">'),
        below_visit=lambda path: path,
        draft_shown_since=lambda _action: dt.datetime(2026, 3, 17, 14, 3, tzinfo=dt.UTC),
        home_url=lambda: "/home",
        language_links=lambda: [
            SimpleNamespace(code=code, label=label, url=f"?lang={code}", current=code == language)
            for code, label in (("en", "English"), ("es", "Español"))
        ],
        locale=lambda: language,
        new_tab=lambda: SimpleNamespace(
            action="/tab", ticket="ticket", next="/l/abc/", fresh="/l/abc/tab-ticket"
        ),
        place=lambda: SimpleNamespace(
            organisation="Riverbend Institute",
            course="Collaborative Leadership, spring",
            person="Ana María Ñáñez",
        ),
        request=SimpleNamespace(full_path="/l/abc/photos/1?"),
        url_for=lambda endpoint, **_values: "/" + endpoint.replace(".", "/"),
    )
    env.globals.update(more)
    return env


def steps(done: int, count: int = 13) -> list[Stone]:
    """An arch in which `done` stones stand."""
    state = {True: "done", False: "ahead"}
    return [
        Stone(f"Week {n + 1} of {count}", "now" if n == done else state[n < done])  # type: ignore[arg-type]
        for n in range(count)
    ]


def context(language: str) -> dict[str, Any]:
    """What the gallery shows."""
    words = SimpleNamespace(**WORDS[language])
    arch = functools.partial(draw_arch, title=words.weeks, description=words.eyebrow)
    week = [
        SimpleNamespace(
            number=n,
            title=words.title if n == 6 else f"{words.body[:40]} {n}",
            state="done" if n < 5 else {5: "late", 6: "needs_you"}.get(n, "ahead"),
            url=f"#week-{n}" if n <= 6 else None,
            due=words.due if n in {5, 6} else None,
            current=n == 6,
        )
        for n in range(1, 14)
    ]
    return {
        "words": words,
        "arches": SimpleNamespace(now=arch(steps(5)), empty=arch(steps(-1)), full=arch(steps(13))),
        "week_items": week,
        "week_stones": [
            SimpleNamespace(label=f"{item.number}: {item.state}", state=item.state) for item in week
        ],
        "lens_options": [
            ("people", "People", "Who makes this place work?"),
            ("groups", "Groups"),
            ("culture", LONG),
        ],
        "who_options": [("nobody", "Nobody"), ("pupils", "Pupils", words.care), ("staff", "Staff")],
        "kind_options": [("person", "Person"), ("group", "Group")],
        "lens_coverage": [("People", True), ("Groups", True), ("Structures", False), ("Climate", True)],
        "photos": [
            SimpleNamespace(
                src=f"photo-{n}.png",
                alt=f"Photo {n}",
                height=height,
                caption=caption,
                lens="People",
                state=state,
            )
            for n, height, caption, state in (
                (1, 360, words.coach, "done"),
                (2, 640, LONG, "draft"),
                (3, 270, words.body * 4, "sent"),
                (4, 360, words.empty, "needs_you"),
            )
        ],
        "table_rows": [
            {"cells": ["Budget committee", "Group", words.body], "attrs": {"data-map-item": "n1"}},
            ["Ms Okafor", "Person", "Rooms after four"],
            [LONG, "Group", ""],
        ],
        "levels": [
            SimpleNamespace(value=n, name=name, text=words.body)
            for n, name in enumerate(("Beginning", "Growing", "Strong", "Leading"), 1)
        ],
        "board": [
            SimpleNamespace(name=name, state=state, news=words.care, stones=steps(done))
            for name, state, done in (
                ("Ana María Ñáñez", "needs_you", 5),
                (LONG, "late", 3),
                ("T. Osei", "done", 13),
            )
        ],
        "facts": [
            ("Person", "Matches the name you typed"),
            ("Clock hours", "38.5"),
            ("Issuer", "did:web:" + LONG),
        ],
        "checks": [
            SimpleNamespace(number=n, title=title, outcome=outcome, detail=words.body, evidence=None)
            for n, title, outcome in (
                (1, "Signature", "passed"),
                (2, "Status", "failed"),
                (3, LONG, "unchecked"),
            )
        ],
    }


def render(language: str, asset_url: Callable[[str], str] = lambda name: f"/static/dist/{name}") -> str:
    """The gallery in one language."""
    return environment(language, asset_url).get_template("gallery.html").render(context(language))


def draw_photos(folder: Path) -> None:
    """Stand-ins for photos: a landscape, a portrait, a wide one, a square one."""
    for n, (height, colour) in enumerate(
        ((360, "#7d8f6f"), (640, "#a98467"), (270, "#6f8296"), (360, "#b7a06a")), 1
    ):
        picture = Image.new("RGB", (480, height), colour)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((150, height // 4, 330, height // 4 + 180), fill="#e8dcc4")
        draw.rectangle((0, height * 3 // 4, 480, height), fill="#4b4a45")
        picture.save(folder / f"photo-{n}.png")


def write_pages(folder: Path) -> list[Path]:
    """Write the pages and what they need; the assets must have been built."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_photos(folder)
    shutil.copytree(DIST, folder / "static" / "dist", dirs_exist_ok=True)
    assets = read_assets()
    pages = []
    for language in LANGUAGES:
        page = folder / f"{language}.html"
        page.write_text(render(language, assets.url), encoding="utf-8")
        pages.append(page)
    return pages


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the pages with the tool's own policy, so that what it would refuse is refused here."""

    def end_headers(self) -> None:
        policy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'"
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; gives its address."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


if __name__ == "__main__":
    for written in write_pages(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
