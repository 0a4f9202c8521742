"""Where the index lies in the register's own PostgreSQL, it changes with the register, in one transaction."""

from dataclasses import replace

import postgres
import pytest
from sqlalchemy import text
from support import BASE, Office, _migrated, _system, agency

from app.factory import System
from app.register.filters import Filter
from app.search import service as search


@pytest.fixture
def office(tmp_path):
    settings = _system(tmp_path, postgres.create(_migrated()), BASE).settings
    system = System(replace(settings, search_url="postgresql:"))
    system.migrate()
    opened = Office(system).open()
    system.follow()
    yield opened
    system.close()
    postgres.drop(system.settings.database_url)


def found(office, words):
    with office.reading() as register:
        return [
            view.title
            for view in search.search(
                register, office.system.index, words, Filter()
            ).items
        ]


def test_what_is_entered_is_found_before_anybody_follows_the_journal(office):
    office.enter("agency", agency("Sở Thủy lợi"))

    assert found(office, "thuy loi") == ["Sở Thủy lợi"]
    with office.reading() as register:
        assert (
            search.search(
                register, office.system.index, "thuy loi", Filter(("agency",))
            ).total
            == 1
        )
    office.system.follow()
    assert found(office, "thuy loi") == ["Sở Thủy lợi"]


def test_the_register_never_waits_for_an_index_that_is_broken(office):
    with office.system.database.transaction() as session:
        session.execute(text("DROP SCHEMA danhmuc_search CASCADE"))

    office.enter("agency", agency("Sở Thủy lợi"))

    assert not office.system.index.sound()
    office.system.follow()
    assert found(office, "thuy loi") == ["Sở Thủy lợi"]


def test_what_is_taken_back_is_in_neither(office):
    class StopError(Exception):
        """Nothing is to be kept."""

    def stop(session):
        office.system.search_projection.within(session)
        raise StopError

    before = found(office, "so")
    office.system.database.before_commit = stop
    with pytest.raises(StopError):
        office.enter("agency", agency("Sở Thủy lợi"))
    office.system.database.before_commit = None

    assert found(office, "thuy loi") == []
    assert found(office, "so") == before
