"""By when an agency confirms that the description of an entry is still right; the data
itself has another clock.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import among
from app.journal import JournalRow
from app.register.queries import EntryView

MONTHS = 6  # where the entry says nothing else


def confirmed(session: Session, entry_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each of these entries was last confirmed, those that never were left
    out.
    """
    query = select(JournalRow.entry_id, func.max(JournalRow.at)).where(
        JournalRow.action == "entry.confirmed"
    )
    query = query.where(among(session, JournalRow.entry_id, entry_ids)).group_by(
        JournalRow.entry_id
    )
    return {
        entry_id: at for entry_id, at in session.execute(query) if entry_id is not None
    }


def due(session: Session, views: Iterable[EntryView]) -> dict[UUID, date]:
    """Return by when each entry is to be confirmed again: months after it was entered
    or confirmed last.
    """
    views = list(views)
    confirmed_at = confirmed(session, (view.id for view in views))
    return {view.id: _due(view, confirmed_at.get(view.id)) for view in views}


def _due(view: EntryView, confirmed_at: datetime | None) -> date:
    last = clock.local(
        max(view.recorded_at, confirmed_at) if confirmed_at else view.recorded_at
    ).date()
    months = view.content.get("review_interval") or MONTHS
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    return date(year, month + 1, min(last.day, 28))
