"""Which of the hits comes first, and why: the same rules for every backend, over texts that the index gives back.

A hit's points are the sum of what each word that was asked for earns in the text where it earns most, and of what the
best text earns for having them in a row, as they are marked, and little else. A text earns by its field's weight in the
profile. An entry that has ended keeps a part of its points. Nothing counts how often anybody looked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from app.search import analysis, digest
from app.search.digest import HEADING, Text
from app.search.port import Hit
from app.search.terms import Match, Query, Term
from catalog_schema.profile import Visibility

MARKED = 0.5  # more for a word whose marks are those that were typed
ROW = 0.6  # more for each word, where all stand in a row
FULL = 1.5  # more for a heading that says nothing else, less the more it says
WHOLE = 4.0  # more for a heading that is what was typed
ENDED = 0.75  # of the points of an entry that has ended
_BEGINNINGS = re.compile(
    " (?:(?:co so du lieu|csdl|uy ban nhan dan|ubnd) )?(?:(?:tinh|thanh pho|huyen|thi xa|thi tran|phuong|xa) )?(?=.)"
)
_ROWS = 8  # ways to say a query that are tried, of all those that synonyms make


@dataclass(frozen=True)
class Reason:
    """What earned points: a word or a sentence of `wording`, the field where, how many."""

    what: str
    field: str
    points: float


@dataclass(frozen=True)
class Ranked:
    """A hit with its points and what earned them."""

    hit: Hit
    points: float
    reasons: tuple[Reason, ...]


class Ranking:
    """Ranks the hits of one query for readers of one level."""

    def __init__(self, query: Query, level: Visibility) -> None:
        self._query = query
        self._level = level
        self._rows = [
            (f" {' '.join(analysis.folded(row))} ", f" {' '.join(analysis.exact(row))} ", len(row))
            for row in islice(_rows(query.terms), _ROWS)
            if row
        ]

    def best_first(self, hits: Sequence[Hit]) -> list[Ranked]:
        """Return the hits in order; those that do not hold a phrase as it was typed are left out."""
        ranked = [one for hit in hits if (one := self._ranked(hit))]
        return sorted(ranked, key=lambda one: (-round(one.points, 3), one.hit.order))

    def _ranked(self, hit: Hit) -> Ranked | None:
        ended, rows = digest.read(hit.shown)
        texts = [one for one in rows if self._level.sees(one.level)]
        reasons = []
        for term in self._query.terms:
            best = max((self._earned(term, text) for text in texts), key=lambda one: one.points, default=None)
            if best is None or (term.match is Match.PHRASE and not best.points):
                return None
            reasons.append(best)
        if any(self._earned(term, text).points for term in self._query.without for text in texts):
            return None
        extra = max((self._extra(text) for text in texts), key=lambda one: one.points, default=None)
        if extra and extra.points:
            reasons.append(extra)
        points = sum(one.points for one in reasons)
        if ended:
            reasons.append(Reason("ended", "", points * (ENDED - 1)))
            points *= ENDED
        return Ranked(hit, points, tuple(reasons))

    def _earned(self, term: Term, text: Text) -> Reason:
        share = 0.0 if term.field not in (None, text.field) else _share(term, text)
        words = " ".join(word for one in term.flat() for word in one.words)
        return Reason(words, text.field, share * text.weight)

    def _extra(self, text: Text) -> Reason:
        """Return what a text earns for the words together."""
        best = Reason("row", text.field, 0.0)
        bare = _bare(text.folded)
        for plain, marked, count in self._rows:
            if plain not in text.folded:
                continue
            points, what = ROW * count if count > 1 else 0.0, "row"
            if text.weight >= HEADING:
                points += FULL * min(1.0, count / (bare.count(" ") - 1))
                if _bare(plain) == bare:
                    points, what = points + WHOLE, "whole"
            points *= 1 + MARKED * (marked in text.exact)
            if points * text.weight > best.points:
                best = Reason(what, text.field, points * text.weight)
        return best


def _bare(words: str) -> str:
    """Return a heading without how nearly all of them begin ("Cơ sở dữ liệu", "Ủy ban nhân dân xã")."""
    return " " + _BEGINNINGS.sub("", words, count=1)


def _share(term: Term, text: Text) -> float:
    """Return what a term earns in a text: 1 for each of its words, more where the marks are the same."""
    if term.match is Match.ANY:
        return max(_together(each, text) for each in term.alternatives)
    plain = analysis.folded(term.words)
    if term.match is Match.PREFIX:
        return 0.9 * (f" {plain[0]}" in text.folded)
    if f" {' '.join(plain)} " not in text.folded:
        return 0.0
    return len(plain) * (1 + MARKED * (f" {' '.join(analysis.exact(term.words))} " in text.exact))


def _together(each: tuple[Term, ...], text: Text) -> float:
    shares = [_share(one, text) for one in each]
    return sum(shares) if all(shares) else sum(shares) / 2


def _rows(terms: Sequence[Term]) -> Iterator[list[str]]:
    """Yield the words of a query in a row, in each way that its synonyms allow."""
    ways = [
        [[word for one in each for word in one.words] for each in term.alternatives]
        if term.match is Match.ANY
        else [list(term.words)]
        for term in terms
    ]
    for way in product(*ways):
        yield [word for words in way for word in words]
