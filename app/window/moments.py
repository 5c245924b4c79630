"""A moment in words: as the clock tells it, and how long ago."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

translate = QCoreApplication.translate

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds


def clock_words(moment: QDateTime, now: QDateTime) -> str:
    """Return such as "Today 10:42", "Yesterday 18:03", "Monday 9:15" or a date and time."""
    locale = QLocale()
    time = locale.toString(moment.time(), QLocale.FormatType.ShortFormat)
    days = moment.date().daysTo(now.date())
    if days == 0:
        return translate("Moments", "Today {time}").format(time=time)
    if days == 1:
        return translate("Moments", "Yesterday {time}").format(time=time)
    if 1 < days < 7:
        day = locale.standaloneDayName(moment.date().dayOfWeek())
    else:
        day = locale.toString(moment.date(), QLocale.FormatType.ShortFormat)
    return translate("Moments", "{day} {time}").format(day=day, time=time)


def ago_words(moment: QDateTime, now: QDateTime) -> str:
    """Return such as "just now", "5 min ago", "3 h ago", "1 day ago"."""
    seconds = moment.secsTo(now)
    if seconds < MINUTE:
        return translate("Moments", "just now")
    if seconds < HOUR:
        return translate("Moments", "{n} min ago").format(n=seconds // MINUTE)
    if seconds < DAY:
        return translate("Moments", "{n} h ago").format(n=seconds // HOUR)
    days = seconds // DAY
    one, many = translate("Moments", "1 day ago"), translate("Moments", "{n} days ago")
    return one if days == 1 else many.format(n=days)


def moment_of(seconds: float) -> QDateTime:
    """Return the local moment of so many seconds since 1970."""
    return QDateTime.fromMSecsSinceEpoch(round(seconds * 1000))
