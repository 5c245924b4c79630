"""Sentences and what they show: `sprite/state/tint*` with `>in:holder`, in order of mention."""

import pytest

from assets.sprites.library import Library
from inference.painter.drawing import NoDrawing
from inference.painter.storyboard.painter import compose
from inference.painter.storyboard.reading import Reading, StepText, read
from inference.painter.storyboard.things import Neighbour, Thing

NOTHING = StepText("", "", "")


def shown(reading: Reading) -> str:
    """Return the things as one line: "egg/cracked > in bowl, bowl/blue"."""
    return ", ".join(_one(thing, reading) for thing in reading.things)


def _one(thing: Thing, reading: Reading) -> str:
    text = thing.sprite.name
    if thing.state != thing.sprite.default_state:
        text += f"/{thing.state}"
    if thing.tint:
        text += f"/{thing.tint}"
    if thing.other is not None:
        text += f" > {thing.relation} {reading.things[thing.other].sprite.name}"
    return text


TABLE = [
    ("A cracked egg in a blue bowl.", "egg/cracked > in bowl, bowl/blue"),
    ("An egg cracked into a bowl.", "egg/cracked > in bowl, bowl"),
    ("A hand cracks an egg into a bowl.", "egg/cracked > in bowl, bowl"),
    ("Two fried eggs in a frying pan.", "egg/fried > in pan, egg/fried > in pan, pan"),
    ("Three carrots next to a peeler.",
     "carrot, carrot > copy carrot, carrot > copy carrot, peeler"),
    ("A cactus in an orange plant pot.", "cactus > in plant pot, plant pot/orange"),
    ("A gloved hand pulls a cactus out of a clay pot.", "cactus > out plant pot, plant pot"),
    ("A plant pot with soil and a trowel.", "plant pot/soil, trowel"),
    ("A cactus in a pot next to an empty pot.", "cactus > in plant pot, plant pot, plant pot"),
    ("A pot of boiling pasta on the stove.",
     "cooking pot/boiling > on stove, pasta/cooked > in cooking pot, stove"),
    ("A saucepan of boiling water stands on a stove.", "cooking pot/boiling > on stove, stove"),
    ("A wooden spoon stirs soup in a pot.", "wooden spoon > at cooking pot, cooking pot/full"),
    ("A hand cuts a tomato with a knife on a cutting board.",
     "tomato/sliced > on cutting board, knife > at tomato, cutting board"),
    ("A knife and a tomato on a cutting board.",
     "knife > on cutting board, tomato > on cutting board, cutting board"),
    ("On a wooden board, slices of tomato.", "cutting board, tomato/sliced > on cutting board"),
    ("A hand pours milk into a bowl.", "milk > over bowl, bowl"),
    ("A hand pours milk from a bottle into a bowl.", "milk > over bowl, bowl"),
    ("A hand pours water from a watering can onto a plant.",
     "watering can > over plant, plant"),
    ("A hand stirs batter in a green bowl with a wooden spoon.",
     "bowl/batter/green, wooden spoon > in bowl"),
    ("A bowl of tomato soup.", "bowl/full"),
    ("A loaf of bread on a cutting board beside a knife.",
     "bread > on cutting board, cutting board, knife"),
    ("A wet dog in a bathtub full of soapy water.", "dog/wet > in bathtub, bathtub/full"),
    ("A person washes a dog in a bathtub.", "person, dog/wet > in bathtub, bathtub"),
    ("A cat sits on a chair.", "cat > on chair, chair"),
    ("A hand brushes a dog with a brush.", "dog, pet brush > at dog"),
    ("A hand holds the paw of a lying cat.", "cat/lying"),
    ("A goldfish swims in a full fish tank.", "goldfish > in fish tank, fish tank/full"),
    ("A bicycle with a flat tyre next to a pump.", "bicycle/flat, pump"),
    ("A person stands by a blue car with an open bonnet.", "person, car/open/blue"),
    ("A hand presses a patch on an inner tube.", "inner tube/patched"),
    ("A hand puts a log on a lit campfire.", "log > on campfire, campfire"),
    ("A folded green shirt in an open drawer.", "shirt/folded/green > in drawer, drawer/open"),
    ("A hand holds the hem of a folded green shirt.", "shirt/folded/green"),
    ("A creased blue shirt on an ironing board.",
     "shirt/creased/blue > on ironing board, ironing board"),
    ("A hand holds an iron on the collar of a blue shirt.", "iron > at shirt, shirt/blue"),
    ("A hand puts a blue shirt into an open washing machine.",
     "shirt/blue > in washing machine, washing machine/open"),
    ("A hand threads a needle.", "needle/threaded"),
    ("A hand sews a button on a shirt with a needle.",
     "button > on shirt, shirt, needle > at button"),
    ("Open scissors beside a red button on a blue shirt.",
     "scissors/open, button/red > on shirt, shirt/blue"),
    ("A hand turns on a table lamp.", "table lamp/on"),
    ("A hand turns the table lamp off.", "table lamp"),
    ("A lit light bulb.", "light bulb/on"),
    ("A broken light bulb next to a box.", "light bulb/broken, box"),
    ("A hand opens a box.", "box/open"),
    ("A gift in a closed box.", "gift > in box, box/open"),
    ("A box with a gift in it.", "box/open, gift > in box"),
    ("A hammer drives a nail into a plank.",
     "hammer > at nail, nail/hammered > on plank, plank"),
    ("A hand turns a screw with a screwdriver.", "screw, screwdriver > at screw"),
    ("A paint roller and an open can of blue paint.", "paint roller, paint can/blue"),
    ("A hand wipes a dirty window with a yellow cloth.",
     "window/dirty, cloth/yellow > at window"),
    ("A soapy sponge in a red bucket of water.", "sponge/soapy > in bucket, bucket/full/red"),
    ("A plunger stands in a sink with water.", "plunger > in sink, sink/full"),
    ("A candle and a vase on a shelf.", "candle > on shelf, vase > on shelf, shelf"),
    ("A made bed with two white pillows.", "bed, pillow > on bed, pillow > on bed"),
    ("A hand puts keys into a box.", "key > in box, key > in box, box/open"),
    ("Two hands fold red paper over a box.", "paper/folded/red > over box, box"),
    ("A hand ties a blue ribbon on a red gift.", "ribbon/tied/blue > on gift, gift/red"),
    ("A red sweater lies on a blue towel.", "sweater/red > on towel, towel/flat/blue"),
    ("A steaming kettle next to a bottle of vinegar.", "kettle/steaming, vinegar"),
    ("A peeled banana in a green bowl.", "banana/peeled > in bowl, bowl/green"),
    ("A packed tent and a map.", "tent/packed, map"),
    ("A person carries a basket.", "person/carrying, basket > on person"),
    ("The pot is empty. A cactus is in the pot.", "plant pot, cactus > in plant pot"),
    ("A close-up of three lemons.", "lemon, lemon > copy lemon, lemon > copy lemon"),
    ("A mechanic pumps a flat tyre.", "person, tyre/flat"),
    ("A seedling in a pot with a watering can above it.",
     "seedling > in plant pot, plant pot, watering can > over plant pot"),
    ("A pair of socks.", "sock, sock > copy sock"),
    ("A tent under the moon.", "tent, moon"),
    ("A pair of scissors next to a sheet of paper.", "scissors, paper"),
    ("A frying pan with a lid standing on a stove.",
     "pan > on stove, lid > cover pan, stove"),
    ("A bowl of eggs covered with a lid.",
     "bowl, egg > in bowl, egg > in bowl, lid > cover bowl"),
    ("A hand holds a lid above a pot.", "lid > over cooking pot, cooking pot"),
    ("A hand holds a knife in a bowl with cheese pieces.",
     "knife > in bowl, bowl, cheese > in bowl, cheese > in bowl"),
    ("A pot of water boiling on the stove.", "cooking pot/boiling > on stove, stove"),
    ("The soup is simmering on a stove.", "soup/pot > on stove, stove"),
    ("A bowl of hot vegetable soup ready to serve.", "bowl/full"),
    ("A cat is bathed in warm water.", "cat/wet"),
    ("A bathtub is empty.", "bathtub"),
    ("A hand wipes a bathtub with a blue towel.", "bathtub, towel/crumpled/blue > at bathtub"),
    ("A hand looks at a punctured bicycle tyre.", "wheel/flat"),
    ("The inner tube is in a bowl of water.", "inner tube > in bowl, bowl/water"),
    ("A cat is eating a treat from an open hand.", "cat, treat"),
    ("A plate of cooked omelette with cheese and a fork.",
     "plate, omelette > on plate, cheese, fork"),
    ("A hand presses a button on a printer.", "printer"),
    ("A hand lights a candle with a match.", "candle/lit, match/lit > at candle"),
    ("A hand holds a stick in an open can of paint.", "twig > in paint can, paint can"),
    ("A hand holds a ladle of soup over a bowl.", "ladle/full > over bowl, bowl"),
    ("An orange on a plate.", "orange > on plate, plate"),
    ("A person kneels on a blue sheet.", "person/kneeling > on bed sheet, bed sheet/blue"),
    ("A hand holds a toothbrush with toothpaste.", "toothbrush, toothpaste"),
]  # fmt: skip


