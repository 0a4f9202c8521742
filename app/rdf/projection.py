"""Keeps each entry in every form as it stands, following the journal; reads write what is missing on the fly."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from rdflib import URIRef
from sqlalchemy import ColumnElement, Subquery, and_, case, delete, select
from sqlalchemy.orm import Session

from app.db import Database, among
from app.permissions import PUBLIC
from app.rdf import dublin_core, formats, records
from app.rdf.models import Representation
from app.rdf.records import Names
from app.register.models import Entry
from app.register.narrowing import Filter
from app.register.queries import EntryView, Register
from app.register.standing import Standing, moment
from catalog_schema.namespaces import RDF
from catalog_schema.profile import Profile

_ANY = "nt"  # one form tells whether all are kept, since they are written together
_BATCH = 500


class RdfProjection:
    """The kept representations of the entries as they stand today."""

    name = "rdf"

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def apply(self, database: Database, entries: list[UUID]) -> None:
        """Write what these entries are today; versions of other days stay as they are."""
        with database.transaction() as session:
            register = Register(session, self.profile, moment(session), PUBLIC)
            views = list(register.by_ids(entries).values())
            kept = _kept(session, self.profile, views, _ANY)
            lacking = [view for view in views if (view.period_id, view.state) not in kept]
            _forget(session, lacking)
            for view, written in _written(register, lacking):
                session.add_all(_rows(self.profile, view, written))

    def sound(self) -> bool:
        """Tell whether what is kept can be relied on: it lies in the register's own database."""
        return True

    def rebuild(self, database: Database, beat: Callable[[], object]) -> None:
        """Forget everything and write it anew; what is missing in between is written as it is read."""
        self.clear(database)
        with database.reading() as session:
            ids = sorted(Register(session, self.profile, moment(session), PUBLIC).ids(Filter()))
        for start in range(0, len(ids), _BATCH):
            self.apply(database, ids[start : start + _BATCH])
            beat()

    def clear(self, database: Database) -> None:
        """Forget every representation."""
        with database.transaction() as session:
            session.execute(delete(Representation))

    def missing(self, session: Session) -> list[str]:
        """Return the identifiers of entries of which a form is not kept, or differs from what it should be."""
        register = Register(session, self.profile, moment(session), PUBLIC)
        views = register.all(Filter())
        return [
            local_id
            for start in range(0, len(views), _BATCH)
            for local_id in _drifted(register, views[start : start + _BATCH])
        ]


class Block(NamedTuple):
    """An entry in one form, with the links of the catalogue to it; `names` are the IRIs that it names, with spaces."""

    text: str
    names: str

    @property
    def named(self) -> frozenset[str]:
        """The IRIs that it names."""
        return frozenset(self.names.split())


def blocks(register: Register, standings: Iterable[Standing], form: str) -> Iterator[Block]:
    """Yield each entry in a form, in their order: kept ones where there are, else written now.

    Only what is public is kept; for another audience everything is written now.
    """
    waiting, public = iter(standings), register.audience == PUBLIC
    while batch := list(islice(waiting, _BATCH)):
        kept = _kept(register.session, register.profile, batch, form) if public else {}
        lacking = [one.id for one in batch if (one.period_id, one.state) not in kept]
        views = register.by_ids(lacking).values() if lacking else ()
        for view, written in _written(register, list(views)):
            kept[view.period_id, view.state] = written[form]
        for one in batch:
            yield kept[one.period_id, one.state]


def whole(register: Register, wanted: Filter, form: str, without: Filter | None = None) -> Iterator[Block]:
    """Yield what matches in a form, in order of (issued, identifier), as one query; what is not kept is written.

    Reading keys costs as much as reading texts, so nothing but the texts is read where they are there.
    """
    lacking = case((Representation.text.is_(None), Entry.id))
    stamp = records.stamp(register.profile)

    def kept(standing: Subquery) -> tuple[Any, ColumnElement[bool]]:
        same = and_(Representation.period_id == standing.c.id, Representation.state == standing.c.state)
        return Representation, and_(same, Representation.form == form, Representation.stamp == stamp)

    query = register.matching(wanted, lambda _: (Representation.text, Representation.named, lacking), kept)
    if without is not None:
        query = query.where(Entry.id.not_in(register.matching(without, lambda _: (Entry.id,))))
    query = query.order_by(Entry.issued_on, Entry.local_id).execution_options(yield_per=_BATCH)
    for text, named, missing in register.session.execute(query):
        if missing is None:
            yield Block(text, named)
        else:
            (view,) = register.by_ids([missing]).values()
            yield next(written[form] for _, written in _written(register, [view]))


def _written(register: Register, views: Sequence[EntryView]) -> Iterator[tuple[EntryView, dict[str, Block]]]:
    """Yield each entry with its block in every form."""
    names = Names(register.iris(views)) if views else Names({})
    for view in views:
        graph = records.own(register.profile, view, names)
        named = " ".join(sorted({str(one) for _, p, one in graph if isinstance(one, URIRef) and p != RDF.type}))
        triples = formats.of(graph + records.listing(register.profile, view))
        written = {name: Block(one.block(triples), named) for name, one in formats.FORMATS.items()}
        yield view, written | {dublin_core.FORM: Block(dublin_core.block(triples, view.iri), named)}


def _drifted(register: Register, views: Sequence[EntryView]) -> Iterator[str]:
    """Yield the identifiers of those of which some form is not kept as it should be."""
    forms = (*formats.FORMATS, dublin_core.FORM)
    kept = {form: _kept(register.session, register.profile, views, form) for form in forms}
    for view, written in _written(register, views):
        if any(kept[form].get((view.period_id, view.state)) != block for form, block in written.items()):
            yield view.local_id


def _kept(
    session: Session, profile: Profile, some: Iterable[EntryView | Standing], form: str
) -> dict[tuple[UUID, str], Block]:
    columns = (Representation.period_id, Representation.state, Representation.text, Representation.named)
    query = select(*columns).where(Representation.form == form, Representation.stamp == records.stamp(profile))
    query = query.where(among(session, Representation.period_id, [one.period_id for one in some]))
    rows = session.execute(query)
    return {(period, state): Block(text, named) for period, state, text, named in rows}


def _forget(session: Session, views: Iterable[EntryView]) -> None:
    """Delete what an earlier profile or writer wrote of these."""
    old = among(session, Representation.period_id, [view.period_id for view in views])
    session.execute(delete(Representation).where(old))


def _rows(profile: Profile, view: EntryView, written: Mapping[str, Block]) -> list[Representation]:
    return [
        Representation(
            period_id=view.period_id,
            state=view.state,
            form=form,
            stamp=records.stamp(profile),
            entry_id=view.id,
            text=block.text,
            named=block.names,
        )
        for form, block in written.items()
    ]
