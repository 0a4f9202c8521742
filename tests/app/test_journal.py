import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from support import agency, unguarded

from app import journal
from app.errors import ConflictError, SetupError
from app.factory import create_app
from app.journal import JournalRow
from app.permissions import Audience
from app.workflow.proposals.models import ProposalType
from catalog_schema.profile import Visibility


def chain(database):
    with database.reading() as session:
        return journal.verify(journal.rows(session))


def test_the_encoding_of_a_row_never_changes():
    """Rows can never be hashed anew: this vector must stay as it is for ever."""
    row = JournalRow(
        seq=7,
        at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        action="entry.entered",
        post_id=UUID("00000000-0000-0000-0000-000000000001"),
        entry_id=UUID("00000000-0000-0000-0000-000000000002"),
        proposal_id=None,
        version_id=UUID("00000000-0000-0000-0000-000000000003"),
        hash="ab" * 32,
        edition=1,
        prev="0" * 64,
    )

    assert (
        row.compute_leaf()
        == "edacd527df1974467f6e0fd53f75605ce647b46965e67dde1f95614fb044edef"  # pragma: allowlist secret
    )


def test_a_row_holds_no_content_and_no_personal_data(office):
    office.enter("agency", agency("Sở Bí Mật Tên"))

    with office.system.database.reading() as session:
        stored = str(session.execute(text("SELECT * FROM journal")).all())

    assert "Bí Mật" not in stored
    assert "@" not in stored


def test_an_untouched_journal_holds(office):
    office.land()

    rows, fault = chain(office.system.database)

    assert fault is None
    assert rows > 10


def test_a_failed_transaction_leaves_no_row(office):
    before, _ = chain(office.system.database)

    with pytest.raises(RuntimeError), office.desk() as desk:
        journal.record(desk.session, journal.Note("test"))
        raise RuntimeError

    assert chain(office.system.database) == (before, None)


TAMPERINGS = {
    "changed": "UPDATE journal SET action = 'entry.forged' WHERE seq = :seq",
    "changed hash": f"UPDATE journal SET hash = '{'0' * 64}' WHERE seq = :seq",
    "deleted": "DELETE FROM journal WHERE seq = :seq",
    "relinked": f"UPDATE journal SET prev = '{'1' * 64}' WHERE seq = :seq",
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_verify_names_the_row_that_was_tampered_with(office, how):
    office.land()
    total, _ = chain(office.system.database)
    seq = random.Random(how).randint(2, total - 1)

    with office.system.database.transaction() as session:
        unguarded(session).execute(text(TAMPERINGS[how]), {"seq": seq})
    _, fault = chain(office.system.database)

    assert fault is not None
    assert fault.seq == seq
    assert str(seq) in fault.reason


def test_verify_names_a_row_that_was_inserted(office):
    office.land()
    with office.system.database.transaction() as session:
        unguarded(session).execute(text("UPDATE journal SET seq = -seq WHERE seq >= 5"))
        session.execute(text("UPDATE journal SET seq = -seq + 1 WHERE seq < 0"))
        forged = JournalRow(
            seq=5,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            action="entry.ended",
            edition=2,
            prev="0" * 64,
        )
        forged.leaf = forged.compute_leaf()
        session.add(forged)

    _, fault = chain(office.system.database)

    assert fault is not None
    assert fault.seq == 5


def test_verify_names_rows_that_were_swapped(office):
    office.land()
    with office.system.database.transaction() as session:
        unguarded(session)
        for old, new in ((4, -1), (5, 4), (-1, 5)):
            session.execute(
                text("UPDATE journal SET seq = :new WHERE seq = :old"),
                {"old": old, "new": new},
            )

    _, fault = chain(office.system.database)

    assert fault is not None
    assert fault.seq == 4


class Recorder:
    """A projection that keeps what it saw in a list, and may be killed in the middle."""

    name = "recorder"

    def __init__(self, fail_at=None):
        self.seen = []
        self.fail_at = fail_at

    def apply(self, _database, entries):
        for entry in entries:
            if self.fail_at is not None and len(self.seen) == self.fail_at:
                self.fail_at = None
                raise KeyboardInterrupt
            self.seen.append(entry)

    def clear(self, _database):
        self.seen.clear()

    def sound(self):
        return True

    def rebuild(self, database, beat):
        self.seen.clear()
        beat()
        with database.reading() as session:
            self.apply(
                database,
                [row.entry_id for row in journal.rows(session) if row.entry_id],
            )


def test_a_follower_killed_between_two_entries_loses_none(office):
    office.land()
    whole, killed = Recorder(), Recorder(fail_at=2)
    killed.name = "killed"

    journal.follow(office.system.database, whole)
    with pytest.raises(KeyboardInterrupt):
        journal.follow(office.system.database, killed, batch=4)
    journal.follow(office.system.database, killed, batch=4)

    assert set(killed.seen) == set(whole.seen)


def test_following_twice_reads_nothing_the_second_time(office):
    recorder = Recorder()

    first = journal.follow(office.system.database, recorder)

    assert first > 0
    assert journal.follow(office.system.database, recorder) == 0


def test_only_one_follower_holds_the_lease(office):
    assert journal.lease(office.system.database, "follower", "a", 30)
    assert not journal.lease(office.system.database, "follower", "b", 30)
    assert journal.lease(office.system.database, "follower", "a", 0)
    assert journal.lease(office.system.database, "follower", "b", 30)


FORBIDDEN = [
    "UPDATE journal SET action = 'entry.forged'",
    "DELETE FROM journal WHERE seq = 1",
    "UPDATE version SET title = 'Khác'",
    "DELETE FROM version",
    "UPDATE period SET valid_to = '2030-01-01'",
    "UPDATE period SET recorded_seq = recorded_seq + 1",
    "DELETE FROM period",
    "UPDATE period SET superseded_seq = 9 WHERE superseded_seq IS NOT NULL",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_itself_forbids_changing_what_was_recorded(office, statement):
    entry_id = office.land()
    whole = office.get(entry_id, audience=Audience(Visibility.OWNER)).content
    office.enter(
        "shared-database",
        {**whole, "keyword": ["đất"]},
        entry_id=entry_id,
        type=ProposalType.AMEND,
    )

    with pytest.raises(ConflictError), office.system.database.transaction() as session:
        session.execute(text(statement))

    assert chain(office.system.database)[1] is None


def test_without_its_guards_the_register_does_not_start(office):
    with office.system.database.transaction() as session:
        unguarded(session)

    with pytest.raises(SetupError, match="danhmuc migrate"):
        create_app(office.system)
    office.system.migrate()

    assert create_app(office.system).test_client().get("/").status_code == 200


@pytest.mark.slow
def test_rows_are_numbered_in_the_order_of_commits_and_no_follower_skips_one(office):
    """Sixteen writers at once, each taking its time inside the transaction, and one follower that never waits."""
    database, recorder, done = office.system.database, Recorder(), threading.Event()
    made = []

    def write(number):
        pick = random.Random(number)
        for _ in range(6):
            entry_id = uuid4()
            with database.transaction() as session:
                time.sleep(pick.random() / 200)
                journal.record(session, journal.Note("test.written", entry_id=entry_id))
                time.sleep(pick.random() / 200)
            made.append(entry_id)

    def follow():
        while not done.is_set():
            journal.follow(database, recorder, batch=7)

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(16) as writers:
        list(writers.map(write, range(16)))
    done.set()
    follower.join()
    journal.follow(database, recorder)
    seen = [entry for entry in recorder.seen if entry in set(made)]

    assert len(made) == 96
    assert sorted(seen) == sorted(made)
    assert chain(database)[1] is None
