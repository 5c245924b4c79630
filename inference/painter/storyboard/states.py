"""What state a thing is in: by its own words, by what is done to it, by its neighbours."""

from assets.sprites.library import Sprite
from assets.sprites.scene import Placed
from inference.painter.naming import key, state_for
from inference.painter.storyboard.parsing import Event, Mention, Parsed


def described_state(i: int, shown: Parsed) -> str | None:
    """Return the state that the description itself gives a mention; None when it is left open."""
    mention = shown.mentions[i]
    assert mention.sprite is not None
    sprite = mention.sprite
    for word in mention.words:
        if (state := state_for(sprite, word)) is not None:
            return state
    state = None
    for event in shown.events:
        doing = event.actor == i and (event.object is None or mention.role == "person")
        if not event.negated and (event.object == i or doing):
            state = led_to(sprite, event) or state
    held = any(
        m.link is not None and m.link[0] == "with" and m.link[1] == i and m.role == "unknown"
        for m in shown.mentions
    )
    filled = held and sprite.inside is not None and "full" in sprite.states
    return state or ("full" if filled else None)


def led_to(sprite: Sprite, event: Event) -> str | None:
    """Return the state that a verb, with its particle, brings a drawing to."""
    if event.particle and (state := state_for(sprite, event.verb, event.particle)) is not None:
        for name, words in sprite.states.items():
            if (event.verb, event.particle) in {key(word) for word in words}:
                return name
        return state
    return state_for(sprite, event.verb)


def told_state(sprite: Sprite, told: Parsed) -> str | None:
    """Return the last state that the step's own text brings the thing to."""
    state = None
    for event in told.events:
        if event.object is None or event.negated:
            continue
        if told.mentions[event.object].sprite == sprite:
            state = led_to(sprite, event) or state
    return state


def looked_state(mention: Mention) -> str | None:
    """Return the state that the tutorial's look gives a thing."""
    assert mention.sprite is not None
    states = (state_for(mention.sprite, word) for word in mention.appearance)
    return next((state for state in states if state is not None), None)


def between(sprite: Sprite, state: str | None, described: str | None, kept: list[Placed]) -> str:
    """Return the state, held between the neighbours' states where the description is silent."""
    order = list(sprite.states)
    if described is not None:
        return described
    known = [order.index(p.state) for p in kept if p.state in order]
    if state is None:
        return order[known[0]] if known else sprite.default_state
    if len(known) < 2:
        return state
    return order[min(max(order.index(state), min(known)), max(known))]
