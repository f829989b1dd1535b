"""Pictures for the demo's photos, drawn by us: scenes of a school, in several lights, with nobody's face."""

import random
from collections.abc import Callable, Mapping
from io import BytesIO

import resvg_py
from PIL import Image, ImageChops

from ltitool.cli.demo_seed.pictures import indoors, outdoors, tables
from ltitool.cli.demo_seed.pictures.ink import HEIGHT, WIDTH, Sheet
from ltitool.cli.demo_seed.pictures.palettes import PALETTES

GRAIN = 14  # how much paper shows through: the spread of its noise
QUALITY = 90
EDGE = 150  # from how far out (of 255) the picture grows darker
DRAWN = 1200  # pixels wide; the grain hides that it is enlarged, and drawing takes half the time

SCENES: Mapping[str, Callable[[Sheet], None]] = {
    "circle": indoors.circle,
    "kitchen_hatch": indoors.kitchen_hatch,
    "noticeboard": indoors.noticeboard,
    "calendar": indoors.calendar,
    "quilt": indoors.quilt,
    "drums": indoors.drums,
    "open_door": outdoors.open_door,
    "garden": outdoors.garden,
    "road_bus": outdoors.road_bus,
    "tree_bench": outdoors.tree_bench,
    "library_box": outdoors.library_box,
    "fountain": outdoors.fountain,
    "mural": outdoors.mural,
    "table_map": tables.table_map,
    "coffee": tables.coffee,
}


def draw_picture(scene: str, palette: str, *, seed: str, wide: int = WIDTH) -> bytes:
    """Draw a scene as JPEG, four to three; the same seed gives the same picture but for the paper's grain."""
    sheet = Sheet(PALETTES[palette], random.Random(seed))  # noqa: S311 - a picture is no secret
    SCENES[scene](sheet)
    size = (wide, wide * HEIGHT // WIDTH)
    drawn = resvg_py.svg_to_bytes(svg_string=sheet.svg(), skip_system_fonts=True, width=min(wide, DRAWN))
    with Image.open(BytesIO(bytes(drawn))) as image:
        flat = image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    out = BytesIO()
    ImageChops.overlay(flat, _paper(size)).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _paper(size: tuple[int, int]) -> Image.Image:
    """Make the grain that shows through, darker toward the edges; half the size is fine enough."""
    half = (size[0] // 2, size[1] // 2)
    grain = Image.effect_noise(half, GRAIN)
    edge = Image.radial_gradient("L").resize(half).point([max(0, far - EDGE) // 2 for far in range(256)])
    paper = ImageChops.subtract(grain, edge).resize(size)
    return Image.merge("RGB", (paper, paper, paper))
