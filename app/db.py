"""Where we commit, and only here: the engine, `transaction()` for writing, `reading()` for a stable view."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, DateTime, Dialect, Engine, MetaData, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.attributes import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

_FINISHERS = "finishers"
_WRITE = "danhmuc_write"


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive values: they would be read back as UTC whatever was meant."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Database:
    """One database. Readers see one state for the whole block; writers queue up on SQLite (BEGIN IMMEDIATE)."""

    def __init__(self, url: str, metadata: MetaData) -> None:
        """Open the database at `url`; `metadata` is that of every table, so that foreign keys resolve."""
        self.metadata = metadata
        self.engine = create_engine(url, json_serializer=partial(json.dumps, ensure_ascii=False))
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a writing session; on leaving, run the finishers and commit, on any exception roll back."""
        with self.engine.connect().execution_options(**{_WRITE: True}) as connection, Session(connection) as session:
            yield session
            session.flush()
            for finish in session.info.get(_FINISHERS, ()):
                finish(session)
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that writes nothing; what it sees does not change while it is open."""
        with self.engine.connect() as connection, Session(connection, autoflush=False) as session:
            yield session


def before_commit(session: Session, finish: Callable[[Session], None]) -> None:
    """Have `finish` run once, after everything else in this transaction and just before its commit."""
    finishers: list[Callable[[Session], None]] = session.info.setdefault(_FINISHERS, [])
    if finish not in finishers:
        finishers.append(finish)


def among(session: Session, column: InstrumentedAttribute[Any], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Say that `column` is one of `ids`, however many they are (one parameter, no limit on variables)."""
    wanted = list(ids)
    if session.get_bind().dialect.name == "sqlite":
        rows = func.json_each(json.dumps([i.hex for i in wanted])).table_valued(Column("value"))
        return column.in_(select(rows.c.value))
    return column == func.any(wanted)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
