"""One search: the index finds, filters and counts what stands today; the register does
so for other days and orders.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

import structlog

from app import clock, journal
from app.errors import IndexLostError, MalformedError, UnavailableError
from app.register import arguments
from app.register.filters import SCOPE, WITHIN, Filter
from app.register.orders import SortOrder
from app.register.queries import EntryView, Register
from app.search import analysis, named, nearest, spelling, synonyms
from app.search.facet_counts import facets as remembered
from app.search.facet_counts import matching, without
from app.search.grammar import grammar_of
from app.search.highlighting import Marking, Passage
from app.search.port import KIND, MAX_HITS, STATE, Hit, IndexQuery, Matches, SearchIndex
from app.search.questions import is_plain, without_asking, without_joining
from app.search.ranking import Ranked, Ranking
from app.search.synonyms import Groups
from app.search.terms import Query
from app.vietnamese import fold
from catalog_schema.namespaces import DCT
from catalog_schema.profile import DATABASE, Profile

_log = structlog.get_logger()
FACETS = (
    "kind",
    "owner",
    "theme",
    "state",
    "sharing_class",
    "personal_data",
    "frequency",
    "connection_guides.channel",
)
# what addresses of searches may narrow by
FILTERED = (
    *FACETS,
    "record_kind",
    "status",
    "illustrative",
    SCOPE,
)
EVERYWHERE = "all"  # the scope that is asked for in place of the province's own
_NARROW = ("owner", "record_kind")  # whoever chooses these says which they mean
_OWN = {"kind": KIND, "state": STATE}  # how the index names what the pages call so
_SENTENCE = 4  # words from which on a text may be one
_LOOKED_AT = 3  # results that have to speak of what a sentence is about
_TITLED = 10  # hits that are looked at for bearing what was typed as their name
POOL = 100  # hits that are ranked; what comes after them stands as the index gave it
_DEEPEST = 10_000  # hits to which pages go


def filters(profile: Profile, given: Mapping[str, Sequence[str]]) -> Filter:
    """Make a filter of what an address of a search asks for. What other provinces keep
    is left out unless `scope` is EVERYWHERE, or it says whose or which records it
    means. MalformedError.
    """
    wide = EVERYWHERE in given.get(SCOPE, ()) or any(given.get(n) for n in _NARROW)
    scope = () if wide else (WITHIN,)
    return arguments.filters(profile, {**given, SCOPE: scope}, FILTERED)


class Sort(StrEnum):
    """How results are ordered."""

    RELEVANCE = "relevance"
    TITLE = "title"
    RECORDED = "recorded"


@dataclass(frozen=True)
class SearchPage:
    """What a search gives: a page of entries, how many there are, counts per facet, and
    the key of the next page.
    """

    items: list[EntryView]
    total: int
    facets: Mapping[str, list[tuple[str, int]]]
    after: str | None
    whole: bool = True  # False: there are more than `total`
    by_titles: bool = False  # the index could not be asked: only titles were looked at
    meant: str | None = (
        # other words, where those that were typed are nowhere: these results are theirs
        None
    )
    # what took the place of items that have ended
    heirs: Mapping[UUID, list[EntryView]] = field(default_factory=dict)
    # texts beside the title that were found
    passages: Mapping[UUID, list[Passage]] = field(default_factory=dict)
    marking: Marking | None = None
    # short forms of several things that were typed, with their full forms
    readings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # gives all that match, of which the items are a page
    every: Callable[[], Collection[UUID]] = tuple
    # nothing has all of what was typed: these have most of it, by the words of `meant`
    near: bool = False
    # why the first items stand where they do
    ranked: Mapping[UUID, Ranked] = field(default_factory=dict)


@dataclass(frozen=True)
class _Search:
    """One question, understood."""

    register: Register
    index: SearchIndex
    query: Query
    wanted: Filter
    names: Groups
    text: str = ""  # as it was typed
    facets: Sequence[str] = ()
    sort: Sort = Sort.RELEVANCE

    @property
    def asked(self) -> IndexQuery:
        """What the index is asked; filters only where it knows what stands then."""
        level = self.register.audience.level
        if not self.indexed:
            return IndexQuery(self.query, level)
        own = {
            KIND: self.wanted.kinds,
            STATE: tuple(state.value for state in self.wanted.states),
        }
        filters = {
            **self.wanted.facts,
            **{name: values for name, values in own.items() if values},
        }
        return IndexQuery(
            self.query,
            level,
            filters,
            tuple(_OWN.get(name, name) for name in self.facets),
        )

    @property
    def indexed(self) -> bool:
        """Whether the index can answer alone: it knows today, and neither days within
        which something lies nor some entries among which it has to be.
        """
        at = self.register.at
        present = at.as_of == clock.today() and at.known_at == journal.head(
            self.register.session
        )
        wide = not self.wanted.days and self.wanted.ids is None
        return present and wide and self.sort is Sort.RELEVANCE


def search(  # noqa: PLR0913 - named where it is called
    register: Register,
    index: SearchIndex,
    text: str,
    wanted: Filter,
    *,
    after: str | None = None,
    limit: int = 20,
    facets: Sequence[str] = FACETS,
    sort: Sort = Sort.RELEVANCE,
    names: Groups | None = None,
    exact: bool = False,
) -> SearchPage:
    """Find entries: by text best first, else in Vietnamese order of titles.
    MalformedError, UnavailableError.

    `names`: groups of names to go by, those that are kept where none are given;
    `exact`: what is not there is not looked for in other words.
    """
    asked = replace(
        _understood(register, index, text, wanted, names), facets=facets, sort=sort
    )
    if not asked.query.terms:
        return _listed(asked, asked.wanted, after, limit)
    try:
        found = _found(asked, after, limit)
        if after or exact:
            return found
        if found.total and not _is_beside_the_point(asked, found):
            return found
        return _meant(asked, limit) or found
    except IndexLostError as error:
        _log.error("the search index is lost", reason=error.message)
        narrowed = among(asked.wanted, _by_titles(register, asked.query))
        # the index counts, a list has keys
        listed_after = after if after and not after.isdigit() else None
        return replace(_listed(asked, narrowed, listed_after, limit), by_titles=True)


def count(register: Register, index: SearchIndex, text: str, wanted: Filter) -> int:
    """Return how many `search` finds, of just these words."""
    asked = _understood(register, index, text, wanted)
    if asked.query.terms:
        return _found(asked, None, 0).total
    total, _counts = remembered(register, asked.wanted, ())
    return total


def ids(
    register: Register, index: SearchIndex, text: str, wanted: Filter
) -> list[UUID]:
    """Return the ids of all that `search` finds, at most MAX_HITS, in the order of
    titles; for files.
    """
    asked = _understood(register, index, text, wanted)
    wanted = asked.wanted
    if asked.query.terms:
        try:
            pool = _pooled(replace(asked, sort=Sort.TITLE))
            named_first = _named(asked, pool)
            wanted = among(wanted, {*pool.every(), *named_first})
        except IndexLostError:
            wanted = among(wanted, _by_titles(register, asked.query))
    return register.ordered(wanted, MAX_HITS)


def among(wanted: Filter, ids: Iterable[UUID]) -> Filter:
    """Return a filter of those of these entries that it asks for."""
    if wanted.ids is None:
        return replace(wanted, ids=list(ids))
    allowed = set(wanted.ids)
    return replace(wanted, ids=[entry_id for entry_id in ids if entry_id in allowed])


def _understood(
    register: Register,
    index: SearchIndex,
    text: str,
    wanted: Filter,
    names: Groups | None = None,
) -> _Search:
    names = synonyms.groups(register.session) if names is None else names
    text = named.without_address(text)
    query = grammar_of(register.profile, register.audience.level).parse(text, names)
    wanted = replace(
        wanted,
        facts=_both(wanted.facts, query.facts),
        days={**query.days, **wanted.days},
    )
    for name in wanted.facts:
        register.allowed(name)
    return _Search(register, index, query, wanted, names, text)


def _listed(
    asked: _Search, wanted: Filter, after: str | None, limit: int
) -> SearchPage:
    """Return a part of the register's own list."""
    order = SortOrder.RECORDED if asked.sort is Sort.RECORDED else SortOrder.TITLE
    items, more = asked.register.page(wanted, after=after, limit=limit, order=order)
    total, counts = remembered(asked.register, wanted, asked.facets)
    page = SearchPage(
        items, total, counts, more, every=lambda: matching(asked.register, wanted)
    )
    return _shown(asked, items, page)


