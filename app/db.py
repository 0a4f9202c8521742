"""Where we commit, and only here: the engine, `transaction()` for writing, `reading()`
for a stable view.

Both databases promise the same: one writing transaction at a time, readers see one
state and are never held up. SQLite does it with BEGIN IMMEDIATE, PostgreSQL with one
advisory lock taken when a writing transaction begins (ADR 8).
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Histogram
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    create_engine,
    event,
    func,
    literal,
    make_url,
    select,
    type_coerce,
)
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session
from sqlalchemy.orm.attributes import InstrumentedAttribute
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import NullType, TypeDecorator

from app.errors import ConflictError, MalformedError, StorageFullError, UnavailableError

_log = structlog.get_logger()
_WRITE = "danhmuc_write"
_PATIENCE = "danhmuc_patience"
_WAIT = 10  # seconds that a writer waits for another
_BEGUN = "danhmuc_begun"
LONG = 0.2  # seconds that a transaction may keep others from writing, unremarked
_LOCK = 0x64616E68  # "danh": the advisory lock of whoever writes
_DAMAGED = ("malformed", "file is not a database", "disk I/O error")
DAMAGED = (
    "Tệp cơ sở dữ liệu bị hỏng hoặc bị cắt cụt: dừng dịch vụ, rồi khôi phục từ bản sao "
    "lưu mới nhất bằng “danhmuc backup restore”"
)
_FULL = ("database or disk is full", "No space left on device", "could not extend file")


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can name
    them.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


def closed(members: type[StrEnum], length: int) -> Enum:
    """Return the type of a column that holds the value of one of a closed set.

    What is stored is the value, what is read the member.
    """
    return Enum(
        members,
        native_enum=False,
        length=length,
        values_callable=lambda enum: [member.value for member in enum],
    )


def versioned(lock_version: Mapped[int]) -> dict[str, Any]:
    """Return what a mapper needs so that `claim()` can count the changes of a row."""
    return {"version_id_col": lock_version, "version_id_generator": False}


def claim(row: Any, seen: int, message: str, **values: Any) -> None:
    """Change a row whose state somebody has seen as its version `seen`, and count it.

    ConflictError with `message` where the row is another version by now. The row was
    read in the transaction that writes, so that nobody else can have changed it since.
    """
    if row.lock_version != seen:
        raise ConflictError(message)
    for name, value in (values | {"lock_version": seen + 1}).items():
        setattr(row, name, value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no zone, so it is put back on
    reading.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Refuse naive values: they would be read back as UTC whatever was meant."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Return the instant in UTC."""
        return (
            value.replace(tzinfo=UTC)
            if value is not None and value.tzinfo is None
            else value
        )


class Database:
    """One database: one writer at a time, readers that see one state for the whole
    block.
    """

    def __init__(self, url: str, metadata: MetaData) -> None:
        """Open the database at `url`; `metadata` is that of every table, so that
        foreign keys resolve.
        """
        self.metadata = metadata
        self.engine = _engine(url)
        self.figures = CollectorRegistry()
        self.held = Histogram(
            "danhmuc_write_lock_seconds",
            "Time for which a transaction kept other writers waiting",
            registry=self.figures,
        )
        self._snapshot: dict[str, Any] = {}
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)
        else:
            self._snapshot = {
                "isolation_level": "REPEATABLE READ",
                "postgresql_readonly": True,
            }
            _prepare_postgresql(self.engine)

    # what has to be in each writing transaction
    before_commit: Callable[[Session], None] | None = None

    @contextmanager
    def transaction(self, *, patience: float = _WAIT) -> Iterator[Session]:
        """Open a writing session; on leaving commit, on any exception roll back.

        `patience`: seconds to wait for another writer. ConflictError when a constraint
        of the database is broken, UnavailableError when it cannot be reached or another
        writer takes too long, StorageFullError when the disk is full.
        """
        options = {_WRITE: True, _PATIENCE: patience}
        with (
            _told(),
            self.engine.connect().execution_options(**options) as connection,
            Session(connection) as session,
        ):
            try:
                yield session
                if self.before_commit is not None:
                    self.before_commit(session)
                session.commit()
            finally:
                self._note_held(connection)

    def _note_held(self, connection: Connection) -> None:
        """Measure how long a transaction kept all other writers waiting."""
        if connection.invalidated:
            return  # the database has gone, and the lock with it
        begun = connection.info.pop(_BEGUN, None)
        if begun is None:
            return  # nothing was asked, so nobody waited
        held = time.perf_counter() - begun
        self.held.observe(held)
        if held > LONG:
            _log.warning("the write lock was held for long", seconds=round(held, 3))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that writes nothing; what it sees does not change while it is
        open. UnavailableError.
        """
        options = self._snapshot
        with _told(), self.engine.connect().execution_options(**options) as connection:  # noqa: SIM117 - too long
            with Session(connection, autoflush=False) as session:
                yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a bare connection that only looks, for questions about the database
        itself. UnavailableError.
        """
        with _told(), self.engine.connect() as connection:
            yield connection

    def probe(self) -> None:
        """Raise UnavailableError unless a writing transaction can begin; nothing is
        written.
        """
        options = {_WRITE: True}
        with _told(), self.engine.connect().execution_options(**options) as connection:
            connection.execute(select(1))
            connection.rollback()
            connection.info.pop(_BEGUN, None)

    def fold(self) -> None:
        """Close the database and leave one file of it, for what copies files (SQLite
        only).
        """
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """Say in our own words what the database refused; what its words hold (SQL, values)
    goes no further.
    """
    try:
        yield
    except (IntegrityError, StaleDataError) as error:
        raise ConflictError(
            "Dữ liệu vừa được thay đổi ở nơi khác, hoặc giá trị đã có; tải lại "
            "rồi làm lại"
        ) from error
    except DataError as error:
        raise MalformedError(
            "Có ký tự hoặc số không lưu được; bỏ ký tự lạ rồi gửi lại"
        ) from error
    except OperationalError as error:
        _log.error("database", kind=type(error.orig).__name__, text=str(error.orig))
        if any(text in str(error.orig) for text in _FULL):
            raise StorageFullError from error
        raise UnavailableError(
            "Cơ sở dữ liệu tạm thời không phục vụ được; thử lại sau ít phút"
        ) from error
    except DatabaseError as error:
        if not any(text in str(error.orig) for text in _DAMAGED):
            raise
        _log.critical("the database is damaged", text=str(error.orig), mend=DAMAGED)
        raise UnavailableError(DAMAGED) from error


