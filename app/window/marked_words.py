"""Two texts as one: what is gone struck through, what is new underlined."""

from html import escape

from app.tutorial.diffing import differences
from app.window.theme import Colours


def marked_words(old: str, new: str, colours: Colours) -> str:
    """Return rich text that shows both texts, safe for any words."""
    styles = {
        "gone": f"background:{colours.dangersoft}; color:{colours.muted};"
        " text-decoration:line-through;",
        "new": f"background:{colours.accentsoft}; text-decoration:underline;",
        "same": "",
    }
    spans = (
        f'<span style="{styles[piece.kind]}">{escape(piece.text)}</span>'
        for piece in differences(old, new)
    )
    return f'<div style="white-space:pre-wrap; line-height:140%">{"".join(spans)}</div>'