@dataclass(frozen=True)
class _Pool:
    """The first hits of a question in order, those left out that do not hold a phrase
    as it was typed.
    """

    asked: _Search
    answer: Matches
    ranked: list[Ranked]

    @property
    def total(self) -> int:
        """How many match."""
        return self.answer.total - (len(self.answer.hits) - len(self.ranked))

    def every(self) -> list[UUID]:
        """Return all that match: the pool, then the others as the index gives them."""
        pool = {hit.id for hit in self.answer.hits}
        rest = self.asked.index.matching(self.asked.asked) if len(pool) >= POOL else []
        return [
            *(one.hit.id for one in self.ranked),
            *(one for one in rest if one not in pool),
        ]


def _pooled(asked: _Search) -> _Pool:
    answer = asked.index.search(asked.asked, POOL)
    return _Pool(
        asked,
        answer,
        Ranking(asked.query, asked.register.audience.level).best_first(answer.hits),
    )


def _found(asked: _Search, after: str | None, limit: int) -> SearchPage:
    pool = _pooled(asked)
    if asked.sort is not Sort.RELEVANCE:
        return _listed(asked, among(asked.wanted, pool.every()), after, limit)
    first = _named(asked, pool)
    start, total, whole = _start(after), pool.total, pool.answer.whole
    counts = {
        name: pool.answer.counts.get(_OWN.get(name, name), []) for name in asked.facets
    }
    order = [one.hit.id for one in pool.ranked]
    if not asked.indexed:
        narrowed = among(asked.wanted, pool.every())
        there = asked.register.ids(narrowed)
        order = [entry_id for entry_id in narrowed.ids or () if entry_id in there]
        (total, counts), whole = (
            remembered(asked.register, narrowed, asked.facets),
            True,
        )
    elif len(order) < total and (first or start + limit >= len(order)):
        order = pool.every()
    found = set(order)
    extra = [entry_id for entry_id in first if entry_id not in found]
    if extra:
        total += len(extra)
        _added, more_counts = asked.register.facets(
            Filter(ids=extra), tuple(asked.facets)
        )
        counts = {name: _summed(counts[name], more_counts[name]) for name in counts}
    order = list(dict.fromkeys([*first, *order]))
    page = order[start : start + limit]
    views = asked.register.by_ids(page)
    items = [views[entry_id] for entry_id in page if entry_id in views]
    more = (
        str(start + limit)
        if len(order) > start + limit and start + limit < _DEEPEST
        else None
    )
    why = {one.hit.id: one for one in pool.ranked if one.hit.id in page}
    known = order if len(order) >= total else None
    shown = SearchPage(
        items,
        total,
        counts,
        more,
        whole,
        ranked=why,
        every=lambda: {*first, *(pool.every() if known is None else known)},
    )
    return _shown(asked, items, shown)


