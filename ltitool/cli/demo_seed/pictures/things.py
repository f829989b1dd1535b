"""Things that several scenes need: windows, hands, mugs, plants, hills."""

import math

from ltitool.cli.demo_seed.pictures.ink import WIDTH, Sheet

SKIN = ("#8d5a3c", "#c68a5e", "#6b4029", "#e0b088")


def room(sheet: Sheet, horizon: float) -> None:
    """Draw a wall and a floor."""
    sheet.rect(0, 0, WIDTH, horizon, "url(#wall)")
    sheet.rect(0, horizon, WIDTH, 1200 - horizon, "url(#floor)")
    for number in range(9):
        left, right = number * 200 - 40, (number * 200 - 800) * 2.2 + 780
        sheet.line([(left, horizon), (right, 1200)], sheet.colors.floor[1], 3, opacity="0.5")
    sheet.rect(0, horizon - 26, WIDTH, 26, sheet.colors.wall[1])
    sheet.rect(0, horizon - 4, WIDTH, 6, sheet.colors.wood[1], opacity="0.5")


def window(sheet: Sheet, x: float, y: float, w: float, h: float) -> None:
    """Draw a window with the land outside, and the light that it throws."""
    c = sheet.colors
    with sheet.lifted():
        sheet.rect(x - 16, y - 16, w + 32, h + 40, c.bright[4], 6)
    sheet.rect(x, y, w, h, "url(#sky)")
    sheet.path(
        f"M{x} {y + h * 0.72} q{w * 0.3} {-h * 0.2} {w * 0.55} {-h * 0.05} "
        f"t{w * 0.45} {-h * 0.03} V{y + h} H{x}Z",
        c.hills[0],
    )
    sheet.path(f"M{x} {y + h * 0.84} q{w * 0.4} {-h * 0.12} {w} {-h * 0.02} V{y + h} H{x}Z", c.hills[1])
    sheet.rect(x + w / 2 - 5, y, 10, h, c.bright[4])
    sheet.rect(x, y + h * 0.45, w, 10, c.bright[4])
    sheet.rect(x - 26, y + h + 16, w + 52, 18, c.wood[0], 4)