def among(
    session: Session, column: InstrumentedAttribute[Any], ids: Iterable[UUID | str]
) -> ColumnElement[bool]:
    """Say that `column` is one of `ids`, `raw` ones too, however many (one parameter,
    no limit on variables).
    """
    dialect = dialect_of(session)
    ids_packed = packed(dialect, ids)
    return among_given(
        dialect,
        column,
        literal(ids_packed, None if dialect == "sqlite" else ARRAY(column.type)),
    )


def among_given(
    dialect: str, column: InstrumentedAttribute[Any], values: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Say that `column` is one of the ids in `given`: a literal, or a parameter that
    comes with each execution.
    """
    if dialect == "sqlite":
        rows = func.json_each(values).table_valued(Column("value"))
        return column.in_(select(rows.c.value))
    return column == func.any(values)


def packed(dialect: str, ids: Iterable[UUID | str]) -> Any:
    """Return ids as the one parameter that `among_given` takes."""
    if dialect == "sqlite":
        return json.dumps([hexed(entry_id) for entry_id in ids])
    return list(ids)


def raw(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column of ids as the driver gives them: where a hundred thousand only go
    back to the database.
    """
    return type_coerce(column, NullType()).label(None)


def cooked(value: UUID | str) -> UUID:
    """Return an id that was read `raw`."""
    return value if isinstance(value, UUID) else UUID(value)


def hexed(value: UUID | str) -> str:
    """Return an id that may have been read `raw` in hexadecimal."""
    return value if isinstance(value, str) else value.hex


def dialect_of(session: Session) -> str:
    """Return which database a session speaks to."""
    return session.get_bind().dialect.name


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {
        "json_serializer": partial(json.dumps, ensure_ascii=False)
    }
    if address.get_backend_name() == "postgresql":
        settings = f"-c timezone=UTC -c lock_timeout={_WAIT}s -c synchronous_commit=on"
        options |= {
            "pool_pre_ping": True,
            "pool_size": 10,
            "connect_args": {"options": settings, "connect_timeout": 5},
        }
    # what people typed is nothing for a log
    return create_engine(address, hide_parameters=True, **options)


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get(_WRITE, False):
            connection.exec_driver_sql(
                f"SET LOCAL lock_timeout = {int(options.get(_PATIENCE, _WAIT) * 1000)}"
            )
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.info[_BEGUN] = time.perf_counter()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        wait = f"busy_timeout={_WAIT * 1000}"
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            wait,
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        write = options.get(_WRITE, False)
        if write:
            connection.exec_driver_sql(
                f"PRAGMA busy_timeout={int(options.get(_PATIENCE, _WAIT) * 1000)}"
            )
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
        if write:
            connection.info[_BEGUN] = time.perf_counter()
