"""Keeps each entry in every form as it stands, following the journal; reads write what
is missing on the fly.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from rdflib import URIRef
from sqlalchemy import ARRAY, Select, bindparam, delete, not_, select
from sqlalchemy.orm import Session

from app.db import Database, among, among_given, cooked, dialect_of, packed, raw
from app.permissions import PUBLIC
from app.rdf.publishing.models import Representation
from app.rdf.writing import dublin_core, formats, records
from app.rdf.writing.records import Names
from app.register.filters import Filter
from app.register.models import Entry
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
        """Write what these entries are today; versions of other days stay as they
        are.
        """
        with database.transaction() as session:
            register = Register(session, self.profile, moment(session), PUBLIC)
            views = list(register.by_ids(entries).values())
            stored = _kept(
                session, self.profile, [view.period_id for view in views], _ANY
            )
            lacking = [
                view for view in views if (view.period_id, view.state) not in stored
            ]
            _forget(session, lacking)
            for view, written in _written(register, lacking):
                session.add_all(_rows(self.profile, view, written))

    def sound(self) -> bool:
        """Tell whether what is kept can be relied on: it lies in the register's own
        database.
        """
        return True

    def rebuild(self, database: Database, beat: Callable[[], object]) -> None:
        """Forget everything and write it anew; what is missing in between is written as
        it is read.
        """
        self.clear(database)
        with database.reading() as session:
            ids = sorted(
                Register(session, self.profile, moment(session), PUBLIC).ids(Filter())
            )
        for start in range(0, len(ids), _BATCH):
            self.apply(database, ids[start : start + _BATCH])
            beat()

    def clear(self, database: Database) -> None:
        """Forget every representation."""
        with database.transaction() as session:
            session.execute(delete(Representation))

    def missing(self, session: Session) -> list[str]:
        """Return the identifiers of entries of which a form is not kept, or differs
        from what it should be.
        """
        register = Register(session, self.profile, moment(session), PUBLIC)
        views = register.all(Filter())
        return [
            local_id
            for start in range(0, len(views), _BATCH)
            for local_id in _drifted(register, views[start : start + _BATCH])
        ]


class CatalogueBlock(NamedTuple):
    """An entry in one form, with the links of the catalogue to it.

    `names` are the IRIs of other things that it names, with spaces: the same text for
    all that name the same.
    """

    text: bytes
    names: str

    @property
    def named(self) -> frozenset[str]:
        """The IRIs of other things that it names."""
        return frozenset(self.names.split())


def blocks(
    register: Register, standings: Iterable[Standing], form: str
) -> Iterator[CatalogueBlock]:
    """Yield each entry in a form, in their order: kept ones where there are, else
    written now.

    Only what is public is kept; for another audience everything is written now.
    """
    waiting, public = iter(standings), register.audience == PUBLIC
    while batch := list(islice(waiting, _BATCH)):
        periods = [standing.period_id for standing in batch]
        stored = (
            _kept(register.session, register.profile, periods, form) if public else {}
        )
        lacking = [
            standing.id
            for standing in batch
            if (standing.period_id, standing.state) not in stored
        ]
        views = register.by_ids(lacking).values() if lacking else ()
        for view, written in _written(register, list(views)):
            stored[view.period_id, view.state] = written[form]
        for standing in batch:
            yield stored[standing.period_id, standing.state]


def whole(
    register: Register,
    criteria: Filter,
    form: str,
    without: AbstractSet[UUID] = frozenset(),
) -> Iterator[CatalogueBlock]:
    """Yield what matches in a form, in order of (issued, identifier); what is not kept
    is written.

    Keys are put in order without their texts, since a database that sorts texts writes
    them to the disk once more, and they stay as the driver gives them, since making an
    object of each costs as much as reading its text.
    """
    session = register.session
    query = register.matching(
        criteria, lambda standing: (raw(standing.c.id), standing.c.state, raw(Entry.id))
    )
    if without:
        query = query.where(not_(among(session, Entry.id, without)))
    query = query.order_by(Entry.issued_on, Entry.local_id).execution_options(
        yield_per=_BATCH
    )
    for keys in session.execute(query).partitions():
        stored = _kept(
            session,
            register.profile,
            [period_id for period_id, _, _ in keys],
            form,
            as_given=True,
        )
        for period_id, state, entry in keys:
            yield stored.get((period_id, state)) or _now(register, cooked(entry), form)


def _now(register: Register, entry: UUID, form: str) -> CatalogueBlock:
    (view,) = register.by_ids([entry]).values()
    return next(written[form] for _, written in _written(register, [view]))


def _written(
    register: Register, views: Sequence[EntryView]
) -> Iterator[tuple[EntryView, dict[str, CatalogueBlock]]]:
    """Yield each entry with its block in every form."""
    names = Names(register.iris(views)) if views else Names({})
    for view in views:
        graph = records.own(register.profile, view, names)
        own = {view.iri, str(records.record_iri(register.profile, view))}
        objects = {
            str(node)
            for _, p, node in graph
            if isinstance(node, URIRef) and p != RDF.type
        }
        named = " ".join(
            sorted(iri for iri in objects if iri.partition("#")[0] not in own)
        )
        triples = formats.of(graph + records.listing(register.profile, view))
        written = {
            name: CatalogueBlock(form.block(triples), named)
            for name, form in formats.FORMATS.items()
        }
        yield (
            view,
            written
            | {
                dublin_core.FORM: CatalogueBlock(
                    dublin_core.block(triples, view.iri).encode(), named
                )
            },
        )


def _drifted(register: Register, views: Sequence[EntryView]) -> Iterator[str]:
    """Yield the identifiers of those of which some form is not kept as it should be."""
    forms = (*formats.FORMATS, dublin_core.FORM)
    periods = [view.period_id for view in views]
    stored = {
        form: _kept(register.session, register.profile, periods, form) for form in forms
    }
    for view, written in _written(register, views):
        if any(
            stored[form].get((view.period_id, view.state)) != block
            for form, block in written.items()
        ):
            yield view.local_id


@cache
def _query(dialect: str, *, as_given: bool) -> Select[Any]:
    """Return the query for what is kept of the periods that come with it; made once, as
    making it costs as much.
    """
    period = Representation.period_id
    ids = bindparam(
        "periods", type_=None if dialect == "sqlite" else ARRAY(period.type)
    )
    columns = (
        raw(period) if as_given else period,
        Representation.state,
        Representation.text,
        Representation.named,
    )
    query = select(*columns).where(
        Representation.form == bindparam("form"),
        Representation.stamp == bindparam("stamp"),
    )
    return query.where(among_given(dialect, period, ids))


def _kept(
    session: Session,
    profile: Profile,
    periods: Iterable[UUID | str],
    form: str,
    *,
    as_given: bool = False,
) -> dict[tuple[Any, str], CatalogueBlock]:
    """Return what is kept of some periods, by period and state; `as_given`: periods are
    `raw`.
    """
    dialect = dialect_of(session)
    bound = {
        "periods": packed(dialect, periods),
        "form": form,
        "stamp": records.stamp(profile),
    }
    rows = session.execute(_query(dialect, as_given=as_given), bound)
    return {
        (period, state): CatalogueBlock(text, named)
        for period, state, text, named in rows
    }


def _forget(session: Session, views: Iterable[EntryView]) -> None:
    """Delete what an earlier profile or writer wrote of these."""
    old = among(session, Representation.period_id, [view.period_id for view in views])
    session.execute(delete(Representation).where(old))


def _rows(
    profile: Profile, view: EntryView, written: Mapping[str, CatalogueBlock]
) -> list[Representation]:
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
