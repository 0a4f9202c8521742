"""Sixteen decide at the same instant, round after round: one decision, one row of the journal, one version at most."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from driver import LONG, served
from sqlalchemy import func, select
from support import database

from app import journal
from app.permissions import Action, Role
from app.register.models import Version
from app.workflow.proposals.models import Proposal

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
AT_ONCE = 16
ROUNDS = 200 if LONG else 6


def test_of_sixteen_decisions_at_once_one_is_taken(tmp_path):
    server = served(tmp_path)
    office, basis = server.office, str(server.office.law())
    waiting = []
    for number in range(ROUNDS):
        content = database(
            str(office.department), basis, title=f"Cơ sở dữ liệu {number}"
        )
        one = office.propose("shared-database", content)
        for action, who in (
            (Action.SUBMIT, Role.REGISTRAR),
            (Action.TAKE, Role.REVIEWER),
            (Action.RECOMMEND, Role.REVIEWER),
        ):
            office.act(one, action, who)
        waiting.append(one)
    with office.system.database.reading() as session:
        rows = {row.id: row for row in session.scalars(select(Proposal))}
        known = [
            (rows[one].number, rows[one].lock_version, rows[one].content_hash)
            for one in waiting
        ]
    server.start()
    gate, told = threading.Barrier(AT_ONCE), Counter()

    def decide(place, number, lock, seen):
        action = "approve" if place % 2 else "reject"
        gate.wait()
        return server.act(
            number, action, Role.APPROVER, f'"{lock}"', seen_hash=seen, reason="Trùng"
        )[0]

    with ThreadPoolExecutor(AT_ONCE) as clients:
        for number, lock, seen in known:
            asked = [
                clients.submit(decide, place, number, lock, seen)
                for place in range(AT_ONCE)
            ]
            statuses = Counter(one.result() for one in asked)
            assert statuses[200] == 1, (number, statuses)
            assert set(statuses) <= {200, 409, 412}, (number, statuses)
            told.update(statuses)
    server.stop()

    print(f"{ROUNDS} rounds of {AT_ONCE} decisions at once: {dict(told)}")
    with office.system.database.reading() as session:
        row = journal.JournalRow
        decided = select(row.proposal_id, func.count()).where(
            row.action.in_(["proposal.approve", "proposal.reject"])
        )
        counts = {
            one: count
            for one, count in session.execute(decided.group_by(row.proposal_id))
            if one in rows
        }
        versions = Counter(
            session.scalars(
                select(Version.proposal_id).where(Version.proposal_id.in_(waiting))
            )
        )
        status = {
            row.id: row.status
            for row in session.scalars(select(Proposal).where(Proposal.id.in_(waiting)))
        }
        assert [counts.get(one) for one in waiting] == [1] * ROUNDS
        assert all(versions[one] == (status[one] == "entered") for one in waiting)
        assert journal.verify(journal.rows(session))[1] is None
