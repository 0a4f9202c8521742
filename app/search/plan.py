"""A query as tokens of the index: what a document must have, must not have, and which
come first. See `digest`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.search import analysis
from app.search.digest import whole
from app.search.terms import Match, Query, Term


@dataclass(frozen=True)
class Token:
    """A token, or with `prefix` any token that begins so."""

    text: str
    prefix: bool = False


All = tuple[Token, ...]  # every one of them
Clause = tuple[All, ...]  # any of these


@dataclass(frozen=True)
class Plan:
    """Every clause of `must`, none of `never`; who has all tokens of a tier comes
    sooner, of the first soonest.
    """

    must: tuple[Clause, ...]
    never: tuple[Clause, ...]
    tiers: tuple[All, ...]


def plan(query: Query) -> Plan:
    """Return the plan of a query. A phrase of more than two words is found by its
    pairs, and looked at in `ranking`.

    One that must not be there is looked at there alone: its pairs may be without it.
    """
    never = [term for term in query.without if len(term.words) <= 2]  # noqa: PLR2004 - a pair is exact
    return Plan(
        tuple(map(_clause, query.terms)),
        tuple(map(_clause, never)),
        _tiers(query.terms),
    )


def _clause(term: Term) -> Clause:
    if term.match is Match.ANY:
        return tuple(
            tuple(token for one in each for token in _tokens(one))
            for each in term.alternatives
        )
    return (_tokens(term),)


def _tokens(term: Term) -> All:
    plain = analysis.folded(term.words)
    if term.match is Match.PREFIX:
        return (
            Token(f"{term.field}={plain[0]}" if term.field else plain[0], prefix=True),
        )
    fielded = [f"{term.field}={word}" for word in plain] if term.field else []
    return _of(
        [*fielded, *analysis.pairs(plain)] if len(plain) > 1 else fielded or plain
    )


def _tiers(terms: Sequence[Term]) -> tuple[All, ...]:
    """Return, soonest first: headings that say just that; the words in a row, marked
    so; in a row; all of them.
    """
    words = [
        word
        for term in terms
        for one in term.flat()
        if one.match is not Match.PREFIX
        for word in one.words
    ]
    if not words or any(one.field for term in terms for one in term.flat()):
        return ()
    plain, marked = analysis.folded(words), analysis.exact(words)
    row = [f"^{one}" for one in analysis.pairs(plain) or plain]
    return (
        _of([whole(plain)]),
        _of([*row, *(f"^{word}" for word in marked)]),
        _of(row),
        _of(f"^{one}" for one in plain),
    )


def _of(texts: Iterable[str]) -> All:
    return tuple(Token(text) for text in dict.fromkeys(texts))