def glow(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """Let light fall."""
    sheet.oval(x, y, radius, radius, "url(#glow)")


def hills(sheet: Sheet, horizon: float) -> None:
    """Draw sky, sun and three rows of hills."""
    c = sheet.colors
    sheet.rect(0, 0, WIDTH, 1200, "url(#sky)")
    sun = 380 + sheet.around(160)
    glow(sheet, sun, horizon - 190, 420)
    sheet.oval(sun, horizon - 190, 74, 74, c.glow)
    for number, color in enumerate(c.hills):
        base = horizon + number * 85
        bend = 120 + sheet.around(50)
        with sheet.lifted():
            sheet.path(
                f"M-40 {base} C300 {base - bend} 520 {base + 30} 800 {base - 40 - sheet.around(30)} "
                f"S1300 {base - bend} 1640 {base - 10} V1240 H-40Z",
                color,
            )


def arm(sheet: Sheet, start: tuple[float, float], end: tuple[float, float], sleeve: str, skin: str) -> None:
    """Draw a forearm with a hand that points to `end`; there is never more of a person."""
    (x0, y0), (x1, y1) = start, end
    wrist = (x0 + (x1 - x0) * 0.72, y0 + (y1 - y0) * 0.72)
    turn = math.atan2(y1 - y0, x1 - x0)
    with sheet.lifted():
        sheet.line([start, wrist], skin, 78)
        sheet.line([start, (x0 + (wrist[0] - x0) * 0.8, y0 + (wrist[1] - y0) * 0.8)], sleeve, 116)
        for number, spread in enumerate((-0.34, -0.12, 0.1, 0.3)):
            length = (92, 112, 106, 84)[number]
            tip = (wrist[0] + math.cos(turn + spread) * length, wrist[1] + math.sin(turn + spread) * length)
            sheet.line([wrist, tip], skin, 27)
        thumb = turn + 0.95
        sheet.line([wrist, (wrist[0] + math.cos(thumb) * 72, wrist[1] + math.sin(thumb) * 72)], skin, 28)
        sheet.oval(wrist[0], wrist[1], 46, 46, skin)


def mug(sheet: Sheet, x: float, y: float, size: float, color: str) -> None:
    """Draw a mug from the side."""
    with sheet.lifted():
        sheet.curve(
            f"M{x + size * 0.45} {y - size * 0.75} "
            f"c{size * 0.45} 0 {size * 0.45} {size * 0.5} 0 {size * 0.5}",
            color,
            size * 0.12,
        )
        sheet.rect(x - size * 0.45, y - size, size * 0.9, size, color, size * 0.12)
    sheet.rect(
        x - size * 0.45, y - size * 0.36, size * 0.9, size * 0.09, sheet.colors.bright[4], opacity="0.6"
    )


def cup_from_above(sheet: Sheet, x: float, y: float, size: float, color: str) -> None:
    """Draw a mug seen from above, with coffee."""
    with sheet.lifted():
        sheet.line([(x, y), (x + size * 1.32, y + size * 0.3)], color, size * 0.24)
        sheet.oval(x, y, size, size, color)
    sheet.oval(x, y, size * 0.8, size * 0.8, "#3d2417")
    sheet.oval(x - size * 0.2, y - size * 0.22, size * 0.34, size * 0.2, "#6b4630", opacity="0.7")


def steam(sheet: Sheet, x: float, y: float) -> None:
    """Let something steam."""
    for shift in (-46, 0, 46):
        sheet.curve(
            f"M{x + shift} {y} c-34 -46 34 -84 0 -136 s26 -70 4 -120",
            sheet.colors.bright[4],
            15,
            opacity="0.55",
        )


def plant(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Draw a plant in a pot."""
    c = sheet.colors
    with sheet.lifted():
        for turn in range(-60, 61, 20):
            color = c.leaf[turn % 40 == 0]
            with sheet.moved(x, y - size * 0.45, 1, turn + sheet.around(6)):
                sheet.path(
                    f"M0 0 q{-size * 0.26} {-size * 0.5} 0 {-size} q{size * 0.26} {size * 0.5} 0 {size}Z",
                    color,
                )
    with sheet.lifted():
        sheet.shape(
            [
                (x - size * 0.4, y - size * 0.5),
                (x + size * 0.4, y - size * 0.5),
                (x + size * 0.28, y),
                (x - size * 0.28, y),
            ],
            c.bright[0],
        )


def bench(sheet: Sheet, x: float, y: float, width: float) -> None:
    """Draw a bench from the front."""
    c = sheet.colors
    with sheet.lifted():
        for leg in (x + width * 0.1, x + width * 0.84):
            sheet.rect(leg, y - 70, width * 0.06, 120, c.wood[1], 4)
            sheet.rect(leg, y - 190, width * 0.05, 130, c.wood[1], 4)
        sheet.rect(x + width * 0.04, y - 196, width * 0.92, 34, c.wood[0], 8)
        sheet.rect(x + width * 0.04, y - 146, width * 0.92, 34, c.wood[0], 8)
        sheet.rect(x, y - 80, width, 36, c.wood[0], 8)
        sheet.rect(x, y - 50, width, 14, c.wood[1], 6)


def books(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """Fill a shelf with books, standing on y."""
    at = x
    while at < x + width - 20:
        thick = sheet.chance.uniform(18, 38)
        tall = height * sheet.chance.uniform(0.66, 0.98)
        if at + thick > x + width:
            break
        color = sheet.bright()
        sheet.rect(at, y - tall, thick - 3, tall, color, 3)
        sheet.rect(at + 3, y - tall * 0.84, thick - 9, 7, sheet.colors.ink, 2, opacity="0.4")
        at += thick
