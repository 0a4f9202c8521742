"""Which version of an entry holds now, for whoever goes on from it: a draft, a check, a
confirmation.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import among
from app.register.models import Period, Version
from app.register.standing import stands_on


def latest_version(session: Session, entry_id: UUID) -> Version | None:
    """Return the version of an entry that stands today; where none does, the one that
    was entered last.
    """
    today = clock.today()
    standing = select(Period.version_id).where(
        Period.entry_id == entry_id, stands_on(today)
    )
    query = select(Version).where(Version.entry_id == entry_id)
    return session.scalars(
        query.order_by(Version.id.in_(standing).desc(), Version.number.desc()).limit(1)
    ).first()


def latest_version_ids(
    session: Session, entry_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Return, by entry, the id of what `latest_version` returns of it."""
    named = among(session, Version.entry_id, entry_ids)
    versions = select(Version.entry_id, Version.id).where(named)
    latest = dict(session.execute(versions.order_by(Version.number)).all())
    standing = select(Period.entry_id, Period.version_id).where(
        among(session, Period.entry_id, entry_ids), stands_on(clock.today())
    )
    latest.update(session.execute(standing).all())
    return latest
