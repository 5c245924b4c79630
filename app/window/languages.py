"""The languages that a tutorial can be chosen to be in, by code, each in its own words."""

LANGUAGES = {
    "ar": "العربية", "bn": "বাংলা", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "fa": "فارسی", "fi": "Suomi",
    "fr": "Français", "he": "עברית", "hi": "हिन्दी", "hu": "Magyar", "id": "Bahasa Indonesia",
    "it": "Italiano", "ja": "日本語", "ko": "한국어", "nl": "Nederlands", "no": "Norsk",
    "pl": "Polski", "pt": "Português", "ro": "Română", "ru": "Русский", "sv": "Svenska",
    "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip


def language_code(text: str) -> str | None:
    """Return the code of a language's own name or of a code as typed; None for neither."""
    typed = text.strip()
    for code, name in LANGUAGES.items():
        if typed.casefold() in (name.casefold(), code):
            return code
    letters = typed.replace("_", "-").split("-")
    first, rest = letters[0], letters[1:]
    sound = first.isascii() and first.isalpha() and 2 <= len(first) <= 3
    if sound and all(part.isascii() and part.isalnum() and len(part) <= 8 for part in rest):
        return "-".join([first.lower(), *rest])
    return None
