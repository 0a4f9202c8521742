"""A register of an earlier schema is brought to the newest with everything in it, whole or not at all."""

from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import text
from support import POSTGRESQL, Office, make_system, new_database

from app import migrations
from app.accounts import review, service, sessions
from app.accounts.models import Person
from app.db import Database
from app.migrations import tables
from app.permissions import Role

LOG_IN = "key, person_id, post_id, begun_at, until"
KEY = "id, name, prefix, key, person_id, post_id, scopes, issued_at, until"
SPAN = "'2026-11-01 00:00:00', '2099-01-01 00:00:00'"
ROWS = (
    "INSERT INTO person (id, name, email, email_key) VALUES (:person, 'Người cũ', 'cu@thu.example', 'cu@thu.example')",
    "INSERT INTO entry (id, kind) VALUES (:entry, 'agency')",
    "INSERT INTO post (id, agency_id, title, role) VALUES (:post, :entry, 'Phê duyệt', 'approver')",
    "INSERT INTO holding (post_id, person_id, since, until) VALUES (:post, :person, '2020-01-01', '9999-12-31')",
    f"INSERT INTO login_session ({LOG_IN}) VALUES ('x', :person, :post, {SPAN})",
    f"INSERT INTO api_token ({KEY}) VALUES (:token, 'cũ', 'dmk_1', 'k', :person, :post, '[]', {SPAN})",
)


@pytest.fixture
def old(tmp_path):
    """A database of schema 0002 with a person, a post, a log-in and a key in it."""
    url = new_database() if POSTGRESQL else f"sqlite:///{tmp_path}/old.db"
    database = Database(url, tables.metadata)
    if POSTGRESQL:
        with database.engine.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            connection.commit()
    command.upgrade(migrations.configured(database), "0002")
    ids = {name: uuid4() for name in ("person", "entry", "post", "token")}
    if not POSTGRESQL:
        ids = {name: value.hex for name, value in ids.items()}
    with database.transaction() as session:
        for row in ROWS:
            session.execute(text(row), {name: value for name, value in ids.items() if f":{name}" in row})
    yield database
    database.engine.dispose()


def test_people_and_keys_come_along_and_everybody_logs_in_anew(old):
    migrations.upgrade(old)
    migrations.require_current(old)

    with old.transaction() as session:
        person = service.find(session, "cu@thu.example")
        assert (person.must_change, person.disabled_at, person.seen_at) == (False, None, None)
        assert sessions.count(session) == 0
        (row,) = review.accounts(session, person.activated_at.date())
        assert (row.role, row.keys, row.second_factor) == (Role.APPROVER, 1, False)
        settings = type("Settings", (), {"unused_days": 400, "unused_days_privileged": 45})
        assert review.disable_unused(session, settings, person.activated_at.date()) == 0  # counted from the upgrade


def test_migrating_twice_changes_nothing(old):
    migrations.upgrade(old)
    migrations.upgrade(old)

    with old.reading() as session:
        assert session.query(Person).count() == 1


def test_an_upgraded_register_goes_on_working(tmp_path):
    office = Office(make_system(tmp_path)).open()
    office.system.migrate()

    assert office.land()
