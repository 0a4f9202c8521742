"""How text becomes tokens, the same for what is indexed and for what is asked: NFC first, exact and folded."""

import re
import unicodedata

from app.vietnamese import fold

_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[^\W_]+(?:[./:-][^\W_]+)+")


def tokens(text: str) -> list[str]:
    """Return the lower-case words of a text in order, in NFC."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def folded(text: str) -> list[str]:
    """Return the words without marks, đ as d."""
    return [fold(word) for word in tokens(text)]


def codes(text: str) -> list[str]:
    """Return what looks like a code or number (`A01.7.2`, `20/2020/QĐ-TTg`), whole and folded."""
    found = _CODE.findall(unicodedata.normalize("NFC", text).lower())
    return [fold(code) for code in found if any(char.isdigit() for char in code)]
