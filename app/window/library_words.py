"""What the library says of a tutorial: its title, how it stands, when it changed."""

from datetime import datetime, timedelta
from html import escape

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.tutorial.card import Card

translate = QCoreApplication.translate

JUST_NOW = timedelta(minutes=5)


def title(card: Card) -> str:
    """Return the title, on one line."""
    return " ".join(card.title.split()) or translate("LibraryWords", "Untitled tutorial")


def steps(count: int) -> str:
    """Return how many steps."""
    if count == 1:
        return translate("LibraryWords", "1 step")
    return translate("LibraryWords", "{n} steps").format(n=count)


def tutorials(count: int) -> str:
    """Return how many tutorials."""
    if count == 1:
        return translate("LibraryWords", "1 tutorial")
    return translate("LibraryWords", "{n} tutorials").format(n=count)


def when(modified: float, now: datetime) -> str:
    """Return when something changed (in seconds): in words, or the date as the person writes it."""
    recent = recently(modified, now)
    if recent:
        return recent
    moment = QDateTime.fromSecsSinceEpoch(_seconds(modified))
    return QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)


def recently(modified: float, now: datetime) -> str:
    """Return when something changed, or nothing if that was before yesterday."""
    moment = datetime.fromtimestamp(_seconds(modified))
    days = (now.date() - moment.date()).days
    if abs(now - moment) < JUST_NOW:
        return translate("LibraryWords", "just now")
    if days == 0:
        return translate("LibraryWords", "today")
    if days == 1:
        return translate("LibraryWords", "yesterday")
    return ""


def state(card: Card, now: datetime) -> str:
    """Return the second line of a card: its steps, and what is most worth knowing."""
    if card.problem and not card.id:
        return translate("LibraryWords", "Can't be read")
    most = translate("LibraryWords", "{n} stale").format(n=card.stale) if card.stale else ""
    most = most or recently(card.modified, now)
    if not most and card.checked:
        most = translate("LibraryWords", "checked")
    most = most or warnings(card.warnings) or when(card.modified, now)
    return f"{steps(card.steps)} · {most}"


def changed(card: Card, now: datetime) -> str:
    """Return the second line of a card in the trash: its steps, and when it changed."""
    ago = translate("LibraryWords", "changed {when}").format(when=when(card.modified, now))
    return f"{steps(card.steps)} · {ago}" if card.id else ago


def stale(count: int) -> str:
    """Return how many pictures are stale, or nothing."""
    if count == 1:
        return translate("LibraryWords", "1 picture stale")
    return translate("LibraryWords", "{n} pictures stale").format(n=count) if count else ""


def warnings(count: int) -> str:
    """Return how many warnings there are, or nothing."""
    if count == 1:
        return translate("LibraryWords", "1 warning")
    return translate("LibraryWords", "{n} warnings").format(n=count) if count else ""


def missing(count: int) -> str:
    """Return how many pictures are missing, or nothing."""
    if count == 1:
        return translate("LibraryWords", "1 picture missing")
    return translate("LibraryWords", "{n} pictures missing").format(n=count) if count else ""


def standing(card: Card) -> str:
    """Return whether it is a rough draft or checked, or nothing."""
    if card.drafts:
        return translate("LibraryWords", "Rough draft")
    return translate("LibraryWords", "Checked") if card.checked else ""


def tip(card: Card) -> str:
    """Return the whole title and summary, or what is wrong, as a tooltip takes it."""
    lines = [title(card), *filter(None, (card.summary.strip(), card.problem))]
    # A tooltip takes what looks like HTML for HTML.
    return f"<p>{'<br>'.join(map(escape, lines))}</p>"


def spoken(card: Card, now: datetime) -> str:
    """Return everything about a card in one line, as a screen reader says it."""
    if card.problem and not card.id:
        return f"{title(card)}, {card.problem}"
    ago = translate("LibraryWords", "changed {when}").format(when=when(card.modified, now))
    parts = (
        title(card),
        steps(card.steps),
        standing(card).lower(),
        stale(card.stale),
        missing(card.missing_pictures),
        warnings(card.warnings),
        ago,
    )
    return ", ".join(part for part in parts if part)


def _seconds(modified: float) -> int:
    """Return a file's time as far as a calendar knows it."""
    return int(min(max(modified, 0.0), 32503680000.0))  # the year 3000
