"""Closed word lists for the rules of phrases.py: small words, common how-to verbs and adjectives.

Every word is a base form in lower case. What is in no list is taken for a noun.
"""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are set apart by spaces."""
    return frozenset(text.split())


DETERMINERS = word_set(
    """a an the this that these those my your his her its our their each every another any all some
    both no enough more most other same such"""
)

COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "dozen": 12, "couple": 2, "several": 3, "few": 3,
    "many": 3, "half": 1, "single": 1,
}  # fmt: skip

PREPOSITIONS = word_set(
    """in into inside on onto upon at by beside besides near with without from to for over under
    underneath below beneath above behind between among through across around round against
    along off out of next toward towards about after before during until till since as like
    via per up down within outside beyond atop alongside amid past"""
)

CONJUNCTIONS = word_set(
    """and or but then so because while when if which who whose where although though nor unless
    whether than once what how why"""
)

PRONOUNS = word_set(
    """i you he she it we they them him me us itself yourself themselves something anything
    everything nothing there here everyone anyone oneself"""
)

AUXILIARIES = word_set(
    """is are was were be been being am do does did has have had having can could will would shall
    should may might must ought dont doesnt didnt cant cannot wont isnt arent shouldnt mustnt
    not never let lets get gets got getting please"""
)

NEGATIONS = word_set(
    """not never dont doesnt didnt cant cannot wont isnt arent shouldnt mustnt without before avoid
    unless if until till instead no stop"""
)

ADVERBS = word_set(
    """again also always almost away back very too just twice together apart now soon already later
    upside well still only even ever not never often sometimes first finally else afterwards
    forward backward backwards forwards downwards upwards halfway overnight outdoors indoors
    clockwise counterclockwise anticlockwise straightaway ahead aside both rather quite fully
    half meanwhile evenly right left yet instead maybe perhaps"""
)

ADJECTIVES = word_set(
    """big bigger biggest small smaller smallest large larger largest little tiny huge tall taller
    short shorter long longer wide wider narrow thick thicker thin thinner high higher low
    lower deep shallow old older new newer young fresh clean dirty dry wet damp moist soggy
    hot warm cool cold lukewarm tepid soft hard firm tight loose sharp blunt dull smooth rough
    flat round square straight bent curved crooked empty full open shut heavy lightweight
    bright dark pale good better best bad worse worst nice fine great perfect sturdy steady
    stable clear cloudy plain simple easy quick fast slow gentle careful safe ready whole
    entire raw ripe unripe rotten sweet sour bitter spicy salty crispy crisp crunchy creamy
    thirsty hungry happy calm quiet loud sick healthy dead alive fluffy furry sticky greasy
    oily muddy dusty rusty shiny matte glossy grubby red orange yellow green teal turquoise
    blue navy purple violet lilac grey gray black white brown beige pink golden gold silver
    cream colourful colorful terracotta scarlet crimson maroon azure transparent wooden
    woollen woolen metallic plastic ceramic porcelain steel stainless leather cotton linen
    rubber silicone nylon concrete velvet denim silk vinyl soapy foamy bubbly several various
    different similar extra spare main upper lower inner outer front rear final last next
    next-door nearby own proper correct wrong suitable available important special electric
    electrical manual automatic cordless domestic indoor outdoor homemade large-mouthed free
    loose-fitting leftover used unused overgrown crowded leafy potted bare bald gloved
    barefoot stripy striped spotted patterned checked floral sunny shady rainy snowy windy
    hollow solid liquid powdery fizzy level upright vertical horizontal diagonal sideways neat
    tidy messy comfortable cosy cozy fancy pretty beautiful beloved favourite favorite typical
    common ordinary traditional modern basic advanced beginner additional remaining opposite
    mini miniature giant medium medium-sized handmade glittery golden-brown runny lumpy frozen
    molten sleepy lit unlit damaged worn-out second third fourth fifth"""
)

# Materials: modifiers before a noun, never what a request or a picture is about.
MATERIALS = word_set(
    """clay wood metal plastic ceramic steel iron brass copper aluminium aluminum tin leather cotton
    linen wool rubber silicone nylon concrete velvet denim silk glass paper cardboard stone
    terracotta"""
)

VERBS = word_set(
    """add adjust aim allow apply arrange assemble attach avoid bake bandage balance baste bathe
    beat become begin bend bind blanch blend block blot blow boil bore braid break brew bring brown
    brush build buff burn bury button buy bundle calculate calm carry carve cast catch centre
    center change charge check chill chip choose chop clamp clean clear climb clip close coat
    coil collect combine come compare connect consider contain continue control cook cool copy
    count cover crack create crease crimp crochet cross crouch crumple crush cry cube cup curl
    cut damp dampen darn decide decorate deflate degrease descale detach develop dice dig dip
    disassemble disconnect discover dissolve divide do dot double drag drain draw dress drill
    drink drip drive drizzle drop dry dunk dust dye ease eat empty enjoy enter erase examine
    expect explain extend face fasten feed feel fetch fill filter find finish fit fix flatten
    flip float flush fluff fold follow forget freeze frost fry gather get give glaze glue go
    grab grasp grate grease grill grind grip groom grow guide hammer hang harvest have heat
    heal help hem hide hit hoist hold hook hose ice improve inflate inspect insert install
    iron join juggle jump keep kick kneel knead knit knock knot know label lace ladle lather
    lay lead lean learn leave lengthen let level lever lick lie lift light line load lock look
    loop loosen lower lubricate make mark marinate mash massage match mean measure meet melt
    mend mince mist mix moisten mop mount move mow mulch nail name need note notice observe
    obtain offer oil open organise organize pack paint pan paste pat patch pause pay peel peg
    perform pick pierce pin pinch pipe place plait plan plane plant play plug poach point
    polish pop position pot pound pour practice practise preheat prepare press prick print
    prise pry prop protect prune pull pump puncture push put quarter raise rake reach read realise
    realize reattach recharge recline reduce refill reheat relax release remember remove renew
    repair repeat repel replace repot rest retract return reverse review revive rinse rip
    roast roll rotate rub run sand saute save saw say scatter scoop score scour scrape scratch
    screw scrub seal sear season secure see seed select separate serve set sew shake shampoo
    shape sharpen shave shear shed shelter shift shorten shovel show shred shut sieve sift
    simmer sing sit skim sketch slacken sleep slice slide slip slit smear smell smile smooth
    soak soap socialise socialize soften sort sow speak spin splash split sponge spoon spot
    spray spread sprinkle squat squeeze squirt stack stain stake stamp stand staple start stay
    steady steam steep step stick stir stitch stop store straighten strain stretch strike
    string strip stroke stuff suck support surround swap sweep swim swing switch take talk tap
    tape taste teach tear tell test thaw thin think thread throw tidy tie tighten tilt tip
    toast top toss touch tow trace train transfer transplant travel treat trim trowel tuck
    tune turn twist type unblock unbolt unbutton unclip unclog uncover undo unfold unhook
    unlock unpack unpeel unplug unpot unroll unscrew untangle untie unwind unwrap unzip uproot
    use vacuum visit wait wake walk want warm wash watch water wave wax wear weave wedge weed
    weigh weld wet whisk whistle widen wind wipe wish work wrap wring write zip dangle glow
    hover gleam sparkle shine sprout bloom droop wilt leak overflow perch rise rest grip
    clutch cradle stretch show feature depict display surround approach steer ride drive park
    tick blink chase bark purr nibble graze sniff"""
)

# What a thing does by itself: after a noun these are verbs, whatever follows.
POSTURES = word_set(
    """stand lie rest hang lean sit float bubble soak swim fly shine steam simmer run dangle hover
    glow perch kneel dry"""
)

# Who may be drawn as the one person of the library.
PEOPLE = word_set(
    """mechanic cook chef gardener plumber painter carpenter tailor teacher student hiker cyclist
    driver owner worker baker father mother mum mom dad user player runner camper groomer"""
)

# Parts of things: a thing is drawn with them, they are not drawn alone.
PARTS = word_set(
    """door lid bonnet hood cap flap handle hem collar sleeve pocket frame paw head tail leg lap
    corner edge rim spout button zip valve tyre tire wheel rung neck ear claw fur coat bristle
    blade tip back side page"""
)

# Verbs whose base form is as usual as a noun: only a place where a verb must stand makes them one.
NOUN_VERBS = word_set(
    """balance bandage block braid brush button cast catch centre center chip clamp clip coat coil
    cook copy cover crack crease cross cube cup curl cut dice dot draw dress drill drink drip
    drive drop dust dye face feed filter finish fit fix float fold frost grease grill grip
    groom guide hammer harvest heat help hem hide hit hook hose ice iron jump kick knit knock
    knot label lace ladle lather lead lever lift light line load lock look loop mark match
    measure mist mix mop mount move mulch nail name need note oil paint pan paste pat patch
    peel peg pick pin pinch pipe place plan plane plant play plug point polish pop position
    pot pound practice press prick print prop pull pump push quarter rake release repair rest
    return reverse review rinse rip roast roll run sand saw scoop score scratch screw seal
    season seed set shampoo shape shed shelter shift shovel show sieve sketch skim slice slide
    slip slit smell smile soap sort spin splash split sponge spoon spot spray spread squeeze
    squirt stack stain stake stamp stand staple start stay steam step stick stitch stop store
    strain stretch string strip stroke stuff support swap sweep swing switch tap tape taste
    tear test thread throw tie tip toast top touch trace train transfer travel treat trim
    trowel tune turn twist type vacuum visit walk wash watch water wave wax wedge weed
    whisk whistle wind wipe work wrap zip paper screwdriver dish level lower bloom sprout leak
    park tick lie beat display feature"""
)

# "a piece of bread" is bread: the first noun says how much, which part or which view.
MEASURES = word_set(
    """piece slice pair pile stack heap bunch bit handful pinch drop set kind sheet strip chunk
    wedge lump ball roll reel spool skein bottle can tin tube carton packet pack sack bag bundle
    clump cluster clove head stick bar block loaf dash splash dab dot drizzle layer row group
    collection couple amount number sort type cube half quarter part spoonful tablespoon
    teaspoon spoon cupful length coil knob tub scoop lot blob sprig stalk dollop mound dozen
    sachet ring circle stream"""
)

VIEWS = word_set(
    """closeup view picture image photo photograph illustration drawing scene shot top side edge end
    bottom inside outside back front middle centre center corner rest surface underside rim
    base tip half body face care interior exterior level mouth diagram sketch sight detail
    version example process step steps way art basics"""
)

# Heads that no drawing stands for: times, places in the abstract, amounts, thoughts, parts.
ABSTRACT = word_set(
    """minute hour day week month year second time moment morning evening night noon afternoon today
    tomorrow summer winter spring autumn season while place area spot position location room
    temperature side edge top bottom middle centre center corner inside outside front back end
    surface gap space distance direction angle height width length depth size weight shape
    colour color way thing stuff item object part rest bit lot amount number step stage
    process method result job task work care help need use problem idea plan choice decision
    reason question answer advice tip note warning chance risk safety attention degree celsius
    fahrenheit centimetre centimeter millimetre millimeter metre meter inch foot gram kilogram
    litre liter millilitre ounce pound percent level speed pressure force strength power piece
    slice pair pile stack heap bunch handful pinch set kind sort type row group closeup view
    picture image scene shot illustration detail hole mess mark line layer background
    foreground air heat sunlight daylight shade shadow light dark ground world life home
    beginner expert scratch order turn finger's breadth trouble condition movement motion
    pattern excess remainder sign sound smell taste texture feeling difference effect contents
    ingredient tool material equipment supply hand person kitchen lid handle opening rim rate
    total majority halfway rid instruction recipe guide tutorial lesson style technique skill
    reach sight sit stretch start upside surrounding mixture grip hold left right both other
    everything nothing something"""
)

# No "a" before these.
MASS = word_set(
    """milk bread cheese butter flour rice pasta salt oil garlic dough honey chicken lettuce sugar
    soil compost grass hay mulch gravel shampoo paint wood glue tape filler sandpaper yarn
    fabric clay string cardboard paper thread soap detergent vinegar water fire ice sand steam
    wind knitting firewood salmon toast batter soup coffee corn yogurt cereal toothpaste hair salad
    broccoli sushi"""
)

TINT_WORDS = {
    "red": "red", "scarlet": "red", "crimson": "red", "maroon": "red", "orange": "orange",
    "terracotta": "orange", "yellow": "yellow", "golden": "yellow", "green": "green",
    "teal": "teal", "turquoise": "teal", "blue": "blue", "navy": "blue", "azure": "blue",
    "purple": "purple", "violet": "purple", "lilac": "purple", "grey": "grey", "gray": "grey",
    "silver": "grey",
}  # fmt: skip
