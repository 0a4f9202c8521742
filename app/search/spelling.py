"""What somebody may have meant whose words are not there together: typing errors, and
what Telex or VNI leave in a text.

Each word gives a bounded number of spellings; the index says which of them stand
somewhere, and which two of them stand side by side: that is what makes one likely.
"""

import heapq
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from app.search import analysis
from app.search.terms import Match, Query

_SHORTEST = 3  # letters from which on one wrong letter is forgiven
_LONGEST = 30  # letters beyond which nothing is guessed
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DOUBLED = re.compile("(aa|ee|oo|dd|uw|ow|aw)")
# how far a spelling is from what was typed
_KEYS, _SLIP, _EDIT = 0.4, 1.0, 1.3
_APART = 1.6  # what two words cost that stand nowhere side by side
_SPELLINGS = 25  # of a word
_BEAM = 24  # ways to say what was typed that are followed
_MOST = 3  # ways that are returned
# those of some folded words that stand somewhere, and how often
Known = Callable[[Iterable[str]], Mapping[str, int]]


def likely(query: Query, known: Known) -> list[str]:
    """Return the words that may have been meant, the likeliest first, where those that
    were typed are not found; none where nothing is nearer.

    Only plain words and phrases are looked at; what else was asked is left to whoever
    asked it.
    """
    typed = [one for term in query.terms for one in term.flat()]
    if any(one.match not in (Match.WORD, Match.PHRASE) or one.field for one in typed):
        return []
    words = [word for one in typed for word in analysis.folded(one.words)]
    spellings = [_spellings(word) for word in words]
    there = known({way for ways in spellings for way in ways})
    options = [_there(ways, there) for ways in spellings]
    if not words or not all(options):
        return []
    side_by_side = known(
        pair
        for before, after in pairwise(options)
        for one in before
        for other in after
        for pair in analysis.pairs([one, other])
    )
    found = [
        " ".join(way)
        for way in _best(options, side_by_side)
        if _is_likely(way, words, there, side_by_side)
    ]
    return found[:_MOST]


def unknown(query: Query, known: Known) -> set[str]:
    """Return the folded words that stand nowhere of those that were typed."""
    typed = [one for term in query.terms for one in term.flat()]
    words = {word for one in typed for word in analysis.folded(one.words)}
    return words - known(words).keys()


def _is_likely(
    way: Sequence[str],
    words: Sequence[str],
    there: Mapping[str, int],
    side_by_side: Mapping[str, int],
) -> bool:
    """Tell whether words may be what was meant by others. What stands somewhere is
    rarely a slip: of such words one at most, where all words then stand side by side.
    """
    pairs = list(zip(words, way, strict=True))
    changed = [word for word, other in pairs if word != other and word in there]
    if not changed:
        return list(way) != list(words)
    joined = all(pair in side_by_side for pair in analysis.pairs(way))
    return joined and len(way) > 1 and len(changed) == 1


def _spellings(word: str) -> dict[str, float]:
    """Return what a word may be, each with how far it is from what was typed."""
    ways = {word: 0.0}
    if len(word) > _LONGEST:
        return ways
    for far, spelled in (
        (_KEYS, _untelexed(word)),
        (_SLIP, _slips(word)),
        (_EDIT, _one_edit(word) if len(word) >= _SHORTEST else ()),
    ):
        for way in spelled:
            if way:
                ways.setdefault(way, far)
    return ways


def _there(ways: Mapping[str, float], there: Mapping[str, int]) -> dict[str, float]:
    """Return those of the spellings that stand somewhere, the nearest, of them the most
    frequent, with how far they are.
    """
    costs = {
        way: far - 0.05 * math.log(there[way])
        for way, far in ways.items()
        if way in there
    }
    nearest = heapq.nsmallest(_SPELLINGS, costs, key=lambda way: (costs[way], way))
    return {way: costs[way] for way in nearest}


def _best(
    options: list[dict[str, float]], side_by_side: Mapping[str, int]
) -> Iterator[tuple[str, ...]]:
    """Yield the ways to choose one option a place, the likeliest first."""
    ahead: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for choices in options:
        further = [
            (far + cost + _apart(way, word, side_by_side), (*way, word))
            for far, way in ahead
            for word, cost in choices.items()
        ]
        ahead = heapq.nsmallest(_BEAM, further)
    yield from (way for _far, way in ahead)


def _apart(way: tuple[str, ...], word: str, side_by_side: Mapping[str, int]) -> float:
    if not way:
        return 0.0
    (pair,) = analysis.pairs([way[-1], word])
    return 0.0 if pair in side_by_side else _APART


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
