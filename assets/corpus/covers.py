"""A cover for each starting tutorial: the scene of one of its pictures."""

import json
from importlib.resources import files

from assets.sprites.scene import Scene, scene_from_json


def covers() -> dict[str, Scene]:
    """Return the scenes by the tutorials' names; assets.sprites.to_svg() draws them."""
    text = (files("assets.corpus") / "covers.json").read_text(encoding="utf-8")
    return {name: scene_from_json(scene) for name, scene in json.loads(text).items()}
