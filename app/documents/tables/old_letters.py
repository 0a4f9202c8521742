"""Vietnamese in the letters of before Unicode: TCVN3 (fonts named `.Vn…`), VNI (fonts
named `VNI-…`), and UTF-8 that was read as something else.

Such a text is known by letters that Vietnamese does not have and by reading as
Vietnamese once it is turned. Tables of letters: TCVN 5712:1993 (VN3) and VNI for
Windows, as their fonts draw them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Letters(StrEnum):
    """How a text was written."""

    TCVN3 = "TCVN3"
    VNI = "VNI"
    MOJIBAKE = "UTF-8"


@dataclass(frozen=True)
class Turned:
    """A text that was written in other letters, and what it says."""

    letters: Letters
    text: str


# a letter with its marks ← the letter whose place it takes in a font of TCVN3
TCVN3_LETTERS = dict(
    zip(
        "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ¨©ª«¬\xad®¡¢£¤¥¦§",
        "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâêôơưđĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_SIGNS = "".join(re.escape(char) for char in TCVN3_LETTERS if not char.isalpha())
# marks that a font of VNI draws after a vowel: of the vowel itself, with its hat or
# its breve
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_HAT = dict(zip("áàåãä", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_BREVE = dict(zip("éèúüë", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    """Return what a vowel and the mark after it say, and what a letter alone says."""
    table = dict(_ALONE)
    for vowel in "aeouy":
        table |= {vowel + sign: vowel + mark for sign, mark in _TONES.items()}
    for letter, vowel in (("ô", "ơ"), ("ö", "ư")):
        table |= {letter + sign: vowel + mark for sign, mark in _TONES.items()}
    for vowel in "aeo":
        table[vowel + "â"] = vowel + "\u0302"
        table |= {vowel + sign: vowel + "\u0302" + mark for sign, mark in _HAT.items()}
    table["aê"] = "ă"
    table |= {"a" + sign: "ă" + mark for sign, mark in _BREVE.items()}
    plain = {pair: unicodedata.normalize("NFC", said) for pair, said in table.items()}
    capitals = {pair.upper(): said.upper() for pair, said in plain.items()}
    # a capital vowel before a small mark, as people type it
    mixed = {
        pair[0].upper() + pair[1:]: said.upper()
        for pair, said in plain.items()
        if len(pair) > 1
    }
    return plain | mixed | capitals


VNI_LETTERS = _vni()
_VNI_LETTER = re.compile(
    "|".join(sorted(map(re.escape, VNI_LETTERS), key=len, reverse=True))
)
_ONSET = (
    "(?:b|br|ch|c|d|đ|đr|gh|gi|gr|g|h|kh|kr|k|l|m|ngh|ng|nh|n|ph|pl|p|qu|q|r|s|tr|th"
    "|t|v|x)?"
)
_NUCLEUS = (
    "(?P<nucleus>uyê|uya|uyu|uây|uâ|uê|uơ|uôi|uô|ươi|ươu|ươ|ưa|ưi|ưu|iêu|iê|ia|iu|yêu"
    "|yê|oai|oay|oao|oeo|oa|oă|oe|oi|ôi|ơi|ai|ao|au|ay|âu|ây|eo|êu|ua|ui|uy|a"
    "|ă|â|e|ê|i|o|ô|ơ|u|ư|y)"
)
_CODA = "(?P<coda>ch|c|k|m|ng|nh|n|p|t)?"
_PALATAL = ("ch", "nh")  # codas that stand after these alone
_FRONT = frozenset("aêiy")
_SYLLABLE = re.compile(_ONSET + _NUCLEUS + _CODA)
_FALLING = frozenset("iouy")  # at the end of a nucleus it bears no tone
_RISING = ("uy",)
_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"\s+|\S+")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_VIETNAMESE = frozenset(
    unicodedata.normalize("NFC", vowel + mark)
    for vowel in "aăâeêioôơuưy"
    for mark in ("", *_TONES.values())
) | frozenset("abcdđefghijklmnopqrstuvwxyz")
_SIGN_IN_WORD = re.compile(f"[^\\W_][{_SIGNS}]|[{_SIGNS}][^\\W_]")


def turned(text: str, font: str = "") -> Turned | None:
    """Return what a text says that was written in old letters; None for one that was
    not. `font`: the name of the font it is drawn with, where that is known.
    """
    if text.isascii():
        return None
    named = _by_font(font)
    if named is not None:
        said = _TURN[named](text)
        capitals = named is Letters.TCVN3 and font.rstrip().endswith("H")
        return Turned(named, said.upper() if capitals else said)
    mended = _from_mojibake(text)  # which no text of another kind survives
    if mended != text and reads(mended):
        return Turned(Letters.MOJIBAKE, mended)
    if reads(text):
        return None
    for letters, turn in _TURN.items():
        said = turn(text)
        if said != text and reads(said):
            return Turned(letters, said)
    return None


def turned_as(letters: Letters, text: str) -> Turned | None:
    """Return what a text says if it is in these letters, as its neighbours are; None
    where that reads as nothing.
    """
    said = _TURN[letters](text)
    return Turned(letters, said) if said != text and reads(said) else None


def is_unicode(text: str) -> bool:
    """Tell whether a text has a letter that only Unicode has."""
    return any(char > "\u00ff" and char.isalpha() for char in text)


def _by_font(font: str) -> Letters | None:
    if font.startswith(".Vn"):
        return Letters.TCVN3
    return Letters.VNI if font.upper().startswith("VNI") else None


def _from_tcvn3(text: str) -> str:
    return "".join(map(_word_from_tcvn3, _PARTS.findall(text)))


def _word_from_tcvn3(word: str) -> str:
    """Return what a word says; TCVN3 has no capitals with marks, so a word between
    capitals is one in capitals.
    """
    said = "".join(TCVN3_LETTERS.get(char, char) for char in word)
    plain = [char for char in word if char.isascii() and char.isalpha()]
    capitals = len(plain) > 1 and all(map(str.isupper, plain))
    return said.upper() if capitals else said


def _from_vni(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return _VNI_LETTER.sub(lambda found: VNI_LETTERS[found[0]], composed)


def _from_mojibake(text: str) -> str:
    """Return what the bytes say that were read one letter each."""
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")


_TURN: Mapping[Letters, Callable[[str], str]] = {
    Letters.MOJIBAKE: _from_mojibake,
    Letters.TCVN3: _from_tcvn3,
    Letters.VNI: _from_vni,
}


def reads(text: str) -> bool:
    """Tell whether every word of a text may be Vietnamese, and no sign stands where
    only a letter may.
    """
    composed = unicodedata.normalize("NFC", text)
    if _SIGN_IN_WORD.search(composed):
        return False
    return all(map(_may_be_a_word, _WORD.findall(composed.lower())))


def _may_be_a_word(word: str) -> bool:
    """Tell whether a word is a syllable of Vietnamese, or none of its letters is one
    that only Vietnamese has.
    """
    if word.isascii() or not any(map(str.isalpha, word)):
        return True
    if any(char.isalpha() and char not in _VIETNAMESE for char in word):
        return False
    tones = _TONE.findall(unicodedata.normalize("NFD", word))
    bare = unicodedata.normalize(
        "NFC", _TONE.sub("", unicodedata.normalize("NFD", word))
    )
    syllable = _SYLLABLE.fullmatch(bare)
    if syllable is None or len(tones) > 1:
        return False
    nucleus = syllable["nucleus"]
    if syllable["coda"] in _PALATAL and nucleus[-1] not in _FRONT:
        return False
    last = word[syllable.end("nucleus") - 1]
    falling = nucleus[-1] in _FALLING and nucleus not in _RISING
    return not (len(nucleus) > 1 and falling and last != nucleus[-1])
