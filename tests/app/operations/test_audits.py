"""What was changed behind the register's back is found, whichever way one looks."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from people import Browser, key_of
from sqlalchemy import select, text
from support import POSTGRESQL, agency, unguarded

from app import journal
from app.accounts.models import Person
from app.journal import JournalRow
from app.operations import audits
from app.permissions import Action, Role

RAW = "UPDATE period SET {} WHERE recorded_seq = (SELECT max(recorded_seq) FROM period)"
FORGED = (
    "INSERT INTO period (id, entry_id, version_id, valid_from, valid_to, suspended,"
    " recorded_seq) SELECT '{id}', entry_id, version_id, '1990-01-01', '1991-01-01',"
    " suspended, 99999 FROM period LIMIT 1"
)
TAMPERINGS = {  # what is done, and which question finds it
    "a version gone": (
        [
            "DELETE FROM fact WHERE version_id = {version}",
            "DELETE FROM period WHERE version_id = {version}",
            "DELETE FROM version WHERE id = {version}",
        ],
        "missing",
    ),
    "a day moved": ([RAW.format("valid_to = '2031-01-01'")], "periods"),
    "a period gone": (
        ["DELETE FROM period WHERE version_id = {version}"],
        "periods",
    ),
    "a period that no row made": (
        [
            FORGED,
        ],
        "periods",
    ),
    "a suspension": ([RAW.format("suspended = (1 = 1)")], "periods"),
    "a fact changed": (
        ["UPDATE fact SET value = 'khac' WHERE version_id = {version}"],
        "facts",
    ),
    "a fact gone": (["DELETE FROM fact WHERE version_id = {version}"], "facts"),
    "the tail cut": (["DELETE FROM journal WHERE seq > 20"], "journal"),
}


def asked(office):
    """Ask everything that `danhmuc check` asks of the database; return what differs."""
    system = office.system
    with system.database.reading() as session:
        answers = audits.differences(session, system.profile, system.settings.data_dir)
    return {name: wrong for name, wrong in answers.items() if wrong}


@pytest.fixture
def landed(office):
    office.entry = office.land()
    office.system.follow()
    with office.system.database.transaction() as session:
        audits.note_head(session, office.system.settings.data_dir)
    return office


def test_an_untouched_register_agrees_with_its_journal(landed):
    assert asked(landed) == {}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_what_was_done_behind_its_back_is_found(landed, how):
    statements, question = TAMPERINGS[how]
    version = landed.get(landed.entry).version_id
    raw = (
        f"'{version}'"
        if landed.system.database.engine.name != "sqlite"
        else f"'{version.hex}'"
    )
    with landed.system.database.transaction() as session:
        unguarded(session)
        for statement in statements:
            new = "0" * 31 + "7"
            session.execute(text(statement.format(version=raw, id=new)))

    assert question in asked(landed)


HIDING = {
    "superseded before it was": "superseded_seq = 1",
    "recorded by a row of something else": "recorded_seq = 1",
}


@pytest.mark.parametrize("how", HIDING)
def test_a_row_of_the_first_edition_is_no_hiding_place(landed, how):
    """It vouches for no periods, and yet not anything can be laid upon it."""
    with landed.system.database.transaction() as session:
        unguarded(session).execute(
            text("UPDATE journal SET edition = 1, periods = NULL")
        )
        assert audits.altered_periods(session) == []
        session.execute(text(RAW.format(HIDING[how])))
        session.expire_all()
        assert audits.altered_periods(session) == ["dòng 1"]


if not POSTGRESQL:  # which keeps no day that is none

    def test_a_row_that_holds_no_day_is_named_and_no_fault_of_ours(landed):
        with landed.system.database.transaction() as session:
            unguarded(session).execute(
                text("UPDATE journal SET at = 'x' WHERE seq = 5")
            )
        with landed.system.database.reading() as session:
            good, fault = journal.verify(journal.rows(session))

        assert (good, fault.seq) == (4, 5)
        assert "không đọc được" in fault.reason


def test_the_second_edition_of_a_row_never_changes():
    """Rows can never be hashed anew: this vector must stay as it is for ever."""
    row = JournalRow(
        seq=8,
        at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        action="post.held",
        edition=2,
        post_id=UUID(int=1),
        person_id=UUID(int=2),
        subject_id=UUID(int=3),
        periods="cd" * 32,
        prev="0" * 64,
    )

    assert (
        row.compute_leaf()
        == "9404c25705971107e07ecfc3816442a2fc2c8075de2ed1c50f2e6fc03dc32c5e"  # pragma: allowlist secret
    )


def rows_of(office, action):
    with office.system.database.reading() as session:
        query = select(JournalRow).where(JournalRow.action == action)
        return list(session.scalars(query.order_by(JournalRow.seq)))


def test_who_acted_is_told_and_on_whom(office):
    administrator = office.actors[Role.ADMINISTRATOR]
    browser = Browser(office, Role.ADMINISTRATOR)
    form = {
        "name": "Người mới",
        "email": "moi@thu.example",
        "title": "Đầu mối",
        "role": "registrar",
        "agency": office.get(office.department).local_id,
    }
    answer = browser.post("/quan-tri/nguoi", form)
    assert answer.status_code in {200, 302, 303}
    with office.system.database.reading() as session:
        query = select(Person.id).where(Person.email_key == "moi@thu.example")
        person_id = session.scalars(query).one()

    for action in ("person.added", "post.held"):
        row = rows_of(office, action)[-1]
        assert row.person_id == administrator.person_id
        assert row.post_id == administrator.post_id
        assert row.subject_id == person_id


def test_every_step_of_a_proposal_names_the_person(office):
    proposal_id = office.propose("agency", agency("Sở Nội vụ"))
    office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal_id, Action.TAKE, Role.REVIEWER)
    with office.system.database.reading() as session:
        query = select(JournalRow).where(JournalRow.proposal_id == proposal_id)
        rows = {row.action: row.person_id for row in session.scalars(query)}

    assert rows == {
        "proposal.propose": office.actors[Role.REGISTRAR].person_id,
        "proposal.submit": office.actors[Role.REGISTRAR].person_id,
        "proposal.take": office.actors[Role.REVIEWER].person_id,
    }


def test_what_a_key_does_names_whose_it_is(office):
    headers = {"Authorization": f"Bearer {key_of(office, Role.REGISTRAR)}"}
    content = {"kind": "agency", "content": agency("Sở Nội vụ")}
    answer = office.client().post("/api/v1/proposals", json=content, headers=headers)

    assert answer.status_code == 201
    row = rows_of(office, "proposal.propose")[-1]
    assert row.person_id == office.actors[Role.REGISTRAR].person_id
