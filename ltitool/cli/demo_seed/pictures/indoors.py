"""Scenes inside: the circle of chairs, the hatch, the notice board, the calendar, the quilt, the drums."""

import math

from ltitool.cli.demo_seed.pictures.ink import WIDTH, Sheet
from ltitool.cli.demo_seed.pictures.things import (
    SKIN,
    arm,
    bench,
    glow,
    mug,
    plant,
    room,
    steam,
    window,
)

SHAWL = 4  # on this chair somebody left one


def circle(sheet: Sheet) -> None:
    """Eleven chairs around a rug."""
    c = sheet.colors
    room(sheet, 560)
    for x in (150, 640, 1130):
        window(sheet, x, 90, 320, 320)
    sheet.shape([(150, 560), (470, 560), (980, 1200), (420, 1200)], c.glow, opacity="0.28")
    sheet.shape([(640, 560), (960, 560), (1500, 1200), (1040, 1200)], c.glow, opacity="0.24")
    with sheet.lifted():
        sheet.oval(800, 840, 400, 150, c.bright[0])
    for ring, color in ((0.84, c.bright[1]), (0.7, c.bright[0]), (0.52, c.bright[4]), (0.4, c.bright[2])):
        sheet.oval(800, 840, 400 * ring, 150 * ring, color)
    turns = sorted((math.tau * (number + 0.5) / 11 for number in range(11)), key=math.sin)
    for number, turn in enumerate(turns):
        _chair(sheet, 800 + 590 * math.cos(turn), 800 + 225 * math.sin(turn), turn, shawl=number == SHAWL)


def _chair(sheet: Sheet, x: float, y: float, turn: float, *, shawl: bool) -> None:
    """Draw a chair that faces the middle: from in front we see its back."""
    c = sheet.colors
    near = math.sin(turn)
    with sheet.moved(x, y, 1 + near * 0.3), sheet.lifted():
        for leg in (-46, 40):
            sheet.rect(leg, 0, 11, 120, c.wood[1], 3)
        if near <= 0:
            _chair_back(sheet, shawl=shawl)
        sheet.oval(0, 0, 62, 27, c.wood[0])
        sheet.oval(0, -5, 56, 22, c.bright[1], opacity="0.45")
        if near > 0:
            _chair_back(sheet, shawl=shawl)


def _chair_back(sheet: Sheet, *, shawl: bool) -> None:
    c = sheet.colors
    for post in (-54, 42):
        sheet.rect(post, -150, 12, 160, c.wood[1], 5)
    for bar in (-148, -112, -76):
        sheet.rect(-52, bar, 104, 22, c.wood[0], 8)
    if shawl:
        sheet.path("M-60 -154 q60 -18 120 0 l-6 96 q-52 20 -108 2Z", c.bright[3])
        sheet.curve("M-52 -96 q52 16 104 0", c.bright[1], 7)


def kitchen_hatch(sheet: Sheet) -> None:
    """A serving hatch with a pot, bowls and two pairs of hands."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#wall)")
    for row in range(12):
        for column in range(14):
            shade = "0.16" if sheet.chance.random() < 0.3 else "0.05"  # noqa: PLR2004 - about every third tile
            sheet.rect(column * 120 - 60 * (row % 2), row * 104, 112, 96, c.bright[2], 4, opacity=shade)
    with sheet.lifted():
        sheet.rect(210, 130, 1180, 640, c.wood[0], 10)
    sheet.rect(250, 170, 1100, 600, c.ink)
    glow(sheet, 800, 330, 520)
    sheet.rect(250, 330, 1100, 22, c.wood[1])
    for number in range(7):
        x = 320 + number * 150
        sheet.rect(x, 240 + sheet.around(16), 92, 90, sheet.bright(), 10)
    with sheet.lifted():
        sheet.rect(120, 760, 1360, 64, "#c8ced0", 8)
        sheet.rect(120, 812, 1360, 26, "#9aa4a8", 6)
    steam(sheet, 540, 440)
    with sheet.lifted():
        sheet.rect(370, 530, 340, 232, c.bright[2], 26)
        sheet.rect(330, 520, 420, 42, c.bright[2], 18)
    for number in range(6):
        with sheet.lifted():
            sheet.path(f"M1130 {730 - number * 32} h190 q-16 60 -95 60 t-95 -60Z", c.bright[number % 2 * 4])
    arm(sheet, (860, 360), (880, 690), c.bright[1], SKIN[0])
    arm(sheet, (1040, 360), (1000, 690), c.bright[1], SKIN[0])
    with sheet.lifted():
        sheet.path("M820 690 h240 q-14 98 -120 98 t-120 -98Z", c.bright[4])
        sheet.oval(940, 690, 120, 26, c.bright[0])
    arm(sheet, (760, 1230), (830, 770), c.bright[3], SKIN[1])
    arm(sheet, (1120, 1230), (1050, 770), c.bright[3], SKIN[1])


def noticeboard(sheet: Sheet) -> None:
    """A board full of notes, kept by somebody who cares."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#wall)")
    glow(sheet, 300, 100, 720)
    with sheet.lifted():
        sheet.rect(150, 100, 1300, 780, c.wood[0], 14)
    sheet.rect(190, 140, 1220, 700, "#c99a62")
    for _ in range(420):
        sheet.oval(
            sheet.chance.uniform(195, 1405), sheet.chance.uniform(145, 835), 3, 2, "#a87844", opacity="0.6"
        )
    for row in range(3):
        for column in range(6):
            if (row, column) not in {(1, 2), (1, 3)}:
                _note(sheet, 285 + column * 205 + sheet.around(22), 250 + row * 222 + sheet.around(18))
    _picture_of_garden(sheet)
    with sheet.lifted():
        sheet.rect(240, 960, 1120, 38, c.wood[0], 8)
    plant(sheet, 420, 960, 170)
    mug(sheet, 1130, 960, 110, c.bright[2])
    for number in range(4):
        sheet.line([(1108 + number * 15, 870), (1096 + number * 22, 770 + number * 8)], c.bright[number], 12)


