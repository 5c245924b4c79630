"""Our own icons: one SVG file each, the file's name is the icon's.

Lines of 1.6 with round ends on a grid of 20 by 20, in currentColor; only dots and a chosen star
are filled. `app` is the program's own icon and has its own colours; app-512.png is drawn from it.
"""

from importlib.resources import files


def icon_names() -> tuple[str, ...]:
    """Return the names of all icons, sorted."""
    found = (file.name for file in files("assets.icons").iterdir())
    return tuple(sorted(name.removesuffix(".svg") for name in found if name.endswith(".svg")))


def icon_svg(name: str, colour: str) -> bytes:
    """Return an icon's SVG drawn in a colour (#rrggbb); raises KeyError for an unknown name."""
    file = files("assets.icons").joinpath(f"{name}.svg")
    if not file.is_file():
        raise KeyError(f"There is no icon {name!r}: choose one of {', '.join(icon_names())}.")
    return file.read_bytes().replace(b"currentColor", colour.encode("ascii"))
