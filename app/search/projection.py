"""Keeps the index in step with the journal: the profile says which texts are found, and
how much each weighs.

A weighted reference is found by the names of what it names. What took the place of
something is found by the former names and codes too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable
from uuid import UUID

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import journal
from app.db import Database
from app.errors import IndexLostError
from app.permissions import Audience
from app.register import references
from app.register.content import facts as content_facts
from app.register.filters import SCOPE, WITHIN, Filter, is_elsewhere
from app.register.queries import EntryView, Register
from app.register.standing import moment
from app.search import initials
from app.search.digest import HEADING
from app.search.port import KIND, STATE, Document, SearchIndex
from catalog_schema.namespaces import DCT
from catalog_schema.profile import Kind, Profile, Type, Visibility

_log = structlog.get_logger()
_BATCH = 500
_AT_ONCE = 20  # changed entries that are indexed in the transaction itself
IDENTIFIER_WEIGHT = 5.0
FORMER, FORMER_WEIGHT = "former", 3.5
# the index holds all; a search names the level of its reader
_EVERYTHING = Audience(Visibility.OWNER)
_COUNTED = {Type.CONCEPT, Type.BOOLEAN}


def weights(profile: Profile) -> Mapping[str, float]:
    """Return the searchable fields of every kind by dotted name; a name that two kinds
    share has its larger weight.
    """
    found: dict[str, float] = {
        "identifier": IDENTIFIER_WEIGHT,
        FORMER: FORMER_WEIGHT,
        initials.INITIALS: initials.WEIGHT,
    }
    for kind in profile.kinds.values():
        for dotted, field in kind.walk():
            if field.search_weight:
                found[dotted] = max(field.search_weight, found.get(dotted, 0))
    return found


def documents(register: Register, views: Iterable[EntryView]) -> Iterator[Document]:
    """Yield what is indexed of entries; `register` is read as one who sees
    everything.
    """
    views = list(views)
    profile = register.profile
    weighted = _references(profile, lambda field: bool(field.search_weight))
    named = {view.id: _named(profile, view, weighted) for view in views}
    targets = {one for pairs in named.values() for _field, one in pairs}
    former = _former(register, {view.id for view in views} | targets)
    names = {
        view.id: _names(profile, view) for view in register.by_ids(targets).values()
    }
    for view in views:
        texts = {"identifier": (view.local_id,), FORMER: former.get(view.id, ())}
        for dotted, _, text in content_facts.texts(
            profile.kinds[view.kind].fields, view.content
        ):
            texts[dotted] = (*texts.get(dotted, ()), text)
        for dotted, label in _labels(profile, view):
            texts[dotted] = (*texts.get(dotted, ()), label)
        for dotted, target in named[view.id]:
            texts[dotted] = (
                *texts.get(dotted, ()),
                *names.get(target, ()),
                *former.get(target, ()),
            )
        texts[initials.INITIALS] = tuple(_shortened(profile, view))
        declared = {
            dotted: field
            for dotted, field in profile.kinds[view.kind].walk()
            if dotted in texts
        }
        yield Document(
            view.id,
            view.version_id,
            texts,
            _facts(profile, view),
            _levels(profile.kinds[view.kind], texts),
            {dotted: field.search_weight for dotted, field in declared.items()},
        )


def _levels(kind: Kind, names: Iterable[str]) -> dict[str, Visibility]:
    """Return who may find an entry by which of its texts: nobody by any who may not
    know of such entries at all.
    """
    declared = dict(kind.walk())
    levels = {name: declared[name].audience for name in names if name in declared}
    if kind.audience is Visibility.PUBLIC:
        return levels
    closed = {
        name: kind.audience
        for name in names
        if kind.audience.sees(levels.get(name, Visibility.PUBLIC))
    }
    return {**levels, **closed}


def dependents(register: Register, changed: Iterable[EntryView]) -> set[UUID]:
    """Return the entries whose documents hold names of these: what names them, what
    took their place.
    """
    changed = list(changed)
    heirs = references.ever_named(
        register, (view.id for view in changed), _successors(register.profile)
    )
    weighted = _references(register.profile, lambda field: bool(field.search_weight))
    return heirs | {
        user
        for user, _ in references.naming(
            register, {*heirs, *(view.id for view in changed)}, weighted
        )
    }


def _references(profile: Profile, wanted: Callable[..., bool]) -> frozenset[str]:
    walked = (pair for kind in profile.kinds.values() for pair in kind.walk())
    return frozenset(
        dotted
        for dotted, field in walked
        if field.type is Type.REFERENCE and wanted(field)
    )


def _successors(profile: Profile) -> frozenset[str]:
    return _references(profile, lambda field: field.path == DCT.isReplacedBy)


def _named(
    profile: Profile, view: EntryView, fields: frozenset[str]
) -> list[tuple[str, UUID]]:
    facts = content_facts.facts(profile.kinds[view.kind].fields, view.content)
    return [
        (fact.field, fact.target)
        for fact in facts
        if fact.target is not None and fact.field in fields
    ]


def _labels(profile: Profile, view: EntryView) -> Iterator[tuple[str, str]]:
    """Yield the Vietnamese labels of the concepts in weighted fields."""
    weighted = {
        d: f
        for d, f in profile.kinds[view.kind].walk()
        if f.type is Type.CONCEPT and f.search_weight
    }
    for fact in content_facts.facts(profile.kinds[view.kind].fields, view.content):
        scheme = weighted[fact.field].code_list if fact.field in weighted else None
        concept = (
            profile.lists.schemes[scheme].concepts.get(fact.value or "")
            if scheme
            else None
        )
        if concept is not None:
            yield fact.field, concept.labels["vi"]


def _names(profile: Profile, view: EntryView) -> tuple[str, ...]:
    texts = content_facts.texts(profile.kinds[view.kind].fields, view.content)
    return tuple(text for _, field, text in texts if field.search_weight >= HEADING)


def _shortened(profile: Profile, view: EntryView) -> dict[str, None]:
    """Return the initials of what everybody may know an entry by."""
    found = dict[str, None]()
    for _, field, text in content_facts.texts(
        profile.kinds[view.kind].fields, view.content
    ):
        if field.search_weight >= HEADING and field.audience is Visibility.PUBLIC:
            found.update(dict.fromkeys(initials.of(text)))
    return found


def _former(register: Register, ids: set[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return the names and identifiers of what each entry took the place of, but for
    those that are its own.
    """
    replaced = references.naming(register, ids, _successors(register.profile))
    views = register.by_ids({old for old, _ in replaced} | {new for _, new in replaced})
    found: dict[UUID, tuple[str, ...]] = {}
    for old, new in replaced:
        if old in views and new in views:
            own = (*found.get(new, ()), *_names(register.profile, views[new]))
            said = (views[old].local_id, *_names(register.profile, views[old]))
            found[new] = (
                *found.get(new, ()),
                *(text for text in dict.fromkeys(said) if text not in own),
            )
    return found


