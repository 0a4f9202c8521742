"""Registers that somebody changed with SQL: every one is found, and the first bad thing is named.

A change is made in a savepoint, looked at as `danhmuc check` and `danhmuc journal verify` do, and taken back.
TAMPERINGS sets how many; `make nightly PART=attack` asks for 1,000.
"""

import os
import random
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import casework
import measured
import pytest
import sharing
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import JSON
from support import POSTGRESQL, database, opened_office, unguarded

from app import journal
from app.db import Base
from app.operations import audits
from app.permissions import Action, Role

pytestmark = pytest.mark.slow
TAMPERINGS = int(os.environ.get("TAMPERINGS", "40"))
# columns of which the journal says nothing: what follows from other columns or from the day, and what may change
FREE = {
    "entry": {"issued_on"},
    "version": {"decided_by_id", "decision_id", "recorded_at"},
    "fact": {"id"},
    "holding": {"id", "until"},
    "revision": {"id", "round", "action", "reason", "post_id", "at"},
    "hand": {"part"},
    "exchange_case": {"opened_at", "changed_at", "closed_at", "lock_version"},
}
TABLES = (
    "entry",
    "version",
    "period",
    "fact",
    "journal",
    "holding",
    "revision",
    "hand",
    "data_statement",
    "traffic_figure",
    "warehouse_load",
    "exchange_case",
    "case_step",
    "case_partner",
)


@pytest.fixture
def office(tmp_path):
    office = opened_office(tmp_path)
    office.land()
    basis = str(office.law("2/2026/QĐ-UBND"))
    content = database(str(office.department), basis, title="CSDL hộ tịch")
    office.enter("shared-database", content)
    waiting = office.propose(
        "shared-database", {**content, "title": {"vi": "CSDL rừng"}}
    )
    office.act(waiting, Action.SUBMIT, Role.REGISTRAR)
    office.act(waiting, Action.TAKE, Role.REVIEWER)
    line = sharing.connection(
        "Một – Hai", office.department, source=office.department, target=office.other
    )
    office.enter("connection", line)
    measured.everything(office)
    casework.everything(office)
    office.system.follow()
    with office.system.database.transaction() as session:
        audits.note_head(session, office.system.settings.data_dir)
    return office


def other(column, value, luck):
    """Return another value of a column's type."""
    if isinstance(column.type, JSON):
        return {"title": {"vi": f"Khác {luck.random()}"}}
    return {
        bool: lambda: not value,
        int: lambda: (value or 0) + luck.randrange(1, 9),
        UUID: uuid4,
        date: lambda: date(2001, 1, luck.randrange(1, 28)),
        datetime: lambda: datetime(2001, 1, 2, 3, 4, luck.randrange(59), tzinfo=UTC),
    }.get(
        column.type.python_type if value is None else type(value),
        lambda: f"{luck.random()}"[:20],
    )()


def tampered(session, luck):
    """Change or delete one row; return what was done."""
    table = Base.metadata.tables[luck.choice(TABLES)]
    keys = list(table.primary_key.columns)
    rows = session.execute(select(*keys).order_by(*keys)).all()
    row = luck.choice(rows)
    here = [key == value for key, value in zip(keys, row, strict=True)]
    if luck.random() < 0.2:
        session.execute(table.delete().where(*here))
        return f"{table.name} {row} deleted"
    columns = [c for c in table.columns if c.name not in FREE.get(table.name, set())]
    column = luck.choice(columns)
    before = session.scalar(select(column).where(*here))
    session.execute(
        table.update().where(*here).values({column: other(column, before, luck)})
    )
    return f"{table.name}.{column.name} of {row}, was {before!r}"


def found(session, system):
    """Return what `danhmuc check` and `danhmuc journal verify` say."""
    good, fault = journal.verify(journal.rows(session))
    answers = audits.differences(session, system.profile, system.settings.data_dir)
    named = {question: wrong[0] for question, wrong in answers.items() if wrong}
    return named | ({"verify": f"{good}: {fault.reason}"} if fault else {})


def test_a_register_that_was_tampered_with_is_found_and_what_is_bad_is_named(office):
    luck, system, unseen = random.Random(20261129), office.system, []
    with system.database.transaction() as session:
        unguarded(session)
        if not POSTGRESQL:
            session.execute(text("PRAGMA defer_foreign_keys = on"))
        assert found(session, system) == {}
        for _ in range(TAMPERINGS):
            change = session.begin_nested()
            try:
                what = tampered(session, luck)
                session.expire_all()
                if not found(session, system):
                    unseen.append(what)
            except IntegrityError:
                pass  # the database itself does not have it
            finally:
                change.rollback()
        assert session.scalar(select(func.count()).select_from(journal.JournalRow)) > 9
        session.rollback()

    assert not unseen, "\n".join(unseen)
