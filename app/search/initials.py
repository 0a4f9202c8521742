"""Names by their initials, as officials shorten them: “SNNMT”, “CSDLĐĐ”, “LTCCQĐP”.

Each heading is indexed by them beside its words; a word that may be such a thing is
looked for there too.
"""

import re
from collections.abc import Iterator

from app.search import analysis

INITIALS, WEIGHT = "initials", 3.0
_FEWEST, _MOST = 2, 12  # letters
# words that are written out of initials as often as in
_JOINING = frozenset({"va", "cua", "ve", "cho", "cac"})
# how a name begins, and is left away: what follows is known by its own initials
_BEGINNINGS = ("co so du lieu", "he thong thong tin", "luat", "so", "bo")
# a syllable: whoever types “an” or “ba” means the word
_SYLLABLE = re.compile(
    "(?:[bcdghklmnpqrstvx]|ch|gh|gi|kh|ngh?|nh|ph|qu|th|tr)?"
    "[aeiouy]{1,3}(?:[cmnpt]|ch|ng|nh)?"
)


def of(name: str) -> Iterator[str]:
    """Yield the ways to say a name by its initials; none for what has a number in it,
    or too many words.
    """
    words = analysis.folded(analysis.tokens(name))
    if any(not word.isalpha() for word in words):
        return
    for spoken in _beginnings(words):
        plain = "".join(word[0] for word in spoken)
        short = "".join(word[0] for word in spoken if word not in _JOINING)
        yield from (one for one in dict.fromkeys((plain, short)) if may_be(one))


def may_be(word: str) -> bool:
    """Tell whether a folded word may be the initials of a name."""
    short = _FEWEST <= len(word) <= _MOST and word.isalpha()
    return short and _SYLLABLE.fullmatch(word) is None


def _beginnings(words: list[str]) -> Iterator[list[str]]:
    yield words
    for beginning in _BEGINNINGS:
        left_out = beginning.split()
        if words[: len(left_out)] == left_out:
            yield words[len(left_out) :]
