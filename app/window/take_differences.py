"""What differs between two takes, in words: from their scenes, their making and their pixels."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image, ImageChops
from PySide6.QtCore import QCoreApplication

from app.tutorial.model import Take
from app.tutorial.photos import shown
from app.tutorial.reading import TakeInfo
from assets.sprites.scene import Placed, Scene, scene_from_json

MOVED = 0.03  # of the picture's width: less is no move that a person sees
GREW = 1.1  # times

translate = QCoreApplication.translate


def differences(left: TakeInfo, right: TakeInfo) -> tuple[str, ...]:
    """Return a line for each difference of two takes."""
    lines: list[str] = []
    scenes = _scene(left.source), _scene(right.source)
    if scenes[0] is not None and scenes[1] is not None:
        lines += scene_differences(scenes[0], scenes[1])
    if (left.width, left.height) != (right.width, right.height):
        words = translate(
            "TakeDifferences", "Size: {before} pixels on the left, {after} on the right"
        )
        before, after = f"{left.width} by {left.height}", f"{right.width} by {right.height}"
        lines.append(words.format(before=before, after=after))
    for name, words in (
        (
            "painter",
            translate("TakeDifferences", "Painter: {before} on the left, {after} on the right"),
        ),
        ("seed", translate("TakeDifferences", "Seed: {before} on the left, {after} on the right")),
        (
            "instruction",
            translate("TakeDifferences", "Fix: {before} on the left, {after} on the right"),
        ),
    ):
        before, after = _told(left, name), _told(right, name)
        if before != after:
            lines.append(words.format(before=before, after=after))
    return tuple(lines)


def scene_differences(left: Scene, right: Scene) -> Iterator[str]:
    """Yield a line for each object that only one has, or that moved, changed colour or state."""
    if left.background != right.background:
        words = translate(
            "TakeDifferences", "Background: {before} on the left, {after} on the right"
        )
        yield words.format(before=left.background, after=right.background)
    for before, after in _matched(left, right):
        if before is None and after is not None:
            yield translate("TakeDifferences", "Only on the right: {name}").format(name=after.name)
        elif after is None and before is not None:
            yield translate("TakeDifferences", "Only on the left: {name}").format(name=before.name)
        elif before is not None and after is not None:
            yield from _changes(before, after)


def _changes(before: Placed, after: Placed) -> Iterator[str]:
    name = after.name
    if math.hypot(before.x - after.x, before.y - after.y) > MOVED:
        yield translate("TakeDifferences", "Moved: {name}").format(name=name)
    if after.size > before.size * GREW:
        yield translate("TakeDifferences", "Larger on the right: {name}").format(name=name)
    elif before.size > after.size * GREW:
        yield translate("TakeDifferences", "Smaller on the right: {name}").format(name=name)
    if before.tint != after.tint:
        tint = after.tint or translate("TakeDifferences", "in its own colour")
        yield translate("TakeDifferences", "On the right {name} is {tint}").format(
            name=name, tint=tint
        )
    if before.state != after.state:
        words = translate("TakeDifferences", "{name}: {before} on the left, {after} on the right")
        yield words.format(name=name, before=before.state, after=after.state)
    if (before.flip, before.rotation) != (after.flip, after.rotation):
        yield translate("TakeDifferences", "Turned: {name}").format(name=name)


def _matched(left: Scene, right: Scene) -> Iterator[tuple[Placed | None, Placed | None]]:
    """Yield the sprites of both, those of one name in pairs, the nearest first."""
    rest = list(right.sprites)
    for before in left.sprites:
        same = [after for after in rest if after.name == before.name]
        nearest = min(same, key=lambda a: math.hypot(a.x - before.x, a.y - before.y), default=None)
        if nearest is not None:
            rest.remove(nearest)
        yield before, nearest
    for after in rest:
        yield None, after


def differing_pixels(left: Take, right: Take) -> float | None:
    """Return the share of pixels that differ, 0 to 1; None where the sizes do.

    Raises TutorialError for a take that can't be decoded.
    """
    one, other = shown(left).convert("RGB"), shown(right).convert("RGB")
    if one.size != other.size:
        return None
    strongest: Image.Image | None = None
    for channel in ImageChops.difference(one, other).split():
        strongest = channel if strongest is None else ImageChops.lighter(strongest, channel)
    same = strongest.histogram()[0] if strongest is not None else 0
    return 1 - same / (one.width * one.height)


def _scene(source: Mapping[str, Any]) -> Scene | None:
    try:
        return scene_from_json(source["scene"])
    except (KeyError, ValueError, TypeError):
        return None


def _told(info: TakeInfo, name: str) -> str:
    told = str(info.recipe.get(name, ""))[:80]
    return told or translate("TakeDifferences", "none")