@pytest.mark.parametrize(("description", "expected"), TABLE)
def test_what_a_description_shows(description: str, expected: str, drawings: Library) -> None:
    assert shown(read(NOTHING, description, (), drawings)) == expected


@pytest.mark.parametrize(
    ("description", "subject"),
    [
        ("A passport on a table.", "passport"),
        ("A close-up of a passport on a map.", "passport"),
        ("A hand stamps a passport.", "passport"),
        ("A person in a kitchen opens a passport.", "passport"),
        ("In a kitchen, a passport lies next to a cup.", "passport"),
        ("Two slices of halloumi on a plate.", "halloumi"),
        ("A thermos of lemon juice.", "thermos"),
        ("", "this"),
        ("A hand presses a button.", "button"),
        ("Wait for ten minutes.", "this"),
        ("\x00\x07", "this"),
    ],
)
def test_a_subject_without_drawing(description: str, subject: str, drawings: Library) -> None:
    with pytest.raises(NoDrawing) as caught:
        read(NOTHING, description, (), drawings)
    assert caught.value.subject == subject
    assert str(caught.value) == f"no drawing for: {subject}"


@pytest.mark.parametrize(
    ("description", "domain"),
    [
        ("A pot with soil and a trowel.", "plant pot"),
        ("A pot with soup on the stove.", "cooking pot"),
        ("A dog next to a bowl of water.", "pet bowl"),
        ("A spoon in a bowl.", "bowl"),
    ],
)
def test_neighbouring_words_settle_a_name(description: str, domain: str, drawings: Library) -> None:
    assert domain in [
        thing.sprite.name for thing in read(NOTHING, description, (), drawings).things
    ]


