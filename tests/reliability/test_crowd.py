"""Many at once: sixteen processes that edit and decide, twenty backups, slow clients, ten minutes of everything."""

import itertools
import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT
from driver import LONG, asking, served
from sqlalchemy import func, select
from support import back_from, database

from app import journal
from app.operations import backup
from app.permissions import Action, Role
from app.workflow.proposals.models import Proposal

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
PROCESSES, DEEDS = (16, 200) if LONG else (16, 6)
BACKUPS = 20 if LONG else 2
MINUTES = 10 if LONG else 0.15
RATE = 50  # requests a second
# threads, and what they ask for a second: at least 20 have to be answered
WRITERS, WRITES = (
    4,
    24,
)


def crowd(task):
    """Have the processes do the task side by side; return what each tells, and how many seconds it took."""
    begun, program = time.monotonic(), str(ROOT / "tests" / "crowd.py")
    commands = [
        [sys.executable, program, json.dumps({**task, "name": f"p{number}"})]
        for number in range(PROCESSES)
    ]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands
    ]
    return [
        json.loads(one.communicate()[0]) for one in running
    ], time.monotonic() - begun


def test_edits_and_decisions_at_once_lose_nothing(tmp_path):
    server = served(tmp_path)
    office, basis = server.office, str(server.office.law())
    drafts = [
        office.propose("shared-database", database(str(office.department), basis))
        for _ in range(6)
    ]
    waiting = [
        office.propose("shared-database", database(str(office.department), basis))
        for _ in range(DEEDS // 2)
    ]
    for proposal in waiting:
        for action, who in (
            (Action.SUBMIT, Role.REGISTRAR),
            (Action.TAKE, Role.REVIEWER),
            (Action.RECOMMEND, Role.REVIEWER),
        ):
            office.act(proposal, action, who)
    with office.system.database.reading() as session:
        numbers = {
            p.id: (p.number, p.content_hash) for p in session.scalars(select(Proposal))
        }
    server.start()
    task = {
        "port": server.port,
        "keys": {str(who): key for who, key in server.keys.items()},
        "drafts": [numbers[proposal][0] for proposal in drafts],
        "decisions": [numbers[proposal] for proposal in waiting],
        "deeds": DEEDS,
    }
    told, seconds = crowd(task)
    server.stop()

    statuses = Counter()
    for one in told:
        statuses.update(
            {name: count for name, count in one.items() if isinstance(count, int)}
        )
    decided = Counter(number for one in told for number in one["decided"])
    print(
        f"{PROCESSES} processes, {sum(statuses.values())} requests that write in {seconds:.0f} s: {dict(statuses)}"
    )
    assert not [name for name in statuses if name.split()[-1].startswith("5")], statuses
    assert set(decided.values()) <= {1}
    with office.system.database.reading() as session:
        shared = session.scalars(
            select(Proposal).where(Proposal.number.in_(task["drafts"]))
        )
        texts = {
            proposal.number: proposal.content["description"]["vi"].split()
            for proposal in shared
        }
        lost = [
            (number, mark)
            for one in told
            for number, mark in one["marks"]
            if mark not in texts[number]
        ]
        assert lost == []
        row = journal.JournalRow
        approvals = (
            select(row.proposal_id, func.count())
            .where(row.action == "proposal.approve")
            .group_by(row.proposal_id)
        )
        assert {
            numbers[p][0]: n for p, n in session.execute(approvals) if p in set(waiting)
        } == decided
        assert journal.verify(journal.rows(session))[1] is None


def test_backups_under_twenty_writes_a_second_are_all_good(tmp_path):
    server = served(tmp_path)
    key = tmp_path / "backup.key"
    recipient = backup.new_identity(key)
    basis, acknowledged, over = str(server.office.law()), [], threading.Event()
    server.start()

    def write(who):
        for (
            turn
        ) in itertools.count():  # by the clock: what a backup held up is caught up with
            due = begun + turn * WRITERS / WRITES
            if over.wait(max(0, due - time.monotonic())):
                return
            acknowledged.append(
                server.propose(
                    asking(server.office, basis, f"Cơ sở dữ liệu {who}.{turn}")
                )[0]
            )

    begun = time.monotonic()
    writers = [threading.Thread(target=write, args=(who,)) for who in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        for number in range(BACKUPS):
            before = list(acknowledged)
            assert set(before) <= back_from(
                server.office.system, recipient, key, tmp_path / f"back{number}"
            )
    finally:
        over.set()
        for writer in writers:
            writer.join()
    rate = len(acknowledged) / (time.monotonic() - begun)
    print(
        f"{BACKUPS} backups restored and verified under {rate:.0f} writes/s, each with all acknowledged before it"
    )
    server.stop()
    assert rate >= 20 or not LONG


def test_slow_clients_hold_nobody_up(tmp_path):
    server = served(tmp_path)
    server.start()
    slow = []
    for _ in range(60):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(
            b"POST /dang-nhap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nemail="
        )
        slow.append(client)
    begun = time.monotonic()
    statuses = [
        server.ask("GET", path)[0]
        for path in ("/healthz", "/", "/tim-kiem?q=co", "/readyz")
    ]
    seconds = time.monotonic() - begun
    for client in slow:
        client.close()
    server.stop()

    assert statuses == [200] * 4
    assert seconds < 10


def memory(process):
    """Return the resident megabytes of a process and how many files it holds open."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    kilobytes = int(status.partition("VmRSS:")[2].split()[0])
    return kilobytes / 1024, len(list(Path(f"/proc/{process}/fd").iterdir()))


def ask_anything(server, draw, basis):
    """Do what the draw (0 to 1) says: mostly read, sometimes search or harvest, rarely write; return the status."""
    if draw < 0.7:
        path = (
            "/",
            "/co-quan",
            "/doc/csdl/CSDL-0001",
            "/tieu-chuan",
            "/api/v1/entries",
        )[int(draw * 7)]
        return server.ask("GET", path)[0]
    if draw < 0.9:
        return server.ask("GET", "/tim-kiem?q=dat+dai")[0]
    if draw < 0.95:
        return server.ask(
            "GET", ("/catalog.ttl", "/doc/csdl/CSDL-0001.ttl")[draw < 0.925]
        )[0]
    number, etag = server.propose(asking(server.office, basis, "Cơ sở dữ liệu thử"))
    return server.act(number, "withdraw", Role.REGISTRAR, etag)[0]


@pytest.mark.nightly("kills")
def test_mixed_requests_for_minutes_bring_no_error_and_no_leak(tmp_path):
    server = served(tmp_path)
    basis = str(server.office.law())
    server.office.land()
    server.start()
    statuses, times, over, turn = (
        Counter(),
        [],
        time.monotonic() + MINUTES * 60,
        threading.Lock(),
    )
    chance, due = random.Random(1), [time.monotonic()]

    def one():
        with turn:
            due[0] = max(due[0] + 1 / RATE, time.monotonic() - 1)
            at, draw = due[0], chance.random()
        time.sleep(max(0, at - time.monotonic()))
        begun = time.monotonic()
        status = ask_anything(server, draw, basis)
        with turn:
            statuses[status] += 1
            times.append(time.monotonic() - begun)

    def client():
        while time.monotonic() < over:
            one()

    clients = [threading.Thread(target=client) for _ in range(12)]
    for each in clients:
        each.start()
    time.sleep(MINUTES * 60 / 5)
    warm, files = memory(server.process.pid)
    for each in clients:
        each.join()
    end, files_at_end = memory(server.process.pid)
    server.stop()

    times.sort()
    print(
        f"{len(times)} requests in {MINUTES:g} min ({len(times) / MINUTES / 60:.0f}/s): {dict(statuses)};"
        f" p50 {times[len(times) // 2] * 1000:.0f} ms, p95 {times[len(times) * 95 // 100] * 1000:.0f} ms;"
        f" memory {warm:.0f} MB after warm-up, {end:.0f} MB at the end; {files} and {files_at_end} open files"
    )
    assert set(statuses) == {200}
    if LONG:
        assert end <= warm * 1.05
        assert files_at_end <= files + 20
