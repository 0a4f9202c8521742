"""The table of kept representations: what an entry is in each form, written once per
period and state.
"""

from uuid import UUID

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Representation(Base):
    """An entry in one period, state and form; `stamp` names the profile, writer and
    base that made it.

    `text` is UTF-8, as it goes out. `named`: the IRIs of other things that it names,
    with spaces between.
    """

    __tablename__ = "representation"

    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20), primary_key=True)
    form: Mapped[str] = mapped_column(String(10), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    named: Mapped[str] = mapped_column(Text)
