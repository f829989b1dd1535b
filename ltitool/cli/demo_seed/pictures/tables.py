"""Scenes from above: the map that is being corrected, and coffee."""

from ltitool.cli.demo_seed.pictures.ink import WIDTH, Sheet
from ltitool.cli.demo_seed.pictures.things import SKIN, arm, cup_from_above, glow

NODES = ((520, 420), (830, 330), (1100, 470), (640, 640), (950, 650), (1180, 760), (470, 800), (790, 850))


def _boards(sheet: Sheet) -> None:
    c = sheet.colors
    for number in range(7):
        sheet.rect(0, number * 176, WIDTH, 172, c.wood[0])
        for _ in range(5):
            y, x = number * 176 + sheet.chance.uniform(16, 156), sheet.chance.uniform(0, 1100)
            sheet.curve(
                f"M{x} {y} q180 {sheet.around(14)} {sheet.chance.uniform(260, 520)} 0",
                c.wood[1],
                4,
                opacity="0.4",
            )
        sheet.rect(0, number * 176 + 170, WIDTH, 6, c.wood[1])
    glow(sheet, 340, 200, 800)


def table_map(sheet: Sheet) -> None:
    """A drawn map under three hands and a red pencil."""
    c = sheet.colors
    _boards(sheet)
    with sheet.lifted("rotate(-2 800 600)"):
        sheet.rect(300, 180, 1010, 800, "#fbf6e6", 6)
    pairs = ((0, 1), (1, 2), (0, 3), (3, 4), (1, 4), (4, 5), (3, 6), (6, 7))
    for one, other in pairs:
        sheet.line([NODES[one], NODES[other]], c.ink, 7, opacity="0.75")
    for one, other in ((6, 4), (7, 2), (0, 5)):
        (x0, y0), (x1, y1) = NODES[one], NODES[other]
        sheet.curve(f"M{x0} {y0} Q{(x0 + x1) / 2 + 60} {(y0 + y1) / 2 - 110} {x1} {y1}", "#c22f22", 10)
    for number, (x, y) in enumerate(NODES):
        size = 58 if number % 3 else 74
        sheet.oval(x, y, size, size, c.bright[number % 5])
        sheet.oval(x, y, size, size, "none", stroke=c.ink, stroke_width="6")
        for row in (-10, 10):
            sheet.line([(x - size * 0.45, y + row), (x + size * 0.4, y + row)], c.ink, 6, opacity="0.5")
    arm(sheet, (150, 1240), (570, 830), c.bright[2], SKIN[2])
    arm(sheet, (1660, 330), (1180, 470), c.bright[0], SKIN[1])
    with sheet.lifted():
        sheet.line([(960, 690), (1090, 850)], "#c22f22", 24)
        sheet.shape([(944, 668), (974, 682), (950, 708)], "#f0d9b0")
    arm(sheet, (1350, 1260), (1010, 800), c.bright[3], SKIN[0])
    cup_from_above(sheet, 190, 260, 96, c.bright[4])


def coffee(sheet: Sheet) -> None:
    """Mugs, a thermos and a sheet of paper that everybody has written on."""
    c = sheet.colors
    _boards(sheet)
    with sheet.lifted("rotate(5 760 640)"):
        sheet.rect(430, 300, 700, 620, "#f7f0da", 4)
    with sheet.moved(440, 290, 1, 5):
        sheet.curve("M150 560 C180 330 420 420 400 240 S610 60 690 60", c.bright[2], 16)
        sheet.curve("M160 90 C330 190 420 130 660 400", c.bright[0], 12)
        sheet.curve("M60 330 C260 300 480 520 700 480", c.ink, 6, stroke_dasharray="20 18", opacity="0.7")
        for x, y in ((180, 430), (398, 300), (560, 140), (300, 165), (560, 330)):
            sheet.oval(x, y, 17, 17, c.bright[1])
            sheet.oval(x, y, 17, 17, "none", stroke=c.ink, stroke_width="5")
    spots = ((250, 380), (330, 860), (760, 1060), (1240, 980), (1330, 620), (1000, 170))
    for number, (x, y) in enumerate(spots):
        cup_from_above(sheet, x + sheet.around(26), y + sheet.around(20), 92, c.bright[number % 5])
    with sheet.lifted("rotate(18 1300 260)"):
        sheet.rect(1200, 130, 330, 150, c.bright[2], 40)
        sheet.rect(1150, 150, 70, 110, "#c9ced0", 16)
        sheet.rect(1300, 130, 26, 150, c.bright[4])
    with sheet.lifted():
        sheet.line([(560, 880), (720, 800)], c.bright[1], 20)
        sheet.shape([(548, 892), (560, 866), (576, 884)], c.ink)