def _facts(profile: Profile, view: EntryView) -> dict[str, tuple[str, ...]]:
    declared = dict(profile.kinds[view.kind].walk())
    found: dict[str, tuple[str, ...]] = {KIND: (view.kind,), STATE: (view.state.value,)}
    if not is_elsewhere(view.content):
        found[SCOPE] = (WITHIN,)
    for fact in content_facts.facts(profile.kinds[view.kind].fields, view.content):
        field = declared[fact.field]
        if field.type in _COUNTED or (field.facet and field.type is Type.REFERENCE):
            value = str(fact.target) if fact.value is None else fact.value
            found[fact.field] = (*found.get(fact.field, ()), value)
    return found


@runtime_checkable
class Transactional(Protocol):
    """An index that lies in the register's own database."""

    def write_within(
        self,
        connection: Connection,
        documents: Iterable[Document],
        removed: Iterable[UUID],
    ) -> None:
        """Write in a transaction of the register."""
        ...


class SearchProjection:
    """The search index, following the journal."""

    name = "search"

    def __init__(self, profile: Profile, index: SearchIndex) -> None:
        self.profile = profile
        self.index = index

    def apply(self, database: Database, entries: list[UUID]) -> None:
        """Index what these entries are today; an entry that the register does not hold
        is removed.
        """
        with database.reading() as session:
            found, removed = self._changed(session, entries)
        self.index.write(found, removed)

    def within(self, session: Session) -> None:
        """Index in a transaction what it changes, where the index lies in the same
        database.

        What cannot be indexed so, or is much, is left to the follower: the register
        never waits for its index.
        """
        entries = journal.changed(session)
        if not 0 < len(entries) <= _AT_ONCE or not isinstance(
            self.index, Transactional
        ):
            return
        session.flush()
        try:
            with session.begin_nested():
                self.index.write_within(
                    session.connection(), *self._changed(session, sorted(entries))
                )
        except (DBAPIError, IndexLostError) as error:
            _log.warning(
                "a change is left to the follower to index", reason=type(error).__name__
            )

    def _changed(
        self, session: Session, entries: list[UUID]
    ) -> tuple[list[Document], list[UUID]]:
        """Return the documents of entries, of what holds their names, and the entries
        that the register has not.
        """
        register = Register(session, self.profile, moment(session), _EVERYTHING)
        views = register.by_ids(entries)
        indexed = self.index.versions(views) if self.index.sound() else {}
        changed = [
            view for view in views.values() if indexed.get(view.id) != view.version_id
        ]
        others = register.by_ids(dependents(register, changed) - views.keys())
        found = list(documents(register, [*views.values(), *others.values()]))
        return found, [entry for entry in entries if entry not in views]

    def sound(self) -> bool:
        """Tell whether the index can be relied on."""
        return self.index.sound()

    def rebuild(self, database: Database, beat: Callable[[], object]) -> None:
        """Index everything anew, beside the present index, and put it in its place at
        once.
        """
        with database.reading() as session:
            register = Register(session, self.profile, moment(session), _EVERYTHING)
            self.index.rebuild(
                self._documents(register, sorted(register.ids(Filter())), beat)
            )

    def _documents(
        self, register: Register, ids: list[UUID], beat: Callable[[], object]
    ) -> Iterator[Document]:
        for start in range(0, len(ids), _BATCH):
            beat()
            yield from documents(
                register, register.by_ids(ids[start : start + _BATCH]).values()
            )

    def clear(self, _database: Database) -> None:
        """Forget the index."""
        self.index.clear()

    def missing(self, session: Session) -> list[str]:
        """Return the identifiers of entries whose present version is not what is
        indexed, and ids of strays.
        """
        register = Register(session, self.profile, moment(session), _EVERYTHING)
        indexed = self.index.versions()
        views = register.all(Filter())
        stale = [
            view.local_id
            for view in views
            if indexed.pop(view.id, None) != view.version_id
        ]
        return stale + [str(entry_id) for entry_id in indexed]
