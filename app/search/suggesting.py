"""What somebody may have meant whose words are nowhere: typing errors, and what Telex or VNI leave in a text."""

import re
from collections.abc import Callable, Iterator, Mapping

from app.search import analysis
from app.search.terms import Match, Query, Term

MOST_WORDS = 200_000  # of the vocabulary that is looked at
_LONG = 5  # letters from which on one wrong letter is forgiven
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DOUBLED = re.compile("(aa|ee|oo|dd|uw|ow|aw)")
Vocabulary = Mapping[str, int]  # folded word → in how many texts it stands


def meant(query: Query, vocabulary: Callable[[], Vocabulary]) -> str | None:
    """Return the words that may have been meant, where some that were typed are nowhere; None where nothing is nearer.

    Only plain words and phrases are looked at; what else was asked is left to whoever asked it.
    """
    typed = [one for term in query.terms for one in term.flat()]
    if any(one.match not in (Match.WORD, Match.PHRASE) or one.field for one in typed):
        return None
    known = vocabulary()
    words = [_nearest(word, known) for one in typed for word in _folded(one)]
    if None in words or words == [word for one in typed for word in _folded(one)]:
        return None
    return " ".join(word for word in words if word)


def _folded(term: Term) -> list[str]:
    return [part for word in term.words for part in analysis.folded(word)]


def _nearest(word: str, known: Vocabulary) -> str | None:
    """Return the word itself where it is known, else the known word that it most likely is; None for none."""
    if word in known:
        return word
    for ways in (_untelexed(word), _one_edit(word) if len(word) >= _LONG else ()):
        found = {way for way in ways if way in known}
        if found:
            return max(found, key=lambda way: (known[way], way))
    return None


def _untelexed(word: str) -> Iterator[str]:
    """Yield what a word may be without the keys of Telex (s f r x j, doubled letters, w) and VNI (digits)."""
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
    """Return a word without the second d of đ, where it was typed after the vowels ("dadt")."""
    return "d" + word[1:].replace("d", "", 1) if word.startswith("d") else word


def _one_edit(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]
    for letter in _LETTERS:
        yield word + letter
