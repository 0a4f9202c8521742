"""Which other words a query's words stand for: an abbreviation for its full form, and back."""

from collections.abc import Sequence
from functools import lru_cache

from app.search import analysis
from app.search.terms import Match, Term
from catalog_schema import synonyms

Words = tuple[str, ...]
Groups = tuple[tuple[str, ...], ...]  # names of the same thing, the full form first


@lru_cache(maxsize=8)
def names(added: Groups = ()) -> "Names":
    """Return the names that come with the register and those that were added."""
    return Names((*synonyms.groups(), *added))


class Names:
    """Groups of names, found by any of them."""

    def __init__(self, groups: Groups) -> None:
        self._known: dict[Words, tuple[Words, ...]] = {}
        for group in groups:
            listed = [tuple(analysis.tokens(name)) for name in group]
            spelled = {tuple(analysis.folded(words)): words for words in listed if words}
            for name in spelled:
                others = (words for other, words in spelled.items() if other != name)
                self._known[name] = tuple(dict.fromkeys((*self._known.get(name, ()), *others)))
        self._longest = max(map(len, self._known), default=0)

    def widened(self, terms: Sequence[Term]) -> list[Term]:
        """Return the terms, those in a row that are a known name replaced by "these, or any of its other names".

        The longest name that fits wins. Names are compared without marks, since people type them without.
        """
        found, at = list[Term](), 0
        while at < len(terms):
            length = next((n for n in range(self._longest, 0, -1) if _name(terms[at : at + n], n) in self._known), 0)
            if length:
                run = tuple(terms[at : at + length])
                others = ((_phrase(words, run[0].field),) for words in self._known[_name(run, length)])
                found.append(Term(Match.ANY, (), run[0].field, (run, *others)))
            else:
                found.append(terms[at])
            at += max(1, length)
        return found


def _name(run: Sequence[Term], length: int) -> Words:
    """Return the words of so many plain terms of one field, folded; nothing where they are not that."""
    plain = len(run) == length and all(one.match is Match.WORD and one.field == run[0].field for one in run)
    return tuple(word for one in run for word in analysis.folded(one.words)) if plain else ()


def _phrase(words: Words, field: str | None) -> Term:
    return Term(Match.PHRASE if len(words) > 1 else Match.WORD, words, field)
