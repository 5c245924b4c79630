"""An estimate in words, as it stands beside a button that starts something."""

from PySide6.QtCore import QCoreApplication

from app.engine.estimates import Estimate


def estimate_words(estimate: Estimate) -> str:
    """Return such as "about 28 s, 4 pictures (a guess)"."""
    translate = QCoreApplication.translate
    told = [translate("Estimate", "about {time}").format(time=duration(estimate.seconds))]
    if estimate.pictures == 1:
        told.append(translate("Estimate", "1 picture"))
    elif estimate.pictures:
        told.append(translate("Estimate", "{n} pictures").format(n=estimate.pictures))
    words = ", ".join(told)
    if not estimate.measured:
        words = translate("Estimate", "{words} (a guess)").format(words=words)
    return words


def duration(seconds: float) -> str:
    """Return seconds as people say them: "28 s", "2 min"."""
    translate = QCoreApplication.translate
    if seconds < 90:
        return translate("Estimate", "{n} s").format(n=max(round(seconds), 1))
    return translate("Estimate", "{n} min").format(n=round(seconds / 60))
