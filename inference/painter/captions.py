"""A scene as one plain sentence: only what is really drawn, from the scene alone."""

from dataclasses import dataclass

from assets.sprites.library import SIZES, Library, Point, Sprite
from assets.sprites.scene import Placed, Scene
from inference.lexicon import ADJECTIVES, MASS, VERBS, word_set
from inference.painter.geometry import Ruler, overlap, point
from inference.painter.naming import HANDS, is_tool
from inference.phrases import base_form

_NUMBERS = ("no", "a", "two", "three", "four", "five")
_WHERE = {
    "kitchen": "in a kitchen", "tabletop": "on a table", "bathroom": "in a bathroom",
    "garden": "in a garden", "workshop": "in a workshop", "street": "on a street",
    "living room": "in a living room", "laundry": "in a laundry room", "desk": "on a desk",
    "outdoors": "outdoors", "garage": "in a garage", "bedroom": "in a bedroom", "plain": "",
}  # fmt: skip
_MARKS = {
    "pour": "falling drops", "cut": "a cutting sign", "cut here": "a cutting line",
    "turn left": "an arrow turning left", "turn right": "an arrow turning right",
    "press": "an arrow pressing down", "lift": "an arrow pointing up", "wipe": "a wiping sign",
    "wait": "a clock sign", "heat": "heat waves", "cool": "a frost sign", "no": "a red cross",
    "yes": "a green tick", "stir": "a stirring sign", "insert": "an arrow pointing in",
    "out": "an arrow pointing out", "left": "an arrow pointing left",
    "right": "an arrow pointing right", "up": "an arrow pointing up",
    "down": "an arrow pointing down", "fold": "a folding arrow", "shake": "a shaking sign",
    "spray": "a spray of drops", "repeat": "two circling arrows", "measure": "a measuring arrow",
    "look": "an eye sign",
}  # fmt: skip
_PORTIONS = word_set(
    "slice heap bag ball bar block stack bulb cloves packet bottle puddle splash drop pot bundle"
)
_OF_MANY = word_set("bundle heap bag stack packet")  # "a bundle of twigs", but "a slice of cake"
_READ = {"screwed": "screwed-in", "hammered": "hammered-in"}
_PLURALS = {
    "foot": "feet", "knife": "knives", "loaf": "loaves", "leaf": "leaves", "shelf": "shelves",
    "scarf": "scarves", "tooth": "teeth", "mouse": "mice", "person": "people",
    "child": "children", "cactus": "cacti",
}  # fmt: skip
_SINGULAR_S = word_set("grass glass compass cactus canvas lens brass")
_HAND_VERBS = {
    "holding": "holds", "pinching": "pinches", "pressing": "presses", "pointing": "points at",
    "cupped": "cups", "kneading": "kneads", "washing": "washes",
}  # fmt: skip
_NEAR = 0.03  # of the picture's side: a finger tip this near to a grip holds it


def alt_text(scene: Scene, drawings: Library) -> str:
    """Return one sentence that names what the scene draws; "" for an empty scene."""
    tree = _tree(scene, Ruler(drawings))
    sentence = tree.sentence()
    marks = [p.name for p in scene.sprites if drawings[p.name].domain == "actions"]
    where = _WHERE.get(scene.background or "plain", f"in a {scene.background}")
    sentence += "".join(f", with {_MARKS.get(name, 'a sign')}" for name in marks)
    sentence = f"{sentence}, {where}" if where and sentence else sentence or where
    return sentence[:1].upper() + sentence[1:] + "." if sentence else ""