def test_the_title_settles_a_name(drawings: Library) -> None:
    step = StepText("Repot a cactus", "Pick a pot", "")
    assert read(step, "An empty pot.", (), drawings).things[0].sprite.name == "plant pot"
    step = StepText("Cook spaghetti in a saucepan", "Boil water", "")
    assert read(step, "An empty pot.", (), drawings).things[0].sprite.name == "cooking pot"


def test_the_body_fills_in_an_open_state_and_nothing_more(drawings: Library) -> None:
    step = StepText("", "Crack the egg", "Crack the egg on the rim.")
    assert read(step, "An egg and a bowl.", (), drawings).things[0].state == "cracked"
    assert read(step, "A fried egg and a bowl.", (), drawings).things[0].state == "fried"
    step = StepText("", "Wait", "Do not crack the egg yet.")
    assert read(step, "An egg and a bowl.", (), drawings).things[0].state == "whole"


def test_a_state_stays_until_it_is_changed(drawings: Library) -> None:
    cracked = compose(NOTHING, "A cracked egg in a bowl.", (), 0, drawings).scene
    neighbours = [Neighbour("previous", cracked)]
    assert read(NOTHING, "An egg in a bowl.", neighbours, drawings).things[0].state == "cracked"
    after = read(NOTHING, "A fried egg in a bowl.", neighbours, drawings)
    assert after.things[0].state == "fried"


def test_states_lie_between_both_neighbours(drawings: Library) -> None:
    whole = compose(NOTHING, "A whole egg in a bowl.", (), 0, drawings).scene
    step = StepText("", "Boil it", "Boil the egg.")
    both = [Neighbour("previous", whole), Neighbour("next", whole)]
    assert read(step, "An egg in a bowl.", both, drawings).things[0].state == "whole"


