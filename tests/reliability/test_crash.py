"""Killed at any moment: nothing that was acknowledged is lost, nothing is half done, and it is soon ready again."""

import http.client
import random
import threading
import time

import pytest
from driver import LONG, asking, served
from sqlalchemy import func, select
from support import POSTGRESQL

from app import journal
from app.permissions import Role
from app.register.content import hashing
from app.register.models import Entry, Fact, Period, Version
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
CYCLES = 50 if LONG else 2
MANY_REGISTERS = 4 if POSTGRESQL else 10
REGISTERS = MANY_REGISTERS if LONG else 1
CLIENTS = 3
WAY = (  # each step with who takes it and where it leads
    ("submit", Role.REGISTRAR, Status.SUBMITTED),
    ("take", Role.REVIEWER, Status.IN_REVIEW),
    ("recommend", Role.REVIEWER, Status.RECOMMENDED),
    ("approve", Role.APPROVER, Status.ENTERED),
)
RANKS = [Status.DRAFT, *(status for _action, _who, status in WAY)]


def work(server, basis, name, acknowledged, over):
    """Take proposals all the way, one after the other, writing down each answer that came."""
    count = 0
    while not over.is_set():
        count += 1
        try:
            number, etag = server.propose(
                asking(server.office, basis, f"Cơ sở dữ liệu {name} {count}")
            )
            acknowledged[number] = Status.DRAFT
            seen = None
            for action, who, status in WAY:
                body = {"seen_hash": seen} if action == "approve" else {}
                code, answer, etag = server.act(number, action, who, etag, **body)
                assert code == 200, answer
                seen = answer["content_hash"]
                acknowledged[number] = status
        except (OSError, http.client.HTTPException):
            if over.is_set():
                return
            raise


def half_done(session, acknowledged):
    """Name every proposal that lost what was acknowledged, or of which the tables do not agree."""
    found = []
    done = {
        row[0]: row[1]
        for row in session.execute(select(Version.proposal_id, Version.id))
    }
    for proposal in session.scalars(
        select(Proposal).where(Proposal.kind == "shared-database")
    ):
        status, version = Status(proposal.status), done.get(proposal.id)
        entered = status is Status.ENTERED
        least = acknowledged.get(proposal.number)
        if least is not None and not 0 <= RANKS.index(status) - RANKS.index(least) <= 1:
            found.append((proposal.number, "acknowledged", least, status))
        if (version is not None) is not entered:
            found.append((proposal.number, "version", status))
        steps = session.scalar(
            select(func.count())
            .select_from(journal.JournalRow)
            .where(
                journal.JournalRow.proposal_id == proposal.id,
                journal.JournalRow.action.like("proposal.%"),
            )
        )
        if steps != RANKS.index(status) + 1:
            found.append((proposal.number, "journal", status, steps))
        if version is not None:
            found += whole(session, proposal, version)
    lost = set(acknowledged) - set(session.scalars(select(Proposal.number)))
    return [*found, *((number, "lost") for number in lost)]


def whole(session, proposal, version):
    """Name what an entered proposal lacks: its period, its facts, the identifier of its entry."""
    counts = {
        "periods": session.scalar(
            select(func.count()).select_from(Period).where(Period.version_id == version)
        ),
        "facts": session.scalar(
            select(func.count()).select_from(Fact).where(Fact.version_id == version)
        ),
        "identifier": session.get(Entry, proposal.entry_id).local_id,
        "hash": hashed(session.get(Version, version)),
    }
    return [(proposal.number, name) for name, value in counts.items() if not value]


def hashed(version):
    return hashing.content_hash(version.content) == version.content_hash


def caught_up(system, seconds=10):
    """Wait until index and RDF hold what the register holds; return how long it took."""
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        with system.database.reading() as session:
            head = journal.head(session)
            if all(
                journal.position(session, each.name) == head
                for each in system.projections
            ):
                drift = [each.missing(session) for each in system.projections]
                assert not any(drift), drift
                return time.monotonic() - begun
        time.sleep(0.1)
    raise TimeoutError("projections did not catch up")


@pytest.mark.nightly("kills")
@pytest.mark.parametrize("register", range(REGISTERS))
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(tmp_path, register):
    server = served(tmp_path)
    basis, acknowledged, ready, behind = str(server.office.law()), {}, [], []
    chance = random.Random(20261125 + register)
    system = server.office.system
    ready.append(server.start())
    for cycle in range(CYCLES):
        over = threading.Event()
        clients = [
            threading.Thread(
                target=work,
                args=(server, basis, f"{cycle}-{number}", acknowledged, over),
            )
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.2, 1.5))
        over.set()  # what fails from now on, fails because of the kill
        server.kill()
        for client in clients:
            client.join()
        with system.database.reading() as session:
            assert half_done(session, acknowledged) == []
            good, fault = journal.verify(journal.rows(session))
            assert fault is None
        ready.append(server.start())
        behind.append(caught_up(system))
    code, _seconds = server.stop()

    print(
        f"{CYCLES} kills, {len(acknowledged)} proposals acknowledged, {good} journal rows, 0 lost, 0 half done;"
        f" ready after at most {max(ready):.1f} s, caught up after at most {max(behind):.1f} s"
    )
    assert code == 0
    assert len(acknowledged) > CYCLES
    assert max(ready) <= 30
