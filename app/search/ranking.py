"""Which of the hits comes first, and why: the same rules for every backend, over texts
that the index gives back.

A hit's points are the sum of what each word that was asked for earns in the text where
it earns most, and of what the best text earns for having them in a row, as they are
marked, and little else. A text earns by its field's weight in the profile. An entry
that has ended keeps a part of its points. Nothing counts how often anybody looked.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from app.search import analysis, digest
from app.search.digest import HEADING, RankedText
from app.search.initials import INITIALS
from app.search.port import Hit
from app.search.terms import Match, Query, Term
from catalog_schema.profile import Visibility

MARKED = 0.5  # more for words whose marks are those that were typed
ROW = 0.6  # more for each word, where all stand in a row
FULL = 1.5  # more for a heading that says nothing else, less the more it says
WHOLE = 4.0  # more for a heading that is what was typed
# reasons: the words are a whole name, or stand in a row
WHOLE_NAME, IN_A_ROW = "whole", "row"
OTHER_MARKS = 0.4  # of a word, where only its letters are the same
BEGUN = 0.9  # of a word, for one that only begins so
ENDED = 0.75  # of the points of an entry that has ended
_ROWS = 8  # ways to say a query that are tried, of all those that synonyms make


@dataclass(frozen=True)
class Reason:
    """What earned points: a word, or `row`, `whole`, `ended`; the field where; how
    many.
    """

    what: str
    field: str
    points: float


@dataclass(frozen=True)
class Ranked:
    """A hit with its points."""

    hit: Hit
    points: float
    ranking: "Ranking"

    @property
    def whole(self) -> bool:
        """Whether what was typed is a whole name of it."""
        return any(reason.what == WHOLE_NAME for reason in self.reasons)

    @property
    def in_a_row(self) -> bool:
        """Whether the words that were typed stand in a row in it."""
        return any(reason.what in (WHOLE_NAME, IN_A_ROW) for reason in self.reasons)

    @property
    def reasons(self) -> list[Reason]:
        """What earned the points."""
        return self.ranking.reasons(self.hit)


class _Wanted:
    """A term as it is looked for: strings with blanks around them, made once."""

    def __init__(self, term: Term, *, as_marked: bool = False) -> None:
        self.term = term
        self.each: list[list[_Wanted]] = []
        for each in term.alternatives:
            # what was typed may lack its marks; what means the same has them
            others = bool(self.each)
            self.each.append([_Wanted(one, as_marked=others) for one in each])
        plain = " ".join(analysis.folded(term.words))
        self.begun = term.match is Match.PREFIX
        self.plain = f" {plain}" if self.begun else f" {plain} "
        self.marked = f" {' '.join(analysis.exact(term.words))} "
        self.count = len(term.words)
        self.has_marks = not self.begun and self.marked != self.plain
        self.needs_marks = as_marked and self.has_marks

    def stands_so(self, text: RankedText) -> bool:
        """Tell whether it stands in a text with just its marks."""
        return self.marked in text.exact

    @cached_property
    def said(self) -> str:
        return " ".join(word for one in self.term.flat() for word in one.words)

    def share(self, text: RankedText) -> float:
        """Return what it earns in a text: 1 for each of its words, more where the marks
        are the same.
        """
        if self.each:
            return max(_together(each, text) for each in self.each)
        asked = text.field if self.term.field is None else self.term.field
        if asked != text.field or self.plain not in text.folded:
            return 0.0
        if text.field == INITIALS and self.term.field is None:
            return 0.0  # a word is no name's initials unless that was asked
        if self.needs_marks and not self.stands_so(text):
            return 0.0
        if self.begun:
            return BEGUN
        return self.count * (1 + MARKED * self.stands_so(text))

    def standing(self, text: RankedText) -> float:
        """Return how surely it stands in a text, however many words it has: 0 to 1,
        less where it was typed with other marks.
        """
        if self.each:
            return max(_least(each, text) for each in self.each)
        if not self.share(text):
            return 0.0
        return OTHER_MARKS if self.has_marks and not self.stands_so(text) else 1.0


class Ranking:
    """Ranks the hits of one query for readers of one level."""

    def __init__(self, query: Query, level: Visibility) -> None:
        self._level = level
        self._wanted = [_Wanted(term) for term in query.terms]
        self._without = [_Wanted(term) for term in query.without]
        self._rows = [
            (
                f" {' '.join(analysis.folded(row))} ",
                f" {' '.join(analysis.exact(row))} ",
                len(row),
                _bare(row),
            )
            for row in islice(_rows(query.terms), _ROWS)
            if row
        ]

    def best_first(self, hits: Sequence[Hit]) -> list[Ranked]:
        """Return the hits in order; those that do not hold a phrase as it was typed are
        left out. What only looks without its marks like another name of what was typed
        comes last; where there is nothing else, nothing was found.
        """
        ranked, faint = list[tuple[bool, Ranked]](), True
        for hit in hits:
            ended, texts = self._texts(hit)
            points = self._points(texts, ended=ended)
            if points is not None:
                faint = faint and self._is_faint(texts)
                found = Ranked(hit, points, self)
                ranked.append((self._has_other_marks(texts), found))
        ranked.sort(key=_order)
        return [] if faint else [found for _other_marks, found in ranked]

    def _has_other_marks(self, texts: Sequence[RankedText]) -> bool:
        """Tell whether a word that was typed with marks stands nowhere so: there is
        another word with the same letters.
        """
        marked = (wanted for wanted in self._wanted if wanted.has_marks)
        return not all(any(map(wanted.stands_so, texts)) for wanted in marked)

    def _is_faint(self, texts: Sequence[RankedText]) -> bool:
        """Tell whether a hit lacks something that was asked for under several names."""
        named = (wanted for wanted in self._wanted if wanted.each)
        return not all(any(map(wanted.share, texts)) for wanted in named)

    def reasons(self, hit: Hit) -> list[Reason]:
        """Return what earned a hit its points."""
        ended, texts = self._texts(hit)
        found = []
        for wanted in self._wanted:
            best = max(texts, key=lambda text: wanted.share(text) * text.weight)
            found.append(
                Reason(wanted.said, best.field, wanted.share(best) * best.weight)
            )
        best = max(texts, key=lambda text: self._extra(text)[0])
        points, what = self._extra(best)
        found += [Reason(what, best.field, points)] if points else []
        total = sum(one.points for one in found)
        return [*found, Reason("ended", "", total * (ENDED - 1))] if ended else found

    def standing(self, hit: Hit) -> list[float]:
        """Return for each term of the query how well it stands in a hit: 0 where
        nowhere, more in a text of more weight, less with other marks.
        """
        _ended, texts = self._texts(hit)
        return [_best(wanted, texts) for wanted in self._wanted]

    def _texts(self, hit: Hit) -> tuple[bool, list[RankedText]]:
        ended, texts = digest.read(hit.shown)
        return ended, [text for text in texts if self._level.sees(text.level)]

    def _points(self, texts: Sequence[RankedText], *, ended: bool) -> float | None:
        """Return the points of a hit with these texts; None where it does not hold a
        phrase as it was typed, or holds what must not be.
        """
        total = 0.0
        for wanted in self._wanted:
            best = max(
                (wanted.share(text) * text.weight for text in texts), default=0.0
            )
            if not best and wanted.term.match is Match.PHRASE:
                return None
            total += best
        if any(wanted.share(text) for wanted in self._without for text in texts):
            return None
        total += max((self._extra(text)[0] for text in texts), default=0.0)
        return total * ENDED if ended else total

    def _extra(self, text: RankedText) -> tuple[float, str]:
        """Return what a text earns for the words together, and for what."""
        best, what = 0.0, IN_A_ROW
        for plain, marked, count, bare in self._rows:
            if plain not in text.folded:
                continue
            points, earned = ROW * count if count > 1 else 0.0, IN_A_ROW
            if text.weight >= HEADING:
                said = analysis.bare(text.folded.split())
                points += FULL * min(1.0, count / len(said))
                if bare == said:
                    points, earned = points + WHOLE, WHOLE_NAME
            points *= (1 + MARKED * (marked in text.exact)) * text.weight
            best, what = max((best, what), (points, earned))
        return best, what


def _order(row: tuple[bool, Ranked]) -> tuple[bool, float, str]:
    other_marks, found = row
    return other_marks, -round(found.points, 3), found.hit.order


def _least(each: Sequence[_Wanted], text: RankedText) -> float:
    return min(one.standing(text) for one in each)


def _best(wanted: _Wanted, texts: Sequence[RankedText]) -> float:
    found = (wanted.standing(text) * math.sqrt(text.weight) for text in texts)
    return max(found, default=0.0)


def _bare(row: list[str]) -> list[str]:
    return analysis.bare(analysis.folded(row))


def _together(each: Sequence[_Wanted], text: RankedText) -> float:
    shares = [one.share(text) for one in each]
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
