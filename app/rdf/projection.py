"""Keeps the triples of each entry as it stands, following the journal; reads write what is missing on the fly."""

from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import Database, among
from app.permissions import PUBLIC
from app.rdf import formats, records
from app.rdf.models import Representation
from app.rdf.records import Names
from app.register.queries import EntryView, Filter, Register
from app.register.standing import moment
from catalog_schema.profile import Profile

_BATCH = 500


class RdfProjection:
    """The kept representations of the entries as they stand today."""

    name = "rdf"

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def apply(self, database: Database, entries: list[UUID]) -> None:
        """Write the triples of what these entries are today; versions of other days stay as they are."""
        with database.transaction() as session:
            register = Register(session, self.profile, moment(session), PUBLIC)
            views = list(register.by_ids(entries).values())
            kept = _kept(session, self.profile, views)
            names = Names(register.iris(views))
            for view in views:
                if (view.period_id, view.state) not in kept:
                    session.merge(_row(self.profile, view, names))

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
        """Return the identifiers of entries whose triples are not kept, or differ from what they should be."""
        register = Register(session, self.profile, moment(session), PUBLIC)
        views = register.all(Filter())
        kept, names = _kept(session, self.profile, views), Names(register.iris(views))
        expected = ((view, _row(self.profile, view, names).triples) for view in views)
        return [view.local_id for view, text in expected if kept.get((view.period_id, view.state)) != text]


def own_triples(register: Register, views: list[EntryView]) -> Iterator[str]:
    """Yield the N-Triples of each view, in their order: kept ones where there are, else written now."""
    for start in range(0, len(views), _BATCH):
        batch = views[start : start + _BATCH]
        kept = _kept(register.session, register.profile, batch)
        lacking = [view for view in batch if (view.period_id, view.state) not in kept]
        names = Names(register.iris(lacking)) if lacking else Names({})
        for view in batch:
            yield kept.get((view.period_id, view.state)) or _row(register.profile, view, names).triples


def _kept(session: Session, profile: Profile, views: list[EntryView]) -> dict[tuple[UUID, str], str]:
    query = select(Representation).where(Representation.stamp == records.stamp(profile))
    query = query.where(among(session, Representation.period_id, [view.period_id for view in views]))
    return {(row.period_id, row.state): row.triples for row in session.scalars(query)}


def _row(profile: Profile, view: EntryView, names: Names) -> Representation:
    return Representation(
        period_id=view.period_id,
        state=view.state,
        stamp=records.stamp(profile),
        entry_id=view.id,
        triples=formats.canonical(records.own(profile, view, names)),
    )
