"""One search: the index finds by text, the register's facts filter, count and say how each entry stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import structlog

from app.errors import IndexLostError, MalformedError, UnavailableError
from app.register.queries import EntryView, Filter, Register
from app.search import suggesting
from app.search.counts import facets as remembered
from app.search.grammar import Grammar, grammar_of
from app.search.port import MAX_HITS, SearchIndex
from app.search.terms import Query
from app.vietnamese import fold
from catalog_schema.namespaces import DCT

_log = structlog.get_logger()
FACETS = ("kind", "owner", "theme", "state")


@dataclass(frozen=True)
class Found:
    """What a search gives: a page of entries, how many there are, counts per facet, and the key of the next page."""

    items: list[EntryView]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    after: str | None
    by_titles: bool = False  # the index could not be asked: only titles were looked at
    meant: str | None = None  # other words, where those that were typed are nowhere
    heirs: Mapping[UUID, list[EntryView]] = field(default_factory=dict)  # what took the place of items that have ended


def search(
    register: Register,
    index: SearchIndex,
    text: str,
    wanted: Filter,
    *,
    after: str | None = None,
    limit: int = 20,
    facets: Sequence[str] = FACETS,
) -> Found:
    """Find entries: by text best first, else in Vietnamese order of titles. MalformedError, UnavailableError."""
    grammar = grammar_of(register.profile, register.audience.level)
    query = grammar.parse(text)
    wanted = replace(wanted, facts=_both(wanted.facts, query.facts or {}))
    if not query.terms:
        items, more = register.page(wanted, after=after, limit=limit)
        total, counts = remembered(register, wanted, facets)
        return Found(items, total, counts, more, heirs=_heirs(register, items))
    lost = False
    try:
        ranked = index.search(query, grammar.text_fields)
    except IndexLostError as error:
        _log.error("the search index is lost", reason=error.message)
        ranked, lost = _by_titles(register, query), True
    wanted = replace(wanted, ids=ranked)
    matching = register.ids(wanted)
    order = [entry_id for entry_id in ranked if entry_id in matching]
    start = _start(after)
    views = register.by_ids(order[start : start + limit])
    items = [views[entry_id] for entry_id in order[start : start + limit]]
    more = str(start + limit) if len(order) > start + limit else None
    meant = None if order or lost else _meant(index, grammar, query)
    return Found(items, len(order), register.facets(wanted, facets)[1], more, lost, meant, _heirs(register, items))


def _meant(index: SearchIndex, grammar: Grammar, query: Query) -> str | None:
    """Return what may have been meant, of words that the reader may find and that are found together."""
    fields = grammar.text_fields
    try:
        text = suggesting.meant(query, lambda: index.words(fields, suggesting.MOST_WORDS))
        return text if text and index.search(grammar.parse(text), fields) else None
    except UnavailableError:
        return None


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
    if not (after.isascii() and after.isdigit() and len(after) < 7):  # noqa: PLR2004 - more than any index holds
        raise MalformedError("Khóa trang “after” không đúng; lấy lại từ trang trước")
    return int(after)
