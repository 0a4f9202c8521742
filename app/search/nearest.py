"""What comes nearest to a sentence of which no entry has every word.

A sentence is taken apart into what it names: words that mean the same as others, two
words side by side, single words. Each tells the more, the fewer entries have it; an
entry is the nearer, the more of what tells it has, and where it says it.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, combinations, pairwise

from app.search import analysis
from app.search.port import Hit
from app.search.questions import EVERYWHERE, joining
from app.search.ranking import Ranking
from app.search.spelling import Known
from app.search.synonyms import Words
from app.search.terms import Match, Query, Term
from app.vietnamese import fold
from catalog_schema.profile import DATABASE, Profile, Visibility
from catalog_schema.synonyms import topics

_ASKED_ALONE = 10  # of what tells most: what the index is asked for, each alone
_ASKED_TOGETHER = 5  # and each two of these
_ALONE = 0.2  # of what a single word tells, since most are half of something
_AGAIN = 0.4  # of two words that led to a subject
_SUBJECT, _ITS_NAME = 1.2, 0.5  # of what tells most: a subject, and its own name
_LEAST = 0.45  # of the points of the nearest, that others have to have
_MOST = 50  # entries
_CODE = ""  # with what the identifier of a code begins
# how likely a thing is looked for: a database, what a sentence asks for by its kind,
# others
_DATABASE, _ASKED_FOR, _OTHERS = 1.0, 1.6, 0.6
# by kind, folded words by which a sentence asks for one of it
_ASKING = {
    "agency": ("so lo", "so nao", "co quan nao", "don vi nao"),
    "legal-document": (
        "nghi dinh",
        "nghi quyet",
        "luat",
        "thong tu",
        "van ban nao",
        "quy dinh nao",
    ),
    "data-standard": ("tieu chuan", "quy chuan"),
    "identifier-code": ("ma dinh danh", "ma cua co quan", "ma co quan"),
    "data-service": ("api", "dich vu du lieu", "dich vu chia se"),
    "information-system": ("phan mem", "he thong nao", "trang nao", "cong nao"),
}
# what stands in nearly every entry: half of it and the word beside it are nothing
_ONE_THING = (
    "co so du lieu",
    "du lieu",
    "thong tin",
    "quan ly",
    "he thong",
    "danh sach",
)
# what one does with the register itself: no word of it is looked for alone
_LOOKING = ("tra cuu", "tim kiem")


@dataclass(frozen=True)
class Told:
    """Something that a sentence names, the words that say it, and how much it tells."""

    term: Term
    words: tuple[str, ...]
    weight: float


def told(query: Query, known: Known) -> list[Told]:
    """Return what a query names and some entry has, what tells most first."""
    about = dict(_subjects(query))
    led = subject_words(query)
    said = {term: _typed(term) for term in _named(query, led)}
    tokens = {term: _tokens(term) for term in (*said, *about)}
    looked_for = set[str]()
    for ways in tokens.values():
        looked_for.update(*ways)
    often = known(looked_for)
    everything = max([*known(map(fold, EVERYWHERE)).values(), *often.values(), 1])
    weights = {}
    for term, ways in tokens.items():
        count = sum(_fewest(way, often) for way in ways)
        if count:
            weights[term] = _share(term, led) * math.log(1 + everything / count)
    most = max(weights.values(), default=0.0)
    found = [
        Told(term, said[term], weight)
        for term, weight in weights.items()
        if term in said and term not in about
    ]
    for term, words in about.items():
        if term in weights:
            share = _SUBJECT if term.alternatives else _ITS_NAME
            found.append(Told(term, words, share * most))
    return sorted(found, key=lambda one: -one.weight)


def _share(term: Term, led: Collection[str]) -> float:
    """Return how much of what it tells a term counts; `led`: the words that led to a
    subject, which counts already.
    """
    if term.match is Match.WORD:
        return _ALONE
    return _AGAIN if term.words and _within(term.words, led) else 1.0


def _fewest(tokens: Iterable[str], often: Mapping[str, int]) -> int:
    return min(often.get(token, 0) for token in tokens)


def subjects(query: Query) -> list[Term]:
    """Return the subjects of which a query says what people say of them."""
    return [term for term, _words in _subjects(query) if term.alternatives]


def subject_words(query: Query) -> set[str]:
    """Return the folded words of a query that people say of a subject."""
    return {fold(word) for _term, words in _subjects(query) for word in words}


def _typed(term: Term) -> tuple[str, ...]:
    return tuple(word for one in term.flat() for word in one.words)


def _subjects(query: Query) -> Iterator[tuple[Term, tuple[str, ...]]]:
    """Yield the subjects of which a query says what people say of them, each as its own
    names, with the words that led there.
    """
    words = [word for term in query.terms for word in _typed(term)]
    marked = analysis.exact(words) != analysis.folded(words)
    written = analysis.exact(words) if marked else analysis.folded(words)
    line = f" {' '.join(written)} "
    for names, labels in _topics(marked=marked):
        led = [label for label in labels if f" {' '.join(label)} " in line]
        if led:
            typed = {place for label in led for place in _places(written, label)}
            ways = tuple((Term(Match.PHRASE, name),) for name in names)
            told_by = tuple(words[place] for place in sorted(typed))
            yield Term(Match.ANY, (), None, ways), told_by
            yield Term(Match.PHRASE, names[0]), told_by


def _places(words: Sequence[str], label: Sequence[str]) -> Iterator[int]:
    length = len(label)
    for start in range(len(words) - length + 1):
        if list(words[start : start + length]) == list(label):
            yield from range(start, start + length)


@lru_cache(maxsize=2)
def _topics(*, marked: bool) -> list[tuple[list[Words], list[Words]]]:
    """Return for each subject its names, and the labels that lead there as they are
    compared: with marks, or without, those left out then that are one syllable.
    """
    written = analysis.exact if marked else analysis.folded
    found = []
    for names, said in topics():
        labels = []
        for label in (*names, *said):
            words = analysis.tokens(label)
            # of one syllable only what people say: a name's stands in other words too
            sure = label in said and (marked or label.isascii())
            if sure or len(words) > 1:
                labels.append(tuple(written(words)))
        found.append(([tuple(analysis.tokens(name)) for name in names], labels))
    return found


def asked(parts: Sequence[Told]) -> Iterator[Query]:
    """Yield what the index is asked for, to find whatever may be near."""
    for two in combinations(parts[:_ASKED_TOGETHER], 2):
        yield Query(tuple(one.term for one in two))
    for one in parts[:_ASKED_ALONE]:
        yield Query((one.term,))


def kinds_asked_for(text: str) -> list[str]:
    """Return the kinds of which a sentence asks for one, by its own words."""
    words = f" {' '.join(analysis.folded(analysis.tokens(text)))} "
    return [
        name
        for name, asking in _ASKING.items()
        if any(f" {said} " in words for said in asking)
    ]


def likely(profile: Profile, text: str) -> Mapping[str, float]:
    """Return with what the identifiers begin of what a sentence may ask for, and how
    likely: databases, and the kinds that it speaks of.
    """
    shares = {profile.kinds[DATABASE].identifier_prefix: _DATABASE}
    for name in kinds_asked_for(text):
        kind = profile.kinds[name]
        begins = _CODE if kind.identifier_field else kind.identifier_prefix
        shares[begins] = _ASKED_FOR
    return shares


def nearest(
    parts: Sequence[Told],
    hits: Iterable[Hit],
    level: Visibility,
    likely: Mapping[str, float],
) -> list[tuple[Hit, list[Told]]]:
    """Return the hits that are nearest, each with what it has of what was named;
    `likely`: what `likely` returns.
    """
    ranking = Ranking(Query(tuple(part.term for part in parts)), level)
    found = []
    for hit in hits:
        standing = ranking.standing(hit)
        told_by = [
            part.weight * well for part, well in zip(parts, standing, strict=True)
        ]
        prefix, dash, _number = hit.order.partition("-")
        share = likely.get(prefix if dash else _CODE, _OTHERS)
        has = [part for part, points in zip(parts, told_by, strict=True) if points]
        found.append((share * sum(told_by), hit, has))
    found.sort(key=lambda row: (-round(row[0], 3), row[1].order))
    least = found[0][0] * _LEAST if found else 0.0
    return [(hit, has) for points, hit, has in found if points >= least][:_MOST]


def phrases(text: str, parts: Sequence[Told]) -> list[str]:
    """Return what was typed by which parts were found: words that stand side by side
    together.
    """
    kept = {word for part in parts for word in part.words}
    found, run = list[str](), list[str]()
    for word in analysis.tokens(text):
        if word in kept:
            run.append(word)
        elif run:
            found.append(" ".join(run))
            run = []
    return list(dict.fromkeys([*found, " ".join(run)] if run else found))


def _named(query: Query, about: Collection[str]) -> Iterator[Term]:
    """Yield what a query names: names that mean the same as others, its words, each two
    of them that are side by side; what is said `about` a subject only two by two.
    """
    words, covered = list[str](), set(about)
    for term in query.terms:
        typed = _typed(term)
        words += typed
        if term.match is Match.WORD or (len(typed) > 1 and _within(typed, about)):
            continue
        if len(typed) > 1:
            covered.update(map(fold, typed))
        yield _in_a_row(term)
    nothing = EVERYWHERE | joining(words)
    for two in _side_by_side(words, nothing):
        if not _within(two, covered) or _within(two, about):
            yield Term(Match.PHRASE, two)
    looking = _standing(words, _LOOKING)
    for place, word in enumerate(words):
        tells = word not in nothing and place not in looking
        if tells and fold(word) not in covered:
            yield Term(Match.WORD, (word,))


def _standing(words: Sequence[str], phrases: Iterable[str]) -> set[int]:
    """Return the places of words that stand in one of some folded phrases."""
    folded = [fold(word) for word in words]
    return {place for phrase in phrases for place in _places(folded, phrase.split())}


def _side_by_side(
    words: Sequence[str], nothing: AbstractSet[str]
) -> Iterator[tuple[str, str]]:
    """Yield each two words that may be one thing: neither joins others, one tells
    something, and none is half of what stands in nearly every entry.
    """
    joins = nothing - EVERYWHERE
    whole = _standing(words, _ONE_THING)
    for place, two in enumerate(pairwise(words)):
        halved = (place in whole) != (place + 1 in whole)
        apart = halved or any(word in joins for word in two)
        if not apart and not nothing >= set(two):
            yield two


def _within(words: Sequence[str], covered: Collection[str]) -> bool:
    return all(fold(word) in covered for word in words)


def _in_a_row(term: Term) -> Term:
    """Return a term whose typed words, where there are several, stand in a row."""
    if term.match is not Match.ANY or len(_typed(term)) < 2:  # noqa: PLR2004 - several
        return term
    typed = (Term(Match.PHRASE, _typed(term)),)
    return replace(term, alternatives=(typed, *term.alternatives[1:]))


def _tokens(term: Term) -> list[list[str]]:
    """Return the tokens of each way to say a term."""
    ways = term.alternatives or ((term,),)
    return [list(chain.from_iterable(map(_tokens_of, way))) for way in ways]


def _tokens_of(term: Term) -> list[str]:
    words = analysis.folded(term.words)
    if term.field:
        return [f"{term.field}={word}" for word in words]
    return analysis.pairs(words) or words
