"""What somebody may have meant whose words are nowhere: typing errors, and what Telex
or VNI leave in a text.

Each word that is nowhere gives a bounded number of spellings; the index says which of
them stand somewhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from app.search import analysis
from app.search.terms import Match, Query

_LONG = 5  # letters from which on one wrong letter is forgiven
_LONGEST = 30  # letters beyond which nothing is guessed
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DOUBLED = re.compile("(aa|ee|oo|dd|uw|ow|aw)")
# those of some folded words that stand somewhere, and how often
Known = Callable[[Iterable[str]], Mapping[str, int]]


def meant(query: Query, known: Known) -> str | None:
    """Return the words that may have been meant, where some that were typed are
    nowhere; None where nothing is nearer.

    Only plain words and phrases are looked at; what else was asked is left to whoever
    asked it.
    """
    typed = [one for term in query.terms for one in term.flat()]
    if any(one.match not in (Match.WORD, Match.PHRASE) or one.field for one in typed):
        return None
    words = [word for one in typed for word in analysis.folded(one.words)]
    there = known(words)
    found = list[str]()
    for word in words:
        meant_ = word if word in there else _nearest(word, known)
        if meant_ is None:
            return None
        found.append(meant_)
    return " ".join(found) if found != words else None


def _nearest(word: str, known: Known) -> str | None:
    """Return the known word that a word most likely is; None for none."""
    if len(word) > _LONGEST:
        return None
    for ways in (
        _untelexed(word),
        _slips(word),
        _one_edit(word) if len(word) >= _LONG else (),
    ):
        found = known(dict.fromkeys(way for way in ways if way))
        if found:
            return max(found, key=lambda way: (found[way], way))
    return None


def _untelexed(word: str) -> Iterator[str]:
    """Yield what a word may be without the keys of Telex (s f r x j, doubled letters,
    w) and VNI (digits).
    """
    plain = re.sub("[0-9]", "", word)
    yield plain
    single = _DOUBLED.sub(lambda found: found[0][0], plain).replace("w", "")
    yield single
    for start in dict.fromkeys((plain, single)):
        for match in re.finditer("[sfrxjz]", start[1:]):
            bare = start[: match.start() + 1] + start[match.start() + 2 :]
            yield bare
            yield _late_d(bare)
    yield _late_d(single)


def _late_d(word: str) -> str:
    """Return a word without the second d of đ, where it was typed after the vowels
    ("dadt").
    """
    return "d" + word[1:].replace("d", "", 1) if word.startswith("d") else word


def _slips(word: str) -> Iterator[str]:
    """Yield what a word may be whose letter was typed twice, or two letters the wrong
    way round.
    """
    for at in range(len(word) - 1):
        if word[at] == word[at + 1]:
            yield word[:at] + word[at + 1 :]
        else:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _one_edit(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]
    for letter in _LETTERS:
        yield word + letter
