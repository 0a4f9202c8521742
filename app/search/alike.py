"""Which other words a query's words stand for: an abbreviation for its full form, and back."""

from collections.abc import Sequence
from functools import lru_cache

from app.search import analysis
from app.search.terms import Match, Term
from catalog_schema import synonyms

Words = tuple[str, ...]


def widened(terms: Sequence[Term]) -> list[Term]:
    """Return the terms, those in a row that are a known name replaced by "these, or any of its other names".

    The longest name that fits wins. Names are compared without marks, since people type them without.
    """
    found, at = list[Term](), 0
    known, longest = _known()
    while at < len(terms):
        length = next((n for n in range(longest, 0, -1) if _name(terms[at : at + n], n) in known), 0)
        if length:
            run = tuple(terms[at : at + length])
            others = known[_name(run, length)]
            found.append(
                Term(Match.ANY, (), run[0].field, (run, *((_phrase(words, run[0].field),) for words in others)))
            )
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


@lru_cache(maxsize=1)
def _known() -> tuple[dict[Words, tuple[Words, ...]], int]:
    """Return for each name, as folded words, the other names of its group; and how long the longest one is."""
    found: dict[Words, tuple[Words, ...]] = {}
    for group in synonyms.groups():
        listed = [tuple(analysis.tokens(name)) for name in group]
        spelled = {tuple(analysis.folded(words)): words for words in listed}
        for name in spelled:
            found[name] = tuple(words for other, words in spelled.items() if other != name)
    return found, max(map(len, found))
