"""How an agency signed its last paper of a kind: offered for the next one."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base


class PaperHabit(Base):
    """Who signs, how, and for which unit: `values` by the names of the form."""

    __tablename__ = "paper_habit"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    values: Mapped[dict[str, str]] = mapped_column(JSON)


def last(session: Session, agency_id: UUID, kind: str) -> Mapping[str, str]:
    """Return how the last paper of a kind was signed, nothing for the first."""
    habit = session.get(PaperHabit, (agency_id, kind))
    return habit.values if habit else {}


def keep(
    session: Session, agency_id: UUID, kind: str, values: Mapping[str, str]
) -> None:
    """Remember how a paper was signed."""
    habit = session.get(PaperHabit, (agency_id, kind))
    if habit is None:
        session.add(PaperHabit(agency_id=agency_id, kind=kind, values=dict(values)))
    elif habit.values != values:
        habit.values = dict(values)
