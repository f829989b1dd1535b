"""Scenes outside: the open door, the garden, the road, the tree, the book box, the fountain, the mural."""

import math

from ltitool.cli.demo_seed.pictures.ink import WIDTH, Sheet
from ltitool.cli.demo_seed.pictures.things import SKIN, bench, books, glow, hills, plant


def open_door(sheet: Sheet) -> None:
    """A door that stands open, with coats inside and a brick that holds it."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#wall)")
    for row in range(11):
        for column in range(12):
            x = column * 150 - 75 * (row % 2)
            sheet.rect(
                x, row * 90, 142, 82, c.wall[1], 3, opacity=f"{0.25 + sheet.chance.random() * 0.4:.2f}"
            )
    sheet.rect(0, 990, WIDTH, 210, "url(#floor)")
    with sheet.lifted():
        sheet.rect(520, 110, 560, 880, c.wood[1], 6)
    sheet.rect(560, 150, 480, 840, c.wall[0])
    glow(sheet, 800, 420, 430)
    sheet.rect(560, 800, 480, 190, c.floor[0])
    sheet.rect(590, 330, 420, 18, c.wood[0], 5)
    for number in range(5):
        x = 624 + number * 86
        with sheet.lifted():
            sheet.path(f"M{x} 352 q-36 26 -34 190 q34 22 68 0 q2 -164 -34 -190Z", c.bright[number])
    with sheet.lifted():
        sheet.shape([(560, 150), (560, 990), (300, 1070), (300, 200)], c.bright[2])
    for top, height in ((270, 270), (620, 330)):
        sheet.shape(
            [(340, top), (520, top - 20), (520, top + height - 40), (340, top + height)],
            c.ink,
            opacity="0.18",
        )
    sheet.oval(338, 640, 16, 16, c.bright[1])
    sheet.shape([(560, 990), (1040, 990), (1230, 1200), (470, 1200)], c.glow, opacity="0.5")
    for number in range(2):
        with sheet.lifted():
            sheet.rect(480 - number * 60, 990 + number * 62, 640 + number * 120, 64, c.wall[1], 4)
    with sheet.lifted():
        sheet.rect(270, 1040, 150, 70, c.bright[0], 8)
    for number in range(4):
        sheet.oval(295 + number * 33, 1075, 11, 11, c.bright[(number + 1) % 5])
    plant(sheet, 1300, 1080, 250)


def garden(sheet: Sheet) -> None:
    """Corn, beans and squash in a raised bed."""
    c = sheet.colors
    hills(sheet, 480)
    for number in range(9):
        _corn(sheet, 260 + number * 128 + sheet.around(22), 920, 430 + sheet.around(90))
    with sheet.lifted():
        sheet.rect(120, 900, 1360, 180, c.wood[0], 10)
        sheet.rect(120, 985, 1360, 12, c.wood[1], opacity="0.6")
        for x in (120, 1430):
            sheet.rect(x, 880, 50, 220, c.wood[1], 6)
    for number in range(11):
        _squash_leaf(
            sheet, 170 + number * 126 + sheet.around(26), 905 + sheet.around(22), 84 + sheet.around(16)
        )
    for x in (430, 880, 1210):
        with sheet.lifted():
            sheet.oval(x, 930, 70, 48, c.bright[1])
        sheet.curve(f"M{x} 884 q10 44 0 92", c.bright[0], 6, opacity="0.6")
    _watering_can(sheet, 1270, 1150)


def _corn(sheet: Sheet, x: float, y: float, tall: float) -> None:
    c = sheet.colors
    with sheet.lifted():
        sheet.curve(f"M{x} {y} q{sheet.around(26)} {-tall / 2} 0 {-tall}", c.leaf[1], 17)
        for number in range(5):
            at, side = y - tall * (0.22 + number * 0.15), (-1, 1)[number % 2]
            sheet.path(
                f"M{x} {at} q{side * 90} -90 {side * 165} 18 q{side * -80} -46 {side * -165} 10Z",
                c.leaf[number % 2],
            )
        sheet.oval(x + 20, y - tall * 0.55, 21, 58, c.bright[1])
        for turn in (-24, -8, 8, 24):
            with sheet.moved(x, y - tall, 1, turn):
                sheet.line([(0, 0), (0, -74)], c.glow, 6)


def _squash_leaf(sheet: Sheet, x: float, y: float, size: float) -> None:
    c = sheet.colors
    with sheet.moved(x, y, 1, sheet.around(30)), sheet.lifted():
        d = f"M0 {size * 0.5}"
        for number in range(5):
            turn = math.radians(150 + number * 60)
            tip = (math.cos(turn) * size, math.sin(turn) * size * 0.8)
            d += f" Q{tip[0] * 1.25:.1f} {tip[1] * 1.25:.1f} {tip[0] * 0.72:.1f} {tip[1] * 0.5:.1f}"
        sheet.path(d + "Z", c.leaf[sheet.chance.randrange(2)])
        sheet.line([(0, size * 0.4), (0, -size * 0.4)], c.glow, 4, opacity="0.5")


def _watering_can(sheet: Sheet, x: float, y: float) -> None:
    color = sheet.colors.bright[2]
    with sheet.lifted():
        sheet.curve(f"M{x - 70} {y - 170} c-10 -90 150 -90 140 0", color, 18)
        sheet.line([(x - 60, y - 60), (x - 210, y - 190)], color, 34)
        sheet.line([(x - 236, y - 168), (x - 186, y - 214)], color, 26)
        sheet.rect(x - 92, y - 170, 184, 176, color, 22)
    sheet.rect(x - 92, y - 120, 184, 14, sheet.colors.bright[4], opacity="0.5")


def road_bus(sheet: Sheet) -> None:
    """A bus on a long road."""
    c = sheet.colors
    hills(sheet, 470)
    with sheet.lifted():
        sheet.path(
            "M980 590 C760 690 1260 760 860 880 S500 1060 380 1240 "
            "H1000 C900 1080 1290 960 1210 850 S900 700 1010 590Z",
            c.floor[0],
        )
    sheet.curve(
        "M994 600 C800 700 1230 770 1030 880 S700 1060 690 1200",
        c.bright[4],
        8,
        stroke_dasharray="34 44",
        opacity="0.75",
    )
    for number in range(10):
        x, y = 90 + number * 165 + sheet.around(50), 1130 + sheet.around(60)
        for turn in (-34, -12, 12, 34):
            with sheet.moved(x, y, 1, turn + sheet.around(8)):
                sheet.line([(0, 0), (0, -66)], c.leaf[number % 2], 8)
    with sheet.moved(850, 815, 0.62), sheet.lifted():
        sheet.rect(0, -190, 470, 190, "#efb32f", 26)
        sheet.rect(452, -112, 92, 112, "#efb32f", 18)
        sheet.rect(0, -62, 540, 14, c.ink)
        for number in range(5):
            sheet.rect(28 + number * 82, -164, 62, 66, "#cfe3e6", 8)
        sheet.shape([(446, -164), (456, -164), (496, -100), (446, -100)], "#cfe3e6")
        for wheel in (110, 430):
            sheet.oval(wheel, 0, 50, 50, c.ink)
            sheet.oval(wheel, 0, 22, 22, "#b9bec0")
        sheet.oval(532, -50, 11, 14, c.glow)


def tree_bench(sheet: Sheet) -> None:
    """A bench in the shade of a broad tree."""
    c = sheet.colors
    hills(sheet, 540)
    with sheet.lifted():
        sheet.path("M-40 900 Q800 820 1640 900 V1240 H-40Z", c.leaf[0])
    sheet.oval(820, 1030, 640, 110, c.leaf[1], opacity="0.75")
    with sheet.lifted():
        sheet.path(
            "M990 1000 C1020 760 980 640 930 520 L1000 560 L1030 470 "
            "L1070 560 L1150 520 C1100 660 1120 800 1150 1000Z",
            c.wood[1],
        )
    for number in range(26):
        turn, far = number * 2.4, 36 * math.sqrt(number)
        x, y = 1020 + math.cos(turn) * far * 2.5, 380 + math.sin(turn) * far * 1.35
        with sheet.lifted():
            sheet.oval(
                x, y, 118 + sheet.around(20), 92 + sheet.around(16), c.leaf[number % 2], opacity="0.96"
            )
    for _ in range(34):
        turn, far = sheet.chance.uniform(0, math.tau), sheet.chance.uniform(0, 1)
        sheet.oval(
            1020 + math.cos(turn) * far * 400,
            350 + math.sin(turn) * far * 210,
            16,
            11,
            c.glow,
            opacity="0.35",
        )
    bench(sheet, 330, 1060, 600)


def library_box(sheet: Sheet) -> None:
    """A box of books on a post, for anybody who comes by."""
    c = sheet.colors
    hills(sheet, 560)
    with sheet.lifted():
        sheet.path("M-40 960 Q700 900 1640 980 V1240 H-40Z", c.leaf[0])
    with sheet.lifted():
        for number in range(9):
            sheet.shape(
                [
                    (60 + number * 190, 820),
                    (95 + number * 190, 780),
                    (130 + number * 190, 820),
                    (130 + number * 190, 1060),
                    (60 + number * 190, 1060),
                ],
                c.bright[4],
            )
        sheet.rect(0, 860, WIDTH, 36, c.bright[4])
        sheet.rect(0, 980, WIDTH, 36, c.bright[4])
    with sheet.lifted():
        sheet.rect(752, 760, 96, 440, c.wood[1], 6)
    with sheet.lifted():
        sheet.rect(480, 290, 640, 500, c.bright[0], 12)
    with sheet.lifted():
        sheet.shape([(420, 310), (800, 110), (1180, 310)], c.wood[0])
    sheet.rect(530, 350, 540, 400, c.ink, 6)
    glow(sheet, 800, 500, 300)
    books(sheet, 544, 540, 512, 170)
    sheet.rect(530, 540, 540, 16, c.wood[0])
    books(sheet, 544, 746, 512, 170)
    sheet.shape([(540, 740), (700, 360), (780, 360), (620, 740)], "#ffffff", opacity="0.13")
    for rect in (
        (516, 336, 568, 16),
        (516, 748, 568, 16),
        (516, 336, 16, 428),
        (1068, 336, 16, 428),
        (792, 336, 16, 428),
    ):
        sheet.rect(*rect, c.bright[1])
    sheet.oval(828, 560, 13, 13, c.bright[4])


def fountain(sheet: Sheet) -> None:
    """A fountain in a court of arches."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#wall)")
    for number in range(4):
        x = 60 + number * 390
        sheet.path(f"M{x} 720 V330 a155 155 0 0 1 310 0 V720Z", c.wood[1], opacity="0.85")
        sheet.path(f"M{x + 34} 720 V340 a121 121 0 0 1 242 0 V720Z", "url(#sky)")
        sheet.path(f"M{x + 34} 640 q120 -70 242 0 V720 h-242Z", c.hills[1])
    sheet.rect(0, 720, WIDTH, 480, "url(#floor)")
    sheet.shape([(0, 720), (700, 720), (300, 1200), (0, 1200)], c.ink, opacity="0.12")
    with sheet.lifted():
        sheet.oval(800, 1010, 520, 140, c.wall[1])
        sheet.rect(280, 900, 1040, 110, c.wall[1])
    for number in range(13):
        with sheet.moved(318 + number * 80, 965, 0.36):
            sheet.rect(-90, -90, 180, 180, c.bright[4])
            sheet.shape([(0, -84), (84, 0), (0, 84), (-84, 0)], c.bright[number % 2 * 2])
    with sheet.lifted():
        sheet.oval(800, 900, 520, 124, c.wall[0])
    sheet.oval(800, 902, 470, 100, c.bright[2])
    sheet.oval(760, 896, 300, 52, c.glow, opacity="0.3")
    with sheet.lifted():
        sheet.rect(762, 560, 76, 340, c.wall[0], 20)
        sheet.path("M560 540 h480 q-30 110 -240 110 t-240 -110Z", c.wall[0])
        sheet.oval(800, 540, 240, 42, c.bright[2])
    for side in (-1, 1):
        for reach in (120, 210):
            sheet.curve(
                f"M800 520 q{side * reach * 0.6} -190 {side * reach * 1.25} 330", "#ffffff", 9, opacity="0.62"
            )
    for x in (180, 1430):
        plant(sheet, x, 1110, 240)