def test_tints_stay(drawings: Library) -> None:
    blue = compose(NOTHING, "A blue bucket.", (), 0, drawings).scene
    reading = read(NOTHING, "A sponge in a bucket.", [Neighbour("previous", blue)], drawings)
    assert [t.tint for t in reading.things if t.sprite.name == "bucket"] == ["blue"]


@pytest.mark.parametrize(
    ("description", "hand", "held"),
    [
        ("A hand holds a cup.", "hand", "cup"),
        ("Two hands hold a basket.", "hands", "basket"),
        ("A hand cuts a tomato with a knife.", "hand", "knife"),
        ("A cup on a table.", None, None),
        ("A person holds a shovel.", None, None),
        ("A person points with an open hand at a dog.", None, None),
        ("A cat eats a treat from an open hand.", "hand", "treat"),
        ("A hand holds a toothbrush with toothpaste.", "hand", "toothbrush"),
        ("Two hands.", None, None),
    ],
)
def test_who_holds_what(
    description: str, hand: str | None, held: str | None, drawings: Library
) -> None:
    reading = read(NOTHING, description, (), drawings)
    assert (reading.hand.sprite.name if reading.hand else None) == hand
    if reading.hand is not None:
        assert reading.hand.holds is not None
        assert reading.things[reading.hand.holds].sprite.name == held


def test_a_tool_that_the_body_handles_is_held(drawings: Library) -> None:
    step = StepText("", "Cut the tomato", "Cut the tomato with a knife.")
    reading = read(step, "A knife and a tomato.", (), drawings)
    assert reading.hand is not None
    assert shown(reading).startswith("knife > at tomato")


@pytest.mark.parametrize(
    ("description", "mark"),
    [
        ("A hand pours milk into a bowl.", "pour"),
        ("A hand unscrews a light bulb.", "turn left"),
        ("A hand tightens a bolt with a wrench.", "turn right"),
        ("A whisk beats an egg in a bowl.", "stir"),
        ("A cup on a table.", None),
        ("A hand turns on a lamp.", None),
        ("Pour the mixture into the pan.", "pour"),
        ("A hand pours batter into a frying pan.", "pour"),
    ],
)
def test_the_action_mark_of_the_main_verb(
    description: str, mark: str | None, drawings: Library
) -> None:
    reading = read(NOTHING, description, (), drawings)
    assert (reading.mark.name if reading.mark else None) == mark


@pytest.mark.parametrize(
    ("description", "background"),
    [
        ("A cup on a table.", "tabletop"),
        ("A dog in a garden.", "garden"),
        ("A person walks in a park.", "outdoors"),
        ("A car on a street.", "street"),
        ("A towel in a bathroom.", "bathroom"),
        ("A cup.", None),
    ],
)
def test_places_are_backgrounds(
    description: str, background: str | None, drawings: Library
) -> None:
    assert read(NOTHING, description, (), drawings).background == background


def test_unknown_things_beside_the_subject_are_missing(drawings: Library) -> None:
    reading = read(NOTHING, "A cup next to a passport and a gyroscope.", (), drawings)
    assert shown(reading) == "cup"
    assert reading.missing == ("passport", "gyroscope")
    for known in ("A cup for ten minutes.", "A wooden spoon at the top.", "A cup of soup."):
        assert read(NOTHING, known, (), drawings).missing == ()


def test_a_mixture_is_poured_from_the_bowl_of_the_picture_before(drawings: Library) -> None:
    mixed = compose(NOTHING, "A whisk in a yellow bowl of batter.", (), 0, drawings).scene
    poured = "A hand pours the mixture into a frying pan."
    reading = read(NOTHING, poured, [Neighbour("previous", mixed)], drawings)
    assert shown(reading) == "pan, bowl/batter/yellow > pour pan"
    assert reading.hand is not None
    assert reading.hand.holds == 1
    alone = read(NOTHING, poured, (), drawings)
    assert shown(alone) == "pan"
    assert alone.hand is None


@pytest.mark.parametrize("title", ["How to wash a dog", "Give a dog a bath"])
def test_a_bath_is_in_the_bathroom(title: str, drawings: Library) -> None:
    step = StepText(title, "", "")
    for seed in range(4):
        scene = compose(step, "A hand brushes a dog with a brush.", (), seed, drawings).scene
        assert scene.background == "bathroom"