def _named(asked: _Search, pool: _Pool) -> list[UUID]:
    """Return what the text names exactly, of what is wanted: the thing itself first;
    else what bears it as its name, then what has it as a data item.
    """
    found = named.named(asked.register, asked.text)
    if not found:
        holders = named.with_item(asked.register, asked.text)
        # so many at most stand before: the rest is in the pool in any case
        likely = pool.ranked[:_TITLED] if holders else []
        found = [*(one.hit.id for one in likely if one.whole), *holders]
    if not found:
        return []
    there = asked.register.ids(among(asked.wanted, found))
    return [entry_id for entry_id in found if entry_id in there]


def _summed(
    some: Sequence[tuple[str, int]], others: Sequence[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Return counts of values added up, those with most first."""
    counts = Counter(dict(some))
    counts.update(dict(others))
    return counts.most_common()


def _shown(asked: _Search, items: Sequence[EntryView], found: SearchPage) -> SearchPage:
    marking = Marking(asked.query)
    passages = (
        {view.id: marking.passages(asked.register.profile, view) for view in items}
        if asked.query.terms
        else {}
    )
    return replace(
        found,
        heirs=_heirs(asked.register, items),
        passages=passages,
        marking=marking,
        readings=asked.query.readings,
    )


def _is_beside_the_point(asked: _Search, found: SearchPage) -> bool:
    """Tell whether what has every word of a sentence has them here and there, and
    speaks of nothing that the sentence is about, or is of no kind that it asks for;
    or whether people say so of a subject, and what has the words is no database of it.
    """
    if _is_said_of_a_subject(asked, found):
        return True
    first = [view.id for view in found.items[:_LOOKED_AT]]
    subjects = nearest.subjects(asked.query)
    kinds = nearest.kinds_asked_for(asked.text)
    long = len(analysis.tokens(asked.text)) >= _SENTENCE
    if not (long and (subjects or kinds) and is_plain(asked.text) and first):
        return False
    best = found.ranked.get(first[0])
    if best is None or best.in_a_row:  # the text names it, or is in it as it was typed
        return False
    if kinds and not any(view.kind in kinds for view in found.items[:_LOOKED_AT]):
        return True
    if not subjects:
        return False
    ranking = Ranking(Query(tuple(subjects)), asked.register.audience.level)
    hits = [found.ranked[one].hit for one in first if one in found.ranked]
    return not any(any(ranking.standing(hit)) for hit in hits)


def _is_said_of_a_subject(asked: _Search, found: SearchPage) -> bool:
    """Tell whether few have words that people use for a subject, such as “sổ đỏ” for
    land, none of these as its name, and none is a database.
    """
    if found.total > _LOOKED_AT or not is_plain(asked.text):
        return False
    words = set(analysis.folded(analysis.tokens(asked.text)))
    if not words <= nearest.subject_words(asked.query):
        return False
    ranked = [found.ranked.get(view.id) for view in found.items]
    named_so = any(one is None or one.whole for one in ranked)
    return not named_so and all(view.kind != DATABASE for view in found.items)


def _meant(asked: _Search, limit: int) -> SearchPage | None:
    """Return what is found by what may have been meant, of words that the reader may
    find: without question words, in other spellings, else what is nearest; None for
    nothing.
    """
    level = asked.register.audience.level

    def known(words: Iterable[str]) -> Mapping[str, int]:
        return asked.index.known(words, level)

    try:
        # of words that stand somewhere, or speak of a subject, none is a slip
        about = nearest.subject_words(asked.query)
        sure = about and not spelling.unknown(asked.query, known) - about
        respelled = [] if sure else spelling.likely(asked.query, known)
        shorter = [] if about else without_joining(asked.text)
        texts = [*without_asking(asked.text), *shorter, *respelled]
        return _with_other_words(asked, texts, limit) or _nearest(asked, known, limit)
    except (MalformedError, UnavailableError):
        return None


def _with_other_words(
    asked: _Search, texts: Iterable[str], limit: int
) -> SearchPage | None:
    """Return what the first of some texts finds that finds anything."""
    grammar = grammar_of(asked.register.profile, asked.register.audience.level)
    for text in texts:
        query = grammar.parse(text, asked.names)
        found = _found(replace(asked, query=query, text=text), None, limit)
        if found.total:
            return replace(found, meant=text)
    return None


def _nearest(asked: _Search, known: spelling.Known, limit: int) -> SearchPage | None:
    """Return what has most of what was asked for in plain words, where nothing has all
    of it; None where nothing has any.
    """
    if not is_plain(asked.text):
        return None
    parts = nearest.told(asked.query, known)
    hits: dict[UUID, Hit] = {}
    for query in nearest.asked(parts):
        answer = asked.index.search(replace(asked, query=query, facets=()).asked, POOL)
        hits.update((hit.id, hit) for hit in answer.hits)
    register = asked.register
    likely = nearest.likely(register.profile, asked.text)
    found = nearest.nearest(parts, hits.values(), register.audience.level, likely)
    there = asked.register.ids(among(asked.wanted, [hit.id for hit, _has in found]))
    near = [(hit.id, has) for hit, has in found if hit.id in there]
    if not near:
        return None
    ids = [entry_id for entry_id, _has in near]
    views = asked.register.by_ids(ids[:limit])
    items = [views[entry_id] for entry_id in ids[:limit] if entry_id in views]
    total, counts = remembered(asked.register, among(asked.wanted, ids), asked.facets)
    words = ", ".join(nearest.phrases(asked.text, near[0][1]))
    page = SearchPage(items, total, counts, None)
    by_these = Query(tuple(part.term for part in near[0][1]))
    shown = _shown(replace(asked, query=by_these), items, page)
    return replace(shown, meant=words, near=True, readings=asked.query.readings)


def less(wanted: Filter) -> dict[str, Filter]:
    """Return by name what is asked for without each of the filters; for whoever found
    nothing.
    """
    named = [
        *(["kind"] if wanted.kinds else []),
        *(["state"] if wanted.states else []),
        *wanted.facts,
    ]
    return {name: without(wanted, name) for name in named}


def _heirs(
    register: Register, items: Sequence[EntryView]
) -> dict[UUID, list[EntryView]]:
    """Return for each entry what replaced it (dct:isReplacedBy), so that an old name or
    code leads on.
    """
    kinds = register.profile.kinds
    named = {
        view.id: [
            UUID(one)
            for f in kinds[view.kind].fields
            if f.path == DCT.isReplacedBy
            for one in view.content.get(f.name, ())
        ]
        for view in items
    }
    views = register.by_ids([one for ids in named.values() for one in ids])
    return {
        view: [views[one] for one in ids if one in views]
        for view, ids in named.items()
        if ids
    }


def _by_titles(register: Register, query: Query) -> list[UUID]:
    """Return the entries whose titles hold every word of the query, in order of
    titles.
    """
    words = [
        fold(word) for term in query.terms for one in term.flat() for word in one.words
    ]
    titles = {
        entry_id: fold(title) for entry_id, title in register.titles(Filter()).items()
    }
    found = [
        entry_id
        for entry_id, title in titles.items()
        if all(word in title for word in words)
    ]
    return sorted(found, key=lambda entry_id: (titles[entry_id], entry_id))[:MAX_HITS]


def _both(
    chosen: Mapping[str, tuple[str, ...]], typed: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Ask for what was chosen and for what was typed; where both name a field, for what
    they share.
    """
    asked = dict(chosen)
    for name, values in typed.items():
        allowed = chosen.get(name, values)
        asked[name] = tuple(value for value in values if value in allowed)
    return asked


def _start(after: str | None) -> int:
    if after is None:
        return 0
    if not (
        after.isascii()
        and after.isdigit()
        and len(after) <= 5  # noqa: PLR2004 - digits
        and int(after) < _DEEPEST
    ):
        raise MalformedError("Khóa trang “after” không đúng; lấy lại từ trang trước")
    return int(after)