def _note(sheet: Sheet, x: float, y: float) -> None:
    w, h = sheet.chance.uniform(140, 180), sheet.chance.uniform(150, 190)
    paper = sheet.chance.choice(("#fbf4dd", "#f6dcc2", "#d8e6df", "#e8ddec", "#fdfbf4"))
    with sheet.moved(x, y, 1, sheet.around(6)):
        with sheet.lifted():
            sheet.rect(-w / 2, -h / 2, w, h, paper, 3)
        sheet.rect(-w / 2 + 16, -h / 2 + 26, w * 0.5, 13, sheet.bright(), 4)
        for row in range(int((h - 70) // 22)):
            length = (w - 34) * sheet.chance.uniform(0.55, 1)
            top = -h / 2 + 58 + row * 22
            sheet.line([(-w / 2 + 17, top), (-w / 2 + 17 + length, top)], sheet.colors.ink, 5, opacity="0.4")
        sheet.oval(0, -h / 2 + 10, 11, 11, sheet.bright())


def _picture_of_garden(sheet: Sheet) -> None:
    c = sheet.colors
    with sheet.lifted(), sheet.moved(800, 478, 1, -2):
        sheet.rect(-165, -110, 330, 220, "#fdfbf4", 4)
        sheet.rect(-145, -92, 290, 184, "url(#sky)")
        sheet.oval(80, -40, 34, 34, c.bright[1])
        sheet.path("M-145 40 q80 -66 150 -20 t140 -10 V92 H-145Z", c.leaf[0])
        for number in range(6):
            sheet.line([(-110 + number * 40, 84), (-110 + number * 40, 30)], c.leaf[1], 9)
        sheet.oval(0, -106, 12, 12, c.bright[0])


def calendar(sheet: Sheet) -> None:
    """A month on the wall that many hands may write into."""
    c = sheet.colors
    room(sheet, 930)
    glow(sheet, 1350, 120, 640)
    with sheet.lifted("rotate(-0.6 800 420)"):
        sheet.rect(300, 90, 1000, 700, "#fdfaf1", 6)
    sheet.rect(300, 90, 1000, 96, c.bright[2], 6)
    for number in range(5):
        sheet.oval(420 + number * 190, 88, 15, 15, c.ink)
    for number in range(7):
        sheet.rect(352 + number * 134, 122, 80, 26, c.bright[4], 6, opacity="0.8")
    for row in range(5):
        for column in range(7):
            _day(sheet, 330 + column * 134, 212 + row * 112)
    with sheet.lifted():
        sheet.curve("M1330 150 C1420 330 1300 420 1392 560", c.ink, 5)
        sheet.line([(1392, 560), (1420, 690)], c.bright[0], 22)
    bench(sheet, 430, 1090, 760)
    mug(sheet, 590, 1010, 104, c.bright[3])
    mug(sheet, 990, 1010, 104, c.bright[1])


def _day(sheet: Sheet, x: float, y: float) -> None:
    c = sheet.colors
    sheet.rect(x, y, 124, 102, "#f3eddc", 5)
    sheet.rect(x + 9, y + 9, 20, 13, c.ink, 3, opacity="0.35")
    for number in range(sheet.chance.choice((0, 1, 1, 2, 3))):
        sheet.rect(x + 10, y + 34 + number * 21, sheet.chance.uniform(50, 104), 15, sheet.bright(), 6)


def quilt(sheet: Sheet) -> None:
    """A quilt on a wall, each block sewn by somebody else."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#wall)")
    glow(sheet, 260, 180, 700)
    with sheet.lifted():
        sheet.line([(170, 110), (1430, 110)], c.wood[1], 26)
    for x in (170, 1430):
        sheet.oval(x, 110, 26, 26, c.wood[0])
    with sheet.lifted():
        sheet.path("M235 118 H1365 V1068 q-282 26 -565 0 t-565 0Z", c.bright[4])
    kinds = (_diamonds, _stairs, _star, _half)
    for row in range(5):
        for column in range(6):
            if (row, column) == (4, 5):
                continue  # left free, for whoever comes
            with sheet.moved(262 + column * 180, 142 + row * 180):
                first, second, third = sheet.chance.sample(c.bright, 3)
                sheet.rect(0, 0, 172, 172, first)
                sheet.chance.choice(kinds)(sheet, second, third)
                sheet.rect(
                    7,
                    7,
                    158,
                    158,
                    "none",
                    stroke=c.ink,
                    stroke_width="2",
                    stroke_dasharray="9 8",
                    opacity="0.45",
                )


def _diamonds(sheet: Sheet, one: str, other: str) -> None:
    sheet.shape([(86, 4), (168, 86), (86, 168), (4, 86)], one)
    sheet.shape([(86, 44), (128, 86), (86, 128), (44, 86)], other)


def _stairs(sheet: Sheet, one: str, other: str) -> None:
    for number in range(4):
        sheet.rect(number * 22, number * 22, 172 - number * 44, 172 - number * 44, (one, other)[number % 2])


def _star(sheet: Sheet, one: str, other: str) -> None:
    for turn in range(8):
        with sheet.moved(86, 86, 1, turn * 45):
            sheet.shape([(0, 0), (26, -40), (0, -82), (-26, -40)], (one, other)[turn % 2])


def _half(sheet: Sheet, one: str, other: str) -> None:
    sheet.shape([(0, 0), (172, 0), (0, 172)], one)
    sheet.shape([(172, 86), (172, 172), (86, 172)], other)


def drums(sheet: Sheet) -> None:
    """Three drums on a rug, before anybody has come."""
    c = sheet.colors
    room(sheet, 640)
    window(sheet, 170, 110, 300, 330)
    glow(sheet, 1240, 210, 560)
    with sheet.lifted():
        sheet.shape([(1150, 90), (1330, 90), (1390, 250), (1090, 250)], c.bright[1])
        sheet.rect(1232, 250, 16, 480, c.wood[1])
    with sheet.lifted():
        sheet.oval(800, 1010, 700, 150, c.bright[0])
    for ring, color in ((0.9, c.bright[1]), (0.82, c.bright[3]), (0.6, c.bright[4]), (0.52, c.bright[0])):
        sheet.oval(800, 1010, 700 * ring, 150 * ring, color)
    _drum(sheet, 500, 560, 170, 400)
    _drum(sheet, 1110, 650, 150, 320)
    _drum(sheet, 800, 720, 190, 300)


def _drum(sheet: Sheet, x: float, y: float, radius: float, tall: float) -> None:
    c = sheet.colors
    low = radius * 0.82
    with sheet.lifted():
        sheet.path(
            f"M{x - radius} {y} L{x - low} {y + tall} "
            f"Q{x} {y + tall + 60} {x + low} {y + tall} L{x + radius} {y}Z",
            c.wood[0],
        )
    steps = 9
    for number in range(steps):
        left = x - radius + number * 2 * radius / steps
        middle, right = left + radius / steps, left + 2 * radius / steps
        sheet.line([(left, y + 44), (middle, y + tall * 0.74), (right, y + 44)], c.bright[4], 6)
    sheet.path(f"M{x - radius} {y} v34 Q{x} {y + 100} {x + radius} {y + 34} v-34Z", c.bright[0])
    with sheet.lifted():
        sheet.oval(x, y, radius, radius * 0.3, "#f1e2c4")
    sheet.oval(x - radius * 0.1, y, radius * 0.5, radius * 0.14, "#dcc59a", opacity="0.8")
