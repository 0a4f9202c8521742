"""One search: the index finds, filters and counts what stands today; the register does so for other days and orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

import structlog

from app import clock, journal
from app.errors import IndexLostError, MalformedError, UnavailableError
from app.register.narrowing import Filter
from app.register.queries import EntryView, Order, Register
from app.search import naming, suggesting
from app.search.alike import Groups
from app.search.counts import facets as remembered
from app.search.counts import without
from app.search.grammar import grammar_of
from app.search.marking import Marking, Passage
from app.search.port import KIND, MAX_HITS, STATE, Asked, SearchIndex
from app.search.ranking import Ranked, Ranking
from app.search.terms import Query
from app.vietnamese import fold
from catalog_schema.namespaces import DCT

_log = structlog.get_logger()
FACETS = ("kind", "owner", "theme", "state")
FILTERED = (*FACETS, "record_kind", "status", "illustrative")  # what addresses of searches may narrow by
_OWN = {"kind": KIND, "state": STATE}  # how the index names what the pages call so
POOL = 100  # hits that are ranked; what comes after them stands as the index gave it
_DEEPEST = 10_000  # hits to which pages go


class Sort(StrEnum):
    """How results are ordered."""

    RELEVANCE = "relevance"
    TITLE = "title"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Found:
    """What a search gives: a page of entries, how many there are, counts per facet, and the key of the next page."""

    items: list[EntryView]
    total: int
    facets: Mapping[str, list[tuple[str, int]]]
    after: str | None
    whole: bool = True  # False: there are more than `total`
    by_titles: bool = False  # the index could not be asked: only titles were looked at
    meant: str | None = None  # other words, where those that were typed are nowhere: these results are theirs
    heirs: Mapping[UUID, list[EntryView]] = field(default_factory=dict)  # what took the place of items that have ended
    passages: Mapping[UUID, list[Passage]] = field(default_factory=dict)  # texts beside the title that were found
    marking: Marking | None = None
    ranked: Mapping[UUID, Ranked] = field(default_factory=dict)  # why the first items stand where they do


@dataclass(frozen=True)
class _Search:
    """One question, understood."""

    register: Register
    index: SearchIndex
    query: Query
    wanted: Filter
    facets: Sequence[str]
    sort: Sort

    @property
    def asked(self) -> Asked:
        """What the index is asked; filters only where it knows what stands then."""
        level = self.register.audience.level
        if not self.indexed:
            return Asked(self.query, level)
        own = {KIND: self.wanted.kinds, STATE: tuple(state.value for state in self.wanted.states)}
        filters = {**self.wanted.facts, **{name: values for name, values in own.items() if values}}
        return Asked(self.query, level, filters, tuple(_OWN.get(name, name) for name in self.facets))

    @property
    def indexed(self) -> bool:
        """Whether the index can answer alone: it knows today, and no days within which something lies."""
        at = self.register.at
        present = at.as_of == clock.today() and at.known_at == journal.head(self.register.session)
        return present and not self.wanted.days and self.sort is Sort.RELEVANCE


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
) -> Found:
    """Find entries: by text best first, else in Vietnamese order of titles. MalformedError, UnavailableError.

    `names`: groups of names to go by, those that are kept where none are given.
    """
    query = _parsed(register, text, names)
    wanted = replace(wanted, facts=_both(wanted.facts, query.facts), days={**query.days, **wanted.days})
    for name in wanted.facts:
        register.allowed(name)
    asked = _Search(register, index, query, wanted, facets, sort)
    if not query.terms:
        return _listed(asked, wanted, after, limit)
    try:
        found = _found(asked, after, limit)
        return found if found.total or after else _meant(asked, limit) or found
    except IndexLostError as error:
        _log.error("the search index is lost", reason=error.message)
        narrowed = replace(wanted, ids=_by_titles(register, query))
        return replace(_listed(asked, narrowed, after, limit), by_titles=True)


def ids(register: Register, index: SearchIndex, text: str, wanted: Filter) -> list[UUID]:
    """Return the ids of all that `search` finds, at most MAX_HITS, in the order of titles; for exports."""
    query = _parsed(register, text, None)
    wanted = replace(wanted, facts=_both(wanted.facts, query.facts), days={**query.days, **wanted.days})
    if query.terms:
        try:
            found = index.matching(Asked(query, register.audience.level))
        except IndexLostError:
            found = _by_titles(register, query)
        wanted = replace(wanted, ids=found)
    return register.ordered(wanted, MAX_HITS)


def _parsed(register: Register, text: str, names: Groups | None) -> Query:
    grammar = grammar_of(register.profile, register.audience.level)
    return grammar.parse(text, naming.groups(register.session) if names is None else names)


def _listed(asked: _Search, wanted: Filter, after: str | None, limit: int) -> Found:
    """Return a part of the register's own list."""
    order = Order.RECORDED if asked.sort is Sort.RECORDED else Order.TITLE
    items, more = asked.register.page(wanted, after=after, limit=limit, order=order)
    total, counts = remembered(asked.register, wanted, asked.facets)
    return _shown(asked, items, Found(items, total, counts, more))


