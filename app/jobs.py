"""The job table and `tick`: what must happen on a day happens once, and is caught up
after a stop.

What fails is told in the log and done the next time; it keeps nothing else from being
done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Database, Instant

MOST_AWAY = timedelta(days=14)  # without a day of work, before one is doubted
CONFIRMED = "day-confirmed"
_log = structlog.get_logger()
Daily = Callable[[Session, date], object]
Item = TypeVar("Item", UUID, int)


class Job(Base):
    """A daily task that was done for a day."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class Doubt:
    """A day that the clock says it is, so long after the last day of work that one
    reading of a clock is not believed.
    """

    last: date
    today: date


def doubt(database: Database) -> Doubt | None:
    """Return what is to be doubted about today, None where nothing is.

    A clock that jumps must not end what ends with time. `confirm` is how somebody says
    that so long a time has really gone by.
    """
    with database.reading() as session:
        last = session.scalar(select(func.max(Job.day)))
    today = clock.today()
    if last is None or today - last <= MOST_AWAY:
        return None
    return Doubt(last, today)


def confirm(session: Session) -> None:
    """Note that somebody has looked, and that today is today; work goes on."""
    today = clock.today()
    if session.get(Job, (CONFIRMED, today)) is None:
        session.add(Job(name=CONFIRMED, day=today, done_at=clock.now()))


def tick(database: Database, tasks: Mapping[str, Daily]) -> int:
    """Do every task for each day since it was last done, today included; return how
    many were done.

    A task runs in one transaction with the row that says so: after a crash it is either
    done or not. A task that was never done starts today.
    """
    today = clock.today()
    return sum(
        tried(name, partial(_catch_up, database, name, task, today))
        for name, task in tasks.items()
    )


def each(
    database: Database,
    name: str,
    due: Callable[[Session], Sequence[Item]],
    do: Callable[[Session, Item], object],
) -> int:
    """Do everything that is due, each in a transaction of its own; return how many were
    done.

    `do` must make what it does no longer due.
    """

    def one(item: Item) -> int:
        with database.transaction() as session:
            do(session, item)
        return 1

    with database.reading() as session:
        waiting = due(session)
    return sum(tried(name, partial(one, item), item=str(item)) for item in waiting)


def tried(name: str, do: Callable[[], int], **about: str) -> int:
    """Do it and return what it returns; what fails is told in the log, and is 0."""
    try:
        return do()
    except Exception:  # noqa: BLE001 - whatever it was, the other tasks have nothing to do with it
        _log.exception("a task failed and is tried again", task=name, **about)
        return 0


def _catch_up(database: Database, name: str, task: Daily, today: date) -> int:
    with database.reading() as session:
        last = session.scalar(select(func.max(Job.day)).where(Job.name == name))
    first = last + timedelta(days=1) if last else today
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    for day in days:
        with database.transaction() as session:
            if session.get(Job, (name, day)) is None:
                task(session, day)
                session.add(Job(name=name, day=day, done_at=clock.now()))
    return len(days)
