"""Our own flat SVG drawing library, and the scenes that are composed from it."""

from assets.sprites.library import TINTS, Library, Sprite, library
from assets.sprites.scene import Placed, Scene, scene_from_json, scene_to_json, to_svg

__all__ = [
    "TINTS",
    "Library",
    "Placed",
    "Scene",
    "Sprite",
    "library",
    "scene_from_json",
    "scene_to_json",
    "to_svg",
]