def _found(asked: _Search, after: str | None, limit: int) -> Found:
    if asked.sort is not Sort.RELEVANCE:
        return _listed(asked, replace(asked.wanted, ids=asked.index.matching(asked.asked)), after, limit)
    start = _start(after)
    answer = asked.index.search(asked.asked, POOL)
    ranked = Ranking(asked.query, asked.register.audience.level).best_first(answer.hits)
    order, total = [one.hit.id for one in ranked], answer.total - (len(answer.hits) - len(ranked))
    if not asked.indexed or start + limit >= len(order) < total:
        pool = {hit.id for hit in answer.hits}  # those of the pool that do not hold a phrase as it was typed stay out
        order += [one for one in asked.index.matching(asked.asked) if one not in pool]
    counts = {name: answer.counts.get(_OWN.get(name, name), []) for name in asked.facets}
    if not asked.indexed:
        narrowed = replace(asked.wanted, ids=order)
        matching = asked.register.ids(narrowed)
        order = [entry_id for entry_id in order if entry_id in matching]
        total, counts = remembered(asked.register, narrowed, asked.facets)
    page = order[start : start + limit]
    views = asked.register.by_ids(page)
    items = [views[entry_id] for entry_id in page if entry_id in views]
    more = str(start + limit) if len(order) > start + limit and start + limit < _DEEPEST else None
    why = {one.hit.id: one for one in ranked if one.hit.id in page}
    return _shown(asked, items, Found(items, total, counts, more, answer.whole, ranked=why))


def _shown(asked: _Search, items: Sequence[EntryView], found: Found) -> Found:
    marking = Marking(asked.query)
    passages = {view.id: marking.passages(asked.register.profile, view) for view in items} if asked.query.terms else {}
    return replace(found, heirs=_heirs(asked.register, items), passages=passages, marking=marking)


def _meant(asked: _Search, limit: int) -> Found | None:
    """Return what is found by what may have been meant, of words that the reader may find; None for nothing."""
    level = asked.register.audience.level
    try:
        text = suggesting.meant(asked.query, lambda words: asked.index.known(words, level))
        if text is None:
            return None
        found = _found(replace(asked, query=_parsed(asked.register, text, None)), None, limit)
    except (MalformedError, UnavailableError):
        return None
    return replace(found, meant=text) if found.total else None


def less(wanted: Filter) -> dict[str, Filter]:
    """Return by name what is asked for without each of the filters; for whoever found nothing."""
    named = [*(["kind"] if wanted.kinds else []), *(["state"] if wanted.states else []), *wanted.facts]
    return {name: without(wanted, name) for name in named}


def _heirs(register: Register, items: Sequence[EntryView]) -> dict[UUID, list[EntryView]]:
    """Return for each entry what replaced it (dct:isReplacedBy), so that an old name or code leads on."""
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
    return {view: [views[one] for one in ids if one in views] for view, ids in named.items() if ids}


def _by_titles(register: Register, query: Query) -> list[UUID]:
    """Return the entries whose titles hold every word of the query, in order of titles."""
    words = [fold(word) for term in query.terms for one in term.flat() for word in one.words]
    titles = {entry_id: fold(title) for entry_id, title in register.titles(Filter()).items()}
    found = [entry_id for entry_id, title in titles.items() if all(word in title for word in words)]
    return sorted(found, key=lambda entry_id: (titles[entry_id], entry_id))[:MAX_HITS]


def _both(chosen: Mapping[str, tuple[str, ...]], typed: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Ask for what was chosen and for what was typed; where both name a field, for what they share."""
    shared = {name: tuple(v for v in values if v in chosen.get(name, values)) for name, values in typed.items()}
    return {**chosen, **shared}


def _start(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and int(after) < _DEEPEST):
        raise MalformedError("Khóa trang “after” không đúng; lấy lại từ trang trước")
    return int(after)
