"""Vietnamese text: what may be stored, how it is ordered, how it is folded for
finding.
"""

import re
import unicodedata

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_RANK = {
    letter: rank
    for rank, letter in enumerate(" 0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
}
# as people write a day, and as spreadsheets copy it
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_BREAK = re.compile("\r\n|\r|\u2028|\u2029")
# letters that look like another one, and blanks of any width: as they were meant
_MEANT = str.maketrans(
    {
        "Ð": "Đ",  # eth, of Iceland
        "Ɖ": "Đ",  # of Ewe
        "ð": "đ",
        **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
    }
)
_BLANKS = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# letters and marks by their category that show nothing
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\ufe0f\uffa0"
)


def clean(text: str) -> str:
    """Return `text` as it is kept and looked for: in NFC, look-alikes as the letters
    that were meant, without control characters and what shows nothing, one blank where
    there are several; line breaks stay. Empty where nobody would see anything.
    """
    normal = unicodedata.normalize("NFC", _BREAK.sub("\n", text)).translate(_MEANT)
    storable = "".join(char for char in normal if _storable(char))
    single = _BLANKS.sub(" ", storable).strip()
    return single if visible(single) else ""


def seen(text: str) -> str:
    """Return what somebody sees of `text` in one line: cleaned, one blank where there
    are blanks or breaks of any kind.
    """
    return " ".join(clean(text).split())


def visible(text: str) -> bool:
    """Tell whether somebody who looks at `text` sees anything."""
    return any(
        unicodedata.category(char)[0] in "LNPSM" and char not in _UNSEEN
        for char in text
    )


def _storable(char: str) -> bool:
    if char in "\n\t":
        return True
    code = ord(char)
    control = code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000  # noqa: PLR2004 - Unicode's blocks
    if control or code & 0xFFFE == 0xFFFE:  # noqa: PLR2004
        return False
    return char not in _UNSEEN and unicodedata.category(char) != "Cf"


def fold(text: str) -> str:
    """Return `text` without marks and case, đ as d: "Đất đai" and "dat dai" fold to the
    same.
    """
    return unmarked(text.translate(_MEANT).lower())


def unmarked(text: str) -> str:
    """Return `text` without marks, đ as d; its case stays."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize(
        "NFC", "".join(c for c in decomposed if not unicodedata.combining(c))
    )


def iso_day(text: str) -> str:
    """Return a day written 31/12/2026, 31-12-2026 or 31.12.2026 as 2026-12-31; anything
    else without its outer blanks, as it was typed. Whether there is such a day is not
    asked here.
    """
    typed = text.strip()
    written = _DAY.fullmatch(typed)
    return f"{written[3]}-{written[2]:0>2}-{written[1]:0>2}" if written else typed


def sort_key(text: str) -> str:
    """Return a string whose byte order is the Vietnamese order: letters first (ă after
    a, đ after d), then tones.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", text.lower())[:300]:
        if char in _TONES:
            tones[-1:] = [str(_TONES[char])]
        elif unicodedata.combining(char) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + char)
        else:
            letters.append(char)
            tones.append("0")
    return (
        "".join(f"{_RANK.get(letter, 90):02d}" for letter in letters)
        + "!"
        + "".join(tones)
    )
