"""A succession that is killed while it is entered has moved everything or nothing."""

import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT
from driver import LONG, served
from province import DAY, settled
from support import PATH

from app import config, journal
from app.operations import audits
from app.register.standing import State
from app.workflow.proposals import queries as proposals

pytestmark = pytest.mark.slow
DATABASES = 40 if LONG else 12
APPROVE = """
import sys
from app import clock, config
from app.accounts import service as accounts
from app.factory import System
from app.permissions import Action, Role
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Approve
system = System(config.load())
with system.database.transaction() as session:
    actor = accounts.actor(session, sys.argv[2], Role.APPROVER, clock.today())
    desk = Desk(session, system.profile, actor, system.office)
    found = proposals.by_number(desk, int(sys.argv[1]))
    print("go", flush=True)
    service.act(desk, found.id, found.lock_version, Approve(seen_hash=found.content_hash))
print("done", flush=True)
"""


def test_all_or_nothing_has_moved_whenever_it_is_killed(tmp_path):
    server = served(tmp_path)
    province = settled(server.office)
    one, new = province.agencies["Sở Một"], province.agencies["Sở Mới"]
    owned = province.databases(one, DATABASES)
    asked = server.office.propose(
        "succession", province.content("sap-nhap", [one], [new], day=DAY)
    )
    for action, who in PATH[:-1]:
        server.office.act(asked, action, who)
    with server.office.desk() as desk:
        number = proposals.get(desk, asked).number
    before, kills, delay = province.everything(DAY), 0, 0.0

    while not killed_after(server, number, delay):
        assert province.everything(DAY) == before
        kills, delay = kills + 1, delay + (0.01 if LONG else 0.12)

    assert kills
    assert {province.view(entry).content["owner"] for entry in owned} == {str(new)}
    assert province.view(one).state is State.ENDED
    assert province.codes()["Y19.1"].content["status"] == "da-dong"
    with server.office.system.database.reading() as session:
        assert journal.verify(journal.rows(session))[1] is None
        assert audits.altered_versions(session, server.office.system.profile) == []
    print(
        f"killed {kills} times in {delay:.2f} s of entering a succession of {DATABASES} databases: nothing, then all"
    )


def killed_after(server, number, delay):
    """Approve in a process of its own that is killed after a while; tell whether it was approved nevertheless."""
    environment = {**os.environ, config.VARIABLE: server.settings}
    command = [sys.executable, "-c", APPROVE, str(number), "approver@thu.example"]
    child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"go\n"
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with server.office.desk() as desk:
        return proposals.by_number(desk, number).status == "entered"
