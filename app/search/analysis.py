"""How text becomes tokens, the same for what is indexed and for what is asked: NFC first, exact and folded."""

import re
import unicodedata

from app.vietnamese import fold

VERSION = 2  # raise it when tokens change: an index that was made by another one is built anew
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[^\W_]+(?:[./:-][^\W_]+)+")
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def tokens(text: str) -> list[str]:
    """Return the lower-case words of a text in order, in NFC."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def exact(text: str) -> list[str]:
    """Return the words with their marks, each tone behind its word: "hoà" and "hòa" are the same word."""
    return [_toned(word) for word in tokens(text)]


def _toned(word: str) -> str:
    letters, tone = [], ""
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        else:
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)) + (f"~{tone}" if tone else "")


def folded(text: str) -> list[str]:
    """Return the words without marks, đ as d."""
    return [fold(word) for word in tokens(text)]


def codes(text: str) -> list[str]:
    """Return what looks like a code or number (`A01.7.2`, `20/2020/QĐ-TTg`), whole and folded."""
    found = _CODE.findall(unicodedata.normalize("NFC", text).lower())
    return [fold(code) for code in found if any(char.isdigit() for char in code)]
