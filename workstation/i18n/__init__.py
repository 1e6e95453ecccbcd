"""Gettext for the interface. The source language of every text is Chinese; English is a translation.

`N_` marks a text without translating it (tables built at import time); `_` translates at run time.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Iterable
from pathlib import Path

DOMAIN = "workstation"
LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("zh_CN", "en")

_translation: _gettext.NullTranslations = _gettext.NullTranslations()


def install(language: str) -> None:
    """Use `language` (`zh_CN` or `en`) from now on; an unknown one means the Chinese source texts."""
    global _translation
    _translation = _gettext.translation(DOMAIN, LOCALES, languages=[language], fallback=True)


def _(message: str) -> str:
    """Translate a text."""
    return _translation.gettext(message)


def N_(message: str) -> str:
    """Mark a text for translation and return it unchanged."""
    return message


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence, with the comma of the language."""
    return _("、").join(words)