@dataclass(frozen=True)
class _Tree:
    """The scene's objects by index, each with what it hangs on; hands with what they touch."""

    scene: Scene
    drawings: Library
    links: dict[int, tuple[str, int]]
    objects: tuple[int, ...]
    hands: dict[int, int | None]

    def sentence(self) -> str:
        """Return the clauses of all roots; what a hand holds comes first."""
        roots = [k for k in self.objects if k not in self.links]
        parts = []
        for hand, held in self.hands.items():
            parts.append(self.held(hand, held))
            if held is not None:
                roots = [k for k in roots if k != self.root(held)]
        parts += self.siblings(roots)
        if len(parts) < 3:
            return " next to ".join(parts)
        return f"{parts[0]} next to {', '.join(parts[1:-1])} and {parts[-1]}"

    def root(self, k: int) -> int:
        """Return the object that all of this hangs on."""
        while k in self.links:
            k = self.links[k][1]
        return k

    def held(self, hand: int, held: int | None) -> str:
        """Return "a hand holds a whisk in a bowl with two eggs"."""
        placed = self.scene.sprites[hand]
        both = placed.name == "hands"
        who = "two hands" if both else f"a {placed.tint}-sleeved hand" if placed.tint else "a hand"
        if held is None:
            return who
        verb = _HAND_VERBS.get(placed.state, "touches")
        if both:
            verb = "points at" if verb == "points at" else verb.removesuffix("s")
            verb = {"pinche": "pinch", "presse": "press", "touche": "touch", "washe": "wash"}.get(
                verb, verb
            )
        text = f"{who} {verb} {self.bearing(held, None)}"
        k = held
        while k in self.links:
            relation, holder = self.links[k]
            text += f" {relation} {self.bearing(holder, k)}"
            k = holder
        return text

    def bearing(self, k: int, skip: int | None) -> str:
        """Return "a bowl with two eggs": an object and, after it, what hangs on it."""
        hung = [i for i in self.objects if i != skip and self.links.get(i, ("", -1))[1] == k]
        text = self.name([k])
        return f"{text} with {_listed(self.siblings(hung))}" if hung else text

    def siblings(self, members: list[int]) -> list[str]:
        """Return a phrase for each of these objects; equal bare ones are counted together."""
        phrases: list[str] = []
        done: set[int] = set()
        for k in members:
            if k in done:
                continue
            bare = [i for i in members if self._alike(i, k) and not self._hung(i)]
            same = bare if not self._hung(k) else [k]
            done.update(same)
            phrases.append(self.figures(k) if self._hung(k) else self.name(same))
        return phrases

    def figures(self, k: int) -> str:
        """Return "two eggs in a bowl": what hangs on an object, and the object."""
        by_relation: dict[str, list[int]] = {}
        for i in self._hung(k):
            by_relation.setdefault(self.links[i][0], []).append(i)
        text = self.name([k])
        for position, (relation, members) in enumerate(by_relation.items()):
            hung = _listed(self.siblings(members))
            text = f"{hung} {relation} {text}" if position == 0 else f"{text} with {hung}"
        return text

    def name(self, same: list[int]) -> str:
        """Return the noun phrase of equal sprites: "a cracked egg", "three blue cups"."""
        placed = self.scene.sprites[same[0]]
        return named(self.drawings[placed.name], placed.state, placed.tint, len(same))

    def _hung(self, k: int) -> list[int]:
        return [i for i in self.objects if self.links.get(i, ("", -1))[1] == k]

    def _alike(self, i: int, k: int) -> bool:
        a, b = self.scene.sprites[i], self.scene.sprites[k]
        return (a.name, a.state, a.tint) == (b.name, b.state, b.tint)


def hanging(scene: Scene, ruler: Ruler) -> dict[int, int]:
    """Return, by index, what each sprite hangs on: a container, a surface, what a hand holds."""
    tree = _tree(scene, ruler)
    hung = {k: holder for k, (_, holder) in tree.links.items()}
    return hung | {hand: held for hand, held in tree.hands.items() if held is not None}


def _tree(scene: Scene, ruler: Ruler) -> _Tree:
    sprites = scene.sprites
    solid = [k for k, p in enumerate(sprites) if ruler.sprite(p).domain != "actions"]
    hands = [k for k in solid if sprites[k].name in HANDS]
    objects = [k for k in solid if k not in hands]
    links: dict[int, tuple[str, int]] = {}
    for k in objects:
        link = _link(k, objects, sprites, ruler)
        if link is not None and not _leads_to(link[1], k, links):
            links[k] = link
    touched = {hand: _touched(sprites[hand], objects, sprites, ruler) for hand in hands}
    return _Tree(scene, ruler.drawings, links, tuple(objects), touched)


def _leads_to(start: int, end: int, links: dict[int, tuple[str, int]]) -> bool:
    while start in links:
        start = links[start][1]
    return start == end


