"""A new database gets the whole schema at once; one that is at it already stays as it is; any other is refused."""

import pytest
from sqlalchemy import text
from support import POSTGRESQL, Office, make_system, new_database

from app import migrations
from app.db import Database
from app.errors import SetupError
from app.migrations import append_only, tables
from app.operations import audits


@pytest.fixture
def empty(tmp_path):
    """A database with nothing in it."""
    url = new_database() if POSTGRESQL else f"sqlite:///{tmp_path}/empty.db"
    database = Database(url, tables.metadata)
    if POSTGRESQL:
        with database.engine.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            connection.commit()
    yield database
    database.engine.dispose()


def test_an_empty_database_gets_every_table_and_every_guard(empty):
    migrations.upgrade(empty)

    migrations.require_current(empty)
    with empty.connection() as connection:
        assert append_only.missing(connection) == []
        for table in tables.metadata.sorted_tables:
            assert (
                connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar()
                == 0
            )


def test_migrating_twice_changes_nothing(empty):
    migrations.upgrade(empty)
    migrations.upgrade(empty)

    migrations.require_current(empty)


def test_a_schema_of_no_release_is_refused_in_words_and_left_alone(empty):
    migrations.upgrade(empty)
    with empty.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0014'"))

    with pytest.raises(SetupError, match="bản chưa phát hành"):
        migrations.upgrade(empty)
    with empty.reading() as session:
        assert (
            session.execute(text("SELECT version_num FROM alembic_version")).scalar()
            == "0014"
        )


def test_items_of_what_was_entered_before_are_looked_up_afterwards(tmp_path):
    office = Office(make_system(tmp_path)).open()
    office.land()
    with office.system.database.transaction() as session:
        session.execute(text("DELETE FROM fact WHERE field = 'data_items.name'"))
        cases = ("case_step", "case_partner", "exchange_case")
        for table in ("data_statement", "traffic_figure", "warehouse_load", *cases):
            session.execute(text(f"DROP TABLE {table}"))
        session.execute(text("UPDATE alembic_version SET version_num = '0021'"))
        assert audits.altered_facts(session, office.system.profile)

    office.system.migrate()

    with office.system.database.reading() as session:
        assert audits.altered_facts(session, office.system.profile) == []


def test_an_upgraded_register_goes_on_working(tmp_path):
    office = Office(make_system(tmp_path)).open()
    office.system.migrate()

    assert office.land()
