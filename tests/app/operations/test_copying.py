import postgres
import pytest
from sqlalchemy import select
from support import POSTGRESQL, Office, agency, make_system

from app import journal
from app.db import Database
from app.errors import ConflictError, SetupError
from app.migrations import tables
from app.operations import copying


@pytest.fixture
def elsewhere(tmp_path):
    """An empty database of the other make: what is moved from SQLite goes to PostgreSQL, and the other way."""
    url = f"sqlite:///{tmp_path / 'moved.db'}" if POSTGRESQL else postgres.create()
    database = Database(url, tables.metadata)
    yield database
    database.engine.dispose()
    if not POSTGRESQL:
        postgres.drop(url)


def everything(database):
    with database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in tables.metadata.tables.values()
        }


def test_a_register_moves_whole_to_the_other_database_and_goes_on_there(
    office, elsewhere
):
    office.land()
    office.propose("agency", agency("Sở còn là dự thảo"))
    office.system.follow()

    copying.move(office.system.database, elsewhere)

    assert everything(elsewhere) == everything(office.system.database)
    office.system.database.engine.dispose()
    office.system.__dict__["database"] = elsewhere
    office.enter("agency", agency("Sở lập sau khi chuyển"))
    with elsewhere.reading() as session:
        assert journal.verify(journal.rows(session))[1] is None


def test_nothing_is_copied_into_a_register_that_holds_something(office, tmp_path):
    (tmp_path / "other").mkdir()
    other = Office(make_system(tmp_path / "other")).open()
    before = everything(other.system.database)

    with pytest.raises(ConflictError, match="journal"):
        copying.move(office.system.database, other.system.database)

    assert everything(other.system.database) == before


def test_a_register_of_an_old_schema_is_not_copied(tmp_path, elsewhere):
    old = Database(f"sqlite:///{tmp_path / 'old.db'}", tables.metadata)

    with pytest.raises(SetupError, match="danhmuc migrate"):
        copying.move(old, elsewhere)

    old.engine.dispose()
