"""How text becomes tokens, the same for what is indexed and for what is asked: NFC
first, exact and folded.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.vietnamese import fold

# raise it when tokens change: an index that was made by another one is built anew
VERSION = 7
_LONGEST = 64  # letters of a word that count
_WORD = re.compile(r"[^\W_]+")
_BEGINNINGS = re.compile(
    "(?:(?:co so du lieu|csdl|uy ban nhan dan|ubnd) )?(?:(?:tinh|thanh "
    "pho|huyen|thi xa|thi tran|phuong|xa) )?(?=.)"
)
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def tokens(text: str) -> list[str]:
    """Return the lower-case words of a text in order, in NFC; a code gives its segments
    (`a01.7` is `a01`, `7`).
    """
    return [
        word[:_LONGEST]
        for word in _WORD.findall(unicodedata.normalize("NFC", text).lower())
    ]


def exact(words: Iterable[str]) -> list[str]:
    """Return words with their marks, each tone behind its word: "hoà" and "hòa" are the
    same word.
    """
    return [_toned(word) for word in words]


def _toned(word: str) -> str:
    letters, tone = [], ""
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        else:
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)) + (f"~{tone}" if tone else "")


def folded(words: Iterable[str]) -> list[str]:
    """Return words without marks, đ as d."""
    return [fold(word) for word in words]


def bare(words: Sequence[str]) -> list[str]:
    """Return folded words of a heading without how nearly all of them begin ("Cơ sở dữ
    liệu", "Ủy ban nhân dân xã").
    """
    return _BEGINNINGS.sub("", f"{' '.join(words)} ", count=1).split()


def pairs(words: Sequence[str]) -> list[str]:
    """Return each two words that follow each other, as one token: what makes a phrase
    quick to find.
    """
    return [f"_{one}_{other}" for one, other in pairwise(words)]
