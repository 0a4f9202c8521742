"""Moves a register whole from one database to another: every table, in one transaction,
and looks whether all came.
"""

from collections.abc import Iterator

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from app import journal, migrations
from app.db import Database
from app.errors import ConflictError, SetupError

BATCH = 1000  # rows at a time


def move(source: Database, target: Database) -> dict[str, int]:
    """Copy everything; return how many rows each table has. The target is brought to
    the newest schema first.

    All or nothing. SetupError when the source has an old schema, ConflictError when the
    target holds anything, or when what arrived is not what was sent.
    """
    migrations.require_current(source)
    migrations.upgrade(target)
    tables = source.metadata.sorted_tables
    with source.reading() as old, target.transaction() as new:
        require_empty(new, target)
        for table in tables:
            for rows in _rows(old, table):
                new.execute(insert(table), rows)
            _renumber(new, table)
        counts = {table.name: _count(new, table) for table in tables}
        lost = [
            table.name for table in tables if counts[table.name] != _count(old, table)
        ]
        _good, fault = journal.verify(journal.rows(new))
        if lost or fault:
            raise SetupError(f"Bản chép không khớp bản gốc: {', '.join(lost) or fault}")
    return counts


def require_empty(session: Session, target: Database) -> None:
    """Raise ConflictError when a database holds any row."""
    full = [
        table.name for table in target.metadata.sorted_tables if _count(session, table)
    ]
    if full:
        raise ConflictError(
            f"Cơ sở dữ liệu đích đã có dữ liệu ({', '.join(full)}); chỉ chép "
            "vào nơi trống"
        )


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _rows(session: Session, table: Table) -> Iterator[list[dict[str, object]]]:
    selected = session.execute(
        select(table).execution_options(yield_per=BATCH)
    ).mappings()
    for rows in selected.partitions():
        yield [dict(row) for row in rows]


def _renumber(session: Session, table: Table) -> None:
    """Have numbers that PostgreSQL gives out go on after those that came along."""
    column = table.autoincrement_column
    if session.get_bind().dialect.name == "postgresql" and column is not None:
        series = func.pg_get_serial_sequence(table.name, column.name)
        session.execute(select(func.setval(series, func.max(column))))