def mural(sheet: Sheet) -> None:
    """A painted wall: mountains, a sun, and hands that reach for each other."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#sky)")
    with sheet.lifted():
        sheet.rect(90, 90, 1420, 900, c.wall[0], 4)
    sheet.rect(110, 110, 1380, 860, c.bright[2])
    for number in range(16):
        with sheet.moved(800, 520, 1, number * 22.5):
            sheet.shape([(-34, -150), (0, -420), (34, -150)], c.bright[number % 2])
    sheet.oval(800, 520, 180, 180, c.bright[1])
    sheet.oval(800, 520, 128, 128, c.glow)
    for points, color in (
        ([(110, 970), (110, 640), (330, 470), (620, 760), (700, 970)], c.bright[3]),
        ([(1490, 970), (1490, 600), (1290, 430), (1010, 740), (900, 970)], c.bright[0]),
        ([(300, 970), (620, 700), (800, 820), (1010, 690), (1330, 970)], c.hills[2]),
    ):
        sheet.shape(points, color)
    for number, skin in enumerate(SKIN):
        x = 330 + number * 310
        lean = (60, 30, -30, -60)[number]
        sheet.curve(f"M{x} 970 q{lean / 2} -140 {lean} -240", skin, 66)
        for spread in (-34, -12, 12, 34):
            sheet.line([(x + lean, 735), (x + lean + spread * 1.3, 636 + abs(spread))], skin, 20)
    for row in range(10):
        sheet.rect(110, 110 + row * 90, 1380, 4, c.ink, opacity="0.12")
    sheet.rect(0, 990, WIDTH, 210, "url(#floor)")
    sheet.rect(0, 990, WIDTH, 18, c.ink, opacity="0.3")
    plant(sheet, 190, 1120, 200)
    bench(sheet, 1000, 1110, 430)