def _link(
    k: int, objects: list[int], sprites: tuple[Placed, ...], ruler: Ruler
) -> tuple[str, int] | None:
    """Return how an object hangs on another, read off their places."""
    placed = sprites[k]
    if placed.inside is not None and placed.inside in objects and placed.inside != k:
        holder = sprites[placed.inside]
        mouth = ruler.sprite(holder).inside
        deep = ruler.sprite(holder).size > SIZES["small"]  # all that lies in a spoon sticks out
        above = mouth is not None and deep and ruler.box(placed)[3] < point(holder, mouth[:2])[1]
        return "half out of" if above else "in", placed.inside
    base = point(placed, ruler.sprite(placed).base)
    tip = ruler.sprite(placed).tip
    others = [i for i in objects if i != k]
    for i in others:
        surface = ruler.sprite(sprites[i]).on
        if surface is None or placed.rotation:
            continue
        left, right = sorted(point(sprites[i], (x, surface[3]))[0] for x in surface[0::2])
        level = point(sprites[i], (surface[0], surface[3]))[1]
        if abs(base[1] - level) < _NEAR / 2 and left - _NEAR < base[0] < right + _NEAR:
            return "held by" if sprites[i].name == "person" else "on", i
    if placed.layer < 1:
        return None
    where = tip and point(placed, tip)
    others = [i for i in others if sprites[i].layer < placed.layer and sprites[i].inside != k]
    for i in sorted(others, key=lambda i: -sprites[i].layer):
        x0, y0, x1, y1 = ruler.box(sprites[i])
        if where is not None and x0 - _NEAR < where[0] < x1 + _NEAR and y0 <= where[1] < y1:
            if is_tool(ruler.sprite(placed)):
                return "against", i
            return "over" if placed.rotation else "on", i
        if where is None and overlap(ruler.box(placed), (x0, y0, x1, y1)) > 0:
            return "over" if placed.rotation else "on", i
    x, y = where or (placed.x, placed.y)
    under = [i for i in others if (b := ruler.box(sprites[i]))[0] < x < b[2] and b[1] >= y]
    return ("over", min(under, key=lambda i: ruler.box(sprites[i])[1])) if under else None


def _touched(
    hand: Placed, objects: list[int], sprites: tuple[Placed, ...], ruler: Ruler
) -> int | None:
    tip = point(hand, ruler.sprite(hand).tip or (70.0, 70.0))
    near = {k: _distance(tip, point(sprites[k], ruler.sprite(sprites[k]).grip)) for k in objects}
    best = min(near, key=lambda k: near[k], default=None)
    return best if best is not None and near[best] < _NEAR else None


def _distance(a: Point, b: Point) -> float:
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


# ---------------------------------------------------------------- nouns


def named(sprite: Sprite, state: str, tint: str | None, count: int = 1) -> str:
    """Return the noun phrase of a sprite: "an open box", "two slices of bread"."""
    noun = sprite.names[0]
    colour = f"{tint} " if tint else ""
    before, after, portion = _state_words(sprite, state)
    if portion:
        many = portion in _OF_MANY and noun.split()[-1] not in MASS
        noun, after = portion, f" of {plural(noun) if many else noun}"
    last = noun.split()[-1]
    pair = (
        not portion and last.endswith("s") and base_form(last) != last and last not in _SINGULAR_S
    )
    if pair:
        return _counted("pair", count, before + colour, f" of {noun}{after}", noun_first=True)
    if not portion and last in MASS and count == 1:
        return f"some {before}{colour}{noun}{after}"
    if not portion and last in MASS:
        return _counted("piece", count, "", f" of {before}{colour}{noun}{after}")
    return _counted(noun, count, before + colour, after)


def _counted(noun: str, count: int, before: str, after: str, noun_first: bool = False) -> str:
    if count > 1:
        return f"{_NUMBERS[min(count, 5)]} {before}{plural(noun)}{after}"
    text = (
        f"{noun}{after.replace(' of ', f' of {before}', 1)}"
        if noun_first
        else before + noun + after
    )
    vowel = text[:1].lower() in "aeiou" and not text.startswith(("uni", "use", "uti"))
    return f"{'an' if vowel else 'a'} {text}"


def plural(noun: str) -> str:
    """Return "two" of a noun phrase: "cutting boards", "knives"."""
    first, _, last = noun.rpartition(" ")
    start = f"{first} " if first else ""
    if last in _PLURALS:
        return start + _PLURALS[last]
    if last.endswith(("s", "x", "z", "ch", "sh")) or last in ("potato", "tomato"):
        return start + last + "es"
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        return start + last[:-1] + "ies"
    return start + last + "s"


def _state_words(sprite: Sprite, state: str) -> tuple[str, str, str]:
    """Return the words before the noun, those after it, and the portion that replaces it."""
    if state in (sprite.default_state, "carrying"):
        return "", "", ""
    if state == "water" and sprite.inside is not None:
        return "", " of water", ""
    if sprite.name == "bicycle" and state == "flat":
        return "", " with a flat tyre", ""
    if state in ("on", "off"):
        return "", f" that is {state}", ""
    if state in _PORTIONS:
        return "", "", state
    describing = state in ADJECTIVES or base_form(state) in VERBS or state.endswith(("y", "ed"))
    if sprite.inside is not None and not describing:
        return "", f" with {state}", ""
    return f"{_READ.get(state, state)} ", "", ""
