"""Contact sheet of the sprite library: `python -m assets.sprites OUT.png [DOMAIN …]`."""

import argparse
import io
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw

from assets.sprites.library import Library, Sprite, library
from assets.sprites.scene import Placed, Scene, to_svg

CELL, LABEL, COLUMNS = 96, 26, 12
GROUND = "#DCE9E8"  # a usual background, so that white things can be seen


def main() -> None:
    """Draw every state of the chosen domains at 96 pixels, named."""
    parser = argparse.ArgumentParser(prog="python -m assets.sprites", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("domains", nargs="*")
    options = parser.parse_args()
    drawings = library()
    contact_sheet(drawings, drawings.of(*options.domains)).save(options.out)


def contact_sheet(drawings: Library, sprites: list[Sprite]) -> Image.Image:
    """Return an RGB sheet: a cell a state, with `name / state` beneath."""
    cells = [(sprite, state) for sprite in sprites for state in sprite.states]
    rows = -(-len(cells) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (CELL + 8), rows * (CELL + LABEL + 8)), GROUND)
    draw = ImageDraw.Draw(sheet)
    for index, (sprite, state) in enumerate(cells):
        x = index % COLUMNS * (CELL + 8) + 4
        y = index // COLUMNS * (CELL + LABEL + 8) + 4
        tile = _tile(drawings, sprite, state)
        sheet.paste(tile, (x, y), tile)
        draw.text((x, y + CELL), sprite.name[:17], fill="#22252B")
        draw.text((x, y + CELL + 11), state[:17], fill="#6A6F78")
    return sheet


def _tile(drawings: Library, sprite: Sprite, state: str) -> Image.Image:
    if sprite.domain == "backgrounds":
        scene = Scene(sprite.name)
    else:
        scene = Scene(None, (Placed(sprite.name, state, 0.5, 0.5, 1.0, tint=sprite.tint),))
    svg = to_svg(scene, drawings)
    png = resvg_py.svg_to_bytes(svg_string=svg, width=CELL, height=CELL, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


if __name__ == "__main__":
    main()
